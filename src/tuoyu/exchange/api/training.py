"""Training: sessions, who is to come and was there, hours by kind and what is missing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core import clock, paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Day, Given, Id, PageOf, Reason, Told, shown_page
from tuoyu.institutions.models import Institution
from tuoyu.workforce import actions, training
from tuoyu.workforce.actions.training import SessionGiven
from tuoyu.workforce.models import Course, Employment, Participation, Session
from tuoyu.workforce.permissions import (
    CORRECT_HOURS,
    ENROL,
    HOLD_SESSION,
    OPEN_COURSE,
    PLAN_SESSION,
    SIGN_IN,
    VIEW_HOURS,
    VIEW_SESSIONS,
)
from tuoyu.workforce.rules.training import KindHours
from tuoyu.workforce.vocabulary import CourseKind

router = Router(tags=["training"])

PK = Annotated[Id, Path()]
Year = Annotated[int, Field(ge=2000, le=2100)]
HoursGiven = Annotated[Decimal, Field(ge=0, le=24, max_digits=4, decimal_places=1)]
People = Annotated[list[Id], Field(min_length=1, max_length=500)]


class YearAsked(Asked):
    """Which year; this one when none is named."""

    year: Year | None = None


class SessionsAsked(YearAsked):
    """How the sessions are narrowed."""

    kind: CourseKind | Literal[""] = ""


class SessionTold(Told):
    """A session of a course; `internal` when a nursery trains its own staff."""

    id: int
    course_id: int
    title: str
    kind: str
    internal: bool
    organiser: str
    held_on: date
    place: str
    trainer: str
    hours: Decimal
    cancelled: bool
    enrolled: int
    present: int


class ParticipationTold(Told):
    """Who is to come, or was there and is credited with hours."""

    id: int
    person_id: int
    name: str
    institution_id: int
    institution: str
    present: bool
    presence: str
    signed_in_at: datetime | None
    hours: Decimal | None


class SessionWhole(SessionTold):
    """A session with its list, and one's own staff who are not on it."""

    people: list[ParticipationTold]
    to_send: list[dict[str, Any]]


class SessionStated(Given):
    """A session of a course held before, or of a new one (then with title and kind)."""

    course_id: Id | None = None
    title: Annotated[str, Field(max_length=80)] = ""
    kind: CourseKind | Literal[""] = ""
    held_on: Day
    place: Annotated[str, Field(max_length=120)]
    trainer: Annotated[str, Field(max_length=60)]
    hours: HoursGiven


class Made(Told):
    """What was made."""

    id: int


class EmploymentsGiven(Given):
    """Who is sent, by employment."""

    employments: People


class PresentGiven(Given):
    """Who was there, by the list of the session."""

    participations: People


class Counted(Told):
    """How many were new."""

    new: int


class ReasonGiven(Given):
    """Why."""

    reason: Reason


class HoursStated(Given):
    """What somebody is credited with instead, and why."""

    hours: HoursGiven
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class CodeTold(Told):
    """What the session's QR code says now, and for how many seconds it is good."""

    code: str
    seconds: int


class CodeGiven(Given):
    """The code that was scanned."""

    code: Annotated[str, Field(min_length=1, max_length=120)]


class SignedIn(Told):
    """The hours one was credited with."""

    hours: Decimal


class KindTold(Told):
    """The hours of one kind; `needed` and `gap` only where a document asks for some."""

    kind: str
    hours: Decimal
    needed: Decimal | None
    gap: Decimal | None
    source: str


class PersonTold(Told):
    """Somebody who works at an institution, with the hours of the year."""

    person_id: int
    name: str
    post: str
    account: list[KindTold]


class TotalTold(Told):
    """For one kind that a rule asks for: how many are short, and by how much together."""

    kind: str
    needed: Decimal
    source: str
    people: int
    short: int
    gap: Decimal


class InstitutionHours(Told):
    """The hours of everybody at an institution, and what is missing."""

    year: int
    people: list[PersonTold]
    totals: list[TotalTold]


class AttendedTold(Told):
    """A session somebody is credited with."""

    held_on: date
    title: str
    kind: str
    internal: bool
    hours: Decimal
    presence: str


class PersonHours(Told):
    """The hours of one person in a year."""

    year: int
    account: list[KindTold]
    sessions: list[AttendedTold]


class GapsTold(Told):
    """What is missing at an institution."""

    id: int
    name: str
    division_code: str
    people: int
    short: int
    totals: list[TotalTold]


def _year(asked: YearAsked) -> int:
    return asked.year or clock.today().year


def _account(account: list[KindHours]) -> list[dict[str, Any]]:
    return [{**vars(one), "gap": one.gap} for one in account]


@operation(router, "GET", "/training-sessions", door=permitted(VIEW_SESSIONS), ok=PageOf[SessionTold])
def sessions(request: HttpRequest, asked: Annotated[SessionsAsked, Query()]) -> Any:
    """The sessions one may see, the latest first."""
    rows = training.sessions(actor_of(request), kind=asked.kind, year=asked.year)
    return shown_page(paging.page(rows, asked.page, asked.size), training.session_shown)


@operation(router, "POST", "/training-sessions", door=permitted(OPEN_COURSE), ok={201: Made})
def new_session(request: HttpRequest, given: SessionStated) -> Any:
    """Plan a session."""
    actor = actor_of(request)
    if given.course_id:
        course = get_visible(actor, PLAN_SESSION, Course.objects.all(), pk=given.course_id)
    else:
        course = actions.open_course(by=actor, title=given.title, kind=given.kind)
    stated = SessionGiven(given.held_on, given.place, given.trainer, given.hours)
    return Status(201, {"id": actions.plan_session(by=actor, course=course, given=stated).pk})


def _session(request: HttpRequest, pk: int) -> Session:
    return get_visible(actor_of(request), VIEW_SESSIONS, Session.objects.select_related("course"), pk=pk)


@operation(router, "GET", "/training-sessions/{pk}", door=permitted(VIEW_SESSIONS), ok=SessionWhole)
def session(request: HttpRequest, pk: PK) -> Any:
    """One session with its list; a nursery sees its own staff there."""
    actor = actor_of(request)
    found, may = training.session_told(actor, pk)
    people = training.participations_shown(actor, found, HOLD_SESSION.key in may)
    to_send = training.staff_to_send(actor, found) if ENROL.key in may else []
    row = training.session_shown(found)
    return {**row, "people": people, "to_send": to_send}


@operation(router, "POST", "/training-sessions/{pk}/enrolments", door=permitted(ENROL), ok=Counted)
def enrol(request: HttpRequest, pk: PK, given: EmploymentsGiven) -> Any:
    """Send own staff to a session."""
    chosen = Employment.objects.filter(pk__in=given.employments)
    found = _session(request, pk)
    return {"new": actions.enrol(by=actor_of(request), session=found, employments=chosen)}


@operation(router, "POST", "/training-sessions/{pk}/presence", door=permitted(HOLD_SESSION), ok=Counted)
def confirm_presence(request: HttpRequest, pk: PK, given: PresentGiven) -> Any:
    """Say who was there."""
    found = _session(request, pk)
    chosen = Participation.objects.filter(session=found, pk__in=given.participations)
    new = actions.confirm_presence(by=actor_of(request), session=found, participations=chosen)
    return {"new": new}


@operation(router, "POST", "/training-sessions/{pk}/cancellation", door=permitted(HOLD_SESSION), ok=Done)
def cancel_session(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """The session does not count for anybody."""
    actions.cancel_session(by=actor_of(request), session=_session(request, pk), reason=given.reason)
    return {"done": True}


@operation(router, "GET", "/training-sessions/{pk}/sign-in-code", door=permitted(HOLD_SESSION), ok=CodeTold)
def sign_in_code(request: HttpRequest, pk: PK) -> Any:
    """What the session's QR code says now."""
    found = get_visible(actor_of(request), HOLD_SESSION, Session.objects.all(), pk=pk)
    return {"code": training.code_of(found), "seconds": training.CODE_LIFE}


@operation(router, "POST", "/training-sign-ins", door=permitted(SIGN_IN), ok=SignedIn)
def sign_in(request: HttpRequest, given: CodeGiven) -> Any:
    """Sign in with the code that was scanned; 409 when it is too old, or the day another."""
    actor, pk = actor_of(request), training.session_of_code(given.code)
    if pk is None:
        raise Http404
    found = get_visible(actor, SIGN_IN, Session.objects.select_related("course"), pk=pk)
    return {"hours": actions.sign_in_by_code(by=actor, session=found).hours}


@operation(router, "POST", "/training-hours/{pk}/correction", door=permitted(CORRECT_HOURS), ok=Done)
def correct_hours(request: HttpRequest, pk: PK, given: HoursStated) -> Any:
    """Put right what somebody is credited with."""
    actor = actor_of(request)
    rows = Participation.objects.select_related("session__course")
    found = get_visible(actor, CORRECT_HOURS, rows, pk=pk)
    actions.correct_hours(by=actor, participation=found, hours=given.hours, reason=given.reason)
    return {"done": True}


@operation(router, "GET", "/my/hours", door=permitted(SIGN_IN), ok=PersonHours)
def my_hours(request: HttpRequest, asked: Annotated[YearAsked, Query()]) -> Any:
    """One's own hours; 409 when the register does not know whose account it is."""
    mine, year = training.own_employment(actor_of(request)), _year(asked)
    ledger = training.person_ledger(mine.person_id, year, None)
    account = training.account_in(ledger, mine.institution.division_code, year)
    return {"year": year, "account": _account(account), "sessions": ledger}


@operation(
    router, "GET", "/office/institutions/{pk}/training", door=permitted(VIEW_HOURS), ok=InstitutionHours
)
def institution_hours(request: HttpRequest, pk: PK, asked: Annotated[YearAsked, Query()]) -> Any:
    """Everybody who works at an institution with the hours of a year, and what is missing."""
    found = get_visible(actor_of(request), VIEW_HOURS, Institution.objects.all(), pk=pk)
    year = _year(asked)
    people = training.institution_account(found, year)
    totals = training.totals(people, training.needs_at(found.division_code, year))
    told = [{**one, "account": _account(one["account"])} for one in people]
    return {"year": year, "people": told, "totals": totals}


@operation(
    router,
    "GET",
    "/office/institutions/{pk}/training/{person}",
    door=permitted(VIEW_HOURS),
    ok=PersonHours,
)
def person_hours(request: HttpRequest, pk: PK, person: PK, asked: Annotated[YearAsked, Query()]) -> Any:
    """The hours of one who works, or worked, at an institution."""
    found = get_visible(actor_of(request), VIEW_HOURS, Institution.objects.all(), pk=pk)
    if not Employment.objects.filter(institution=found, person=person).exists():
        raise Http404
    year = _year(asked)
    ledger = training.person_ledger(person, year, found.pk)
    account = training.account_in(ledger, found.division_code, year)
    return {"year": year, "account": _account(account), "sessions": ledger}


@operation(router, "GET", "/training-gaps", door=permitted(VIEW_HOURS), ok=PageOf[GapsTold])
def training_gaps(request: HttpRequest, asked: Annotated[YearAsked, Query()]) -> Any:
    """Institutions and what is missing at each."""
    page = paging.page(training.institutions_with_hours(actor_of(request)), asked.page, asked.size)
    told = training.gaps_of(page.rows, _year(asked))
    return shown_page(page, lambda one: next(row for row in told if row["id"] == one.pk))
