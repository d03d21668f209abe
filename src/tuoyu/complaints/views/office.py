"""The officers' pages: the list with its figures, what came by telephone, one complaint, who told it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.cases.models import Step
from tuoyu.complaints import actions, queries, rules
from tuoyu.complaints.forms import ExtensionForm, HandOverForm, RecordForm
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.permissions import EXTEND, RECORD, REVEAL, VIEW, VIEW_PART
from tuoyu.complaints.views.public import begun, given_by, mark, number_in, received_context, wrong_in
from tuoyu.complaints.vocabulary import ComplaintKind, Satisfaction, Stage
from tuoyu.core import access, audit, clock, uploads
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_INSTITUTION

STAGES = [*Stage.choices, ("overdue", "超期")]


@require_GET
@access.permitted(VIEW)
@never_cache
def complaint_list(request: HttpRequest) -> HttpResponse:
    """The complaints one may see, and their figures."""
    actor = access.actor_of(request)
    names = ("stage", "kind", "text", "satisfaction")
    asked = {key: request.GET.get(key, "").replace("\x00", "")[:60] for key in names}
    page = page_of(queries.complaints(actor, **asked), request)
    context = {
        "page": page,
        "rows": [queries.shown(row) for row in page.rows],
        "asked": asked,
        "stages": STAGES,
        "kinds": ComplaintKind.choices,
        "satisfactions": Satisfaction.choices,
        "figures": queries.figures(actor),
        "may_record": can(actor, RECORD),
    }
    return render(request, "complaints/list.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(RECORD)
@never_cache
def record(request: HttpRequest) -> HttpResponse:
    """Write down what reached the office by telephone, letter, hotline or another office."""
    actor = access.actor_of(request)
    if request.method == "GET":
        form = RecordForm(initial=begun(request) | {"received_on": clock.today()})
        return _record_page(request, form)
    form, files = RecordForm(request.POST), request.FILES.getlist("files")
    if not form.is_valid():
        return _record_page(request, form, wrong_in(form, files, public=False), status=422)
    try:
        receipt = actions.record(by=actor, given=given_by(form), files=files)
    except Refused as refusal:
        mark(form, refusal)
        return _record_page(request, form, refusal.problems, refusal.status)
    context = received_context(receipt, office=True)
    return render(request, "complaints/received.html", context | {"frame": "project/console.html"})


def _record_page(
    request: HttpRequest, form: RecordForm, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    seen = visible_to(access.actor_of(request), VIEW_INSTITUTION, Institution.objects.all())
    typed = number_in(form["institution"].value())
    chosen = None if typed is None else seen.filter(pk=typed).first()
    asked = request.GET.get("q", "")[:60]
    context = {
        "form": form,
        "chosen": chosen,
        "asked": asked,
        "found": queries.found(asked),
        "counties": queries.counties(),
        "problems": problems or [],
        "files_wrong": [p.message for p in problems or [] if p.field in ("file", "files")],
        "most_files": rules.MOST_FILES,
    }
    return render(request, "complaints/record.html", context, status=status)


@require_GET
@access.permitted(VIEW)
@never_cache
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    """One complaint; that a restricted one was read is written down."""
    return _page(request, number)


def _found(request: HttpRequest, number: str) -> Complaint:
    found = queries.record(access.actor_of(request), number.replace("\x00", "")[:32])
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    number: str,
    reporter: tuple[str, str] | None = None,
    form: HandOverForm | None = None,
    longer: ExtensionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, found = access.actor_of(request), _found(request, number)
    step = next((one for one in queries.steps_of(found) if one.state == Step.State.ACTIVE), None)
    hands_over = step is not None and step.kind == Step.Kind.HANDLING and not found.case.restricted
    context: dict[str, Any] = {
        "m": queries.material(actor, found) | {"reporter": reporter},
        "progress": queries.progress(found),
        "step": step,
        "hand_over_form": (form or HandOverForm(place=found.division_code)) if hands_over else None,
        "may_extend": queries.may_extend(found, step),
        "extension_form": longer or ExtensionForm(),
    }
    return render(request, "complaints/complaint.html", context, status=status)


@require_POST
@access.permitted(REVEAL)
@never_cache
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """Name and telephone of whoever told it, once, for a reason that is written down."""
    found = _found(request, number)
    told = actions.reveal_reporter(
        by=access.actor_of(request), complaint=found, reason=request.POST.get("reason", "")[:500]
    )
    return _page(request, number, reporter=told)


@require_POST
@access.permitted(VIEW)
def department(request: HttpRequest, number: str) -> HttpResponse:
    """Give the handling to another department."""
    found = _found(request, number)
    form = HandOverForm(request.POST, place=found.division_code)
    if not form.is_valid():
        return _page(request, number, form=form, status=422)
    actions.hand_over(by=access.actor_of(request), complaint=found, **form.cleaned_data)
    messages.success(request, "已转办，时限接着计算。")
    return redirect("complaints:list")


@require_POST
@access.permitted(EXTEND)
@never_cache
def extension(request: HttpRequest, number: str) -> HttpResponse:
    """Make the days of handling longer."""
    found = _found(request, number)
    rule = queries.extension_rule(found)
    form = ExtensionForm(request.POST, most=int(rule.value) if rule else None)
    status = 422
    if form.is_valid():
        try:
            made = actions.extend(by=access.actor_of(request), complaint=found, **form.cleaned_data)
            messages.success(request, f"已延长到 {made.due_on}，提出人查询时会看到理由。")
            return redirect("complaints:complaint", found.case.number)
        except Refused as refused:
            status = refused.status
            for one in refused.problems:
                form.add_error(one.field if one.field in form.fields else None, one.message + one.fix)
    return _page(request, number, longer=form, status=status)


@require_GET
@access.permitted(VIEW_PART)
@never_cache
def of_institution(request: HttpRequest, pk: int) -> HttpResponse:
    """What was told of an institution, as far as one acts on it."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_PART, pk)
    rows = queries.of_institution(actor, pk)
    if rows is None:
        raise Http404
    page = page_of(rows, request)
    context = {**opened.shown("complaints"), "page": page, "rows": [queries.shown(row) for row in page.rows]}
    return render(request, "complaints/of_institution.html", context)


@require_GET
@access.permitted(VIEW)
def attachment(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """One file that came with it."""
    found = _found(request, number)
    one = found.attachments.select_related("file").filter(pk=pk).first()
    if one is None:
        raise Http404
    audit.read(access.actor_of(request), found, ["attachment"], topic=found.case.topic)
    return uploads.stream(one.file, inline=True)
