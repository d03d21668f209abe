"""Background work: what is of no use any more goes."""

from datetime import timedelta

from procrastinate.contrib.django import app

from tuoyu.accounts.models import BrowserSession, PhoneCode
from tuoyu.core import clock

# Longer than the longest limit counts back.
KEPT = timedelta(days=2)


@app.periodic(cron="23 3 * * *")
@app.task(name="accounts.forget_codes", queueing_lock="accounts.forget_codes")
def forget_codes(timestamp: int) -> int:
    """Take away old phone codes and sessions that have ended; returns how many codes went."""
    BrowserSession.objects.filter(expire_date__lt=clock.now()).delete()
    return PhoneCode.objects.filter(sent_at__lt=clock.now() - KEPT).delete()[0]
