"""Failing years in a row: what a year's result is, and whether the last of several failing years is reached.

Which inspections count for a year, and which of several, is a parameter of the place.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

FIRST, LAST = "first", "last"


@dataclass(frozen=True)
class Seen:
    """A confirmed inspection, as far as years are concerned."""

    year: int
    origin: str
    confirmed_at: datetime
    passed: bool


def year_results(seen: Iterable[Seen], *, origins: Collection[str], counts: str = FIRST) -> dict[int, bool]:
    """Whether each year was passed: by the first (or the last) confirmed inspection of the origins that
    count. A year without one has no result."""
    found: dict[int, bool] = {}
    counted = sorted((one for one in seen if one.origin in origins), key=lambda one: one.confirmed_at)
    for one in counted if counts == LAST else reversed(counted):
        found[one.year] = one.passed
    return found


def failing_run(results: Mapping[int, bool], year: int) -> tuple[int, ...]:
    """The failing years in a row that `year` lies in, the earliest first; none when it was passed or has no
    result. A year passed, and a year without a result, both break a row."""
    if results.get(year, True):
        return ()
    first = last = year
    while not results.get(first - 1, True):
        first -= 1
    while not results.get(last + 1, True):
        last += 1
    return tuple(range(first, last + 1))


def is_reached(results: Mapping[int, bool], year: int, wanted: int) -> bool:
    """Whether the result of `year` stands in a row of at least `wanted` failing years."""
    return len(failing_run(results, year)) >= wanted
