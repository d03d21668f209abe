import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tuoyu.core import clock, outbox
from tuoyu.core.models import OutboxMessage

State = OutboxMessage.State
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def put(key: str = "case:1:registration:health", **payload: object) -> OutboxMessage:
    return outbox.enqueue(
        key=key, topic="registration.approved", department="health", division_code="320106", payload=payload
    )


@pytest.mark.django_db
def test_the_same_key_twice_is_one_message_and_the_first_stays() -> None:
    first, second = put(name="甲"), put(name="乙")
    assert first.pk == second.pk
    assert second.payload == {"name": "甲"}


@pytest.mark.django_db
def test_a_message_goes_with_its_transaction_or_not_at_all() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_an_attempt_is_claimed_once() -> None:
    message = put()
    same = OutboxMessage.objects.get()
    assert outbox.claim(message)
    assert not outbox.claim(same)
    assert list(outbox.due()) == []


@pytest.mark.django_db
def test_a_claim_whose_worker_died_falls_due_again() -> None:
    with clock.set_to(NOON):
        outbox.claim(put())
    with clock.set_to(NOON + timedelta(minutes=4)):
        assert not outbox.due()
    with clock.set_to(NOON + timedelta(minutes=5)):
        assert len(outbox.due()) == 1


@pytest.mark.django_db
def test_failures_wait_longer_each_time_and_end_with_a_person() -> None:
    message, moment, waits = put(), clock.now(), []
    for _ in range(outbox.ATTEMPTS):
        with clock.set_to(moment):
            assert outbox.claim(message)
            assert outbox.failed(message, "no answer")
            waits.append(message.next_attempt_at - moment)
            moment = message.next_attempt_at
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=6))
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.FAILED, "no answer")
    assert outbox.retry(message)
    assert not outbox.retry(message)
    assert OutboxMessage.objects.get().state == State.QUEUED


@pytest.mark.django_db
def test_what_is_told_twice_happened_once() -> None:
    message = put()
    assert [outbox.delivered(message), outbox.delivered(message)] == [True, False]
    assert outbox.acknowledged(message, by_label="陈某")
    assert not outbox.acknowledged(message, by_label="另一人")
    assert not outbox.failed(message, "late news of a failure")
    row = OutboxMessage.objects.get()
    assert (row.state, row.acknowledged_by) == (State.ACKNOWLEDGED, "陈某")


@pytest.mark.django_db
def test_an_acknowledgement_may_overtake_the_news_of_delivery() -> None:
    message = put()
    assert outbox.acknowledged(message, by_label="陈某")
    assert not outbox.delivered(message)
    assert OutboxMessage.objects.get().delivered_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"state": "delivered"},
        {"state": "acknowledged", "delivered_at": NOON, "acknowledged_at": NOON},
        {"acknowledged_by": "某"},
    ],
)
def test_the_database_refuses_a_state_without_its_moment_and_person(values: dict[str, object]) -> None:
    put()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.update(**values)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_message() -> None:
    for n in range(20):
        put(f"m:{n}")
    taken: list[list[int]] = []
    both = threading.Barrier(2, timeout=10)

    def work() -> None:
        with closing(connection), transaction.atomic():
            both.wait()
            taken.append([m.pk for m in outbox.due(10)])
            both.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken[0]) == len(taken[1]) == 10
    assert not set(taken[0]) & set(taken[1])


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_make_one_message() -> None:
    found: list[int] = []

    def work() -> None:
        with closing(connection), transaction.atomic():
            found.append(put().pk)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == OutboxMessage.objects.count() == 1
