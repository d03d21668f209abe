"""Reads of the training ledger: sessions, who is to come, hours by kind and year, gaps, sign-in codes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db.models import Count, Q, QuerySet, Sum

from tuoyu.accounts.models import User
from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.jurisdictions.rulebook import RuleValue
from tuoyu.workforce.models import Course, Employment, Participation, Session
from tuoyu.workforce.permissions import PLAN_SESSION, VIEW_HOURS, VIEW_SESSIONS
from tuoyu.workforce.rules.training import NEEDED, KindHours, account_of, short
from tuoyu.workforce.vocabulary import CourseKind

# A code that was photographed and passed on is soon good for nothing; the page shows a new one each minute.
CODE_LIFE = 180
CODE_RENEWED = 60
SALT = "training sign-in"
FIRST_YEAR = 2000


# ---------------------------------------------------------------- sign-in codes


def code_of(session: Session) -> str:
    """What the session's QR code says now."""
    return signing.TimestampSigner(salt=SALT).sign(str(session.pk))


def session_of_code(code: str) -> int | None:
    """The session a code was made for, or None when it is no code of ours; Refused when it is too old."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        return int(signer.unsign(code, max_age=CODE_LIFE))
    except signing.SignatureExpired:
        raise Refused("二维码已经过期，请重新扫描现场的二维码。", status=409) from None
    except (signing.BadSignature, ValueError):
        return None


# ---------------------------------------------------------------- people


def employed_on(day: date) -> QuerySet[Employment]:
    """Who works anywhere on a day."""
    return Employment.objects.filter(period__contains=day)


def own_employment(actor: Actor, on: date | None = None) -> Employment:
    """As whom somebody signed in works at the nursery of the seat: told by the telephone of the account."""
    user = User.objects.get(pk=actor.user_id or 0)
    nurseries = {seat.institution_id for seat in actor.seats_as(Role.NURSERY_HEAD, Role.NURSERY_STAFF)}
    working = employed_on(on or clock.today()).filter(institution__in=nurseries)
    rows = working.select_related("institution").order_by("pk")
    mine = [one for one in rows if user.phone and str(one.phone) == str(user.phone)]
    if len({one.person_id for one in mine}) != 1:
        raise Refused(
            Problem(
                "您的账号手机号与机构名册上登记的手机号对不上，不能自动确认是谁。",
                fix="请现场的组织者在名单上核对您已到场，并请机构负责人更新名册上的手机号。",
            ),
            status=409,
        )
    return mine[0]


# ---------------------------------------------------------------- sessions


def sessions(actor: Actor, *, kind: str = "", year: int | None = None) -> QuerySet[Session, Any]:
    """The sessions the actor may see, as rows of a list, the latest first."""
    rows = visible_to(actor, VIEW_SESSIONS, Session.objects.all())
    if kind in CourseKind.values:
        rows = rows.filter(course__kind=kind)
    if year:
        rows = rows.filter(held_on__year=year)
    counted = rows.annotate(
        enrolled=Count("participations"),
        present=Count("participations", filter=Q(participations__signed_in_at__isnull=False)),
    )
    return counted.order_by("-held_on", "-pk").values(
        "id", "course_id", "course__title", "course__kind", "course__institution_id",
        "course__institution__name", "course__department", "course__division_code", "held_on", "place",
        "trainer", "hours", "cancelled_at", "enrolled", "present",
    )  # fmt: skip


def session_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `sessions` as a list and the API show it."""
    institution = row["course__institution_id"]
    office = row["course__department"]
    return {
        "id": row["id"],
        "course_id": row["course_id"],
        "title": row["course__title"],
        "kind": row["course__kind"],
        "kind_label": str(CourseKind(row["course__kind"]).label),
        "internal": institution is not None,
        "organiser": row["course__institution__name"]
        or department_name(office, row["course__division_code"], full=True),
        "held_on": row["held_on"],
        "place": row["place"],
        "trainer": row["trainer"],
        "hours": row["hours"],
        "cancelled": row["cancelled_at"] is not None,
        "enrolled": row["enrolled"],
        "present": row["present"],
    }


def own_courses(actor: Actor) -> QuerySet[Course]:
    """The courses the actor may hold again, the newest first."""
    return visible_to(actor, PLAN_SESSION, Course.objects.all()).order_by("-pk")


def participations_shown(actor: Actor, session: Session, organises: bool) -> list[dict[str, Any]]:
    """Who is to come to a session or was there: all of them for its organiser and for offices, one's own
    staff for a nursery; identity numbers never."""
    rows = session.participations.select_related("person", "institution").prefetch_related("corrections")
    own = {seat.institution_id for seat in actor.seats_as(Role.NURSERY_HEAD, Role.NURSERY_STAFF)}
    if own and not organises:
        rows = rows.filter(institution__in=own)
    names = _names_at(session, rows)
    return [
        {
            "id": one.pk,
            "person_id": one.person_id,
            "name": _called(one, names, own),
            "institution": one.institution.name,
            "institution_id": one.institution_id,
            "present": one.signed_in_at is not None,
            "presence": one.get_presence_display(),
            "signed_in_at": one.signed_in_at,
            "hours": one.hours,
            "corrections": [
                {"before": c.hours_before, "after": c.hours_after, "reason": c.reason}
                for c in one.corrections.all()
            ],
        }
        for one in rows.order_by("institution__name", "pk")
    ]


def _names_at(session: Session, rows: Iterable[Participation]) -> dict[tuple[int, int], str]:
    """What each nursery calls those it sends."""
    employed = Employment.objects.filter(person__in={one.person_id for one in rows})
    return {(one.person_id, one.institution_id): str(one.name) for one in employed}


def _called(one: Participation, names: dict[tuple[int, int], str], own: set[int | None]) -> str:
    """A person's name: the organiser at the door must be able to ask for it, nobody else reads it whole."""
    name = names.get((one.person_id, one.institution_id)) or str(one.person.name)
    return name if not own or one.institution_id in own else identifiers.mask_name(name)


def staff_to_send(actor: Actor, session: Session) -> list[dict[str, Any]]:
    """The head's own staff on the session's day who are not on its list yet."""
    own = {seat.institution_id for seat in actor.seats_as(Role.NURSERY_HEAD)}
    listed = session.participations.values("person")
    working = employed_on(session.held_on).filter(institution__in=own).exclude(person__in=listed)
    return [
        {"id": one.pk, "name": str(one.name), "post": one.get_post_display()}
        for one in working.order_by("pk")
    ]


# ---------------------------------------------------------------- hours and gaps


def credited(year: int) -> QuerySet[Participation]:
    """Who was at a session of the year that was not cancelled."""
    return Participation.objects.filter(
        signed_in_at__isnull=False, session__cancelled_at=None, session__held_on__year=year
    )


def credited_at(actor: Actor, institution_id: int) -> QuerySet[Participation] | None:
    """Who of an institution was trained this year; None for whom its hours are not to see."""
    if not can(actor, VIEW_HOURS):
        return None
    seen = visible_to(actor, VIEW_HOURS, Institution.objects.filter(pk=institution_id))
    return credited(clock.today().year).filter(institution__in=seen)


def hours_of(people: Iterable[int], year: int) -> dict[int, dict[str, Decimal]]:
    """For each person the hours by kind, in one query, wherever they were earned."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = credited(year).filter(person__in=list(people)).values("person", "session__course__kind")
    for row in rows.annotate(total=Sum("hours")).order_by():
        found[row["person"]][row["session__course__kind"]] = row["total"]
    return found


def needs_at(division_code: str, year: int) -> dict[CourseKind, RuleValue]:
    """What the rules in force at the year's end, or today, ask for at a place; empty where nothing."""
    book = jurisdictions.book(division_code, min(date(year, 12, 31), clock.today()))
    return {kind: rule for kind, key in NEEDED.items() if (rule := book.find(key)) is not None}


def institution_account(institution: Institution, year: int) -> list[dict[str, Any]]:
    """Everybody who works at an institution with the hours of the year and what is missing of each kind."""
    working = list(_working(institution, year))
    hours = hours_of({one.person_id for one in working}, year)
    needs = needs_at(institution.division_code, year)
    people: dict[int, dict[str, Any]] = {}
    for one in working:
        account = account_of(hours.get(one.person_id, {}), needs)
        people.setdefault(
            one.person_id,
            {
                "person_id": one.person_id,
                "name": str(one.name),
                "post": one.get_post_display(),
                "account": account,
                "short": short(account),
            },
        )
    return list(people.values())


def _working(institution: Institution, year: int) -> QuerySet[Employment]:
    """Who works there today; of a year that is over, who did on its last day."""
    day = min(date(year, 12, 31), clock.today())
    return employed_on(day).filter(institution=institution).order_by("pk")


def totals(people: Iterable[dict[str, Any]], needs: dict[CourseKind, RuleValue]) -> list[dict[str, Any]]:
    """For an institution, by each kind a rule asks for: who is short, and by how much together."""
    rows = list(people)
    found = []
    for kind, rule in needs.items():
        gaps = [one.gap or Decimal(0) for p in rows for one in p["account"] if one.kind == kind]
        found.append(
            {
                "kind": kind.value,
                "label": str(kind.label),
                "needed": rule.value,
                "source": rule.source,
                "people": len(rows),
                "short": sum(1 for gap in gaps if gap),
                "gap": sum(gaps, Decimal(0)),
            }
        )
    return found


def person_ledger(person_id: int, year: int, institution_id: int | None) -> list[dict[str, Any]]:
    """Every session of the year a person is credited with; another nursery's own is not named."""
    rows = credited(year).filter(person=person_id)
    related = ("session__course__institution",)
    return [
        {
            "held_on": one.session.held_on,
            "title": _title(one.session.course, institution_id),
            "kind": one.session.course.kind,
            "kind_label": one.session.course.get_kind_display(),
            "internal": one.session.course.internal,
            "hours": one.hours,
            "presence": one.get_presence_display(),
            "corrected": [c.reason for c in one.corrections.all()],
        }
        for one in rows.select_related(*related).prefetch_related("corrections").order_by("-session__held_on")
    ]


def _title(course: Course, institution_id: int | None) -> str:
    elsewhere = course.internal and institution_id is not None and course.institution_id != institution_id
    return "其他机构的内部培训" if elsewhere else course.title


def person_account(person_id: int, division_code: str, year: int) -> list[KindHours]:
    """A person's hours of the year by kind, against the rules of a place."""
    return account_of(hours_of([person_id], year).get(person_id, {}), needs_at(division_code, year))


def institutions_with_hours(actor: Actor) -> QuerySet[Institution]:
    """The institutions whose hours the actor may see."""
    rows = visible_to(actor, VIEW_HOURS, Institution.objects.filter(registration="registered"))
    return rows.order_by("pk")


def gaps_of(institutions: Iterable[Institution], year: int) -> list[dict[str, Any]]:
    """For a page of institutions what is missing at each, in two queries for all of them."""
    rows = list(institutions)
    day = min(date(year, 12, 31), clock.today())
    working = employed_on(day).filter(institution__in=rows).values_list("institution", "person")
    people: dict[int, set[int]] = defaultdict(set)
    for institution, person in working.order_by("pk"):
        people[institution].add(person)
    hours = hours_of(set().union(*people.values()), year)
    found = []
    for one in rows:
        needs = needs_at(one.division_code, year)
        accounts = [{"account": account_of(hours.get(pk, {}), needs)} for pk in people[one.pk]]
        found.append(
            {
                "id": one.pk,
                "name": one.name,
                "division_code": one.division_code,
                "people": len(accounts),
                "short": sum(1 for a in accounts if short(a["account"])),
                "totals": totals(accounts, needs),
            }
        )
    return found


def provided_at(division_code: str, year: int) -> list[dict[str, Any]]:
    """What offices have offered at a place this year against what a document promises to offer."""
    above = [division_code[:2].ljust(6, "0"), division_code[:4].ljust(6, "0"), division_code[:6]]
    held = Session.objects.filter(
        course__institution=None, course__division_code__in=above, cancelled_at=None, held_on__year=year,
        held_on__lte=clock.today(),
    )  # fmt: skip
    hours = dict(held.order_by().values_list("course__kind").annotate(total=Sum("hours")))
    return [
        {"kind": kind.value, "label": str(kind.label), "hours": hours.get(kind, Decimal(0)),
         "needed": rule.value, "source": rule.source}
        for kind, rule in needs_at(division_code, year).items()
    ]  # fmt: skip
