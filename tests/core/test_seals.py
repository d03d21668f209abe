"""What the seals find, and that no event slips past them."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import Settings

from tuoyu.core import audit, clock, seals
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent, AuditSeal, WorkdayOverride

COPIED = ", ".join(name for name in seals.FIELDS if name not in ("id", "written_at"))

pytestmark = pytest.mark.django_db(transaction=True)


def write(by: Actor, note: str = "") -> AuditEvent:
    with transaction.atomic():
        return audit.record(by, "test.done", WorkdayOverride(pk=1), note=note, after={"n": 1.5, "名": "值"})


@contextmanager
def without_its_guard(table: str = "core_auditevent") -> Iterator[None]:
    """As the owner of the database could: the trigger set aside."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


@pytest.fixture
def three(system: Actor) -> list[AuditEvent]:
    events = []
    for n in range(3):
        events.append(write(system, str(n)))
        sealed()
    return events


def sealed() -> int:
    """Seal what waits. Another database's transaction that ends at this very moment may put it off."""
    return next(count for count in (seals.seal() for _ in range(50)) if count)


def test_a_chain_nobody_touched_is_whole(three: list[AuditEvent]) -> None:
    report = seals.verify()
    assert (report.findings, report.seals, report.events, report.unsealed) == ([], 3, 3, 0)
    first, second, third = AuditSeal.objects.order_by("number")
    assert (second.previous, third.previous, first.previous) == (first.digest, second.digest, "")
    assert (first.to_transaction, second.to_transaction) == (second.from_transaction, third.from_transaction)


def test_nothing_new_is_no_seal(three: list[AuditEvent]) -> None:
    assert seals.seal() == 0
    assert AuditSeal.objects.count() == 3


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        ("UPDATE core_auditevent SET note = 'x' WHERE note = '1'", "seal 2 .*changed"),
        ("UPDATE core_auditevent SET after = '{}' WHERE note = '1'", "seal 2 .*changed"),
        ("UPDATE core_auditevent SET at = at + interval '1 us' WHERE note = '1'", "seal 2 .*changed"),
        ("DELETE FROM core_auditevent WHERE note = '1'", "seal 2 .*1 events are missing"),
        (
            f"INSERT INTO core_auditevent ({COPIED}) SELECT {COPIED} FROM core_auditevent WHERE note = '1'",
            "seal 2 .*1 events were added",
        ),
    ],
)
def test_what_was_done_to_an_event_behind_the_program_is_found(
    three: list[AuditEvent], tamper: str, says: str
) -> None:
    with without_its_guard(), connection.cursor() as cursor:
        cursor.execute(tamper)
    (finding,) = seals.verify().findings
    assert re.search(says, finding)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        ("UPDATE core_auditseal SET digest = repeat('0', 64) WHERE number = 2", "changed"),
        ("UPDATE core_auditseal SET count = 0 WHERE number = 2", "added"),
        ("DELETE FROM core_auditseal WHERE number = 2", "missing"),
        ("DELETE FROM core_auditseal WHERE number = 3", "gone from it"),
    ],
)
def test_what_was_done_to_a_seal_is_found(three: list[AuditEvent], tamper: str, says: str) -> None:
    with without_its_guard("core_auditseal"), connection.cursor() as cursor:
        cursor.execute(tamper)
    assert any(says in finding for finding in seals.verify().findings)


def test_a_chain_forged_anew_from_the_beginning_differs_from_the_anchors(three: list[AuditEvent]) -> None:
    with without_its_guard(), without_its_guard("core_auditseal"), connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditevent SET note = 'forged' WHERE note = '1'")
        cursor.execute("DELETE FROM core_auditseal")
        anchors = settings.AUDIT_ANCHORS.read_text()
    sealed()
    settings.AUDIT_ANCHORS.write_text(anchors)
    assert any("noted outside" in finding for finding in seals.verify().findings)


def test_the_tail_says_how_old_it_is(system: Actor) -> None:
    write(system)
    with clock.set_to(clock.now() + timedelta(minutes=20)):
        report = seals.verify()
    assert report.unsealed == 1
    assert 1190 < report.unsealed_seconds < 1260


def in_a_thread(function: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with closing(connection):
            function()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_an_event_of_a_transaction_still_open_is_sealed_later_and_never_skipped(system: Actor) -> None:
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(system, "test.slow", WorkdayOverride(pk=1))
            written.set()
            assert go_on.wait(10)

    thread = in_a_thread(slow)
    assert written.wait(10)
    write(system, "quick")  # a later transaction, committed before the earlier one
    assert seals.seal() == 0  # the slow one might still come
    go_on.set()
    thread.join()
    assert sealed() == 2
    assert seals.verify().findings == []


def test_many_writers_and_sealers_at_once_leave_every_event_sealed_once(system: Actor) -> None:
    def writer() -> None:
        for n in range(25):
            write(system, str(n))

    def sealer() -> None:
        for _ in range(25):
            seals.seal()

    threads = [in_a_thread(f) for f in (writer, writer, writer, writer, sealer, sealer)]
    for thread in threads:
        thread.join()
    while seals.verify().unsealed:
        seals.seal()
    report = seals.verify()
    assert (report.findings, report.events, report.unsealed) == ([], 100, 0)
    assert AuditSeal.objects.count() > 1


def test_after_a_restore_on_another_server_its_lower_transaction_ids_are_sealed_too(system: Actor) -> None:
    write(system, "sealed there")
    sealed()
    write(system, "not sealed there")
    with without_its_guard(), without_its_guard("core_auditseal"), connection.cursor() as cursor:
        # As if all that came from elsewhere, where transactions were numbered far higher.
        cursor.execute("UPDATE core_auditevent SET cluster = 1, transaction = transaction + 1000000000")
        cursor.execute(
            "UPDATE core_auditseal SET cluster = 1, to_transaction = to_transaction + 1000000000,"
            " from_transaction = 0"
        )
        link = AuditSeal.objects.get()
        cursor.execute("UPDATE core_auditseal SET digest = %s", [seals.digest_of(link)[1]])
    settings.AUDIT_ANCHORS.unlink()
    write(system, "written here")
    assert sealed() == 2
    report = seals.verify()
    assert (report.findings, report.events, report.unsealed) == ([], 3, 0)


def test_the_national_suite_seals_too(system: Actor, settings: Settings) -> None:
    write(system)
    sealed()
    settings.HASH_SUITE = "sm3"
    write(system)
    sealed()
    assert list(AuditSeal.objects.values_list("suite", flat=True)) == ["sha256", "sm3"]
    assert seals.verify().findings == []
