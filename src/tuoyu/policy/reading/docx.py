"""The text of a docx: paragraphs with the numbers Word makes for them, tables row by row.

Each part is parsed as a stream and let go of as it is read, so that a file costs no more than its text.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tuoyu.policy.reading.docx_numbers import Numbers, Styles, W
from tuoyu.policy.reading.model import Unreadable

MOST_UNPACKED = 40 * 1024 * 1024
DEEPEST = 500
# The same words again for programs that cannot show the first form; words as they were before a change.
_UNREAD = {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    W + "pPrChange",
    W + "moveFrom",
}
_SIGNS = {
    W + "tab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}


def docx_text(data: bytes, name: str) -> str:
    """The text of a docx, of a size that is checked before and while it is unpacked."""
    parts = _unpacked(data, name)
    try:
        styles = Styles.of(_tree(parts["word/styles.xml"], name))
        numbers = Numbers.of(_tree(parts["word/numbering.xml"], name), styles)
        return "\n".join(_Body(numbers).lines(_events(parts["word/document.xml"], name)))
    except ElementTree.ParseError as error:
        raise Unreadable(f"{name}：docx 的内容损坏，无法读取。") from error


def _unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """The parts that are read; those a file may lack are empty."""
    parts = {"word/document.xml": b"", "word/styles.xml": b"<none/>", "word/numbering.xml": b"<none/>"}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # What a part says of its size is checked before, what it is while unpacking.
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable(f"{name}：解压后过大，像是压缩炸弹，没有读取。")
            for part in parts:
                if part in archive.namelist() or not parts[part]:
                    with archive.open(part) as file:
                        parts[part] = file.read(MOST_UNPACKED + 1)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(f"{name}：不是可以读取的 docx 文件。") from error
    if max(map(len, parts.values())) > MOST_UNPACKED:
        raise Unreadable(f"{name}：解压后过大，像是压缩炸弹，没有读取。")
    if any(re.search(rb"<!\s*(DOCTYPE|ENTITY)", xml, re.IGNORECASE) for xml in parts.values()):
        raise Unreadable(f"{name}：docx 中含有实体定义，没有读取。")
    return parts


def _events(xml: bytes, name: str) -> Iterator[tuple[str, Element]]:
    """Beginnings and ends of elements, none of them deeper than a document goes."""
    depth = 0
    for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise Unreadable(f"{name}：docx 的嵌套过深，没有读取。")
        yield event, element


def _tree(xml: bytes, name: str) -> Element:
    """A small part as a whole: its styles, its numbering."""
    root = Element("none")
    for event, element in _events(xml, name):
        if event == "end":
            root = element
    return root


@dataclass
class _Table:
    """A table while it is read: finished rows, and the row and cell at hand."""

    rows: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    span: int = 1
    goes_on: bool = False

    def end_cell(self) -> None:
        """A cell that goes on from the one above says the same; one over many columns leaves them empty."""
        above = self.rows[-1] if self.rows else []
        at = len(self.row)
        text = above[at] if self.goes_on and at < len(above) else " ".join(filter(None, self.cell))
        self.row += [text, *[""] * (min(self.span, 64) - 1)]
        self.cell, self.span, self.goes_on = [], 1, False

    def lines(self) -> list[str]:
        """Rows as lines with a tab between cells."""
        return ["\t".join(re.sub(r"\s+", " ", cell) for cell in row) for row in self.rows]


class _Body:
    """Reads the body of a document from the beginnings and ends of its elements."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.out: list[str] = []
        self.tables: list[_Table] = []
        self.open: list[list[str]] = []  # paragraphs at hand; a text box puts one into another
        self.unread = 0

    def lines(self, events: Iterator[tuple[str, Element]]) -> list[str]:
        """The lines of the text, in their order."""
        for event, element in events:
            if element.tag in _UNREAD:
                self.unread += 1 if event == "start" else -1
            elif self.unread == 0:
                (self._start if event == "start" else self._end)(element)
            if event == "end" and element.tag in (W + "p", W + "tr"):
                element.clear()
        return self.out

    def _start(self, element: Element) -> None:
        if element.tag == W + "p":
            self.open.append([])
        elif element.tag == W + "tbl":
            self.tables.append(_Table())

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag == W + "t" and self.open:
            self.open[-1].append(element.text or "")
        elif tag in _SIGNS and self.open:
            self.open[-1].append(_SIGNS[tag])
        elif tag == W + "pPr" and self.open:
            self.open[-1].insert(0, self.numbers.shown(element))
        elif tag == W + "p" and self.open:
            self._say("".join(self.open.pop()))
        elif self.tables:
            self._end_in_table(tag, element)

    def _end_in_table(self, tag: str, element: Element) -> None:
        table = self.tables[-1]
        if tag == W + "gridSpan":
            table.span = int(value) if (value := element.get(W + "val", "1")).isdigit() else 1
        elif tag == W + "vMerge":
            table.goes_on = element.get(W + "val", "continue") == "continue"
        elif tag == W + "tc":
            table.end_cell()
        elif tag == W + "tr" and table.row:
            table.rows.append(table.row)
            table.row = []
        elif tag == W + "tbl":
            self.tables.pop()
            for line in table.lines():
                self._say(line)

    def _say(self, line: str) -> None:
        """A line goes into the cell at hand, or out."""
        if self.tables:
            self.tables[-1].cell.append(line)
        else:
            self.out.append(line)
