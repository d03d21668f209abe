"""What happened, for those who audit and for the story of one thing."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.kernel_permissions import VIEW_EVENTS
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import visible_to

Rows = QuerySet[AuditEvent, Any]

LISTED = (
    "id", "at", "actor_label", "role", "department", "division_code", "verb", "object_type", "object_id",
    "topic", "note", "address",
)  # fmt: skip
TOLD = ("id", "at", "actor_kind", "actor_label", "role", "department", "verb", "before", "after", "note")
PERSONAL_READ = "personal.read"


def events(
    actor: Actor,
    *,
    since: date | None = None,
    until: date | None = None,
    who: str = "",
    verb: str = "",
    object_type: str = "",
    object_id: str = "",
    topic: str = "",
    division: str = "",
) -> Rows:
    """The audit trail of the places of `actor` (an audit administrator; nothing for anybody else), the newest
    first. What belongs to no place is for a seat over the whole country.

    Who, when, what and on what; not what stood before and after: an audit asks who looked, without
    looking itself. `since` and `until` are days in Asia/Shanghai, both included.
    """
    rows = visible_to(actor, VIEW_EVENTS, AuditEvent.objects.all())
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    exact = {"object_type": object_type, "object_id": object_id, "topic": topic}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if who:
        rows = rows.filter(actor_label__icontains=who)
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if division:
        rows = rows.filter(division_code__startswith=division)
    listed: Rows = rows.order_by("-id").values(*LISTED)
    return listed


def timeline(topic: str) -> Rows:
    """The story of `topic` (`case:12`), from the beginning; who may see the thing may see its story.

    Reads of personal data are no part of it.
    """
    story = AuditEvent.objects.filter(topic=topic).exclude(verb=PERSONAL_READ)
    told: Rows = story.order_by("id").values(*TOLD)
    return told


def reads_of(object_type: str, object_id: str) -> Rows:
    """Who read the personal data of one object, the newest first: what its guardian may see."""
    return (
        AuditEvent.objects.filter(object_type=object_type, object_id=object_id, verb=PERSONAL_READ)
        .order_by("-id")
        .values("id", "at", "actor_label", "role", "department", "after", "note")
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.BEIJING)
