"""`tuoyu restore`: a backup into an empty installation, or nothing at all."""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated

import psycopg
import typer
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tuoyu.project import database
from tuoyu.project.archive import (
    DUMP,
    UPLOADS,
    Manifest,
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
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tuoyu backup` wrote.")],
    without_keys: Annotated[
        bool,
        typer.Option(
            "--without-keys", help="Restore though keys are missing: what they closed stays closed."
        ),
    ] = False,
) -> None:
    """Read a backup into an empty installation, and check that everything arrived."""
    manifest = read(file, without_keys=without_keys)
    console.print(
        f"Restored the backup of {manifest.made_at}: {sum(manifest.rows.values()):,} rows and "
        f"{len(manifest.parts) - 1:,} files, all as they were. `tuoyu up` starts it."
    )


def read(file: Path, *, without_keys: bool = False) -> Manifest:
    """Restore `file` here. Nothing is touched before the whole file is found sound."""
    _check_empty()
    try:
        archive = tarfile.open(file)  # noqa: SIM115 - closed below
    except tarfile.ReadError:
        raise Trouble(f"{file} is no backup of Tuoyu.") from None
    with archive:
        with step("Reading the backup"):
            manifest = verify(archive)
        _check_readable(manifest)
        if not without_keys:
            _check_keys(manifest)
        with tempfile.TemporaryDirectory(dir=_made(settings.VAR), prefix=".restore-") as folder:
            dump = Path(folder) / DUMP
            _extract(archive, DUMP, dump)
            with step("Restoring the database"):
                _load(dump, manifest)
        _extract_uploads(archive, manifest)
    _compare(manifest)
    return manifest


def _check_empty() -> None:
    with psycopg.connect(**database.parameters(settings.VAR, "owner")) as server:
        tables = one(server, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    if tables:
        raise Trouble("This installation has tables already; a backup is restored into an empty one only.")
    if settings.UPLOADS.exists() and any(settings.UPLOADS.iterdir()):
        raise Trouble(
            f"{settings.UPLOADS} holds files already; a backup is restored into an empty place only."
        )


def _check_readable(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations} | {
        f"{app}.{name}" for app, name in _replaced(loader)
    }
    unknown = set(manifest.migrations) - known
    if unknown:
        raise Trouble(f"This backup was made by a newer version of Tuoyu (it has {sorted(unknown)[0]}).")
    with psycopg.connect(**database.parameters(settings.VAR, "owner")) as server:
        here = server.info.server_version // 10000
    if here < manifest.postgres:
        raise Trouble(f"This backup comes from PostgreSQL {manifest.postgres}; here is the older {here}.")


def _replaced(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    for migration in loader.disk_migrations.values():
        yield from migration.replaces


def _check_keys(manifest: Manifest) -> None:
    here = fingerprints()
    missing = [name for name, mark in manifest.keys.items() if here.get(name) != mark]
    if missing:
        raise Trouble(
            f"The keys of this backup are not in {settings.KEY_FOLDER}: {', '.join(missing)}; "
            "put them there first, or say --without-keys."
        )


def _load(dump: Path, manifest: Manifest) -> None:
    app = database.app_role(settings.VAR)
    same_roles = app == manifest.app_role
    rights = [] if same_roles else ["--no-privileges"]
    with psycopg.connect(**database.parameters(settings.VAR, "owner"), autocommit=True) as server:
        owner = server.info.user
        # New tables would be opened to the application by default, those it may not change as well: the
        # dump grants what was granted and takes nothing back. So the default stands aside meanwhile.
        for statement in database.grants(app, owner, take_back=True) if app else []:
            server.execute(statement)
        name = one(server, "SELECT current_database()")
        client("pg_restore", "--no-owner", *rights, "--exit-on-error", "--single-transaction",
               f"--dbname={name}", str(dump))  # fmt: skip
        for statement in database.grants(app, owner) if app else []:
            server.execute(statement)
        if app and not same_roles:
            _grant_anew(server, app)
        server.execute("ANALYZE")


def _grant_anew(server: psycopg.Connection, app: str) -> None:
    """The rights of an application's role that has another name here than where the backup was made."""
    who = sql.Identifier(app)
    server.execute(
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(who)
    )
    server.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
    closed = server.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
    ).fetchall()
    for (table,) in closed:
        server.execute(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), who)
        )


def _extract_uploads(archive: tarfile.TarFile, manifest: Manifest) -> None:
    uploads = [part for part in manifest.parts if part.name.startswith(UPLOADS)]
    with bar() as shown:
        task = shown.add_task("Restoring the files", total=sum(part.size for part in uploads))
        for part in uploads:
            inside = PurePosixPath(part.name.removeprefix(UPLOADS))
            if inside.is_absolute() or ".." in inside.parts:
                raise Trouble(f"The backup names a file outside its folder: {part.name}.")
            _extract(archive, part.name, settings.UPLOADS / inside)
            shown.advance(task, part.size)


def _extract(archive: tarfile.TarFile, name: str, target: Path) -> None:
    source = archive.extractfile(name)
    if source is None:
        raise Trouble(f"The backup is damaged: {name} is missing.")
    _made(target.parent)
    with source, open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        shutil.copyfileobj(source, out)
        out.flush()
        os.fsync(out.fileno())


def _compare(manifest: Manifest) -> None:
    with psycopg.connect(**database.parameters(settings.VAR, "owner")) as server:
        rows = row_counts(server)
    wrong = [table for table in manifest.rows if rows.get(table) != manifest.rows[table]]
    if wrong:
        raise Trouble(f"After app, these tables do not have their rows: {', '.join(wrong)}.")
    for part in manifest.parts:
        if part.name.startswith(UPLOADS):
            with open(settings.UPLOADS / part.name.removeprefix(UPLOADS), "rb") as stored:
                if sha256_of(stored) != part.sha256:
                    raise Trouble(f"After app, {part.name} is not what it was.")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
