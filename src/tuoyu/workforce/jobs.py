"""Background work: what midnight changes because a certificate lapses or a last day has passed."""

from collections.abc import Iterator
from datetime import date, timedelta

from procrastinate.contrib.django import app

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.institutions.models import SHOWN, Institution
from tuoyu.workforce import alerts, queries
from tuoyu.workforce.actions import tell_capacity
from tuoyu.workforce.actions.capacity import changed_on, is_told

# A worker that stood still over midnight makes up for the day before.
MADE_UP = 2


@app.periodic(cron="7 * * * *")
@app.task(name="workforce.tell_capacities", queueing_lock="workforce.tell_capacities")
def tell_capacities(timestamp: int) -> int:
    """Write down, once, each capacity that changed with the day; returns how many did."""
    done = 0
    for institution, day in _turned():
        changed = None if is_told(institution, day) else changed_on(institution, day)
        if changed is None:
            continue
        try:
            tell_capacity(by=Actor.system("从业人员"), institution=institution, day=day, eve=changed[0],
                          then=changed[1])  # fmt: skip
            done += 1
        except Overtaken:
            continue
    return done


@app.periodic(cron="* * * * *")
@app.task(name="workforce.count_alerts", queueing_lock="workforce.count_alerts")
def count_alerts(timestamp: int) -> int:
    """Count the alerts anew where a register or the day has turned; returns of how many institutions."""
    return alerts.count(alerts.to_count())


def _turned() -> Iterator[tuple[Institution, date]]:
    """The filed institutions in whose register something begins or ends on one of the last days."""
    for back in reversed(range(MADE_UP)):
        day = clock.today() - timedelta(days=back)
        rows = Institution.objects.filter(SHOWN, pk__in=queries.turning_on(day)).order_by("pk")
        for institution in rows.iterator(chunk_size=200):
            yield institution, day
