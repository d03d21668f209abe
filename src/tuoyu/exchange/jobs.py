"""Background work of the exchange: messages on their way, and the checks of the night.

Seals, the sweep of uploads and the calendar are the kernel's (`core.jobs`). Each job may run twice, or
stop half-way: what is done stays done, the rest is due again.
"""

import logging

from procrastinate.contrib.django import app

from tuoyu.core import checks
from tuoyu.exchange import delivery

log = logging.getLogger("tuoyu.checks")


@app.periodic(cron="* * * * *")
@app.task(name="exchange.deliver", queueing_lock="exchange.deliver")
def deliver(timestamp: int) -> int:
    """Send the messages that are due; how many arrived."""
    return delivery.deliver_due()


@app.periodic(cron="23 3 * * *")
@app.task(name="exchange.nightly_checks", queueing_lock="exchange.nightly_checks")
def nightly_checks(timestamp: int) -> int:
    """Run every named check and write what it finds to the log; how many findings there were."""
    found = 0
    for result in checks.run(checks.every()):
        for finding in result.findings:
            log.error("%s: %s", result.name, finding)
        found += len(result.findings)
    return found
