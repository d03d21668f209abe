"""Changing the keys of encrypted fields and lookups while the installation runs.

A rotation makes a new key and rewrites every value in batches, each its own transaction. What is still to
do is read from the rows themselves, so a rotation that was interrupted goes on where it stopped, and
running it twice does nothing twice. Old keys stay until no row uses them (`retire`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from tuoyu.core import ciphers, keyring, lookups
from tuoyu.core.fields import EncryptedTextField, LookupField
from tuoyu.core.problems import Refused

BATCH = 500

# Told the name of the column and how many rows of it were just done.
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Column:
    """A column whose values carry a key's version, and how such a value is written anew."""

    use: keyring.Use
    table: str
    name: str
    key: str
    source: str
    context: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    def rewritten(self, stored: str) -> str:
        """The value under the newest key, from what `source` holds."""
        plain = ciphers.decrypt(stored, self.context)
        return ciphers.encrypt(plain, self.context) if self.use == "field" else lookups.keyed_hash(plain)

    def prefix(self) -> str:
        return ciphers.prefix() if self.use == "field" else lookups.prefix()


def columns() -> list[Column]:
    """Every encrypted column first, then every lookup, of all models."""
    found = [_column(model, field) for model in apps.get_models() for field in model._meta.local_fields]
    return sorted((c for c in found if c), key=lambda c: (c.use, c.table, c.name))


def _column(model: type[models.Model], field: object) -> Column | None:
    if not model._meta.managed or model._meta.proxy or model._meta.pk is None:
        return None
    table, key = model._meta.db_table, str(model._meta.pk.column)
    if isinstance(field, EncryptedTextField):
        return Column("field", table, str(field.column), key, str(field.column), field.context)
    if isinstance(field, LookupField):
        source = model._meta.get_field(field.of)
        if not isinstance(source, EncryptedTextField):
            raise TypeError(f"{model._meta.label}.{field.name}: {field.of} is no EncryptedTextField")
        return Column("lookup", table, str(field.column), key, str(source.column), source.context)
    return None


def remaining(column: Column) -> int:
    """How many values of `column` are not yet as they should be."""
    with connection.cursor() as cursor:
        cursor.execute(_compose("SELECT count(*) FROM {table} WHERE {stale}", column), [column.prefix()])
        return int(cursor.fetchone()[0])


def begin() -> bool:
    """Make new keys, unless a rotation is under way that must be finished first; whether it made them."""
    if any(remaining(column) for column in columns()):
        return False
    for use in ("field", "lookup"):
        keyring.make(use, keyring.newest(use) + 1)
    return True


def run(progress: Progress = lambda column, done: None) -> int:
    """Rewrite everything that is not under the newest key; how many values that were."""
    return sum(done for column in columns() for done in _rewrite(column, progress))


def _rewrite(column: Column, progress: Progress) -> Iterator[int]:
    """Batch after batch. Rows that others write meanwhile carry the newest key already."""
    while True:
        with transaction.atomic():
            done = _rewrite_batch(column)
        if not done:
            return
        progress(str(column), done)
        yield done


# To the history triggers a new key is no change. pgtrigger's own `ignore()` cannot be used: it sends two
# statements at once, which server-side binding refuses.
QUIET = """
    SELECT set_config('pgtrigger.ignore', coalesce(array_agg(tgname)::text, '{}'), true)
    FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal
"""


def _rewrite_batch(column: Column) -> int:
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [column.table])
        cursor.execute(
            _compose(
                "SELECT {key}, {source} FROM {table} WHERE {stale} ORDER BY {key} LIMIT {limit} FOR UPDATE",
                column,
            ),
            [column.prefix()],
        )
        rows = [(column.rewritten(stored), key) for key, stored in cursor.fetchall()]
        cursor.executemany(_compose("UPDATE {table} SET {name} = %s WHERE {key} = %s", column), rows)
    return len(rows)


def _compose(text: str, column: Column) -> sql.Composed:
    # The empty text is not encrypted, it says "nothing given".
    stale = sql.SQL("{name} <> '' AND NOT starts_with({name}, %s)").format(name=sql.Identifier(column.name))
    return sql.SQL(text).format(
        table=sql.Identifier(column.table),
        name=sql.Identifier(column.name),
        key=sql.Identifier(column.key),
        source=sql.Identifier(column.source),
        stale=stale,
        limit=sql.Literal(BATCH),
    )


def in_use() -> dict[tuple[keyring.Use, int], int]:
    """How many values rest on each key."""
    found: dict[tuple[keyring.Use, int], int] = {}
    for column in columns():
        with connection.cursor() as cursor:
            cursor.execute(
                _compose(
                    "SELECT split_part({name}, ':', 1), count(*) FROM {table} WHERE {name} <> '' GROUP BY 1",
                    column,
                )
            )
            for version, count in cursor.fetchall():
                if re.fullmatch(r"v[0-9]+", version):
                    at = (column.use, int(version[1:]))
                    found[at] = found.get(at, 0) + int(count)
    return found


def retire(use: keyring.Use, version: int) -> None:
    """Take an old key out of use; Refused while it encrypts, or a value still rests on it."""
    if version not in keyring.versions(use):
        raise Refused(f"There is no key {use}-{version}.")
    if version == keyring.newest(use):
        raise Refused(f"The key {use}-{version} is the newest: it is the one in use.")
    values = in_use().get((use, version), 0)
    if values:
        raise Refused(f"{values} values still rest on the key {use}-{version}; rotate first.")
    keyring.retire(use, version)
