"""Parts of queries that never change, compiled once: writing such SQL anew costs more than asking it."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


def compiled(rows: QuerySet[Any], name: str) -> RawSQL:
    """The annotation `name` of `rows` as an expression that is ready; for queries of the same model.

    Only for what depends on nobody who asks: its parameters stay as they are. The model's table must go by
    its own name in the query that takes the expression, as it does where it is the first.
    """
    table = rows.model._meta.db_table
    text, parameters = rows.order_by().values_list(name).query.sql_with_params()
    begins, ends = "SELECT ", f' AS "{name}" FROM "{table}"'
    if not text.startswith(begins) or not text.endswith(ends):
        raise ValueError(f"{name} is more than an expression over {table}: {text}")
    return RawSQL(  # noqa: S611 - written by the ORM a moment ago
        text[len(begins) : -len(ends)], parameters, rows.query.annotations[name].output_field
    )
