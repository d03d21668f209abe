"""Background work: when a day has closed at a place, everything that is watched there is looked for."""

from procrastinate.contrib.django import app

from tuoyu.alerts.actions import evaluate
from tuoyu.alerts.evaluating import closed_days, scopes
from tuoyu.alerts.live import SYSTEM
from tuoyu.core import clock, workdays
from tuoyu.jurisdictions import queries as jurisdictions


@app.periodic(cron="9 * * * *")
@app.task(name="alerts.evaluate", queueing_lock="alerts.evaluate")
def evaluate_closed_days(timestamp: int) -> int:
    """Evaluate the last day that has closed, at every place; how many alerts were raised. Again within the
    hour it changes nothing, so that a worker that stood still makes up for it."""
    raised = 0
    with workdays.held(), jurisdictions.remembering():
        closed = closed_days(clock.now())
        for scope in scopes(clock.today()):
            outcome = evaluate(by=SYSTEM, scope=scope, day=closed[scope.book.pack.code])
            raised += len(outcome.raised)
    return raised
