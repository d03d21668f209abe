import threading
from contextlib import closing
from datetime import date

import pytest
from django.db import connection

from tuoyu.accounts.models import Membership
from tuoyu.core import audit, queries
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import AuditEvent, OutboxMessage, WorkdayOverride
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move


def make(key: str = "k") -> OutboxMessage:
    return OutboxMessage.objects.create(key=key, topic="t", department="d", division_code="3")


def test_an_action_takes_keywords_only_and_says_by_whom() -> None:
    with pytest.raises(TypeError, match="keyword-only"):
        action(lambda by: None)
    with pytest.raises(TypeError, match="needs by="):

        @action
        def nobody(*, key: str) -> None: ...

    with pytest.raises(TypeError, match="needs by="):

        @action
        def perhaps(*, by: Actor | None = None) -> None: ...


@pytest.mark.django_db
def test_an_action_without_an_event_is_undone(system: Actor) -> None:
    @action
    def silent(*, by: Actor) -> None:
        make()

    with pytest.raises(RuntimeError, match="no audit event"):
        silent(by=system)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_an_action_that_fails_leaves_neither_row_nor_event(system: Actor) -> None:
    @action
    def fails(*, by: Actor) -> None:
        audit.record(by, "test.done", make())
        raise Refused("不行。")

    with pytest.raises(Refused):
        fails(by=system)
    assert not OutboxMessage.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_an_event_of_an_inner_action_counts_for_the_outer(system: Actor) -> None:
    @action
    def inner(*, by: Actor) -> None:
        audit.record(by, "test.done", make())

    @action
    def outer(*, by: Actor) -> None:
        inner(by=by)

    outer(by=system)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_an_event_says_who_for_which_office_from_where(officer: Actor) -> None:
    event = audit.record(
        officer, "test.done", make(), topic="t:1", before={"a": 1}, after={"a": 2}, note="因"
    )
    event.refresh_from_db()
    assert (event.actor_id, event.actor_label, event.role, event.department) == (
        7,
        "陈某",
        "officer",
        "health",
    )
    assert (event.division_code, event.address, event.object_type) == (
        "320106",
        "192.0.2.1",
        "core.OutboxMessage",
    )
    assert (event.before, event.after, event.note) == ({"a": 1}, {"a": 2}, "因")


@pytest.mark.django_db
def test_only_an_audit_administrator_sees_the_trail(officer: Actor, auditor: Actor) -> None:
    audit.record(officer, "test.done", make(), after={"secret": 1})
    assert list(queries.events(officer)) == []
    assert list(queries.events(Actor.public())) == []
    (row,) = queries.events(auditor, who="陈", verb="test", object_type="core.OutboxMessage", division="3201")
    assert row["actor_label"] == "陈某"
    assert "after" not in row
    assert not queries.events(auditor, since=date(2099, 1, 1)).exists()
    assert not queries.events(auditor, until=date(2000, 1, 1)).exists()


@pytest.mark.django_db
def test_an_auditor_of_a_place_sees_what_happened_there_and_nowhere_else(officer: Actor) -> None:
    elsewhere = Actor(label="外县", user_id=9, seats=(Seat(Role.OFFICER, "health", ("420106",), "420106"),))
    two_posts = Actor(label="两岗", user_id=10, seats=(*officer.seats, *elsewhere.seats))
    for by in (officer, elsewhere, two_posts, Actor.system("定时")):
        audit.record(by, "test.done", Membership(pk=1))
    audit.record(two_posts, "test.read", Membership(pk=1, division_code="320106"))
    local = Actor(label="审计", user_id=8, seats=(Seat(Role.AUDIT_ADMIN, prefixes=("3201",)),))
    assert [(e["actor_label"], e["verb"]) for e in queries.events(local)] == [
        ("两岗", "test.read"),
        ("陈某", "test.done"),
    ]


@pytest.mark.django_db
def test_a_story_is_told_in_order_and_reads_are_no_part_of_it(officer: Actor) -> None:
    row = make()
    audit.record(officer, "test.one", row, topic="t:1")
    audit.read(officer, row, ["name"], topic="t:1")
    audit.record(officer, "test.two", row, topic="t:1")
    audit.record(officer, "test.other", row, topic="t:2")
    assert [event["verb"] for event in queries.timeline("t:1")] == ["test.one", "test.two"]
    (read,) = queries.reads_of("core.OutboxMessage", str(row.pk))
    assert (read["actor_label"], read["after"]) == ("陈某", {"fields": ["name"]})


@pytest.mark.django_db
def test_who_comes_second_is_told_and_changes_nothing() -> None:
    row, same = make(), OutboxMessage.objects.get()
    move(row, from_="queued", to="failed", last_error="x")
    assert (row.state, row.last_error) == ("failed", "x")
    with pytest.raises(Overtaken) as overtaken:
        move(same, from_="queued", to="failed", last_error="y")
    assert overtaken.value.status == 409
    assert OutboxMessage.objects.get().last_error == "x"


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_wins(system: Actor) -> None:
    row = make()
    outcomes: list[str] = []
    together = threading.Barrier(8, timeout=10)

    @action
    def win(*, by: Actor, message: OutboxMessage) -> None:
        move(message, from_="queued", to="failed")
        audit.record(by, "test.won", message)

    def work() -> None:
        with closing(connection):
            mine = OutboxMessage.objects.get(pk=row.pk)
            together.wait()
            try:
                win(by=system, message=mine)
                outcomes.append("won")
            except Overtaken:
                outcomes.append("told")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told"] * 7 + ["won"]
    assert AuditEvent.objects.filter(verb="test.won").count() == 1


def test_a_refusal_says_everything_at_once() -> None:
    refused = Refused([Problem("甲。", page="basics", field="name"), Problem("乙。", severity="warn")])
    assert [p.as_json()["message"] for p in refused.problems] == ["甲。", "乙。"]
    assert (str(refused), refused.status) == ("甲。；乙。", 422)
    assert WorkdayOverride(date=date(2026, 1, 1), is_workday=True).__str__() == "2026-01-01 班"
