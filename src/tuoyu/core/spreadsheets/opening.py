"""Whether a file is a workbook that may be read: judged by its content, within bounds, before it is read.

Runs in the process apart (`apart.py`). What a spreadsheet program never asks for is refused: macros, links to
other files, a document type of its own. Sizes are those that were unpacked, not those the file claims.
"""

import re
import zipfile
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from xml.etree import ElementTree

CHUNK = 1 << 20
OVERLAP = 512
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKS = (b"\xff\xfe", b"\xfe\xff")
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
MACROS = re.compile(r"vbaProject|macrosheets|activeX", re.IGNORECASE)
LINKS = re.compile(r"externalLinks|connections\.xml|embeddings|oleObject", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
FOREIGN = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["'])""", re.IGNORECASE)
FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["'][^>]*>\s*<(?:\w+:)?f[\s>/]"""
)
# Looked for first: the pattern is slow, and most sheets have no formula.
FORMULA_SIGNS = (b"<f", b":f")
MOST_FORMULAS = 1000
RELATIONS = "xl/_rels/workbook.xml.rels"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Unreadable(Exception):
    """The file cannot be read at all; `code` stays, the sentence is for the person."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        self.code, self.message, self.fix = code, message, fix
        super().__init__(message)


@dataclass(frozen=True)
class Bounds:
    """How much a file may be, packed and unpacked."""

    packed: int = 10 * 1024 * 1024
    unpacked: int = 160 * 1024 * 1024
    ratio: int = 200
    entries: int = 300
    columns: int = 100
    cell: int = 2000


BOUNDS = Bounds()


@dataclass
class Looked:
    """What was seen of a workbook: the bytes unpacked, and where formulas stand, by sheet."""

    unpacked: int = 0
    formulas: dict[str, set[str]] = field(default_factory=dict)


def look(data: bytes, rows: int, bounds: Bounds = BOUNDS) -> Looked:
    """Go through the whole file once; Unreadable with one sentence when it may not be read."""
    _is_workbook(data, bounds)
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            names = _entries(packed, bounds)
            looked = Looked()
            sheets = _sheets(packed, names)
            for entry in packed.infolist():
                found = _unpack(packed, entry, looked, rows, bounds)
                if found and entry.filename in sheets:
                    looked.formulas[sheets[entry.filename]] = found
            return looked
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if "encrypted" in str(error):
            raise _encrypted() from None
        raise _broken() from None


# ---------------------------------------------------------------- what kind of file it is


def _is_workbook(data: bytes, bounds: Bounds) -> None:
    if not data:
        raise Unreadable("empty", "文件是空的，没有可以读的内容。", "请重新选择填好的文件。")
    if len(data) > bounds.packed:
        limit = bounds.packed // (1024 * 1024)
        raise Unreadable(
            "too_large", f"文件超过{limit}MB，没有读取。", "请分成几个文件，或删去图片等无关内容。"
        )
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise _encrypted()
        raise Unreadable(
            "old_format", "这是旧版Excel文件（xls）。", "请另存为“Excel 工作簿（.xlsx）”再上传。"
        )
    if not data.startswith(b"PK"):
        raise _of_text(data)


def _of_text(data: bytes) -> Unreadable:
    """What a file is called xlsx but holds text: a web page, a table of commas, or nothing known."""
    save = "请用表格软件打开，另存为“Excel 工作簿（.xlsx）”再上传。"
    head = data[:4096]
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<", head):
        return Unreadable("web_page", "这个文件的内容是网页或XML，只是扩展名写成了xlsx。", save)
    for encoding in ("utf-16", "utf-8", "gb18030") if head[:2] in MARKS else ("utf-8", "gb18030"):
        try:
            text = getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if not NO_TEXT.search(text):
            said = f"这个文件是文本（{encoding.upper()}编码，如CSV），不是xlsx。"
            return Unreadable("plain_text", said, save)
    return Unreadable("unknown_format", "认不出这个文件：它不是xlsx工作簿。", save)


def _encrypted() -> Unreadable:
    return Unreadable(
        "encrypted", "这个文件设有打开密码，无法读取。", "请在表格软件中去掉密码，保存后再上传。"
    )


def _broken() -> Unreadable:
    return Unreadable("broken", "这个文件不完整或已损坏，无法打开。", "请用表格软件打开后重新保存，再上传。")


# ---------------------------------------------------------------- what is packed in it


def _entries(packed: zipfile.ZipFile, bounds: Bounds) -> set[str]:
    names = [entry.filename for entry in packed.infolist()]
    if len(names) > bounds.entries:
        raise Unreadable(
            "too_many_parts", f"文件里有{len(names)}个部件，不像一份填好的表格，没有读取。", SAVE_AS
        )
    if len(set(names)) < len(names):
        raise _broken()
    if any(MACROS.search(name) for name in names):
        raise Unreadable("macros", "这个文件含有宏，没有读取。", "请另存为不含宏的“Excel 工作簿（.xlsx）”。")
    if any(LINKS.search(name) for name in names):
        raise Unreadable(
            "links", "这个文件链接或嵌入了别的文件，没有读取。", "请断开链接，把内容粘贴为数值，再保存上传。"
        )
    if "xl/workbook.xml" not in names:
        raise Unreadable("not_workbook", "这个文件是压缩包或别的文档，不是xlsx工作簿。", SAVE_AS)
    return set(names)


SAVE_AS = "请把内容复制到本平台的模板里，保存后再上传。"


def _sheets(packed: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Which entry holds which sheet."""
    if RELATIONS not in names:
        raise _broken()
    book, links = _small(packed, "xl/workbook.xml"), _small(packed, RELATIONS)
    try:
        targets = {r.get("Id"): r.get("Target", "") for r in ElementTree.fromstring(links)}  # noqa: S314
        found = ElementTree.fromstring(book).iter()  # noqa: S314 - no document type, see _small
    except ElementTree.ParseError:
        raise _broken() from None
    return {
        f"xl/{targets.get(e.get(RELATION), '').removeprefix('/xl/')}": e.get("name", "")
        for e in found
        if e.tag.endswith("}sheet")
    }


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        text = part.read(CHUNK)
    if DOCTYPE.search(text):
        raise _entities()
    return text


def _entities() -> Unreadable:
    return Unreadable("entities", "这个文件的XML里含有自定义实体，没有读取。", SAVE_AS)


def _unpack(
    packed: zipfile.ZipFile, entry: zipfile.ZipInfo, looked: Looked, rows: int, bounds: Bounds
) -> set[str]:
    """Unpack one entry in pieces, counting; where its formulas stand."""
    size = 0
    found: set[str] = set()
    for piece in _pieces(packed, entry):
        size += len(piece.new)
        looked.unpacked += len(piece.new)
        bomb = size > max(CHUNK, entry.compress_size * bounds.ratio)
        if looked.unpacked > bounds.unpacked or bomb:
            most = bounds.unpacked // (1024 * 1024)
            raise Unreadable(
                "unpacks_too_large",
                f"文件解开后过大（上限{most}MB，压缩比上限{bounds.ratio}倍），不像一份填好的表格，已停止读取。",
                SAVE_AS,
            )
        _harmless(piece, entry.filename)
        if entry.filename.startswith("xl/worksheets/"):
            _within(piece.text, rows, bounds)
            if len(found) < MOST_FORMULAS and any(sign in piece.text for sign in FORMULA_SIGNS):
                found |= {ref.decode() for ref in FORMULA.findall(piece.text)}
    return found


@dataclass
class _Piece:
    new: bytes
    text: bytes
    first: bool


def _pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[_Piece]:
    """The entry in pieces, each with the end of the one before, so that nothing is missed between two."""
    kept, first = b"", True
    with packed.open(entry) as part:
        while new := part.read(CHUNK):
            yield _Piece(new, kept + new, first)
            kept, first = new[-OVERLAP:], False


def _harmless(piece: _Piece, name: str) -> None:
    if not name.endswith((".xml", ".rels")):
        return
    if DOCTYPE.search(piece.text):
        raise _entities()
    if piece.first and (piece.text[:2] in (b"\xff\xfe", b"\xfe\xff") or FOREIGN.match(piece.text[:200])):
        raise Unreadable("encoding", "这个文件内部的编码不是UTF-8，无法读取。", SAVE_AS)


def _within(text: bytes, rows: int, bounds: Bounds) -> None:
    """No cell may lie further out than a sheet may be: one in the last corner would take the whole memory."""
    plain, loose = _beyond(bounds.columns, rows)
    # As every program writes it; only XML written by hand has blanks or single quotes there.
    pattern = loose if b"r =" in text or b"r='" in text else plain
    found = pattern.search(text)
    if found is None:
        return
    if found["wide"]:
        raise Unreadable(
            "too_many_columns",
            f"表格超过{bounds.columns}列，没有读取。",
            "请删去模板以外的列（包括右侧的空列）。",
        )
    raise Unreadable("too_many_rows", f"表格超过{rows:,}行，没有读取。", "请分成几个文件，并删去末尾的空行。")


@cache
def _beyond(columns: int, rows: int) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What finds a cell beyond so many columns, or so many rows: one search, however large the sheet."""
    last = -(-columns // 26) - 1
    first = bytes([65 + last]) + b"-Z" if last < 25 else b"Z"
    wide = rb"(?P<wide>(?:[A-Z]{3}|[" + first + rb"][A-Z])\d)"
    deep = rb"[A-Z]*(?:%s|[1-9]\d{%d,})\b" % (_above(rows), len(str(rows)))
    either = rb"(?:" + wide + rb"|" + deep + rb")"
    return re.compile(rb'r="' + either), re.compile(rb"""\br\s*=\s*["']""" + either)


def _above(number: int) -> bytes:
    """A pattern of the numbers of as many figures that are larger than `number`."""
    text = str(number)
    ways = [
        f"{text[:place]}[{int(figure) + 1}-9]\\d{{{len(text) - place - 1}}}"
        for place, figure in enumerate(text)
        if figure < "9"
    ]
    return "|".join(ways or ["(?!)"]).encode()
