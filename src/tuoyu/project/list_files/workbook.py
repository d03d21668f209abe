"""A list as a workbook."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from tuoyu.core import clock
from tuoyu.core.spreadsheets.writing import HEAD, SAFE, text_formats, write_text
from tuoyu.project.list_files.shown import Shown

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIGURE = re.compile(r"-?\d{1,3}(?:,\d{3})+|-?\d{1,15}(?:\.\d{1,6})?")
WIDEST = 60


def workbook(shown: Shown, notes: Sequence[str]) -> bytes:
    """The list with its title and `notes` above it; figures and days are such, all else is text."""
    out = BytesIO()
    columns = shown.columns()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties({"title": shown.title, "created": clock.now().replace(tzinfo=None)})
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "", shown.title)[:31] or "清单")
        formats = text_formats(book, wrap=True)
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        figure = book.add_format({"num_format": "#,##0.######", "valign": "top"})
        page.write_string(0, 0, shown.title, book.add_format({"bold": True, "font_size": 14}))
        for line, note in enumerate(notes, 1):
            write_text(page, line, 0, note, text_formats(book))
        top = len(notes) + 2
        head = book.add_format(HEAD)
        for place, label in enumerate(columns):
            page.write_string(top, place, label, head)
        for line, row in enumerate(shown.rows, top + 1):
            for place, label in enumerate(columns):
                text = row.get(label, "")
                if label in shown.figures and FIGURE.fullmatch(text):
                    page.write_number(line, place, float(text.replace(",", "")), figure)
                elif DAY.fullmatch(text) and _is_day(text):
                    page.write_datetime(line, place, datetime.fromisoformat(text), day)
                elif text:
                    write_text(page, line, place, text, formats)
        for place, wide in enumerate(widths(shown)):
            page.set_column(place, place, wide)
        page.freeze_panes(top + 1, 0)
        page.repeat_rows(top)
        page.set_paper(9)
        if len(columns) > 5:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_footer("&C第&P页，共&N页")
    return out.getvalue()


def widths(shown: Shown) -> list[float]:
    """How wide each column is to be, in figures: as wide as most of what stands in it."""
    found = []
    for label in shown.columns():
        sizes = sorted(_wide(row.get(label, "")) for row in shown.rows)
        usual = sizes[int(len(sizes) * 0.9)] if sizes else 0
        found.append(float(max(8, _wide(label) + 3, min(WIDEST, usual + 2))))
    return found


def _wide(text: str) -> int:
    return max((sum(1 if c.isascii() else 2 for c in line) for line in text.split("\n")), default=0)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year >= 1900
    except ValueError:
        return False
