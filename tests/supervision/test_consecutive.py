"""Failing years in a row, as pure logic: what a year's result is, and when the row is long enough."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tuoyu.supervision.rules.consecutive import Seen, failing_run, is_reached, year_results

YEARS = range(2018, 2030)
results = st.dictionaries(st.sampled_from(YEARS), st.booleans())
visits = st.lists(
    st.builds(
        Seen,
        year=st.sampled_from(YEARS),
        origin=st.sampled_from(["joint", "recheck", "special"]),
        confirmed_at=st.integers(0, 3000).map(lambda n: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(days=n)),
        passed=st.booleans(),
    ),
    unique_by=lambda one: one.confirmed_at,
)


def test_fail_pass_fail_is_never_two_in_a_row() -> None:
    assert not is_reached({2022: False, 2023: True, 2024: False}, 2024, 2)
    assert is_reached({2022: False, 2023: False}, 2023, 2)


def test_a_year_without_a_result_breaks_the_row() -> None:
    assert not is_reached({2022: False, 2024: False}, 2024, 2)


@given(results, st.sampled_from(YEARS), st.integers(1, 4))
def test_the_row_is_reached_just_when_some_window_around_the_year_failed_whole(
    known: dict[int, bool], year: int, wanted: int
) -> None:
    windows = [range(year - back, year - back + wanted) for back in range(wanted)]
    expected = any(all(known.get(one) is False for one in window) for window in windows)
    assert is_reached(known, year, wanted) == expected


@given(results, st.sampled_from(YEARS))
def test_a_row_is_failing_throughout_and_ends_where_it_says(known: dict[int, bool], year: int) -> None:
    run = failing_run(known, year)
    assert all(known[one] is False for one in run)
    if run:
        assert year in run
        assert known.get(run[0] - 1) is not False
        assert known.get(run[-1] + 1) is not False


@given(visits)
def test_rechecks_and_special_inspections_never_alter_a_year(seen: list[Seen]) -> None:
    joint = [one for one in seen if one.origin == "joint"]
    assert year_results(seen, origins=["joint"]) == year_results(joint, origins=["joint"])


@given(visits)
def test_a_year_is_as_its_first_confirmed_joint_inspection_says(seen: list[Seen]) -> None:
    found = year_results(seen, origins=["joint"])
    for year in YEARS:
        of_year = [one for one in seen if one.year == year and one.origin == "joint"]
        first = min(of_year, key=lambda one: one.confirmed_at, default=None)
        assert found.get(year) == (first.passed if first else None)


@given(visits)
def test_a_place_may_let_the_last_count(seen: list[Seen]) -> None:
    found = year_results(seen, origins=["joint"], counts="last")
    for year in YEARS:
        of_year = [one for one in seen if one.year == year and one.origin == "joint"]
        last = max(of_year, key=lambda one: one.confirmed_at, default=None)
        assert found.get(year) == (last.passed if last else None)
