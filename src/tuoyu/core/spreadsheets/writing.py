"""Workbooks the program writes: the template of a sheet, and the file of the rows that were wrong."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tuoyu.core import clock
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import FIGURES, REMARKS, Column, Kind, Sheet

SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
INSTRUCTIONS, OPTIONS = "填写说明", "选项"
# What a drop-down may hold in itself; longer lists stand on a sheet of their own.
MOST_IN_PLACE = 255
HEAD = {"bold": True, "bg_color": "#E6F0EF", "border": 1, "border_color": "#B7C9C7", "valign": "vcenter"}


def template_of(sheet: Sheet) -> bytes:
    """The sheet to be filled in: heads, drop-downs, formats, and a page that says how."""
    return _written(sheet, [])


def file_of_defects(sheet: Sheet, read: Read) -> bytes:
    """The rows that were wrong, as they stood, each with what to mend: mended, it can be sent again."""
    remarks: dict[int, list[str]] = {}
    for defect in read.defects:
        said = f"{defect.column}：{defect.message}" if defect.column else defect.message
        remarks.setdefault(defect.row, []).append(said + defect.fix)
    rows = [
        {**row, REMARKS: f"（原第{number}行）" + "\n".join(remarks[number])}
        for number, row in read.rows()
        if number in read.wrong
    ]
    return _written(sheet, rows, remarks=True)


def filled(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The template with rows in it, for tests and demonstrations."""
    return _written(sheet, rows)


def _written(sheet: Sheet, rows: Iterable[Mapping[str, Any]], *, remarks: bool = False) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties({"title": sheet.name, "created": clock.now().replace(tzinfo=None)})
        page = book.add_worksheet(sheet.name)
        _instructions(book, sheet)
        _heads(book, page, sheet, remarks=remarks)
        _drop_downs(book, page, sheet)
        _rows(book, page, sheet, rows)
    return out.getvalue()


def _heads(book: Workbook, page: Worksheet, sheet: Sheet, *, remarks: bool) -> None:
    head = book.add_format(HEAD)
    needed = book.add_format(HEAD | {"font_color": "#9A3412"})
    text = book.add_format({"num_format": "@"})
    formats: dict[Kind, Format | None] = {Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd"})}
    for place, column in enumerate(sheet.columns):
        wide = max(10, min(40, _width(column.label) + 4, 40), _width(column.example) + 4)
        page.set_column(
            place, place, wide, formats.get(column.kind, None if column.kind is Kind.NUMBER else text)
        )
        page.write_string(
            0, place, column.label + (" *" if column.required else ""), needed if column.required else head
        )
    if remarks:
        page.set_column(len(sheet.columns), len(sheet.columns), 60, book.add_format({"text_wrap": True}))
        page.write_string(0, len(sheet.columns), REMARKS, needed)
    page.set_row(0, 24)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    page.set_footer("&C第&P页，共&N页")


def _drop_downs(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    listed: list[Column] = []
    for place, column in enumerate(sheet.columns):
        asked: dict[str, Any] = {
            "input_title": column.label[:32],
            "input_message": (column.help or _says(column))[:255],
            "error_title": "填写有误",
            "error_message": _says(column)[:255],
            "ignore_blank": True,
        }
        page.data_validation(1, place, sheet.rows, place, asked | _validation(column, listed))
    if listed:
        options = book.add_worksheet(OPTIONS)
        options.hide()
        for place, column in enumerate(listed):
            for row, option in enumerate(column.options):
                options.write_string(row, place, option)


def _validation(column: Column, listed: list[Column]) -> dict[str, Any]:
    if column.kind is Kind.CHOICE:
        if len(",".join(column.options)) <= MOST_IN_PLACE and not any("," in o for o in column.options):
            return {"validate": "list", "source": list(column.options)}
        listed.append(column)
        name = xlsxwriter.utility.xl_col_to_name(len(listed) - 1)
        return {"validate": "list", "source": f"={OPTIONS}!${name}$1:${name}${len(column.options)}"}
    if column.kind is Kind.NUMBER:
        kind = "decimal" if column.decimals else "integer"
        return {"validate": kind, "criteria": "between", "minimum": column.least, "maximum": column.most}
    if column.kind is Kind.TEXT:
        return {"validate": "length", "criteria": "<=", "value": column.longest}
    return {"validate": "any"}


def _says(column: Column) -> str:
    """How a column is filled in, in one sentence."""
    if column.kind is Kind.CHOICE:
        return "从下拉列表中选择。"
    if column.kind is Kind.NUMBER:
        whole = f"最多{column.decimals}位小数" if column.decimals else "整数"
        return f"{column.least:g}至{column.most:g}的数字（{whole}），不带单位。"
    if column.kind is Kind.DATE:
        return "日期，如2024-03-01。"
    if column.kind in FIGURES:
        return "按文本填写完整号码，不能省略或用科学记数。"
    return f"文字，最多{column.longest}个字。"


def _instructions(book: Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(INSTRUCTIONS)
    head, wrap = book.add_format(HEAD), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 24, wrap)
    page.set_column(1, 1, 8, wrap)
    page.set_column(2, 2, 60, wrap)
    page.set_column(3, 3, 28, wrap)
    page.write_string(0, 0, sheet.name, book.add_format({"bold": True, "font_size": 14}))
    lead = (
        *sheet.lead,
        f"在“{sheet.name}”页填写，每行一条，最多{sheet.rows:,}行；带 * 的列必须填写。",
        "不要改动列名，不要合并单元格，不要用公式。",
    )
    plain = book.add_format({"text_wrap": False})
    for row, line in enumerate(lead, 1):
        page.write_string(row, 0, line, plain)
    top = len(lead) + 2
    for place, label in enumerate(("列", "必填", "怎样填", "示例")):
        page.write_string(top, place, label, head)
    for row, column in enumerate(sheet.columns, top + 1):
        said = "".join(part for part in (column.help, _says(column) if not column.help else "") if part)
        if column.options:
            said += "可选：" + "、".join(column.options[:40]) + ("等" if len(column.options) > 40 else "")
        page.write_string(row, 0, column.label)
        page.write_string(row, 1, "是" if column.required else "")
        page.write_string(row, 2, said)
        page.write_string(row, 3, column.example)


def _rows(book: Workbook, page: Worksheet, sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> None:
    formats = text_formats(book)
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(sheet.columns):
            value = row.get(column.key)
            if isinstance(value, int):
                page.write_number(line, place, value)
            elif value not in (None, ""):
                write_text(page, line, place, str(value), formats)
        if REMARKS in row:
            write_text(page, line, len(sheet.columns), row[REMARKS], formats)


def text_formats(book: Workbook, *, wrap: bool = False) -> Sequence[Format]:
    """How a text is written, and how one that a spreadsheet would take for a formula."""
    look = {"num_format": "@", "valign": "top", "text_wrap": wrap}
    plain, quoted = book.add_format(look), book.add_format(look)
    quoted.set_quote_prefix()
    return plain, quoted


def write_text(page: Worksheet, row: int, place: int, text: str, formats: Sequence[Format]) -> None:
    """A cell that is text whatever it begins with: never a formula, now or when it is edited."""
    acts = text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    page.write_string(row, place, text[:32_767], formats[1] if acts else formats[0])


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)
