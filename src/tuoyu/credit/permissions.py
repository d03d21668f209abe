"""Who may read, record and correct what is known of somebody's honesty; who asks that it be repaired."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare

HEALTH = "health"
OF_HEALTH_HERE = "health, own places"
OFFICES = (Role.OFFICER, Role.DEPARTMENT_LEAD)


def _of_health(seat: Seat) -> bool:
    return seat.department == HEALTH


def _here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


def _institutions_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(person__isnull=True)


def _people_here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(person__isnull=False)


def _decided_by_own(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department, person__isnull=True)


def _own_institution(actor: Actor, seat: Seat) -> Q:
    return Q(institution=seat.institution_id, institution__isnull=False, person__isnull=True)


def _institution_itself(actor: Actor, seat: Seat) -> Q:
    return Q(pk=seat.institution_id)


VIEW_CREDIT = declare(
    "credit.event.view",
    "查看信用信息",
    model="credit.CreditEvent",
    grants=[
        *[Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
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
        *[Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
        Grant(Role.JURISDICTION_LEAD, _here, "own places"),
        Grant(Role.NURSERY_HEAD, _institution_itself, "own institution"),
    ],
)

# Read only where it is needed for a decision, and every reading is written down.
VIEW_PERSON_FILE = declare(
    "credit.person.view",
    "查看个人诚信档案",
    model="credit.CreditEvent",
    grants=[Grant(role, _people_here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
)

RECORD_CREDIT = declare(
    "credit.event.record",
    "登记信用信息",
    model="institutions.Institution",
    grants=[Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
)

CORRECT_CREDIT = declare(
    "credit.event.correct",
    "更正、撤销信用信息",
    model="credit.CreditEvent",
    grants=[Grant(Role.DEPARTMENT_LEAD, _here, OF_HEALTH_HERE, of=_of_health)],
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
    grants=[Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
)

TAKE_OFF_LIST = declare(
    "credit.list.remove",
    "移出联合奖惩名单",
    model="credit.ListEntry",
    grants=[Grant(role, _here, OF_HEALTH_HERE, of=_of_health) for role in OFFICES],
)
