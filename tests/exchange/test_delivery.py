"""Messages on their way: a receiver that drops, delays, repeats or lies, and what is kept of each attempt."""

import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import httpx
import pytest
from django.db import transaction

from exchange.callers import GULOU, XUANWU, message, person
from tuoyu.core import clock, outbox
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.exchange import actions, delivery, rules
from tuoyu.exchange.models import Connector

pytestmark = [pytest.mark.django_db]

Answer = Callable[[int], int | None]


class Receiver:
    """An office's own system on this machine. It keeps one record a key, however often it is told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.records: dict[str, Any] = {}
        self.answer: Answer = lambda number: 200
        self.location = ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((dict(self.headers), body))
                status = receiver.answer(len(receiver.requests))
                if status is None:  # the line is cut, though the message was kept
                    receiver.records.setdefault(self.headers["Idempotency-Key"], json.loads(body))
                    self.close_connection = True
                    return
                if status == 200:
                    receiver.records.setdefault(self.headers["Idempotency-Key"], json.loads(body))
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def do_GET(self) -> None:
                receiver.requests.append((dict(self.headers), b"GET"))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quietly."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/tuoyu"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def connected(receiver: Receiver) -> Receiver:
    Connector.objects.create(
        department="health", division_code=GULOU, address=receiver.address, secret="秘密", set_by_label="测试"
    )
    return receiver


def until_delivered(made: OutboxMessage, rounds: int = 20) -> OutboxMessage:
    """Let the worker come round, each time when the message is due again."""
    for _ in range(rounds):
        made.refresh_from_db()
        if made.state != OutboxMessage.State.QUEUED:
            break
        with clock.set_to(max(clock.now(), made.next_attempt_at) + timedelta(seconds=1)):
            delivery.deliver_due()
    made.refresh_from_db()
    return made


def test_an_office_without_a_system_has_its_message_at_once() -> None:
    made = message()
    assert delivery.deliver_due() == 1
    made.refresh_from_db()
    assert made.state == "delivered"
    assert delivery.deliver_due() == 0


def test_a_receiver_can_check_the_signature_and_know_a_repetition(connected: Receiver) -> None:
    made = message()
    delivery.deliver_due()
    headers, body = connected.requests[0]
    moment, digest = (part.split("=")[1] for part in headers["X-Tuoyu-Signature"].split(","))
    expected = hmac.new("秘密".encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    assert hmac.compare_digest(digest, expected)
    assert headers["Idempotency-Key"] == made.key
    assert json.loads(body)["payload"]["name"] == "鼓楼区小星星托育园"


@pytest.mark.fault
def test_a_receiver_that_drops_fails_and_repeats_gets_each_message_and_keeps_it_once(
    connected: Receiver,
) -> None:
    luck = Random(7)
    connected.answer = lambda number: luck.choice([500, None, 503, 200, 200])
    made = [message(key=f"m{number}") for number in range(8)]
    for one in made:
        until_delivered(one)
    assert {one.state for one in made} == {"delivered"}
    assert set(connected.records) == {one.key for one in made}
    told = Counter(headers["Idempotency-Key"] for headers, _ in connected.requests)
    assert max(told.values()) > 1, "some were told more than once"
    same = {headers["Idempotency-Key"]: body for headers, body in connected.requests}
    assert all(body == same[headers["Idempotency-Key"]] for headers, body in connected.requests)


@pytest.mark.fault
def test_a_receiver_that_delays_is_tried_again_and_the_wait_grows(
    connected: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", httpx.Timeout(0.1))

    def slow(number: int) -> int:
        time.sleep(0.4)
        return 200

    connected.answer = slow
    made = message()
    delivery.deliver_due()
    made.refresh_from_db()
    assert (made.state, made.attempts) == ("queued", 1)
    assert "没有在时限内答复" in made.last_error
    assert made.next_attempt_at > clock.now() + timedelta(seconds=50)
    assert delivery.deliver_due() == 0, "not due yet"
    assert set(connected.records) <= {made.key}, "however often it is told, it is one record"


def test_after_many_failures_a_person_must_look_and_may_send_it_again(connected: Receiver) -> None:
    connected.answer = lambda number: 500
    made = until_delivered(message())
    assert (made.state, made.attempts) == ("failed", outbox.ATTEMPTS)
    assert made.last_error == "对方系统答复500。"
    connected.answer = lambda number: 200
    actions.retry(by=Actor.system("测试"), message=made)
    assert until_delivered(made).state == "delivered"


def test_a_receiver_that_points_elsewhere_is_not_followed(connected: Receiver) -> None:
    elsewhere = Receiver()
    connected.location = elsewhere.address
    connected.answer = lambda number: 307
    made = message()
    delivery.deliver_due()
    elsewhere.close()
    made.refresh_from_db()
    assert made.state == "queued"
    assert "没有跟随" in made.last_error
    assert elsewhere.requests == []


def test_nobody_at_the_address_is_a_failed_attempt_and_no_crash() -> None:
    Connector.objects.create(
        department="health",
        division_code=GULOU,
        address="http://127.0.0.1:9/",
        secret="x",
        set_by_label="测试",
    )
    made = message()
    assert delivery.deliver_due() == 0
    made.refresh_from_db()
    assert "连接不上" in made.last_error


def test_the_nearest_address_serves_and_a_neighbour_is_not_told(connected: Receiver) -> None:
    message(division=XUANWU, key="theirs")
    message("public_security", key="police")
    delivery.deliver_due()
    assert connected.requests == []
    message(division=f"{GULOU}001", key="street")
    delivery.deliver_due()
    assert set(connected.records) == {"street"}


def test_a_text_message_goes_to_the_person_and_to_nobody_without_a_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[str, str]] = []

    class Phone:
        def send(self, phone: str, text: str) -> None:
            sent.append((phone, text))

    monkeypatch.setattr(delivery, "messenger", Phone)
    reached, silent = person("有手机"), person("没手机")
    reached.phone = "13800138000"
    reached.save()
    for user in (reached, silent):
        outbox.enqueue(
            key=f"sms:{user.pk}",
            topic="sms",
            department="",
            division_code=GULOU,
            payload={"user_id": user.pk, "text": "已办结"},
        )
    assert delivery.deliver_due() == 2
    assert sent == [("13800138000", "已办结")]


def test_a_program_error_leaves_the_message_due_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = message()

    def broken(*args: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr(delivery, "_send", broken)
    with pytest.raises(KeyError):
        delivery.deliver_due()
    made.refresh_from_db()
    assert (made.state, made.last_error) == ("queued", "程序出错：KeyError")


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_a_message_once(receiver: Receiver) -> None:
    from django.db import connections

    Connector.objects.create(
        department="health", division_code=GULOU, address=receiver.address, secret="x", set_by_label="测试"
    )
    with transaction.atomic():
        for number in range(6):
            message(key=f"m{number}")

    def work() -> None:
        delivery.deliver_due()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told = Counter(headers["Idempotency-Key"] for headers, _ in receiver.requests)
    assert told == Counter({f"m{number}": 1 for number in range(6)})
    assert not OutboxMessage.objects.exclude(state="delivered").exists()


@pytest.mark.fault
def test_a_worker_killed_on_the_way_leaves_the_message_to_the_next(connected: Receiver) -> None:
    made = message()
    with transaction.atomic():
        assert outbox.claim(outbox.due(1)[0], hold=delivery.HOLD)
    # killed here: nothing was noted
    assert delivery.deliver_due() == 0, "it may still be on its way"
    with clock.set_to(clock.now() + delivery.HOLD + timedelta(seconds=1)):
        assert delivery.deliver_due() == 1
    made.refresh_from_db()
    assert made.state == "delivered"


def test_the_same_message_is_the_same_bytes() -> None:
    made = message()
    assert rules.body_of(delivery.told(made)) == rules.body_of(delivery.told(made))
