"""Trees of indicators: what there is, a draft written and adopted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible, which
from tuoyu.core.problems import Problem, Refused
from tuoyu.jurisdictions.names import place_name
from tuoyu.ratings import actions, bringing, lines, policy, queries, rules, sheets
from tuoyu.ratings.forms import VETO_BRINGS, AdoptionForm, DraftForm, content_typed
from tuoyu.ratings.models import IndicatorTree
from tuoyu.ratings.permissions import ADOPT_TREE, DRAFT_TREE, VIEW_TREES
from tuoyu.ratings.views.saying import flash, mark
from tuoyu.ratings.vocabulary import Aspect, TreeState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# As many defects as a person mends at a time; the rest is said the next time.
MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(VIEW_TREES)
def trees(request: HttpRequest) -> HttpResponse:
    """The standards there are, and the trees of one's places; a new one is begun here."""
    actor = access.actor_of(request)
    outlines, status = queries.outlines_for(actor), 200
    choices = [(one.key, f"{one.name}（{one.number or one.version}）") for one in outlines]
    form = DraftForm(request.POST or None, outlines=choices)
    if request.method == "POST":
        if not can(actor, DRAFT_TREE):
            raise Refused("只有本级卫生健康部门可以起草评估标准。", status=403)
        status = 422
        if form.is_valid():
            try:
                made = actions.draft_tree(by=actor, **form.cleaned_data)
                messages.success(request, "已起草。补全各项分值、一票否决项和等级后才能采用。")
                return redirect("ratings:write_tree", made.pk)
            except Refused as refused:
                status = refused.status
                mark(form, refused)
    page = page_of(queries.trees(actor), request)
    context = {
        "page": page,
        "rows": [{"tree": row, "place": place_name(row.division_code)} for row in page.rows],
        "outlines": outlines,
        "form": form,
        "may_draft": can(actor, DRAFT_TREE),
    }
    return render(request, "ratings/trees.html", context, status=status)


@require_GET
@access.permitted(VIEW_TREES)
def tree(request: HttpRequest, pk: int) -> HttpResponse:
    """One tree: chapters, items, vetoes, grades; what a draft still lacks."""
    return _tree_page(request, _visible(request, pk), AdoptionForm(initial={"effective_from": clock.today()}))


def _visible(request: HttpRequest, pk: int) -> IndicatorTree:
    return get_visible(access.actor_of(request), VIEW_TREES, IndicatorTree.objects.all(), pk=pk)


def _tree_page(
    request: HttpRequest, found: IndicatorTree, form: AdoptionForm, status: int = 200
) -> HttpResponse:
    may = which(access.actor_of(request), (DRAFT_TREE, ADOPT_TREE), found)
    is_draft = found.state == TreeState.DRAFT
    context = {
        "found": found,
        "tree": found.tree,
        "place": place_name(found.division_code),
        "brings": dict(VETO_BRINGS).get(found.tree.veto_brings or "", "还没有写"),
        "aspects": dict(Aspect.choices),
        "lacking": rules.lacking(found.tree, policy.aspects_at(found.division_code)) if is_draft else [],
        "is_draft": is_draft,
        "may_draft": is_draft and DRAFT_TREE.key in may,
        "may_adopt": is_draft and ADOPT_TREE.key in may,
        "form": form,
        "today": clock.today(),
    }
    return render(request, "ratings/tree.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(DRAFT_TREE)
def write_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a draft: every chapter with its items as lines, the grades, the vetoes."""
    actor = access.actor_of(request)
    found = get_visible(actor, DRAFT_TREE, IndicatorTree.objects.filter(state=TreeState.DRAFT), pk=pk)
    problems: list[Problem] = []
    status, typed, name = 200, found.content, found.name
    if request.method == "POST":
        typed, problems = content_typed(found, request.POST.dict())
        name, status = request.POST.get("name", "")[:120], 422
        if not problems:
            version = request.POST.get("version", "")
            try:
                asked = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
                actions.write_tree(by=actor, tree=found, content=typed, version=asked, name=name)
                messages.success(request, "已保存。")
                return redirect("ratings:tree" if "done" in request.POST else "ratings:write_tree", pk)
            except Refused as refused:
                problems, status = refused.problems, refused.status
    context: dict[str, Any] = {
        "found": found,
        "name": name,
        "typed": typed,
        "chapters": _rows(typed, request.POST.dict() if problems else {}),
        "grades": request.POST.get("grades", "")
        if problems
        else lines.grades_in_lines(typed.get("grades", ())),
        "brings": VETO_BRINGS,
        "aspects": Aspect.choices,
        "problems": problems,
    }
    return render(request, "ratings/write_tree.html", context, status=status)


def _rows(typed: dict[str, Any], said: dict[str, str]) -> list[dict[str, Any]]:
    """Each chapter as it stands in the form, and an empty one to be written; lines as typed when refused."""
    empty: dict[str, Any] = {"code": "", "name": "", "points": None, "aspect": "quality", "items": []}
    rows = [*typed.get("chapters", ()), empty]
    return [
        {**row, "number": n, "lines": said.get(f"items-{n}") or lines.items_in_lines(row["items"])}
        for n, row in enumerate(rows)
    ]


@require_POST
@access.permitted(ADOPT_TREE)
def adopt_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """Adopt a complete tree."""
    actor = access.actor_of(request)
    found = get_visible(actor, ADOPT_TREE, IndicatorTree.objects.all(), pk=pk)
    form = AdoptionForm(request.POST)
    if not form.is_valid():
        return _tree_page(request, found, form, 422)
    try:
        actions.adopt_tree(by=actor, tree=found, **form.cleaned_data)
        messages.success(request, "已采用，从启用日起新发起的评估按此标准；已开始的评估不受影响。")
    except Refused as refused:
        mark(form, refused)
        return _tree_page(request, found, form, refused.status)
    return redirect("ratings:tree", pk)


@require_POST
@access.permitted(DRAFT_TREE)
def discard_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft aside."""
    actor = access.actor_of(request)
    found = get_visible(actor, DRAFT_TREE, IndicatorTree.objects.all(), pk=pk)
    try:
        actions.discard_tree(by=actor, tree=found)
        messages.success(request, "草稿已作废。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:trees")


@require_GET
@access.permitted(VIEW_TREES)
def items_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Chapters and items as a workbook, which can be brought into a draft again."""
    found = _visible(request, pk)
    return workbook_of(found)


def workbook_of(found: IndicatorTree) -> HttpResponse:
    """The answer that holds a tree's workbook."""
    response = HttpResponse(sheets.items_sheet(found), content_type=XLSX)
    name = f"{found.name}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(DRAFT_TREE)
def bring_items(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a workbook's chapters and items into a draft; everything wrong is said by row and column."""
    actor = access.actor_of(request)
    rows = IndicatorTree.objects.filter(state=TreeState.DRAFT)
    found = get_visible(actor, DRAFT_TREE, rows, pk=pk)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        file, version = request.FILES.get("file"), request.POST.get("version", "")
        try:
            if file is None:
                raise Refused(Problem("请先选择填好的文件。", field="file"))
            asked = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
            made = bringing.bring_items(by=actor, tree=found, file=file, version=asked)
            messages.success(request, f"已导入{len(made.tree.chapters)}章、{len(made.tree.items)}项。")
            return redirect("ratings:tree", pk)
        except Refused as refused:
            problems, status = refused.problems, refused.status
    context = {
        "found": found,
        "problems": problems[:MOST_SHOWN],
        "count": len(problems),
        "columns": sheets.SHEET.columns,
        "has_items": bool(found.tree.items),
    }
    return render(request, "ratings/bring_items.html", context, status=status)
