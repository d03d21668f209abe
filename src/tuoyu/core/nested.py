"""Rows of one table as a part of the row of another: what a page shows of a thing comes in one query."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, Expression, F, JSONField, Model, QuerySet
from django.db.models.functions import JSONObject

M = TypeVar("M", bound=Model)


def nested(rows: QuerySet[Any, Any], *names: str, **renamed: str | Expression) -> ArraySubquery:
    """`rows`, tied to the outer row with an OuterRef, as a column: a list of objects with these fields."""
    fields: dict[str, Any] = {name: F(name) for name in names}
    fields |= {name: F(path) if isinstance(path, str) else path for name, path in renamed.items()}
    return ArraySubquery(rows.values(row=JSONObject(**fields)))


def revived(model: type[M], rows: Iterable[Mapping[str, Any]]) -> list[M]:
    """Objects of `model` from such a column: days, moments and what is encrypted as the fields know them.

    Every field not named in a row keeps its default; such an object is for reading, not for saving.
    """
    return [model(**{name: value_of(model, name, value) for name, value in row.items()}) for row in rows]


def value_of(model: type[Model], name: str, value: Any) -> Any:
    """One value out of such a column, as the field `name` of `model` would give it."""
    return as_kept(model._meta.get_field(name.removesuffix("_id")), value)


def as_kept(column: Any, value: Any) -> Any:
    """A value out of JSON as its column would give it."""
    if value is None or isinstance(column, JSONField):
        return value
    if isinstance(column, DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-column.decimal_places))
    if hasattr(column, "from_db_value") and isinstance(value, str):
        return column.from_db_value(value, None, None)
    return (column.target_field if column.is_relation else column).to_python(value)
