"""Queries written once and asked many times: writing such SQL anew costs more than asking it."""

from collections.abc import Sequence
from copy import copy
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.db.models.fields import NOT_PROVIDED
from psycopg import sql

R = TypeVar("R")


class Blank(Value):
    """A place in a query that is filled in when it is asked; stands where a value would."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The blank itself as the parameter; what fills it goes to the database as it is given."""
        return "%s", (self,)


class AnyOf(Func):
    """That a column is any of a list, which may be a blank: `__in` wants to know how many there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, values: Blank) -> None:
        super().__init__(F(column), values)


class Prepared(Generic[R]):
    """`rows` as they are now, with their SQL; whatever depends on who asks, or when, is in them already.

    Keep one for each who and when (`lru_cache`), and fill the rest into its blanks.
    """

    def __init__(self, rows: QuerySet[Any, R]) -> None:
        self._rows = rows
        self._compiler = rows.query.get_compiler(rows.db)
        try:
            self._text, self._parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self._text, self._parameters = "", ()
        self._converters: Any = None

    def all(self, **filled: Any) -> list[R]:
        """The rows with every blank filled in; KeyError names one that is not."""
        rows: Any = self._rows
        asked: Any = type(rows)(rows.model, using=rows.db)
        for name in ("_iterable_class", "_fields", "_known_related_objects"):
            setattr(asked, name, getattr(rows, name))
        asked._query = _Written(rows.query, self._filled(filled))
        return list(asked._iterable_class(asked))

    def first(self, **filled: Any) -> R | None:
        """The first row, or None; the query itself says of how many."""
        return next(iter(self.all(**filled)), None)

    def _filled(self, filled: dict[str, Any]) -> Any:
        parameters = tuple(filled[p.name] if isinstance(p, Blank) else p for p in self._parameters)
        compiler: Any = copy(self._compiler)
        # Connections belong to a thread, what is prepared to none.
        compiler.connection = connections[self._rows.db]
        compiler.as_sql = lambda *args, **kwargs: (self._text, parameters)
        compiler.get_converters = self._kept_converters
        return compiler

    def _kept_converters(self, columns: Any) -> Any:
        """How the columns become Python: a question for every one of them, always answered alike."""
        if self._converters is None:
            self._converters = self._compiler.get_converters(columns)
        return self._converters


class PreparedInsert:
    """One new row of `model` at a time. No signals are sent, and the number comes from the database.

    What the database fills in is asked of it when somebody reads it.
    """

    def __init__(self, model: type[Model]) -> None:
        fields: list[Field[Any, Any]] = [f for f in model._meta.concrete_fields if not f.primary_key]
        self._given = [field for field in fields if field.db_default is NOT_PROVIDED]
        self._filled_in = [field.attname for field in fields if field.db_default is not NOT_PROVIDED]
        self._text = (
            sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}")
            .format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in self._given),
                sql.SQL(", ").join(sql.Placeholder() for _ in self._given),
                sql.Identifier(str(model._meta.pk.column)),
            )
            .as_string()
        )

    def write(self, row: Model) -> None:
        """Write `row`; an IntegrityError or DataError says what the database refused."""
        database = connections[DEFAULT_DB_ALIAS]
        values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in self._given]
        with database.cursor() as cursor:
            cursor.execute(self._text, values)
            (row.pk,) = cursor.fetchone()
        for name in self._filled_in:
            vars(row).pop(name, None)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


class PreparedUpdate:
    """Some columns of many rows of `model` at once; `bulk_update` would write a CASE for each, every time.

    No signals are sent.
    """

    def __init__(self, model: type[Model], names: Sequence[str]) -> None:
        key = model._meta.pk
        given = [field for field in model._meta.concrete_fields if field.name in names]
        self._fields: list[Field[Any, Any]] = [key, *given]
        columns = [sql.Identifier(str(field.column)) for field in self._fields]
        self._text = (
            sql.SQL("UPDATE {} AS kept SET {} FROM unnest({}) AS told ({}) WHERE kept.{} = told.{}")
            .format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(sql.SQL("{} = told.{}").format(name, name) for name in columns[1:]),
                sql.SQL(", ").join(map(_list_of, self._fields)),
                sql.SQL(", ").join(columns),
                columns[0],
                columns[0],
            )
            .as_string()
        )

    def write(self, rows: Sequence[Model]) -> None:
        """Write these columns of `rows`; an IntegrityError or DataError says what the database refused."""
        database = connections[DEFAULT_DB_ALIAS]
        told = [
            [field.get_db_prep_save(getattr(row, field.attname), database) for row in rows]
            for field in self._fields
        ]
        with database.cursor() as cursor:
            cursor.execute(self._text, told)


def _list_of(field: "Field[Any, Any]") -> sql.Composable:
    """A blank for a list of such values. The bare type: a cast to varchar(80) would cut what is too long."""
    bare = str(field.rel_db_type(connections[DEFAULT_DB_ALIAS])).partition("(")[0]
    return sql.SQL("%s::{}[]").format(sql.SQL(bare))


class _Written:
    """A query whose SQL stands."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query = query
        self._compiler = compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler
