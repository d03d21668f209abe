"""What a backup is: a plain tar, and what writing and reading it share.

`manifest.json` says what is in it, with the sha256 of every part and the row count of every table;
`database.dump` is pg_dump's own format; `uploads/` holds the files handed in. The keys are not in it.
"""

import hashlib
import json
import os
import subprocess
import tarfile
from dataclasses import asdict, dataclass, field
from typing import IO, Any

import psycopg
from django.conf import settings
from psycopg import sql
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from tuoyu.project import database
from tuoyu.project.preparation import console
from tuoyu.project.trouble import Trouble

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
UPLOADS = "uploads/"
# Where PostgreSQL's own tools look for what libpq calls by these names.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
# Keys of the machine, not of the data: a restored installation makes its own.
LOCAL_KEYS = ("database-", "django")


@dataclass(frozen=True)
class Part:
    """One file of a backup."""

    name: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """What a backup holds, and what it takes to read it."""

    made_at: str
    postgres: int
    app_role: str
    migrations: list[str]
    rows: dict[str, int]
    keys: dict[str, str]
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        found = json.loads(content)
        if found.get("format") != FORMAT:
            raise Trouble(f"This backup has format {found.get('format')}; this version reads {FORMAT}.")
        return cls(**{**found, "parts": [Part(**part) for part in found["parts"]]})


def verify(archive: tarfile.TarFile) -> Manifest:
    """Read every part and hold it against the manifest."""
    try:
        stored = archive.extractfile(MANIFEST)
    except (KeyError, tarfile.TarError):
        stored = None
    if stored is None:
        raise Trouble(f"{archive.name!s} is no backup of Tuoyu, or only a piece of one.")
    manifest = Manifest.read(stored.read())
    for part in manifest.parts:
        try:
            source = archive.extractfile(part.name)
        except (KeyError, tarfile.TarError):
            source = None
        if source is None or sha256_of(source) != part.sha256:
            raise Trouble(
                f"The backup is damaged: {part.name} is not what was written. Nothing was restored."
            )
    return manifest


def sha256_of(source: IO[bytes]) -> str:
    """The sha256 of what is left to read of `source`."""
    digest = hashlib.sha256()
    while piece := source.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def client(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools against our database, as the owner."""
    given = database.parameters(settings.VAR, "owner")
    environment = {variable: str(given[name]) for name, variable in VARIABLES.items() if given.get(name)}
    done = subprocess.run(  # noqa: S603
        [database.programs(settings.VAR) / program, *arguments],
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[:1] or ["no reason given"]
        raise Trouble(f"{program} failed: {last[0]}")


def row_counts(server: psycopg.Connection) -> dict[str, int]:
    tables = server.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    return {
        table: one(server, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        for (table,) in tables
    }


def one(server: psycopg.Connection, query: Any) -> Any:
    row = server.execute(query).fetchone()
    return row[0] if row else None


def fingerprints() -> dict[str, str]:
    """Marks of the keys that open the data, from which no key can be had."""
    folder = settings.KEY_FOLDER
    found = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", *LOCAL_KEYS)))
    return {p.name: hashlib.sha256(b"tuoyu key" + p.read_bytes().strip()).hexdigest()[:16] for p in found}


def bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=console, transient=True
    )
