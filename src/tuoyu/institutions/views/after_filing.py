"""机构办事: what an institution that is filed can do now, what stands against the rest, and beginning it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import actions, life, policy, standing
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.permissions import START
from tuoyu.institutions.situation import Situation
from tuoyu.institutions.views.filing_alone import choosing
from tuoyu.institutions.views.start import step_in_words


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
    def begin(actor: Actor, owner: int, found: Institution) -> Application:
        procedure = request.POST.get("procedure", "")[:60]
        return actions.start_after_filing(by=actor, owner_id=owner, institution=found, procedure=procedure)

    def told(actor: Actor, found: Institution, problems: list[Problem]) -> dict[str, Any]:
        return {"known": standing.known(found), "matters": _matters(actor, found, desk)}

    here = "institutions:desk_matters" if desk else "institutions:matters"
    return choosing(request, "institutions/matters.html", here, desk=desk, begin=begin, told=told)


def _matters(actor: Actor, found: Institution, desk: bool) -> list[dict[str, Any]]:
    """What can be done now first, each with its way."""
    now = Situation.of(vars(found))
    owner = standing.owner_for(actor, found, now.heads)
    if desk:
        # Who has come is known only once somebody is named; then it is asked whether that is its head.
        owner = next(iter(now.heads), owner)
    every = life.matters_of(found, owner, at_window=desk, now=now)
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
