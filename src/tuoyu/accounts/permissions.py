"""Who may see and manage people, seats, tokens and lock-outs. The three administrators are separated:
one gives seats, one guards sign-in, one reads what happened; none of them sees a case."""

from django.db.models import Exists, OuterRef, Q

from tuoyu.accounts.models import IN_DEPARTMENT, Membership
from tuoyu.accounts.rules import WINDOW_DEPARTMENTS
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_department, own_places


def _decide_in_own_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department, role__in=IN_DEPARTMENT)


def _people_of_own_places(actor: Actor, seat: Seat) -> Q:
    """People with a seat in the administrator's places (that of a nursery lies where it lies), and those
    without any seat (families)."""
    seats = Membership.objects.filter(user_id=OuterRef("pk"), valid__contains=clock.today())
    return Exists(seats.filter(seat.covers("division_code"))) | ~Exists(seats)


VIEW_SEATS = declare(
    "accounts.view_seats",
    "查看人员与岗位",
    [
        *own_places(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.JURISDICTION_LEAD),
        *own_department(Role.DEPARTMENT_LEAD),
    ],
    model="accounts.Membership",
)
MANAGE_SEATS = declare(
    "accounts.manage_seats",
    "管理人员与岗位",
    own_places(Role.SYSTEM_ADMIN),
    model="accounts.Membership",
)
SUBSTITUTE = declare(
    "accounts.substitute",
    "安排代班人员",
    [
        *own_places(Role.SYSTEM_ADMIN),
        Grant(Role.DEPARTMENT_LEAD, _decide_in_own_department, "seats in own department, own places"),
    ],
    model="accounts.Membership",
)
MANAGE_INVITATIONS = declare(
    "accounts.manage_invitations",
    "邀请人员",
    own_places(Role.SYSTEM_ADMIN),
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
    own_places(Role.SECURITY_ADMIN),
    model="accounts.ApiClient",
)
RECEIVE_WALK_INS = declare(
    "accounts.receive_walk_ins",
    "在窗口为申办人建档",
    [
        Grant(
            Role.CLERK,
            relation="clerk of a window department",
            of=lambda seat: seat.department in WINDOW_DEPARTMENTS,
        )
    ],
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
