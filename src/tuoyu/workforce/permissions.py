"""Who may see and keep the staff register of an institution."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_places
from tuoyu.institutions.permissions import HEALTH_HERE


def _own_institution(actor: Actor, seat: Seat) -> Q:
    return Q(pk=seat.institution_id)


OWN = "own institution"
HEADS = [Grant(Role.NURSERY_HEAD, _own_institution, OWN)]

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
    grants=[*HEADS, *HEALTH_HERE, *own_places(Role.JURISDICTION_LEAD)],
)

FIND_PERSON = declare(
    "workforce.person.find",
    "按身份证号查找辖区从业人员",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)
