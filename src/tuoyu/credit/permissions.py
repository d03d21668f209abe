"""Who may read, record and correct what is known of somebody's honesty; who asks that it be repaired."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import OFFICES, health_here, of_health, own_institution, own_places


def _institutions_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(person__isnull=True)


def _people_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(person__isnull=False)


def _decided_by_own(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department, person__isnull=True)


def _own_institution(actor: Actor, seat: Seat) -> Q:
    return Q(institution=seat.institution_id, institution__isnull=False, person__isnull=True)


HEALTH_HERE = health_here(*OFFICES)

VIEW_CREDIT = declare(
    "credit.event.view",
    "查看信用信息",
    model="credit.CreditEvent",
    grants=[
        *HEALTH_HERE,
        *[Grant(role, _decided_by_own, "own department decided, about institutions") for role in OFFICES],
        Grant(Role.JURISDICTION_LEAD, _institutions_here, "about institutions, own places"),
        Grant(Role.NURSERY_HEAD, _own_institution, "about the own institution"),
    ],
)

VIEW_CREDIT_FILE = declare(
    "credit.file.view",
    "查看机构诚信档案",
    model="institutions.Institution",
    grants=[
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
        *own_institution(Role.NURSERY_HEAD),
    ],
)

# Read only where it is needed for a decision, and every reading is written down.
VIEW_PERSON_FILE = declare(
    "credit.person.view",
    "查看个人诚信档案",
    model="credit.CreditEvent",
    grants=[Grant(role, _people_here, "health, own places", of=of_health) for role in OFFICES],
)

RECORD_CREDIT = declare(
    "credit.event.record",
    "登记信用信息",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)

CORRECT_CREDIT = declare(
    "credit.event.correct",
    "更正、撤销信用信息",
    model="credit.CreditEvent",
    grants=health_here(Role.DEPARTMENT_LEAD),
)

ASK_REPAIR = declare(
    "credit.request.ask",
    "申请信用修复、提出异议",
    model="credit.CreditEvent",
    grants=[Grant(Role.NURSERY_HEAD, _own_institution, "about the own institution")],
)

KEEP_LISTS = declare(
    "credit.list.keep",
    "列入、移出联合奖惩名单",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)

TAKE_OFF_LIST = declare(
    "credit.list.remove",
    "移出联合奖惩名单",
    model="credit.ListEntry",
    grants=HEALTH_HERE,
)
