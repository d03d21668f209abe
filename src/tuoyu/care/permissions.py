"""Who may see and state a nursery's day, and report what went wrong."""

from tuoyu.core.actor import Role
from tuoyu.core.permissions import declare
from tuoyu.core.reaches import OFFICES, health_here, own_institution

NURSERY = (Role.NURSERY_HEAD, Role.NURSERY_STAFF)


HEALTH_HERE = health_here(*OFFICES)
OWN_INCIDENT = own_institution(Role.NURSERY_HEAD, at="institution")

VIEW_DAYS = declare(
    "care.day.view",
    "查看每日报送",
    model="institutions.Institution",
    grants=[*own_institution(*NURSERY), *HEALTH_HERE],
)

STATE_DAY = declare(
    "care.day.state",
    "报送当日情况",
    model="institutions.Institution",
    grants=own_institution(*NURSERY),
)

REPORT_INCIDENT = declare(
    "care.incident.report",
    "报告伤害事件",
    model="institutions.Institution",
    grants=[*own_institution(Role.NURSERY_HEAD), *HEALTH_HERE],
)

VIEW_INCIDENT = declare(
    "care.incident.view",
    "查看伤害事件",
    model="care.Incident",
    grants=[*OWN_INCIDENT, *HEALTH_HERE],
)

ANSWER_INCIDENT = declare(
    "care.incident.answer",
    "对伤害事件的责任追究作出说明",
    model="care.Incident",
    grants=OWN_INCIDENT,
)
