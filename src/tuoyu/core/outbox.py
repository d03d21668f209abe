"""Messages that leave with the transaction that caused them, and arrive at least once.

`enqueue` writes the message in the caller's transaction; a worker takes what is due with `due`, sends
it, and says what became of it. Each change is compare-and-set, so that a message told twice is one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from tuoyu.core import clock
from tuoyu.core.models import OutboxMessage

State = OutboxMessage.State

# After so many failures a person must look; until then the wait doubles, from a minute to some hours.
ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

_holds: dict[str, Callable[[OutboxMessage], bool]] = {}


def send_only_while(topic: str, holds: Callable[[OutboxMessage], bool]) -> None:
    """Have messages of `topic` sent only while what they say still holds; asked just before each attempt."""
    _holds[topic] = holds


def still_holds(message: OutboxMessage) -> bool:
    """Whether what a message says still holds."""
    holds = _holds.get(message.topic)
    return holds is None or holds(message)


def enqueue(
    *, key: str, topic: str, department: str, division_code: str, payload: dict[str, Any]
) -> OutboxMessage:
    """Write a message in the caller's transaction. The same `key` again is the same message: the first
    one stays as it is and is returned."""
    message = OutboxMessage(
        key=key, topic=topic, department=department, division_code=division_code, payload=payload
    )
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    return OutboxMessage.objects.get(key=key)


def due(limit: int = 50) -> QuerySet[OutboxMessage]:
    """The messages to send now, locked for this transaction; what another worker holds is passed over."""
    return (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(state=State.QUEUED, next_attempt_at__lte=clock.now())
        .order_by("next_attempt_at", "pk")[:limit]
    )


def claim(message: OutboxMessage, *, hold: timedelta = timedelta(minutes=5)) -> bool:
    """Take `message` for an attempt without keeping a lock while it is on its way: nobody else finds it
    due until `hold` is over. False when somebody else was first."""
    now = clock.now()
    taken = OutboxMessage.objects.filter(
        pk=message.pk, state=State.QUEUED, attempts=message.attempts, next_attempt_at__lte=now
    ).update(attempts=F("attempts") + 1, next_attempt_at=now + hold)
    if taken:
        message.attempts += 1
        message.next_attempt_at = now + hold
    return bool(taken)


def delivered(message: OutboxMessage) -> bool:
    """The receiver has it. False when that was already known."""
    return _set(message, State.QUEUED, state=State.DELIVERED, delivered_at=clock.now(), last_error="")


def acknowledged(message: OutboxMessage, *, by_label: str) -> bool:
    """Somebody at the receiving office has taken note. False when that was already known.

    An acknowledgement may overtake the news of the delivery; then it stands for both.
    """
    now = clock.now()
    says = {"state": State.ACKNOWLEDGED, "acknowledged_at": now, "acknowledged_by": by_label}
    return _set(message, State.DELIVERED, **says) or _set(
        message, State.QUEUED, State.FAILED, delivered_at=now, **says
    )


def failed(message: OutboxMessage, error: str) -> bool:
    """An attempt failed: it is tried again later, and given to a person after `ATTEMPTS`."""
    state = State.FAILED if message.attempts >= ATTEMPTS else State.QUEUED
    return _set(
        message,
        State.QUEUED,
        state=state,
        next_attempt_at=next_attempt(message.attempts),
        last_error=error[:2000],
    )


def dropped(message: OutboxMessage, why: str) -> bool:
    """What the message says no longer holds: it is not sent."""
    return _set(message, State.QUEUED, state=State.DROPPED, last_error=why[:2000])


def retry(message: OutboxMessage) -> bool:
    """Somebody wants a failed message tried again, from the beginning."""
    return _set(message, State.FAILED, state=State.QUEUED, attempts=0, next_attempt_at=clock.now())


def next_attempt(attempts: int) -> datetime:
    """When to try again after `attempts` failures."""
    doubled = int(2 ** min(max(attempts - 1, 0), 10))
    wait = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return clock.now() + wait


def _set(message: OutboxMessage, *old: str, **values: Any) -> bool:
    changed = OutboxMessage.objects.filter(pk=message.pk, state__in=old).update(**values)
    if changed:
        for name, value in values.items():
            setattr(message, name, value)
    return bool(changed)
