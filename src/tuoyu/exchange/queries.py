"""Reads of the exchange: the messages to one's office, and how far each message has come."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import holds, visible_to
from tuoyu.exchange.models import Connector
from tuoyu.exchange.permissions import ACKNOWLEDGE, MANAGE_CONNECTORS, READ_MESSAGE, RETRY, SEE_DELIVERY

State = OutboxMessage.State
NEW = Q(state__in=[State.QUEUED, State.DELIVERED, State.FAILED])


@dataclass(frozen=True)
class Narrowed:
    """How a list of messages is narrowed; each field is a parameter of the address."""

    state: str = ""
    topic: str = ""
    department: str = ""
    text: str = ""


def messages(actor: Actor, narrowed: Narrowed) -> QuerySet[OutboxMessage, Any]:
    """The messages to the actor's office, those nobody has taken note of first, then the newest.

    `state` narrows to "new" or "acknowledged".
    """
    rows = visible_to(actor, READ_MESSAGE, _to_offices()).filter(_wanted(narrowed))
    first = Case(When(NEW, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        rows.annotate(may_acknowledge=holds(actor, ACKNOWLEDGE))
        .order_by(first, "-pk")
        .values(
            "id", "topic", "department", "division_code", "payload", "state", "created_at",
            "acknowledged_at", "acknowledged_by", "may_acknowledge",
        )
    )  # fmt: skip


def message_counts(actor: Actor, narrowed: Narrowed) -> dict[str, int]:
    """How many messages there are to the actor's office, how many nobody has taken note of, and how many
    are `shown` when narrowed."""
    return visible_to(actor, READ_MESSAGE, _to_offices()).aggregate(
        all=Count("pk"),
        new=Count("pk", filter=NEW),
        acknowledged=Count("pk", filter=Q(state=State.ACKNOWLEDGED)),
        shown=Count("pk", filter=_wanted(narrowed) & ~Q(pk=None)),
    )


def deliveries(actor: Actor, narrowed: Narrowed) -> QuerySet[OutboxMessage, Any]:
    """How far each message has come, the newest first; not what it says."""
    rows = visible_to(actor, SEE_DELIVERY, OutboxMessage.objects.all()).filter(_wanted(narrowed))
    return (
        rows.annotate(may_retry=holds(actor, RETRY))
        .order_by("-pk")
        .values(
            "id", "key", "topic", "department", "division_code", "state", "attempts", "created_at",
            "next_attempt_at", "delivered_at", "acknowledged_at", "acknowledged_by", "last_error",
            "may_retry",
        )
    )  # fmt: skip


def delivery_counts(actor: Actor, narrowed: Narrowed) -> dict[str, int]:
    """How many messages stand where, and how many are `shown` when narrowed."""
    counted = {state: Count("pk", filter=Q(state=state)) for state in State.values}
    counted["shown"] = Count("pk", filter=_wanted(narrowed) & ~Q(pk=None))
    return visible_to(actor, SEE_DELIVERY, OutboxMessage.objects.all()).aggregate(all=Count("pk"), **counted)


def connectors(actor: Actor) -> QuerySet[Connector, Any]:
    """The addresses set for offices' own systems, without their keys."""
    rows = visible_to(actor, MANAGE_CONNECTORS, Connector.objects.filter(removed_at=None))
    return rows.order_by("division_code", "department", "pk").values(
        "id", "department", "division_code", "address", "set_at", "set_by_label"
    )


def _to_offices() -> QuerySet[OutboxMessage]:
    """Messages to departments; a text message to a person is none of theirs."""
    return OutboxMessage.objects.exclude(department="")


def _wanted(narrowed: Narrowed) -> Q:
    """The condition of a narrowed list; a state that makes no sense is left out."""
    wanted = Q()
    if narrowed.state == "new":
        wanted &= NEW
    elif narrowed.state in State.values:
        wanted &= Q(state=narrowed.state)
    if narrowed.topic:
        wanted &= Q(topic=narrowed.topic)
    if narrowed.department:
        wanted &= Q(department=narrowed.department)
    if narrowed.text:
        wanted &= Q(payload__name__icontains=narrowed.text) | Q(payload__case=narrowed.text.upper())
    return wanted
