"""The drawn flow of a case."""

from hypothesis import given
from hypothesis import strategies as st

from tuoyu.project import drawing


def step(key: str, department: str = "卫健委", after: tuple[str, ...] = ()) -> dict[str, object]:
    return {"key": key, "name": key, "department": department, "state": "waiting", "after": after}


def test_parallel_steps_stand_in_one_column_and_what_joins_them_in_the_next() -> None:
    flow = drawing.draw_flow([step("a"), step("b", "民政局"), step("c", after=("a", "b"))])
    assert {box.key: box.stage for box in flow.boxes} == {"a": 0, "b": 0, "c": 1}
    assert [lane.name for lane in flow.lanes] == ["卫健委", "民政局"]
    assert len(flow.lines) == 2


def test_two_steps_of_one_department_at_one_time_do_not_cover_each_other() -> None:
    flow = drawing.draw_flow([step("a"), step("b")])
    assert len({(box.x, box.y) for box in flow.boxes}) == 2


def test_a_step_that_waits_for_nothing_known_comes_first() -> None:
    assert drawing.draw_flow([step("a", after=("gone",))]).boxes[0].stage == 0


def test_a_line_goes_round_the_box_that_stands_in_its_row() -> None:
    flow = drawing.draw_flow([step("a"), step("b", after=("a",)), step("c", "民政局", after=("a", "b"))])
    boxes = {box.key: box for box in flow.boxes}
    long = next(
        line
        for line in flow.lines
        if line.startswith(f"M{boxes['a'].x + drawing.BOX_WIDTH} ") and "V" in line
    )
    assert f"H{boxes['a'].x + drawing.BOX_WIDTH + 20}V" in long


def test_a_long_name_takes_two_lines_and_what_does_not_fit_is_marked() -> None:
    assert drawing.broken("卫生保健审查", 9.5, 2) == ["卫生保健审查"]
    assert drawing.broken("住房和城乡建设部门联合查验意见", 9.5, 2) == ["住房和城乡建设部门", "联合查验意见"]
    assert drawing.broken("一二三四五六七八九十" * 2, 9.5, 2) == ["一二三四五六七八九", "十一二三四五六七…"]
    assert drawing.broken("2026-11-30前", 11.5, 1) == ["2026-11-30前"]


@given(st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=10), st.lists(st.sampled_from("甲乙丙")))
def test_no_two_boxes_ever_share_a_place_even_where_steps_wait_in_a_circle(
    waits: list[set[int]], departments: list[str]
) -> None:
    steps = [
        step(str(n), (departments + ["丁"] * 10)[n], tuple(str(a) for a in sorted(after)))
        for n, after in enumerate(waits)
    ]
    flow = drawing.draw_flow(steps)
    assert len({(box.x, box.y) for box in flow.boxes}) == len(steps)
    assert all(box.x + drawing.BOX_WIDTH <= flow.width and box.y < flow.height for box in flow.boxes)
