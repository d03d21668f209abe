"""Where a value that is stated from a day on finds its place among those that were stated before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# First day (None: not known) and first day without (None: still going on).
Period = tuple[date | None, date | None]


@dataclass(frozen=True)
class Place:
    """Which period the day lies in, whether it begins on that very day, and until when the new one lasts."""

    inside: int | None
    replaces: bool
    until: date | None


def place(periods: Sequence[Period], day: date) -> Place:
    """The place of a value from `day` on: it lasts until the next day for which another was stated.

    So the value of any day is the one stated for the latest day up to it, in whatever order they came.
    """
    inside = next((i for i, period in enumerate(periods) if _within(period, day)), None)
    if inside is not None:
        first, until = periods[inside]
        return Place(inside, first == day, until)
    later = [first for first, _ in periods if first is not None and first > day]
    return Place(None, False, min(later, default=None))


def _within(period: Period, day: date) -> bool:
    first, until = period
    return (first is None or first <= day) and (until is None or day < until)
