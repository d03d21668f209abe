"""Chapters and items of a tree as a sheet: taken out, mended in a spreadsheet, and brought in again.

Total, grades and what a veto brings are few, and are written on the page.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Column, Defect, Kind, Sheet
from tuoyu.core.spreadsheets.writing import filled
from tuoyu.ratings.lines import CODE, MOST_LINES
from tuoyu.ratings.models import IndicatorTree
from tuoyu.ratings.vocabulary import Aspect

MOST_CHAPTERS = 60
MOST_POINTS = 99_999
YES = "是"
ASPECTS = {str(label): str(value) for value, label in Aspect.choices}
WORDS = {value: label for label, value in ASPECTS.items()}
# What every row of a chapter says the same of it.
OF_CHAPTER = ("chapter_name", "chapter_points", "aspect")
SHEET = Sheet(
    "评估项",
    (
        Column("chapter", "章编号", required=True, longest=20, example="4"),
        Column("chapter_name", "章名称", required=True, longest=60, example="办托条件"),
        Column("chapter_points", "本章分值", Kind.NUMBER, least=1, most=MOST_POINTS, example="100"),
        Column("aspect", "方面", Kind.CHOICE, options=tuple(ASPECTS), example="质量", help="不填为“质量”。"),
        Column("code", "编号", required=True, longest=60, example="4.1.4"),
        Column("text", "内容", required=True, longest=120, example="消防证明当年有效"),
        Column("points", "分值", Kind.NUMBER, least=1, most=MOST_POINTS, example="10", help="没有定的留空。"),
        Column("veto", "一票否决", Kind.CHOICE, options=(YES,), help="是一票否决项的选“是”。"),
    ),
    lead=("每个评估项一行，同一章的各行写相同的章名称、本章分值和方面。",),
    once=("code",),
    rows=MOST_CHAPTERS * MOST_LINES,
)


def items_sheet(tree: IndicatorTree) -> bytes:
    """The chapters and items of a tree as a workbook; of one without items the template."""
    return filled(SHEET, list(_rows(tree.content.get("chapters", ()))))


def _rows(chapters: Any) -> Iterator[dict[str, Any]]:
    for chapter in chapters:
        for item in chapter["items"]:
            yield {
                "chapter": chapter["code"],
                "chapter_name": chapter["name"],
                "chapter_points": chapter["points"],
                "aspect": WORDS[chapter.get("aspect") or "quality"],
                "code": item["code"],
                "text": item["text"],
                "points": item["points"],
                "veto": YES if item["veto"] else "",
            }


def chapters_of(read: Read) -> tuple[list[dict[str, Any]], tuple[Defect, ...]]:
    """The chapters that a sheet says, and everything wrong with it; with a defect none may be kept."""
    chapters: dict[str, dict[str, Any]] = {}
    first: dict[str, tuple[int, Mapping[str, Any]]] = {}
    wrong: list[Defect] = []
    for number, row in read.good():
        wrong += _codes_wrong(number, row)
        code = row["chapter"]
        if code not in first:
            first[code] = (number, row)
            chapters[code] = {
                "code": code,
                "name": row["chapter_name"],
                "points": row["chapter_points"],
                "aspect": ASPECTS.get(row["aspect"] or "", Aspect.QUALITY.value),
                "items": [],
            }
        wrong += _differs(number, row, *first[code])
        chapters[code]["items"].append({
            "code": row["code"], "text": row["text"], "points": row["points"], "veto": row["veto"] == YES,
        })  # fmt: skip
        if len(chapters[code]["items"]) == MOST_LINES + 1:
            wrong.append(Defect(number, "章编号", "too_many", f"这一章超过{MOST_LINES}项。", "请分成几章。"))
        if len(chapters) == MOST_CHAPTERS + 1 and first[code][0] == number:
            wrong.append(Defect(number, "章编号", "too_many", f"超过{MOST_CHAPTERS}章。", "请合并几章。"))
    return list(chapters.values()), read.with_defects(wrong).defects


def _codes_wrong(number: int, row: Mapping[str, Any]) -> Iterator[Defect]:
    for key in ("chapter", "code"):
        if not CODE.fullmatch(row[key]):
            said = f"“{row[key][:40]}”不是编号。"
            yield Defect(
                number, SHEET.column(key).label, "not_a_code", said, "应像4.1.4这样，由数字、字母和点组成。"
            )


def _differs(number: int, row: Mapping[str, Any], at: int, before: Mapping[str, Any]) -> Iterator[Defect]:
    for key in OF_CHAPTER:
        if row[key] != before[key]:
            said = f"第{row['chapter']}章的这一列与第{at}行不同。"
            yield Defect(number, SHEET.column(key).label, "chapter_differs", said, "同一章的各行应相同。")
