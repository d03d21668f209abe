"""What scores come to: sums within the points, nothing missing counted as zero, vetoes, grades."""

from dataclasses import replace
from decimal import Decimal

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
