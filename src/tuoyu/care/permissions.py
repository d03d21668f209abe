"""Who may see and state a nursery's day, and report what went wrong."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare

OWN, OF_HEALTH_HERE = "own institution", "health, own places"
NURSERY = (Role.NURSERY_HEAD, Role.NURSERY_STAFF)


def _own(actor: Actor, seat: Seat) -> Q:
    return Q(pk=seat.institution_id)


def _here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


def _own_incident(actor: Actor, seat: Seat) -> Q:
    return Q(institution=seat.institution_id)


def _of_health(seat: Seat) -> bool:
    return seat.department == "health"


HEALTH_HERE = [
    Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in (Role.OFFICER, Role.DEPARTMENT_LEAD)
]

VIEW_DAYS = declare(
    "care.day.view",
    "查看每日报送",
    model="institutions.Institution",
    grants=[*[Grant(role, _own, OWN) for role in NURSERY], *HEALTH_HERE],
)

STATE_DAY = declare(
    "care.day.state",
    "报送当日情况",
    model="institutions.Institution",
    grants=[Grant(role, _own, OWN) for role in NURSERY],
)

REPORT_INCIDENT = declare(
    "care.incident.report",
    "报告伤害事件",
    model="institutions.Institution",
    grants=[Grant(Role.NURSERY_HEAD, _own, OWN), *HEALTH_HERE],
)

VIEW_INCIDENT = declare(
    "care.incident.view",
    "查看伤害事件",
    model="care.Incident",
    grants=[Grant(Role.NURSERY_HEAD, _own_incident, OWN), *HEALTH_HERE],
)

ANSWER_INCIDENT = declare(
    "care.incident.answer",
    "对伤害事件的责任追究作出说明",
    model="care.Incident",
    grants=[Grant(Role.NURSERY_HEAD, _own_incident, OWN)],
)
