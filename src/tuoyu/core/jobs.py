"""The kernel's background work: seals, the sweep of files without a record, the calendar."""

import time
from datetime import timedelta

from procrastinate.contrib.django import app

from tuoyu.core import seals, uploads, workdays
from tuoyu.core.actor import Actor

# A file is written before its row; only what nobody claimed for a day is taken away.
UNCLAIMED = timedelta(days=1)


@app.periodic(cron="* * * * *")
@app.task(name="core.seal_events", queueing_lock="core.seal_events")
def seal_events(timestamp: int) -> int:
    """Seal the audit events of the transactions that have ended."""
    return seals.seal()


@app.periodic(cron="41 2 * * *")
@app.task(name="core.sweep_uploads", queueing_lock="core.sweep_uploads")
def sweep_uploads(timestamp: int) -> int:
    """Take away files whose transaction was undone."""
    return uploads.sweep(time.time() - UNCLAIMED.total_seconds())


@app.periodic(cron="11 1 * * *")
@app.task(name="core.recompute_deadlines", queueing_lock="core.recompute_deadlines")
def recompute_deadlines(timestamp: int) -> int:
    """Set provisional deadlines anew once their year is published."""
    return workdays.recompute_known(Actor.system("工作日历"))
