"""Items and grades as lines of text, as they are pasted from a table: read, and written again.

An item is `编号 | 内容 | 分值 | 否决`, a grade `名称 | 最低分 | 星数`; tabs do for the strokes.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tuoyu.core import texts
from tuoyu.core.problems import Problem

CODE = re.compile(r"[0-9A-Za-z]{1,8}(\.[0-9A-Za-z]{1,8}){0,5}")
NUMBER = re.compile(r"[0-9]{1,5}")
APART = re.compile(r"[\t|｜]")
MOST_LINES = 400
VETO = frozenset({"否决", "一票否决", "是", "1"})


def items_of(text: str, field: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The items that lines say, and what is wrong with each line that says none."""
    items: list[dict[str, Any]] = []
    wrong: list[Problem] = []
    for number, line in _lines(text):
        code, said, points, veto = _cells(line, 4)
        mistakes = []
        if not CODE.fullmatch(code):
            mistakes.append("编号应像4.1.4这样，由数字、字母和点组成")
        if not said or len(said) > 120:
            mistakes.append("内容应有1至120个字")
        if (points and not NUMBER.fullmatch(points)) or points == "0":
            mistakes.append("分值应为1以上的整数，还没有定的留空")
        if veto and veto not in VETO:
            mistakes.append("最后一格只能写“否决”或留空")
        if mistakes:
            wrong.append(Problem(f"第{number}行：{'；'.join(mistakes)}。", field=field))
        else:
            given = int(points) if points else None
            items.append({"code": code, "text": said, "points": given, "veto": bool(veto)})
    if len(items) > MOST_LINES:
        wrong.append(Problem(f"一章最多{MOST_LINES}项。", field=field))
    return items, wrong


def grades_of(text: str, field: str = "grades") -> tuple[list[dict[str, Any]], list[Problem]]:
    """The grades that lines say, and what is wrong."""
    grades: list[dict[str, Any]] = []
    wrong: list[Problem] = []
    for number, line in _lines(text):
        name, at_least, stars = _cells(line, 3)
        mistakes = []
        if not name or len(name) > 20:
            mistakes.append("等级名称应有1至20个字")
        if not NUMBER.fullmatch(at_least):
            mistakes.append("最低分应为0以上的整数")
        if stars and stars not in ("0", "1", "2", "3", "4", "5"):
            mistakes.append("星数应为0至5，没有星级的留空")
        if mistakes:
            wrong.append(Problem(f"第{number}行：{'；'.join(mistakes)}。", field=field))
        else:
            grades.append({"name": name, "at_least": int(at_least), "stars": int(stars or 0)})
    if len(grades) > 20:
        wrong.append(Problem("最多20个等级。", field=field))
    return grades, wrong


def items_in_lines(items: Iterable[Mapping[str, Any]]) -> str:
    """Items as lines that `items_of` reads again."""
    return "\n".join(
        " | ".join([i["code"], i["text"], str(i["points"] or ""), "否决" if i["veto"] else ""]).rstrip(" |")
        for i in items
    )


def grades_in_lines(grades: Iterable[Mapping[str, Any]]) -> str:
    """Grades as lines that `grades_of` reads again."""
    return "\n".join(
        " | ".join([g["name"], str(g["at_least"]), str(g.get("stars") or "")]).rstrip(" |") for g in grades
    )


def _lines(text: str) -> Iterable[tuple[int, str]]:
    lines = texts.tidy(text)[:100_000].splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _cells(line: str, number: int) -> list[str]:
    cells = [cell.strip() for cell in APART.split(line)]
    return (cells + [""] * number)[:number]
