"""Promises in a table: an indicator, its measure, and what it is to be by the year of its column."""

import re
from collections.abc import Iterator

from tuoyu.policy.reading.characters import squeezed
from tuoyu.policy.reading.figures import number
from tuoyu.policy.reading.model import Target
from tuoyu.policy.reading.outline import Part
from tuoyu.policy.reading.tables import Table

_CELL = re.compile(
    r"(?P<sign>≥|>=|＞|>|≤|<=|<|不低于|不少于|不超过|达到|约)?(?P<value>\d+(?:\.\d+)?)(?P<unit>[^\d\s，。以左]{0,6})"
    r"(?P<after>以上|以下|以内|左右)?"
)
_SIGNS = {"≥": ">=", ">=": ">=", "＞": ">", ">": ">", "≤": "<=", "<=": "<=", "<": "<", "不低于": ">=",
          "不少于": ">=", "达到": ">=", "不超过": "<=", "以上": ">=", "以下": "<=", "以内": "<="}  # fmt: skip
_MEASURE = re.compile(r"（([^（）\d]{1,6})）$")


def indicators_of(tables: list[Table], parts: list[Part], end: int) -> Iterator[Target]:
    """The promises of the tables that stand among the clauses."""
    for table in tables:
        clause = next((part.id for part in reversed(parts) if part.start <= table.at), "")
        if "indicator" in table.columns and clause and table.at <= end:
            yield from _in_table(table, clause)


def _in_table(table: Table, clause: str) -> Iterator[Target]:
    year = re.search(r"20\d\d", table.values[-1]) if table.values else None
    deadline = f"{year.group()}-12-31" if year else None
    for row in table.rows:
        name, cell = squeezed(row.get("indicator", "")), squeezed(row.get("value", ""))
        measured = _MEASURE.search(name)
        found = _CELL.fullmatch(cell)
        if found and name:
            unit = found["unit"] or squeezed(row.get("measure", "")) or (measured[1] if measured else "")
            sign = _SIGNS.get(found["sign"] or found["after"] or "", "=")
            yield Target(clause, name, sign, number(found["value"]), None, unit or None, deadline)
