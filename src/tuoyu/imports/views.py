"""Pages of imports: the template, the file, what was found in it, the decision, and how far it is."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, audit
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.core.spreadsheets.writing import file_of_defects, template_of
from tuoyu.imports import actions, carrying, kinds
from tuoyu.imports.forms import FileForm
from tuoyu.imports.models import Import
from tuoyu.imports.permissions import IMPORT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How much of what was found a page shows; the file has all of it.
SHOWN, PREVIEWED = 100, 10
TONES = {
    "checked": ("amber", "hourglass"), "writing": ("todo", "hourglass"), "written": ("green", "circle-check"),
    "failed": ("red", "alert-circle"), "discarded": ("grey", "trash"),
}  # fmt: skip
REFRESH = "2"


@require_GET
@access.permitted(IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """One's own imports, the latest first, and what may be imported."""
    actor = access.actor_of(request)
    rows = visible_to(actor, IMPORT, Import.objects.defer("content")).order_by("-pk")
    page = page_of(rows, request)
    listed = [
        {"import": row, "kind": kinds.kind(row.kind).label, "tone": TONES[row.state]} for row in page.rows
    ]
    return render(request, "imports/list.html", {"page": page, "rows": listed, "kinds": kinds.open_to(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(IMPORT)
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Take the template; send the file that was filled in. What can be read waits for a decision."""
    actor = access.actor_of(request)
    importer = kinds.kind_for(actor, kind)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                found = carrying.read_file(file=form.cleaned_data["file"], importer=importer, by=actor)
                return redirect("imports:record", found.pk)
            status = 422
        except Refused as refused:
            status = refused.status
            for problem in refused.problems:
                form.add_error("file", problem.message + problem.fix)
    context = {
        "kind": importer,
        "form": form,
        "sheet": importer.sheet(actor),
        "limit": settings.UPLOAD_LIMIT // (1024 * 1024),
    }
    return render(request, "imports/new.html", context, status=status)


@require_GET
@access.permitted(IMPORT)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The sheet to be filled in."""
    actor = access.actor_of(request)
    importer = kinds.kind_for(actor, kind)
    return _download(template_of(importer.sheet(actor)), f"{importer.label}导入模板.xlsx")


@require_GET
@access.permitted(IMPORT)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file says, what is wrong, what it would change; once decided, how far it is."""
    found = _found(request, pk, "progress")
    importer = kinds.kind(found.kind)
    checked = actions.content_of(found)
    sheet = importer.sheet(access.actor_of(request))
    heads = [sheet.column(key).label for key in importer.preview]
    fresh = [(n, row) for n, row in checked.read.rows() if n in checked.fresh and n not in checked.read.wrong]
    context: dict[str, Any] = {
        "import": found,
        "kind": importer,
        "tone": TONES[found.state],
        "defects": checked.read.defects[:SHOWN],
        "defect_count": len(checked.read.defects),
        "differences": checked.differences[:SHOWN],
        "difference_count": len(checked.differences),
        "warnings": checked.warnings[:SHOWN],
        "warning_count": len(checked.warnings),
        "seen_at": importer.seen_at(access.actor_of(request)),
        "heads": heads,
        "preview": [(n, [row[key] for key in importer.preview]) for n, row in fresh[:PREVIEWED]],
        "known": found.rows - found.fresh - found.wrong if found.state == Import.State.CHECKED else 0,
    }
    response = render(request, "imports/record.html", context)
    if found.state == Import.State.WRITING:
        response["Refresh"] = REFRESH
    return response


@require_GET
@access.permitted(IMPORT)
def defects(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows in which something is wrong, to be mended and sent again."""
    found = _found(request, pk)
    read = actions.content_of(found).read
    if not read.wrong:
        raise Http404
    actor = access.actor_of(request)
    audit.record(actor, "import.defects_taken", found, after={"kind": found.kind, "rows": len(read.wrong)})
    importer = kinds.kind(found.kind)
    return _download(file_of_defects(importer.sheet(actor), read), f"{importer.label}有问题的行.xlsx")


@require_POST
@access.permitted(IMPORT)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the rows be written, all or those with nothing wrong."""
    found = _found(request, pk)
    actions.decide(by=access.actor_of(request), imported=found, only_good="only_good" in request.POST)
    messages.success(request, "已开始写入，可以离开本页，写完后在这里看结果。")
    return redirect("imports:record", pk)


@require_POST
@access.permitted(IMPORT)
def discarding(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an import aside."""
    found = _found(request, pk)
    actions.discard(by=access.actor_of(request), imported=found)
    messages.success(request, "已放弃这次导入，没有写入任何内容。")
    return redirect("imports:list")


def _found(request: HttpRequest, pk: int, *related: str) -> Import:
    rows = Import.objects.select_related(*related) if related else Import.objects.all()
    return get_visible(access.actor_of(request), IMPORT, rows, pk=pk)


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
