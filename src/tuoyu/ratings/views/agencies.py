"""Agencies entrusted with scoring, and their assessors."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.names import place_name
from tuoyu.ratings import actions, queries
from tuoyu.ratings.forms import AgencyForm, AssessorForm
from tuoyu.ratings.models import Agency
from tuoyu.ratings.permissions import MANAGE_AGENCIES
from tuoyu.ratings.views.saying import flash, mark


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(MANAGE_AGENCIES)
def agencies(request: HttpRequest) -> HttpResponse:
    """The agencies entrusted in one's places; another is noted here."""
    actor = access.actor_of(request)
    form, status = AgencyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.add_agency(by=actor, **form.cleaned_data)
                messages.success(request, "已登记，请添加它的评估人员。")
                return redirect("ratings:agency", made.pk)
            except Refused as refused:
                status = refused.status
                mark(form, refused)
    page = page_of(queries.agencies(actor), request)
    rows = [{"agency": row, "place": place_name(row.division_code)} for row in page.rows]
    return render(request, "ratings/agencies.html", {"page": page, "rows": rows, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(MANAGE_AGENCIES)
def agency(request: HttpRequest, pk: int) -> HttpResponse:
    """An agency with its assessors; another is named here."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_AGENCIES, Agency.objects.all(), pk=pk)
    form, status = AssessorForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.name_assessor(by=actor, agency=found, username=form.cleaned_data["username"])
                messages.success(request, "已添加。")
                return redirect("ratings:agency", pk)
            except Refused as refused:
                status = refused.status
                mark(form, refused)
    context = {
        "found": found,
        "place": place_name(found.division_code),
        "assessors": list(found.assessors.select_related("user").order_by("ended_at", "pk")),
        "form": form,
    }
    return render(request, "ratings/agency.html", context, status=status)


@require_POST
@access.permitted(MANAGE_AGENCIES)
def end_agency(request: HttpRequest, pk: int) -> HttpResponse:
    """End the entrusting."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_AGENCIES, Agency.objects.all(), pk=pk)
    try:
        actions.end_agency(by=actor, agency=found, reason=request.POST.get("reason", ""))
        messages.success(request, "委托已终止。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:agency", pk)


@require_POST
@access.permitted(MANAGE_AGENCIES)
def let_assessor_go(request: HttpRequest, pk: int, assessor: int) -> HttpResponse:
    """Somebody scores for the agency no more."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_AGENCIES, Agency.objects.all(), pk=pk)
    one = found.assessors.select_related("agency").filter(pk=assessor).first()
    if one is None:
        raise Http404
    try:
        actions.let_assessor_go(by=actor, assessor=one)
        messages.success(request, "已移出。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:agency", pk)
