"""How long an event counts: months to their last day, half-open ranges, standings that exclude each other."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.credit.periods import Terms, last_day, period_of, standing
from tuoyu.credit.vocabulary import Standing

DAYS = st.dates(date(2000, 1, 1), date(2150, 12, 31))
MONTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("decided", "months", "last"),
    [
        (date(2026, 4, 1), 3, date(2026, 7, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 15), 36, date(2029, 5, 15)),
    ],
)
def test_the_last_day_has_the_same_number_or_is_the_last_of_a_shorter_month(
    decided: date, months: int, last: date
) -> None:
    assert last_day(decided, months) == last
    assert period_of(decided, Terms(0, months)).until == last + timedelta(days=1)


@given(DAYS, MONTHS)
def test_the_last_day_lies_in_the_right_month_and_never_after_the_same_number(day: date, months: int) -> None:
    last = last_day(day, months)
    assert (last.year - day.year) * 12 + last.month - day.month == months
    assert last.day == min(day.day, monthrange(last.year, last.month)[1])


@given(DAYS, DAYS, MONTHS)
def test_a_later_decision_never_ends_sooner(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert last_day(first, months) <= last_day(second, months)


@given(DAYS, st.integers(0, 12), st.integers(12, 36))
def test_the_days_are_in_order(day: date, least: int, most: int) -> None:
    period = period_of(day, Terms(least, most))
    assert day == period.since <= period.repairable_on <= period.until
    assert (period.repairable_on == day) == (least == 0)


@given(DAYS, MONTHS, st.booleans())
def test_it_shows_to_the_last_midnight_and_not_a_moment_longer(day: date, months: int, public: bool) -> None:
    until = period_of(day, Terms(0, months)).until
    eve = standing(until - timedelta(days=1), until=until, is_public=public)
    assert eve == (Standing.SHOWN if public else Standing.KEPT)
    assert standing(until, until=until, is_public=public) == Standing.OVER


@given(DAYS, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.booleans())
def test_what_ended_one_way_stays_ended(
    day: date, until: date | None, repaired: date | None, withdrawn: date | None, public: bool
) -> None:
    def at(on: date) -> Standing:
        return standing(on, until=until, is_public=public, repaired_on=repaired, withdrawn_on=withdrawn)

    counts = (Standing.SHOWN, Standing.KEPT)
    if at(day) not in counts:
        assert at(day + timedelta(days=1)) not in counts
    ended = [one for one in (until, repaired, withdrawn) if one is not None and one <= day]
    assert (at(day) in counts) == (not ended)
