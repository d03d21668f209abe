"""What a higher room narrows lists of institutions by: `register("grade", rows_with_grade)` in ready()."""

from collections.abc import Callable

from django.db.models import QuerySet

from tuoyu.institutions.models import Institution

Narrow = Callable[[QuerySet[Institution], str], QuerySet[Institution]]

_known: dict[str, Narrow] = {}


def register(name: str, narrow: Narrow) -> None:
    """Let `narrow` keep the rows that have a value of `name`; ValueError when somebody else does."""
    if name in _known:
        raise ValueError(f"somebody narrows by {name} already")
    _known[name] = narrow


def by(name: str, rows: QuerySet[Institution], value: str) -> QuerySet[Institution]:
    """Those of `rows` that have `value`; all of them where no room knows what that is."""
    return _known[name](rows, value) if name in _known else rows
