"""The posts of a conference or leading group: from its roster, or from the clause that sets it up."""

import re

from tuoyu.policy.reading.brackets import split_units
from tuoyu.policy.reading.model import Clause, Reading, Seat
from tuoyu.policy.reading.rosters import entries_of, in_table, offices_of
from tuoyu.policy.reading.tables import Table

_CONFERENCE = re.compile(r"联席会议|领导小组|机制|协调机构|工作专班|委员会")
_LED = re.compile(r"由([^，。；由]{2,40}?(?:部门|局|委|厅|政府|办|中心))(?:共同|联合|负责)?牵头")
_TOGETHER = re.compile(
    r"牵头(?:的[^，。]{2,20})?，(?P<units>[^。；]*?)(?:共同)?(?:参与|参加|为成员|组成|配合)"
)


def seats_of(text: str, clauses: list[Clause], tables: list[Table], reading: Reading) -> list[Seat]:
    """The posts of a conference, with where its office sits."""
    entries = [*(entry for table in tables for entry in in_table(table)), *entries_of(text)]
    if not entries:
        return _named_in(clauses)
    if names := sum(bool(entry.name) for entry in entries):
        reading.note("personal name", "名单", f"名单中 {names} 个姓名没有读出")
    return [*(Seat(entry.role, entry.post) for entry in entries), *offices_of(text)]


def _named_in(clauses: list[Clause]) -> list[Seat]:
    for clause in clauses:
        for sentence in clause.text.split("。"):
            led = _LED.search(sentence)
            if led and _CONFERENCE.search(sentence):
                leads = [Seat("lead", unit) for unit in split_units(led[1]) if unit]
                return [*leads, *_members(sentence)]
    return []


def _members(sentence: str) -> list[Seat]:
    together = _TOGETHER.search(sentence)
    if not together:
        return []
    seats: list[Seat] = []
    for group in re.split(r"(?<=[门位织）])[和、](?=[^、]{2,12}、)", together["units"]):
        ending = re.search(r"等?(?:有关|相关)?(部门|单位|群团组织|组织|团体)(?:（[^）]*）)?$", group)
        listed = group[: ending.start()] if ending else group
        sign = "部门" if ending and ending[1] == "部门" else ""
        for unit in listed.split("、"):
            plain = unit.strip("，和")
            if plain and not plain.startswith(("各", "有关", "相关")):
                seats.append(
                    Seat("member", plain if plain.endswith(("部门", "局", "委", "厅")) else plain + sign)
                )
    return seats
