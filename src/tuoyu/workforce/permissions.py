"""Who may see and keep the staff register of an institution, and the bars to employment."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_places


def _own_institution(actor: Actor, seat: Seat) -> Q:
    return Q(pk=seat.institution_id)


def _own_places(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


def _of_health(seat: Seat) -> bool:
    return seat.department == HEALTH


HEALTH = "health"
OF_HEALTH_HERE = "health, own places"
OWN = "own institution"
HEADS = [Grant(Role.NURSERY_HEAD, _own_institution, OWN)]
HEALTH_HERE = [
    Grant(role, _own_places, OF_HEALTH_HERE, of=_of_health) for role in (Role.OFFICER, Role.DEPARTMENT_LEAD)
]

VIEW_STAFF = declare(
    "workforce.staff.view",
    "查看从业人员名册",
    model="institutions.Institution",
    grants=[*HEADS, Grant(Role.NURSERY_STAFF, _own_institution, OWN), *HEALTH_HERE],
)

VIEW_PAPERS = declare(
    "workforce.papers.view",
    "查看从业人员的证书、查询结果和身份证号",
    model="institutions.Institution",
    grants=[*HEADS, *HEALTH_HERE],
)

KEEP_STAFF = declare(
    "workforce.staff.keep",
    "登记、变更从业人员",
    model="institutions.Institution",
    grants=HEADS,
)

VIEW_FIGURES = declare(
    "workforce.figures.view",
    "查看从业人员统计",
    model="institutions.Institution",
    grants=[
        *HEADS,
        Grant(Role.NURSERY_STAFF, _own_institution, OWN),
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

FIND_PERSON = declare(
    "workforce.person.find",
    "按身份证号查找辖区从业人员",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)


# ---------------------------------------------------------------- bars to employment


def _institution_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("institution__division_code")


def _alert_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("employment__institution__division_code")


def _own_alert(actor: Actor, seat: Seat) -> Q:
    return Q(employment__institution=seat.institution_id)


def _recorded_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


RECORD_BAR = declare(
    "workforce.bar.record",
    "记录从业限制",
    grants=[Grant(role, relation="health", of=_of_health) for role in (Role.OFFICER, Role.DEPARTMENT_LEAD)],
)

# Those who record do not read what others recorded: the list is for who answers for it, and who audits.
VIEW_BARS = declare(
    "workforce.bar.view",
    "查看从业限制记录",
    model="workforce.Bar",
    grants=[
        Grant(Role.DEPARTMENT_LEAD, _recorded_here, OF_HEALTH_HERE, of=_of_health),
        *own_places(Role.AUDIT_ADMIN),
    ],
)

CORRECT_BAR = declare(
    "workforce.bar.correct",
    "更正从业限制记录",
    model="workforce.Bar",
    grants=[Grant(Role.DEPARTMENT_LEAD, _recorded_here, OF_HEALTH_HERE, of=_of_health)],
)

CORRECT_RECORD_CHECK = declare(
    "workforce.record_check.correct",
    "更正机构登记的违法犯罪记录查询结果",
    model="workforce.RecordCheck",
    grants=[Grant(Role.DEPARTMENT_LEAD, _institution_here, OF_HEALTH_HERE, of=_of_health)],
)

VIEW_BAR_ALERTS = declare(
    "workforce.bar_alert.view",
    "查看须解除聘用的提醒",
    model="workforce.BarAlert",
    grants=[
        Grant(Role.NURSERY_HEAD, _own_alert, "own institution"),
        *[
            Grant(role, _alert_here, OF_HEALTH_HERE, of=_of_health)
            for role in (Role.OFFICER, Role.DEPARTMENT_LEAD)
        ],
    ],
)
