"""Plans of a year: made from the pack, adopted, and what each still lacks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.jurisdictions.names import department_name
from tuoyu.supervision import actions, queries
from tuoyu.supervision.forms import AmendmentForm, day_of, year_of
from tuoyu.supervision.models import Plan
from tuoyu.supervision.permissions import ADOPT_PLAN, FREEZE_DRAW, MAKE_PLAN, VIEW_DRAW, VIEW_PLAN
from tuoyu.supervision.views.acting import Act, acted
from tuoyu.supervision.vocabulary import DrawState


@require_GET
@access.permitted(VIEW_PLAN)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans one may see, and those the pack orders that nobody has made."""
    actor, year = access.actor_of(request), year_of(request.GET.get("year", ""))
    page = page_of(queries.plans(actor, year=year), request)
    this = clock.today().year
    context = {
        "page": page,
        "rows": [queries.plan_shown(row) for row in page.rows],
        "offers": [one.as_json() for one in queries.offers(actor, year)] if year >= this - 1 else [],
        "year": year,
        "years": [(one, f"{one}年") for one in range(this + 1, this - 5, -1)],
    }
    return render(request, "supervision/plans.html", context)


@require_POST
@access.permitted(MAKE_PLAN)
def make_plan(request: HttpRequest) -> HttpResponse:
    """Make a plan that the pack orders."""
    made = actions.make_plan(
        by=access.actor_of(request),
        year=year_of(request.POST.get("year", "")),
        division_code=request.POST.get("division_code", "")[:9],
        kind=request.POST.get("kind", "")[:16],
    )
    messages.success(request, "计划已编制，请部门负责人采用。")
    return redirect("supervision:plan", made.pk)


def visible_plan(request: HttpRequest, pk: int) -> Plan:
    """The plan of an address, for whom it is visible."""
    return get_visible(access.actor_of(request), VIEW_PLAN, Plan.objects.all(), pk=pk)


@require_GET
@access.permitted(VIEW_PLAN)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what it asks for, how far it is, its draws."""
    actor = access.actor_of(request)
    found, may = queries.plan_opened(actor, pk)
    row = queries.plan_shown({name: getattr(found, name) for name in queries.PLAN})
    draws = list(queries.draws_of(found)) if can(actor, VIEW_DRAW) else []
    context: dict[str, Any] = {
        "plan": found,
        "row": row,
        "progress": queries.progress(found),
        "draws": draws,
        "may_adopt": ADOPT_PLAN.key in may and not row["adopted"],
        "may_freeze": FREEZE_DRAW.key in may
        and row["adopted"]
        and not any(one["state"] == DrawState.FROZEN for one in draws),
        "may_amend": ADOPT_PLAN.key in may and row["adopted"] and not queries.is_over(found),
        "amendments": queries.amendments_of(found),
        "weighing": queries.weighing(found),
        "conducts": vars(found)["conducts"] or FREEZE_DRAW.key in may,
    }
    return render(request, "supervision/plan.html", context)


@require_POST
@access.permitted(ADOPT_PLAN)
def adopt_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a plan in force."""
    actions.adopt_plan(by=access.actor_of(request), plan=visible_plan(request, pk))
    messages.success(request, "计划已采用，可以封存名单、抽取。")
    return redirect("supervision:plan", pk)


@require_http_methods(["GET", "POST"])
@access.permitted(ADOPT_PLAN)
def amend_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan within its year, with the reason."""
    actor = access.actor_of(request)
    found = get_visible(actor, ADOPT_PLAN, Plan.objects.all(), pk=pk)
    offered = [(key, department_name(key, found.division_code)) for key in queries.departments_at(found)]
    initial = {"per_year": found.per_year, "departments": found.departments}
    act = Act(
        f"变更{found}计划",
        "从现在起按变更后的计划抽取和统计；原来的计划、理由和变更人保留。不能少于文件的要求。",
        "变更计划", reverse("supervision:plan", args=[pk]), "计划已变更，原来的要求保留在下面。",
    )  # fmt: skip
    return acted(
        request, act, AmendmentForm(offered, request.POST or None, initial=initial),
        lambda given: actions.amend_plan(by=actor, plan=found, **given),
    )  # fmt: skip


@require_GET
@access.permitted(VIEW_PLAN)
def lacking(request: HttpRequest, pk: int) -> HttpResponse:
    """The institutions a plan still lacks on a day."""
    found, on = visible_plan(request, pk), day_of(request.GET.get("on", ""))
    page = page_of(queries.lacking_rows(found, on), request)
    context = {
        "plan": found,
        "on": on,
        "page": page,
        "rows": [queries.lacking_shown(row, found, on) for row in page.rows],
        "over": queries.is_over(found, on),
    }
    return render(request, "supervision/lacking.html", context)
