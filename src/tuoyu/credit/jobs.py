"""Background work: the time of an event is over with the day, and whoever received it is told."""

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from procrastinate.contrib.django import app

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.credit.actions import end_sharing
from tuoyu.credit.models import CreditEvent


@app.periodic(cron="3 0-23 * * *")
@app.task(name="credit.end_what_is_over", queueing_lock="credit.end_what_is_over")
def end_what_is_over(timestamp: int) -> int:
    """Tell the platform, once, of each event whose time is over; how many there were."""
    key = Concat(Value("credit:"), Cast("pk", CharField()), Value(":"), output_field=CharField())
    rows = CreditEvent.objects.filter(until__lte=clock.today()).annotate(head=key)
    sent = OutboxMessage.objects.filter(key=Concat(OuterRef("head"), Value("published")))
    ended = OutboxMessage.objects.filter(key=Concat(OuterRef("head"), Value("ended")))
    over = rows.filter(Exists(sent), ~Exists(ended)).select_related("institution", "person").order_by("pk")
    done = 0
    for event in over.iterator(chunk_size=200):
        end_sharing(by=Actor.system("信用信息"), event=event)
        done += 1
    return done
