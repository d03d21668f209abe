"""The duties of each unit, from an annex or from a clause that lists them."""

import re
from collections.abc import Iterable

from tuoyu.policy.reading.brackets import units_in_cell
from tuoyu.policy.reading.characters import HAN, squeezed
from tuoyu.policy.reading.model import Clause, Duty
from tuoyu.policy.reading.tables import Table

MOST_HEADINGS = 12
_S = r"\s{0,3}"
_HEADING = re.compile(
    rf"(?:(?:职{_S}责|任{_S}务|部{_S}门|责{_S}任){_S}(?:任{_S}务)?(?:分{_S}工|清{_S}单)(?:{_S}方{_S}案|{_S}表)?"
    rf"|(?:部{_S}门|单{_S}位)(?:及有关单位)?(?:主{_S}要|工{_S}作|具{_S}体)?{_S}(?:职{_S}责|任{_S}务|职{_S}能)"
    r"(?!\s*[分清]))[ \t]*(?:\n|$|（(?![一二三四五六七八九十]{1,3}）))"
)
# The last characters of what units are called, and a unit with what stands between it and its duty.
_LAST = "局委厅部办室院会联处街司队心协门位构站所社府织组校）"
_CHAR = rf"(?:[{HAN}]|（[{HAN}\s]{{1,12}}）)"
# Several units may have one duty in common.
_UNIT = rf"{_CHAR}(?:\s{{0,3}}{_CHAR}){{1,24}}?(?:、{_CHAR}(?:\s{{0,3}}{_CHAR}){{1,24}}?)?"
# What a duty begins with where nothing parts it from its unit.
_DOES = (
    "依法|依据|按照|会同|配合|协助|参与|牵头|统筹|协调|组织(?!负责)|指导|督促|监督|加强|落实|制定|拟订|承担|做好|推动|推进|支持|引导|动员|开展|完善|"
    "建立|查处|审批|办理|将|把|对|在|为|主要|具体|严格|积极|发挥|定期|及时"
)
_ENTRY = re.compile(
    # A new sentence on a new line; any other beginning of a sentence or a line.
    rf"(?:(?P<fresh>\A|[。；：]\s*\n)|[。；\n])\s*"
    rf"(?P<numbered>\d{{1,2}}{_S}[.、]\s*|（[一二三四五六七八九十]{{1,3}}）\s*|[一二三四五六七八九十]{{1,3}}、\s*)?"
    rf"(?P<unit>{_UNIT}(?<=[{_LAST}]))"
    rf"(?:{_S}[：。]\s*|\s*(?=(?:依{_S}职{_S}权|依{_S}法|根{_S}据[^，。负]{{2,24}}|按[^，。负]{{2,16}}"
    rf"|牵{_S}头|主{_S}要|具{_S}体)?\s*负{_S}责)"
    rf"|(?(numbered)[ \t]*\n\s*|(?!))|(?(fresh)[ \t]*(?={_DOES})|(?!)))"
)


def duties_of(annex: str, clauses: list[Clause], tables: list[Table]) -> list[Duty]:
    """The duties of each unit, from tables, from the annex or from a clause that lists them."""
    return [*_written(annex, clauses), *(duty for table in tables for duty in _in_table(table))]


def _in_table(table: Table) -> Iterable[Duty]:
    """Each unit of a row with what the row gives it to do."""
    for row in table.rows:
        text = squeezed(row.get("task") or row.get("duty") or "")
        for column in ("unit", "lead", "responsible"):
            for unit in units_in_cell(row.get(column, "")) if text else ():
                yield Duty(unit, text)


def _written(annex: str, clauses: list[Clause]) -> list[Duty]:
    for source in _duty_texts(annex, clauses):
        duties = list(_entries(source))
        if len(duties) > 1:
            return duties
    return []


def _duty_texts(annex: str, clauses: list[Clause]) -> Iterable[str]:
    headings = list(_HEADING.finditer(annex))
    for heading in reversed(headings[-MOST_HEADINGS:]):
        yield annex[heading.end() :]
    for at, clause in enumerate(clauses):
        if re.search(r"职责(?:分工|清单)|部门职责|责任分工", clause.heading):
            below = [c for c in clauses[at + 1 :] if c.id.startswith(clause.id + ".")]
            yield "\n".join(
                [clause.text, *(f"{c.heading}：{c.text}" if c.heading else c.text for c in below)]
            )


def _entries(source: str) -> Iterable[Duty]:
    found = list(_ENTRY.finditer("\n" + source))
    source = "\n" + source
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(source)
        unit = squeezed(match["unit"])
        text = squeezed(source[match.end() : end]).strip("。；：")
        if text and not unit.startswith(("和", "与", "由", "对")):
            yield Duty(unit, text)
