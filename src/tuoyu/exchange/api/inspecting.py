"""Inspections carried out: what is to be done, what a phone brings back, the result, what is public."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Query, Router, UploadedFile
from pydantic import AfterValidator, AwareDatetime, Field

from tuoyu.core import paging, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import (
    FIRST_DAY,
    LAST_DAY,
    Asked,
    Code,
    Day,
    Given,
    Id,
    PageOf,
    Reason,
    Told,
    shown_page,
)
from tuoyu.institutions.models import Institution
from tuoyu.supervision import actions, visits
from tuoyu.supervision.models import Evidence, Inspection
from tuoyu.supervision.permissions import (
    CONFIRM,
    CORRECT,
    INSPECT,
    PUBLISH,
    VIEW_AT,
    VIEW_INSPECTION,
)
from tuoyu.supervision.vocabulary import InspectionState, Result, Side, Verdict

router = Router(tags=["inspections"])

PK = Annotated[Id, Path()]
MOST_SENT = 300


def _sane(moment: datetime) -> datetime:
    if not FIRST_DAY < moment.date() < LAST_DAY:
        raise ValueError(f"时间应在 {FIRST_DAY} 与 {LAST_DAY} 之间。")
    return moment


# A moment by the clock of a phone.
Moment = Annotated[AwareDatetime, AfterValidator(_sane)]
COORDINATE = Annotated[int, Field(ge=-4000, le=4000)]
POINT = Annotated[list[COORDINATE], Field(min_length=2, max_length=2)]
STROKE = Annotated[list[POINT], Field(min_length=1, max_length=2000)]


class InspectionsAsked(Asked):
    """How the list is narrowed: `mine` are those one carries out, `open` those still to be done."""

    mine: bool = False
    state: InspectionState | Literal["", "open"] = ""
    text: Annotated[str, Field(max_length=100)] = ""


class InspectionListed(Told):
    """One inspection in a list."""

    id: int
    number: str
    institution_id: int
    institution: str
    division_code: str
    department: str
    office: str
    origin: str
    year: int
    scheduled_on: date | None
    state: str
    result: str
    begun_at: datetime | None
    confirmed_at: datetime | None
    publish_due_on: date | None
    published_at: datetime | None


class ItemTold(Told):
    """A line of the checklist as the visit keeps it, with the department that answers it and its rule."""

    key: str
    text: str
    section: str
    department: str
    severity: str
    rule: str
    asks: str
    source: str


class AnswerTold(Told):
    """The answer that counts at an item."""

    key: UUID
    verdict: str
    note: str
    by: str
    said_at: datetime
    conflict: bool


class PhotoTold(Told):
    """A photograph that has come in."""

    key: UUID
    item: str


class Signer(Told):
    """An inspector who signs; `signed` is empty, or `signed`."""

    assignment: int
    name: str
    signed: str


class OtherPart(Told):
    """The part of another department."""

    department: str
    done: bool


class VisitTold(Told):
    """One visit as an inspector's phone keeps it: the own department's part."""

    id: int
    number: str
    institution: str
    address: str
    state: str
    scheduled_on: date | None
    begun_at: datetime | None
    department: str
    done: bool
    items: list[ItemTold]
    answers: dict[str, AnswerTold]
    photos: list[PhotoTold]
    signers: list[Signer]
    institution_signed: str
    others: list[OtherPart]


class DayTold(Told):
    """Who inspects, and what is to be done."""

    user_id: int
    name: str
    visits: list[VisitTold]


class MarkGiven(Given):
    """Something that was done on the phone, under a key of its own."""

    key: UUID
    at: Moment


class AnswerSent(Given):
    """An answer. `saw` is the key of the answer that stood there when it was given, if any did."""

    key: UUID
    item: Annotated[str, Field(max_length=80)]
    verdict: Verdict
    note: Annotated[str, Field(max_length=1000)] = ""
    said_at: Moment
    saw: UUID | None = None


class SignatureSent(Given):
    """A signature in lines of points, or a refusal with its reason and a witness."""

    key: UUID
    side: Side
    signed_at: Moment
    assignment: Id | None = None
    name: Annotated[str, Field(max_length=60)] = ""
    strokes: Annotated[list[STROKE], Field(max_length=200)] = []
    refused: bool = False
    reason: Annotated[str, Field(max_length=200)] = ""
    witness: Annotated[str, Field(max_length=60)] = ""


class VisitSent(Given):
    """What a phone kept and sends; `sent_at` is the moment by its own clock, which may be wrong."""

    sent_at: Moment
    begun: MarkGiven | None = None
    answers: Annotated[list[AnswerSent], Field(max_length=MOST_SENT)] = []
    signatures: Annotated[list[SignatureSent], Field(max_length=20)] = []
    finished: MarkGiven | None = None


class RefusedSent(Told):
    """One thing that cannot be kept, and why."""

    key: UUID
    message: str


class VisitReceived(Told):
    """What is kept here now, by key, however often it came; and the visit as it stands."""

    has: list[UUID]
    refused: list[RefusedSent]
    visit: VisitTold


class FindingTold(Told):
    """What was found wrong, with the rule it rests on."""

    item: str
    section: str
    text: str
    source: str
    severity: str


class CorrectionTold(Told):
    """A result that was changed after it was confirmed."""

    former: str
    result: str
    reason: str
    decided_on: date
    made_on: date
    due_on: date
    late: bool


class NoticeTold(Told):
    """An inspection as the nursery may know it."""

    id: int
    number: str
    institution_id: int
    institution: str
    offices: list[str]
    inspectors: list[str]
    begun_on: date | None
    state: str
    result: str
    confirmed_on: date | None
    published_on: date | None
    findings: list[FindingTold]
    corrections: list[CorrectionTold]


class Unready(Told):
    """Something the result still waits for."""

    message: str
    fix: str


class PartTold(Told):
    """A department's part."""

    department: str
    done_at: datetime | None
    done_label: str


class InspectionTold(NoticeTold):
    """An inspection as those who act see it; `results` are those that may be confirmed."""

    origin: str
    reason: str
    scheduled_on: date | None
    checklist_version: str
    publish_due_on: date | None
    parts: list[PartTold]
    items: list[ItemTold]
    answers: dict[str, AnswerTold]
    waits_for: list[Unready]
    results: list[Result]
    photos: list[int]


class ResultGiven(Given):
    """The result to confirm."""

    result: Result


class CorrectionGiven(Given):
    """The result that a later decision puts in the place of the confirmed one."""

    result: Result
    reason: Reason
    decided_on: Day


class FoundTold(Told):
    """What was found wrong, in the words of the checklist."""

    section: str
    text: str
    source: str


class ResultsAsked(Asked):
    """Which published results: of a place with those below it, of one nursery."""

    place: Code | Literal[""] = ""
    institution_id: Id | None = None


class ResultTold(Told):
    """A published result."""

    number: str
    institution_id: int
    institution: str
    place: str
    offices: list[str]
    inspected_on: date
    confirmed_on: date
    published_on: date
    result: str
    found: list[FoundTold]
    corrections: list[CorrectionTold]


@operation(router, "GET", "/inspections", door=permitted(VIEW_INSPECTION), ok=PageOf[InspectionListed])
def inspections(request: HttpRequest, asked: Annotated[InspectionsAsked, Query()]) -> Any:
    """The inspections one may see, the latest first."""
    rows = visits.inspections(actor_of(request), mine=asked.mine, state=asked.state, text=asked.text)
    return shown_page(paging.page(rows, asked.page, asked.size), visits.in_words)


def _seen(request: HttpRequest, pk: int) -> Inspection:
    rows = Inspection.objects.select_related("institution")
    return get_visible(actor_of(request), VIEW_INSPECTION, rows, pk=pk)


@operation(router, "GET", "/inspections/{pk}", door=permitted(VIEW_INSPECTION), ok=InspectionTold)
def inspection(request: HttpRequest, pk: PK) -> Any:
    """One inspection with everything that came back from the visit."""
    visit = visits.visit_of(_seen(request, pk))
    found = visit.inspection
    return visits.told(found) | {
        "origin": found.origin,
        "reason": found.reason,
        "scheduled_on": found.scheduled_on,
        "checklist_version": found.checklist_version,
        "publish_due_on": found.publish_due_on,
        "parts": list(found.parts.all()),
        "items": visit.items,
        "answers": {
            key: visits.answer_told(one, key in visit.conflicts) for key, one in visit.answers.items()
        },
        "waits_for": visits.unready(visit) if found.state == InspectionState.UNDERWAY else [],
        "results": visit.results,
        "photos": [one.pk for one in visit.evidence],
    }


@operation(router, "POST", "/inspections/{pk}/confirmation", door=permitted(CONFIRM), ok=InspectionTold)
def confirm(request: HttpRequest, pk: PK, given: ResultGiven) -> Any:
    """Confirm the one result; the defects become findings."""
    actions.confirm(by=actor_of(request), inspection=_seen(request, pk), result=given.result)
    return inspection(request, pk)


@operation(router, "POST", "/inspections/{pk}/publication", door=permitted(PUBLISH), ok=InspectionTold)
def publish(request: HttpRequest, pk: PK) -> Any:
    """Show the confirmed result to everybody."""
    actions.publish(by=actor_of(request), inspection=_seen(request, pk))
    return inspection(request, pk)


@operation(router, "POST", "/inspections/{pk}/corrections", door=permitted(CORRECT), ok=InspectionTold)
def correct(request: HttpRequest, pk: PK, given: CorrectionGiven) -> Any:
    """Change a confirmed result; what was published is withdrawn with the reasons and stays as a trace."""
    actions.correct(
        by=actor_of(request),
        inspection=_seen(request, pk),
        result=given.result,
        reason=given.reason,
        decided_on=given.decided_on,
    )
    return inspection(request, pk)


# ---------------------------------------------------------------- the phone


@operation(router, "GET", "/visits", door=permitted(INSPECT), ok=DayTold)
def my_visits(request: HttpRequest) -> Any:
    """What one has to inspect, with all a phone needs without a network."""
    actor = actor_of(request)
    rows = [visits.for_phone(visits.visit_of(one), actor) for one in visits.to_do(actor)]
    return {"user_id": actor.user_id, "name": actor.label, "visits": rows}


def _mine(request: HttpRequest, pk: int) -> Inspection:
    rows = Inspection.objects.select_related("institution")
    return get_visible(actor_of(request), INSPECT, rows, pk=pk)


@operation(router, "POST", "/visits/{pk}", door=permitted(INSPECT), ok=VisitReceived)
def receive(request: HttpRequest, pk: PK, given: VisitSent) -> Any:
    """Take in what a phone kept; sent again it changes nothing."""
    actor, found = actor_of(request), _mine(request, pk)
    told = actions.VisitTold(
        sent_at=given.sent_at,
        begun=_mark(given.begun),
        answers=[actions.AnswerGiven(**dict(one)) for one in given.answers],
        signatures=[actions.SignatureGiven(**dict(one)) for one in given.signatures],
        finished=_mark(given.finished),
    )
    received = actions.receive(by=actor, inspection=found, told=told)
    found.refresh_from_db()
    return {
        "has": received.has,
        "refused": [{"key": key, "message": why} for key, why in received.refused.items()],
        "visit": visits.for_phone(visits.visit_of(found), actor),
    }


def _mark(given: MarkGiven | None) -> actions.Mark | None:
    return actions.Mark(given.key, given.at) if given else None


@operation(router, "POST", "/visits/{pk}/photos", door=permitted(INSPECT), ok=PhotoTold)
def add_photo(
    request: HttpRequest,
    pk: PK,
    key: Annotated[UUID, Form()],
    item: Annotated[str, Form(max_length=80)],
    taken_at: Annotated[Moment, Form()],
    sent_at: Annotated[Moment, Form()],
    file: File[UploadedFile],
) -> Any:
    """Keep a photograph (jpg, png) of what was seen at an item; sent again it is the same one."""
    return actions.add_evidence(
        by=actor_of(request), inspection=_mine(request, pk), key=key, item=item, taken_at=taken_at,
        sent_at=sent_at, file=file,
    )  # fmt: skip


@operation(
    router,
    "GET",
    "/inspection-photos/{pk}/file",
    door=permitted(VIEW_INSPECTION),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"image/jpeg": {}}}}},
)
def photo(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """One photograph."""
    found = Evidence.objects.select_related("file", "part__inspection").filter(pk=pk).first()
    if found is None or not can(actor_of(request), VIEW_INSPECTION, found.part.inspection):
        raise Http404
    return uploads.stream(found.file, inline=True)


# ---------------------------------------------------------------- the nursery and the public


@operation(
    router,
    "GET",
    "/office/institutions/{pk}/inspections",
    door=permitted(VIEW_AT),
    ok=list[NoticeTold],
)
def institution_inspections(request: HttpRequest, pk: PK) -> Any:
    """The inspections of one institution: an office sees those of its places, a nursery what has begun."""
    found = get_visible(actor_of(request), VIEW_AT, Institution.objects.all(), pk=pk)
    return visits.at_institution(actor_of(request), found.pk)


@operation(
    router, "GET", "/inspection-results", door=public("what was published is public"), ok=PageOf[ResultTold]
)
def results(request: HttpRequest, asked: Annotated[ResultsAsked, Query()]) -> Any:
    """Published results of inspections, the latest first."""
    rows = visits.results(place=asked.place, institution=asked.institution_id)
    return shown_page(paging.page(rows, asked.page, asked.size), visits.published)
