"""What follows a failing inspection: rectifications, and penalties, revocations and bans.

Their steps are decided as those of any case, under /cases; here is what is particular to them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Path, Query, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.core import uploads
from tuoyu.core.access import actor_of
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import Permission, can, get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Code, Day, Given, Id, PageOf, Reason, Told, page_of
from tuoyu.supervision import actions, boards
from tuoyu.supervision.models import Finding, Rectification, Sanction
from tuoyu.supervision.permissions import (
    ANSWER_RECTIFICATION,
    ANSWER_SANCTION,
    HANDLE_RECTIFICATION,
    HANDLE_SANCTION,
    OVERTURN_SANCTION,
    VIEW_RECTIFICATION,
    VIEW_SANCTION,
)
from tuoyu.supervision.vocabulary import Ground, SanctionKind

router = Router(tags=["supervision"])

PK = Annotated[Id, Path()]
Text = Annotated[str, Field(max_length=60)]


class RectificationsAsked(Asked):
    """How the board is narrowed."""

    state: Literal["waiting", "overdue", "rechecking", "mended", "failed", "corrected", "moot", ""] = ""
    place: Code | Literal[""] = ""
    text: Text = ""


class RectificationRow(Told):
    """An order to mend in a list."""

    id: int
    institution_id: int
    institution: str
    division_code: str
    department: str
    ground: str
    first_due_on: date
    answer_due_on: date | None
    case_number: str
    state: str
    inspection: str
    origin: str
    result: str


class AnswerTold(Told):
    """What was done about a finding, in one answer."""

    round: int
    text: str
    at: datetime
    files: list[int]


class FindingTold(Told):
    """Something found wrong, and what was done about it."""

    id: int
    item: str
    text: str
    rule_key: str
    source: str
    severity: str
    answers: list[AnswerTold]
    files_kept: list[int]


class PublicationTold(Told):
    """What was made public, and whether it was withdrawn."""

    kind: str
    reasons: str
    clause: str
    published_on: date
    withdrawn_on: date | None
    withdrawn_reason: str


class RectificationTold(Told):
    """An order to mend with its findings, re-checks and publications."""

    id: int
    institution_id: int
    case_number: str
    case_state: str
    state: str
    answer_due_on: date | None
    first_due_on: date
    ground: str
    ground_reason: str
    inspection: str
    findings: list[FindingTold]
    rechecks: list[str]
    publications: list[PublicationTold]


class MendedTold(Given):
    """What was done about one finding."""

    finding: Id
    text: Annotated[str, Field(max_length=1000)]


class MendedGiven(Given):
    """What was done about each finding."""

    findings: Annotated[list[MendedTold], Field(max_length=500)]


class ExtensionGiven(Given):
    """Until when, and why."""

    until: Day
    reason: Reason


class ReasonGiven(Given):
    """Why."""

    reason: Reason


class GroundGiven(Given):
    """What makes it more than an ordinary rectification, and why."""

    ground: Ground
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RecheckGiven(Given):
    """When to look again, and who does."""

    scheduled_on: Day
    inspectors: Annotated[list[Id], Field(max_length=20)]


class RecheckMade(Told):
    """The number of the inspection that was ordered."""

    inspection: str


class PenaltyGiven(Given):
    """What is begun."""

    kind: Literal["penalty", "ban"] = "penalty"


class SanctionsAsked(Asked):
    """How sanctions are narrowed."""

    kind: Literal["penalty", "revocation", "ban", ""] = ""
    state: Literal["open", "notified", "decided", "dropped", "overturned", "recalled", "unpublished", ""] = ""
    place: Code | Literal[""] = ""
    text: Text = ""


class SanctionRow(Told):
    """A sanction in a list."""

    id: int
    kind: str
    state: str
    institution_id: int
    institution: str
    division_code: str
    department: str
    years: list[int]
    opened_on: date
    decide_by: date | None
    hearing_until: date | None
    decided_on: date | None
    delivered_on: date | None
    publish_by: date | None
    published: bool
    overturned_on: date | None
    withdraw_by: date | None
    recall_due_on: date | None
    case_number: str
    inspection: str


class RecallTold(Told):
    """That a decision is looked at again by whoever made it, because an inspection's result was changed."""

    case_number: str
    state: str
    due_on: date | None
    asked_at: datetime
    reason: str


class SanctionTold(Told):
    """A sanction: what is proposed, whether it was heard, what was decided."""

    id: int
    kind: str
    state: str
    institution_id: int
    case_number: str
    inspection: str
    years: list[int]
    opened_on: date
    decide_by: date | None
    proposed: str
    hearing_until: date | None
    hearing_provisional: bool
    hearing_asked_at: datetime | None
    hearing_held_on: date | None
    measure: str
    amount: Decimal | None
    decided_on: date | None
    delivered_on: date | None
    publish_by: date | None
    overturned_on: date | None
    overturned_reason: str
    withdraw_by: date | None
    recalls: list[RecallTold]
    findings: list[str]
    publications: list[PublicationTold]


class OverturningGiven(ReasonGiven):
    """Why a decision does not hold, and since which day; today when none is named."""

    decided_on: Day | None = None


class HearingGiven(Given):
    """The hearing that was held."""

    held_on: Day
    record: Annotated[str, Field(min_length=1, max_length=5000)]


class ReviewGiven(Given):
    """Why a decision should be looked at again."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class CaseMade(Told):
    """The case that was begun."""

    case_number: str


# ---------------------------------------------------------------- rectifications


@operation(router, "GET", "/rectifications", door=permitted(VIEW_RECTIFICATION), ok=PageOf[RectificationRow])
def rectifications(request: HttpRequest, asked: Annotated[RectificationsAsked, Query()]) -> Any:
    """Who must mend something by when, the most pressing first."""
    narrowed = boards.Narrowed(asked.state, asked.place, asked.text)
    found = page_of(boards.rectifications(actor_of(request), narrowed), asked)
    found["rows"] = [_row(row) for row in found["rows"]]
    return found


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "state": boards.rectifying_state(row)[0],
        "institution": row["institution__name"],
        "case_number": row["case__number"],
        "answer_due_on": row["case__answer_due_on"],
        "inspection": row["inspection__number"],
        "origin": row["inspection__origin"],
        "result": row["inspection__result"],
    }


def _rectification(actor: Actor, permission: Permission, pk: int) -> Rectification:
    rows = Rectification.objects.select_related("case", "inspection", "institution")
    return get_visible(actor, permission, rows, pk=pk)


def _told(found: Rectification) -> dict[str, Any]:
    told = boards.rectification_told(found)
    return {
        "id": found.pk,
        "institution_id": found.institution_id,
        "case_number": found.case.number,
        "case_state": found.case.state,
        "state": told["state"][0],
        "answer_due_on": found.case.answer_due_on,
        "first_due_on": found.first_due_on,
        "ground": found.ground,
        "ground_reason": found.ground_reason,
        "inspection": found.inspection.number,
        "findings": [_finding(row) for row in told["findings"]],
        "rechecks": [one.number for one in told["rechecks"]],
        "publications": [_publication(one) for one in told["publications"]],
    }


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    found = row["finding"]
    names = ("id", "item", "text", "rule_key", "source", "severity")
    return {name: getattr(found, name) for name in names} | {
        "answers": [
            {
                "round": one["round"],
                "text": one["text"],
                "at": one["at"],
                "files": [p.pk for p in one["proofs"]],
            }
            for one in row["answers"]
        ],
        "files_kept": [one.pk for one in row["kept"]],
    }


def _publication(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PublicationTold.model_fields}


@operation(
    router,
    "GET",
    "/rectifications/{pk}",
    door=permitted(VIEW_RECTIFICATION, ANSWER_RECTIFICATION),
    ok=RectificationTold,
)
def rectification(request: HttpRequest, pk: PK) -> Any:
    """One order to mend, as its office and as the institution that must answer reads it."""
    actor = actor_of(request)
    rows = Rectification.objects.filter(pk=pk)
    own = rows.first()
    permission = (
        ANSWER_RECTIFICATION
        if own is not None and can(actor, ANSWER_RECTIFICATION, own)
        else VIEW_RECTIFICATION
    )
    return _told(_rectification(actor, permission, pk))


@operation(
    router, "POST", "/rectifications/{pk}/answer", door=permitted(ANSWER_RECTIFICATION), ok=RectificationTold
)
def answer(request: HttpRequest, pk: PK, given: MendedGiven) -> Any:
    """Hand in what was done about every finding."""
    actor = actor_of(request)
    found = _rectification(actor, ANSWER_RECTIFICATION, pk)
    told = {one.finding: one.text for one in given.findings}
    return _told(actions.answer(by=actor, rectification=found, told=told))


@operation(
    router,
    "POST",
    "/rectifications/{pk}/findings/{finding}/files",
    door=permitted(ANSWER_RECTIFICATION),
    ok={201: Done},
)
def add_proof(request: HttpRequest, pk: PK, finding: Annotated[Id, Path()], file: File[UploadedFile]) -> Any:
    """Keep a file that shows a finding was mended; it goes in with the next answer."""
    actor = actor_of(request)
    found = _rectification(actor, ANSWER_RECTIFICATION, pk)
    row = finding_of(found, finding)
    actions.add_proof(by=actor, rectification=found, finding=row, file=file)
    return Status(201, {"done": True})


def finding_of(found: Rectification, pk: int) -> Finding:
    """A finding of the inspection that led to a rectification; 404 for any other."""
    return get_object_or_404(found.inspection.findings, pk=pk)


@operation(
    router,
    "POST",
    "/rectifications/{pk}/extension",
    door=permitted(HANDLE_RECTIFICATION),
    ok=RectificationTold,
)
def extend(request: HttpRequest, pk: PK, given: ExtensionGiven) -> Any:
    """Give more time, with the reason."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    return _told(
        actions.extend_rectification(by=actor, rectification=found, until=given.until, reason=given.reason)
    )


@operation(
    router,
    "POST",
    "/rectifications/{pk}/silence",
    door=permitted(HANDLE_RECTIFICATION),
    ok=RectificationTold,
)
def pass_over_silence(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Go on to the re-check though nothing was answered in time."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    return _told(actions.pass_over_silence(by=actor, rectification=found, reason=given.reason))


@operation(
    router, "PUT", "/rectifications/{pk}/ground", door=permitted(HANDLE_RECTIFICATION), ok=RectificationTold
)
def state_ground(request: HttpRequest, pk: PK, given: GroundGiven) -> Any:
    """Say what makes it more than an ordinary rectification."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    return _told(
        actions.state_ground(by=actor, rectification=found, ground=given.ground, reason=given.reason)
    )


@operation(
    router,
    "POST",
    "/rectifications/{pk}/recheck",
    door=permitted(HANDLE_RECTIFICATION),
    ok={201: RecheckMade},
)
def order_recheck(request: HttpRequest, pk: PK, given: RecheckGiven) -> Any:
    """Order an inspection that looks whether it was mended."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    made = actions.order_recheck(
        by=actor, rectification=found, inspectors=given.inspectors, scheduled_on=given.scheduled_on
    )
    return Status(201, {"inspection": made.inspection.number})


@operation(
    router,
    "POST",
    "/rectifications/{pk}/publication",
    door=permitted(HANDLE_RECTIFICATION),
    ok={201: PublicationTold},
)
def publish_failing(request: HttpRequest, pk: PK) -> Any:
    """Make the failing result public."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    return Status(201, _publication(actions.publish_failing(by=actor, rectification=found)))


@operation(
    router,
    "POST",
    "/rectifications/{pk}/penalty",
    door=permitted(HANDLE_RECTIFICATION),
    ok={201: CaseMade},
)
def open_penalty(request: HttpRequest, pk: PK, given: PenaltyGiven) -> Any:
    """Begin a penalty, or a ban where the place has one."""
    actor = actor_of(request)
    found = _rectification(actor, HANDLE_RECTIFICATION, pk)
    made = actions.open_penalty(by=actor, rectification=found, kind=SanctionKind(given.kind))
    return Status(201, {"case_number": made.case.number})


@operation(
    router,
    "GET",
    "/rectifications/files/{pk}",
    door=permitted(VIEW_RECTIFICATION, ANSWER_RECTIFICATION),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def proof(request: HttpRequest, pk: PK) -> Any:
    """A file that shows a finding was mended."""
    return uploads.stream(boards.proof_of(actor_of(request), pk).file)


# ---------------------------------------------------------------- sanctions


@operation(router, "GET", "/sanctions", door=permitted(VIEW_SANCTION), ok=PageOf[SanctionRow])
def sanctions(request: HttpRequest, asked: Annotated[SanctionsAsked, Query()]) -> Any:
    """What is done to institutions, the newest first."""
    narrowed = boards.Narrowed(asked.state, asked.place, asked.text)
    found = page_of(boards.sanctions(actor_of(request), narrowed, asked.kind), asked)
    for row in found["rows"]:
        row |= {
            "institution": row["institution__name"],
            "case_number": row["case__number"],
            "inspection": row["inspection__number"],
        }
    return found


def _sanction(actor: Actor, permission: Permission, pk: int) -> Sanction:
    rows = Sanction.objects.select_related("case", "inspection", "institution")
    return get_visible(actor, permission, rows, pk=pk)


def _sanction_told(found: Sanction) -> dict[str, Any]:
    told = boards.sanction_told(found)
    own = {
        name: getattr(found, name)
        for name in SanctionTold.model_fields
        if name not in ("case_number", "inspection", "findings", "publications", "recalls")
    }
    return own | {
        "case_number": found.case.number,
        "inspection": found.inspection.number,
        "findings": [one.text for one in told["findings"]],
        "recalls": told["recalls"],
        "publications": [_publication(one) for one in told["publications"]],
    }


@operation(router, "GET", "/sanctions/{pk}", door=permitted(VIEW_SANCTION, ANSWER_SANCTION), ok=SanctionTold)
def sanction(request: HttpRequest, pk: PK) -> Any:
    """One sanction, as its office and as the institution reads it."""
    actor = actor_of(request)
    own = Sanction.objects.filter(pk=pk).first()
    permission = ANSWER_SANCTION if own is not None and can(actor, ANSWER_SANCTION, own) else VIEW_SANCTION
    return _sanction_told(_sanction(actor, permission, pk))


@operation(
    router, "POST", "/sanctions/{pk}/hearing-request", door=permitted(ANSWER_SANCTION), ok=SanctionTold
)
def ask_hearing(request: HttpRequest, pk: PK) -> Any:
    """Ask to be heard before the decision."""
    actor = actor_of(request)
    return _sanction_told(actions.ask_hearing(by=actor, sanction=_sanction(actor, ANSWER_SANCTION, pk)))


@operation(router, "POST", "/sanctions/{pk}/hearing", door=permitted(HANDLE_SANCTION), ok=SanctionTold)
def record_hearing(request: HttpRequest, pk: PK, given: HearingGiven) -> Any:
    """Write down the hearing that was held."""
    actor = actor_of(request)
    found = _sanction(actor, HANDLE_SANCTION, pk)
    return _sanction_told(
        actions.record_hearing(by=actor, sanction=found, held_on=given.held_on, record=given.record)
    )


@operation(
    router,
    "POST",
    "/sanctions/{pk}/publication",
    door=permitted(HANDLE_SANCTION),
    ok={201: PublicationTold},
)
def publish_sanction(request: HttpRequest, pk: PK) -> Any:
    """Make the decision public."""
    actor = actor_of(request)
    made = actions.publish_sanction(by=actor, sanction=_sanction(actor, HANDLE_SANCTION, pk))
    return Status(201, _publication(made))


@operation(router, "POST", "/sanctions/{pk}/overturning", door=permitted(OVERTURN_SANCTION), ok=SanctionTold)
def overturn(request: HttpRequest, pk: PK, given: OverturningGiven) -> Any:
    """Overturn a decision and withdraw what was published of it."""
    actor = actor_of(request)
    found = _sanction(actor, OVERTURN_SANCTION, pk)
    actions.overturn(by=actor, sanction=found, reason=given.reason, decided_on=given.decided_on)
    found.refresh_from_db()
    return _sanction_told(found)


@operation(router, "POST", "/sanctions/{pk}/review", door=permitted(ANSWER_SANCTION), ok={201: CaseMade})
def ask_review(request: HttpRequest, pk: PK, given: ReviewGiven) -> Any:
    """Ask that a decision be looked at again."""
    actor = actor_of(request)
    found = _sanction(actor, ANSWER_SANCTION, pk)
    made = actions.ask_review(by=actor, sanction=found, reason=given.reason)
    return Status(201, {"case_number": made.case.number})
