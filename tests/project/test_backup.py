"""A backup holds everything but the keys, and comes back into an empty installation or not at all."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from installations import Installation
from tuoyu.project import database

pytestmark = pytest.mark.xdist_group("installations")
CONTENT = b"%PDF-1.7 lease"
NOTE = "SELECT note FROM core_auditevent WHERE verb = 'test.done'"
COUNT_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture(scope="module")
def source(shared_installation: Installation) -> Installation:
    """An installation with tables, an audit event, a key, an upload, and a backup of all that."""
    own = shared_installation
    with database.held(own.var):
        has_tables = own.query(COUNT_TABLES) != [(0,)]
    if not has_tables:
        own.done("manage", "migrate", "-v0")
    (own.var / "uploads" / "ab").mkdir(parents=True)
    (own.var / "uploads" / "ab" / "lease.pdf").write_bytes(CONTENT)
    (own.var / "keys" / "field-1").write_text("00" * 32)
    with database.held(own.var):
        own.query(
            "INSERT INTO core_auditevent (at, actor_kind, actor_label, role, department, division_code, verb,"
            " object_type, object_id, topic, before, after, note, address) VALUES"
            " (now(), 'system', 'test', '', '', '', 'test.done', 'x', '1', '', '{}', '{}', '幼有所育', '')"
        )
    own.done("backup", str(own.var.parent / "backup.tar"))
    return own


@pytest.fixture
def file(source: Installation) -> Path:
    return source.var.parent / "backup.tar"


def give_keys(source: Installation, target: Installation) -> None:
    """What a person does by hand: bring the keys from where they are kept."""
    (target.var / "keys").mkdir(exist_ok=True)
    shutil.copy(source.var / "keys" / "field-1", target.var / "keys" / "field-1")


def test_an_empty_installation_becomes_what_the_first_one_was(
    source: Installation, file: Path, installation: Installation
) -> None:
    give_keys(source, installation)
    assert "all as they were" in installation.done("restore", str(file))
    assert (installation.var / "uploads" / "ab" / "lease.pdf").read_bytes() == CONTENT
    with database.held(installation.var):
        assert installation.query(NOTE, "app") == [("幼有所育",)]
        rights = "SELECT has_table_privilege('tuoyu_app', 'core_auditevent', '{}')"
        assert installation.query(rights.format("INSERT")) == [(True,)]
        assert installation.query(rights.format("UPDATE")) == [(False,)]
        assert installation.query(rights.format("DELETE")) == [(False,)]
    again = installation.run("restore", str(file))
    assert again.returncode == 1
    assert "into an empty one only" in again.stderr


def test_no_key_is_in_a_backup(source: Installation, file: Path) -> None:
    content = file.read_bytes()
    for key in (source.var / "keys").iterdir():
        assert key.read_bytes().strip() not in content, key.name
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        assert sorted(archive.getnames()) == ["database.dump", "manifest.json", "uploads/ab/lease.pdf"]


def test_without_its_keys_a_backup_is_not_restored_by_accident(
    file: Path, installation: Installation
) -> None:
    refused = installation.run("restore", str(file))
    assert refused.returncode == 1
    assert "The keys of this backup are not in" in refused.stderr
    assert "field-1" in refused.stderr
    assert "Restored" in installation.done("restore", str(file), "--without-keys")


def test_a_damaged_backup_changes_nothing(
    source: Installation, file: Path, installation: Installation, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.tar"
    content = file.read_bytes()
    at = content.index(CONTENT)
    damaged.write_bytes(content[:at] + b"%PDF-1.7 LEASE" + content[at + len(CONTENT) :])
    give_keys(source, installation)
    refused = installation.run("restore", str(damaged))
    assert refused.returncode == 1
    assert "damaged: uploads/ab/lease.pdf" in refused.stderr
    assert not (installation.var / "uploads").exists()
    with database.held(installation.var):
        assert installation.query(COUNT_TABLES) == [(0,)]


def test_a_backup_cut_short_or_of_something_else_is_refused(
    file: Path, installation: Installation, tmp_path: Path
) -> None:
    short = tmp_path / "short.tar"
    short.write_bytes(file.read_bytes()[:20_000])
    other = tmp_path / "other.tar"
    other.write_text("no tar at all")
    for wrong in (short, other, tmp_path / "missing.tar"):
        refused = installation.run("restore", str(wrong))
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert "should not have happened" not in refused.stderr


def test_the_manifest_counts_every_row(source: Installation, file: Path) -> None:
    with tarfile.open(file) as archive:
        manifest = json.loads(archive.extractfile("manifest.json").read())
    with database.held(source.var):
        for table in ("core_auditevent", "jurisdictions_division", "django_migrations"):
            assert [(manifest["rows"][table],)] == source.query(f"SELECT count(*) FROM {table}"), table


def test_a_backup_never_overwrites(source: Installation, file: Path) -> None:
    refused = source.run("backup", str(file))
    assert refused.returncode == 1
    assert "never overwrites" in refused.stderr
