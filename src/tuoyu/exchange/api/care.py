"""A nursery's day and what went wrong: stated, put right, reported, answered for."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import AwareDatetime, Field

from tuoyu.care import actions, queries
from tuoyu.care.actions import IncidentGiven
from tuoyu.care.models import DailyReturn, Incident
from tuoyu.care.permissions import (
    ANSWER_INCIDENT,
    REPORT_INCIDENT,
    STATE_DAY,
    VIEW_DAYS,
    VIEW_INCIDENT,
)
from tuoyu.care.rules import MOST, CasesGiven, ClassGiven, ReturnGiven
from tuoyu.care.vocabulary import Disease, Harm, Severity, Spot, Symptom
from tuoyu.core import clock, paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Day, Given, Id, PageAsked, PageOf, Told, page_of, shown_page
from tuoyu.institutions.models import Institution

router = Router(tags=["care"])

PK = Annotated[Id, Path()]
Number = Annotated[int, Field(ge=0, le=MOST)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class DaysAsked(Asked):
    """A day over one's places, and how it is narrowed."""

    day: Day | None = None
    state: Literal["missing", "stated", "closed", "ill", ""] = ""
    text: Annotated[str, Field(max_length=60)] = ""


class DayOfOne(Told):
    """What an institution stated of the day; `return_id` is none where it has stated nothing."""

    id: int
    name: str
    division_code: str
    return_id: int | None
    closed: bool | None
    stated_at: datetime | None
    children: int
    carers: int
    ill: int


class CasesTold(Told):
    """Children who fell ill on the day."""

    symptom: str
    disease: str
    number: int


class ClassTold(Told):
    """A class on a day."""

    class_id: int | None
    name: str
    children: int
    carers: int
    enrolled: int | None
    checked: int | None
    unexamined: int | None
    cases: list[CasesTold]


class DayTold(Told):
    """One statement of a day."""

    id: int
    day: date
    closed: bool
    current: bool
    reason: str
    stated_at: datetime
    stated_label: str
    classes: list[ClassTold]


class CasesStated(Given):
    """New cases of the day: each child once, by what it shows above all."""

    symptom: Symptom
    disease: Disease | Literal[""] = ""
    number: Annotated[int, Field(ge=1, le=MOST)]


class ClassStated(Given):
    """A class on the day; `class_id` is none where a place has no classes. Of the children there, `checked`
    had the morning check and `unexamined` no health check before entry; what is left out was not said."""

    class_id: Id | None = None
    children: Number
    carers: Number
    checked: Number | None = None
    unexamined: Number | None = None
    cases: Annotated[list[CasesStated], Field(max_length=100)] = []


class DayStated(Given):
    """A day; `reason` where one stated before is put right."""

    closed: bool = False
    classes: Annotated[list[ClassStated], Field(max_length=200)] = []
    reason: Annotated[str, Field(max_length=200)] = ""


class IncidentsAsked(Asked):
    """How the incidents are narrowed."""

    severity: Severity | Literal[""] = ""
    institution_id: Id | None = None


class IncidentTold(Told):
    """An incident; `case` is the number of the case in which the institution answers for it."""

    id: int
    institution_id: int
    institution: str
    division_code: str
    class_id: int | None
    class_name: str
    kind: str
    severity: str
    spot: str
    happened_at: datetime
    hurt: int
    what: str
    measures: str
    reported_at: datetime
    reported_label: str
    report_due_at: datetime | None
    late: bool
    case: str


class IncidentStated(Given):
    """What happened; no child is named."""

    kind: Harm
    severity: Severity
    spot: Spot
    happened_at: AwareDatetime
    hurt: Number
    what: Text
    measures: Text
    class_id: Id | None = None


class IncidentMade(Told):
    """An incident that was reported, and the case it opened, where it is serious."""

    id: int
    case: str


class AnswerGiven(Given):
    """What the institution answers."""

    text: Text


@operation(router, "GET", "/daily-returns", door=permitted(VIEW_DAYS), ok=PageOf[DayOfOne])
def daily_returns(request: HttpRequest, asked: Annotated[DaysAsked, Query()]) -> Any:
    """A day (today) over one's places: who stated it, who has not."""
    narrowed = queries.DayAsked(asked.day or clock.today(), asked.state, asked.text)
    return page_of(queries.on_day(actor_of(request), narrowed), asked)


@operation(router, "GET", "/office/institutions/{pk}/days", door=permitted(VIEW_DAYS), ok=PageOf[DayTold])
def days(request: HttpRequest, pk: PK, asked: PageAsked) -> Any:
    """The days of an institution as they hold, the latest first."""
    found = get_visible(actor_of(request), VIEW_DAYS, Institution.objects.all(), pk=pk)
    rows = queries.whole_days(DailyReturn.objects.filter(institution=found, current=True))
    return shown_page(paging.page(rows, asked.page, asked.size), queries.told)


@operation(router, "GET", "/office/institutions/{pk}/days/{day}", door=permitted(VIEW_DAYS), ok=list[DayTold])
def day(request: HttpRequest, pk: PK, day: Annotated[Day, Path()]) -> Any:
    """Every statement of one day, the latest first."""
    found = get_visible(actor_of(request), VIEW_DAYS, Institution.objects.all(), pk=pk)
    return [queries.told(one) for one in queries.statements_of(found, day)]


@operation(
    router, "PUT", "/office/institutions/{pk}/days/{day}", door=permitted(STATE_DAY), ok={200: DayTold}
)
def state_day(request: HttpRequest, pk: PK, day: Annotated[Day, Path()], given: DayStated) -> Any:
    """State a day, or put right what was stated of it."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_DAYS, Institution.objects.all(), pk=pk)
    stated = ReturnGiven(
        given.closed,
        tuple(
            ClassGiven(
                one.class_id,
                one.children,
                one.carers,
                tuple(CasesGiven(c.symptom, c.number, str(c.disease)) for c in one.cases),
                one.checked,
                one.unexamined,
            )
            for one in given.classes
        ),
    )
    actions.state_day(by=actor, institution=found, day=day, given=stated, reason=given.reason)
    return queries.told(queries.statements_of(found, day)[0])


@operation(router, "GET", "/incidents", door=permitted(VIEW_INCIDENT), ok=PageOf[IncidentTold])
def incidents(request: HttpRequest, asked: Annotated[IncidentsAsked, Query()]) -> Any:
    """The incidents within reach, the latest first."""
    rows = queries.incidents(actor_of(request), severity=asked.severity, institution_id=asked.institution_id)
    return shown_page(paging.page(rows, asked.page, asked.size), queries.incident_told)


@operation(router, "GET", "/incidents/{pk}", door=permitted(VIEW_INCIDENT), ok=IncidentTold)
def incident(request: HttpRequest, pk: PK) -> Any:
    """One incident."""
    rows = Incident.objects.select_related("institution", "class_group", "case")
    return queries.incident_told(get_visible(actor_of(request), VIEW_INCIDENT, rows, pk=pk))


@operation(
    router,
    "POST",
    "/office/institutions/{pk}/incidents",
    door=permitted(REPORT_INCIDENT),
    ok={201: IncidentMade},
)
def report_incident(request: HttpRequest, pk: PK, given: IncidentStated) -> Any:
    """Report an incident; a serious one opens a case of accountability."""
    actor = actor_of(request)
    found = get_visible(actor, REPORT_INCIDENT, Institution.objects.all(), pk=pk)
    stated = IncidentGiven(
        kind=given.kind,
        severity=given.severity,
        spot=given.spot,
        happened_at=given.happened_at,
        hurt=given.hurt,
        what=given.what,
        measures=given.measures,
        room=given.class_id,
    )
    made = actions.report_incident(by=actor, institution=found, given=stated)
    return Status(201, {"id": made.pk, "case": made.case.number if made.case else ""})


@operation(router, "POST", "/incidents/{pk}/answer", door=permitted(ANSWER_INCIDENT), ok=Done)
def answer_incident(request: HttpRequest, pk: PK, given: AnswerGiven) -> Any:
    """Answer for an incident at one's institution."""
    actor = actor_of(request)
    rows = Incident.objects.select_related("institution", "case")
    found = get_visible(actor, VIEW_INCIDENT, rows, pk=pk)
    actions.answer_incident(by=actor, incident=found, text=given.text)
    return {"done": True}
