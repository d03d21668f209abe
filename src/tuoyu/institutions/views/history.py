"""An institution on a day of the past; and what forms asked although it was known."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuoyu.core import access, clock, paging
from tuoyu.institutions import asking, history, parts
from tuoyu.institutions.permissions import VIEW_ASKED_AGAIN, VIEW_HISTORY


@require_GET
@access.permitted(VIEW_HISTORY)
def past(request: HttpRequest, pk: int) -> HttpResponse:
    """An institution as it was on the day of ?on=, today when none is given, and its story up to then."""
    actor = access.actor_of(request)
    day, problem = _asked_day(request.GET.get("on", ""))
    opened = parts.opened(actor, VIEW_HISTORY, pk, **history.columns(pk, day))
    context = {
        **opened.shown("history"),
        "told": history.day_of(actor, opened.institution, day),
        "problem": problem,
        "is_today": day == clock.today(),
    }
    return render(request, "institutions/history.html", context)


def _asked_day(text: str) -> tuple[date, str]:
    """The day an address names; today, and why, where it names none or one to come."""
    today = clock.today()
    if not text:
        return today, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today, "日期看不懂，请按2026-11-22的样子填写；以下是今天的情况。"
    return (day, "") if day <= today else (today, "这一天还没有到；以下是今天的情况。")


@require_GET
@access.permitted(VIEW_ASKED_AGAIN)
def asked_again(request: HttpRequest) -> HttpResponse:
    """Which pages asked for what the platform held already; the aim is none."""
    page = paging.page_of(asking.asked_again(), request)
    for row in page.rows:
        row["label"] = asking.label_of(row["fact"])
    return render(request, "institutions/asked_again.html", {"page": page, "total": asking.total()})
