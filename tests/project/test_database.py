"""The database that Tuoyu brings along, and what it lets whom do."""

import multiprocessing
import os
import signal
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.utils import ProgrammingError

from installations import Installation, hold, wait_for
from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.project import database, keys


@pytest.mark.django_db
def test_chinese_text_is_found_by_trigram_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity('南京市托育服务中心', '托育服务') > 0.1")
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db
def test_what_was_committed_is_on_disk_before_anybody_is_told() -> None:
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_commits_is_gone_for_the_next(time: str) -> None:
    assert not AuditEvent.objects.exists()
    assert ContentType.objects.exists()
    audit.record(Actor.system("test"), "test.done", AuditEvent(pk=1))
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_the_application_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relowner = %s::regrole AND relkind = 'r'", [database.APP]
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "DROP TABLE core_auditevent",
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
        "UPDATE core_auditevent SET verb = 'nothing'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
    ],
)
def test_the_application_is_refused_what_only_the_owner_may(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {database.APP}")
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_application_cannot_become_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [database.APP, database.OWNER])
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_the_application_may_write_an_audit_event_and_ordinary_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {database.APP}")
    audit.record(Actor.system("test"), "test.done", AuditEvent(pk=1))
    assert ContentType.objects.create(app_label="test", model="thing").pk


@pytest.fixture
def processes():
    """Processes that begin from nothing, as other programs would."""
    return multiprocessing.get_context("spawn")


@pytest.mark.fault
def test_two_that_begin_at_once_share_one_server_and_the_last_stops_it(
    installation: Installation, processes
) -> None:
    go = [processes.Event(), processes.Event()]
    told = [processes.Event(), processes.Event()]
    both = [processes.Process(target=hold, args=(str(installation.var), told[i], go[i])) for i in (0, 1)]
    for one in both:
        one.start()
    assert all(event.wait(60) for event in told)
    server = (database.Home.of(installation.var).data / "postmaster.pid").read_text().split()[0]
    go[0].set()
    both[0].join(60)
    assert installation.query("SELECT 1") == [(1,)]
    assert (database.Home.of(installation.var).data / "postmaster.pid").read_text().split()[0] == server
    go[1].set()
    both[1].join(60)
    assert not installation.is_database_running()


@pytest.mark.fault
def test_a_killed_holder_counts_as_gone(installation: Installation, processes) -> None:
    told, go = processes.Event(), processes.Event()
    holder = processes.Process(target=hold, args=(str(installation.var), told, go))
    holder.start()
    assert told.wait(60)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(60)
    assert installation.is_database_running()
    with database.held(installation.var):
        assert installation.query("SELECT 1") == [(1,)]
    assert not installation.is_database_running()


@pytest.mark.fault
def test_a_killed_server_is_started_again_with_what_it_held(installation: Installation) -> None:
    with database.held(installation.var):
        installation.query("CREATE TABLE kept AS SELECT 7 AS seven")
        note = database.Home.of(installation.var).data / "postmaster.pid"
        os.kill(int(note.read_text().split()[0]), signal.SIGKILL)
        wait_for(lambda: not installation.is_database_running())
    with database.held(installation.var):
        assert installation.query("SELECT seven FROM kept") == [(7,)]


def test_keys_and_data_that_do_not_belong_together_are_named(installation: Installation) -> None:
    with database.held(installation.var):
        pass
    for key in keys.key_folder(installation.var).glob("database-*"):
        key.unlink()
    with pytest.raises(database.DatabaseProblem, match="other keys"), database.held(installation.var):
        pass
    assert not installation.is_database_running()


def test_a_copied_checkout_does_not_share_the_database_of_the_first(
    installation: Installation, tmp_path: Path
) -> None:
    with database.held(installation.var):
        pass
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "database-id").write_text((installation.var / "database-id").read_text())
    with pytest.raises(database.DatabaseProblem, match="is a copy of"), database.held(copy):
        pass


def test_a_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:p%40ss@db.example:6543/care?sslmode=require")
    told = database.connection(settings.VAR, "app")
    assert (told["HOST"], told["PORT"], told["NAME"]) == ("db.example", "6543", "care")
    assert (told["USER"], told["PASSWORD"]) == ("ann", "p@ss")
    assert told["OPTIONS"]["sslmode"] == "require"
    assert database.app_role(settings.VAR) == ""
    monkeypatch.setenv("TUOYU_OWNER_DATABASE_URL", "postgresql://olga@db.example:6543/care")
    assert database.app_role(settings.VAR) == "ann"


def url_of(var: Path) -> str:
    return psycopg.conninfo.make_conninfo(**database.parameters(var, "owner"))


@pytest.mark.django_db
def test_a_given_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(settings.VAR))
    with database.held(settings.VAR):
        pass
    monkeypatch.setattr(database, "OLDEST", 99)
    with pytest.raises(database.DatabaseProblem, match="needs 99 or newer"), database.held(settings.VAR):
        pass


def test_a_given_server_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann@127.0.0.1:1/care")
    with pytest.raises(database.DatabaseProblem, match="cannot be used"), database.held(settings.VAR):
        pass


def test_an_address_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql:://nonsense")
    with pytest.raises(database.DatabaseProblem, match="cannot be read"):
        database.connection(settings.VAR, "app")


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    secret = keys.secret(tmp_path, "one")
    path = keys.key_folder(tmp_path) / "one"
    assert keys.secret(tmp_path, "one") == secret == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
