"""Policy documents on their way to a pack: read, corrected part by part, adopted."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Path, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Code, Day, Given, Id, PageAsked, PageOf, Problems, Told, page_of
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.permissions import ADOPT_PACK
from tuoyu.policy import actions
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.drafting.uploading import PASTED, content_of, draft_from
from tuoyu.policy.models import PolicyDraft
from tuoyu.policy.permissions import DRAFT
from tuoyu.policy.reading.sources import MOST_CHARACTERS

router = Router(tags=["policies"])

PART = "/policy-drafts/{pk}/parts/{key}"
PK = Annotated[Id, Path()]
Key = Annotated[str, Path(max_length=40)]
Seen = Annotated[int, Field(ge=1, le=2**31, description="the version of the draft that was seen")]
Fields = Annotated[dict[str, Any], Field(max_length=40)]


class DraftTold(Told):
    """A document that was read. `marks` are what a person must look at, `settled` those that are done."""

    id: int
    division_code: str
    title: str
    file_name: str
    file_digest: str
    state: str
    version: int
    made_at: datetime
    changed_at: datetime
    marks: int
    settled: int
    adopted: str | None
    starts_on: date | None


class Part(Told):
    """A part: its fields depend on its section; `gone`: left out; `at`: the version that last changed it."""

    key: str
    section: str
    data: dict[str, Any]
    gone: bool
    at: int


class Mark(Told):
    """Something a person must still look at."""

    number: int
    key: str
    field: str
    message: str
    unit: str


class Segment(Told):
    """A stretch of the source, names hidden: why it was struck out, the clause that begins with it."""

    text: str
    struck: str = ""
    suspect: bool = False
    clause: str = ""


class DraftWhole(DraftTold):
    """A document with its source, what was read, and the parts people correct."""

    segments: list[Segment]
    reading: dict[str, Any]
    parts: list[Part]
    open_marks: list[Mark]


class Row(Told):
    """One field before and after; `filled` where only what was missing was written."""

    field: str
    label: str
    before: str
    after: str
    filled: bool


class Change(Told):
    """One part that is not as it was read."""

    key: str
    section: str
    section_name: str
    title: str
    what: str
    rows: list[Row]


class FilesTold(Told):
    """The files of a pack, by name, and the folder they belong in."""

    folder: str
    files: dict[str, str]


class FieldsGiven(Given):
    """What is written into a part."""

    seen: Seen
    fields: Fields


class ManyGiven(Given):
    """What is written into several parts, by their keys."""

    seen: Seen
    parts: Annotated[dict[str, Fields], Field(max_length=100)]


class PartGiven(FieldsGiven):
    """A part that the reader missed."""

    section: Annotated[str, Field(max_length=20)]


class SeenGiven(Given):
    """The version of the draft that was seen."""

    seen: Seen


class StartGiven(SeenGiven):
    """From which day the pack holds."""

    starts_on: Day


def _found(request: HttpRequest, pk: int) -> PolicyDraft:
    rows = PolicyDraft.objects.select_related("adopted")
    return get_visible(actor_of(request), DRAFT, rows, pk=pk)


def _told(draft: PolicyDraft) -> dict[str, Any]:
    shown = DraftShown(draft)
    names = (
        "division_code",
        "title",
        "file_name",
        "file_digest",
        "state",
        "version",
        "made_at",
        "changed_at",
    )
    return {name: getattr(draft, name) for name in names} | {
        "id": draft.pk,
        "marks": len(shown.noted),
        "settled": shown.settled,
        "adopted": draft.adopted.digest if draft.adopted else None,
        "starts_on": draft.adopted.active_from if draft.adopted else None,
    }


def _whole(draft: PolicyDraft) -> dict[str, Any]:
    shown = DraftShown(draft)
    return _told(draft) | {
        "segments": draft.segments,
        "reading": draft.reading,
        "parts": draft.content,
        "open_marks": [mark.as_json() for mark in shown.open],
    }


@operation(router, "GET", "/policy-drafts", door=permitted(DRAFT), ok=PageOf[DraftTold])
def drafts(request: HttpRequest, asked: PageAsked) -> Any:
    """Documents that were read, the latest first."""
    rows = visible_to(actor_of(request), DRAFT, PolicyDraft.objects.select_related("adopted"))
    found = page_of(rows.defer("segments", "reading", "proposed").order_by("-pk"), asked)
    found["rows"] = [_told(row) for row in found["rows"]]
    return found


@operation(router, "POST", "/policy-drafts", door=permitted(ADOPT_PACK), ok={201: DraftWhole})
def read(
    request: HttpRequest,
    division_code: Annotated[Code, Form()],
    text: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    file: Annotated[UploadedFile | None, File()] = None,
) -> Any:
    """Read a policy document: a txt, docx or pdf with text, or its text.

    The file is not kept. What cannot be read makes no draft; the same file read again is the same draft.
    """
    actor = actor_of(request)
    division = get_visible(actor, ADOPT_PACK, Division.objects.all(), code=division_code)
    if (file is None) == (not text.strip()):
        raise Refused(Problem("请给出文件，或者正文，只给一样。", field="file"))
    data, name = (text.encode(), PASTED) if file is None else content_of(file)
    return Status(201, _whole(draft_from(division=division, data=data, name=name, by=actor)))


@operation(router, "GET", "/policy-drafts/{pk}", door=permitted(DRAFT), ok=DraftWhole)
def draft(request: HttpRequest, pk: PK) -> Any:
    """A document with its source, what was read, and the parts people correct."""
    return _whole(_found(request, pk))


@operation(router, "GET", "/policy-drafts/{pk}/changes", door=permitted(DRAFT), ok=list[Change])
def changes(request: HttpRequest, pk: PK) -> Any:
    """What people changed of what was read; of an adopted draft it stays."""
    return [change.as_json() for change in DraftShown(_found(request, pk)).changes]


@operation(router, "GET", "/policy-drafts/{pk}/files", door=permitted(DRAFT), ok=FilesTold)
def files(request: HttpRequest, pk: PK) -> Any:
    """The draft as the files of a pack; what is open stands in them as a comment."""
    folder, found = DraftShown(_found(request, pk)).files()
    return {"folder": folder, "files": found}


@operation(router, "GET", "/policy-drafts/{pk}/problems", door=permitted(DRAFT), ok=Problems)
def problems(request: HttpRequest, pk: PK) -> Any:
    """Everything that stands against adopting a draft; `page` is the part."""
    found = _found(request, pk)
    return {"problems": actions.problems_of(found) if found.is_open else []}


@operation(router, "PATCH", PART, door=permitted(DRAFT), ok=DraftWhole)
def correct(request: HttpRequest, pk: PK, key: Key, given: FieldsGiven) -> Any:
    """Write fields of a part; its marks are settled. 409 when somebody changed the part since."""
    by, found = actor_of(request), _found(request, pk)
    return _whole(actions.correct(draft=found, key=key, given=given.fields, seen=given.seen, by=by))


@operation(router, "PATCH", "/policy-drafts/{pk}/parts", door=permitted(DRAFT), ok=DraftWhole)
def correct_many(request: HttpRequest, pk: PK, given: ManyGiven) -> Any:
    """Write fields of several parts at once, all of them or none."""
    by, found = actor_of(request), _found(request, pk)
    return _whole(actions.correct_many(draft=found, given=given.parts, seen=given.seen, by=by))


@operation(router, "POST", "/policy-drafts/{pk}/parts", door=permitted(DRAFT), ok={201: DraftWhole})
def add(request: HttpRequest, pk: PK, given: PartGiven) -> Any:
    """Add a clause, target, duty, seat, gap or setting that the reader missed."""
    by, found = actor_of(request), _found(request, pk)
    made, _ = actions.add_part(draft=found, section=given.section, given=given.fields, seen=given.seen, by=by)
    return Status(201, _whole(made))


@operation(router, "POST", PART + "/removal", door=permitted(DRAFT), ok=DraftWhole)
def remove(request: HttpRequest, pk: PK, key: Key, given: SeenGiven) -> Any:
    """Leave a part out."""
    by, found = actor_of(request), _found(request, pk)
    return _whole(actions.remove_part(draft=found, key=key, seen=given.seen, by=by))


@operation(router, "POST", PART + "/restoration", door=permitted(DRAFT), ok=DraftWhole)
def restore(request: HttpRequest, pk: PK, key: Key, given: SeenGiven) -> Any:
    """Take back in what was left out."""
    by, found = actor_of(request), _found(request, pk)
    return _whole(actions.restore_part(draft=found, key=key, seen=given.seen, by=by))


@operation(router, "POST", PART + "/rereading", door=permitted(DRAFT), ok=DraftWhole)
def reread(request: HttpRequest, pk: PK, key: Key, given: SeenGiven) -> Any:
    """Put a part back to what was read."""
    by, found = actor_of(request), _found(request, pk)
    return _whole(actions.reread_part(draft=found, key=key, seen=given.seen, by=by))


@operation(router, "POST", PART + "/settling", door=permitted(DRAFT), ok=DraftWhole)
def settle(request: HttpRequest, pk: PK, key: Key) -> Any:
    """Say of a part that it is right as it stands."""
    return _whole(actions.settle(draft=_found(request, pk), key=key, by=actor_of(request)))


@operation(router, "POST", "/policy-drafts/{pk}/adoption", door=permitted(DRAFT), ok=DraftTold)
def adopt(request: HttpRequest, pk: PK, given: StartGiven) -> Any:
    """Adopt a draft as a version of the place's pack, from a day on; twice is once."""
    by, found = actor_of(request), _found(request, pk)
    return _told(actions.adopt(draft=found, seen=given.seen, starts_on=given.starts_on, by=by))


@operation(router, "POST", "/policy-drafts/{pk}/discarding", door=permitted(DRAFT), ok=DraftTold)
def discard(request: HttpRequest, pk: PK) -> Any:
    """Put a draft aside."""
    return _told(actions.discard(draft=_found(request, pk), by=actor_of(request)))


@operation(router, "POST", "/policy-drafts/{pk}/resumption", door=permitted(DRAFT), ok=DraftTold)
def resume(request: HttpRequest, pk: PK) -> Any:
    """Take up again what was put aside."""
    return _told(actions.resume(draft=_found(request, pk), by=actor_of(request)))
