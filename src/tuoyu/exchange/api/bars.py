"""Bars to employment: recorded, read by those who answer for them, corrected. None of these is a look-up:
whether somebody is barred is told only when a hire is handed in."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core import paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Day, Given, Id, PageAsked, PageOf, Reason, Told, shown_page
from tuoyu.workforce import actions, bar_queries
from tuoyu.workforce.models import Bar, RecordCheck
from tuoyu.workforce.permissions import CORRECT_RECORD_CHECK, RECORD_BAR, VIEW_BAR_ALERTS, VIEW_BARS
from tuoyu.workforce.rules.bars import BarGiven
from tuoyu.workforce.vocabulary import BarGround, BarKind, BarRole, CheckResult, CorrectionGround

router = Router(tags=["bars"])

PK = Annotated[Id, Path()]


class BarsAsked(Asked):
    """How the bars are narrowed."""

    kind: BarKind | Literal[""] = ""
    state: Literal["holds", "corrected", ""] = ""


class BarTold(Told):
    """A bar; name and number are masked."""

    id: int
    name: str
    identity: str
    kind: str
    role: str
    ground: str
    document: str
    number: str
    decided_on: date
    authority: str
    division_code: str
    office: str
    recorded_at: datetime
    recorded_label: str
    holds: bool
    corrected_at: datetime | None
    corrected_label: str
    correction_ground: str
    correction_reason: str


class BarStated(Given):
    """A bar with the decision it rests on."""

    name: Annotated[str, Field(max_length=60)]
    identity: Annotated[str, Field(max_length=40)]
    kind: BarKind
    role: BarRole
    ground: BarGround
    document: Annotated[str, Field(max_length=120)]
    number: Annotated[str, Field(max_length=80)]
    decided_on: Day
    authority: Annotated[str, Field(max_length=120)]


class BarRecorded(Told):
    """A bar that was recorded, and how many employers were told."""

    id: int
    alerts: int


class CorrectionStated(Given):
    """Why something that was recorded does not hold."""

    ground: CorrectionGround
    reason: Reason


class HitTold(Told):
    """What an institution was told: there is a record. Name and number are masked."""

    id: int
    name: str
    identity: str
    institution_id: int
    institution: str
    asked_on: date
    answered_on: date
    authority: str
    holds: bool
    corrected_at: datetime | None
    corrected_label: str
    correction_ground: str
    correction_reason: str


class BarAlertTold(Told):
    """Somebody who is barred and still employed, and the rules that say so."""

    id: int
    employment_id: int
    institution_id: int
    institution: str
    place: str
    name: str
    post: str
    raised_at: datetime
    sources: list[str]


@operation(router, "GET", "/bars", door=permitted(VIEW_BARS), ok=PageOf[BarTold])
def bars(request: HttpRequest, asked: Annotated[BarsAsked, Query()]) -> Any:
    """The bars recorded in one's places, the newest first."""
    rows = bar_queries.bars(actor_of(request), kind=asked.kind, state=asked.state)
    return shown_page(paging.page(rows, asked.page, asked.size), bar_queries.shown)


@operation(router, "POST", "/bars", door=permitted(RECORD_BAR), ok={201: BarRecorded})
def record_bar(request: HttpRequest, given: BarStated) -> Any:
    """Record that somebody may not work in childcare; whoever employs the person is told at once."""
    made = actions.record_bar(by=actor_of(request), given=BarGiven(**given.model_dump()))
    return Status(201, {"id": made.pk, "alerts": made.alerts.count()})


@operation(router, "GET", "/bars/{pk}", door=permitted(VIEW_BARS), ok=BarTold)
def bar(request: HttpRequest, pk: PK) -> Any:
    """One bar."""
    rows = Bar.objects.select_related("correction")
    return bar_queries.shown(get_visible(actor_of(request), VIEW_BARS, rows, pk=pk))


@operation(router, "POST", "/bars/{pk}/correction", door=permitted(VIEW_BARS), ok=Done)
def correct_bar(request: HttpRequest, pk: PK, given: CorrectionStated) -> Any:
    """Say that a bar should not have been recorded; never by whoever recorded it."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_BARS, Bar.objects.all(), pk=pk)
    actions.correct_bar(by=actor, bar=found, ground=given.ground.value, reason=given.reason)
    return {"done": True}


@operation(router, "GET", "/record-check-hits", door=permitted(CORRECT_RECORD_CHECK), ok=PageOf[HitTold])
def record_check_hits(request: HttpRequest, asked: PageAsked) -> Any:
    """What institutions of one's places were told: that there is a record."""
    page = paging.page(bar_queries.hits(actor_of(request)), asked.page, asked.size)
    return shown_page(page, bar_queries.hit_shown)


@operation(
    router,
    "POST",
    "/record-check-hits/{pk}/correction",
    door=permitted(CORRECT_RECORD_CHECK),
    ok=Done,
)
def correct_record_check(request: HttpRequest, pk: PK, given: CorrectionStated) -> Any:
    """Say that such an answer does not hold."""
    actor = actor_of(request)
    rows = RecordCheck.objects.filter(result=CheckResult.HIT)
    found = get_visible(actor, CORRECT_RECORD_CHECK, rows, pk=pk)
    actions.correct_record_check(by=actor, record_check=found, ground=given.ground.value, reason=given.reason)
    return {"done": True}


@operation(router, "GET", "/bar-alerts", door=permitted(VIEW_BAR_ALERTS), ok=PageOf[BarAlertTold])
def bar_alerts(request: HttpRequest, asked: PageAsked) -> Any:
    """Who is barred and still employed, at one's institution or in one's places."""
    page = paging.page(bar_queries.alerts(actor_of(request)), asked.page, asked.size)
    return shown_page(page, bar_queries.alert_shown)
