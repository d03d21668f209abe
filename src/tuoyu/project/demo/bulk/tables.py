"""Loading many rows: indexes and foreign keys set aside and put back, columns filled as the model would."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from psycopg import sql

_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
    WHERE i.indrelid = ANY(%s::regclass[]) AND c.oid IS NULL AND NOT i.indisprimary
    ORDER BY 1
"""
_UNIQUE = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY(%s::regclass[])
    ORDER BY 1, 2
"""
_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]))
       OR contype = 'x' AND conrelid = ANY(%s::regclass[])
    ORDER BY 1, 2
"""


def table(model: type[models.Model]) -> str:
    """The table of a model."""
    return model._meta.db_table


@contextmanager
def set_aside(tables: list[str], told: Any) -> Iterator[None]:
    """Within the block the tables have no indexes, no keys and no exclusions; afterwards they have all of them
    again, made in one go and so checked against every row."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall()
        cursor.execute(_UNIQUE, [tables])
        unique = cursor.fetchall()
        cursor.execute(_KEYS, [tables] * 3)
        keys = cursor.fetchall()
        for name, constraint, _ in keys:
            cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {connection.ops.quote_name(constraint)}")
        for index, _ in indexes:
            cursor.execute(f"DROP INDEX {index}")
        for name in tables:
            _rewrite(name)
        for name, constraint, _ in unique:
            cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {connection.ops.quote_name(constraint)}")
        for name in tables:
            # Rows are laid down as they are: compressing a form costs more than all else of writing it.
            cursor.execute(f"ALTER TABLE {name} SET (toast_tuple_target = 8160)")
    yield
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} RESET (toast_tuple_target)")
        total = len(unique) + len(indexes) + len(keys)
        for done, (index, definition) in enumerate(indexes):
            told(f"Index {index}", done, total)
            cursor.execute(definition)
        # A foreign key leans on a unique one.
        for done, (name, constraint, definition) in enumerate([*unique, *keys], start=len(indexes)):
            told(f"Checking {name}", done, total)
            cursor.execute(
                f"ALTER TABLE {name} ADD CONSTRAINT {connection.ops.quote_name(constraint)} {definition}"
            )


def _rewrite(name: str) -> None:
    """Lay the table's file down anew: what a transaction adds to a file of its own is not written into the log as
    well, where the server keeps no more of a log than it needs itself (`wal_level` minimal)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = %s::regclass AND indisprimary", [name]
        )
        (primary,) = cursor.fetchone()
        cursor.execute(f"CLUSTER {name} USING {primary}")
        cursor.execute(f"ALTER TABLE {name} SET WITHOUT CLUSTER")


def insert(model: type[models.Model], values: Mapping[str, str], source: str) -> int:
    """INSERT INTO the model's table what `values` (column: expression) makes of the rows of `source`.

    Columns not named get the model's default, so that a column added later is filled as the model would.
    """
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column in values:
            columns.append(column)
            expressions.append(values[column].replace("%", "%%"))
        elif not field.generated and not _database_fills(field):
            columns.append(column)
            expressions.append("%s::" + str(field.db_type(connection)))
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
    unknown = set(values) - {field.column for field in model._meta.concrete_fields}
    if unknown:
        raise ValueError(f"{model._meta.label} has no {', '.join(sorted(unknown))}")
    plain = source.replace("%", "%%")
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table(model)} ({names}) SELECT {', '.join(expressions)} {plain}", parameters
        )
        return int(cursor.rowcount)


def _database_fills(field: "models.Field[Any, Any]") -> bool:
    return field.has_db_default() or isinstance(field, models.AutoField)


def copy(name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the temporary table `name` and fill it. `rows` may ask the database nothing while it is read."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        for column in columns.split(","):
            if column.split()[1] == "jsonb":  # read for every row: neither compressed nor kept aside
                cursor.execute(f"ALTER TABLE {name} ALTER {column.split()[0]} SET STORAGE PLAIN")
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as out:
            for row in rows:
                out.write_row(row)
        cursor.execute(f"ANALYZE {name}")


def base(model: type[models.Model]) -> int:
    """The highest number in use: rows of a load are numbered from here."""
    found = model._default_manager.aggregate(last=models.Max("pk"))["last"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(last_value, 0) FROM {_sequence(model)}")
        return max(int(found or 0), int(cursor.fetchone()[0]))


def move_sequence(model: type[models.Model]) -> None:
    """Let the next row be numbered after the last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval('{_sequence(model)}', (SELECT max(id) FROM {table(model)}))")


def _sequence(model: type[models.Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table(model)])
        return str(cursor.fetchone()[0])
