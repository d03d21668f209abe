"""Bars to employment: recorded, read by those who answer for them, corrected; who must be let go now.

There is no page that answers whether somebody is barred: only handing in a hire does.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.core.problems import Refused
from tuoyu.core.reaches import of_health
from tuoyu.workforce import actions, bar_queries, barring
from tuoyu.workforce.forms.bars import BarForm, CorrectionForm
from tuoyu.workforce.models import Bar, RecordCheck
from tuoyu.workforce.permissions import (
    CORRECT_RECORD_CHECK,
    RECORD_BAR,
    VIEW_BAR_ALERTS,
    VIEW_BARS,
)
from tuoyu.workforce.vocabulary import BarKind, CheckResult, CorrectionGround

STATES = [("holds", "有效"), ("corrected", "已更正")]


@require_GET
@access.permitted(VIEW_BARS)
@never_cache
def bars(request: HttpRequest) -> HttpResponse:
    """The bars recorded in one's places, masked."""
    actor = access.actor_of(request)
    asked = {key: request.GET.get(key, "")[:20] for key in ("kind", "state")}
    page = page_of(bar_queries.bars(actor, **asked), request)
    context = {
        "page": page,
        "rows": [bar_queries.shown(bar) for bar in page.rows],
        "asked": asked,
        "kinds": BarKind.choices,
        "states": STATES,
        "may_record": can(actor, RECORD_BAR),
        "may_correct_checks": can(actor, CORRECT_RECORD_CHECK),
    }
    return render(request, "workforce/bars.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(RECORD_BAR)
@never_cache
def record_bar(request: HttpRequest) -> HttpResponse:
    """State a bar with the decision it rests on."""
    actor = access.actor_of(request)
    form = BarForm(request.POST or None)
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                bar = actions.record_bar(by=actor, given=form.given())
                messages.success(request, _told(bar))
                return (
                    redirect("workforce:bar", bar.pk)
                    if can(actor, VIEW_BARS, bar)
                    else redirect(request.path)
                )
            except Refused as found:
                refusal, status = found, found.status
                _mark(form, found)
    place = next((seat.division_code for seat in actor.seats if of_health(seat)), "")
    context = {
        "form": form,
        "sources": barring.sources_at(place),
        "problems": refusal.problems if refusal else [],
        "may_view": can(actor, VIEW_BARS),
    }
    return render(request, "workforce/record_bar.html", context, status=status)


def _told(bar: Bar) -> str:
    told = bar.alerts.count()
    told_of = f"已通知{told}处聘用此人的机构及当地卫生健康部门。" if told else "目前没有机构登记聘用此人。"
    return f"已记录，从现在起任何机构都不能录用此人。{told_of}"


def _mark(form: forms.Form, refusal: Refused) -> None:
    """Show each problem beside the field it is about."""
    for problem in refusal.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)


@require_GET
@access.permitted(VIEW_BARS)
@never_cache
def bar(request: HttpRequest, pk: int) -> HttpResponse:
    """One bar, and what was done about it."""
    return _bar_page(request, _visible_bar(request, pk), CorrectionForm())


def _visible_bar(request: HttpRequest, pk: int) -> Bar:
    return get_visible(access.actor_of(request), VIEW_BARS, Bar.objects.select_related("correction"), pk=pk)


def _bar_page(request: HttpRequest, found: Bar, form: CorrectionForm, status: int = 200) -> HttpResponse:
    actor = access.actor_of(request)
    context = {
        "row": bar_queries.shown(found),
        "story": bar_queries.story(found),
        "form": form,
        "may_correct": bar_queries.may_correct(actor, found),
        "own": found.recorded_by == actor.user_id,
        "grounds": CorrectionGround.choices,
    }
    return render(request, "workforce/bar.html", context, status=status)


@require_POST
@access.permitted(VIEW_BARS)
def correct_bar(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a bar should not have been recorded."""
    found = _visible_bar(request, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _bar_page(request, found, form, status=422)
    actions.correct_bar(by=access.actor_of(request), bar=found, **form.cleaned_data)
    messages.success(request, "已更正，此记录不再限制从业；原记录和更正理由一并保留。")
    return redirect("workforce:bar", pk)


@require_GET
@access.permitted(CORRECT_RECORD_CHECK)
@never_cache
def record_check_hits(request: HttpRequest) -> HttpResponse:
    """What institutions were told: that there is a record."""
    page = page_of(bar_queries.hits(access.actor_of(request)), request)
    rows = [bar_queries.hit_shown(check) for check in page.rows]
    context: dict[str, Any] = {"page": page, "rows": rows, "grounds": CorrectionGround.choices}
    return render(request, "workforce/record_check_hits.html", context)


@require_POST
@access.permitted(CORRECT_RECORD_CHECK)
def correct_record_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that such an answer does not hold."""
    actor = access.actor_of(request)
    rows = RecordCheck.objects.filter(result=CheckResult.HIT)
    found = get_visible(actor, CORRECT_RECORD_CHECK, rows, pk=pk)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        actions.correct_record_check(by=actor, record_check=found, **form.cleaned_data)
        messages.success(request, "已更正，这次查询结果不再限制从业。")
    else:
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
    return redirect("workforce:record_check_hits")


@require_GET
@access.permitted(VIEW_BAR_ALERTS)
@never_cache
def bar_alerts(request: HttpRequest) -> HttpResponse:
    """Who is barred and still employed, and must be let go."""
    actor = access.actor_of(request)
    page = page_of(bar_queries.alerts(actor), request)
    rows = [bar_queries.alert_shown(alert) for alert in page.rows]
    return render(request, "workforce/bar_alerts.html", {"page": page, "rows": rows})
