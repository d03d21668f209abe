"""Background work: contacts that are of no more use go, and what was counted against floods."""

from datetime import timedelta

from procrastinate.contrib.django import app

from tuoyu.complaints import actions, queries
from tuoyu.complaints.models import Attempt
from tuoyu.core import clock
from tuoyu.core.actor import Actor

# Longer than the longest limit counts back.
ATTEMPTS_KEPT = timedelta(days=2)


@app.periodic(cron="47 2 * * *")
@app.task(name="complaints.erase_contacts", queueing_lock="complaints.erase_contacts")
def erase_contacts(timestamp: int) -> int:
    """Erase the contacts whose days are over; how many there were."""
    found = queries.contacts_to_erase()
    for complaint in found:
        actions.erase_contact(by=Actor.system("投诉人信息到期删除"), complaint=complaint)
    return len(found)


@app.periodic(cron="51 2 * * *")
@app.task(name="complaints.forget_attempts", queueing_lock="complaints.forget_attempts")
def forget_attempts(timestamp: int) -> int:
    """Take away what was counted against floods; how many rows went."""
    return Attempt.objects.filter(at__lt=clock.now() - ATTEMPTS_KEPT).delete()[0]
