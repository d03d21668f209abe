"""What follows from a tree of indicators and what was scored: totals, vetoes, the grade; no database.

What was not scored is not known. It is never zero: an assessment with something missing has no total.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from tuoyu.core.problems import Problem

VetoBrings = Literal["none", "lowest"]


@dataclass(frozen=True)
class Item:
    """One thing looked at: worth `points` at most; one that vetoes is met or not met besides."""

    code: str
    text: str
    points: int | None = None
    veto: bool = False


@dataclass(frozen=True)
class Chapter:
    """A heading with its points and its items."""

    code: str
    name: str
    points: int | None = None
    aspect: str = "quality"
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Grade:
    """A grade and the points it takes at least; `stars` where grades are stars."""

    name: str
    at_least: int
    stars: int = 0


@dataclass(frozen=True)
class Tree:
    """Everything an assessment goes by.

    `veto_brings` says what an item that vetoes and is not met leads to: no grade, or the lowest; None as long
    as nobody decided. `vetoes_settled`: whoever wrote the tree says that every item that vetoes is marked.
    """

    chapters: tuple[Chapter, ...] = ()
    grades: tuple[Grade, ...] = ()
    total: int | None = None
    veto_brings: VetoBrings | None = None
    vetoes_settled: bool = False

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for chapter in self.chapters for item in chapter.items)

    def item(self, code: str) -> Item | None:
        """The item of that code, if the tree has one."""
        return next((item for item in self.items if item.code == code), None)


@dataclass(frozen=True)
class Scored:
    """What one side said of an item; `met` only of one that vetoes."""

    points: Decimal | None = None
    met: bool | None = None
    text: str = ""


@dataclass(frozen=True)
class Result:
    """What the scores come to. `total` and the totals of `chapters` and `aspects` are None where something is
    missing; `grade` is None too where a veto or too few points bring none."""

    total: Decimal | None
    chapters: Mapping[str, Decimal | None]
    aspects: Mapping[str, Decimal | None]
    grade: Grade | None
    vetoed: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())


def result_of(tree: Tree, scores: Mapping[str, Scored]) -> Result:
    """Totals, vetoes and the grade that `scores` (by code) come to."""
    chapters = {chapter.code: total_of(chapter.items, scores) for chapter in tree.chapters}
    aspects = {
        aspect: total_of([item for c in tree.chapters if c.aspect == aspect for item in c.items], scores)
        for aspect in sorted({chapter.aspect for chapter in tree.chapters})
    }
    missing = missing_of(tree.items, scores)
    total = total_of(tree.items, scores)
    vetoed = tuple(
        item.code for item in tree.items if item.veto and scores.get(item.code, Scored()).met is False
    )
    grade = None if missing or total is None else grade_of(tree, total, vetoed=bool(vetoed))
    return Result(total, chapters, aspects, grade, vetoed, missing)


def missing_of(items: Iterable[Item], scores: Mapping[str, Scored]) -> tuple[str, ...]:
    """The codes of items of which points, or whether one that vetoes is met, are not said."""
    return tuple(item.code for item in items if not is_scored(item, scores.get(item.code)))


def is_scored(item: Item, scored: Scored | None) -> bool:
    """Whether everything is said of an item."""
    return scored is not None and scored.points is not None and (not item.veto or scored.met is not None)


def total_of(items: Iterable[Item], scores: Mapping[str, Scored]) -> Decimal | None:
    """The sum of the points of `items`; None as soon as those of one are not known."""
    total = Decimal(0)
    for item in items:
        scored = scores.get(item.code)
        if scored is None or scored.points is None:
            return None
        total += scored.points
    return total


def grade_of(tree: Tree, total: Decimal, *, vetoed: bool) -> Grade | None:
    """The best grade that `total` reaches; with a veto what the tree says a veto brings."""
    ordered = sorted(tree.grades, key=lambda grade: grade.at_least, reverse=True)
    reached = next((grade for grade in ordered if total >= grade.at_least), None)
    if not vetoed or reached is None:
        return reached
    return ordered[-1] if tree.veto_brings == "lowest" else None


def score_problem(item: Item, scored: Scored) -> str:
    """What is wrong with what was said of an item; empty when nothing is."""
    points = scored.points
    if points is not None and not points.is_finite():
        return "分数看不懂，请填数字。"
    if points is not None and (points < 0 or points > (item.points or 0)):
        return f"“{item.code}”的分数应在0到{item.points}之间。"
    if points is not None and points != points.quantize(Decimal("0.1")):
        return f"“{item.code}”的分数最多一位小数。"
    if scored.met is not None and not item.veto:
        return f"“{item.code}”不是一票否决项。"
    return ""


# ---------------------------------------------------------------- whether a tree is complete


def lacking(tree: Tree, aspects: Iterable[str] = ()) -> list[Problem]:
    """What a tree lacks before it can be adopted; `aspects` are those that the place's rules demand."""
    found = [*_chapters_lacking(tree), *_grades_lacking(tree)]
    there = {chapter.aspect for chapter in tree.chapters if chapter.items}
    words = {"quality": "质量", "safety": "安全"}
    found += [
        Problem(
            f"本地要求评估包含“{words.get(aspect, aspect)}”方面，现在没有一章属于这一方面。", field="chapters"
        )
        for aspect in aspects
        if aspect not in there
    ]
    return found


def _chapters_lacking(tree: Tree) -> Iterator[Problem]:
    if not tree.chapters:
        yield Problem("还没有一章。", field="chapters")
    for chapter in tree.chapters:
        yield from _chapter_lacking(chapter)
    for code, times in Counter(item.code for item in tree.items).items():
        if times > 1:
            yield Problem(f"编号{code}写了{times}次。", field="chapters")
    whole = sum(chapter.points or 0 for chapter in tree.chapters)
    if tree.total is None:
        yield Problem("还没有写总分。", field="total")
    elif whole != tree.total:
        yield Problem(f"各章合计{whole}分，与总分{tree.total}分不符。", field="total")


def _chapter_lacking(chapter: Chapter) -> Iterator[Problem]:
    name, field_ = f"第{chapter.code}章“{chapter.name}”", f"chapter-{chapter.code}"
    if not chapter.items:
        yield Problem(f"{name}还没有评估项。", field=field_)
    if chapter.points is None:
        yield Problem(f"{name}还没有分值。", field=field_)
    without = [item.code for item in chapter.items if item.points is None]
    if without:
        yield Problem(f"{name}有{len(without)}项还没有分值：{'、'.join(without[:10])}。", field=field_)
    given = sum(item.points or 0 for item in chapter.items)
    if chapter.items and not without and chapter.points is not None and given != chapter.points:
        yield Problem(f"{name}各项合计{given}分，与本章的{chapter.points}分不符。", field=field_)


def _grades_lacking(tree: Tree) -> Iterator[Problem]:
    if not tree.grades:
        yield Problem("还没有等级和分数线。没有分数线就评不出等级。", field="grades")
    lines = [grade.at_least for grade in tree.grades]
    if len(set(lines)) < len(lines) or len({grade.name for grade in tree.grades}) < len(lines):
        yield Problem("有两个等级的名称或分数线相同。", field="grades")
    if tree.total is not None and any(line > tree.total for line in lines):
        yield Problem("有等级的分数线高于总分。", field="grades")
    if not tree.vetoes_settled:
        yield Problem("还没有确认一票否决项已全部标出（没有否决项的，同样请确认）。", field="vetoes_settled")
    if tree.veto_brings is None:
        yield Problem("还没有写明触犯一票否决项的后果。", field="veto_brings")


# ---------------------------------------------------------------- as it is kept


def tree_of(content: Mapping[str, Any]) -> Tree:
    """The tree that a row keeps as plain data."""
    return Tree(
        chapters=tuple(
            Chapter(
                code=chapter["code"],
                name=chapter["name"],
                points=chapter.get("points"),
                aspect=chapter.get("aspect") or "quality",
                items=tuple(
                    Item(item["code"], item["text"], item.get("points"), bool(item.get("veto")))
                    for item in chapter.get("items", ())
                ),
            )
            for chapter in content.get("chapters", ())
        ),
        grades=tuple(Grade(g["name"], g["at_least"], g.get("stars", 0)) for g in content.get("grades", ())),
        total=content.get("total"),
        veto_brings=content.get("veto_brings"),
        vetoes_settled=bool(content.get("vetoes_settled")),
    )
