"""The board of alerts, one alert, what stands at one institution."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuoyu.alerts import actions, live, queries
from tuoyu.alerts.models import Alert
from tuoyu.alerts.permissions import EVALUATE, HANDLE_ALERT, VIEW_ALERTS
from tuoyu.alerts.vocabulary import STANDING, State
from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import column_of, columns, get_visible, opened
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_INSTITUTION
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.workforce.permissions import VIEW_PAPERS


@require_GET
@access.permitted(VIEW_ALERTS)
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """The alerts within reach: the overdue first, then by clock."""
    actor = access.actor_of(request)
    narrowed = queries.Narrowed(
        rule=request.GET.get("rule", "")[:60],
        state=request.GET.get("state", "") if request.GET.get("state") in State.values else "",
        place=request.GET.get("place", "").strip()[:12],
        text=request.GET.get("q", "").strip()[:60],
    )
    page = page_of(queries.alerts(actor, narrowed), request)
    context = {
        "page": page,
        "rows": [_shown(one) for one in page.rows],
        "narrowed": narrowed,
        "rules": queries.rules_of(actor),
        "states": State.choices,
        "counts": queries.counted(actor),
        "of_office": actor.holds(Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD),
    }
    return render(request, "alerts/board.html", context)


def _shown(alert: Alert) -> dict[str, Any]:
    return queries.told(alert) | {
        "place": place_name(alert.division_code),
        "departments": "、".join(department_name(one, alert.division_code) for one in alert.addressees),
        "may_handle": queries.may_handle(alert),
        "state_words": alert.get_state_display(),
        "standing": alert.state in STANDING,
    }


@require_GET
@access.permitted(VIEW_ALERTS)
@never_cache
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: the rule, what was found, its clock, and how it ended."""
    actor = access.actor_of(request)
    about = Institution.objects.filter(pk=OuterRef("institution"))
    rows = Alert.objects.select_related("institution", "class_group").annotate(
        **columns(actor, [VIEW_INSTITUTION, VIEW_PAPERS], about)
    )
    found, _ = opened(actor, VIEW_ALERTS, rows, HANDLE_ALERT, pk=pk)
    context = {
        "alert": found,
        "shown": _shown(found),
        "excluded": actions.excluded(found),
        "opens_institution": getattr(found, column_of(VIEW_INSTITUTION), False),
        "about_staff": found.rule in queries.OF_STAFF and getattr(found, column_of(VIEW_PAPERS), False),
        "story": [
            {"at": event.at, "text": STORY[event.verb], "who": event.actor_label, "note": event.note}
            for event in AuditEvent.objects.filter(topic=found.topic, verb__in=STORY).order_by("-pk")
        ],
    }
    return render(request, "alerts/alert.html", context)


STORY = {
    "alert.raised": "发出预警",
    "alert.acknowledged": "开始处理",
    "alert.resolved": "处理完毕",
    "alert.ended": "核查时已消除",
}


@require_POST
@access.permitted(HANDLE_ALERT)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an alert in hand."""
    found, actor = _of(request, pk)
    try:
        actions.acknowledge(by=actor, alert=found)
        messages.success(request, "已接手处理。")
    except Refused as refusal:
        _say(request, refusal)
    return redirect("alerts:alert", pk)


@require_POST
@access.permitted(HANDLE_ALERT)
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End an alert, saying how it was dealt with."""
    found, actor = _of(request, pk)
    try:
        actions.resolve(by=actor, alert=found, note=request.POST.get("note", "")[:1000])
        messages.success(request, "已办结。之后再出现的，会作为新的预警。")
    except Refused as refusal:
        _say(request, refusal)
    return redirect("alerts:alert", pk)


def _of(request: HttpRequest, pk: int) -> tuple[Alert, Actor]:
    actor = access.actor_of(request)
    return get_visible(actor, HANDLE_ALERT, Alert.objects.all(), pk=pk), actor


def _say(request: HttpRequest, refusal: Refused) -> None:
    for problem in refusal.problems:
        messages.error(request, f"{problem.message}{problem.fix}")


@require_GET
@access.permitted(VIEW_ALERTS)
@never_cache
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands at one institution, and what stood."""
    actor = access.actor_of(request)
    part = parts.opened(actor, VIEW_INSTITUTION, pk, EVALUATE)
    standing = [_shown(one) for one in queries.alerts(actor, queries.Narrowed(institution=pk))[:200]]
    over = Alert.objects.filter(institution=pk).exclude(state__in=STANDING)
    context = {
        **part.shown("alerts"),
        "rows": standing,
        "over": [_shown(one) for one in queries.seen(actor, over).order_by("-pk")[:50]],
        "may_evaluate": EVALUATE.key in part.may,
    }
    return render(request, "alerts/institution.html", context)


@require_POST
@access.permitted(EVALUATE)
def evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for everything that is watched at one institution, now."""
    actor = access.actor_of(request)
    found = get_visible(actor, EVALUATE, Institution.objects.all(), pk=pk)
    outcome = live.look_now(actor, found)
    said = f"已核查：新增{len(outcome.raised)}项预警，消除{len(outcome.ended)}项，仍有{outcome.kept}项。"
    messages.success(request, said)
    return redirect("alerts:institution", pk)
