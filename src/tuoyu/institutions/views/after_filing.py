"""机构办事: what an institution that is filed can do now, what stands against the rest, and beginning it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import actions, life, policy, standing
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import START
from tuoyu.institutions.views.filing_alone import named, own
from tuoyu.institutions.views.start import owner_of, owners_of, step_in_words


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def matters(request: HttpRequest) -> HttpResponse:
    """Choose an institution one heads and what is to be done; begin it."""
    return _page(request, desk=False)


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def desk_matters(request: HttpRequest) -> HttpResponse:
    """The same at a window, for somebody who walked in."""
    if not access.actor_of(request).holds(Role.CLERK):
        return redirect("institutions:matters")
    return _page(request, desk=True)


def _page(request: HttpRequest, *, desk: bool) -> HttpResponse:
    actor = access.actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    problems: list[Problem] = []
    found: Institution | None = None
    status = 200
    try:
        found = named(actor, given.get("institution", ""), given.get("uscc", ""))
        if request.method == "POST":
            if found is None:
                raise Refused(Problem("请填写统一社会信用代码。", field="uscc"))
            owner = owner_of(request, actor, desk, default=standing.owner_for(actor, found))
            application = actions.start_after_filing(
                by=actor, owner_id=owner, institution=found, procedure=given.get("procedure", "")[:60]
            )
            return redirect("institutions:application", application.pk)
    except Refused as refusal:
        problems = refusal.problems
        status = refusal.status if request.method == "POST" else 200
    context = {
        "desk": desk,
        "here": reverse("institutions:desk_matters" if desk else "institutions:matters"),
        "own": [] if desk else own(actor),
        "uscc": given.get("uscc", "")[:40],
        "chosen": given.get("institution", "")[:18],
        "procedure": given.get("procedure", "")[:60],
        "owners": owners_of(actor),
        "typed": request.POST,
        "found": found,
        "known": standing.known(found) if found else [],
        "matters": _matters(actor, found, desk) if found else [],
        "problems": problems,
    }
    return render(request, "institutions/matters.html", context, status=status)


def _matters(actor: Actor, found: Institution, desk: bool) -> list[dict[str, Any]]:
    """What can be done now first, each with its way."""
    owner = standing.owner_for(actor, found)
    if desk:
        # Who has come is known only once somebody is named; then it is asked whether that is its head.
        owner = next(iter(standing.heads_of(found.pk)), owner)
    every = life.matters_of(found, owner, at_window=desk)
    told = [{"matter": one, "route": _route(found, one)} for one in every]
    return sorted(told, key=lambda one: bool(one["matter"].obstacles))


def _route(found: Institution, matter: life.Matter) -> list[dict[str, Any]]:
    if matter.obstacles:
        return []
    try:
        plan = policy.plan_of(
            matter.procedure,
            found.division_code,
            kind=found.kind,
            nature=found.nature,
            legal_form=found.legal_form,
            registrar=found.registrar,
            registered_items=True,
        )
    except Refused:
        return []
    return [step_in_words(step) for step in plan.steps]
