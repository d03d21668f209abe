"""Messages to one's office, how far each has come, and the addresses of offices' own systems."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core.access import actor_of
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import get_visible
from tuoyu.exchange import actions, queries
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Code, Given, Id, PageAsked, PageOf, Reason, Told, page_of
from tuoyu.exchange.models import Connector
from tuoyu.exchange.permissions import ACKNOWLEDGE, MANAGE_CONNECTORS, READ_MESSAGE, RETRY, SEE_DELIVERY

router = Router(tags=["messages"])

PK = Annotated[Id, Path()]
Word = Annotated[str, Field(max_length=60)]


class Narrowed(Asked):
    """How messages are narrowed."""

    topic: Word = ""
    department: Word = ""
    text: Word = ""


class MessagesAsked(Narrowed):
    """New ones are those nobody has taken note of."""

    state: Literal["new", "acknowledged", ""] = ""


class DeliveriesAsked(Narrowed):
    """By how far a message has come."""

    state: Literal["queued", "delivered", "acknowledged", "failed", "dropped", ""] = ""


class Message(Told):
    """A message to an office."""

    id: int
    topic: str
    department: str
    division_code: str
    payload: dict[str, Any]
    state: str
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    may_acknowledge: bool


class Acknowledged(Told):
    """A message that was taken note of, by whom and when; `new` is false when it had been before."""

    id: int
    state: str
    acknowledged_at: datetime
    acknowledged_by: str
    new: bool


class Delivery(Told):
    """How far a message has come."""

    id: int
    key: str
    topic: str
    department: str
    division_code: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    last_error: str
    may_retry: bool


class ConnectorTold(Told):
    """Where the messages to an office are sent."""

    id: int
    department: str
    division_code: str
    address: str
    set_at: datetime
    set_by_label: str


class ConnectorMade(Told):
    """A new address, and the key that signs what is sent there: shown only now."""

    id: int
    department: str
    division_code: str
    address: str
    secret: str


class ConnectorGiven(Given):
    """An office, and the address of its own system."""

    department: Annotated[str, Field(min_length=1, max_length=40)]
    division_code: Code
    address: Annotated[str, Field(min_length=1, max_length=300)]


class ReasonGiven(Given):
    """Why."""

    reason: Reason


def _narrowed(asked: Any) -> queries.Narrowed:
    return queries.Narrowed(asked.state, asked.topic, asked.department, asked.text)


@operation(router, "GET", "/messages", door=permitted(READ_MESSAGE), ok=PageOf[Message])
def messages(request: HttpRequest, asked: Annotated[MessagesAsked, Query()]) -> Any:
    """The messages to one's office, those nobody has taken note of first."""
    return page_of(queries.messages(actor_of(request), _narrowed(asked)), asked)


@operation(router, "POST", "/messages/{pk}/acknowledgement", door=permitted(ACKNOWLEDGE), ok=Acknowledged)
def acknowledge(request: HttpRequest, pk: PK) -> Any:
    """Take note of a message; a second time changes nothing and gets the same answer."""
    actor = actor_of(request)
    message = get_visible(actor, READ_MESSAGE, OutboxMessage.objects.exclude(department=""), pk=pk)
    new = actions.acknowledge(by=actor, message=message)
    message.refresh_from_db()
    names = ("id", "state", "acknowledged_at", "acknowledged_by")
    return {**{name: getattr(message, name) for name in names}, "new": new}


@operation(router, "GET", "/deliveries", door=permitted(SEE_DELIVERY), ok=PageOf[Delivery])
def deliveries(request: HttpRequest, asked: Annotated[DeliveriesAsked, Query()]) -> Any:
    """How far each message has come, the newest first."""
    return page_of(queries.deliveries(actor_of(request), _narrowed(asked)), asked)


@operation(router, "POST", "/deliveries/{pk}/retry", door=permitted(RETRY), ok=Done)
def retry(request: HttpRequest, pk: PK) -> Any:
    """Send a message again that had been given up."""
    actor = actor_of(request)
    actions.retry(by=actor, message=get_visible(actor, SEE_DELIVERY, OutboxMessage.objects.all(), pk=pk))
    return {"done": True}


@operation(router, "GET", "/connectors", door=permitted(MANAGE_CONNECTORS), ok=PageOf[ConnectorTold])
def connectors(request: HttpRequest, asked: PageAsked) -> Any:
    """The addresses of offices' own systems."""
    return page_of(queries.connectors(actor_of(request)), asked)


@operation(router, "POST", "/connectors", door=permitted(MANAGE_CONNECTORS), ok={201: ConnectorMade})
def set_connector(request: HttpRequest, given: ConnectorGiven) -> Any:
    """Send the messages to an office to its own system; an address set before is replaced."""
    made, secret = actions.set_connector(by=actor_of(request), **given.model_dump())
    names = ("id", "department", "division_code", "address")
    return Status(201, {**{name: getattr(made, name) for name in names}, "secret": secret})


@operation(router, "POST", "/connectors/{pk}/removal", door=permitted(MANAGE_CONNECTORS), ok=Done)
def remove_connector(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Deliver an office's messages in the program only."""
    actor = actor_of(request)
    rows = Connector.objects.filter(removed_at=None)
    found = get_visible(actor, MANAGE_CONNECTORS, rows, pk=pk)
    actions.remove_connector(by=actor, connector=found, reason=given.reason)
    return {"done": True}
