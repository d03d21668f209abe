"""Inspections at a desk: the list, one with its result, those of an institution, what is public."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuoyu.core import access, clock, paging, uploads
from tuoyu.core import queries as story
from tuoyu.core.actor import Actor
from tuoyu.core.along import bringing, brought
from tuoyu.core.permissions import can, get_visible, opened
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import place_name
from tuoyu.supervision import actions, clocks, visits
from tuoyu.supervision.forms import CorrectionForm, ResultForm
from tuoyu.supervision.models import Evidence, Inspection
from tuoyu.supervision.permissions import (
    CONFIRM,
    CORRECT,
    INSPECT,
    PUBLISH,
    VIEW_AT,
    VIEW_INSPECTION,
    VIEW_NOTICE,
)
from tuoyu.supervision.vocabulary import InspectionState, Result, Verdict

STATES = [("open", "待检查和检查中"), *InspectionState.choices]
TOLD = {
    "inspection.scheduled": "列入检查",
    "inspection.begun": "开始检查",
    "visit.received": "送达检查记录",
    "evidence.received": "送达照片",
    "inspection.part_done": "部门检查完成",
    "inspection.confirmed": "确认结果",
    "inspection.published": "公布结果",
    "inspection.corrected": "变更结果",
}


@require_GET
@access.permitted(VIEW_INSPECTION)
def inspections(request: HttpRequest) -> HttpResponse:
    """The inspections one may see; an inspector's own first."""
    actor = access.actor_of(request)
    mine = request.GET.get("mine", "1" if can(actor, INSPECT) else "") == "1"
    state, text = request.GET.get("state", "")[:16], request.GET.get("text", "")[:100]
    page = paging.page_of(visits.inspections(actor, mine=mine, state=state, text=text), request)
    context = {
        "page": page,
        "rows": [visits.in_words(row) for row in page.rows],
        "mine": mine,
        "state": state,
        "text": text,
        "states": STATES,
        "inspects": can(actor, INSPECT),
        "today": clock.today(),
    }
    return render(request, "supervision/inspections.html", context)


def _seen(request: HttpRequest, pk: int) -> Inspection:
    return get_visible(access.actor_of(request), VIEW_INSPECTION, Inspection.objects.all(), pk=pk)


@require_GET
@access.permitted(VIEW_INSPECTION)
@never_cache
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspection: what is asked, what was found, what the result waits for."""
    return _shown(request, pk)


def _shown(
    request: HttpRequest, pk: int, problems: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    actor, rows = access.actor_of(request), visits.whole(Inspection.objects.all())
    found, may = opened(actor, VIEW_INSPECTION, rows, INSPECT, CONFIRM, PUBLISH, CORRECT, pk=pk)
    visit = visits.visit_of(found)
    due = clocks.publish_due(found.division_code, clock.today())
    context = {
        "inspection": found,
        "visit": visit,
        "told": visits.told(found),
        "sections": _sections(visit),
        "divided": [
            {"name": visits.office_of(one.department, one.division_code), "part": one}
            for one in found.parts.all()
        ],
        "signatures": [
            (one.user.name if one else "被检查机构", visit.signature_of(one))
            for one in (*visit.assignments, None)
        ],
        "photos": visit.evidence,
        "waits_for": visits.unready(visit) if found.state == InspectionState.UNDERWAY else [],
        "results": [(one.value, one.label) for one in visit.results],
        "all_results": Result.choices,
        "result": visits.result_of(found),
        "may": may,
        "problems": problems or [],
        "would_be_due": due,
        "story": _story(found),
        "today": clock.today(),
    }
    return render(request, "supervision/inspection.html", context, status=status)


def _sections(visit: visits.Visit) -> list[tuple[str, list[dict[str, Any]], int]]:
    """The items as a desk reads them, by section, each with its answer and what else was answered there; and
    how many of the section are more than a plain yes, for which alone it stands open."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for item in visit.items:
        answer = visit.answers.get(item["key"])
        row = {
            "item": item,
            "answer": answer,
            "verdict": str(Verdict(answer.verdict).label) if answer else "",
            "conflict": item["key"] in visit.conflicts,
            "earlier": [one for one in visit.given.get(item["key"], []) if one != answer],
            "office": visits.office_of(item["department"], visit.inspection.division_code),
            "photos": [one for one in visit.evidence if one.item == item["key"]],
        }
        sections.setdefault(item["section"], []).append(row)
    return [(name, rows, sum(_is_noted(row) for row in rows)) for name, rows in sections.items()]


def _is_noted(row: dict[str, Any]) -> bool:
    """Whether an item is worth a look: a defect, two answers, a note, a photograph."""
    answer = row["answer"]
    said = answer is not None and (answer.verdict == Verdict.DEFECT or bool(answer.note))
    return said or row["conflict"] or bool(row["photos"])


def _story(found: Inspection) -> list[dict[str, Any]]:
    return [
        {
            "text": TOLD.get(event["verb"], event["verb"]),
            "at": event["at"],
            "who": event["actor_label"],
            "note": event["note"],
        }
        for event in story.timeline(found.topic)
        if event["verb"] in TOLD
    ]


@require_POST
@access.permitted(CONFIRM)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the one result."""
    found, form = _seen(request, pk), ResultForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, ["请选择检查结果。"], 422)
    try:
        actions.confirm(
            by=access.actor_of(request), inspection=found, result=Result(form.cleaned_data["result"])
        )
    except Refused as refusal:
        return _shown(request, pk, refusal.problems, refusal.status)
    messages.success(request, "检查结果已确认，机构已收到通知。")
    return redirect("supervision:inspection", pk)


@require_POST
@access.permitted(PUBLISH)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the result to everybody."""
    found = _seen(request, pk)
    try:
        actions.publish(by=access.actor_of(request), inspection=found)
    except Refused as refusal:
        return _shown(request, pk, refusal.problems, refusal.status)
    messages.success(request, "检查结果已公布。")
    return redirect("supervision:inspection", pk)


@require_POST
@access.permitted(CORRECT)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a confirmed result."""
    found, form = _seen(request, pk), CorrectionForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, [e for errors in form.errors.values() for e in errors], 422)
    given = form.cleaned_data
    try:
        actions.correct(
            by=access.actor_of(request),
            inspection=found,
            result=Result(given["result"]),
            reason=given["reason"],
            decided_on=given["decided_on"],
        )
    except Refused as refusal:
        return _shown(request, pk, refusal.problems, refusal.status)
    messages.success(request, "检查结果已变更，原结果已撤回并说明理由。")
    return redirect("supervision:inspection", pk)


@require_GET
@access.permitted(VIEW_INSPECTION)
@never_cache
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One photograph."""
    found = Evidence.objects.select_related("file", "part__inspection").filter(pk=pk).first()
    if found is None or not can(access.actor_of(request), VIEW_INSPECTION, found.part.inspection):
        raise Http404
    return uploads.stream(found.file, inline=True)


# ---------------------------------------------------------------- the institution, the nursery, the public


@require_GET
@access.permitted(VIEW_AT)
@never_cache
def institution_inspections(request: HttpRequest, pk: int) -> HttpResponse:
    """The inspections of one institution: an office sees those of its places, a nursery what has begun."""
    actor = access.actor_of(request)
    part = parts.opened(actor, VIEW_AT, pk)
    rows = [one | {"opens": _opens(actor)} for one in visits.at_institution(actor, pk)]
    return render(
        request,
        "supervision/institution_inspections.html",
        {**part.shown("inspections"), "rows": rows},
    )


def _opens(actor: Actor) -> str:
    return "supervision:inspection" if can(actor, VIEW_INSPECTION) else "supervision:notice"


@require_GET
@access.permitted(VIEW_NOTICE)
@never_cache
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """What the nursery reads of an inspection: that it began, its result, its findings."""
    rows = bringing(Inspection.objects.select_related("institution"), *visits.TOLD)
    found = brought(get_visible(access.actor_of(request), VIEW_NOTICE, rows, pk=pk), *visits.TOLD)
    return render(request, "supervision/notice.html", {"told": visits.told(found)})


@require_GET
@access.public("what was published is public")
def results(request: HttpRequest) -> HttpResponse:
    """Published results of inspections, by place or of one nursery."""
    place = request.GET.get("place", "")
    place = place if place in places() else ""
    given = request.GET.get("institution", "")
    institution = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
    page = paging.page_of(visits.results(place=place, institution=institution), request)
    context = {
        "page": page,
        "rows": [visits.published(one) for one in page.rows],
        "place": place,
        "here": place_name(place) if place else "",
        "places": [(pack.code, pack.name) for pack in jurisdictions.jurisdictions()],
        "institution": institution,
    }
    return render(request, "supervision/results.html", context)
