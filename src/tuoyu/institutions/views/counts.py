"""How many children are enrolled: what was stated for a nursery, and stating it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, counts, parts
from tuoyu.institutions.actions.counts import field_of
from tuoyu.institutions.forms import CountsForm
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import STATE_COUNTS, VIEW_COUNTS
from tuoyu.institutions.vocabulary import Filing


@require_GET
@access.permitted(VIEW_COUNTS)
def stated(request: HttpRequest, pk: int) -> HttpResponse:
    """How many children are enrolled by class, and every count that was stated, corrected ones too."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_COUNTS, pk, STATE_COUNTS)
    found = opened.institution
    classes = counts.last_of(actor, found)
    context = {
        **opened.shown("counts"),
        "classes": classes,
        "enrolled": counts.enrolled_of(classes),
        "over": [problem for row in classes for problem in row["problems"]],
        "page": page_of(counts.statements(actor, pk), request),
        "may_state": STATE_COUNTS.key in opened.may and found.filing != Filing.CANCELLED,
    }
    return render(request, "institutions/counts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(STATE_COUNTS)
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """State how many children are enrolled in each class on a day; another number than before corrects it."""
    actor = access.actor_of(request)
    found = get_visible(actor, STATE_COUNTS, Institution.objects.all(), pk=pk)
    day = _day(request.POST.get("day") or request.GET.get("day", ""))
    groups = {field_of(group.pk): group for group in found.classes.open_on(day).order_by("pk")}
    there = counts.standing_on(groups.values(), day)
    known = {name: there[group.pk].enrolled for name, group in groups.items() if group.pk in there}
    labels = [(name, group.name) for name, group in groups.items()]
    form, status = CountsForm(labels, request.POST or None, initial={"day": day, **known}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {groups[name].pk: form.cleaned_data[name] for name in form.classes}
            given = {key: number for key, number in given.items() if number is not None}
            try:
                made = actions.state_counts(
                    by=actor, institution=found, day=form.cleaned_data["day"], enrolled=given,
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
                messages.success(
                    request, f"已登记{day:%Y-%m-%d}的在托人数。" if made else "与原来登记的一样。"
                )
                return redirect("institutions:counts", pk)
            except Refused as refused:
                status = refused.status
                _add(form, refused)
    context: dict[str, Any] = {
        "institution": found,
        "form": form,
        "rows": [(form[name], groups[name].places) for name in form.classes],
        "asks_why": bool(known),
        "day": day,
        "today": clock.today(),
    }
    return render(request, "institutions/state_counts.html", context, status=status)


def _add(form: CountsForm, refused: Refused) -> None:
    for problem in refused.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.message + problem.fix)


def _day(text: str) -> date:
    """The day a form is for; today where none is named, or none that can be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()
