"""What scores come to: sums within the points, nothing missing counted as zero, vetoes, grades."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.rated import CONTENT, scores
from tuoyu.ratings import lines, rules
from tuoyu.ratings.rules import Chapter, Grade, Item, Scored, Tree

TREE = rules.tree_of(CONTENT)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Tree, dict[str, Scored]]:
    """Any tree with scores for some of its items."""
    chapters, said = [], {}
    for c in range(draw(st.integers(1, 4))):
        items = []
        for i in range(draw(st.integers(1, 5))):
            item = Item(f"{c}.{i}", "项", draw(st.integers(1, 50)), draw(st.booleans()))
            items.append(item)
            if draw(st.integers(0, 9)):
                points = Decimal(draw(st.integers(0, (item.points or 0) * 10))) / 10
                said[item.code] = Scored(points, draw(st.booleans()) if item.veto else None)
        chapters.append(Chapter(str(c), "章", sum(i.points or 0 for i in items), "quality", tuple(items)))
    total = sum(chapter.points or 0 for chapter in chapters)
    lines_ = draw(st.lists(st.integers(0, total), unique=True, max_size=4))
    grades = tuple(Grade(f"等{n}", n) for n in lines_)
    return Tree(tuple(chapters), grades, total, draw(st.sampled_from(["none", "lowest"])), True), said


@given(trees())
@settings(max_examples=60)
def test_a_total_never_exceeds_the_points_and_something_missing_is_not_known(
    drawn: tuple[Tree, dict],
) -> None:
    tree, said = drawn
    found = rules.result_of(tree, said)
    for chapter in tree.chapters:
        total = found.chapters[chapter.code]
        whole = all(item.code in said for item in chapter.items)
        assert (total is None) == (not whole)
        assert total is None or 0 <= total <= (chapter.points or 0)
    assert (found.total is None) == (len(said) < len(tree.items))
    if found.missing:
        assert found.grade is None
    elif found.total is not None:
        assert found.total == sum(found.chapters.values()) <= (tree.total or 0)


@given(trees(), st.data())
@settings(max_examples=60)
def test_more_points_never_lower_a_total_or_a_grade(drawn: tuple[Tree, dict], data: st.DataObject) -> None:
    tree, said = drawn
    said = {
        item.code: said.get(item.code, Scored(Decimal(0), True if item.veto else None)) for item in tree.items
    }
    item = data.draw(st.sampled_from(tree.items))
    better = said | {item.code: replace(said[item.code], points=Decimal(item.points or 0))}
    before, after = rules.result_of(tree, said), rules.result_of(tree, better)
    assert before.total is not None
    assert after.total is not None
    assert after.total >= before.total
    if before.grade is not None:
        assert after.grade is not None
        assert after.grade.at_least >= before.grade.at_least or before.vetoed


@pytest.mark.parametrize(
    ("said", "brings", "grade"),
    [
        (scores(), "none", "五星"),
        (scores(30), "none", "四星"),
        (scores(0, 0, 0), "none", None),
        (scores(met=False), "none", None),
        (scores(met=False), "lowest", "三星"),
        (scores(0, 0, 0, met=False), "lowest", None),
    ],
)
def test_a_grade_is_the_best_reached_and_a_veto_brings_what_the_tree_says(
    said: dict[str, Scored], brings: str, grade: str | None
) -> None:
    found = rules.result_of(replace(TREE, veto_brings=brings), said)
    assert (found.grade.name if found.grade else None) == grade


def test_an_item_whose_veto_is_not_answered_is_missing_though_it_has_points() -> None:
    found = rules.result_of(TREE, scores() | {"1.2": Scored(Decimal(20))})
    assert (found.total, found.missing, found.grade) == (Decimal(95), ("1.2",), None)
    assert found.aspects == {"quality": Decimal(60), "safety": Decimal(35)}


@pytest.mark.parametrize(
    ("scored", "says"),
    [
        (Scored(Decimal("20.5")), "0到20之间"), (Scored(Decimal(-1)), "0到20之间"),
        (Scored(Decimal("1.25")), "一位小数"), (Scored(Decimal("NaN")), "看不懂"),
        (Scored(Decimal("Infinity")), "看不懂"), (Scored(Decimal("1E+400")), "0到20之间"),
        (Scored(Decimal(1), met=True), ""),
    ],
)  # fmt: skip
def test_points_lie_within_the_item(scored: Scored, says: str) -> None:
    found = rules.score_problem(Item("1.2", "消防", 20, veto=True), scored)
    assert says in found
    assert bool(found) == bool(says)


def test_a_tree_lacks_whatever_would_leave_a_grade_open() -> None:
    assert rules.lacking(TREE, ["quality", "safety"]) == []
    bare = Tree(chapters=(Chapter("1", "章", 10, items=(Item("1.1", "项"), Item("1.1", "又", 3))),))
    said = " ".join(problem.message for problem in rules.lacking(bare, ["safety"]))
    for words in ("还没有分值", "写了2次", "总分", "等级和分数线", "一票否决", "后果", "安全"):
        assert words in said
    wrong = replace(TREE, total=90, grades=(Grade("甲", 95), Grade("乙", 95)))
    said = " ".join(problem.message for problem in rules.lacking(wrong))
    assert "不符" in said
    assert "高于总分" in said
    assert "相同" in said


def test_items_pasted_from_a_table_are_read_and_what_cannot_be_read_is_named_by_its_line() -> None:
    items, wrong = lines.items_of("4.1.4\t消防证明\t10\t否决\n\n 4.1.5 ｜ 健康证 ｜ ", "items-0")
    assert wrong == []
    assert [(i["code"], i["points"], i["veto"]) for i in items] == [
        ("4.1.4", 10, True),
        ("4.1.5", None, False),
    ]
    assert lines.items_of(lines.items_in_lines(items), "items-0") == (items, [])
    _, wrong = lines.items_of("<b>|x|0\n4.1|好|九|也许", "items-0")
    assert [problem.message[:4] for problem in wrong] == ["第1行：", "第2行："]
    assert {problem.field for problem in wrong} == {"items-0"}
    grades, wrong = lines.grades_of("五星|900|5\n四星|x|9")
    assert (len(grades), len(wrong)) == (1, 1)


# ---------------------------------------------------------------- each mistake alone


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("<b>|好|1", "编号应像"),
        ("4.1||1", "1至120个字"),
        (f"4.1|{'长' * 121}|1", "1至120个字"),
        ("4.1|好|九", "分值应为"),
        ("4.1|好|0", "分值应为"),
        ("4.1|好|1|也许", "最后一格"),
        ("4.1|好|1|否决", ""),
    ],
)
def test_a_line_of_an_item_says_what_is_wrong_with_it_and_nothing_else(line: str, says: str) -> None:
    items, wrong = lines.items_of(line, "items-0")
    assert (len(items), len(wrong)) == ((0, 1) if says else (1, 0))
    assert not says or (says in wrong[0].message and "；" not in wrong[0].message)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("|9|1", "等级名称"),
        (f"{'长' * 21}|9|1", "等级名称"),
        ("五星|x|5", "最低分"),
        ("五星|9|6", "星数"),
        ("五星|9", ""),
    ],
)
def test_a_line_of_a_grade_says_what_is_wrong_with_it_and_nothing_else(line: str, says: str) -> None:
    grades, wrong = lines.grades_of(line)
    assert (len(grades), len(wrong)) == ((0, 1) if says else (1, 0))
    assert not says or (says in wrong[0].message and "；" not in wrong[0].message)


def test_a_chapter_of_too_many_items_and_too_many_grades_are_said() -> None:
    many = "\n".join(f"1.{n}|项|1" for n in range(lines.MOST_LINES + 1))
    assert [one.message for one in lines.items_of(many, "items-0")[1]] == ["一章最多400项。"]
    assert lines.items_of(many.partition("\n")[2], "items-0")[1] == []
    assert [one.message for one in lines.grades_of("\n".join(f"等{n}|{n}" for n in range(21)))[1]] == [
        "最多20个等级。"
    ]


WHOLE = Chapter("1", "章", 3, "safety", (Item("1.1", "项", 3),))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"chapters": (), "total": 0, "grades": (Grade("甲", 0),)}, "还没有一章"),
        ({"chapters": (*TREE.chapters, Chapter("3", "空", 0, "safety"))}, "还没有评估项"),
        (
            {"chapters": (*TREE.chapters, replace(WHOLE, points=None, items=(Item("9", "项", 3),)))},
            "还没有分值",
        ),
        (
            {"chapters": (*TREE.chapters, replace(WHOLE, items=(Item("9", "项"),))), "total": 103},
            "1项还没有分值：9",
        ),
        (
            {"chapters": (*TREE.chapters, replace(WHOLE, items=(Item("9", "项", 2),))), "total": 103},
            "各项合计2分",
        ),
        ({"chapters": (*TREE.chapters, WHOLE), "total": 103}, "编号1.1写了2次"),
        ({"total": None}, "还没有写总分"),
        ({"total": 101}, "与总分101分不符"),
        ({"grades": ()}, "没有分数线就评不出等级"),
        ({"grades": (Grade("甲", 9), Grade("乙", 9))}, "名称或分数线相同"),
        ({"grades": (Grade("甲", 9), Grade("甲", 8))}, "名称或分数线相同"),
        ({"grades": (Grade("甲", 101),)}, "高于总分"),
        ({"vetoes_settled": False}, "一票否决项已全部标出"),
        ({"veto_brings": None}, "后果"),
    ],
)
def test_each_thing_that_a_tree_lacks_is_said_alone(changed: dict[str, Any], says: str) -> None:
    assert [says in one.message for one in rules.lacking(replace(TREE, **changed))] == [True]


def test_a_chapter_without_items_covers_no_aspect() -> None:
    bare = replace(TREE, chapters=(TREE.chapters[0], replace(TREE.chapters[1], items=())))
    said = [one.message for one in rules.lacking(bare, ["safety"])]
    assert any("“安全”方面" in one for one in said)


def test_a_grade_begins_at_its_points_and_nothing_said_is_nothing_known() -> None:
    assert rules.grade_of(TREE, Decimal(90), vetoed=False) == TREE.grades[0]
    assert rules.grade_of(TREE, Decimal("89.9"), vetoed=False) == TREE.grades[1]
    assert not rules.is_scored(Item("1", "项", 3), Scored())
    assert rules.total_of(TREE.items, scores() | {"1.1": Scored()}) is None
    assert rules.score_problem(Item("1.1", "项", 20), Scored(Decimal(1), met=True)) == "“1.1”不是一票否决项。"


def test_what_a_page_of_a_draft_cannot_mean_is_said_and_what_it_does_not_name_stays() -> None:
    from tuoyu.ratings.forms import content_typed, scores_typed
    from tuoyu.ratings.models import IndicatorTree

    draft = IndicatorTree(content={"chapters": []})
    good = {"code-0": "1", "name-0": "章", "points-0": "3", "total": "3"}
    for changed, field in (
        ({"code-0": "第一"}, "code-0"),
        ({"name-0": ""}, "code-0"),
        ({"points-0": "0"}, "points-0"),
    ):
        assert [one.field for one in content_typed(draft, good | changed)[1]] == [field]
    content, wrong = content_typed(draft, good | {"aspect-0": "beauty", "veto_brings": "prison"})
    assert (wrong, content["chapters"][0]["aspect"], content["veto_brings"]) == ([], "quality", None)
    said, wrong = scores_typed(TREE.chapters[0], {"points-1.1": "3", "met-1.1": "yes"})
    assert (said, wrong) == ({"1.1": Scored(Decimal(3))}, [])
