"""What may come after a filing: the matters of an institution, beginning one, what a change changes."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.applications import Full, full
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Given, Id, Problem, Told
from tuoyu.institutions import actions, life, standing, stated
from tuoyu.institutions.models import Application, Institution, Suspension, YearlyResult
from tuoyu.institutions.permissions import (
    CALL_OFF_SUSPENSION,
    START,
    VIEW_APPLICATION,
    VIEW_INSTITUTION,
)
from tuoyu.institutions.queries import form_of, public_institutions

router = Router(tags=["matters"])

PK = Annotated[Id, Path()]


class Whose(Given):
    """Which filed institution: one's own by its number, any by its credit code."""

    institution_id: Id | None = None
    uscc: Annotated[str, Field(max_length=40)] = ""


class Begun(Whose):
    """What is begun, and for whom; `owner_id` when it is for somebody one acts for."""

    procedure: Annotated[str, Field(max_length=60)]
    owner_id: Id | None = None


class Due(Told):
    """A review or report of a year that is not handed in, by its last day."""

    procedure: str
    name: str
    year: int
    by: date
    overdue: bool
    source: str


class Matter(Told):
    """Something an institution may apply for, and what stands against it now."""

    procedure: str
    name: str
    lead: str
    source: str
    year: int | None
    obstacles: list[Problem]
    due: Due | None


class Change(Told):
    """What a change makes of one value, in words."""

    page: str
    field: str
    label: str
    before: str
    after: str


class Yearly(Told):
    """What came of a review or a report of a year."""

    procedure: str
    name: str
    year: int
    result: str
    reasons: str
    clause: str
    decided_on: date


class Pause(Told):
    """A time without service."""

    first_day: date
    last_day: date
    reason: str
    lasts: bool


class CalledOff(Given):
    """Why a suspension is called off."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


def _named(request: HttpRequest, given: Whose) -> Institution:
    if given.institution_id is None:
        return standing.registered_as(given.uscc)
    own = standing.headed_by(actor_of(request))
    found = next((one for one in own if one.pk == given.institution_id), None)
    if found is None:
        raise Http404
    return found


@operation(router, "GET", "/matters", door=permitted(START), ok=list[Matter])
def matters(request: HttpRequest, asked: Annotated[Whose, Query()]) -> Any:
    """Every matter that an institution's place knows, with what stands against each."""
    found = _named(request, asked)
    return life.matters_of(found, standing.owner_for(actor_of(request), found))


@operation(router, "POST", "/matters", door=permitted(START), ok={201: Full})
def begin(request: HttpRequest, given: Begun) -> Any:
    """Begin (or go on with) a matter; its pages, papers and submission are those of an application."""
    actor, found = actor_of(request), _named(request, given)
    owner_id = given.owner_id or standing.owner_for(actor, found)
    made = actions.start_after_filing(
        by=actor, owner_id=owner_id, institution=found, procedure=given.procedure
    )
    return Status(201, full(made))


@operation(router, "GET", "/applications/{pk}/changes", door=permitted(VIEW_APPLICATION), ok=list[Change])
def changes(request: HttpRequest, pk: PK) -> Any:
    """What an application for a change makes of what was there."""
    rows = Application.objects.select_related("case__pack", "institution")
    found = get_visible(actor_of(request), VIEW_APPLICATION, rows, pk=pk)
    return stated.changes(found, form_of(found))


@operation(
    router, "GET", "/office/institutions/{pk}/yearly", door=permitted(VIEW_INSTITUTION), ok=list[Yearly]
)
def yearly(request: HttpRequest, pk: PK) -> Any:
    """The reviews and reports of an institution, the newest year first."""
    found = get_visible(actor_of(request), VIEW_INSTITUTION, Institution.objects.all(), pk=pk)
    return list(YearlyResult.objects.filter(institution=found))


@operation(
    router, "GET", "/institutions/{pk}/suspensions", door=public("families need to know"), ok=list[Pause]
)
def suspensions(request: HttpRequest, pk: PK) -> Any:
    """When a filed institution takes no children: now and to come."""
    if not public_institutions().filter(pk=pk).exists():
        raise Http404
    rows = Suspension.objects.holding().filter(institution=pk).values("reason", "days")
    told = [
        {"reason": row["reason"], "first": str(row["days"].lower), "until": str(row["days"].upper)}
        for row in rows
    ]
    return [{**one, "first_day": one["first"], "last_day": one["last"]} for one in life.to_come(told)]


@operation(
    router,
    "POST",
    "/office/institutions/{pk}/suspensions/{number}/calling-off",
    door=permitted(CALL_OFF_SUSPENSION),
    ok=Pause,
)
def call_off(request: HttpRequest, pk: PK, number: Annotated[Id, Path()], given: CalledOff) -> Any:
    """Call a suspension off before its first day; whoever was told of it is told."""
    actor = actor_of(request)
    found = get_visible(actor, CALL_OFF_SUSPENSION, Institution.objects.all(), pk=pk)
    row = found.suspensions.select_related("case", "institution").filter(pk=number).first()
    if row is None:
        raise Http404
    held = actions.call_off_suspension(by=actor, suspension=row, reason=given.reason)
    return {"first_day": held.days.lower, "last_day": held.last_day, "reason": held.reason, "lasts": False}
