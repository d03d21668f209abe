"""Tables: rows of cells parted by tabs, beneath a row that says what each column holds.

A page copied without its rules gives each cell a line of its own; such a table is put together again by its
numbered rows. A table whose columns say nothing known stays text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tuoyu.policy.reading.characters import squeezed
from tuoyu.policy.reading.model import Edit, Text

_COLUMNS = {
    "number": "序号?|编号",
    "lead": "牵头(?:责任|负责)?(?:单位|部门)?|主办(?:单位|部门)|主要责任(?:单位|部门)",
    "responsible": "(?:责任|配合|协办|协作|参与|参加|协同|落实|实施|承办|支持)(?:责任)?(?:单位|部门|主体)"
    "(?:和.{2,6})?",
    "seat": "(?:委员会|领导小组|联席会议|小组|专班|组内|会议|工作组|机构|指挥部|机制)中?"
    "(?:职务|分工|任职|角色)|角色",
    "duty": "(?:主要|工作|具体|部门|单位)?(?:职责(?:任务|分工)?|(?:任务|工作)?分工|任务职责)(?:内容|清单)?",
    "task": "(?:重点|主要|工作|具体|目标|建设|改革|分项|分解|推进)*"
    "(?:任务|内容|事项|举措|措施|工作|项目|要求)(?:名称|内容|措施|及要求|分解)?",
    "time": "(?:完成|办结|时间)?(?:时限|期限|时间|节点|进度)(?:要求|节点|安排|进度)?",
    "indicator": "(?:主要|具体|发展|核心)?指标(?:名称|内容)?",
    "value": "20\\d\\d年?(?:年?底)?(?:目标值?|预期值?|规划值|指标值)?|目标值",
    "name": "姓名",
    "post": "(?:现任|工作|所在|成员)?(?:单位|部门)?(?:及|和|、|与)?(?:现任|行政)?职务(?:职称)?",
    "unit": "(?:成员|有关|相关)?(?:单位|部门)(?:名称)?|部门（单位）|单位（部门）|责任部门（单位）",
    "note": "备注|说明|(?:指标)?(?:属性|性质|类型)|类别|分类|领域|方面|现状值?|基期值?|基准值",
}
# What has to stand side by side before rows are taken for a table.
_KINDS = (("name", "post"), ("indicator", "value"), ("unit", "duty"), ("unit", "task"), ("task", "lead"),
          ("task", "responsible"), ("duty", "responsible"), ("duty", "lead"))  # fmt: skip
MOST_COLUMNS = 12
_NEW_TEXT = re.compile(
    r"\s*(?:附\s?件|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]{1,3}[章条])"
)


@dataclass(frozen=True)
class Table:
    """Rows of a table, each a cell of text under the name of its column; `at` is where it stood."""

    columns: frozenset[str]
    rows: tuple[dict[str, str], ...]
    at: int
    values: tuple[str, ...] = ()


def without_tables(text: Text) -> tuple[Text, list[Table]]:
    """The text without the tables that are understood, and those tables."""
    tables: list[Table] = []
    edits: list[Edit] = []
    cut = 0
    for start, end, cells in _blocks(text.chars):
        table = _table(cells, start - cut)
        if table is not None:
            tables.append(table)
            edits.append(Edit(start, end, "\n", [text.place(start)]))
            cut += end - start - 1
    return text.edited(edits), tables


def _column(cell: str) -> str:
    plain = squeezed(cell).strip("：")
    return next((name for name, words in _COLUMNS.items() if re.fullmatch(words, plain)), "")


def _kind(columns: Iterable[str]) -> bool:
    known = set(columns)
    return any(known.issuperset(kind) for kind in _KINDS)


def _blocks(chars: str) -> Iterator[tuple[int, int, list[list[str]]]]:
    """Stretches that look like a table: where they begin and end, and their rows of cells."""
    lines: list[tuple[int, str]] = []
    at = 0
    for line in chars.split("\n"):
        if line.strip():
            lines.append((at, line))
        at += len(line) + 1
    done = 0
    for index, (start, _) in enumerate(lines):
        if start < done:
            continue
        rows = _tabbed(lines, index) or _stacked(lines, index)
        if rows:
            after, cells = rows
            done = lines[after][0] if after < len(lines) else len(chars)
            yield start, done, cells


def _tabbed(lines: list[tuple[int, str]], index: int) -> tuple[int, list[list[str]]] | None:
    """Rows with a tab between cells; a line without one goes on from the cell above if a row follows."""
    header = lines[index][1].split("\t")
    if len(header) < 2 or not _kind(map(_column, header)):
        return None
    rows = [header]
    at = index + 1
    while at < len(lines):
        cells = lines[at][1].split("\t")
        if len(cells) > 1:
            rows.append(cells)
        elif _NEW_TEXT.match(cells[0]) or not (at + 1 < len(lines) and "\t" in lines[at + 1][1]):
            break
        else:
            rows[-1] = [*rows[-1][:-1], rows[-1][-1] + cells[0]]
        at += 1
    return at, rows


def _stacked(lines: list[tuple[int, str]], index: int) -> tuple[int, list[list[str]]] | None:
    """Each cell on a line of its own beneath the names of the columns; rows begin with their numbers."""
    header: list[str] = []
    for _, line in lines[index : index + MOST_COLUMNS]:
        if not _column(line):
            break
        header.append(line)
    if len(header) < 3 or _column(header[0]) != "number" or not _kind(map(_column, header)):
        return None
    rows: list[list[str]] = []
    at = index + len(header)
    while at < len(lines) and squeezed(lines[at][1]).rstrip(".、") == str(len(rows) + 1):
        begin = at
        at += 1
        while at < len(lines) and at - begin <= 3 * MOST_COLUMNS:
            if squeezed(lines[at][1]).rstrip(".、") == str(len(rows) + 2) or (
                at - begin >= len(header) and _NEW_TEXT.match(lines[at][1])
            ):
                break
            at += 1
        cells = [squeezed(line) for _, line in lines[begin:at]]
        if at == len(lines) or squeezed(lines[at][1]).rstrip(".、") != str(len(rows) + 2):
            cells, at = cells[: len(header)], begin + min(len(cells), len(header))
        spare = len(cells) - len(header)
        rows.append([cells[0], "".join(cells[1 : 2 + spare]), *cells[2 + spare :]] if spare > 0 else cells)
    return (at, [header, *rows]) if rows else None


def _table(cells: list[list[str]], at: int) -> Table | None:
    header = [_column(cell) for cell in cells[0][:MOST_COLUMNS]]
    if "indicator" in header:
        header = ["measure" if name == "unit" else name for name in header]
    if header.count("post") > 1 and (plain := [squeezed(cell) for cell in cells[0]]).count("职务") == 1:
        # 职务 beside 单位及职务 is what somebody is in the conference.
        header[plain.index("职务")] = "seat"
    rows: list[dict[str, str]] = []
    for line in cells[1:]:
        row: dict[str, str] = {}
        for name, cell in zip(header, line, strict=False):
            # Of several columns of one name, years among them, the last counts.
            row[name] = cell.strip() or (row.get(name, "") if name != "value" else "")
        if any(row.values()):
            rows.append(_filled(row, rows))
    if not rows:
        return None
    years = tuple(squeezed(cell) for name, cell in zip(header, cells[0], strict=False) if name == "value")
    return Table(frozenset(filter(None, header)), tuple(rows), at, years)


def _filled(row: dict[str, str], above: list[dict[str, str]]) -> dict[str, str]:
    """A row with the units of the row above where its cells were one with those."""
    for name in ("lead", "responsible", "time", "unit") if above else ():
        if name in row and not row[name] and row.get("task", "x"):
            row[name] = above[-1].get(name, "")
    return row
