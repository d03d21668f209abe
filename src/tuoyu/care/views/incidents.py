"""Incidents: reported, listed, read, answered for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.care import actions, queries
from tuoyu.care.forms import IncidentForm
from tuoyu.care.models import Incident
from tuoyu.care.permissions import ANSWER_INCIDENT, REPORT_INCIDENT, VIEW_INCIDENT
from tuoyu.care.vocabulary import Severity
from tuoyu.cases.models import Case
from tuoyu.cases.permissions import VIEW
from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts


@require_GET
@access.permitted(VIEW_INCIDENT)
@never_cache
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents within reach."""
    actor = access.actor_of(request)
    severity = request.GET.get("severity", "")
    severity = severity if severity in Severity.values else ""
    page = page_of(queries.incidents(actor, severity=severity), request)
    context = {"page": page, "rows": page.rows, "severity": severity, "severities": Severity.choices}
    return render(request, "care/incidents.html", context)


@require_GET
@access.permitted(VIEW_INCIDENT)
@never_cache
def institution_incidents(request: HttpRequest, pk: int) -> HttpResponse:
    """The incidents at one institution."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, REPORT_INCIDENT, pk)
    page = page_of(queries.incidents(actor, institution_id=pk), request)
    context = {**opened.shown("incidents"), "page": page, "rows": page.rows}
    return render(request, "care/institution_incidents.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(REPORT_INCIDENT)
@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report an incident at an institution."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, REPORT_INCIDENT, pk)
    found = opened.institution
    rooms = queries.rooms_of(found, clock.today())
    form = IncidentForm(rooms, request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.report_incident(by=actor, institution=found, given=form.given())
            followed = "已立案，由卫生健康部门追究责任。" if made.case else "卫生健康部门可以看到。"
            messages.success(request, f"已报告。{followed}")
            return redirect("care:incident", made.pk)
        except Refused as refusal:
            status = refusal.status
            for problem in refusal.problems:
                field = problem.field if problem.field in form.fields else None
                form.add_error(field, f"{problem.message}{problem.fix}")
    context = {
        **opened.shown("incidents"),
        "form": form,
        "rule": queries.report_hours(found.division_code),
    }
    return render(request, "care/report_incident.html", context, status=status)


@require_GET
@access.permitted(VIEW_INCIDENT)
@never_cache
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident, and where its case stands."""
    actor = access.actor_of(request)
    rows = Incident.objects.select_related("institution", "class_group", "case")
    found = get_visible(actor, VIEW_INCIDENT, rows, pk=pk)
    case = found.case
    asked = case is not None and case.state == Case.State.RETURNED
    context = {
        **parts.opened(actor, REPORT_INCIDENT, found.institution_id).shown("incidents"),
        "incident": found,
        "case": case,
        "opens_case": case is not None and can(actor, VIEW, case),
        "asked": list(case.remarks.filter(round=case.round)) if case is not None and asked else [],
        "answers": list(case.submissions.order_by("round")) if case is not None else [],
        "may_answer": asked and can(actor, ANSWER_INCIDENT, found),
    }
    return render(request, "care/incident.html", context)


@require_POST
@access.permitted(ANSWER_INCIDENT)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The institution answers for an incident."""
    actor = access.actor_of(request)
    rows = Incident.objects.select_related("institution", "case")
    found = get_visible(actor, ANSWER_INCIDENT, rows, pk=pk)
    try:
        actions.answer_incident(by=actor, incident=found, text=request.POST.get("text", ""))
        messages.success(request, "说明已提交，有关部门继续办理。")
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("care:incident", pk)
