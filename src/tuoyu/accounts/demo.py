"""Demonstration accounts: one per role and jurisdiction, never outside demonstration data."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.accounts.actions.seats import described, place_in_seat
from tuoyu.accounts.models import Demonstration, User
from tuoyu.accounts.names import department_name, role_name
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import atlas

PASSWORD = "Tuoyu-demo-2026"  # noqa: S105 - printed by `tuoyu up`, and of use in a demonstration only


@dataclass(frozen=True)
class Place:
    """Where a jurisdiction is shown: its code, one county of it, and who decides there."""

    slug: str
    jurisdiction: str
    county: str
    officers: tuple[str, ...]
    window: str = "gov_services"


REGISTRARS = ("establishment", "civil_affairs", "market_regulation")
PLACES = (
    Place(
        "nanjing",
        "320100",
        "320106",
        (
            "health",
            "admin_approval",
            "education",
            "civil_affairs",
            "hr_social_security",
            "housing_construction",
            "housing_security",
            "market_regulation",
            "establishment",
            "public_security",
        ),
    ),
    Place("jiangxi", "360000", "360111", ("health", *REGISTRARS)),
    Place("shizhong", "370402", "370402", ("health", "admin_approval"), "admin_approval"),
    Place(
        "yiyuan",
        "370323",
        "370323",
        ("health", "establishment", "admin_approval", "market_regulation"),
        "admin_approval",
    ),
    Place("hubei", "420000", "420106", ("health", *REGISTRARS)),
)


@dataclass(frozen=True)
class Wanted:
    """One account: what it is called, what it may do, and whether it has a phone."""

    username: str
    name: str
    seat: SeatGiven | None = None
    phone: str | None = None


def _hashed() -> str:
    """The password as it is stored: hashed once for all, since that takes a third of a second."""
    there = User.objects.filter(is_demo=True).order_by("pk").values_list("password", flat=True).first()
    return there or make_password(PASSWORD)


# Who keeps what is one for all places, such as the working calendar.
COUNTRY = Wanted("country-system", "全国系统管理员", SeatGiven(Role.SYSTEM_ADMIN))


def wanted() -> tuple[Wanted, ...]:
    """Every demonstration account, in the order in which they are listed."""
    local = [account for number, place in enumerate(PLACES, 1) for account in _at(place, number)]
    return (*local, COUNTRY)


def _at(place: Place, number: int) -> list[Wanted]:
    town = atlas.places()[place.jurisdiction].name
    people = [
        Wanted(f"{place.slug}-applicant", f"{town}申办人", None, f"138000000{number}1"),
        Wanted(f"{place.slug}-agent", f"{town}代办人", None, f"138000000{number}3"),
        Wanted(f"{place.slug}-family", f"{town}家长", SeatGiven(Role.GUARDIAN), f"138000000{number}2"),
    ]
    seats = [(f"{place.slug}-clerk", SeatGiven(Role.CLERK, place.window, place.county))]
    seats += [(f"{place.slug}-{key}", SeatGiven(Role.OFFICER, key, place.county)) for key in place.officers]
    seats.append((f"{place.slug}-health-lead", SeatGiven(Role.DEPARTMENT_LEAD, "health", place.county)))
    for role, word in (
        (Role.JURISDICTION_LEAD, "lead"),
        (Role.ASSESSOR, "assessor"),
        (Role.SYSTEM_ADMIN, "system"),
        (Role.SECURITY_ADMIN, "security"),
        (Role.AUDIT_ADMIN, "audit"),
    ):
        department = "health" if role is Role.JURISDICTION_LEAD else ""
        seats.append((f"{place.slug}-{word}", SeatGiven(role, department, place.jurisdiction)))
    return people + [Wanted(username, _title(seat), seat) for username, seat in seats]


def _title(seat: SeatGiven) -> str:
    """What the account is called: no person is meant, so a post it is."""
    town = atlas.places()[seat.division_code].name
    return town + (department_name(seat.department) if seat.department else "") + role_name(seat.role)


@action
def create_accounts(*, by: Actor) -> int:
    """Make the demonstration accounts that are missing; Refused where there is no demonstration."""
    mark = Demonstration.objects.first()
    if mark is None or not by.is_system:
        raise Refused("演示账号只能随演示数据建立。", status=403)
    there = set(User.objects.filter(is_demo=True).values_list("username", flat=True))
    password = _hashed()
    made = 0
    for account in wanted():
        if account.username not in there:
            _make(by, account, password)
            made += 1
    audit.record(by, "demonstration.accounts", mark, after={"made": made})
    return made


@action
def seat_nursery(*, by: Actor, jurisdiction: str, institution_id: int) -> None:
    """Make the accounts of an institution's head and of one who works there, at a filed institution."""
    mark = Demonstration.objects.first()
    if mark is None or not by.is_system:
        raise Refused("演示账号只能随演示数据建立。", status=403)
    place = next(place for place in PLACES if place.jurisdiction == jurisdiction)
    town, password = atlas.places()[place.county].name, _hashed()
    for role, word in ((Role.NURSERY_HEAD, "head"), (Role.NURSERY_STAFF, "staff")):
        seat = SeatGiven(role, institution_id=institution_id)
        _make(by, Wanted(f"{place.slug}-nursery-{word}", f"{town}{role_name(role)}", seat), password)
    audit.record(by, "demonstration.accounts", mark, after={"institution": institution_id})


def head_of(jurisdiction: str) -> User:
    """Who heads the nursery of the demonstration at a place."""
    place = next(place for place in PLACES if place.jurisdiction == jurisdiction)
    return User.objects.get(username=f"{place.slug}-nursery-head")


def _make(by: Actor, account: Wanted, password: str) -> None:
    user = User.objects.create(
        username=account.username,
        name=account.name,
        phone=account.phone,
        phone_proved_at=clock.now() if account.phone else None,
        password=password,
        origin=User.Origin.DEMONSTRATION,
        is_demo=True,
    )
    audit.record(by, "account.demonstrated", user)
    if account.seat is not None:
        seat = place_in_seat(user, account.seat, DateRange(clock.today(), None))
        audit.record(by, "seat.given", seat, topic=f"person:{user.pk}", after=described(seat))


def make_accounts() -> int:
    """`create_accounts` as the demonstration itself calls it."""
    return create_accounts(by=Actor.system("演示数据"))


def applicants() -> dict[str, User]:
    """The applicant one can sign in as, by jurisdiction."""
    usernames = {f"{place.slug}-applicant": place.jurisdiction for place in PLACES}
    found = User.objects.filter(username__in=usernames, is_demo=True)
    return {usernames[user.username]: user for user in found}


def listed() -> list[tuple[str, str, str]]:
    """What `tuoyu up` prints: label, username, password; empty where there is no demonstration."""
    people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    return [(name, username, PASSWORD) for name, username in people.values_list("name", "username")]
