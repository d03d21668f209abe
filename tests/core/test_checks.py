import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from typer.testing import CliRunner

from tuoyu.core import checks, checks_command, ciphers, keyring, outbox, seals
from tuoyu.core.actor import Actor
from tuoyu.core.kernel_checks import (
    audit_chain,
    keys_open,
    outbox_flows,
    pairs_together,
    uploads_known,
    uploads_whole,
)
from tuoyu.core.models import OutboxMessage, StoredFile

run = CliRunner()


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "REGISTRY", {})
    monkeypatch.setattr(checks, "load_from_every_app", lambda module: None)


@pytest.mark.django_db
def test_a_new_installation_has_nothing_wrong() -> None:
    results = list(checks.run(checks.every()))
    assert {r.name for r in results} >= {"core.audit_chain", "core.uploads_whole", "core.keys_open"}
    assert {r.name: r.findings for r in results if r.findings and r.name.startswith("core.")} == {}


def test_findings_make_the_command_fail(only: None) -> None:
    @checks.check("test.fine", "all is well")
    def fine() -> list[str]:
        return []

    assert run.invoke(checks_command.app, []).exit_code == 0

    @checks.check("test.wrong", "nothing is wrong")
    def wrong() -> Iterator[str]:
        yield "row 7 is wrong"

    result = run.invoke(checks_command.app, [])
    assert result.exit_code == 1
    assert "row 7 is wrong" in result.stdout
    assert run.invoke(checks_command.app, ["test.fine"]).exit_code == 0
    told = json.loads(run.invoke(checks_command.app, ["--json"]).stdout)
    assert [c["findings"] for c in told["checks"]] == [[], ["row 7 is wrong"]]
    assert run.invoke(checks_command.app, ["test.none"]).exit_code == 2


def test_a_check_that_breaks_or_finds_no_end_is_a_finding(only: None) -> None:
    @checks.check("test.breaks", "…")
    def breaks() -> Iterator[str]:
        raise LookupError("no such table")
        yield ""

    @checks.check("test.endless", "…")
    def endless() -> Iterator[str]:
        while True:
            yield "wrong"

    breaks_result, endless_result = list(checks.run(checks.every()))
    assert len(endless_result.findings) == checks.MOST + 1
    assert "no such table" in breaks_result.findings[0]


def test_a_name_is_taken_once(only: None) -> None:
    checks.check("test.one", "…")(lambda: [])
    with pytest.raises(ValueError, match="twice"):
        checks.check("test.one", "…")(lambda: [])


def file(content: bytes = b"x", digest: str = "ab" * 32) -> StoredFile:
    row = StoredFile.objects.create(
        sha256=digest, size=1, kind="pdf", name="a.pdf", purpose="test", stored_by_label="某"
    )
    row.path.parent.mkdir(parents=True, exist_ok=True)
    row.path.write_bytes(content)
    return row


@pytest.mark.django_db
def test_a_file_changed_missing_or_unknown_is_found() -> None:
    changed, missing = file(), file()
    missing.path.unlink()
    findings = list(uploads_whole())
    assert any(str(changed.pk) in f and "changed" in f for f in findings)
    assert any(str(missing.pk) in f and "missing" in f for f in findings)
    assert list(uploads_known()) == []
    import os

    stray = settings.UPLOADS / "stray"
    stray.write_bytes(b"x")
    os.utime(stray, (1, 1))
    assert list(uploads_known()) == [f"no record names {stray}"]


@pytest.mark.django_db
def test_a_message_given_up_is_found() -> None:
    message = outbox.enqueue(key="k", topic="t", department="d", division_code="3", payload={})
    OutboxMessage.objects.filter(pk=message.pk).update(state="failed", last_error="no answer", attempts=12)
    assert list(outbox_flows()) == ["message k was given up after 12 attempts: no answer"]


@pytest.mark.django_db
def test_an_unsealed_tail_grown_old_is_found(system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    old = seals.Report(unsealed=3, unsealed_since="2026-01-01T00:00:00+00:00", unsealed_seconds=1000)
    monkeypatch.setattr(seals, "verify", lambda: old)
    assert "is the worker running" in next(iter(audit_chain()))


@pytest.mark.django_db
def test_pairs_and_keys_of_an_untouched_database_hold() -> None:
    assert list(pairs_together()) == []
    assert list(keys_open()) == []


def test_a_lost_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    value = ciphers.encrypt("x", "t.c")
    (keyring.folder() / "field-1").unlink()
    keyring._read.cache_clear()
    with pytest.raises(keyring.MissingKey):
        ciphers.decrypt(value, "t.c")
