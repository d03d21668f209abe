"""Complaints: told by anybody and looked up by number and code; recorded, read and handed over by officers.

They are sorted and answered as any case is (`POST /cases/{number}/steps/{key}/decision`, with `result`).
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Query, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.complaints import actions, queries
from tuoyu.complaints.actions import Receipt, ReportGiven
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.permissions import EXTEND, RECORD, REVEAL, VIEW, VIEW_PART
from tuoyu.complaints.vocabulary import ArrivedBy, ComplaintKind, Satisfaction
from tuoyu.core import audit, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.paging import page
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import permitted, visitor
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Code, Day, Given, Id, PageAsked, PageOf, Reason, Told, shown_page
from tuoyu.institutions.models import Institution

router = Router(tags=["complaints"])

ANYBODY = visitor("whoever knows something may tell it, without an account")
KEY = visitor("number and code are the key")
Number = Annotated[str, Path(max_length=32)]
Long = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=300)]
WRONG = "编号或查询码不对，请核对后再试。"


class ReportStated(Given):
    """What somebody tells: of an institution by id, or as described and where. `token` is made by the caller
    (16 to 64 characters nobody can guess): the same again is the same complaint."""

    token: Annotated[str, Field(max_length=64)]
    kind: ComplaintKind
    text: Long
    institution_id: Id | None = None
    described: Short = ""
    division_code: Code | Literal[""] = ""
    reporter_name: Short = ""
    reporter_phone: Short = ""


class RecordStated(ReportStated):
    """The same as it reached an office: by which channel, and when."""

    arrived_by: ArrivedBy
    received_on: Day


class ReceiptTold(Told):
    """The key to the tracker. The code is told with the form's first answer, and to the same token again."""

    number: str
    code: str
    again: bool


class KeyGiven(Given):
    """Number and code."""

    number: Annotated[str, Field(max_length=32)]
    code: Annotated[str, Field(max_length=40)]


class RatingGiven(KeyGiven):
    """How content somebody is with the answer."""

    satisfaction: Satisfaction
    note: Long = ""


class ReviewGiven(KeyGiven):
    """Why somebody is not content and asks the office above."""

    reason: Long


class ProgressTold(Told):
    """How far a complaint has come."""

    number: str
    about: str
    kind: str
    received_on: date
    stage: str
    office: str
    due_on: date | None
    provisional: bool
    extended_to: date | None
    extension_reason: str
    reason: str
    conclusion: str
    answer: str
    answered_at: datetime | None
    satisfaction: str
    may_rate: bool
    may_ask_review: bool
    review_asked_at: datetime | None
    review_answer: str


class ComplaintsAsked(Asked):
    """How the list is narrowed."""

    stage: Literal["triage", "handling", "answered", "not_taken", "overdue", ""] = ""
    kind: ComplaintKind | Literal[""] = ""
    text: Annotated[str, Field(max_length=60)] = ""
    satisfaction: Satisfaction | Literal[""] = ""


class ComplaintRow(Told):
    """A complaint in the officers' list."""

    number: str
    kind: str
    arrived_by: str
    about: str
    division_code: str
    received_on: date
    stage: str
    due_on: date | None
    restricted: bool
    satisfaction: str


class ComplaintTold(ProgressTold):
    """A complaint as those read it who act on it; who told it is masked."""

    arrived_by: str
    institution_id: int | None
    text: str
    reporter: str
    inspection: str
    found: str
    restricted: bool
    attachments: list[int]
    review_reason: str


class ReporterTold(Told):
    """Who told it, in clear."""

    name: str
    phone: str


class ReasonStated(Given):
    """Why."""

    reason: Reason


class HandOverGiven(Given):
    """To which department, and why."""

    department: Annotated[str, Field(max_length=40)]
    reason: Reason


class ExtensionGiven(Given):
    """How many days longer, and why; whoever told it reads the reason."""

    days: Annotated[int, Field(ge=1, le=999)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class KindCounted(Told):
    """How many of a kind; words where they are too few to be told."""

    kind: str
    count: str


class FiguresTold(Told):
    """What the list's line says."""

    all: int
    kinds: list[KindCounted]
    in_time: str
    satisfied: str


# ---------------------------------------------------------------- the public


@operation(
    router, "POST", "/complaints", door=ANYBODY, ok={201: ReceiptTold, 200: ReceiptTold}, refuses=(429,)
)
def report(
    request: HttpRequest, given: Form[ReportStated], files: File[list[UploadedFile] | None] = None
) -> Any:
    """Tell something of a nursery. Nothing is kept of who sent it but what they write."""
    receipt = actions.report(by=actor_of(request), given=_stated(given), files=files or [])
    return Status(200 if receipt.again else 201, receipt)


def _stated(given: ReportStated) -> ReportGiven:
    return ReportGiven(**given.model_dump())


def _looked_up(request: HttpRequest, given: KeyGiven) -> Complaint:
    found = actions.look_up(by=actor_of(request), number=given.number, code=given.code)
    if found is None:
        raise Refused(Problem(WRONG, field="code"))
    return found


@operation(router, "POST", "/complaints/tracker", door=KEY, ok=ProgressTold, refuses=(429,))
def tracker(request: HttpRequest, given: KeyGiven) -> Any:
    """How far a complaint has come, for whoever has its number and code."""
    return queries.progress(_looked_up(request, given))


@operation(router, "POST", "/complaints/tracker/rating", door=KEY, ok=ProgressTold, refuses=(429,))
def rating(request: HttpRequest, given: RatingGiven) -> Any:
    """Say how content one is with the answer, once."""
    found = _looked_up(request, given)
    by = actor_of(request)
    return queries.progress(
        actions.rate(by=by, complaint=found, satisfaction=given.satisfaction.value, note=given.note)
    )


@operation(router, "POST", "/complaints/tracker/review", door=KEY, ok=ProgressTold, refuses=(429,))
def review(request: HttpRequest, given: ReviewGiven) -> Any:
    """Ask the office above, once, where the channel knows it."""
    found = _looked_up(request, given)
    actions.ask_review(by=actor_of(request), complaint=found, reason=given.reason)
    return queries.progress(found)


# ---------------------------------------------------------------- the office


@operation(router, "GET", "/office/complaints", door=permitted(VIEW), ok=PageOf[ComplaintRow])
def complaints(request: HttpRequest, asked: Annotated[ComplaintsAsked, Query()]) -> Any:
    """The complaints one may see, the newest first."""
    narrowed = {name: str(getattr(asked, name)) for name in ("stage", "kind", "text", "satisfaction")}
    rows = queries.complaints(actor_of(request), **narrowed)
    return shown_page(page(rows, asked.page, asked.size), queries.shown)


@operation(router, "GET", "/office/complaints/figures", door=permitted(VIEW), ok=FiguresTold)
def figures(request: HttpRequest) -> Any:
    """How many of each kind, answered in time, and how content people are; small counts are not told."""
    return queries.figures(actor_of(request))


@operation(
    router, "POST", "/office/complaints", door=permitted(RECORD), ok={201: ReceiptTold, 200: ReceiptTold}
)
def record(
    request: HttpRequest, given: Form[RecordStated], files: File[list[UploadedFile] | None] = None
) -> Any:
    """Write down what reached an office otherwise; the receipt is for whoever told it."""
    receipt: Receipt = actions.record(by=actor_of(request), given=_stated(given), files=files or [])
    return Status(200 if receipt.again else 201, receipt)


def _found(request: HttpRequest, number: str) -> Complaint:
    found = queries.record(actor_of(request), number)
    if found is None:
        raise Http404
    return found


@operation(router, "GET", "/office/complaints/{number}", door=permitted(VIEW), ok=ComplaintTold)
def complaint(request: HttpRequest, number: Number) -> Any:
    """One complaint; that a restricted one was read is written down."""
    found = _found(request, number)
    seen = queries.material(actor_of(request), found)
    return queries.progress(found) | {
        "kind": found.kind,
        "arrived_by": found.arrived_by,
        "institution_id": found.institution_id,
        "text": found.text,
        "reporter": found.masked_reporter,
        "inspection": found.inspection.number if found.inspection else "",
        "found": found.found,
        "restricted": found.case.restricted,
        "attachments": [one.pk for one in seen["files"]],
        "review_reason": seen["review"].reason if seen["review"] else "",
    }


@operation(router, "POST", "/office/complaints/{number}/reporter", door=permitted(REVEAL), ok=ReporterTold)
def reporter(request: HttpRequest, number: Number, given: ReasonStated) -> Any:
    """Name and telephone of whoever told it, for a reason that is written down."""
    found = _found(request, number)
    name, phone = actions.reveal_reporter(by=actor_of(request), complaint=found, reason=given.reason)
    return {"name": name, "phone": phone}


@operation(router, "POST", "/office/complaints/{number}/department", door=permitted(VIEW), ok=Done)
def department(request: HttpRequest, number: Number, given: HandOverGiven) -> Any:
    """Give the handling to another department; its clock runs on."""
    found = _found(request, number)
    by = actor_of(request)
    actions.hand_over(by=by, complaint=found, department=given.department, reason=given.reason)
    return {"done": True}


@operation(router, "POST", "/office/complaints/{number}/extension", door=permitted(EXTEND), ok=Done)
def extension(request: HttpRequest, number: Number, given: ExtensionGiven) -> Any:
    """Make the days of handling longer, once, where the rule of the channel allows it."""
    found = _found(request, number)
    actions.extend(by=actor_of(request), complaint=found, days=given.days, reason=given.reason)
    return {"done": True}


@operation(
    router, "GET", "/office/institutions/{pk}/complaints", door=permitted(VIEW_PART),
    ok=PageOf[ComplaintRow],
)  # fmt: skip
def of_institution(request: HttpRequest, pk: Annotated[Id, Path()], asked: PageAsked) -> Any:
    """What was told of an institution, as far as one acts on it."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_PART, Institution.objects.all(), pk=pk)
    rows = queries.complaints(actor).filter(institution=found)
    return shown_page(page(rows, asked.page, asked.size), queries.shown)


@operation(
    router,
    "GET",
    "/office/complaints/{number}/attachments/{pk}",
    door=permitted(VIEW),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def attachment(request: HttpRequest, number: Number, pk: Annotated[Id, Path()]) -> HttpResponseBase:
    """One file that came with it."""
    found = _found(request, number)
    one = found.attachments.select_related("file").filter(pk=pk).first()
    if one is None:
        raise Http404
    audit.read(actor_of(request), found, ["attachment"], topic=found.case.topic)
    return uploads.stream(one.file)
