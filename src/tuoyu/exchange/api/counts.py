"""How many children are enrolled by class: what was stated for a nursery, and stating it."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from tuoyu.core import paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem as ProblemFound
from tuoyu.core.problems import Refused
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Day, Given, Id, PageAsked, PageOf, Problem, Told, shown_page
from tuoyu.institutions import actions, counts
from tuoyu.institutions.actions.counts import MOST
from tuoyu.institutions.models import EnrolmentCount, Institution
from tuoyu.institutions.permissions import STATE_COUNTS, VIEW_COUNTS

router = Router(tags=["directory"])

PK = Annotated[Id, Path()]


class CountTold(Told):
    """A count as it was stated; one with `replaced_at` was corrected and no longer counts."""

    class_id: int
    class_name: str
    day: date
    enrolled: int
    imported: bool
    reason: str
    stated_at: datetime
    stated_by: str
    replaced_at: datetime | None


class ClassEnrolled(Told):
    """A class there is today, its places, its last count, and what that goes beyond."""

    id: int
    name: str
    class_type: str
    places: int
    enrolled: int | None
    counted_on: date | None
    problems: list[Problem]


class CountGiven(Given):
    """How many children are enrolled in one class."""

    class_id: Id
    enrolled: Annotated[int, Field(ge=0, le=MOST)]


class CountsGiven(Given):
    """The counts of a day; another number than was stated before corrects it and asks for the reason."""

    day: Day
    counts: Annotated[list[CountGiven], Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=200)] = ""


def _told(row: EnrolmentCount) -> dict[str, Any]:
    names = ("day", "enrolled", "imported", "reason", "stated_at", "replaced_at")
    return {name: getattr(row, name) for name in names} | {
        "class_id": row.class_group_id,
        "class_name": row.class_group.name,
        "stated_by": row.stated_label,
    }


@operation(
    router, "GET", "/office/institutions/{pk}/counts", door=permitted(VIEW_COUNTS), ok=PageOf[CountTold]
)
def stated(request: HttpRequest, pk: PK, asked: PageAsked) -> Any:
    """Every count that was stated, the latest day first, corrected ones too."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_COUNTS, Institution.objects.all(), pk=pk)
    return shown_page(paging.page(counts.statements(actor, found.pk), asked.page, asked.size), _told)


@operation(
    router,
    "GET",
    "/office/institutions/{pk}/counts/last",
    door=permitted(VIEW_COUNTS),
    ok=list[ClassEnrolled],
)
def last(request: HttpRequest, pk: PK) -> Any:
    """The classes there are today with the last count of each."""
    actor = actor_of(request)
    return counts.last_of(actor, get_visible(actor, VIEW_COUNTS, Institution.objects.all(), pk=pk))


@operation(
    router, "POST", "/office/institutions/{pk}/counts", door=permitted(STATE_COUNTS), ok=list[ClassEnrolled]
)
def state(request: HttpRequest, pk: PK, given: CountsGiven) -> Any:
    """State how many children are enrolled on a day; stating the same again changes nothing."""
    actor = actor_of(request)
    found = get_visible(actor, STATE_COUNTS, Institution.objects.all(), pk=pk)
    enrolled = {one.class_id: one.enrolled for one in given.counts}
    if len(enrolled) != len(given.counts):
        raise Refused(ProblemFound("同一个班填了两次。", field="counts"))
    actions.state_counts(by=actor, institution=found, day=given.day, enrolled=enrolled, reason=given.reason)
    return counts.last_of(actor, found)
