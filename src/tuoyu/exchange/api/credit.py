"""Credit: events, files, requests for repair and objections, the lists of a place."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core import audit, paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.credit import actions, queries, terms
from tuoyu.credit.actions import Stated
from tuoyu.credit.models import CreditRequest, ListEntry
from tuoyu.credit.permissions import (
    CORRECT_CREDIT,
    KEEP_LISTS,
    RECORD_CREDIT,
    TAKE_OFF_LIST,
    VIEW_CREDIT,
    VIEW_CREDIT_FILE,
    VIEW_PERSON_FILE,
)
from tuoyu.credit.vocabulary import CreditClass, EventKind, Ground, ListKind, RequestKind, Standing
from tuoyu.exchange.api.doors import permitted, person, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Code, Day, Given, Id, PageOf, Reason, Told, shown_page
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Person

router = Router(tags=["credit"])

PK = Annotated[Id, Path()]


class EventsAsked(Asked):
    """How the events are narrowed."""

    kind: EventKind | Literal[""] = ""
    standing: Standing | Literal[""] = ""
    institution_id: Id | None = None


class EventTold(Told):
    """An event; a person's name is masked. It no longer counts from the day `until`."""

    id: int
    institution_id: int
    institution: str
    person_id: int | None
    person: str
    kind: str
    credit_class: str
    summary: str
    document: str
    decided_on: date
    repairable_on: date | None
    until: date | None
    is_public: bool
    publish_reason: str
    office: str
    division_code: str
    standing: str
    repaired_on: date | None
    withdrawn_on: date | None
    withdrawn_ground: str
    withdrawn_reason: str
    case_number: str
    replaces_id: int | None


class RequestTold(Told):
    """A request for repair, or an objection."""

    id: int
    event_id: int
    kind: str
    state: str
    statement: str
    pledge: str
    asked_on: date
    answered_on: date | None
    answer: str
    case_number: str


class EventWithRequests(EventTold):
    """An event and what was asked about it."""

    requests: list[RequestTold]


class EntryTold(Told):
    """An institution on a list of its place."""

    id: int
    kind: str
    institution_id: int
    institution: str
    division_code: str
    event_id: int | None
    reason: str
    conclusion: str
    office: str
    placed_on: date
    removed_on: date | None
    removed_reason: str


class EntryOfFile(EntryTold):
    """An entry, and whether it counts today."""

    counts: bool


class FileTold(Told):
    """The integrity file of an institution, and which lists its place keeps."""

    events: list[EventTold]
    entries: list[EntryOfFile]
    lists: list[str]


class EventStated(Given):
    """An event to record; a breach needs a class, a minor one shows only for a reason."""

    kind: EventKind
    credit_class: CreditClass = CreditClass.NONE
    summary: Annotated[str, Field(max_length=500)]
    decided_on: Day
    document: Annotated[str, Field(max_length=120)] = ""
    publish_reason: Annotated[str, Field(max_length=300)] = ""


class CorrectionStated(Given):
    """Why an event does not hold; the right class, where that was wrong."""

    ground: Literal["wrong_subject", "wrong_facts", "wrong_class"]
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    credit_class: CreditClass | None = None


class RequestStated(Given):
    """What is asked: repair needs a pledge."""

    kind: RequestKind
    statement: Annotated[str, Field(max_length=2000)]
    pledge: Annotated[str, Field(max_length=500)] = ""


class ListingStated(Given):
    """Onto which list, and why; a punishment rests on an event, an evaluation has a conclusion."""

    kind: ListKind
    reason: Annotated[str, Field(max_length=500)]
    conclusion: Annotated[str, Field(max_length=120)] = ""
    event_id: Id | None = None


class RemovalStated(Given):
    """Why somebody is taken off a list."""

    reason: Reason


class ListsAsked(Asked):
    """How the lists are narrowed."""

    division_code: Code | Literal[""] = ""
    kind: ListKind | Literal[""] = ""


class Made(Told):
    """What was made."""

    id: int


@operation(router, "GET", "/credit-events", door=permitted(VIEW_CREDIT), ok=PageOf[EventTold])
def credit_events(request: HttpRequest, asked: Annotated[EventsAsked, Query()]) -> Any:
    """The events one may see, the latest first."""
    rows = queries.board(
        actor_of(request), kind=asked.kind, standing=asked.standing, institution_id=asked.institution_id
    )
    return shown_page(paging.page(rows, asked.page, asked.size), queries.shown)


@operation(router, "GET", "/credit-events/{pk}", door=permitted(VIEW_CREDIT), ok=EventWithRequests)
def credit_event(request: HttpRequest, pk: PK) -> Any:
    """One event; that one about a person was read is written down."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_CREDIT, queries.events(), pk=pk)
    if found.person_id is not None:
        audit.read(actor, found, ["person"], topic=f"person:{found.person_id}")
    return queries.shown(found) | {"requests": queries.requests_of(found, actor_of(request))}


@operation(router, "POST", "/credit-events/{pk}/correction", door=permitted(CORRECT_CREDIT), ok=Made)
def correct_credit_event(request: HttpRequest, pk: PK, given: CorrectionStated) -> Any:
    """Say that an event does not hold; answers with the event that stands in its place, or itself."""
    actor = actor_of(request)
    found = get_visible(actor, CORRECT_CREDIT, queries.events(), pk=pk)
    other = actions.correct_event(
        by=actor,
        event=found,
        ground=Ground(given.ground),
        reason=given.reason,
        credit_class=given.credit_class,
    )
    return {"id": other.pk if other else found.pk}


@operation(
    router, "POST", "/credit-events/{pk}/requests", door=person("whose event it is, is asked of the event"),
    ok={201: RequestTold},
)  # fmt: skip
def ask_about_credit(request: HttpRequest, pk: PK, given: RequestStated) -> Any:
    """Ask that an event be repaired, or say that it is mistaken; only its subject may."""
    actor = actor_of(request)
    found = get_object_or_404(queries.askable(actor), pk=pk)
    made = actions.ask(by=actor, event=found, kind=given.kind, statement=given.statement, pledge=given.pledge)
    return Status(201, queries.request_shown(made))


@operation(router, "GET", "/credit-requests/{pk}", door=person("one's own request"), ok=RequestTold)
def credit_request(request: HttpRequest, pk: PK) -> Any:
    """How one's own request stands."""
    askable = queries.askable(actor_of(request))
    found = get_object_or_404(
        CreditRequest.objects.select_related("case"), pk=pk, event__in=askable.values("pk")
    )
    return queries.request_shown(found)


class OwnFileAsked(Given):
    """Who one is."""

    identity: Annotated[str, Field(min_length=15, max_length=18)]


@operation(router, "POST", "/my/credit-file", door=person("one's own file"), ok=Done)
def open_own_file(request: HttpRequest, given: OwnFileAsked) -> Any:
    """Show that the account is a person's of a staff register, past or present, by the identity number and
    the proved telephone of the account."""
    if actions.open_own_file(by=actor_of(request), identity=given.identity) is None:
        says = "没有同时与这个号码和您账号的手机号相符的登记，请核对后再试。"
        raise Refused(Problem(says, field="identity"))
    return {"done": True}


@operation(router, "GET", "/my/credit-events", door=person("one's own file"), ok=list[EventTold])
def my_credit(request: HttpRequest) -> Any:
    """What is recorded about oneself as one who answers for an institution."""
    own = queries.own(actor_of(request))
    rows = queries.events().filter(own).order_by("-decided_on") if own else []
    return [queries.shown(one) for one in rows]


@operation(router, "GET", "/office/institutions/{pk}/credit", door=permitted(VIEW_CREDIT_FILE), ok=FileTold)
def credit_file(request: HttpRequest, pk: PK) -> Any:
    """The integrity file of an institution."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_CREDIT_FILE, Institution.objects.all(), pk=pk)
    rows = queries.board(actor, institution_id=pk)[:200]
    return {
        "events": [queries.shown(one) for one in rows],
        "entries": queries.entries_of(found),
        "lists": list(terms.lists_at(found.division_code).kinds),
    }


@operation(
    router, "POST", "/office/institutions/{pk}/credit-events", door=permitted(RECORD_CREDIT), ok={201: Made}
)
def record_credit_event(request: HttpRequest, pk: PK, given: EventStated) -> Any:
    """Record an event about an institution."""
    actor = actor_of(request)
    found = get_visible(actor, RECORD_CREDIT, Institution.objects.all(), pk=pk)
    stated = Stated(
        given.kind, given.credit_class, given.summary, given.decided_on, given.document, given.publish_reason
    )
    return Status(201, {"id": actions.record_event(by=actor, institution=found, stated=stated).pk})


@operation(router, "GET", "/credit-people/{pk}", door=permitted(VIEW_PERSON_FILE), ok=list[EventTold])
def credit_of_person(request: HttpRequest, pk: PK) -> Any:
    """The integrity file of one person; that it was read is written down."""
    actor = actor_of(request)
    rows = [queries.shown(one) for one in queries.people_of(actor).filter(person=pk).order_by("-decided_on")]
    if not rows:
        raise Http404
    audit.read(actor, Person.objects.get(pk=pk), ["credit"], topic=f"person:{pk}")
    return rows


@operation(router, "GET", "/credit-lists", door=public("the lists are public"), ok=PageOf[EntryTold])
def credit_lists(request: HttpRequest, asked: Annotated[ListsAsked, Query()]) -> Any:
    """The lists of the places, as they stand today."""
    place = asked.division_code.removesuffix("00").removesuffix("00")
    rows = queries.lists(place=place, kind=asked.kind)
    return shown_page(paging.page(rows, asked.page, asked.size), queries.entry_shown)


@operation(
    router, "POST", "/office/institutions/{pk}/credit-lists", door=permitted(KEEP_LISTS), ok={201: Made}
)
def put_on_credit_list(request: HttpRequest, pk: PK, given: ListingStated) -> Any:
    """Put an institution on a list of its place."""
    actor = actor_of(request)
    found = get_visible(actor, KEEP_LISTS, Institution.objects.all(), pk=pk)
    rests_on = (
        get_visible(actor, VIEW_CREDIT, queries.events(), pk=given.event_id) if given.event_id else None
    )
    made = actions.put_on_list(
        by=actor,
        institution=found,
        kind=given.kind,
        reason=given.reason,
        conclusion=given.conclusion,
        event=rests_on,
    )
    return Status(201, {"id": made.pk})


@operation(router, "POST", "/credit-lists/{pk}/removal", door=permitted(TAKE_OFF_LIST), ok=Done)
def take_off_credit_list(request: HttpRequest, pk: PK, given: RemovalStated) -> Any:
    """Take an institution off a list."""
    actor = actor_of(request)
    found = get_visible(actor, TAKE_OFF_LIST, ListEntry.objects.all(), pk=pk)
    actions.take_off_list(by=actor, entry=found, reason=given.reason)
    return {"done": True}
