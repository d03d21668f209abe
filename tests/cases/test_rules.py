"""How a case moves, over every combination of states that can arise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.cases import rules
from tuoyu.cases.rules import StepView

STATES = ["waiting", "active", "approved", "defective"]


def test_a_step_stands_one_stage_after_the_latest_it_waits_for() -> None:
    assert rules.stages({"a": [], "b": ["a"], "c": ["a", "b"], "d": []}) == {"a": 1, "b": 2, "c": 3, "d": 1}


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other: a, b"):
        rules.stages({"a": ["b"], "b": ["a"]})


def test_a_step_that_waits_for_a_step_nobody_planned_is_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other: a"):
        rules.stages({"a": ["missing"]})


@pytest.mark.parametrize(
    ("states", "course"),
    [
        (["active", "defective"], "wait"),
        (["active", "approved"], "wait"),
        (["defective", "approved"], "return"),
        (["defective", "defective"], "return"),
        (["approved", "waiting"], "advance"),
        (["defective", "waiting"], "return"),
        (["approved", "approved"], "done"),
    ],
)
def test_a_case_goes_back_only_when_every_department_has_answered(states: list[str], course: str) -> None:
    assert rules.course([StepView(str(n), state, 1) for n, state in enumerate(states)]) == course


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=9))
def test_no_case_is_done_while_any_step_is_not_approved(states: list[str]) -> None:
    course = rules.course([StepView(str(n), state, 1) for n, state in enumerate(states)])
    assert (course == "done") == (set(states) == {"approved"})


def test_a_step_begins_when_all_it_waits_for_are_approved() -> None:
    steps = [
        StepView("a", "approved", 1),
        StepView("b", "active", 1),
        StepView("c", "waiting", 2, ("a",)),
        StepView("d", "waiting", 2, ("a", "b")),
    ]
    assert rules.ready(steps) == ["c"]


def test_after_mending_those_look_again_who_found_defects_or_whose_pages_changed() -> None:
    steps = [
        StepView("fire", "defective", 1, reviews=("premises",)),
        StepView("housing", "approved", 1, reviews=("premises",)),
        StepView("staff", "approved", 1, reviews=("staff",)),
        StepView("earlier", "approved", 0, reviews=("premises",)),
    ]
    assert rules.reopened(steps, {"premises"}) == ["fire", "housing"]
    assert rules.reopened(steps, {"papers"}) == ["fire"]


def test_changes_name_each_field_that_was_added_removed_or_altered() -> None:
    before = {"basics": {"name": "甲", "phone": "1"}, "gone": {"x": 1}}
    after = {"basics": {"name": "乙", "phone": "1", "places": 3}}
    assert rules.changes(before, after) == [
        rules.Change("basics", "name", "甲", "乙"),
        rules.Change("basics", "places", None, 3),
        rules.Change("gone", "x", 1, None),
    ]


@given(st.dictionaries(st.text(max_size=3), st.dictionaries(st.text(max_size=3), st.integers()), max_size=4))
def test_a_submission_does_not_differ_from_itself(data: dict[str, dict[str, int]]) -> None:
    assert rules.changes(data, data) == []


@pytest.mark.parametrize(
    ("left", "clock"), [(None, "none"), (-1, "overdue"), (0, "soon"), (2, "soon"), (3, "fine")]
)
def test_a_clock_is_overdue_only_after_its_day_has_passed(left: int | None, clock: str) -> None:
    assert rules.clock_of(left, soon=2) == clock


def test_a_drawing_leaves_out_what_another_line_says_already() -> None:
    after = {
        "check": [],
        "other": [],
        "consent": ["check", "other"],
        "register": ["check", "other", "consent"],
    }
    assert rules.drawn(after) == {
        "check": [],
        "other": [],
        "consent": ["check", "other"],
        "register": ["consent"],
    }
