"""What the database itself refuses."""

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent, WorkdayOverride

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    day = WorkdayOverride(pk=7)
    return audit.record(Actor.system("test"), "test.done", day, topic="test:1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET note = 'x'",
        "DELETE FROM core_auditevent",
        "DELETE FROM core_auditevent WHERE false",
        "TRUNCATE core_auditevent",
        "UPDATE core_auditseal SET count = 0",
        "TRUNCATE core_auditseal",
    ],
)
def test_even_the_owner_cannot_change_what_was_written(event: AuditEvent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEvent.objects.filter(pk=event.pk, note="").exists()


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", ["core_auditevent", "core_auditseal"])
def test_the_role_pages_work_as_may_add_and_read_but_not_change(table: str, right: str) -> None:
    initial = import_module("tuoyu.core.migrations.0001_initial")
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON {table} TO tuoyu_app")
        cursor.execute(initial.NO_RIGHT_TO_CHANGE)
        cursor.execute(
            "SELECT has_table_privilege('tuoyu_app', %s, %s), has_table_privilege('tuoyu_app', %s, 'INSERT')",
            [table, right, table],
        )
        assert cursor.fetchone() == (False, True)


def test_the_role_pages_work_as_can_write_an_event(system: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tuoyu_app")
        cursor.execute("GRANT SELECT, INSERT ON core_auditevent TO tuoyu_app")
        cursor.execute("SET LOCAL ROLE tuoyu_app")
        written = audit.record(system, "test.done", WorkdayOverride(pk=7))
        cursor.execute("RESET ROLE")
    assert AuditEvent.objects.filter(pk=written.pk, cluster__isnull=False).exists()


def test_an_event_knows_its_transaction_and_its_server(event: AuditEvent) -> None:
    event.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, system_identifier FROM pg_control_system()"
        )
        assert cursor.fetchone() == (event.transaction, event.cluster)
