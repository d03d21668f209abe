"""What the pages and the API show of a draft."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tuoyu.jurisdictions import queries as packs
from tuoyu.jurisdictions.packs.schema import Pack
from tuoyu.policy.drafting import marks, parts
from tuoyu.policy.drafting.changes import NOTHING, Change, changes_of, title_of, words
from tuoyu.policy.drafting.fields import FIELDS, SECTIONS, label_of
from tuoyu.policy.drafting.marks import Noted
from tuoyu.policy.drafting.parts import Part
from tuoyu.policy.models import PolicyDraft
from tuoyu.policy.scaffolding import files_of

STRUCK = {
    "page mark": "页码",
    "contents": "目录",
    "sound": "夹注的拼音",
    "navigation": "网页上的其他内容",
    "repeated": "重复的文字",
    "difference": "与另一份文字不一致，已去掉",
}
NOISE = STRUCK | {
    "junk": "干扰字",
    "control": "不可见字符",
    "width": "全角半角",
    "script": "繁简",
    "wording": "地区用词",
    "encoding": "文件编码",
    "personal name": "姓名、电话",
    "numbering": "编号",
    "suspect": "可疑字符",
    "imprint": "版记",
}
ANNEX = "附件"
_NEWLINES = re.compile(r"\n\s*\n")
# A longer stretch that was struck out is folded away.
FOLDED = 200


@dataclass(frozen=True)
class Stretch:
    """A stretch of the source: its words, why it was struck out, and the part that begins there."""

    anchor: str
    text: str
    struck: str
    folded: bool
    suspect: bool
    clause: str
    part: str


@dataclass(frozen=True)
class PartShown:
    """A part with its open marks, what is written in it, what was read, and where its source begins."""

    part: Part
    title: str
    marks: tuple[Noted, ...]
    facts: tuple[tuple[str, str], ...]
    change: Change | None
    source: str
    read: str
    lookable: bool

    @property
    def depth(self) -> int:
        """1 for a section, 2 for a subsection, 3 below."""
        return min(3, str(self.part.data.get("id", "")).count(".") + 1)


@dataclass
class DraftShown:
    """A draft as a page shows it; everything is worked out once, without asking the database again."""

    draft: PolicyDraft
    _names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return parts.parts_of(self.draft.content)

    @cached_property
    def by_key(self) -> dict[str, Part]:
        return {part.key: part for part in self.parts}

    @cached_property
    def noted(self) -> tuple[Noted, ...]:
        return marks.noted_of(self.draft.marks)

    @cached_property
    def open(self) -> tuple[Noted, ...]:
        """The marks nobody has settled yet, in the order of the draft."""
        order = {key: at for at, key in enumerate(self.by_key)}
        found = marks.open_marks(self.noted, self.parts, self.draft.settled)
        return tuple(sorted(found, key=lambda mark: (order[mark.key], mark.number)))

    @property
    def settled(self) -> int:
        return len(self.noted) - len(self.open)

    @cached_property
    def line(self) -> tuple[Pack, ...]:
        """The packs in force that the draft inherits from, nearest first."""
        held = packs.packs_in_force()
        found: list[Pack] = []
        above = self.by_key[parts.HEAD].data.get("inherits")
        while above and above in held and held[above] not in found:
            found.append(held[above])
            above = held[above].inherits
        return tuple(found)

    @cached_property
    def departments(self) -> dict[str, str]:
        """Every department a unit may be, with its name; those of the place's own last."""
        known = {d.key: d.name for pack in reversed(self.line) for d in pack.department}
        return known | {row["key"]: row["name"] for row in self.by_key[parts.DEPARTMENTS].data["own"]}

    @cached_property
    def capabilities(self) -> dict[str, str]:
        return {c.key: c.name for pack in reversed(self.line) for c in pack.capability}

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The indicators the packs in force use."""
        known = {target.indicator for pack in packs.packs_in_force().values() for target in pack.target}
        return tuple(sorted(known))

    def named(self, key: str) -> str:
        """What a department is called."""
        return self.departments.get(key, key)

    # ---- the source

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        at_clause = {part.data["id"]: part.key for part in self._was.values() if part.section == "clause"}
        return tuple(
            Stretch(
                anchor=f"s-{number}",
                text=_NEWLINES.sub("\n", segment["text"]),
                struck=STRUCK.get(segment.get("struck", ""), segment.get("struck", "")),
                folded=bool(segment.get("struck")) and len(segment["text"]) > FOLDED,
                suspect=segment.get("suspect", False),
                clause=segment.get("clause", ""),
                part=at_clause.get(segment.get("clause", ""), ""),
            )
            for number, segment in enumerate(self.draft.segments, 1)
        )

    @cached_property
    def _anchors(self) -> dict[str, str]:
        return {stretch.clause: stretch.anchor for stretch in self.stretches if stretch.clause}

    def source_of(self, part: Part) -> tuple[Stretch, ...]:
        """The stretches of the source a part comes from: to where the next clause begins."""
        clause = self.clause_of(part)
        if not clause and part.key != parts.HEAD:
            return ()
        found: list[Stretch] = []
        for stretch in self.stretches:
            if stretch.clause == clause or (found and not stretch.clause):
                found.append(stretch)
            elif found:
                break
        return tuple(found)

    # ---- the parts

    @cached_property
    def _read(self) -> dict[str, str]:
        return {clause["id"]: clause["text"] for clause in self.draft.reading["clauses"]}

    @cached_property
    def _was(self) -> dict[str, Part]:
        return {part.key: part for part in parts.parts_of(self.draft.proposed)}

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs from what was read."""
        return changes_of(tuple(self._was.values()), self.parts, self.named)

    @cached_property
    def _changed(self) -> dict[str, Change]:
        return {change.key: change for change in self.changes}

    @cached_property
    def _marks_at(self) -> dict[str, list[Noted]]:
        found: dict[str, list[Noted]] = {}
        for mark in self.open:
            found.setdefault(mark.key, []).append(mark)
        return found

    def shown(self, part: Part) -> PartShown:
        """One part as a page shows it."""
        clause, read = self.clause_of(part), self._read_of(part)
        found = tuple(self._marks_at.get(part.key, ()))
        untold = part.section == "target" and read and marks.words_missing(part)
        return PartShown(
            part=part,
            title=f"{part.data['clause']} {read[:30]}" if untold else title_of(part),
            marks=found,
            facts=tuple(self._facts(part)),
            change=self._changed.get(part.key),
            source=self._anchors.get(clause, ""),
            read=read,
            lookable=any(not marks.is_to_fill(mark, part) for mark in found),
        )

    def clause_of(self, part: Part) -> str:
        """The clause a part comes from, as it was read."""
        data = (self._was.get(part.key) or part).data
        if part.section in ("duty", "seat"):
            return ANNEX
        if part.section in parts.TAKEN_OVER:
            return ""
        return str(data.get("id") or data.get("clause") or "")

    def _read_of(self, part: Part) -> str:
        """The words of the document that a part was read from."""
        reading, at = self.draft.reading, part.key.rpartition("-")[2]
        if part.key not in self._was:
            return ""
        if part.section == "clause":
            return self._read.get(self.clause_of(part), "")
        if part.section == "target":
            # A target is one phrase of its clause.
            same = [t["text"] for t in reading["targets"]]
            return same[int(at) - 1] if int(at) <= len(same) == self._count("target") else ""
        if part.section == "duty":
            unit = part.data.get("department")
            return "；".join(duty["text"] for duty in reading["duties"] if duty["department"] == unit)
        return ""

    def _count(self, section: str) -> int:
        return sum(part.section == section for part in self._was.values())

    def _facts(self, part: Part) -> Iterable[tuple[str, str]]:
        if part.section in parts.TAKEN_OVER:
            yield from _taken_over(part.data)
            return
        for name in FIELDS.get(part.section, {}):
            value = part.data.get(name)
            if name == "capabilities":
                said = "、".join(f"{self.capabilities.get(key, '')} {key}".strip() for key in value or ())
            elif value is None:
                continue
            else:
                said = words(name, value, self.named)
            if said and said != NOTHING:
                yield label_of(part.section, name), said

    def of(self, section: str) -> list[PartShown]:
        """The parts of one kind, those left out included."""
        return [self.shown(part) for part in self.parts if part.section == section]

    def after(self, key: str) -> str:
        """The next part with something open behind a part, else the first; empty when nothing is open."""
        order = list(self.by_key)
        at = order.index(key) if key in order else -1
        waiting = [k for k in order if k in self._marks_at]
        later = [k for k in waiting if order.index(k) > at]
        return (later or waiting or [""])[0]

    def without_words(self) -> list[PartShown]:
        """The parts in which our own words are still missing."""
        waiting = [part for part in self.parts if not part.gone and marks.words_missing(part)]
        return [self.shown(part) for part in waiting]

    @cached_property
    def kinds(self) -> list[tuple[str, str, int]]:
        """The kinds of parts beside clauses, with how many of each are kept."""
        listed = [section for section in (*parts.ENTRIES, *parts.TAKEN_OVER) if section != "clause"]
        counted = {s: sum(p.section == s and not p.gone for p in self.parts) for s in listed}
        return [(section, SECTIONS[section], counted[section]) for section in listed]

    def files(self) -> tuple[str, dict[str, str]]:
        """The draft as the files of a pack and the folder they belong in; open marks stand in them."""
        whole = parts.laid_together(self.parts)
        still_open = marks.written(self.open, whole, self.parts)
        folder = f"{whole.content['code']}-{whole.content['slug']}"
        return folder, files_of(whole.content, still_open)

    @property
    def noise(self) -> list[dict[str, Any]]:
        """What the reader removed or repaired, in words."""
        return [row | {"name": NOISE.get(row["kind"], row["kind"])} for row in self.draft.reading["noise"]]


def _taken_over(data: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What an entry of an earlier pack says, as far as a page shows it."""
    if "value" in data:
        yield "数值", f"{data['value']}{data.get('unit', '')}"
    for name, label, word in (("step", "步骤", "name"), ("item", "内容", "text"), ("lines", "内容", "")):
        if rows := data.get(name):
            told = [str(row[word]) if word else str(row) for row in rows]
            more = f"等{len(told)}项" if len(told) > 8 else ""
            yield label, "；".join(told[:8]) + more
    if data.get("document"):
        yield "出处", f"《{data['document']}》{data.get('clause', '')}"
    if data.get("effective_from"):
        yield "生效日期", str(data["effective_from"])
