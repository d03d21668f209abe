"""已经登记，只办备案: find the institution, see what stands against it, begin; and reminding to file."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import actions, policy, standing
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.permissions import REMIND, START, VIEW_UNFILED
from tuoyu.institutions.situation import Situation
from tuoyu.institutions.views.start import owner_of, owners_of, step_in_words
from tuoyu.institutions.vocabulary import MAY_FILE, Registration
from tuoyu.jurisdictions.names import place_name


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def filing(request: HttpRequest) -> HttpResponse:
    """Choose an institution one heads, or name one by its credit code; begin its filing."""
    return _page(request, desk=False)


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def desk_filing(request: HttpRequest) -> HttpResponse:
    """The same at a window, for somebody who walked in."""
    if not access.actor_of(request).holds(Role.CLERK):
        return redirect("institutions:filing")
    return _page(request, desk=True)


def _page(request: HttpRequest, *, desk: bool) -> HttpResponse:
    def begin(actor: Actor, owner: int, found: Institution) -> Application:
        return actions.start_filing(by=actor, owner_id=owner, institution=found)

    def told(actor: Actor, found: Institution, problems: list[Problem]) -> dict[str, Any]:
        return _told(actor, found, desk, problems)

    here = "institutions:desk_filing" if desk else "institutions:filing"
    return choosing(request, "institutions/filing.html", here, desk=desk, begin=begin, told=told)


def choosing(
    request: HttpRequest,
    template: str,
    here: str,
    *,
    desk: bool,
    begin: Callable[[Actor, int, Institution], Application],
    told: Callable[[Actor, Institution, list[Problem]], dict[str, Any]],
) -> HttpResponse:
    """A page on which an institution is chosen, what it may do is `told`, and something is begun for it."""
    actor = access.actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    problems: list[Problem] = []
    found: Institution | None = None
    status = 200
    number = given.get("institution", "")
    headed = standing.headed_by(actor) if number or not desk else []
    try:
        found = named(headed, number, given.get("uscc", ""))
        if request.method == "POST":
            if found is None:
                raise Refused(Problem("请填写统一社会信用代码。", field="uscc"))
            owner = owner_of(request, actor, desk, default=standing.owner_for(actor, found))
            return redirect("institutions:application", begin(actor, owner, found).pk)
    except Refused as refusal:
        problems = refusal.problems
        status = refusal.status if request.method == "POST" else 200
    context = {
        "desk": desk,
        "here": reverse(here),
        "own": [] if desk else own(headed),
        "uscc": given.get("uscc", "")[:40],
        "chosen": number[:18],
        "procedure": given.get("procedure", "")[:60],
        "owners": owners_of(actor),
        "typed": request.POST,
        "found": found,
        "problems": problems,
    }
    if found is not None:
        context |= told(actor, found, problems)
    return render(request, template, context, status=status)


def own(headed: Iterable[Institution]) -> list[dict[str, Any]]:
    """The institutions somebody heads, each with whether it may file."""
    return [
        {
            "pk": one.pk,
            "name": one.name,
            "filing": one.filing,
            "filing_label": one.get_filing_display(),
            "may_file": _may_file(one),
        }
        for one in headed
    ]


def _may_file(institution: Institution) -> bool:
    return institution.registration == Registration.REGISTERED and institution.filing in MAY_FILE


def named(headed: Iterable[Institution], number: str, code: str) -> Institution | None:
    """The institution an address names: one of those headed by its number, any by its credit code."""
    if number.isascii() and number.isdigit() and len(number) < 19:
        return next((one for one in headed if one.pk == int(number)), None)
    return standing.registered_as(code) if code.strip() else None


def _told(actor: Actor, found: Institution, desk: bool, said: list[Problem]) -> dict[str, Any]:
    now = Situation.of(vars(found))
    owner = standing.owner_for(actor, found, now.heads)
    # At a window the owner is known only once somebody is named.
    obstacles = [] if desk else standing.obstacles(found, owner, now=now)
    facts = [("统一社会信用代码", found.uscc), ("登记机关", standing.registrar_name(found)),
             ("登记日期", found.registered_on), ("所在地", place_name(found.division_code)),
             ("备案状态", found.get_filing_display())]  # fmt: skip
    route: list[dict[str, Any]] = []
    try:
        plan = policy.plan_of(
            policy.filing_of(found.kind),
            found.division_code,
            kind=found.kind,
            nature=found.nature,
            legal_form=found.legal_form,
        )
        route = [step_in_words(step) for step in plan.steps]
    except Refused as refusal:
        obstacles += refusal.problems
    return {
        "headed": bool(now.heads),
        "facts": facts,
        "obstacles": [problem for problem in obstacles if problem not in said],
        "route": route,
        "history": standing.history(found, actor=actor, heads=now.heads),
    }


@require_POST
@access.permitted(REMIND)
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the heads of an institution that it is registered and not filed."""
    actor = access.actor_of(request)
    found = get_visible(actor, VIEW_UNFILED, Institution.objects.all(), pk=pk)
    try:
        told = actions.remind(by=actor, institution=found)
        messages.success(request, f"已提醒“{found.name}”的{told}位负责人。")
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("institutions:unfiled")
