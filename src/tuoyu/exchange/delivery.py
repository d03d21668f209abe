"""Messages on their way: each due one is sent, and what became of it is noted.

A message arrives at least once. Whoever receives one twice knows it by its key, which is the same at
every attempt; what is sent is the same bytes, too.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
from django.db import transaction

from tuoyu.accounts.messenger import messenger
from tuoyu.accounts.queries import phone_of
from tuoyu.core import clock, outbox
from tuoyu.core.models import OutboxMessage
from tuoyu.core.problems import Refused
from tuoyu.exchange import rules
from tuoyu.exchange.models import Connector
from tuoyu.jurisdictions.packs.schema import prefix_of

SMS = "sms"
TIMEOUT = httpx.Timeout(10, connect=5)
# Longer than an attempt can take: nobody else sends a message that is on its way.
HOLD = timedelta(minutes=2)


class NotDelivered(Exception):
    """An attempt failed; the text says why, for whoever looks into it."""


def deliver_due(most: int = 200) -> int:
    """Send what is due, one message after the other; how many arrived."""
    arrived = 0
    for _ in range(most):
        message = _next()
        if message is None:
            break
        arrived += attempt(message)
    return arrived


def _next() -> OutboxMessage | None:
    """The next due message, claimed for an attempt: nobody else takes it until the hold is over."""
    with transaction.atomic():
        for message in outbox.due(1):
            if outbox.claim(message, hold=HOLD):
                return message
    return None


def attempt(message: OutboxMessage) -> bool:
    """Send a claimed message; True when it arrived, else it is due again later, or no longer holds."""
    if not outbox.still_holds(message):
        outbox.dropped(message, "内容已不再有效，没有发送。")
        return False
    try:
        _send(message)
    except NotDelivered as why:
        outbox.failed(message, str(why))
        return False
    except Exception as error:
        outbox.failed(message, f"程序出错：{type(error).__name__}")
        raise
    outbox.delivered(message)
    return True


def _send(message: OutboxMessage) -> None:
    if message.topic == SMS:
        _text(message)
    elif (connector := connector_for(message.department, message.division_code)) is not None:
        _post(connector, message)
    # Without a system of its own the office reads the message here: it has arrived.


def connector_for(department: str, division_code: str) -> Connector | None:
    """The nearest address set for a department: at the place itself, else above it."""
    found = Connector.objects.filter(department=department, removed_at=None)
    reaching = [c for c in found if division_code.startswith(prefix_of(c.division_code))]
    return max(reaching, key=lambda c: len(prefix_of(c.division_code)), default=None)


def _text(message: OutboxMessage) -> None:
    phone = phone_of(int(message.payload["user_id"]))
    if not phone:
        return  # the person wants no messages, has no phone or has left: nothing is owed
    try:
        messenger().send(phone, str(message.payload["text"]))
    except Refused as refusal:
        raise NotDelivered(str(refusal)) from refusal


def told(message: OutboxMessage) -> dict[str, Any]:
    """What a receiving system gets."""
    return {
        "key": message.key,
        "topic": message.topic,
        "department": message.department,
        "division_code": message.division_code,
        "created_at": message.created_at.isoformat(),
        "payload": message.payload,
    }


def _post(connector: Connector, message: OutboxMessage) -> None:
    """POST to the office's system: certificates are checked, redirections are not followed."""
    body = rules.body_of(told(message))
    moment = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.key,
        "X-Tuoyu-Signature": rules.signature(str(connector.secret), moment, body),
        "User-Agent": "Tuoyu",
    }
    try:
        # Only the status counts: the answer's body is not read, however long it is.
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", connector.address, content=body, headers=headers) as answer,
        ):
            status = answer.status_code
            with suppress(httpx.HTTPError):
                answer.close()
    except httpx.TimeoutException as error:
        raise NotDelivered("对方系统没有在时限内答复。") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotDelivered(f"连接不上对方系统（{type(error).__name__}）。") from error
    if 300 <= status < 400:
        raise NotDelivered(f"对方系统要求转到其他地址（{status}），为安全没有跟随，请核对接收地址。")
    if not 200 <= status < 300:
        raise NotDelivered(f"对方系统答复{status}。")
