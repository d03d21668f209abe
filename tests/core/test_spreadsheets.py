"""Sheets: what is written is read back, what is wrong is told by row and column, a file made to hurt ends in
one sentence and within bounds."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from tuoyu.core.spreadsheets import apart, opening
from tuoyu.core.spreadsheets.opening import BOUNDS, Bounds, Unreadable, look
from tuoyu.core.spreadsheets.reading import NotReadable, Read, content_of, read
from tuoyu.core.spreadsheets.sheets import REMARKS, Column, Kind, Sheet
from tuoyu.core.spreadsheets.writing import file_of_defects, filled, template_of

CODE = "91320102MA1N4XJ30J"
IDENTITY = "110101199003074514"
SHEET = Sheet(
    "机构",
    (
        Column("name", "名称", required=True, longest=20),
        Column("kind", "类型", Kind.CHOICE, options=("托育机构", "家庭托育点")),
        Column("places", "托位", Kind.NUMBER, most=500),
        Column("area", "面积", Kind.NUMBER, decimals=2),
        Column("since", "日期", Kind.DATE),
        Column("identity", "身份证号", Kind.IDENTITY),
        Column("phone", "手机", Kind.PHONE),
    ),
    once=("name",),
    rows=50,
)
Line = dict[str, Any]


def book(*lines: list[Any], heads: list[str] | None = None, act: Callable[..., None] | None = None) -> bytes:
    """A workbook as a person might have made it, without our template."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as made:
        page = made.add_worksheet()
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for row, line in enumerate(([c.label for c in SHEET.columns] if heads is None else heads, *lines)):
            for place, value in enumerate(line):
                if isinstance(value, date):
                    page.write_datetime(row, place, value, day)
                elif value is not None:
                    page.write(row, place, value)
        if act is not None:
            act(made, page)
    return out.getvalue()


def changed(data: bytes, **parts: bytes | None) -> bytes:
    """A workbook with parts put in or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def codes(found: Read) -> list[tuple[int, str, str]]:
    return [(defect.row, defect.column, defect.code) for defect in found.defects]


def checked(data: bytes) -> Read:
    """The same reading in this process: quicker, for what hurts nobody."""
    told = apart.readout(data, SHEET)
    told.pop("unpacked")
    return Read.from_json(told)


# ---------------------------------------------------------------- what is right


def test_a_template_filled_with_valid_rows_is_read_without_a_defect() -> None:
    rows = [
        {"name": "甲托育园", "kind": "托育机构", "places": 30, "area": "120.5", "since": "2024-03-01"},
        {"name": "乙托育园", "identity": IDENTITY, "phone": "13800001234"},
    ]
    found = read(filled(SHEET, rows), SHEET)
    assert found.defects == ()
    assert [number for number, _ in found.rows()] == [2, 3]
    first, second = (row for _, row in found.good())
    assert first == {**rows[0], "identity": "", "phone": ""}
    assert (second["identity"], second["places"], second["since"]) == (IDENTITY, None, None)


def test_what_people_write_in_other_ways_is_understood() -> None:
    found = checked(
        book(
            ["甲", "托育 机构", "３０", 12.5, "2024/3/1", IDENTITY.lower(), " 138 0000 1234 "],
            ["乙", None, "1,00", None, date(2024, 3, 1), None, 13800001234],
            ["丙", None, 7.0, "1,234.50", "2024年3月1日"],
            ["丁", None, None, None, 20240301],
            ["戊", None, None, None, "2024.03.01"],
        )
    )
    assert codes(found) == [(3, "托位", "not_number")]
    assert found.columns["places"][0::2] == [30, 7, None]
    assert found.columns["since"] == ["2024-03-01"] * 5
    assert found.columns["phone"][:2] == ["13800001234"] * 2
    assert found.columns["area"][2] == "1234.50"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.text(
                    st.characters(whitelist_categories=("L", "N", "P"), max_codepoint=0xFFFF),
                    min_size=1,
                    max_size=20,
                ),
                "kind": st.sampled_from(("", *SHEET.columns[1].options)),
                "places": st.none() | st.integers(0, 500),
                "area": st.decimals(0, 9999, places=2).map(lambda d: str(d.normalize().quantize(d))),
                "since": st.none() | st.dates(date(1900, 3, 1), date(2100, 12, 31)).map(date.isoformat),
            }
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda row: row["name"],
    )
)
def test_what_is_written_is_read_back_equal(rows: list[Line]) -> None:
    rows = [{**row, "name": unicodedata.normalize("NFC", row["name"])[:20]} for row in rows]
    found = checked(filled(SHEET, rows))
    told = [{key: row[key] for key in rows[0]} for _, row in found.rows()]
    assert told == rows
    assert {code for _, _, code in codes(found)} <= {"formula", "twice"}


# ---------------------------------------------------------------- what is wrong


def test_every_defect_is_told_at_once_by_row_column_code_and_mend() -> None:
    found = checked(
        book(
            [None, "幼儿园", -1, 1.234, "明年春天", "11010119900307451X", "12345"],
            ["甲" * 21, None, "三十", None, "2024-02-30", 1.1010119900307451e17],
            ["=1+1", None, 2.5, None, 45000],
            ["+乙"],
            [datetime(2024, 3, 1)],  # noqa: DTZ001 - a spreadsheet knows no zones
            ["丙"],
            ["丁\x07"],
            ["丙"],
        )
    )
    assert codes(found) == [
        (2, "名称", "required"),
        (2, "类型", "not_offered"),
        (2, "托位", "out_of_range"),
        (2, "面积", "decimals"),
        (2, "日期", "not_date"),
        (2, "身份证号", "identity"),
        (2, "手机", "phone"),
        (3, "名称", "too_long"),
        (3, "托位", "not_number"),
        (3, "日期", "no_such_day"),
        (3, "身份证号", "figures_lost"),
        (4, "名称", "formula"),
        (4, "托位", "decimals"),
        (4, "日期", "serial_number"),
        (5, "名称", "formula"),
        (6, "名称", "not_text"),
        (8, "名称", "control"),
        (9, "名称", "twice"),
    ]
    assert all(defect.message and defect.fix for defect in found.defects)
    assert [number for number, _ in found.good()] == [7]


def test_a_formula_in_a_name_is_a_defect_whatever_it_comes_to() -> None:
    data = book(["甲"], act=lambda made, page: page.write_formula("A3", '="乙"&"丙"', None, "乙丙"))
    found = read(data, SHEET)
    assert codes(found) == [(3, "名称", "formula")]
    assert found.columns["name"] == ["甲", "乙丙"]


def test_merged_cells_are_a_defect_of_their_row() -> None:
    data = book(["甲"], ["乙"], act=lambda made, page: page.merge_range("B2:B3", "托育机构"))
    assert codes(read(data, SHEET)) == [(2, "", "merged")]


def test_the_rows_that_were_wrong_come_back_as_a_file_that_is_read_again_once_mended() -> None:
    found = checked(book(["甲"], ["=乙", None, "三"], ["丙", None, 3]))
    back = load_workbook(io.BytesIO(file_of_defects(SHEET, found))).get_sheet_by_index(0).to_python()
    assert back[0][-1] == REMARKS
    assert (back[1][0], back[1][2]) == ("=乙", "三")
    assert back[1][-1].startswith("（原第3行）名称：")
    again = checked(file_of_defects(SHEET, found))
    assert codes(again) == [(2, "名称", "formula"), (2, "托位", "not_number")]


# ---------------------------------------------------------------- files made to hurt


def far_cell(made: Any, page: Any) -> None:
    page.write(0, 9_999, "远")


def last_corner(made: Any, page: Any) -> None:
    page.write(1_048_575, 16_383, "角落")


@cache
def bomb() -> bytes:
    """Some hundred kilobytes that would be 170 megabytes."""
    return changed(book(["甲"]), **{"xl/worksheets/sheet1.xml": b"<worksheet>" + bytes(170_000_000)})


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<sst><si><t>&b;</t></si></sst>"
)
UTF16 = '<?xml version="1.0" encoding="UTF-16"?><sst><si><t>甲</t></si></sst>'.encode("utf-16")
HURTING: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "100 MB": (lambda: b"PK\x03\x04" + bytes(100 * 1024 * 1024), "too_large"),
    "truncated": (lambda: book(["甲"])[:-800], "broken"),
    "half": (lambda: book(["甲"])[:700], "broken"),
    "10,000 columns": (lambda: book(["甲"], act=far_cell), "too_many_columns"),
    "last corner": (lambda: book(["甲"], act=last_corner), "too_many_rows"),
    "too many rows": (lambda: book(*[[f"园{n}"] for n in range(51)]), "too_many_rows"),
    "a row far below": (lambda: book(["甲"], act=lambda m, p: p.write(40_000, 0, "底")), "too_many_rows"),
    "bomb": (bomb, "unpacks_too_large"),
    "entities": (lambda: changed(book(["甲"]), **{"xl/sharedStrings.xml": LAUGHS}), "entities"),
    "inner encoding": (lambda: changed(book(["甲"]), **{"xl/sharedStrings.xml": UTF16}), "encoding"),
    "macros": (lambda: changed(book(["甲"]), **{"xl/vbaProject.bin": b"x"}), "macros"),
    "links": (lambda: changed(book(["甲"]), **{"xl/externalLinks/externalLink1.xml": b"<a/>"}), "links"),
    "many parts": (lambda: changed(book(["甲"]), **{f"p/{n}": b"" for n in range(400)}), "too_many_parts"),
    "old format": (lambda: opening.OLE + bytes(600), "old_format"),
    "encrypted": (lambda: opening.OLE + bytes(600) + opening.ENCRYPTED + bytes(99), "encrypted"),
    "a page of the web": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
    "commas in GBK": (lambda: "名称,类型\n甲,乙\n".encode("gb18030"), "plain_text"),
    "commas in UTF-16": (lambda: "名称,类型\n甲,乙\n".encode("utf-16"), "plain_text"),
    "nothing known": (lambda: b"\x00\x01\x02\x03" * 300, "unknown_format"),
    "another archive": (lambda: changed(book(["甲"]), **{"xl/workbook.xml": None}), "not_workbook"),
    "no rows": (lambda: template_of(SHEET), "no_rows"),
    "no heads": (lambda: book([None], heads=[]), "no_header"),
    "a head lacking": (lambda: book(["x"], heads=["类型"]), "missing_columns"),
    "a head unknown": (lambda: book(["x"], heads=["名称", "备注二"]), "unknown_columns"),
    "a head twice": (lambda: book(["x"], heads=["名称", "名称"]), "columns_twice"),
}


@pytest.mark.parametrize("what", HURTING)
def test_a_file_that_cannot_be_read_says_why_in_one_sentence(what: str) -> None:
    make, code = HURTING[what]
    with pytest.raises(NotReadable) as refused:
        read(make(), SHEET)
    assert refused.value.code == code
    problem = refused.value.problems[0]
    assert problem.message.endswith("。")
    assert problem.rule_key == f"file.{code}"


def test_reading_stops_at_the_bound_and_not_after_it() -> None:
    data = bomb()
    assert len(data) < 1_000_000
    with pytest.raises(Unreadable, match="解开后过大"):
        look(data, 50, Bounds(ratio=10**9))
    assert BOUNDS.unpacked <= 200 * 1024 * 1024
    assert look(book(["甲"]), 50).unpacked < 100_000


def test_a_sheet_without_positions_is_given_up_when_it_needs_too_much_memory() -> None:
    # Cells that do not say where they stand: no search finds the widest, the process apart hits its limit.
    wide = b"<row>" + b"<c><v>1</v></c>" * 10_000 + b"</row>"
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + wide
        + b"<row><c><v>1</v></c></row>" * 100_000
        + b"</sheetData></worksheet>"
    )
    data = changed(book(["甲"]), **{"xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(NotReadable) as refused:
        read(data, SHEET)
    assert refused.value.code in ("broken", "too_many_columns", "unpacks_too_large")


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(NotReadable, match="没有读完"):
        read(book(["甲"]), SHEET, seconds=0.01)


def test_no_more_than_the_limit_is_taken_from_an_upload() -> None:
    asked: list[int] = []

    class Endless:
        name = "大.xlsx"

        def read(self, size: int = -1, /) -> bytes:
            asked.append(size)
            return bytes(size)

    with pytest.raises(NotReadable, match="超过") as refused:
        content_of(Endless())
    assert refused.value.status == 413
    assert asked == [10 * 1024 * 1024 + 1]
