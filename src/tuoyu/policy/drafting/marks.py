"""What a person must look at: each mark beside its part, open until somebody has looked or filled it in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY
from tuoyu.policy.drafting.parts import DEPARTMENTS, ENTRIES, HEAD, Part, Parts, Whole
from tuoyu.policy.scaffolding import Mark, only_lacks

OPEN_VALUES = (TO_SUMMARISE, TO_FILL, UNKNOWN_KEY)
# The messages are written for files; a page has other ways to say where something is filled in.
_SAID = (
    (
        re.compile(r"，或在本包 departments\.toml 新写一个 \[\[department\]\]|，或新写一个部门"),
        "，或选新部门",
    ),
    (re.compile(r"有任务就改写 capabilities"), "有任务就去掉这一勾，改选对应的能力"),
    (re.compile(r"只表态、不派任务的写 declaratory = true"), "只表态、不派任务的，勾选“宣示性条款”"),
    (re.compile(r"先写作 reached"), "先写作“达到”"),
    (re.compile(r"请?写在 scope"), "写在“范围”里"),
    (re.compile(r"，?写 procedures\.toml"), "，请联系系统管理员写进政策包文件"),
    (re.compile(r"写 rules\.toml"), "请联系系统管理员写进政策包文件"),
    (re.compile(r"不写 key"), "不选部门"),
    (re.compile(r"，另加注释说明最晚在哪一天之前"), "，并在备注里说明最晚在哪一天之前"),
    (re.compile(r"（[a-z][a-z_]+）"), ""),
)


@dataclass(frozen=True)
class Noted:
    """A mark of a draft: `number` names it, `key` the part it stands at, `unit` the unit it is about."""

    number: int
    key: str
    field: str
    message: str
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def noted(marks: Iterable[Mark], parts: Parts) -> tuple[Noted, ...]:
    """The marks of a fresh draft, each at its part."""
    clauses = {part.data["id"]: part.key for part in parts if part.section == "clause"}
    settings = {part.data["key"]: part.key for part in parts if part.section == "setting"}
    counted = {part.key for part in parts}
    found = []
    for number, mark in enumerate(marks, 1):
        key, unit = HEAD, ""
        if mark.kind == "department":
            key, unit = DEPARTMENTS, mark.id
        elif mark.kind == "clause":
            key = clauses.get(mark.id, HEAD)
        elif mark.kind == "setting":
            key = settings.get(mark.id, HEAD)
        elif mark.kind in ENTRIES and f"{mark.kind}-{mark.id}" in counted:
            key = f"{mark.kind}-{mark.id}"
        found.append(Noted(number, key, mark.field, said(mark.message), unit))
    return tuple(found)


def said(message: str) -> str:
    """A message for people who see no files."""
    for pattern, words in _SAID:
        message = pattern.sub(words, message)
    return message


def noted_of(told: Iterable[Mapping[str, Any]]) -> tuple[Noted, ...]:
    """The marks from plain data."""
    return tuple(Noted(**mark) for mark in told)


def is_to_fill(mark: Noted, part: Part) -> bool:
    """Whether something is missing that only filling in can mend."""
    if mark.unit:
        return mark.unit in (unit for unit, key in part.data["units"] if not key)
    return part.data.get(mark.field) in OPEN_VALUES


def open_marks(marks: Iterable[Noted], parts: Parts, settled: Iterable[int]) -> tuple[Noted, ...]:
    """The marks nobody has settled yet."""
    by_key = {part.key: part for part in parts}
    looked_at = frozenset(settled)
    return tuple(mark for mark in marks if _is_open(mark, by_key.get(mark.key), looked_at))


def _is_open(mark: Noted, part: Part | None, looked_at: frozenset[int]) -> bool:
    if part is None or part.gone:
        return False
    if is_to_fill(mark, part):
        return True
    return mark.number not in looked_at and not only_lacks(mark.message)


def lookable(marks: Iterable[Noted], part: Part) -> list[int]:
    """The marks of a part that are settled by looking at it."""
    return [mark.number for mark in marks if mark.key == part.key and not is_to_fill(mark, part)]


def written(marks: Iterable[Noted], whole: Whole, parts: Parts) -> list[Mark]:
    """The marks as they stand in the files of a pack, beside the entries of now."""
    places = {key: place for place, key in whole.keys.items()}
    by_key = {part.key: part for part in parts}
    found = []
    for mark in marks:
        if mark.unit:
            where = f"department {mark.unit} key"
        elif mark.key in places:
            section, at = places[mark.key]
            named = {"clause": "id", "setting": "key"}.get(section)
            where = f"{section} {by_key[mark.key].data[named] if named else at + 1} {mark.field}"
        else:
            where = f"document {mark.field}"
        found.append(Mark(where, mark.message))
    return found


def words_missing(part: Part) -> tuple[str, ...]:
    """The fields of a part in which our own words are missing."""
    return tuple(name for name, value in part.data.items() if value == TO_SUMMARISE)


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """A part's data without what only says that something is missing."""
    return {name: value for name, value in data.items() if value not in OPEN_VALUES}
