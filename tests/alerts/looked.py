"""Days that close, and what is looked for then."""

from datetime import date, datetime, time, timedelta

from tuoyu.alerts.actions import evaluate
from tuoyu.alerts.evaluating import Outcome
from tuoyu.alerts.live import SYSTEM, scope_of
from tuoyu.alerts.models import Alert
from tuoyu.core import clock, workdays
from tuoyu.institutions.models import Institution

# Packs hold from the day they are loaded: what rests on a rule happens today or later.
TODAY = clock.today()


def three_working_days() -> date:
    """The first of three working days in a row, a week or more from today."""
    day = TODAY + timedelta(days=8)
    while not all(workdays.is_workday(day + timedelta(days=n))[0] for n in range(3)):
        day += timedelta(days=1)
    return day


def evening(day: date) -> datetime:
    """A quarter past eight in the evening of a day: it has closed."""
    return datetime.combine(day, time(20, 15), clock.BEIJING)


def closes(institution: Institution, day: date) -> Outcome:
    """The day closes at the jurisdiction of an institution, by the clock as it is set."""
    return evaluate(by=SYSTEM, scope=scope_of(institution, TODAY), day=day)


def standing(institution: Institution, rule: str = "") -> list[Alert]:
    rows = Alert.objects.filter(institution=institution, state__in=["open", "acknowledged"])
    return list((rows.filter(rule=rule) if rule else rows).order_by("pk"))


def day_after(day: date, number: int = 1) -> date:
    return day + timedelta(days=number)
