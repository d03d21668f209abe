"""A round: freeze the list, enter the seed, draw, draw anew; and what a witness of another office sees."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible, opened
from tuoyu.core.problems import Refused
from tuoyu.supervision import actions, queries
from tuoyu.supervision.forms import FreezeForm
from tuoyu.supervision.models import Draw, Plan
from tuoyu.supervision.permissions import (
    DRAW_LOTS,
    FREEZE_DRAW,
    REPLACE_DRAW,
    VIEW_DRAW,
    WITNESS_DRAW,
)
from tuoyu.supervision.vocabulary import DrawState


@require_http_methods(["GET", "POST"])
@access.permitted(FREEZE_DRAW)
def freeze_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the list of a new round."""
    actor = access.actor_of(request)
    plan = get_visible(actor, FREEZE_DRAW, Plan.objects.all(), pk=pk)
    form, problems, status = FreezeForm(request.POST or None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.freeze_draw(by=actor, plan=plan, given=form.given())
            except Refused as refusal:
                problems, status = refusal.problems, refusal.status
            else:
                messages.success(request, "名单已封存。种子公布后，请见证人和您各自录入。")
                return redirect("supervision:draw", made.pk)
    context = {
        "plan": plan,
        "form": form,
        "problems": problems,
        "left": queries.unattended(plan).count(),
        "weighing": queries.weighing(plan),
    }
    return render(request, "supervision/freeze.html", context, status=status)


def _draw(request: HttpRequest, pk: int) -> Draw:
    return get_visible(access.actor_of(request), VIEW_DRAW, Draw.objects.select_related("plan"), pk=pk)


@require_GET
@access.permitted(VIEW_DRAW)
@never_cache
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: how far it is, and what was drawn."""
    rows = Draw.objects.select_related("plan")
    found, may = opened(access.actor_of(request), VIEW_DRAW, rows, DRAW_LOTS, REPLACE_DRAW, pk=pk)
    page = page_of(queries.lots_of(found), request)
    told = queries.draw_shown(found)
    open_now = found.published_at is None and found.state != DrawState.REPLACED
    context = {
        "draw": told,
        "plan": found.plan,
        "page": page,
        "rows": queries.lots_shown(page.rows, found),
        "may_draw": DRAW_LOTS.key in may and found.state == DrawState.FROZEN and told["seed_known"],
        "may_replace": REPLACE_DRAW.key in may and open_now,
        "now": clock.now(),
    }
    return render(request, "supervision/draw.html", context)


@require_POST
@access.permitted(DRAW_LOTS)
def draw_lots(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the public value and draw."""
    value = request.POST.get("value", "")
    made = actions.draw_lots(by=access.actor_of(request), draw=_draw(request, pk), value=value)
    messages.success(request, f"已抽出{made.count}家，检查人员随机分派完毕。")
    return redirect("supervision:draw", pk)


@require_POST
@access.permitted(REPLACE_DRAW)
def replace_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """This round does not count."""
    found = _draw(request, pk)
    reason = request.POST.get("reason", "")
    actions.replace_draw(by=access.actor_of(request), draw=found, reason=reason)
    messages.success(request, "这一轮已作废，记录和理由保留。请重新封存名单。")
    return redirect("supervision:plan", found.plan_id)


# ---------------------------------------------------------------- the witness


@require_GET
@access.permitted(WITNESS_DRAW)
@never_cache
def witnessing(request: HttpRequest) -> HttpResponse:
    """The draws of other offices that wait for a witness."""
    return render(
        request, "supervision/witnessing.html", {"rows": queries.to_witness(access.actor_of(request))}
    )


@require_POST
@access.permitted(WITNESS_DRAW)
def witness_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the public value as it was announced."""
    actor = access.actor_of(request)
    found = get_visible(actor, WITNESS_DRAW, Draw.objects.select_related("plan"), pk=pk)
    actions.witness_draw(by=actor, draw=found, value=request.POST.get("value", ""))
    messages.success(request, "已录入。抽取人录入同样的数值后即抽取。")
    return redirect("supervision:witnessing")
