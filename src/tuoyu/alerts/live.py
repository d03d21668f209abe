"""What is looked for at once: when a day is stated, and when somebody asks for one institution."""

from datetime import date, timedelta

from tuoyu.alerts.actions import evaluate_one
from tuoyu.alerts.evaluating import Outcome, Scope, closed_days, scopes
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.workforce import alerts as counting

# Clustered illness has a clock of hours: it does not wait for the day to close.
AT_ONCE = ("cluster", "disease")
# What one day says by itself, looked for as it closes, or when it is stated after that.
OF_THE_DAY = ("staffing", "morning_check", "entry_check")
SYSTEM = Actor.system("预警")


def scope_of(institution: Institution, day: date) -> Scope:
    """The jurisdiction an institution lies in."""
    place = institution.division_code
    found = [scope for scope in scopes(day) if place.startswith(scope.prefix)]
    return max(found, key=lambda scope: len(scope.prefix))


def when_a_day_is_stated(by: Actor, institution: Institution, day: date) -> None:
    """Look for clustered illness at once, over the days the stated one counts for; and, of a day that has
    closed, for everything else."""
    today = clock.today()
    scope = scope_of(institution, today)
    on = min(today, day + timedelta(days=2))
    evaluate_one(by=SYSTEM, institution=institution, scope=scope, day=on, only=AT_ONCE)
    if day <= closed_days(clock.now())[scope.book.pack.code]:
        evaluate_one(by=SYSTEM, institution=institution, scope=scope, day=day, only=OF_THE_DAY)
        last = closed_days(clock.now())[scope.book.pack.code]
        evaluate_one(by=SYSTEM, institution=institution, scope=scope, day=last, only=("return_missing",))


def look_now(by: Actor, institution: Institution) -> Outcome:
    """Everything that is watched at an institution, on the last day that has closed."""
    counting.count([institution.pk])
    scope = scope_of(institution, clock.today())
    day = closed_days(clock.now())[scope.book.pack.code]
    return evaluate_one(by=by, institution=institution, scope=scope, day=day)
