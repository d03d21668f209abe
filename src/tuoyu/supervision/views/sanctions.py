"""Penalties, revocations, bans: the list and record of an office, and what a head may ask for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.actor import Actor
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import Permission, can, get_visible, opened
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.supervision import actions, boards
from tuoyu.supervision.models import Sanction
from tuoyu.supervision.permissions import (
    ANSWER_SANCTION,
    HANDLE_SANCTION,
    OVERTURN_SANCTION,
    VIEW_RECTIFICATION,
    VIEW_SANCTION,
)
from tuoyu.supervision.sanction_forms import HearingForm, OverturningForm
from tuoyu.supervision.views.acting import Act, acted
from tuoyu.supervision.views.rectifications import linked, narrowed_by, opens, story
from tuoyu.supervision.vocabulary import SanctionKind, SanctionState


@require_GET
@access.permitted(VIEW_SANCTION)
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """What is done to institutions, the newest first."""
    actor = access.actor_of(request)
    narrowed, kind = narrowed_by(request), request.GET.get("kind", "")[:16]
    page = page_of(boards.sanctions(actor, narrowed, kind), request)
    context = {
        "page": page,
        "rows": [boards.sanction_dressed(row) for row in page.rows],
        "narrowed": narrowed,
        "kind": kind,
        "kinds": SanctionKind.choices,
        "states": [*SanctionState.choices, (boards.RECALLED, "正在复查"), (boards.UNPUBLISHED, "待公示")],
        "opens_rectifications": can(actor, VIEW_RECTIFICATION),
    }
    return render(request, "supervision/sanctions.html", context)


def found(actor: Actor, permission: Permission, pk: int) -> Sanction:
    """The sanction on which `actor` has `permission`; 404 when there is none."""
    rows = Sanction.objects.select_related("case", "inspection", "institution", "responsible")
    return get_visible(actor, permission, rows, pk=pk)


@require_GET
@access.permitted(VIEW_SANCTION)
@never_cache
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One sanction as an office sees it."""
    actor = access.actor_of(request)
    rows = boards.whole_sanctions().annotate(**linked(actor))
    one, may = opened(actor, VIEW_SANCTION, rows, HANDLE_SANCTION, OVERTURN_SANCTION, pk=pk)
    context = {
        "m": boards.sanction_told(one),
        "one": one,
        "place": place_name(one.institution.division_code),
        "office": department_name(one.department, one.division_code),
        "may_handle": HANDLE_SANCTION.key in may,
        "may_overturn": OVERTURN_SANCTION.key in may,
        **opens(one),
        "story": story(one.topic),
    }
    return render(request, "supervision/sanction.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(HANDLE_SANCTION)
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the hearing that was held."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_SANCTION, pk)
    back = reverse("supervision:sanction", args=[pk])
    act = Act(
        "记录听证", "听证后才能作出决定。记录和案卷一起保存，不公开。", "保存记录", back, "听证已记录。"
    )
    return acted(
        request, act, HearingForm(request.POST or None),
        lambda given: actions.record_hearing(by=actor, sanction=one, **given),
    )  # fmt: skip


@require_POST
@access.permitted(HANDLE_SANCTION)
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the decision public."""
    actor = access.actor_of(request)
    actions.publish_sanction(by=actor, sanction=found(actor, HANDLE_SANCTION, pk))
    messages.success(request, "处理决定已公示，任何人都能看到。")
    return redirect("supervision:sanction", pk)


@require_http_methods(["GET", "POST"])
@access.permitted(OVERTURN_SANCTION)
def overturning(request: HttpRequest, pk: int) -> HttpResponse:
    """Overturn the decision and withdraw what was published."""
    actor = access.actor_of(request)
    one = found(actor, OVERTURN_SANCTION, pk)
    back = reverse("supervision:sanction", args=[pk])
    act = Act(
        "撤销决定",
        "决定不再有效，已公示的撤回并公开说明理由；机构会收到通知。已经收回的登记、终止的备案不会自动恢复，"
        "须重新办理。不能撤回；同一问题可以重新立案。",
        "撤销决定", back, "决定已撤销，公示已撤回并说明理由。",
    )  # fmt: skip
    return acted(
        request, act, OverturningForm(request.POST or None),
        lambda given: actions.overturn(by=actor, sanction=one, **given),
    )  # fmt: skip


# ---------------------------------------------------------------- the institution


@require_GET
@access.permitted(ANSWER_SANCTION)
@never_cache
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done to one's own institution, and what one may ask for."""
    one = get_visible(access.actor_of(request), ANSWER_SANCTION, boards.whole_sanctions(), pk=pk)
    context = {
        "m": boards.sanction_told(one),
        "one": one,
        "office": department_name(one.department, one.division_code),
        "may_be_heard": one.state == SanctionState.NOTIFIED
        and one.hearing_asked_at is None
        and one.hearing_until is not None
        and one.hearing_until >= boards.today(),
        "may_ask_review": one.state == SanctionState.DECIDED and not hasattr(one, "review"),
    }
    return render(request, "supervision/own_sanction.html", context)


@require_POST
@access.permitted(ANSWER_SANCTION)
def ask_hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to be heard."""
    actor = access.actor_of(request)
    actions.ask_hearing(by=actor, sanction=found(actor, ANSWER_SANCTION, pk))
    messages.success(request, "听证申请已提交，部门会通知您听证的时间。")
    return redirect("supervision:own_sanction", pk)


@require_POST
@access.permitted(ANSWER_SANCTION)
def ask_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that the decision be looked at again."""
    actor = access.actor_of(request)
    one = found(actor, ANSWER_SANCTION, pk)
    actions.ask_review(by=actor, sanction=one, reason=request.POST.get("reason", ""))
    messages.success(request, "复核申请已提交，由原经办人以外的人员复核，结果会通知您。")
    return redirect("supervision:own_sanction", pk)
