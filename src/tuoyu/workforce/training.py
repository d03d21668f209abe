"""Reads of the training ledger: sessions, who is to come, hours by kind and year, gaps, sign-in codes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast
from django.http import Http404

from tuoyu.accounts.models import User
from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor, Role
from tuoyu.core.nested import nested, revived
from tuoyu.core.permissions import can, column_of, columns, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.jurisdictions.rulebook import RuleValue
from tuoyu.workforce.models import Course, Employment, HourCorrection, Participation, Session
from tuoyu.workforce.permissions import ENROL, HOLD_SESSION, PLAN_SESSION, VIEW_HOURS, VIEW_SESSIONS
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
    return employment_of(User.objects.get(pk=actor.user_id or 0), actor, on)


def employment_of(user: User, actor: Actor, on: date | None = None) -> Employment:
    """The same, for whom the account was fetched already."""
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


def sessions(actor: Actor, *, kind: str = "", year: int | None = None) -> QuerySet[Session]:
    """The sessions the actor may see, the latest first, each with how many are `enrolled` and `present`."""
    rows = visible_to(actor, VIEW_SESSIONS, Session.objects.all())
    if kind in CourseKind.values:
        rows = rows.filter(course__kind=kind)
    if year:
        rows = rows.filter(held_on__year=year)
    counted = rows.annotate(
        enrolled=Count("participations"),
        present=Count("participations", filter=Q(participations__signed_in_at__isnull=False)),
    )
    return counted.select_related("course__institution").order_by("-held_on", "-pk")


def session_told(actor: Actor, pk: int) -> tuple[Session, frozenset[str]]:
    """One of them, and which permissions on it the actor has (to hold it, to send staff), in one query;
    Http404 where it is not to see."""
    asked = (HOLD_SESSION, ENROL)
    may = columns(actor, asked, Session.objects.filter(pk=OuterRef("pk")))
    found: Any = sessions(actor).filter(pk=pk).annotate(**may).first()
    if found is None:
        raise Http404
    return found, frozenset(one.key for one in asked if getattr(found, column_of(one), False))


def session_shown(session: Any) -> dict[str, Any]:
    """One of `sessions` as a list and the API show it."""
    course = session.course
    return {
        "id": session.pk,
        "course_id": course.pk,
        "title": course.title,
        "kind": course.kind,
        "kind_label": course.get_kind_display(),
        "internal": course.internal,
        "organiser": course.institution.name
        if course.internal
        else department_name(course.department, course.division_code, full=True),
        "held_on": session.held_on,
        "place": session.place,
        "trainer": session.trainer,
        "hours": session.hours,
        "cancelled": session.cancelled,
        "enrolled": session.enrolled,
        "present": session.present,
    }


def own_courses(actor: Actor) -> QuerySet[Course]:
    """The courses the actor may hold again, the newest first."""
    return visible_to(actor, PLAN_SESSION, Course.objects.all()).order_by("-pk")


def participations_shown(actor: Actor, session: Session, organises: bool) -> list[dict[str, Any]]:
    """Who is to come to a session or was there: all of them for its organiser and for offices, one's own
    staff for a nursery; identity numbers never."""
    names = Employment.objects.filter(person=OuterRef("person"), institution=OuterRef("institution"))
    rows: QuerySet[Any] = session.participations.select_related("person", "institution").annotate(
        called=Subquery(names.order_by("-pk").values("name")[:1]),
        correction_rows=_corrections(),
    )
    own = {seat.institution_id for seat in actor.seats_as(Role.NURSERY_HEAD, Role.NURSERY_STAFF)}
    if own and not organises:
        rows = rows.filter(institution__in=own)
    return [
        {
            "id": one.pk,
            "person_id": one.person_id,
            "name": _called(one, own),
            "institution": one.institution.name,
            "institution_id": one.institution_id,
            "present": one.signed_in_at is not None,
            "presence": one.get_presence_display(),
            "signed_in_at": one.signed_in_at,
            "hours": one.hours,
            "corrections": [
                {"before": c.hours_before, "after": c.hours_after, "reason": c.reason}
                for c in revived(HourCorrection, one.correction_rows)
            ],
        }
        for one in rows.order_by("institution__name", "pk")
    ]


def _corrections() -> ArraySubquery:
    """How the hours of a participation were put right, the first first."""
    rows = HourCorrection.objects.filter(participation=OuterRef("pk")).order_by("pk")
    return nested(rows, "reason", hours_before=_exact("hours_before"), hours_after=_exact("hours_after"))


def _exact(field: str) -> Cast:
    """A number as it stands: numbers of JSON are not exact."""
    return Cast(field, TextField())


def _called(one: Any, own: set[int | None]) -> str:
    """A person's name: the organiser at the door must be able to ask for it, nobody else reads it whole."""
    name = str(one.called or one.person.name)
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


def _with_hours(rows: QuerySet[Employment], year: int) -> QuerySet[Any]:
    """The employments with what each person was credited with by kind, wherever it was earned."""
    earned = credited(year).filter(person=OuterRef("person")).order_by().values("session__course__kind")
    by_kind = earned.annotate(total=Sum("hours"))
    return rows.annotate(hour_rows=nested(by_kind, kind="session__course__kind", total=_exact("total")))


def _hours(employment: Any) -> dict[str, Decimal]:
    return {row["kind"]: Decimal(row["total"]) for row in employment.hour_rows}


def needs_at(division_code: str, year: int) -> dict[CourseKind, RuleValue]:
    """What the rules in force at the year's end, or today, ask for at a place; empty where nothing."""
    book = jurisdictions.book(division_code, min(date(year, 12, 31), clock.today()))
    return {kind: rule for kind, key in NEEDED.items() if (rule := book.find(key)) is not None}


def institution_account(institution: Institution, year: int) -> list[dict[str, Any]]:
    """Everybody who works at an institution with the hours of the year and what is missing of each kind."""
    needs = needs_at(institution.division_code, year)
    people: dict[int, dict[str, Any]] = {}
    for one in _with_hours(_working(institution, year), year):
        account = account_of(_hours(one), needs)
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
    """Every session of the year a person is credited with, in one query; another nursery's own is not
    named."""
    rows: QuerySet[Any] = credited(year).filter(person=person_id).annotate(correction_rows=_corrections())
    return [
        {
            "held_on": one.session.held_on,
            "title": _title(one.session.course, institution_id),
            "kind": one.session.course.kind,
            "kind_label": one.session.course.get_kind_display(),
            "internal": one.session.course.internal,
            "hours": one.hours,
            "presence": one.get_presence_display(),
            "corrected": [row["reason"] for row in one.correction_rows],
        }
        for one in rows.select_related("session__course").order_by("-session__held_on", "-pk")
    ]


def _title(course: Course, institution_id: int | None) -> str:
    elsewhere = course.internal and institution_id is not None and course.institution_id != institution_id
    return "其他机构的内部培训" if elsewhere else course.title


def account_in(ledger: Iterable[dict[str, Any]], division_code: str, year: int) -> list[KindHours]:
    """What a person's ledger of a year adds up to by kind, against the rules of a place."""
    hours: dict[str, Decimal] = defaultdict(Decimal)
    for row in ledger:
        hours[row["kind"]] += row["hours"]
    return account_of(hours, needs_at(division_code, year))


def institutions_with_hours(actor: Actor) -> QuerySet[Institution]:
    """The institutions whose hours the actor may see."""
    rows = visible_to(actor, VIEW_HOURS, Institution.objects.filter(registration="registered"))
    return rows.order_by("pk")


def gaps_of(institutions: Iterable[Institution], year: int) -> list[dict[str, Any]]:
    """For a page of institutions what is missing at each, in one query for all of them."""
    rows = list(institutions)
    day = min(date(year, 12, 31), clock.today())
    working = employed_on(day).filter(institution__in=rows).defer("name", "phone").order_by("pk")
    people: dict[int, dict[int, dict[str, Decimal]]] = defaultdict(dict)
    for employed in _with_hours(working, year):
        people[employed.institution_id][employed.person_id] = _hours(employed)
    found = []
    for one in rows:
        needs = needs_at(one.division_code, year)
        accounts = [{"account": account_of(hours, needs)} for hours in people[one.pk].values()]
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
