"""What must always hold of credit, and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.core.models import OutboxMessage
from tuoyu.credit import export, queries
from tuoyu.credit.vocabulary import Standing


@check("credit.ended_is_taken_back", "Whatever was sent and no longer shows was taken back")
def ended_is_taken_back() -> Iterator[str]:
    """What ended today may still be on its way to the job of the hour."""
    today = clock.today()
    undone = queries.standing_is(Standing.WITHDRAWN, today) | queries.standing_is(Standing.REPAIRED, today)
    ended = queries.events().filter(undone)
    sent = set(OutboxMessage.objects.filter(topic=export.PUBLISHED).values_list("key", flat=True))
    back = set(OutboxMessage.objects.filter(topic=export.ENDED).values_list("key", flat=True))
    for event in ended.order_by("pk").iterator(chunk_size=500):
        if export.key_of(event.pk, "published") in sent and export.key_of(event.pk, "ended") not in back:
            yield f"credit event {event.pk} no longer shows and was not taken back"
