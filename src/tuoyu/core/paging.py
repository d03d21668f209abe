"""Lists in pages: rows of values, and a count that stays cheap however long the list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

Row = TypeVar("Row")

SIZE = 20
SIZES = (20, 50, 100)
# Counting further than people read costs as much as the whole list: beyond this it says "10,000+".
COUNTED = 10_000
LAST_PAGE = 100_000
# How many rows a list has as a file, by its format.
MOST_IN_FILE = {"xlsx": 5_000, "pdf": 1_000}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list. `count` is exact unless `counted_all` is false; then it is a lower bound.

    Also answers what templates ask of Django's own page (`has_next()`, `paginator.num_pages`, …).
    """

    rows: Sequence[Row]
    number: int
    size: int
    count: int
    counted_all: bool
    more: bool

    @property
    def count_text(self) -> str:
        """The count as a person reads it: `1,234`, or `10,000+`."""
        return f"{self.count:,}" + ("" if self.counted_all else "+")

    @property
    def num_pages(self) -> int:
        """How many pages there are, as far as was counted."""
        return max(1, self.number, -(-self.count // self.size))

    @property
    def pages_text(self) -> str:
        """The number of pages as a person reads it."""
        return f"{self.num_pages:,}" + ("" if self.counted_all else "+")

    @property
    def paginator(self) -> "Page[Row]":
        return self

    @property
    def first(self) -> int:
        """The place of the page's first row in the list, counted from 1; 0 in an empty list."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.more

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(
    rows: QuerySet[Any, Row],
    request: HttpRequest,
    *,
    size: int = SIZE,
    key: str = "page",
    count: int | None = None,
) -> Page[Row]:
    """The page of `rows` that the address asks for (`?page=3&size=50`), in two queries.

    A caller that has already counted says so with `count`, and spares one.

    Asked for as a file (`?format=xlsx`) it is one page with all the rows a file may hold.

    A page past the end is the last one; what is no page number at all is 404. `rows` must be ordered,
    else pages would overlap.
    """
    kind = file_asked(request)
    if kind:
        found = page(rows, 1, MOST_IN_FILE[kind], count)
        request.listed = found  # type: ignore[attr-defined]
        return found
    return page(rows, _asked(request, key, 1, LAST_PAGE), _size(request, size), count)


def whole(rows: Sequence[Row], request: HttpRequest) -> Page[Row]:
    """A list that is short by its nature as one page, so that it can be taken out like any other."""
    found = Page(rows, 1, max(1, len(rows)), len(rows), counted_all=True, more=False)
    if file_asked(request):
        request.listed = found  # type: ignore[attr-defined]
    return found


def file_asked(request: HttpRequest) -> str:
    """As which file the address asks for the list; empty for a page."""
    kind = request.GET.get("format", "") if request.method == "GET" else ""
    return kind if kind in MOST_IN_FILE else ""


def page(rows: QuerySet[Any, Row], number: int, size: int = SIZE, count: int | None = None) -> Page[Row]:
    """Page `number` (from 1) of `rows`, for callers without an address such as the API."""
    if not rows.ordered:
        raise ValueError("a list in pages must be ordered")
    count = _count(rows) if count is None else count
    counted_all = count <= COUNTED
    if counted_all:
        number = min(number, max(1, -(-count // size)))
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    return Page(found[:size], number, size, min(count, COUNTED), counted_all, more=len(found) > size)


def _count(rows: QuerySet[Any, Any]) -> int:
    """How many rows there are, but never more than one past `COUNTED`."""
    bare: QuerySet[Model, Any] = rows.order_by()
    if bare.query.group_by is None and not bare.query.combinator and not bare.query.distinct:
        bare = bare.values("pk")  # drops annotations that only the shown rows need
    return bare[: COUNTED + 1].count()


def _size(request: HttpRequest, default: int) -> int:
    size = _asked(request, "size", default, max(SIZES))
    if size != default and size not in SIZES:
        raise Http404("no such page size")
    return size


def _asked(request: HttpRequest, key: str, default: int, most: int) -> int:
    """The whole number the address gives for `key`; Http404 for anything else."""
    given = request.GET.get(key, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(most)) and 1 <= int(given) <= most):
        raise Http404("no such page")
    return int(given)
