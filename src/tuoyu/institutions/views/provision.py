"""What the head of an institution may change by itself: places open to others, and pairing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import actions, provision, standing
from tuoyu.institutions.forms import FromDay
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import OPEN_PLACES, PAIR


@require_http_methods(["GET", "POST"])
@access.permitted(OPEN_PLACES)
def openings(request: HttpRequest, pk: int) -> HttpResponse:
    """How many places an employer's institution opens to others; the head states a number from a day on."""
    actor = access.actor_of(request)
    found = get_visible(actor, OPEN_PLACES, Institution.objects.all(), pk=pk)
    form, problems, status = FromDay(request.POST or None), list[Problem](), 200
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Refused([Problem(str(e), field=k) for k, es in form.errors.items() for e in es])
            made = actions.open_places(by=actor, institution=found, **form.cleaned_data)
            messages.success(
                request,
                f"已记录：{made.valid.lower:%Y-%m-%d}起对外开放{made.places}个托位，公开页面随之更新。",
            )
            return redirect("institutions:openings", pk)
        except Refused as refused:
            problems, status = refused.problems, refused.status
    today = clock.today()
    context = {
        "institution": found,
        "today": today,
        "open_now": provision.opened_on(pk, today),
        "rows": provision.openings(pk),
        "audience": provision.audience(found.division_code),
        "typed": request.POST,
        "problems": problems,
        "errors": _by_field(problems),
    }
    return render(request, "institutions/openings.html", context, status=status)


def _by_field(problems: list[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem)
    return found


@require_http_methods(["GET", "POST"])
@access.permitted(PAIR)
def pairings(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom an institution is or was paired; its head proposes to another by the credit code."""
    actor = access.actor_of(request)
    found = get_visible(actor, PAIR, Institution.objects.all(), pk=pk)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            other = standing.registered_as(request.POST.get("uscc", "")[:40])
            actions.propose_pairing(by=actor, institution=found, other=other)
            messages.success(request, f"已邀请“{other.name}”，对方同意后结对成立并公开。")
            return redirect("institutions:pairings", pk)
        except Refused as refused:
            problems, status = refused.problems, refused.status
    context: dict[str, Any] = {
        "institution": found,
        "rows": provision.pairings_of(found),
        "rule": provision.pairing_rule(found.division_code),
        "typed": request.POST,
        "problems": problems,
    }
    return render(request, "institutions/pairings.html", context, status=status)


@require_POST
@access.permitted(PAIR)
def pairing(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Agree to a proposal, decline it, or end a pairing, as the button says."""
    actor = access.actor_of(request)
    own = get_visible(actor, PAIR, Institution.objects.all(), pk=pk)
    row = provision.pairing_of(own, number)
    if row is None:
        raise Http404
    try:
        if request.POST.get("do") == "end":
            actions.end_pairing(by=actor, pairing=row, reason=request.POST.get("reason", ""))
            messages.success(request, "结对已结束，公开页面不再显示。")
        else:
            agrees = request.POST.get("do") == "agree"
            actions.answer_pairing(by=actor, pairing=row, agrees=agrees)
            messages.success(
                request, "结对成立，双方的公开页面都会显示。" if agrees else "已告知对方没有同意。"
            )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("institutions:pairings", pk)
