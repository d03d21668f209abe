"""What the process apart does: a workbook comes in, its checked columns go out as JSON.

`reading.py` starts it. It knows nothing of the database and needs no settings.
"""

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from tuoyu.core.apart import hold_to
from tuoyu.core.spreadsheets import checking
from tuoyu.core.spreadsheets.opening import BOUNDS, SAVE_AS, Bounds, Looked, Unreadable, look
from tuoyu.core.spreadsheets.sheets import REMARKS, Sheet

MOST_MEMORY = 1024 * 1024 * 1024
# A form may have blank rows between; they are not counted, but somewhere it ends.
BLANK_ROWS = 1000
Told = list[Any]


def readout(data: bytes, sheet: Sheet, bounds: Bounds = BOUNDS) -> dict[str, Any]:
    """The columns of a workbook by key, the row numbers, and the defects. Raises Unreadable."""
    looked = look(data, sheet.rows + BLANK_ROWS, bounds)
    try:
        book = load_workbook(BytesIO(data))
        page = _page(book, sheet)
        lines = [(number, line) for number, line in _lines(page) if not _is_blank(line)]
    except PasswordError:
        raise Unreadable(
            "encrypted", "这个文件设有打开密码，无法读取。", "请去掉密码，保存后再上传。"
        ) from None
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable("broken", "这个文件不完整或已损坏，无法打开。", SAVE_AS) from error
    if page.width > bounds.columns:
        raise Unreadable(
            "too_many_columns", f"表格超过{bounds.columns}列，没有读取。", "请删去模板以外的列。"
        )
    if not lines or lines[0][0] != 1:
        raise Unreadable("no_header", "第1行应是列名，现在是空的。", SAVE_AS)
    where = _header(lines[0][1], sheet)
    del lines[0]
    if not lines:
        raise Unreadable("no_rows", "只有列名，没有填写内容。", "请从第2行起填写，每行一条。")
    if len(lines) > sheet.rows:
        raise Unreadable(
            "too_many_rows", f"共{len(lines):,}行，一次最多{sheet.rows:,}行。", "请分成几个文件，依次上传。"
        )
    return _checked(page, lines, where, sheet, looked)


def _page(book: CalamineWorkbook, sheet: Sheet) -> CalamineSheet:
    name = sheet.name if sheet.name in book.sheet_names else book.sheet_names[0]
    return book.get_sheet_by_name(name)


def _lines(page: CalamineSheet) -> Iterable[tuple[int, list[Any]]]:
    return enumerate(page.iter_rows(), 1)


def _is_blank(line: list[Any]) -> bool:
    return not any(map(_says_something, line))


def _says_something(value: Any) -> bool:
    return value != "" and (not isinstance(value, str) or not value.isspace())


def _header(heads: list[Any], sheet: Sheet) -> dict[str, int]:
    """At which place each column stands; Unreadable when one is missing, unknown or there twice."""
    labels = [checking.shown(head).replace("*", "").replace("＊", "").strip() for head in heads]
    known = {column.label: column.key for column in sheet.columns}
    twice = [label for label, count in Counter(labels).items() if label in known and count > 1]
    missing = [column.label for column in sheet.columns if column.required and column.label not in labels]
    strange = [label for label in labels if label and label not in known and label != REMARKS]
    if missing:
        said = f"第1行缺少“{'”“'.join(missing)}”列。"
        raise Unreadable("missing_columns", said, "请使用本平台的模板，列名放在第1行，不要合并单元格。")
    if strange:
        said = f"第1行有不认识的列“{'”“'.join(strange[:5])}”。"
        raise Unreadable("unknown_columns", said, "请删去这些列，或改为模板里的列名。")
    if twice:
        raise Unreadable("columns_twice", f"“{'”“'.join(twice)}”列出现了两次。", "请只留一列。")
    return {known[label]: place for place, label in enumerate(labels) if label in known}


def _checked(
    page: CalamineSheet,
    lines: list[tuple[int, list[Any]]],
    where: dict[str, int],
    sheet: Sheet,
    looked: Looked,
) -> dict[str, Any]:
    numbers = [number for number, _ in lines]
    formulas = looked.formulas.get(page.name, set())
    columns: dict[str, list[Any]] = {}
    defects: list[Told] = list(_merged(page, set(numbers)))
    for column in sheet.columns:
        place = where.get(column.key)
        values = [line[place] if place is not None and place < len(line) else "" for _, line in lines]
        name = _letters(place) if place is not None else ""
        has_formula = [f"{name}{number}" in formulas for number in numbers] if formulas else ()
        checked = checking.check(column, values, has_formula)
        columns[column.key] = [value for value, _ in checked]
        wrong = ((number, w) for number, (_, w) in zip(numbers, checked, strict=True) if w)
        defects += [[number, column.label, *w] for number, w in wrong]
    for key in sheet.once:
        defects += _twice(sheet.column(key).label, numbers, columns[key])
    defects.sort(key=lambda told: told[0])
    return {"numbers": numbers, "columns": columns, "defects": defects, "unpacked": looked.unpacked}


def _merged(page: CalamineSheet, numbers: set[int]) -> Iterable[Told]:
    for (top, left), (bottom, right) in page.merged_cell_ranges or ():
        row = max(top + 1, 2)
        if bottom + 1 >= 2 and any(number in numbers for number in range(row, bottom + 2)):
            area = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
            yield [row, "", "merged", f"{area}是合并的单元格。", "请取消合并，在每一行都填写内容。"]


def _twice(label: str, numbers: list[int], values: list[Any]) -> Iterable[Told]:
    first: dict[Any, int] = {}
    for number, value in zip(numbers, values, strict=True):
        if value in (None, ""):
            continue
        if value in first:
            said = f"与第{first[value]}行的“{label}”相同。"
            yield [number, label, "twice", said, "同一项只填一行，请删去多余的一行。"]
        else:
            first[value] = number


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _peak() -> int:
    """The most memory this process held, in KiB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _main() -> None:
    hold_to(MOST_MEMORY)
    # Rows make no circles, and looking for some among a million cells takes longer than checking them.
    gc.disable()
    given = sys.stdin.buffer
    asked = json.loads(given.readline())
    try:
        told = readout(given.read(), Sheet.from_json(asked["sheet"]), Bounds(**asked["bounds"]))
    except Unreadable as wrong:
        told = {"unreadable": [wrong.code, wrong.message, wrong.fix]}
    told["peak"] = _peak()
    # In one piece: `json.dump` would hand over each value by itself, and both sides would wait for it.
    sys.stdout.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    _main()
