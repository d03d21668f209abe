"""Seals over the audit events: a chain of digests in which a later change shows.

A chain inside every transaction would queue all writers, so the worker seals in batches. A batch is a
range of transaction ids, each event carrying its own. It ends before the oldest transaction that is still
open here, so it is complete for good, however the commits were interleaved; ranges follow one another
without a gap. Restored on another server, transaction ids begin anew: ranges are counted for
each server (`cluster`) by itself.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from tuoyu.core import clock, digests
from tuoyu.core.models import AuditEvent, AuditSeal

# This server, and the id below which every transaction of this database has ended. A snapshot lists the
# transactions still open on the whole server; another database's, known by its lock, is nothing to us.
ENDED = """
    WITH open AS (SELECT pg_snapshot_xip(pg_current_snapshot()) AS id),
    elsewhere AS (
        SELECT l.transactionid AS id FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT tuoyu_cluster(), least(
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
        pg_current_xact_id_if_assigned()::text::bigint,
        (SELECT min(id::text::bigint) FROM open WHERE id::xid NOT IN (SELECT id FROM elsewhere))
    )
"""
# One sealer at a time: an advisory lock of this number for the transaction.
LOCK = 7_028_310
FIELDS = (
    "id", "at", "written_at", "cluster", "transaction", "actor_kind", "actor_id", "actor_label", "role",
    "department", "division_code", "verb", "object_type", "object_id", "topic", "before", "after", "note",
    "address",
)  # fmt: skip


def seal() -> int:
    """Seal every event that can be sealed now; how many were. Another sealer at work: none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(ENDED)
        here, ended = cursor.fetchone()
        made = [_seal_range(cluster, ended if cluster == here else None) for cluster in _clusters()]
        done = [link for link in made if link]
        transaction.on_commit(lambda: _anchor(done))
    return sum(link.count for link in done)


def _clusters() -> list[int]:
    """The servers that ever wrote an event: nearly always one, found by skipping along the index."""
    found: list[int] = []
    rows = AuditEvent.objects.order_by("cluster").values_list("cluster", flat=True)
    while (after := (rows.filter(cluster__gt=found[-1]) if found else rows).first()) is not None:
        found.append(after)
    return found


def _seal_range(cluster: int, end: int | None) -> AuditSeal | None:
    """Seal a server's events from where its last seal ended up to transaction `end`, if there are any.

    Without `end` (a server that writes no more, of before a restore) all that is left is sealed.
    """
    begin = AuditSeal.objects.filter(cluster=cluster).aggregate(end=Max("to_transaction"))["end"] or 0
    rows = AuditEvent.objects.filter(cluster=cluster, transaction__gte=begin)
    if end is None:
        end = (rows.aggregate(last=Max("transaction"))["last"] or 0) + 1
    if end <= begin or not rows.filter(transaction__lt=end).exists():
        return None
    last = AuditSeal.objects.order_by("-number").first()
    link = AuditSeal(
        number=last.number + 1 if last else 1,
        cluster=cluster,
        from_transaction=begin,
        to_transaction=end,
        suite=settings.HASH_SUITE,
        previous=last.digest if last else "",
    )
    link.count, link.digest = digest_of(link)
    link.save(force_insert=True)
    return link


def digest_of(link: AuditSeal) -> tuple[int, str]:
    """How many events the range of `link` holds now, and the digest of them and the link before."""
    digest, count = digests.start(link.suite), 0
    head = [link.number, link.cluster, link.from_transaction, link.to_transaction, link.previous]
    digest.update(_canonical(head))
    for event in _events(link):
        digest.update(_canonical([event[name] for name in FIELDS]))
        count += 1
    digest.update(_canonical([count]))
    return count, digest.hexdigest()


def _events(link: AuditSeal) -> Iterator[dict[str, Any]]:
    yield from (
        AuditEvent.objects.filter(
            cluster=link.cluster,
            transaction__gte=link.from_transaction,
            transaction__lt=link.to_transaction,
        )
        .order_by("transaction", "id")
        .values(*FIELDS)
        .iterator(chunk_size=2000)
    )


def _canonical(values: list[Any]) -> bytes:
    """One line of JSON that is the same for the same values, whoever writes it."""
    return (
        json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain) + "\n"
    ).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} in an audit event")


# ---------------------------------------------------------------- verification


@dataclass
class Report:
    """What verification found: each finding a sentence; and how much is not sealed yet, since when."""

    findings: list[str] = field(default_factory=list)
    seals: int = 0
    events: int = 0
    unsealed: int = 0
    unsealed_since: str = ""
    unsealed_seconds: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def summary(self) -> str:
        tail = f"{self.unsealed} not sealed yet" + (
            f", the oldest for {self.unsealed_seconds} s" if self.unsealed else ""
        )
        verdict = f"{len(self.findings)} findings" if self.findings else "whole"
        return f"Audit chain: {verdict}; {self.seals} seals over {self.events} events, {tail}."


def verify() -> Report:
    """Compute every seal anew, in one snapshot, and compare; also with the anchors outside."""
    report = Report()
    noted = _noted()  # before the snapshot: a seal made meanwhile is in neither
    with transaction.atomic():
        if not connection.savepoint_ids:  # else the caller's transaction has begun already
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        previous: AuditSeal | None = None
        ends: dict[int, int] = {}
        for link in AuditSeal.objects.order_by("number").iterator():
            report.findings += _compare(link, previous, ends.get(link.cluster, 0), report)
            previous, ends[link.cluster] = link, link.to_transaction
        report.findings += _compare_anchors(noted)
        _measure_tail(report, ends)
    return report


def _compare(link: AuditSeal, previous: AuditSeal | None, end: int, report: Report) -> list[str]:
    count, digest = digest_of(link)
    report.seals += 1
    report.events += count
    span = f"seal {link.number} ({link.sealed_at:%Y-%m-%d %H:%M})"
    found = []
    if link.number != (previous.number + 1 if previous else 1):
        found.append(f"{span}: seals before it are missing")
    elif link.previous != (previous.digest if previous else ""):
        found.append(f"{span}: does not follow from the seal before, which was changed")
    if link.from_transaction != end:
        found.append(f"{span}: its range does not follow the one before")
    if count < link.count:
        found.append(f"{span}: {link.count - count} events are missing")
    elif count > link.count:
        found.append(f"{span}: {count - link.count} events were added")
    elif digest != link.digest:
        found.append(f"{span}: an event or the seal was changed")
    return found


def _measure_tail(report: Report, ends: dict[int, int]) -> None:
    oldest: datetime | None = None
    for cluster in _clusters():
        rows = AuditEvent.objects.filter(cluster=cluster, transaction__gte=ends.get(cluster, 0))
        report.unsealed += rows.count()
        since = rows.aggregate(since=Min("written_at"))["since"]
        if since is not None:
            oldest = since if oldest is None else min(oldest, since)
    if oldest is not None:
        report.unsealed_since = oldest.isoformat(timespec="seconds")
        report.unsealed_seconds = max(0, int((clock.now() - oldest).total_seconds()))


# ---------------------------------------------------------------- anchors outside the database


def _anchor(links: list[AuditSeal]) -> None:
    """Note seals in a file: who owns the database could forge a whole chain, but not these lines."""
    path = Path(settings.AUDIT_ANCHORS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as anchors:
        for link in links:
            anchors.write(f"{link.number} {link.digest} {link.sealed_at.isoformat(timespec='seconds')}\n")
        anchors.flush()
        os.fsync(anchors.fileno())


def _noted() -> dict[int, str]:
    """The seals noted outside: number and digest."""
    path = Path(settings.AUDIT_ANCHORS)
    lines = path.read_text().splitlines() if path.exists() else []
    return {int(number): digest for number, digest, *_ in (line.split() for line in lines if line.strip())}


def _compare_anchors(noted: dict[int, str]) -> list[str]:
    """Every noted seal must still be there as it was noted."""
    kept = dict(AuditSeal.objects.values_list("number", "digest"))
    return [
        f"seal {number}: noted outside the database with another digest, or gone from it"
        for number, digest in noted.items()
        if kept.get(number) != digest
    ]
