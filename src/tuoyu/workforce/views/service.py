"""Time that medical staff serve at nurseries: entered by the nursery, confirmed by health, certified."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, audit, uploads
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts
from tuoyu.workforce import actions, service
from tuoyu.workforce.forms.service import ServiceForm
from tuoyu.workforce.models import Employment, ServicePeriod
from tuoyu.workforce.permissions import CONFIRM_SERVICE, ENTER_SERVICE, VIEW_SERVICE
from tuoyu.workforce.vocabulary import ServiceState


@require_http_methods(["GET", "POST"])
@access.permitted(VIEW_SERVICE)
@never_cache
def institution_service(request: HttpRequest, pk: int) -> HttpResponse:
    """The service at one institution; its head enters a period here."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_SERVICE, pk, ENTER_SERVICE)
    found = opened.institution
    staff = {one.pk: one for one in service.medical_staff(found)}
    people = [(key, f"{one.name or one.person.name}，{one.get_post_display()}") for key, one in staff.items()]
    form = ServiceForm(people, request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            chosen = staff[form.cleaned_data["employment"]]
            actions.enter_service(by=actor, employment=chosen, given=form.given())
            messages.success(request, "已登记，等待卫生健康部门确认。")
            return redirect("workforce:institution_service", pk)
        except Refused as refusal:
            status = refusal.status
            for problem in refusal.problems:
                field = problem.field if problem.field in form.fields else None
                form.add_error(field, f"{problem.message}{problem.fix}")
    rows = [service.shown(p) for p in service.periods(actor).filter(employment__institution=found)[:200]]
    context = {
        **opened.shown("service"),
        "rows": rows,
        "rule": service.rule_at(found.division_code),
        "form": form,
        "people": people,
        "may_enter": ENTER_SERVICE.key in opened.may,
        "may_decide": can(actor, CONFIRM_SERVICE),
        "to_certify": _to_certify(rows),
    }
    return render(request, "workforce/institution_service.html", context, status=status)


def _to_certify(rows: list[dict[str, object]]) -> dict[object, object]:
    """Who has hours that were confirmed and not certified, by employment."""
    return {
        row["employment_id"]: row["name"]
        for row in rows
        if row["state"] == ServiceState.CONFIRMED and row["certificate_id"] is None
    }


@require_GET
@access.permitted(VIEW_SERVICE)
@never_cache
def service_periods(request: HttpRequest) -> HttpResponse:
    """The service at the institutions of one's places."""
    actor = access.actor_of(request)
    state = request.GET.get("state", "")[:16]
    page = page_of(service.periods(actor, state=state), request)
    context = {
        "page": page,
        "rows": [service.shown(period) for period in page.rows],
        "state": state,
        "states": ServiceState.choices,
        "may_decide": can(actor, CONFIRM_SERVICE),
    }
    return render(request, "workforce/service_periods.html", context)


@require_POST
@access.permitted(CONFIRM_SERVICE)
def decide_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a period, or say why not."""
    actor = access.actor_of(request)
    rows = ServicePeriod.objects.select_related("employment__institution")
    found = get_visible(actor, CONFIRM_SERVICE, rows, pk=pk)
    confirmed = request.POST.get("decision") == "confirm"
    try:
        actions.decide_service(
            by=actor, period=found, confirmed=confirmed, reason=request.POST.get("reason", "")
        )
        messages.success(request, "已确认。" if confirmed else "已退回，机构可以重新登记。")
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("workforce:institution_service", found.employment.institution_id)


@require_POST
@access.permitted(ENTER_SERVICE)
def certify_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the certificate of somebody's confirmed hours issued."""
    actor = access.actor_of(request)
    found = Employment.objects.select_related("institution", "person").filter(pk=pk).first()
    if found is None or not can(actor, VIEW_SERVICE, found.institution):
        raise Http404
    try:
        made = actions.certify_service(by=actor, employment=found)
        messages.success(request, f"时长证明{made.number}已开具，可以打开、打印，扫码可核验。")
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("workforce:institution_service", found.institution_id)


@require_GET
@access.permitted(VIEW_SERVICE)
@never_cache
def service_certificate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF of a certificate; it names the person, so that it was read is written down."""
    actor = access.actor_of(request)
    found = service.certificates(actor).filter(pk=pk).first()
    if found is None or found.file is None:
        raise Http404
    audit.read(actor, found, ["name"], topic=f"institution:{found.institution_id}")
    return uploads.stream(found.file, inline=True)
