"""办托一件事: where, what kind, as what; the route it will take in plain words; then begin."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tuoyu.accounts import actions as accounts
from tuoyu.accounts.models import User
from tuoyu.cases import rules as case_rules
from tuoyu.cases.plans import StepPlan
from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, policy
from tuoyu.institutions.permissions import START
from tuoyu.institutions.vocabulary import FORMS_OF_NATURE, Kind, LegalForm, Nature
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import LEVELS, Place, places
from tuoyu.jurisdictions.names import department_name, place_name

LEVEL_LABELS = {
    "province": "省（自治区、直辖市）",
    "city": "市",
    "county": "县（市、区）",
    "street": "乡镇（街道）",
}


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def start(request: HttpRequest) -> HttpResponse:
    """Choose place, kind, nature and legal form; see the route; begin."""
    return _page(request, desk=False)


@require_http_methods(["GET", "POST"])
@access.permitted(START)
def desk(request: HttpRequest) -> HttpResponse:
    """The same at a window, for somebody who walked in."""
    if not access.actor_of(request).holds(Role.CLERK):
        return redirect("institutions:start")
    return _page(request, desk=True)


def _page(request: HttpRequest, *, desk: bool) -> HttpResponse:
    actor = access.actor_of(request)
    chosen = _chosen(request.POST if request.method == "POST" else request.GET)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            application = actions.start_application(
                by=actor, owner_id=owner_of(request, actor, desk), **_kept(chosen)
            )
            return redirect("institutions:page", application.pk, "basics")
        except Refused as refusal:
            refused = refusal
    context = {
        "desk": desk,
        "chosen": chosen,
        "levels": _levels(chosen),
        "kinds": _kind_options(),
        "natures": Nature.choices,
        "forms": [(f.value, f.label) for f in FORMS_OF_NATURE.get(chosen["nature"], LegalForm)],
        "owners": owners_of(actor),
        "typed": request.POST,
        "route": _route(chosen),
        "problems": refused.problems if refused else [],
        "here": reverse("institutions:desk" if desk else "institutions:start"),
    }
    return render(request, "institutions/start.html", context, status=refused.status if refused else 200)


def _kind_options() -> list[tuple[str, str, str]]:
    help_ = {
        Kind.INSTITUTION: "独立举办的托育机构",
        Kind.FAMILY_POINT: "利用住宅照护少量孩子",
        Kind.KINDERGARTEN_CLASS: "幼儿园开设的托班",
        Kind.EMPLOYER: "单位为职工举办",
    }
    return [(kind.value, str(kind.label), help_[kind]) for kind in Kind]


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    """The choices of the address or the form; a place below another than its parent is dropped."""
    chosen = {name: str(given.get(name, ""))[:24] for name in (*LEVELS, "kind", "nature", "legal_form")}
    above = ""
    for level in LEVELS:
        place = places().get(chosen[level])
        if place is None or place.level != level or (level != "province" and place.parent != above):
            chosen[level] = ""
        above = chosen[level]
    if chosen["kind"] == Kind.FAMILY_POINT and not chosen["nature"]:
        chosen["nature"] = ""
    if chosen["legal_form"] not in FORMS_OF_NATURE.get(chosen["nature"], ()):
        chosen["legal_form"] = ""
    return chosen


def _kept(chosen: Mapping[str, str]) -> dict[str, Any]:
    return {
        "division_code": chosen["street"] or chosen["county"],
        "kind": chosen["kind"],
        "nature": chosen["nature"],
        "legal_form": chosen["legal_form"],
    }


def _levels(chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The selects to show: each level once the one above is chosen."""
    shown, above = [], ""
    for level in LEVELS:
        options = [p for p in jurisdictions.children_of(above) if p.level == level and _served(p)]
        if not options:
            break
        shown.append(
            {
                "name": level,
                "label": LEVEL_LABELS[level],
                "value": chosen[level],
                "options": [(p.code, p.name) for p in options],
                "optional": level == "street",
            }
        )
        above = chosen[level]
        if not above:
            break
    return shown


def _served(place: Place) -> bool:
    """Whether a policy pack of this installation holds in the place or in a part of it."""
    prefixes = [pack.prefix for pack in jurisdictions.jurisdictions()]
    return not prefixes or any(
        place.prefix.startswith(prefix) or prefix.startswith(place.prefix) for prefix in prefixes
    )


def _route(chosen: Mapping[str, str]) -> dict[str, Any] | None:
    """The way an application will go from here, stage by stage; None while something is not chosen."""
    kept = _kept(chosen)
    if not all(kept.values()) or len(kept["division_code"]) < 6 or not chosen["county"]:
        return None
    try:
        plan = policy.plan_of(policy.procedure_of(kept["kind"]), **kept)
    except Refused as refusal:
        return {"refused": refusal.problems, "stages": [], "name": ""}
    stage_of = case_rules.stages({step.key: step.after for step in plan.steps})
    stages: dict[int, list[dict[str, Any]]] = {}
    for step in plan.steps:
        stages.setdefault(stage_of[step.key], []).append(step_in_words(step))
    return {
        "name": plan.name,
        "place": place_name(kept["division_code"]),
        "stages": [stages[number] for number in sorted(stages)],
        "refused": [],
    }


def step_in_words(step: StepPlan) -> dict[str, Any]:
    """A step that is to be taken: what, by whom, in how many working days, on what ground, who is told."""
    return {
        "name": step.name,
        "department": department_name(step.department, step.division_code),
        "days": step.working_days,
        "source": step.source,
        "push_to": [department_name(d, step.division_code) for d in step.push_to],
    }


def owners_of(actor: Actor) -> list[tuple[int, str]]:
    """Whom an applicant may apply for: itself first, then those who authorised it."""
    if actor.user_id is not None and actor.owner_ids == {actor.user_id}:
        return [(actor.user_id, actor.label)]
    rows = User.objects.filter(pk__in=actor.owner_ids).values_list("pk", "name")
    return sorted(rows, key=lambda row: (row[0] != actor.user_id, row[1]))


def owner_of(request: HttpRequest, actor: Actor, desk: bool, default: int = 0) -> int:
    """For whom a post applies: at a window who walked in, else who was chosen, else `default` or oneself."""
    if desk:
        name, phone = request.POST.get("name", "")[:60], request.POST.get("phone", "")[:40]
        return int(accounts.walk_in_applicant(by=actor, name=name, phone=phone).pk)
    given = request.POST.get("owner", "")
    if given.isascii() and given.isdigit() and len(given) < 19:
        return int(given)
    return default or actor.user_id or 0
