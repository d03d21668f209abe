"""Alerts: read, taken in hand, resolved; one institution looked at now."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tuoyu.alerts import actions, live, queries
from tuoyu.alerts.models import Alert
from tuoyu.alerts.permissions import EVALUATE, HANDLE_ALERT, VIEW_ALERTS
from tuoyu.alerts.vocabulary import State
from tuoyu.core import paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Given, Id, PageOf, Told, shown_page
from tuoyu.institutions.models import Institution

router = Router(tags=["alerts"])

PK = Annotated[Id, Path()]


class AlertsAsked(Asked):
    """How the alerts are narrowed; without a state, those that stand."""

    rule: Annotated[str, Field(max_length=60)] = ""
    state: State | Literal[""] = ""
    place: Annotated[str, Field(max_length=12)] = ""
    text: Annotated[str, Field(max_length=60)] = ""
    institution_id: Id | None = None


class AlertTold(Told):
    """An alert: the rule and where it stands, what was found, whom it is for, its clock, how it ended."""

    id: int
    institution_id: int
    institution: str
    division_code: str
    class_name: str
    rule: str
    subject: str
    name: str
    source: str
    says: str
    details: dict[str, Any]
    first_day: date
    last_day: date
    addressees: list[str]
    state: str
    raised_at: datetime
    due_at: datetime | None
    provisional: bool
    overdue: bool
    acknowledged_label: str
    ended_at: datetime | None
    ended_label: str
    ending: str


class ResolutionGiven(Given):
    """How it was dealt with."""

    note: Annotated[str, Field(min_length=1, max_length=1000)]


class Looked(Told):
    """What looking now did."""

    raised: int
    ended: int
    kept: int


@operation(router, "GET", "/alerts", door=permitted(VIEW_ALERTS), ok=PageOf[AlertTold])
def alerts(request: HttpRequest, asked: Annotated[AlertsAsked, Query()]) -> Any:
    """The alerts within reach, the overdue first."""
    narrowed = queries.Narrowed(asked.rule, str(asked.state), asked.place, asked.text, asked.institution_id)
    rows = queries.alerts(actor_of(request), narrowed)
    return shown_page(paging.page(rows, asked.page, asked.size), queries.told)


@operation(router, "GET", "/alerts/{pk}", door=permitted(VIEW_ALERTS), ok=AlertTold)
def alert(request: HttpRequest, pk: PK) -> Any:
    """One alert."""
    rows = Alert.objects.select_related("institution", "class_group")
    return queries.told(get_visible(actor_of(request), VIEW_ALERTS, rows, pk=pk))


@operation(router, "POST", "/alerts/{pk}/acknowledgement", door=permitted(HANDLE_ALERT), ok=Done)
def acknowledge(request: HttpRequest, pk: PK) -> Any:
    """Take an alert in hand."""
    actor = actor_of(request)
    actions.acknowledge(by=actor, alert=get_visible(actor, HANDLE_ALERT, Alert.objects.all(), pk=pk))
    return {"done": True}


@operation(router, "POST", "/alerts/{pk}/resolution", door=permitted(HANDLE_ALERT), ok=Done)
def resolve(request: HttpRequest, pk: PK, given: ResolutionGiven) -> Any:
    """End an alert, saying how it was dealt with."""
    actor = actor_of(request)
    found = get_visible(actor, HANDLE_ALERT, Alert.objects.all(), pk=pk)
    actions.resolve(by=actor, alert=found, note=given.note)
    return {"done": True}


@operation(router, "POST", "/office/institutions/{pk}/alerts/evaluation", door=permitted(EVALUATE), ok=Looked)
def evaluate(request: HttpRequest, pk: PK) -> Any:
    """Look for everything that is watched at one institution, now."""
    actor = actor_of(request)
    found = get_visible(actor, EVALUATE, Institution.objects.all(), pk=pk)
    outcome = live.look_now(actor, found)
    return {"raised": len(outcome.raised), "ended": len(outcome.ended), "kept": outcome.kept}
