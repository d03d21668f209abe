"""Empties the tables after a test that committed.

Django would TRUNCATE every table, which append-only tables refuse, and which also throws away what
migrations brought (divisions, for one). Here only rows that a test added are deleted, with the triggers
that guard them set aside meanwhile.
"""

from django.db import connection, transaction
from psycopg import sql

# What migrations brought: table → highest id, or None where its rows have no number.
Brought = dict[str, int | None]

_TABLES = """
    SELECT c.relname, EXISTS (
        SELECT 1 FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'id' AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)
    )
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND c.relname <> 'django_migrations'
"""
_GUARDS = """
    SELECT c.relname, t.tgname, t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relname = ANY(%s) AND t.tgenabled <> 'D'
"""
_ENABLE = {"O": "ENABLE TRIGGER", "A": "ENABLE ALWAYS TRIGGER", "R": "ENABLE REPLICA TRIGGER"}


def what_migrations_brought() -> Brought:
    """To be asked once, before any test."""
    numbered = _tables()
    brought: Brought = {}
    for table in _with_rows(list(numbered)):
        brought[table] = None
        if numbered[table]:
            query = sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(table))
            brought[table] = int(_rows(query)[0][0])
    return brought


def delete_what_a_test_added(brought: Brought) -> None:
    """Leave the database as the migrations left it."""
    filled = [t for t in _with_rows(list(_tables())) if t not in brought or brought[t] is not None]
    _delete({table: brought.get(table) for table in filled})


def forget_events() -> None:
    """Leave no audit event of what the database of the tests begins with: each test begins with none."""
    _delete({"core_auditevent": None})


def _delete(beyond: Brought) -> None:
    """Delete the rows of each table beyond a number, or all of them, with the table's guards set aside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        cursor.execute(_GUARDS, [list(beyond)])
        guards = cursor.fetchall()
        for table, trigger, _ in guards:
            _alter(cursor, table, "DISABLE TRIGGER", trigger)
        for table, highest in beyond.items():
            where = sql.SQL("") if highest is None else sql.SQL(" WHERE id > {}").format(highest)
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) + where)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger, enabled in guards:
            _alter(cursor, table, _ENABLE[enabled], trigger)


def _alter(cursor, table: str, what: str, trigger: str) -> None:
    words = sql.SQL("ALTER TABLE {} " + what + " {}")
    cursor.execute(words.format(sql.Identifier(table), sql.Identifier(trigger)))


def _tables() -> dict[str, bool]:
    return dict(_rows(_TABLES))


def _with_rows(tables: list[str]) -> list[str]:
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(t), sql.Identifier(t))
        for t in tables
    ]
    return [row[0] for row in _rows(sql.SQL(" UNION ALL ").join(parts))]


def _rows(query) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
