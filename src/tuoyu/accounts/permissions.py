"""Who may see and manage people, seats, tokens and lock-outs. The three administrators are separated:
one gives seats, one guards sign-in, one reads what happened; none of them sees a case."""

from django.db.models import Exists, OuterRef, Q

from tuoyu.accounts.models import IN_DEPARTMENT, Membership
from tuoyu.accounts.rules import WINDOW_DEPARTMENTS
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare


def _own_places(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


def _own_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department)


def _people_of_own_places(actor: Actor, seat: Seat) -> Q:
    """People with a seat in the administrator's places (that of a nursery lies where it lies), and those
    without any seat (families)."""
    seats = Membership.objects.filter(user_id=OuterRef("pk"), valid__contains=clock.today())
    return Exists(seats.filter(seat.covers("division_code"))) | ~Exists(seats)


def _window(actor: Actor, seat: Seat) -> Q:
    """Clerks of a window department; nobody else's clerk reaches any row."""
    return Q() if seat.department in WINDOW_DEPARTMENTS else Q(pk__in=[])


VIEW_SEATS = declare(
    "accounts.view_seats",
    "查看人员与岗位",
    [
        Grant(Role.SYSTEM_ADMIN, _own_places, "own places"),
        Grant(Role.SECURITY_ADMIN, _own_places, "own places"),
        Grant(Role.JURISDICTION_LEAD, _own_places, "own places"),
        Grant(Role.DEPARTMENT_LEAD, _own_department, "own department, own places"),
    ],
    model="accounts.Membership",
)
MANAGE_SEATS = declare(
    "accounts.manage_seats",
    "管理人员与岗位",
    [Grant(Role.SYSTEM_ADMIN, _own_places, "own places")],
    model="accounts.Membership",
)
SUBSTITUTE = declare(
    "accounts.substitute",
    "安排代班人员",
    [
        Grant(Role.SYSTEM_ADMIN, _own_places, "own places"),
        Grant(
            Role.DEPARTMENT_LEAD,
            lambda actor, seat: _own_department(actor, seat) & Q(role__in=IN_DEPARTMENT),
            "seats in own department, own places",
        ),
    ],
    model="accounts.Membership",
)
MANAGE_INVITATIONS = declare(
    "accounts.manage_invitations",
    "邀请人员",
    [Grant(Role.SYSTEM_ADMIN, _own_places, "own places")],
    model="accounts.Invitation",
)
GUARD_SIGN_IN = declare(
    "accounts.guard_sign_in",
    "处理登录锁定、重置两步验证",
    [Grant(Role.SECURITY_ADMIN, _people_of_own_places, "people with a seat in own places, or with none")],
    model="accounts.User",
)
MANAGE_API_CLIENTS = declare(
    "accounts.manage_api_clients",
    "管理登记机关系统的接口令牌",
    [Grant(Role.SECURITY_ADMIN, _own_places, "own places")],
    model="accounts.ApiClient",
)
RECEIVE_WALK_INS = declare(
    "accounts.receive_walk_ins",
    "在窗口为申办人建档",
    [Grant(Role.CLERK, _window, "clerk of a window department")],
    model="accounts.User",
)
AUTHORISE_AGENT = declare(
    "accounts.authorise_agent",
    "授权代办人",
    [Grant(Role.APPLICANT, lambda actor, seat: Q(principal=actor.user_id), "own authorisation")],
    model="accounts.AgentAuthorisation",
)
SEE_AUTHORISATION = declare(
    "accounts.see_authorisation",
    "查看代办授权",
    [
        Grant(
            Role.APPLICANT,
            lambda actor, seat: Q(principal=actor.user_id) | Q(agent=actor.user_id),
            "principal or agent",
        )
    ],
    model="accounts.AgentAuthorisation",
)
