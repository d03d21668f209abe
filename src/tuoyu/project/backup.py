"""`tuoyu backup`: database and uploads in one file.

The dump is taken first: a file is written before its row, so every row of the dump finds its file.
"""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated

import psycopg
import typer
from django.conf import settings

from tuoyu.core import clock
from tuoyu.project import database
from tuoyu.project.archive import (
    DUMP,
    MANIFEST,
    UPLOADS,
    Manifest,
    Part,
    bar,
    client,
    fingerprints,
    one,
    row_counts,
    sha256_of,
    verify,
)
from tuoyu.project.preparation import console, step
from tuoyu.project.trouble import Trouble

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to (default: var/backups/, by date).")] = None,
) -> None:
    """Write database and uploads to one file. The keys are not in it: keep them elsewhere."""
    moment = clock.now().astimezone(clock.BEIJING)
    target = file or settings.VAR / "backups" / f"tuoyu-{moment:%Y%m%d-%H%M%S}.tar"
    if target.exists():
        raise Trouble(f"{target} exists already; a backup never overwrites anything.")
    manifest = write(target, moment)
    size = sum(part.size for part in manifest.parts)
    console.print(
        f"{target}: {sum(manifest.rows.values()):,} rows, {len(manifest.parts) - 1:,} files, {size:,} bytes."
    )
    console.print(f"The keys in {settings.KEY_FOLDER} are not in it; without them it cannot be read.")


def write(target: Path, moment: datetime) -> Manifest:
    """Write a backup to `target`; it appears whole, checked and on disk, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            dump = Path(folder) / DUMP
            with step("Dumping the database"):
                manifest = _dump(dump, moment)
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                _pack(out, dump, manifest)
                out.flush()
                os.fsync(out.fileno())
        with tarfile.open(draft) as archive, step("Reading the backup again"):
            verify(archive)
        draft.rename(target)
        _sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)
    note_last(moment, target)
    return manifest


def _dump(dump: Path, moment: datetime) -> Manifest:
    """Dump and counts from one snapshot, so that a restore can be held against them."""
    with psycopg.connect(**database.parameters(settings.VAR, "owner")) as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = one(server, "SELECT pg_export_snapshot()")
        client("pg_dump", "--format=custom", f"--snapshot={snapshot}", "--no-comments", f"--file={dump}")
        applied = server.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        return Manifest(
            made_at=moment.isoformat(timespec="seconds"),
            postgres=server.info.server_version // 10000,
            app_role=database.app_role(settings.VAR),
            migrations=[name for (name,) in applied],
            rows=row_counts(server),
            keys=fingerprints(),
        )


def _pack(out: IO[bytes], dump: Path, manifest: Manifest) -> None:
    uploads = [path for path in sorted(settings.UPLOADS.rglob("*")) if path.is_file()]
    sources = {DUMP: dump} | {UPLOADS + p.relative_to(settings.UPLOADS).as_posix(): p for p in uploads}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive, bar() as shown:
        task = shown.add_task("Writing", total=sum(p.stat().st_size for p in sources.values()))
        for name, path in sources.items():
            with _opened(path) as source:
                if source is None:
                    continue  # swept away since it was listed: no row names it
                manifest.parts.append(_add(archive, name, source))
            shown.advance(task, manifest.parts[-1].size)
        content = manifest.as_json()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes]) -> Part:
    digest = sha256_of(source)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = source.tell(), 0o600
    source.seek(0)
    archive.addfile(entry, source)
    return Part(name, entry.size, digest)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    """An open file, or None where it is gone."""
    try:
        source = open(path, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        yield None
        return
    with source:
        yield source


def note_last(moment: datetime, target: Path) -> None:
    """Remember when the last backup was made, for `tuoyu check`."""
    note = settings.VAR / "last-backup.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(".new")
    draft.write_text(json.dumps({"at": moment.isoformat(), "file": str(target)}))
    draft.replace(note)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
