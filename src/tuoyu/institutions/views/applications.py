"""The application: its pages, papers, review and what follows; the list of one's applications."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.cases import stories
from tuoyu.core import access, clock, identifiers, paging, uploads
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import get_visible, require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import actions, asking, facts, life, matters, pages, policy, queries, standing, stated
from tuoyu.institutions.actions.filing_alone import CERTIFICATE
from tuoyu.institutions.models import Application, Paper
from tuoyu.institutions.permissions import EDIT_APPLICATION, READ_PAPER, VIEW_APPLICATION
from tuoyu.institutions.rules.book import label_of
from tuoyu.institutions.vocabulary import (
    ANNUAL_REPORT,
    ANNUAL_REVIEW,
    CANCELLATION,
    CHANGE,
    FILING_ALONE,
    REGISTERED_ALREADY,
    RESUMPTION,
    SUSPENSION,
    Kind,
    LegalForm,
    Nature,
)
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name, place_name

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
MOST_OPENED = 40


def _application(actor: Actor, pk: int) -> Application:
    rows = Application.objects.select_related("case__pack", "institution", "owner")
    return get_visible(actor, VIEW_APPLICATION, rows, pk=pk)


# ---------------------------------------------------------------- the list


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
    found = _application(access.actor_of(request), pk)
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
    found = _application(actor, pk)
    if queries.form_of(found).page(page) is None:
        return redirect("institutions:review", pk)
    if request.method == "POST":
        return _save(request, actor, found, page)
    if not found.is_editable:
        return redirect("institutions:review", pk)
    context = _page_context(request, found, page, window=_carried(request, pk))
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
        context = _page_context(request, found, page) | {"problems": overtaken.problems}
        return render(request, "institutions/page.html", context, status=overtaken.status)
    if request.htmx:  # type: ignore[attr-defined]
        context = _page_context(request, _application(actor, found.pk), page, window=window)
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
        context = _page_context(request, fresh, page) | {"problems": told}
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
    refused: list[Problem] = []
    for slot in queries.slots_of(found):
        for file in request.FILES.getlist(f"file-{slot.key}"):
            try:
                actions.add_paper(by=actor, application=found, slot=slot.key, file=file)
            except Refused as refusal:
                refused += [
                    Problem(f"{slot.label}：{p.message}", "papers", slot.key, fix=p.fix)
                    for p in refusal.problems
                ]
    act, _, which = request.POST.get("do", "").partition(":")
    if act in ("remove", "restore") and which.isdecimal() and len(which) < 19:
        paper = Paper.objects.select_related("application").filter(pk=int(which), application=found).first()
        if paper is not None:
            change = actions.remove_paper if act == "remove" else actions.restore_paper
            change(by=actor, paper=paper)
    return refused


# ---------------------------------------------------------------- what a page shows


def _page_context(request: HttpRequest, found: Application, key: str, *, window: str = "") -> dict[str, Any]:
    reading = queries.reading_of(found)
    page = reading.form.page(key) or pages.REVIEW
    data = stated.typed_of(found, reading.form).get(key) or {}
    strict = request.GET.get("problems") == "1" or found.state == Application.State.MENDING
    remarks = remarks_of(found, key)
    fields, shown, opened = _asked(request, found, reading, page, remarks)
    return {
        "application": found,
        "window": window or secrets.token_hex(8),
        "page": page,
        "fields": fields,
        "shown": shown,
        "opened": opened,
        **_before(request, found),
        "data": data,
        "errors": _errors(reading, key, data, strict),
        "remarks": remarks,
        "rows": _shown_rows(data, page) if page.rows else None,
        "notes": policy.notes_of(page, reading.book),
        "capacity": reading.capacity,
        "streets": _streets(found),
        "identity": identifiers.mask_id(found.identity) if found.identity else "",
        "slots": [slot for slot in reading.slots if slot.key not in shown],
        "licence": _licence(found),
        "slot_fields": pages.SLOT_FIELDS,
        "needed": {s.key: _needed(s, reading) for s in reading.slots},
        "files": queries.files_of(found) if key == pages.PAPERS.key else {},
        "promises": _promises(found) if key == pages.COMMITMENT.key else (),
        "steps": steps_of(found, reading, key),
        "is_first": key == reading.form.pages[0].key,
        # What is chosen here decides what is asked next.
        "is_last": key == reading.form.pages[-1].key and key != matters.CHOSEN.key,
        "previous": _previous(reading, key),
        "problems": [],
        "upload_limit": _upload_limit(),
    }


def _asked(
    request: HttpRequest,
    found: Application,
    reading: queries.Reading,
    page: pages.Page,
    remarks: Mapping[str, Any],
) -> tuple[list[pages.Field], dict[str, asking.Shown], list[str]]:
    """The fields of a page that are asked, those shown instead, and those somebody opened to change them.

    What a rule or a department objects to is open as well. What is rendered is compared with what is known.
    """
    if found.is_after_filing:
        # Only what somebody chose to change is asked, or what nobody has said yet.
        fields = list(stated.asked_on(found, page))
        _note_after_filing(found, page, fields)
        heads = access.actor_of(request).seats_as(Role.NURSERY_HEAD)
        is_head = any(seat.institution_id == found.institution_id for seat in heads)
        return fields, asking.held_on(found, page, is_head=is_head), []
    known = asking.of(found, reading)
    asked = {field.key: (field.fact, field.label) for field in stated.asked_on(found, page)}
    if page.rows:
        asked["rows"] = (
            (facts.CLASSES, "班级") if page.key == pages.CLASSES.key else (facts.PARTNERS, "举办单位")
        )
    if page.key == pages.PAPERS.key:
        asked = {slot.key: (f"paper.{slot.key}", slot.label) for slot in reading.slots}
    wanted = [*request.GET.getlist("change"), *request.POST.getlist("opened")]
    chosen = [key for key in wanted if key in asked][:MOST_OPENED]
    wrong = {problem.field for problem in reading.on_page(page.key) if problem.severity == "block"}
    opened = {*chosen, *_parts_of(asked, {*remarks, *wrong})}
    shown = {
        key: one
        for key, (fact, label) in asked.items()
        if fact and (one := known.shown(key, fact, label, opened))
    }
    rendered = {key: fact for key, (fact, _) in asked.items() if fact and key not in shown}
    new = {fact for key, (fact, _) in asked.items() if key in opened} | (set(known.known) - set(known.same))
    asking.note(
        f"{'只办备案' if found.files_alone else '办托一件事'}：{page.label}", rendered, known.known, new
    )
    return [field for field in stated.asked_on(found, page) if field.key not in shown], shown, chosen


def _note_after_filing(found: Application, page: pages.Page, fields: Iterable[pages.Field]) -> None:
    """Count what is asked after a filing although it is known and nobody chose to change it."""
    rendered = {field.key: field.fact for field in fields if field.fact}
    if page.rows:
        rendered["rows"] = facts.CLASSES
    if rendered and found.institution is not None:
        chosen = [matters.BY_ITEM[key] for key in found.items if key in matters.BY_ITEM]
        new = matters.facts_of(chosen, found.kind)
        new |= {facts.CLASSES} if any(item.page == pages.CLASSES.key for item in chosen) else set()
        asking.note(f"备案之后：{page.label}", rendered, asking.known_of(found.institution), new)


def _parts_of(asked: Mapping[str, Any], fields: set[str]) -> set[str]:
    """What is asked as a whole (the rows of classes, a paper with its details) where a part is meant."""
    rows = {"rows"} if any(field.startswith("row-") for field in fields) else set()
    whole = {key for key in asked if any(f == key or f.startswith(f"{key}_") for f in fields)}
    return rows | whole


def _before(request: HttpRequest, found: Application) -> dict[str, Any]:
    """What is known of an institution that is registered already, and what became of earlier applications."""
    if found.institution is None:
        return {"known": [], "history": []}
    actor = access.actor_of(request)
    return {
        "known": standing.known(found.institution, whole=found.is_after_filing),
        "history": standing.history(found.institution, without=found.pk, actor=actor)
        if found.files_alone
        else [],
    }


def _licence(found: Application) -> dict[str, Any]:
    """What the licence of a registered institution says, as its registrar supplied it; not typed again."""
    row = found.institution
    if row is None or (found.kind in REGISTERED_ALREADY and not found.files_alone):
        return {}
    said = [row.registration_number, f"{row.registered_on:%Y-%m-%d}" if row.registered_on else ""]
    return {
        "key": CERTIFICATE,
        "words": "，".join(one for one in (standing.registrar_name(row), *said) if one),
        "proves": queries.proves_itself(found),
    }


def _upload_limit() -> int:
    from django.conf import settings

    return int(settings.UPLOAD_LIMIT) // (1024 * 1024)


def _errors(
    reading: queries.Reading, page: str, data: Mapping[str, Any], strict: bool
) -> dict[str, list[Problem]]:
    """Problems by field. What is merely not yet filled in is not shouted about, unless asked."""
    found: dict[str, list[Problem]] = {}
    for problem in reading.on_page(page):
        if (
            strict
            or not problem.message.startswith(("还没有", "还差", "租赁场地还没有", "第"))
            or _given(problem, data)
        ):
            found.setdefault(problem.field, []).append(problem)
    return found


def _given(problem: Problem, data: Mapping[str, Any]) -> bool:
    if problem.field.startswith("row-"):
        _, number, field = problem.field.split("-", 2)
        rows = data.get("rows") or []
        return int(number) < len(rows) and bool(rows[int(number)].get(field))
    return bool(data.get(problem.field))


def _needed(slot: pages.Slot, reading: queries.Reading) -> bool | None:
    from tuoyu.institutions.rules.checks import needed

    return needed(slot, reading.facts)


def _shown_rows(data: Mapping[str, Any], page: pages.Page) -> list[dict[str, str]]:
    return list(data.get("rows") or []) or [dict.fromkeys((f.key for f in page.rows), "")]


def _streets(found: Application) -> list[tuple[str, str]]:
    return [
        (p.code, p.name) for p in jurisdictions.children_of(found.division_code[:6]) if p.level == "street"
    ]


def _promises(found: Application) -> tuple[str, ...]:
    keys = ("commitment.family_point", "commitment") if found.kind == Kind.FAMILY_POINT else ("commitment",)
    return policy.wording_at(queries.place_of(found), *keys)


def _previous(reading: queries.Reading, key: str) -> str:
    keys = [p.key for p in reading.form.pages]
    return keys[keys.index(key) - 1] if keys.index(key) else ""


def steps_of(found: Application, reading: queries.Reading, current: str) -> list[dict[str, Any]]:
    """The pages at the side, each with where it stands."""
    blocking: dict[str, int] = {}
    for problem in reading.blocking:
        blocking[problem.page] = blocking.get(problem.page, 0) + 1
    files = sum(paper.files for paper in reading.facts.papers.values())
    items: list[dict[str, Any]] = []
    whole = found.typed
    for page in reading.form.pages:
        visited = _visited(whole.get(page.key) or {}) or (page.key == pages.PAPERS.key and files > 0)
        left = blocking.get(page.key, 0)
        state = "current" if page.key == current else "done" if not left else "problem" if visited else "todo"
        items.append(
            {
                "label": page.label,
                "href": reverse("institutions:page", args=[found.pk, page.key])
                if found.is_editable
                else None,
                "state": state,
                "note": f"还差{left}项" if left and visited else "",
            }
        )
    review = "current" if current == pages.REVIEW.key else "todo"
    items.append({"label": pages.REVIEW.label, "href": reverse("institutions:review", args=[found.pk]),
                  "state": review, "note": "" if review == "current" else "最后一步"})  # fmt: skip
    return items


def _visited(data: Mapping[str, Any]) -> bool:
    return any(value for key, value in data.items() if key not in ("street", "name"))


def remarks_of(found: Application, page: str = "") -> dict[str, list[dict[str, Any]]]:
    """What departments said in the round that came back, by field (or "page.field" for all pages)."""
    if found.state != Application.State.MENDING or found.case is None:
        return {}
    rows = found.case.remarks.filter(round=found.case.round).select_related("step")
    said: dict[str, list[dict[str, Any]]] = {}
    for row in rows.filter(page=page) if page else rows:
        remark = {
            "text": row.text,
            "source": row.source,
            "department": department_name(row.step.department, row.step.division_code),
            "page": row.page,
            "field": row.field,
        }
        said.setdefault(row.field if page else f"{row.page}.{row.field}", []).append(remark)
    return said


# ---------------------------------------------------------------- review, submission, what follows


@never_cache
@require_http_methods(["GET", "POST"])
@access.permitted(VIEW_APPLICATION)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything at once: problems, capacity, conflicting standards, what was typed; then submit."""
    actor = access.actor_of(request)
    found = _application(actor, pk)
    refused: Refused | None = None
    if request.method == "POST":
        require(actor, EDIT_APPLICATION, found)
        try:
            actions.submit(by=actor, application=found)
            return redirect("institutions:handed_in", pk)
        except Refused as refusal:
            refused = refusal
    reading = queries.reading_of(found)
    context = {
        "application": found,
        "reading": reading,
        "problems": reading.problems if found.is_editable else (),
        "other": [p for p in refused.problems if p not in reading.problems] if refused else [],
        "remarks": [r for rows in remarks_of(found).values() for r in rows],
        "hrefs": {
            p.key: reverse("institutions:page", args=[pk, p.key]) + "?problems=1" for p in reading.form.pages
        },
        "names": {p.key: p.label for p in reading.form.pages},
        "capacity": reading.capacity if queries.shows_capacity(found) else None,
        "changes": stated.changes(found, reading.form),
        "conflicts": [] if found.is_after_filing else conflicts_of(reading),
        "said": queries.submission_of(found, reading, in_clear=True),
        "sections": sections_of(found, reading),
        "steps": steps_of(found, reading, pages.REVIEW.key),
        "fixed": fixed_of(found),
        **_before(request, found),
    }
    return render(request, "institutions/review.html", context, status=refused.status if refused else 200)


CONFLICT_NAMES = {
    "floor": "婴幼儿用房楼层",
    "video": "监控录像保存天数",
    "observation_room": "保健观察室面积",
    "registration.scope_words": "业务（经营）范围用语",
}


def conflicts_of(reading: queries.Reading) -> list[dict[str, Any]]:
    """Standards that contradict each other, side by side; the page does not choose."""
    found = []
    for key, name in CONFLICT_NAMES.items():
        rules = reading.book.group(key) or reading.book.all(key)
        if len({str(rule.value) for rule in rules}) > 1:
            found.append(
                {
                    "name": name,
                    "rules": [
                        {
                            "value": "、".join(map(str, r.value))
                            if isinstance(r.value, list | tuple)
                            else r.value,
                            "unit": getattr(r, "unit_name", ""),
                            "note": r.note,
                            "source": r.source,
                            "label": label_of(r) or "强制",
                        }
                        for r in rules
                    ],
                }
            )
    return found


def fixed_of(found: Application) -> list[tuple[str, str]]:
    """The choices an application began with."""
    alone = "只办备案（已经登记）" if found.files_alone else "登记和备案"
    matter = "备案（已有法人登记，不另行登记）" if found.kind in REGISTERED_ALREADY else alone
    if found.is_after_filing:
        year = [("年度", f"{found.year}年")] if found.year else []
        return [("申办事项", life.name_of(found)), *year]
    return [
        ("申办事项", matter),
        ("申办地", place_name(found.division_code)),
        ("机构类型", str(Kind(found.kind).label)),
        ("机构性质", str(Nature(found.nature).label)),
        ("组织形式", str(LegalForm(found.legal_form).label)),
    ]


def sections_of(found: Application, reading: queries.Reading) -> list[dict[str, Any]]:
    """What was typed, page by page, as pairs of label and words."""
    said = queries.submission_of(found, reading, in_clear=True)
    sections = []
    for page in reading.form.pages:
        items = [(f.label, said[page.key].get(f.key, "")) for f in page.fields]
        rows = queries.rows_typed(found, page)
        items += [(f"第{i + 1}{page.a_row}", stated.row_in_words(row, page)) for i, row in enumerate(rows)]
        if page.key == pages.PAPERS.key:
            items = [(s.label, said["papers"].get(s.key, "")) for s in reading.slots
                     if said["papers"].get(s.key) or _needed(s, reading)]  # fmt: skip
        sections.append({"key": page.key, "label": page.label, "entries": items})
    return sections


@require_GET
@access.permitted(VIEW_APPLICATION)
def handed_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of a submission: number, what comes next, and by when."""
    found = _application(access.actor_of(request), pk)
    if found.case is None:
        return redirect("institutions:review", pk)
    steps = [
        {
            "name": step.name,
            "department": department_name(step.department, step.division_code),
            "state": (state := stories.state_for_applicant({"state": step.state}, found.case.state)),
            "state_label": step.State(state).label,
            "due_on": step.due_on,
            "days": step.clock_days,
            "provisional": step.provisional,
            "stage": step.stage,
            "source": step.source,
        }
        for step in found.case.steps.all()
    ]
    context = {"application": found, "case": found.case, "case_steps": steps, "now": clock.now()}
    return render(request, "institutions/handed_in.html", context)


# ---------------------------------------------------------------- deleting a draft


@require_POST
@access.permitted(EDIT_APPLICATION)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft; it can be restored from the list."""
    actor = access.actor_of(request)
    actions.delete_draft(by=actor, application=_application(actor, pk))
    messages.success(request, "草稿已删除，可在本页下方恢复。")
    return redirect("institutions:applications")


@require_POST
@access.permitted(EDIT_APPLICATION)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Restore a deleted draft."""
    actor = access.actor_of(request)
    actions.restore_draft(by=actor, application=_application(actor, pk))
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
