"""Pages of an office: a policy document read, corrected beside its source, and adopted."""

import io
import zipfile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.jurisdictions import queries as places
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.permissions import ADOPT_PACK
from tuoyu.policy import actions
from tuoyu.policy.drafting import marks, parts
from tuoyu.policy.drafting.fields import FIELDS, SECTIONS, label_of
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.drafting.uploading import PASTED, content_of, draft_from
from tuoyu.policy.forms import PartForm, StartForm, UploadForm, unit_options, units_given
from tuoyu.policy.models import PolicyDraft
from tuoyu.policy.permissions import DRAFT

WORDS_A_PAGE = 12
HEADING_ONLY = "只是标题，任务写在下面各条。"
GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@access.permitted(DRAFT)
def index(request: HttpRequest) -> HttpResponse:
    """The documents that were read, the latest first."""
    rows = PolicyDraft.objects.only(
        "pk", "division_code", "title", "file_name", "state", "changed_at", "changed_by_label", "made_at"
    )
    page = page_of(visible_to(access.actor_of(request), DRAFT, rows).order_by("-pk"), request)
    listed = [{"draft": row, "place": places.division_of(row.division_code).full_name} for row in page.rows]
    return render(request, "policy/drafts.html", {"page": page, "rows": listed})


@GET_AND_POST
@access.permitted(ADOPT_PACK)
def read(request: HttpRequest) -> HttpResponse:
    """Send a document or its text; what can be read becomes a draft."""
    actor = access.actor_of(request)
    if request.method != "POST":
        return _read_page(request, UploadForm(actor))
    form = UploadForm(actor, request.POST, request.FILES)
    if not form.is_valid():
        return _read_page(request, form, status=422)
    given = form.cleaned_data
    division = get_visible(actor, ADOPT_PACK, Division.objects.all(), code=given["division"])
    try:
        data, name = content_of(given["file"]) if given["file"] else (given["text"].encode(), PASTED)
        draft = draft_from(division=division, data=data, name=name, by=actor)
    except Refused as refused:
        for problem in refused.problems:
            at = problem.field if problem.field in form.fields else None
            form.add_error(at, problem.message + problem.fix)
        return _read_page(request, form, status=refused.status)
    count = len(draft.reading["clauses"])
    messages.success(request, f"已读出{count}条。请对照原文逐条校对，改好后采用。")
    return redirect("policy:draft", draft.pk)


def _read_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    limit = settings.UPLOAD_LIMIT // (1024 * 1024)
    return render(request, "policy/read.html", {"form": form, "limit": limit}, status=status)


# ---------------------------------------------------------------- a draft


@require_GET
@access.permitted(DRAFT)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The source and, beside it, what was read of it clause by clause."""
    shown = _shown(request, pk)
    return render(request, "policy/draft.html", _frame(shown, "draft") | {"clauses": shown.of("clause")})


@require_GET
@access.permitted(DRAFT)
def others(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands beside the clauses: head, targets, duties, seats, gaps, settings, what is taken over."""
    shown = _shown(request, pk)
    listed = [(section, name, shown.of(section)) for section, name, _ in shown.kinds]
    kept = [(section, name, rows) for section, name, rows in listed if rows or section in parts.ENTRIES]
    context = {"sections": kept, "head": shown.shown(shown.by_key[parts.HEAD]), "own": parts.ENTRIES}
    return render(request, "policy/draft_others.html", _frame(shown, "others") | context)


@GET_AND_POST
@access.permitted(DRAFT)
def departments(request: HttpRequest, pk: int) -> HttpResponse:
    """Which department each unit of the document is."""
    shown = _shown(request, pk)
    part = shown.by_key[parts.DEPARTMENTS]
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        given = {"units": units_given(request.POST, part)}
        try:
            actions.correct(
                draft=shown.draft, key=part.key, given=given, seen=_seen(request), by=access.actor_of(request)
            )
        except Refused as refused:
            problems, status = refused.problems, refused.status
            shown = _shown(request, pk)
        else:
            messages.success(request, "部门叫法已保存。")
            return redirect("policy:draft_departments", pk)
    chosen = units_given(request.POST, part) if problems else {}
    marked = {mark.unit: mark for mark in shown.open if mark.key == part.key}
    rows = [
        {"unit": unit, "key": chosen.get(unit, key), "mark": marked.get(unit)}
        for unit, key in shown.by_key[parts.DEPARTMENTS].data["units"]
    ]
    context = {"rows": rows, "options": unit_options(shown), "problems": problems}
    context |= _frame(shown, "departments")
    return render(request, "policy/draft_departments.html", context, status=status)


@GET_AND_POST
@access.permitted(DRAFT)
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """Our own words for what lacks them, several at a time, each beside the words of the document."""
    shown = _shown(request, pk)
    waiting = shown.without_words()
    rows = [
        {
            "shown": row,
            "fields": _word_fields(row.part),
            "source": shown.source_of(row.part),
            # A heading with nothing beneath it but other clauses says no more than that.
            "said": HEADING_ONLY if row.part.section == "clause" and not row.read else "",
        }
        for row in waiting[:WORDS_A_PAGE]
    ]
    context = {"rows": rows, "waiting": len(waiting), "problems": [], "typed": {}}
    if request.method != "POST":
        return render(request, "policy/draft_words.html", _frame(shown, "words") | context)
    given = _typed_words(request, shown)
    try:
        actions.correct_many(draft=shown.draft, given=given, seen=_seen(request), by=access.actor_of(request))
    except Refused as refused:
        context |= {"problems": refused.problems, "typed": request.POST}
        fresh = _shown(request, pk)
        return render(
            request, "policy/draft_words.html", _frame(fresh, "words") | context, status=refused.status
        )
    filled = sum(map(bool, (value for fields in given.values() for value in fields.values())))
    messages.success(request, f"已写好{filled}处。")
    return redirect("policy:draft_words", pk)


def _word_fields(part: parts.Part) -> list[tuple[str, str]]:
    return [(name, label_of(part.section, name)) for name in marks.words_missing(part)]


def _typed_words(request: HttpRequest, shown: DraftShown) -> dict[str, dict[str, str]]:
    """What was typed, by part and field; an empty line changes nothing."""
    given: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        key, _, field = name.partition(":")
        part = shown.by_key.get(key)
        if part is not None and field in FIELDS.get(part.section, {}) and str(value).strip():
            given.setdefault(key, {})[field] = str(value)
    return given


# ---------------------------------------------------------------- one part


@GET_AND_POST
@access.permitted(DRAFT)
def part(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One part beside its source: save, leave out, take back, put back to what was read."""
    shown = _shown(request, pk)
    found = shown.by_key.get(key)
    if found is None:
        raise Http404
    if key == parts.DEPARTMENTS:
        return redirect("policy:draft_departments", pk)
    if request.method != "POST":
        return _part_page(request, shown, found)
    do = request.POST.get("do", "save")
    if do in _TURNS:
        return _turn(request, shown, found, do)
    if found.section not in FIELDS:
        raise Http404
    form = PartForm(shown, found.section, found, request.POST)
    if not form.is_valid():
        return _part_page(request, shown, found, form, status=422)
    try:
        actions.correct(
            draft=shown.draft, key=key, given=form.given(), seen=_seen(request), by=access.actor_of(request)
        )
    except Refused as refused:
        fresh = _shown(request, pk)
        form.tell(refused.problems)
        return _part_page(request, fresh, fresh.by_key[key], form, status=refused.status)
    messages.success(request, "已保存。")
    following = _shown(request, pk).after(key) if do == "next" else ""
    return redirect("policy:draft_part", pk, following) if following else _back_to(shown, found)


def _turn(request: HttpRequest, shown: DraftShown, found: parts.Part, do: str) -> HttpResponse:
    actor, told = access.actor_of(request), _TURNS[do]
    if do == "settle":
        actions.settle(draft=shown.draft, key=found.key, by=actor)
    else:
        turn = {"remove": actions.remove_part, "restore": actions.restore_part, "reread": actions.reread_part}
        try:
            turn[do](draft=shown.draft, key=found.key, seen=_seen(request), by=actor)
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem.message)
            return redirect("policy:draft_part", shown.draft.pk, found.key)
    messages.success(request, told)
    return _back_to(shown, found)


_TURNS = {
    "remove": "已删去，随时可以恢复。",
    "restore": "已恢复。",
    "reread": "已恢复成识读结果。",
    "settle": "已核对。",
}


def _part_page(
    request: HttpRequest,
    shown: DraftShown,
    found: parts.Part,
    form: PartForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if form is None and found.section in FIELDS and shown.draft.is_open:
        form = PartForm(shown, found.section, found)
    context = {
        "shown": shown.shown(found),
        "form": form,
        "source": shown.source_of(found),
        "back": _address(shown, found),
        "following": shown.after(found.key),
        "section_name": SECTIONS[found.section],
    }
    return render(request, "policy/draft_part.html", _frame(shown, "") | context, status=status)


@GET_AND_POST
@access.permitted(DRAFT)
def add(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Add what the reader missed."""
    shown = _shown(request, pk)
    if section not in parts.ENTRIES:
        raise Http404
    form = PartForm(shown, section, None, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _, key = actions.add_part(
                    draft=shown.draft,
                    section=section,
                    given=form.given(),
                    seen=_seen(request),
                    by=access.actor_of(request),
                )
            except Refused as refused:
                form.tell(refused.problems)
                status = refused.status
            else:
                messages.success(request, f"已添加{SECTIONS[section]}。")
                fresh = _shown(request, pk)
                return _back_to(fresh, fresh.by_key[key])
    context = {"form": form, "section": section, "section_name": SECTIONS[section]}
    return render(request, "policy/draft_add.html", _frame(shown, "") | context, status=status)


def _address(shown: DraftShown, found: parts.Part) -> str:
    page = "policy:draft" if found.section == "clause" else "policy:draft_others"
    return f"{reverse(page, args=[shown.draft.pk])}#{found.key}"


def _back_to(shown: DraftShown, found: parts.Part) -> HttpResponse:
    return redirect(_address(shown, found))


# ---------------------------------------------------------------- the end of a draft


@require_GET
@access.permitted(DRAFT)
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What people changed of what was read; for an adopted draft that stays."""
    shown = _shown(request, pk)
    corrected = [change for change in shown.changes if change.corrected]
    filled = [change for change in shown.changes if not change.corrected]
    context = {"corrected": corrected, "filled": filled}
    return render(request, "policy/draft_changes.html", _frame(shown, "changes") | context)


@require_GET
@access.permitted(DRAFT)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as the files of a pack, for the packs folder; what is open stands in them as a comment."""
    shown = _shown(request, pk)
    folder, files = shown.files()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{folder}/{name}", text)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{folder}.zip"'
    return response


@GET_AND_POST
@access.permitted(DRAFT)
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that still stands against adopting; when nothing does, the day it begins."""
    shown = _shown(request, pk)
    form = StartForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                adopted = actions.adopt(
                    draft=shown.draft,
                    seen=_seen(request),
                    starts_on=form.cleaned_data["starts_on"],
                    by=access.actor_of(request),
                )
            except Refused as refused:
                status = refused.status
                for problem in refused.problems:
                    if problem.field == "starts_on" or not problem.page:
                        form.add_error("starts_on" if problem.field == "starts_on" else None, problem.message)
                shown = _shown(request, pk)
            else:
                begins = adopted.adopted.active_from if adopted.adopted else None
                messages.success(request, f"已采用，自{begins}起生效。此前开始的办件不变。")
                return redirect("policy:draft_changes", pk)
    problems = actions.problems_of(shown.draft) if shown.draft.is_open else []
    grouped: dict[str, list[Problem]] = {}
    for problem in problems:
        grouped.setdefault(SECTIONS[shown.by_key[problem.page].section], []).append(problem)
    context = {
        "form": form,
        "problems": grouped,
        "count": len(problems),
        "inherited": shown.line,
        "replaced": places.packs_in_force().get(shown.draft.division_code),
    }
    return render(request, "policy/draft_adoption.html", _frame(shown, "adoption") | context, status=status)


@require_POST
@access.permitted(DRAFT)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft aside."""
    actions.discard(draft=_found(request, pk), by=access.actor_of(request))
    messages.success(request, "已作废，随时可以恢复。")
    return redirect("policy:draft", pk)


@require_POST
@access.permitted(DRAFT)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up again what was put aside."""
    actions.resume(draft=_found(request, pk), by=access.actor_of(request))
    messages.success(request, "已恢复，可以继续校对。")
    return redirect("policy:draft", pk)


def _found(request: HttpRequest, pk: int) -> PolicyDraft:
    rows = PolicyDraft.objects.select_related("adopted")
    return get_visible(access.actor_of(request), DRAFT, rows, pk=pk)


def _shown(request: HttpRequest, pk: int) -> DraftShown:
    return DraftShown(_found(request, pk))


def _seen(request: HttpRequest) -> int:
    """The version of the draft the person had before them."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _frame(shown: DraftShown, current: str) -> dict[str, Any]:
    """What the pages of a draft share: what it is, how far it is, and the way to the others."""
    pk, waiting = shown.draft.pk, len(shown.without_words())
    tabs = (
        ("draft", "原文与条款", sum(p.section == "clause" and not p.gone for p in shown.parts)),
        ("others", "目标与职责", sum(count for _, _, count in shown.kinds)),
        ("departments", "部门叫法", len(shown.by_key[parts.DEPARTMENTS].data["units"])),
        ("words", "写摘要", waiting),
        ("changes", "与识读结果相比", len(shown.changes)),
        ("adoption", "采用", None),
    )
    names = {"draft": "policy:draft"}
    items = [
        {
            "label": label,
            "count": count,
            "href": reverse(names.get(name, f"policy:draft_{name}"), args=[pk]),
            "current": name == current,
        }
        for name, label, count in tabs
    ]
    return {
        "draft": shown.draft,
        "view": shown,
        "tabs": items,
        "place": places.division_of(shown.draft.division_code).full_name,
        "next_open": shown.after(""),
    }
