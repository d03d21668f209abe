"""What the head of an institution changes by itself: places open to others, and pairing."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Router, Status
from pydantic import Field

from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Given, Id, Told
from tuoyu.institutions import actions, provision, standing
from tuoyu.institutions.models import Institution, Pairing
from tuoyu.institutions.permissions import OPEN_PLACES, PAIR

router = Router(tags=["directory"])

PK = Annotated[Id, Path()]


class Opened(Told):
    """So many places open to others than the employers' own, from a day until before another."""

    places: int
    from_on: date
    until: date | None


class OpenedGiven(Given):
    """A number, and the day from which it holds; 0 closes them."""

    places: Annotated[int, Field(ge=0, le=10_000)]
    from_on: date


class Paired(Told):
    """A pairing of a kindergarten with an institution, as one side sees it."""

    id: int
    other: str
    state: str
    proposed_on: date
    agreed_on: date | None
    ended_on: date | None
    end_reason: str
    may_answer: bool
    may_end: bool


class Proposed(Given):
    """Whom to pair with, by the credit code."""

    uscc: Annotated[str, Field(min_length=1, max_length=40)]


class Answered(Given):
    """What to do about a pairing; ending one asks for the reason."""

    act: Literal["agree", "decline", "end"]
    reason: Annotated[str, Field(max_length=200)] = ""


def _openings(pk: int) -> list[dict[str, Any]]:
    return [{**row, "from_on": row["from"]} for row in provision.openings(pk)]


@operation(
    router, "GET", "/office/institutions/{pk}/opened-places", door=permitted(OPEN_PLACES), ok=list[Opened]
)
def openings(request: HttpRequest, pk: PK) -> Any:
    """Every number that was stated, the latest first."""
    found = get_visible(actor_of(request), OPEN_PLACES, Institution.objects.all(), pk=pk)
    return _openings(found.pk)


@operation(
    router, "POST", "/office/institutions/{pk}/opened-places", door=permitted(OPEN_PLACES), ok=list[Opened]
)
def open_places(request: HttpRequest, pk: PK, given: OpenedGiven) -> Any:
    """Open so many places from a day on; what was stated for that day or later no longer holds."""
    actor = actor_of(request)
    found = get_visible(actor, OPEN_PLACES, Institution.objects.all(), pk=pk)
    actions.open_places(by=actor, institution=found, **given.model_dump())
    return _openings(found.pk)


@operation(router, "GET", "/office/institutions/{pk}/pairings", door=permitted(PAIR), ok=list[Paired])
def pairings(request: HttpRequest, pk: PK) -> Any:
    """Every pairing of an institution, the newest first."""
    return provision.pairings_of(get_visible(actor_of(request), PAIR, Institution.objects.all(), pk=pk))


@operation(router, "POST", "/office/institutions/{pk}/pairings", door=permitted(PAIR), ok={201: list[Paired]})
def propose(request: HttpRequest, pk: PK, given: Proposed) -> Any:
    """Propose to pair with another institution; it holds once the other agrees."""
    actor = actor_of(request)
    found = get_visible(actor, PAIR, Institution.objects.all(), pk=pk)
    actions.propose_pairing(by=actor, institution=found, other=standing.registered_as(given.uscc))
    return Status(201, provision.pairings_of(found))


@operation(
    router, "POST", "/office/institutions/{pk}/pairings/{number}", door=permitted(PAIR), ok=list[Paired]
)
def answer(request: HttpRequest, pk: PK, number: Annotated[Id, Path()], given: Answered) -> Any:
    """Agree to a proposal, decline it, or end a pairing with a reason."""
    actor = actor_of(request)
    found = get_visible(actor, PAIR, Institution.objects.all(), pk=pk)
    row: Pairing | None = provision.pairing_of(found, number)
    if row is None:
        raise Http404
    if given.act == "end":
        actions.end_pairing(by=actor, pairing=row, reason=given.reason)
    else:
        actions.answer_pairing(by=actor, pairing=row, agrees=given.act == "agree")
    return provision.pairings_of(found)
