"""How long an event counts, and where it stands on a day. No database.

A period of months runs from the day of the decision, which is not itself counted; its last day is the
day of the same number, or the last day of a shorter month, and that day counts to midnight (民法典
第201、202、203条). Ranges here are half-open: `until` is the first day on which it no longer counts. That a
last day moves past a holiday is for whoever must act in time; nobody is shown longer for it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from tuoyu.credit.vocabulary import CreditClass, Standing


@dataclass(frozen=True)
class Terms:
    """Months of one class: after `least` repair may be asked for, after `most` it stops showing by itself."""

    least: int
    most: int


@dataclass(frozen=True)
class Period:
    """From the decision up to, not including, `until`; repair may be asked for from `repairable_on`."""

    since: date
    repairable_on: date
    until: date


def last_day(decided_on: date, months: int) -> date:
    """The last day of a period of months. Raises OverflowError beyond the calendar."""
    years, month = divmod(decided_on.month - 1 + months, 12)
    year = decided_on.year + years
    if year > date.max.year:
        raise OverflowError("the period ends beyond the calendar")
    return date(year, month + 1, min(decided_on.day, monthrange(year, month + 1)[1]))


def period_of(decided_on: date, terms: Terms) -> Period:
    """The days of an event that was decided on a day; without a least period it may be repaired at once."""
    after_least = last_day(decided_on, terms.least) + timedelta(days=1) if terms.least else decided_on
    return Period(decided_on, after_least, last_day(decided_on, terms.most) + timedelta(days=1))


def standing(
    day: date,
    *,
    until: date | None,
    is_public: bool,
    repaired_on: date | None = None,
    withdrawn_on: date | None = None,
) -> Standing:
    """Where an event stands on a day. That it should never have been is said first, then that it is
    repaired, then that its time is over."""
    if withdrawn_on is not None and withdrawn_on <= day:
        return Standing.WITHDRAWN
    if repaired_on is not None and repaired_on <= day:
        return Standing.REPAIRED
    if until is not None and until <= day:
        return Standing.OVER
    return Standing.SHOWN if is_public else Standing.KEPT


def is_shown_by_law(credit_class: CreditClass, reason: str) -> bool:
    """Whether an event is published: a minor breach only where somebody says why it must be."""
    return credit_class != CreditClass.MINOR or bool(reason.strip())
