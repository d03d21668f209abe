"""What belongs to a row fetched along with it, in one query, and found on it as prefetch_related leaves it.

    TOLD = Along(Inspection, "parts"), Along(Inspection, "assignments", also={"user": ("name",)})
    found = get_visible(actor, VIEW_INSPECTION, bringing(Inspection.objects.all(), *TOLD), pk=pk)
    brought(found, *TOLD)

What these point to is known as far as `also` names its columns; the rest is asked for when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet

from tuoyu.core.nested import as_kept, nested

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Along:
    """What the relation `name` of `model` leads to; where there is none, `rows`, tied to the outer row with
    an OuterRef. `also` names columns of what these point to."""

    model: type[Model]
    name: str
    rows: QuerySet[Any, Any] | None = None
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """What the column is called that brings them."""
        return f"along_{self.name}"

    def column(self) -> ArraySubquery:
        """The column itself."""
        rows = self.rows
        if rows is None:
            rows = self._of()._default_manager.filter(**{self._back(): OuterRef("pk")})
        names = [one.attname for one in rows.model._meta.concrete_fields]
        others = [f"{name}__{column}" for name, columns in self.also.items() for column in columns]
        return nested(rows, *names, *others)

    def put(self, row: Model) -> None:
        """Take the column off `row` and put what it brought in its place."""
        # Where a query can find nothing it is not asked at all.
        found = [self._made(values, row._state.db) for values in vars(row).pop(self.at) or ()]
        if self.rows is not None:
            setattr(row, self.name, found)
            return
        for one in found:
            setattr(one, self._back(), row)
        kept = getattr(row, self.name).all()
        kept._result_cache, kept._prefetch_done = found, True
        vars(row).setdefault("_prefetched_objects_cache", {})[self.name] = kept

    def _of(self) -> Any:
        return self.model._meta.get_field(self.name).related_model if self.rows is None else self.rows.model

    def _back(self) -> str:
        relation: Any = self.model._meta.get_field(self.name)
        return str(relation.field.name)

    def _made(self, row: Mapping[str, Any], database: str | None) -> Any:
        found = _made(self._of(), row, database)
        for name, columns in self.also.items():
            pointer: Any = self._of()._meta.get_field(name)
            key = row[pointer.attname]
            if key is not None:
                other = {pointer.target_field.attname: key} | {one: row[f"{name}__{one}"] for one in columns}
                setattr(found, name, _made(pointer.related_model, other, database))
        return found


def bringing(rows: QuerySet[M, Any], *every: Along) -> QuerySet[M, Any]:
    """`rows`, each with what comes along, for `brought`."""
    found: QuerySet[M, Any] = rows.annotate(**{one.at: one.column() for one in every})
    return found


def brought(row: M, *every: Along) -> M:
    """A row of `bringing` with what came along in its place."""
    for one in every:
        one.put(row)
    return row


def whole(row: M, rows: QuerySet[M, Any], *every: Along) -> M:
    """The same of any row: one that came without is fetched again from `rows`, which are of `bringing`, so
    that a row somebody works on stays as it is."""
    return brought(row if every[0].at in vars(row) else rows.get(pk=row.pk), *every)


def _made(model: Any, row: Mapping[str, Any], database: str | None) -> Any:
    given = [one for one in model._meta.concrete_fields if one.attname in row]
    values = [as_kept(one, row[one.attname]) for one in given]
    return model.from_db(database, [one.attname for one in given], values)
