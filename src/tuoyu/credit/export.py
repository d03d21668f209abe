"""Credit information on its way to a public credit platform (docs/api.md, "Messages about credit").

An event is sent once when it begins to show, and ended once: repaired, withdrawn, or over. What is over is
not sent: asked again just before sending, a message about it is dropped.
"""

from typing import Any

from tuoyu.core import clock, identifiers, outbox
from tuoyu.core.models import OutboxMessage
from tuoyu.credit.models import CreditEvent
from tuoyu.credit.queries import standing_of
from tuoyu.credit.terms import platform_at
from tuoyu.credit.vocabulary import Standing

PUBLISHED, ENDED = "credit.published", "credit.ended"
FORMAT = "tuoyu-credit/1"


def key_of(event_id: int, what: str) -> str:
    """The key of the message that an event shows (`published`), or no longer does (`ended`)."""
    return f"credit:{event_id}:{what}"


def publish(event: CreditEvent) -> None:
    """Send an event that shows; one that does not is not sent."""
    if standing_of(event) == Standing.SHOWN:
        _enqueue(event, PUBLISHED, "published", _told(event))


def end(event: CreditEvent, why: Standing) -> None:
    """Take back what was sent of an event; nothing where nothing was."""
    if OutboxMessage.objects.filter(key=key_of(event.pk, "published")).exists():
        told = {"reason": str(why), "ended_on": clock.today().isoformat()}
        _enqueue(event, ENDED, "ended", _head(event) | told)


def still_holds(message: OutboxMessage) -> bool:
    """Whether what a message publishes still shows today."""
    event = CreditEvent.objects.filter(pk=message.payload.get("event")).first()
    return event is not None and standing_of(event) == Standing.SHOWN


def _enqueue(event: CreditEvent, topic: str, what: str, payload: dict[str, Any]) -> None:
    outbox.enqueue(
        key=key_of(event.pk, what),
        topic=topic,
        department=platform_at(event.division_code),
        division_code=event.division_code,
        payload=payload,
    )


def _head(event: CreditEvent) -> dict[str, Any]:
    return {"format": FORMAT, "event": event.pk, "subject": _subject(event)}


def _subject(event: CreditEvent) -> dict[str, Any]:
    """Whom it is about. A person by a reference and a masked name: an identity number never leaves."""
    institution = event.institution
    of = {"name": institution.name, "uscc": institution.uscc}
    if event.person is None:
        return {"type": "institution", **of}
    masked = identifiers.mask_name(str(event.person.name))
    return {"type": "person", "name": masked, "reference": f"P{event.person_id}", "institution": of}


def _told(event: CreditEvent) -> dict[str, Any]:
    return _head(event) | {
        "kind": event.kind,
        "class": event.credit_class,
        "summary": event.summary,
        "document": event.document,
        "decided_on": event.decided_on.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "department": event.department,
        "division_code": event.division_code,
    }
