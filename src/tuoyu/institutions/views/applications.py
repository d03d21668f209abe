"""The list of one's applications; one page of one, saved; papers; deleting a draft."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, paging, uploads
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import actions, pages, queries
from tuoyu.institutions.models import Application, Paper
from tuoyu.institutions.permissions import EDIT_APPLICATION, READ_PAPER, VIEW_APPLICATION
from tuoyu.institutions.views.application_page import MOST_OPENED, application_of, page_context
from tuoyu.institutions.vocabulary import (
    ANNUAL_REPORT,
    ANNUAL_REVIEW,
    CANCELLATION,
    CHANGE,
    FILING_ALONE,
    RESUMPTION,
    SUSPENSION,
    Kind,
)
from tuoyu.jurisdictions.names import place_name

STATES = dict(Application.State.choices)
# What an application in the list is for, where that is not setting up.
MATTERS = {
    **dict.fromkeys(FILING_ALONE, "只办备案"),
    CHANGE: "备案信息变更",
    ANNUAL_REVIEW: "年度核验",
    ANNUAL_REPORT: "年度工作报告",
    SUSPENSION: "暂停服务",
    RESUMPTION: "恢复服务",
    CANCELLATION: "备案注销",
}
WINDOW = "application_window"


@require_GET
@access.permitted(VIEW_APPLICATION)
def applications(request: HttpRequest) -> HttpResponse:
    """One's applications: drafts to go on with, those under way, those ended."""
    actor = access.actor_of(request)
    page = paging.page_of(queries.own_applications(actor), request)
    for row in page.rows:
        row["place"] = place_name(row["division_code"])
        row["kind_label"] = Kind(row["kind"]).label
        row["state_label"] = STATES[row["state"]]
        row["matter"] = MATTERS.get(row["procedure"], "")
    deleted = list(queries.deleted_applications(actor)[:5])
    context = {"page": page, "deleted": deleted, "user_id": actor.user_id}
    return render(request, "institutions/applications.html", context)


@require_GET
@access.permitted(VIEW_APPLICATION)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Where to go on: the first page that still needs something, else the review."""
    found = application_of(access.actor_of(request), pk)
    if not found.is_editable:
        return redirect("institutions:review", pk)
    reading = queries.reading_of(found)
    blocking = {problem.page for problem in reading.blocking}
    page = next((page.key for page in reading.form.pages if page.key in blocking), "review")
    return (
        redirect("institutions:review", pk) if page == "review" else redirect("institutions:page", pk, page)
    )


# ---------------------------------------------------------------- one page


@never_cache
@require_http_methods(["GET", "POST"])
@access.permitted(VIEW_APPLICATION)
def page(request: HttpRequest, pk: int, page: str) -> HttpResponse:
    """One page of the form; what is typed is kept whether right or wrong."""
    actor = access.actor_of(request)
    found = application_of(actor, pk)
    if queries.form_of(found).page(page) is None:
        return redirect("institutions:review", pk)
    if request.method == "POST":
        return _save(request, actor, found, page)
    if not found.is_editable:
        return redirect("institutions:review", pk)
    context = page_context(request, found, page, window=_carried(request, pk))
    return render(request, "institutions/page.html", context)


def _carried(request: HttpRequest, pk: int) -> str:
    """The window this page was reached from by a button; it stays the same window.

    What it saved by itself may arrive after the button's own post, and must not look like somebody else's.
    """
    kept = request.session.pop(WINDOW, None)
    return kept[1] if kept and kept[0] == pk else ""


def _save(request: HttpRequest, actor: Actor, found: Application, page: str) -> HttpResponse:
    window = request.POST.get("window", "")
    typed = _typed(request.POST, queries.form_of(found).page(page) or pages.REVIEW)
    try:
        saved = actions.save_page(
            by=actor, application=found, page=page, typed=typed, version=_version(request.POST), window=window
        )
        told = _papers_changed(request, actor, saved) if page == pages.PAPERS.key else []
    except Overtaken as overtaken:
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "institutions/_not_saved.html", {"problems": overtaken.problems})
        found.refresh_from_db()
        context = page_context(request, found, page) | {"problems": overtaken.problems}
        return render(request, "institutions/page.html", context, status=overtaken.status)
    if request.htmx:  # type: ignore[attr-defined]
        context = page_context(request, application_of(actor, found.pk), page, window=window)
        brought = {key.removeprefix("file-") for key in request.FILES}
        return render(request, "institutions/_saved.html", context | {"problems": told, "brought": brought})
    return _after_save(request, found, page, told, window)


def _after_save(
    request: HttpRequest, found: Application, page: str, told: list[Problem], window: str
) -> HttpResponse:
    """Stay, go on, or go to the review, as the button said."""
    act = request.POST.get("do", "save")
    request.session[WINDOW] = [found.pk, window[:32]]
    here = reverse("institutions:page", args=[found.pk, page])
    if told:
        fresh = Application.objects.select_related("case__pack").get(pk=found.pk)
        context = page_context(request, fresh, page) | {"problems": told}
        return render(request, "institutions/page.html", context, status=422)
    if act == "next":
        # What is asked next may follow from what was just chosen.
        found.refresh_from_db()
        keys = [*(p.key for p in queries.form_of(found).pages), pages.REVIEW.key]
        following = keys[keys.index(page) + 1]
        if following == pages.REVIEW.key:
            return redirect("institutions:review", found.pk)
        return redirect("institutions:page", found.pk, following)
    if act == "review":
        return redirect("institutions:review", found.pk)
    if act == "save":
        messages.success(request, "已保存，可以随时离开，下次从这里继续。")
    if act.startswith("change:"):
        return redirect(f"{here}?{_opened(request, act.removeprefix('change:'))}")
    return redirect(f"{here}#rows" if act.startswith(("add_row", "remove_row")) else here)


def _opened(request: HttpRequest, field: str) -> str:
    """The query that opens a field for its new value, beside those that are open already."""
    opened = [*request.POST.getlist("opened"), field][-MOST_OPENED:]
    return f"{urlencode({'change': opened}, doseq=True)}#f-{quote(field)}"


def _version(given: QueryDict) -> int:
    text = given.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _typed(given: QueryDict, page: pages.Page) -> dict[str, Any]:
    """What a form posted, by field, without what it showed as known; rows with the one asked for added or
    taken out."""
    left_out = {"do", "version", "window", "known", "opened", *given.getlist("known")}
    typed: dict[str, Any] = {key: given.get(key, "") for key in given if key not in left_out}
    for field in page.fields:
        if field.kind == "choices" and field.key not in left_out:
            typed[field.key] = given.getlist(field.key)
    if page.rows and "rows" not in left_out:
        typed["rows"] = _rows(given, page.rows)
    return typed


def _rows(given: QueryDict, fields: tuple[pages.Field, ...]) -> list[dict[str, str]]:
    numbers = sorted({int(m) for key in given if (m := _row_number(key)) is not None})
    rows = [{f.key: given.get(f"row-{n}-{f.key}", "") for f in fields} for n in numbers]
    act, _, which = given.get("do", "").partition(":")
    if act == "remove_row" and which in {str(n) for n in numbers}:
        rows.pop(numbers.index(int(which)))
    rows = [row for row in rows if any(row.values())] if act != "remove_row" else rows
    if act == "add_row":
        rows.append(dict.fromkeys((f.key for f in fields), ""))
    return rows


def _row_number(key: str) -> str | None:
    parts = key.split("-")
    return (
        parts[1]
        if len(parts) == 3 and parts[0] == "row" and parts[1].isdecimal() and len(parts[1]) < 4
        else None
    )


def _papers_changed(request: HttpRequest, actor: Actor, found: Application) -> list[Problem]:
    """Take in the files of a post, and do what its button asked; what was refused comes back."""
    labels = {slot.key: slot.label for slot in queries.slots_of(found)}
    files = [(slot, file) for slot in labels for file in request.FILES.getlist(f"file-{slot}")]
    wrong: list[Problem] = []
    if files:
        try:
            _, wrong = actions.add_papers(by=actor, application=found, files=files)
        except Refused as refusal:
            wrong = refusal.problems
    act, _, which = request.POST.get("do", "").partition(":")
    if act in ("remove", "restore") and which.isdecimal() and len(which) < 19:
        paper = Paper.objects.select_related("application").filter(pk=int(which), application=found).first()
        if paper is not None:
            change = actions.remove_paper if act == "remove" else actions.restore_paper
            change(by=actor, paper=paper)
    return [replace(p, message=f"{labels[p.field]}：{p.message}" if p.field else p.message) for p in wrong]


# ---------------------------------------------------------------- deleting a draft


@require_POST
@access.permitted(EDIT_APPLICATION)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft; it can be restored from the list."""
    actor = access.actor_of(request)
    actions.delete_draft(by=actor, application=application_of(actor, pk))
    messages.success(request, "草稿已删除，可在本页下方恢复。")
    return redirect("institutions:applications")


@require_POST
@access.permitted(EDIT_APPLICATION)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Restore a deleted draft."""
    actor = access.actor_of(request)
    actions.restore_draft(by=actor, application=application_of(actor, pk))
    messages.success(request, "草稿已恢复。")
    return redirect("institutions:application", pk)


# ---------------------------------------------------------------- papers


@require_GET
@access.permitted(READ_PAPER)
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file of an application, streamed to those who may read it."""
    rows = Paper.objects.select_related("file", "application")
    actor = access.actor_of(request)
    found = get_visible(actor, READ_PAPER, rows, pk=pk)
    queries.note_reading(actor, found)
    return uploads.stream(found.file, inline=True)
