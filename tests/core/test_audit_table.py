"""What the database itself refuses."""

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
def test_the_role_pages_work_as_has_no_right_to_change(table: str, right: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname FROM pg_roles r, pg_class c WHERE c.oid = %s::regclass AND r.oid <> c.relowner"
            " AND NOT r.rolsuper AND NOT pg_has_role(r.oid, c.relowner, 'MEMBER')"
            " AND has_table_privilege(r.oid, c.oid, %s)",
            [table, right],
        )
        holders = {name for (name,) in cursor.fetchall() if not name.startswith("pg_")}
    assert holders == set()


def test_an_event_knows_its_transaction_and_its_server(event: AuditEvent) -> None:
    event.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, system_identifier FROM pg_control_system()"
        )
        assert cursor.fetchone() == (event.transaction, event.cluster)
