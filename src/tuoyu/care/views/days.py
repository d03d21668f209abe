"""The daily return: the form of a day, what was stated before, a day over an office's places."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuoyu.care import actions, queries, rules
from tuoyu.care.forms import DayForm, initial_of
from tuoyu.care.models import DailyReturn
from tuoyu.care.permissions import STATE_DAY, VIEW_DAYS
from tuoyu.core import access, clock, workdays
from tuoyu.core.actor import Actor
from tuoyu.core.paging import page_of
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts, policy
from tuoyu.institutions.models import Institution
from tuoyu.institutions.rules.facts import day as read_day
from tuoyu.institutions.vocabulary import Kind
from tuoyu.jurisdictions.names import place_name


@require_GET
@access.permitted(VIEW_DAYS)
@never_cache
def on_day(request: HttpRequest) -> HttpResponse:
    """A day over one's places: who has stated it, who has not; a nursery's own leads to its days."""
    actor = access.actor_of(request)
    own = {seat.institution_id for seat in actor.seats if seat.institution_id is not None}
    if len(own) == 1 and not any(seat.department for seat in actor.seats):
        return redirect("care:days", own.pop())
    asked = queries.DayAsked(
        day=read_day(request.GET.get("day", "")) or clock.today(),
        state=request.GET.get("state", "") if request.GET.get("state") in queries.STATES else "",
        text=request.GET.get("q", "").strip()[:60],
    )
    page = page_of(queries.on_day(actor, asked), request)
    context = {
        "page": page,
        "rows": [row | {"place": place_name(row["division_code"])} for row in page.rows],
        "asked": asked,
        "states": list(queries.STATES.items()),
        "counts": queries.counted_on(actor, asked.day),
        "workday": workdays.is_workday(asked.day),
    }
    return render(request, "care/on_day.html", context)


@require_GET
@access.permitted(VIEW_DAYS)
@never_cache
def days(request: HttpRequest, pk: int) -> HttpResponse:
    """The days of an institution, the latest first, and what is still open of the last week."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_DAYS, pk, STATE_DAY)
    found = opened.institution
    page = page_of(queries.with_totals(DailyReturn.objects.filter(institution=found, current=True)), request)
    context = {
        **opened.shown("days"),
        "page": page,
        "rows": page.rows,
        "today": clock.today(),
        "open": _open_days(found),
        "may_state": STATE_DAY.key in opened.may,
    }
    return render(request, "care/days.html", context)


def _open_days(institution: Institution) -> list[dict[str, Any]]:
    """The working days that may still be stated and were not, today among them, the latest first."""
    today = clock.today()
    rule = queries.days_back(institution.division_code, today)
    first = today - timedelta(days=int(rule.value) if rule else 0)
    since = max(first, institution.public_since or first)
    stated = set(
        DailyReturn.objects.filter(institution=institution, day__gte=since, current=True).values_list(
            "day", flat=True
        )
    )
    found, day = [], today
    while day >= since:
        worked, provisional = workdays.is_workday(day)
        if worked and day not in stated:
            found.append({"day": day, "provisional": provisional})
        day -= timedelta(days=1)
    return found


@require_http_methods(["GET", "POST"])
@access.permitted(VIEW_DAYS)
@never_cache
def day(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """One day of an institution: what was stated, and, for who may, the form."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_DAYS, pk, STATE_DAY)
    found, may_state = opened.institution, STATE_DAY.key in opened.may
    asked = read_day(day)
    if asked is None or not (found.public_since or asked) <= asked <= clock.today():
        raise Http404
    rooms = queries.rooms_of(found, asked)
    statements = queries.statements_of(found, asked)
    current = next((one for one in statements if one.current), None)
    form = DayForm(rooms, request.POST or None, initial=_initial(request, found, asked, current))
    status = 200
    if request.method == "POST":
        made = _stated(actor, found, asked, form)
        if made is not None:
            for said in _told_after(actor, found, form):
                messages.warning(request, said)
            messages.success(request, f"{asked}的情况已报送，卫生健康部门可以看到。")
            return redirect("care:days", pk)
        status = form.refused  # type: ignore[attr-defined]
    context = {
        **opened.shown("days"),
        "day": asked,
        "form": form,
        "current": current,
        "statements": _shown(statements),
        "last": queries.last_before(found, asked) if may_state and current is None else None,
        "may_state": may_state,
        "offered": request.GET.get("from") == "last",
    }
    return render(request, "care/day.html", context, status=status)


def _initial(
    request: HttpRequest, found: Institution, asked: date, current: DailyReturn | None
) -> dict[str, Any]:
    """What was stated of the day; else, only when it was asked for, the figures of the last day."""
    if current is not None:
        return initial_of(queries.given_of(current), cases=True)
    last = queries.last_before(found, asked) if request.GET.get("from") == "last" else None
    return initial_of(queries.given_of(last), cases=False) if last else {}


def _stated(actor: Actor, found: Institution, asked: date, form: DayForm) -> DailyReturn | None:
    """State the day as typed; None, with the reasons on the form, when that is refused."""
    form.refused = 422  # type: ignore[attr-defined]
    if not form.is_valid():
        return None
    try:
        return actions.state_day(
            by=actor, institution=found, day=asked, given=form.given(), reason=form.cleaned_data["reason"]
        )
    except Refused as refusal:
        form.refused = refusal.status  # type: ignore[attr-defined]
        for problem in refusal.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, f"{problem.message}{problem.fix}")
        return None


def _told_after(actor: Actor, found: Institution, form: DayForm) -> list[str]:
    book = policy.book_at(found.division_code)
    family = found.kind == Kind.FAMILY_POINT
    return [
        f"{doubt.message}{f'依据：{doubt.source}' if doubt.source else ''}"
        for doubt in rules.doubts(form.given(), form.rooms, book, family)
    ]


def _shown(statements: list[DailyReturn]) -> list[dict[str, Any]]:
    """Every statement of a day in words, the latest first."""
    shown = [queries.told(one) for one in statements]
    for statement in shown:
        for row in statement["classes"]:
            row["ill"] = queries.cases_in_words(row)
    return shown
