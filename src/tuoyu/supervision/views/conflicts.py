"""Conflicts of interest: who does not inspect which institution."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.supervision import actions, queries
from tuoyu.supervision.forms import ConflictForm
from tuoyu.supervision.models import Conflict
from tuoyu.supervision.permissions import DECLARE_CONFLICT, LIFT_CONFLICT, VIEW_CONFLICTS

# More of one name than anybody has at one place.
MOST_ALIKE = 2


@require_http_methods(["GET", "POST"])
@access.permitted(DECLARE_CONFLICT)
def conflicts(request: HttpRequest) -> HttpResponse:
    """The conflicts of interest one may see; declare another."""
    actor = access.actor_of(request)
    people = queries.colleagues(actor)
    form = ConflictForm(people, request.POST or None, initial={"person": actor.user_id})
    if request.method == "POST" and form.is_valid():
        named = form.cleaned_data["institution"].strip()
        here = queries.institutions_here(actor).filter(Q(name=named) | Q(uscc=named, uscc__gt=""))
        found = list(here.order_by("pk")[:MOST_ALIKE])
        if len(found) == 1:
            actions.declare_conflict(
                by=actor,
                user_id=form.cleaned_data["person"],
                institution=found[0],
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, "已登记，以后抽取时自动回避。")
            return redirect("supervision:conflicts")
        form.add_error("institution", "辖区里没有叫这个名称、用这个代码的机构，或者不止一家。")
    page = page_of(queries.conflicts(actor), request)
    context = {"form": form, "people": people, "page": page, "may_lift": can(actor, LIFT_CONFLICT)}
    status = 422 if request.method == "POST" else 200
    return render(request, "supervision/conflicts.html", context, status=status)


@require_POST
@access.permitted(LIFT_CONFLICT)
def lift_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """A conflict of interest is over."""
    actor = access.actor_of(request)
    found = get_visible(actor, VIEW_CONFLICTS, Conflict.objects.all(), pk=pk)
    actions.lift_conflict(by=actor, conflict=found, reason=request.POST.get("reason", ""))
    messages.success(request, "已解除。")
    return redirect("supervision:conflicts")
