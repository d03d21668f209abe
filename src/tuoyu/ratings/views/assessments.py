"""Assessments as the office and the institution see them, from the beginning to the result."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.models import AuditEvent
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions.names import place_name
from tuoyu.ratings import actions, policy, queries, rules, stories
from tuoyu.ratings.forms import BeginForm
from tuoyu.ratings.models import Assessment
from tuoyu.ratings.permissions import (
    ASSESS_SELF,
    BEGIN_ASSESSMENT,
    CONDUCT,
    MANAGE_AGENCIES,
    VIEW_ASSESSMENTS,
    VIEW_PART,
    WITHDRAW_RESULT,
)
from tuoyu.ratings.views.saying import flash, mark
from tuoyu.ratings.vocabulary import OVERDUE, UNDER_WAY, Side, State

WITH_ALL = ("institution", "tree", "agency", "case")


@require_GET
@access.permitted(VIEW_ASSESSMENTS)
def assessments(request: HttpRequest) -> HttpResponse:
    """The assessments of one's places or institution, and how many institutions wait for this year's."""
    actor = access.actor_of(request)
    asked = {key: request.GET.get(key, "")[:16] for key in ("year", "state")}
    page = page_of(queries.assessments(actor, **asked), request)
    this = clock.today().year
    waits = queries.not_assessed(actor, this).values("id", "name")
    waiting = list(waits[:101]) if can(actor, BEGIN_ASSESSMENT) else []
    context = {
        "page": page,
        "rows": [
            {"one": row, "place": place_name(row.division_code), "due_on": queries.due_on(row)}
            for row in page.rows
        ],
        "asked": asked,
        "states": [*State.choices, (OVERDUE, "逾期")],
        "years": [(str(year), f"{year}年") for year in range(this, this - 5, -1)],
        "this": this,
        "waiting": len(waiting),
        "first_waiting": waiting[:5],
        "may_manage": can(actor, MANAGE_AGENCIES),
    }
    return render(request, "ratings/assessments.html", context)


@require_GET
@access.permitted(BEGIN_ASSESSMENT)
def gaps(request: HttpRequest) -> HttpResponse:
    """The institutions of which a year still lacks a result, and how many there are."""
    actor, this = access.actor_of(request), clock.today().year
    asked = request.GET.get("year", "")
    year = int(asked) if asked in (str(this), str(this - 1)) else this
    page = page_of(queries.gaps(actor, year), request)
    context = {
        "page": page,
        "rows": [queries.gap_in_words(row) for row in page.rows],
        "figures": queries.year_figures(actor, year),
        "year": year,
        "years": [(str(one), f"{one}年") for one in (this, this - 1)],
    }
    return render(request, "ratings/gaps.html", context)


@require_GET
@access.permitted(VIEW_PART)
def of_institution(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is of an institution's assessments."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_PART, pk, BEGIN_ASSESSMENT)
    rows = queries.of_institution(actor, pk)
    if rows is None:
        raise Http404
    found = opened.institution
    page = page_of(rows, request)
    note = queries.tree_note(found.division_code, queries.tree_at(found.division_code, clock.today()))
    context = {
        **opened.shown("ratings"),
        "page": page,
        "note": note,
        "may_begin": BEGIN_ASSESSMENT.key in opened.may and not note and found.is_shown,
        "yearly": policy.rule_at(found.division_code, "per_year"),
    }
    return render(request, "ratings/of_institution.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(BEGIN_ASSESSMENT)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the assessment of an institution."""
    actor = access.actor_of(request)
    found = get_visible(actor, BEGIN_ASSESSMENT, Institution.objects.all(), pk=pk)
    known = queries.agencies_for(found.division_code)
    form, status = BeginForm(request.POST or None, agencies=known), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.begin(by=actor, institution=found, **form.cleaned_data)
                messages.success(request, f"已发起，机构应在 {made.self_due_on} 前完成自评。")
                return redirect("ratings:assessment", made.pk)
            except Refused as refused:
                status = refused.status
                mark(form, refused)
    tree = queries.tree_at(found.division_code, clock.today())
    context = {
        "institution": found,
        "form": form,
        "tree": tree,
        "note": queries.tree_note(found.division_code, tree),
        "has_agencies": known.exists(),
    }
    return render(request, "ratings/begin.html", context, status=status)


@require_GET
@access.permitted(VIEW_ASSESSMENTS)
@never_cache
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment: where it stands, both sides item by item, what may be done now."""
    actor = access.actor_of(request)
    found, may = queries.opened_with_all(actor, pk, CONDUCT, ASSESS_SELF, WITHDRAW_RESULT)
    office = ASSESS_SELF.key not in may
    return render(request, "ratings/assessment.html", _context(found, may, office=office))


def _context(found: Assessment, may: frozenset[str], *, office: bool) -> dict[str, Any]:
    tree = found.tree.tree
    handed = queries.told_of(found, Side.SELF)
    own = handed or ({} if office else queries.scores_of(found, Side.SELF))
    expert = queries.expert_of(found, office=office)
    objections = list(found.objections.all())
    state = found.state
    conducts, is_head = CONDUCT.key in may, not office
    open_now = any(one.answered_at is None for one in objections)
    told = state == State.TOLD
    events = AuditEvent.objects.filter(topic=found.topic).order_by("pk")
    return {
        "found": found,
        "place": place_name(found.division_code),
        "chapters": queries.compared(tree.chapters, own, expert, vars(found)["shown"]),
        "own": rules.result_of(tree, own),
        "result": rules.result_of(tree, expert) if expert else None,
        "vetoed": [tree.item(code) for code in found.vetoed],
        "objections": objections,
        "office": office,
        "may_tell": conducts and state == State.CHECKING,
        "may_answer": conducts and told and open_now,
        "may_call_off": conducts and state in UNDER_WAY,
        "may_withdraw": WITHDRAW_RESULT.key in may and state == State.PUBLISHED,
        "may_fill": is_head and state == State.SELF,
        "may_object": is_head and told and not found.accepted_at and not open_now
        and found.objection_until is not None and found.objection_until >= clock.today(),
        "story": stories.story(events, office=office),
    }  # fmt: skip


@require_POST
@access.permitted(CONDUCT)
def conduct(request: HttpRequest, pk: int) -> HttpResponse:
    """What the office does with an assessment: tell, send back, answer an objection, call off."""
    actor = access.actor_of(request)
    found = get_visible(actor, CONDUCT, Assessment.objects.all(), pk=pk)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        if act == "tell":
            held = actions.tell_result(by=actor, assessment=found)
            said = f"已告知机构，{held.objection_until} 前可以提出异议。"
        elif act == "send_back":
            actions.send_back(by=actor, assessment=found, reason=reason)
            said = "已退回评估机构重新评分。"
        elif act in ("upheld", "rejected"):
            actions.answer_objection(by=actor, assessment=found, upheld=act == "upheld", answer=reason)
            said = "已答复机构。"
        elif act == "call_off":
            actions.call_off(by=actor, assessment=found, reason=reason)
            said = "评估已终止。"
        else:
            raise Refused("没有这样的操作，请重新选择。")
        messages.success(request, said)
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:assessment", pk)


@require_POST
@access.permitted(ASSESS_SELF)
def respond(request: HttpRequest, pk: int) -> HttpResponse:
    """What the institution says to the result: nothing against it, or an objection."""
    actor = access.actor_of(request)
    found = get_visible(actor, ASSESS_SELF, Assessment.objects.all(), pk=pk)
    try:
        if request.POST.get("act") == "accept":
            actions.accept(by=actor, assessment=found)
            messages.success(request, "已确认没有异议，卫生健康部门将继续审核。")
        else:
            actions.object_to(by=actor, assessment=found, text=request.POST.get("reason", ""))
            messages.success(request, "异议已提出，卫生健康部门会答复您。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:assessment", pk)


@require_POST
@access.permitted(WITHDRAW_RESULT)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published result back."""
    actor = access.actor_of(request)
    found = get_visible(actor, WITHDRAW_RESULT, Assessment.objects.all(), pk=pk)
    try:
        actions.withdraw_result(by=actor, assessment=found, reason=request.POST.get("reason", ""))
        messages.success(request, "已撤下，原结果和理由一并保留。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:assessment", pk)


def visible_or_404(request: HttpRequest, pk: int, permission: Any) -> Assessment:
    """An assessment with all that a page shows, as far as `permission` reaches."""
    rows = visible_to(access.actor_of(request), permission, Assessment.objects.select_related(*WITH_ALL))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
