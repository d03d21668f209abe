from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent, WorkdayOverride
from tuoyu.core.problems import Refused
from tuoyu.core.workdays import Calendar, Deadline

PUBLISHED = st.dates(date(2010, 1, 1), date(2026, 12, 31))
ANY_DAY = st.dates(date(2010, 1, 1), date(2035, 12, 31))
bare = Calendar({})


@pytest.fixture(autouse=True)
def _no_recomputes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workdays, "_recomputes", {})


def test_the_day_a_period_begins_is_not_counted() -> None:
    # Monday to Monday: five working days after a Monday end on the next.
    assert bare.add(date(2026, 3, 2), 5) == Deadline(date(2026, 3, 9), False)


def test_a_holiday_is_passed_over_and_a_saturday_made_up_for_counts() -> None:
    # National Day 2026 is 1 to 7 October; Saturday the 10th is worked.
    assert bare.add(date(2026, 9, 30), 3) == Deadline(date(2026, 10, 10), False)


def test_a_year_not_published_is_only_estimated() -> None:
    assert bare.is_workday(date(2031, 3, 3)) == (True, True)
    assert bare.add(date(2026, 12, 30), 3).provisional
    assert not bare.add(date(2026, 12, 28), 3).provisional


def test_a_correction_is_certain_even_in_a_provisional_year() -> None:
    calendar = Calendar({date(2031, 3, 3): False})
    assert calendar.is_workday(date(2031, 3, 3)) == (False, False)
    assert calendar.is_workday(date(2031, 3, 4)) == (True, True)


def test_a_year_whose_notice_was_entered_by_hand_is_known() -> None:
    calendar = Calendar({date(2031, m, 1): False for m in (1, 5, 10)})
    assert calendar.is_workday(date(2031, 3, 4)) == (True, False)


def test_a_few_days_of_next_year_in_this_years_notice_do_not_make_it_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workdays._published.cache_clear()
    monkeypatch.setitem(workdays.constants.holidays, date(2031, 1, 1), None)
    assert Calendar({}).is_workday(date(2031, 1, 2)) == (True, True)
    workdays._published.cache_clear()


@given(start=ANY_DAY, days=st.integers(1, 90))
def test_a_period_ends_on_a_working_day_and_is_as_long_as_was_said(start: date, days: int) -> None:
    end = bare.add(start, days)
    assert bare.is_workday(end.on)[0]
    assert bare.between(start, end.on) == days
    assert bare.between(end.on, start) == -days


@given(start=ANY_DAY, days=st.integers(0, 60))
def test_one_day_more_never_ends_earlier(start: date, days: int) -> None:
    assert bare.add(start, days).on < bare.add(start, days + 1).on
    assert bare.add(start, days).on <= bare.add(start + timedelta(days=1), days).on


@given(a=PUBLISHED, b=PUBLISHED, c=PUBLISHED)
def test_spans_add_up(a: date, b: date, c: date) -> None:
    assert bare.between(a, b) + bare.between(b, c) == bare.between(a, c)


@given(start=PUBLISHED, days=st.integers(1, 30))
def test_a_published_year_is_what_the_library_says(start: date, days: int) -> None:
    import chinese_calendar

    end = bare.add(start, days)
    if end.on.year <= 2026:
        span = (start + timedelta(days=n) for n in range(1, (end.on - start).days + 1))
        assert sum(chinese_calendar.is_workday(day) for day in span) == days
        assert not end.provisional


def test_a_negative_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        bare.add(date(2026, 1, 5), -1)


@pytest.mark.django_db
def test_an_officers_correction_counts_and_is_in_the_audit(system: Actor) -> None:
    moved: list[tuple[date, date]] = []
    workdays.recompute_with("test", lambda by, first, last: moved.append((first, last)) or 3)
    day = date(2026, 3, 3)
    workdays.set_workday(by=system, on=day, is_workday=False, note="放假通知")
    assert workdays.add_working_days(date(2026, 3, 2), 1) == Deadline(date(2026, 3, 4), False)
    event = AuditEvent.objects.get(verb="workday.set")
    assert event.after == {"date": "2026-03-03", "is_workday": False, "note": "放假通知", "clocks": 3}
    assert moved == [(day, day)]

    workdays.clear_workday(by=system, on=day, reason="通知撤销")
    assert workdays.is_workday(day) == (True, False)
    assert AuditEvent.objects.get(verb="workday.cleared").after["reason"] == "通知撤销"


@pytest.mark.django_db
def test_a_correction_needs_its_reason(system: Actor) -> None:
    with pytest.raises(Refused, match="依据"):
        workdays.set_workday(by=system, on=date(2026, 3, 3), is_workday=False, note=" ")
    with pytest.raises(Refused, match="没有调整记录"):
        workdays.clear_workday(by=system, on=date(2026, 3, 3), reason="误设")
    assert not WorkdayOverride.objects.exists()


@pytest.mark.django_db
def test_a_request_asks_the_database_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with workdays.held(), django_assert_num_queries(1):
        for n in range(50):
            workdays.add_working_days(date(2026, 1, 1) + timedelta(days=n), 15)


@pytest.mark.django_db
def test_a_correction_is_seen_within_the_request_that_made_it(system: Actor) -> None:
    with workdays.held():
        assert workdays.is_workday(date(2026, 3, 3)) == (True, False)
        workdays.set_workday(by=system, on=date(2026, 3, 3), is_workday=False, note="通知")
        assert workdays.is_workday(date(2026, 3, 3)) == (False, False)


@pytest.mark.django_db
def test_the_nightly_job_recomputes_to_the_end_of_the_last_known_year(system: Actor) -> None:
    spans: list[tuple[date, date]] = []
    workdays.recompute_with("test", lambda by, first, last: spans.append((first, last)) or 0)
    with clock.set_to(datetime(2026, 6, 1, tzinfo=UTC)):
        workdays.recompute_known(system)
        for month in (1, 5, 10):
            WorkdayOverride.objects.create(
                date=date(2027, month, 1), is_workday=False, note="通知", set_by_label="某"
            )
        workdays.recompute_known(system)
    assert spans == [
        (date(2026, 6, 1), date(2026, 12, 31)),
        (date(2026, 6, 1), date(2027, 12, 31)),
    ]
