"""Everything of an application at once; handing it in, and the receipt of that."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuoyu.cases import stories
from tuoyu.core import access, clock
from tuoyu.core.permissions import require
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, life, pages, queries, stated
from tuoyu.institutions.models import Application
from tuoyu.institutions.permissions import EDIT_APPLICATION, VIEW_APPLICATION
from tuoyu.institutions.rules.book import label_of
from tuoyu.institutions.views.application_page import (
    application_of,
    is_needed,
    known_before,
    remarks_of,
    steps_of,
)
from tuoyu.institutions.vocabulary import (
    REGISTERED_ALREADY,
    Kind,
    LegalForm,
    Nature,
)
from tuoyu.jurisdictions.names import department_name, place_name


@never_cache
@require_http_methods(["GET", "POST"])
@access.permitted(VIEW_APPLICATION)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything at once: problems, capacity, conflicting standards, what was typed; then submit."""
    actor = access.actor_of(request)
    found = application_of(actor, pk)
    refused: Refused | None = None
    if request.method == "POST":
        require(actor, EDIT_APPLICATION, found)
        try:
            actions.submit(by=actor, application=found)
            return redirect("institutions:handed_in", pk)
        except Refused as refusal:
            refused = refusal
    queries.keep_files(found)
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
        **known_before(request, found),
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
                     if said["papers"].get(s.key) or is_needed(s, reading)]  # fmt: skip
        sections.append({"key": page.key, "label": page.label, "entries": items})
    return sections


@require_GET
@access.permitted(VIEW_APPLICATION)
def handed_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of a submission: number, what comes next, and by when."""
    found = application_of(access.actor_of(request), pk)
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
