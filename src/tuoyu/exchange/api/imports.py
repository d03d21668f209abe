"""Imports: the template, a file read and checked, the decision, and how far it is."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Path, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from tuoyu.core import audit
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.spreadsheets.writing import file_of_defects, template_of
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Given, Id, PageAsked, PageOf, Told, page_of
from tuoyu.imports import actions, carrying, kinds
from tuoyu.imports.models import Import
from tuoyu.imports.permissions import IMPORT

router = Router(tags=["imports"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: dict[str, Any] = {
    "ok": {200: None},
    "openapi_extra": {"responses": {200: {"description": "OK", "content": {XLSX: {}}}}},
}
PK = Annotated[Id, Path()]
Kind = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
# As many as an answer holds; the file of the defects has all.
MOST_TOLD = 1000


class KindTold(Told):
    """What may be imported."""

    key: str
    label: str
    lead: str


class ImportTold(Told):
    """An import: how many rows it has, how many with defects, how many new, and how far it is."""

    id: int
    kind: str
    file_name: str
    state: str
    rows: int
    wrong: int
    fresh: int
    done: int
    written: int | None
    failure: str
    made_at: datetime


class DefectTold(Told):
    """One thing wrong: where, a code that stays, and the way to mend it."""

    row: int
    column: str
    code: str
    message: str
    fix: str


class DifferenceTold(Told):
    """Where a row says something else than is known; that is not written."""

    row: int
    name: str
    label: str
    known: str
    said: str


class ImportWhole(ImportTold):
    """An import with what is wrong in it, to a bound; `warnings` stand in nobody's way."""

    defects: list[DefectTold]
    warnings: list[DefectTold]
    differences: list[DifferenceTold]


class DecisionGiven(Given):
    """Which rows are to be written."""

    only_good: bool = False


def _told(row: Import) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ImportTold.model_fields if name != "done"}
    return told | {"done": row.progress.done}


def _whole(row: Import) -> dict[str, Any]:
    found = actions.content_of(row)
    return _told(row) | {
        "defects": found.read.defects[:MOST_TOLD],
        "differences": found.differences[:MOST_TOLD],
        "warnings": found.warnings[:MOST_TOLD],
    }


def _found(request: HttpRequest, pk: int) -> Import:
    return get_visible(actor_of(request), IMPORT, Import.objects.select_related("progress"), pk=pk)


def _file(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@operation(router, "GET", "/import-kinds", door=permitted(IMPORT), ok=list[KindTold])
def import_kinds(request: HttpRequest) -> Any:
    """What the caller may import."""
    found = kinds.open_to(actor_of(request))
    return [{"key": one.key, "label": one.label, "lead": one.lead} for one in found]


@operation(router, "GET", "/import-kinds/{kind}/template", door=permitted(IMPORT), **FILE)
def template(request: HttpRequest, kind: Annotated[Kind, Path()]) -> Any:
    """The sheet to be filled in, as xlsx."""
    actor = actor_of(request)
    return _file(template_of(kinds.kind_for(actor, kind).sheet(actor)))


@operation(router, "GET", "/imports", door=permitted(IMPORT), ok=PageOf[ImportTold])
def imports(request: HttpRequest, asked: PageAsked) -> Any:
    """One's own imports, the latest first."""
    rows = visible_to(actor_of(request), IMPORT, Import.objects.select_related("progress").defer("content"))
    found = page_of(rows.order_by("-pk"), asked)
    found["rows"] = [_told(row) for row in found["rows"]]
    return found


@operation(router, "POST", "/imports", door=permitted(IMPORT), ok={201: ImportWhole}, refuses=(503,))
def read_file(
    request: HttpRequest, kind: Annotated[Kind, Form()], file: Annotated[UploadedFile, File()]
) -> Any:
    """Read a file. What can be read waits to be decided on; the same file again is the same import."""
    actor = actor_of(request)
    made = carrying.read_file(file=file, importer=kinds.kind_for(actor, kind), by=actor)
    return Status(201, _whole(_found(request, made.pk)))


@operation(router, "GET", "/imports/{pk}", door=permitted(IMPORT), ok=ImportWhole)
def one(request: HttpRequest, pk: PK) -> Any:
    """An import with its defects and how far it is."""
    return _whole(_found(request, pk))


@operation(router, "GET", "/imports/{pk}/defects", door=permitted(IMPORT), **FILE)
def defects(request: HttpRequest, pk: PK) -> Any:
    """The rows with defects as xlsx, to be mended and sent again."""
    found, actor = _found(request, pk), actor_of(request)
    read = actions.content_of(found).read
    audit.record(actor, "import.defects_taken", found, after={"kind": found.kind, "rows": len(read.wrong)})
    return _file(file_of_defects(kinds.kind(found.kind).sheet(actor), read))


@operation(router, "POST", "/imports/{pk}/decision", door=permitted(IMPORT), ok=ImportTold)
def decide(request: HttpRequest, pk: PK, given: DecisionGiven) -> Any:
    """Let the rows be written: all, or those without a defect. Decided once."""
    found = _found(request, pk)
    return _told(actions.decide(by=actor_of(request), imported=found, only_good=given.only_good))


@operation(router, "POST", "/imports/{pk}/discarding", door=permitted(IMPORT), ok=ImportTold)
def discard(request: HttpRequest, pk: PK) -> Any:
    """Put an import aside."""
    return _told(actions.discard(by=actor_of(request), imported=_found(request, pk)))
