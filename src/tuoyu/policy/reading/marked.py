"""The source as it was read: what was kept, what was struck out and why, where each clause begins.

The segments together are the tidied source, save that names and telephone numbers are hidden in all of it,
in what was struck out as well.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tuoyu.policy.reading.guarded import may_be_names
from tuoyu.policy.reading.model import Clause, Text
from tuoyu.policy.reading.names import HIDDEN, private_in
from tuoyu.policy.reading.outline import Part
from tuoyu.policy.reading.suspects import Doubt

ANNEX = "附件"
# So few characters struck out between kept ones are a difference of two copies, not a copy.
SHORT = 8


@dataclass(frozen=True)
class Segment:
    """A stretch of the source: why it was struck out, whether it is suspect, which clause begins with it."""

    text: str
    struck: str = ""
    suspect: bool = False
    clause: str = ""

    def as_json(self) -> dict[str, Any]:
        """The segment as plain data, without what it is not."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass
class Trail:
    """What happened to each place of the source on its way to a reading."""

    source: str
    struck: dict[int, str] = field(default_factory=dict)
    suspect: set[int] = field(default_factory=set)
    clauses: dict[int, str] = field(default_factory=dict)
    hidden: list[tuple[int, int]] = field(default_factory=list)

    def left_out(self, kind: str, before: Text, after: Text) -> None:
        """Note what a stage took out."""
        known = set(before.at)
        for place in known - set(after.at):
            self.struck[place] = kind
            # What another script said with more characters went with the ones before it.
            while (place := place + 1) < len(self.source) and place not in known:
                self.struck.setdefault(place, kind)

    def doubled(self, before: Text, after: Text) -> None:
        """Note the second copy that was left out, and where the first was mended."""
        self.left_out("repeated", before, after)
        for start, end in _runs(place for place, kind in self.struck.items() if kind == "repeated"):
            if len(self.source[start:end].strip()) <= SHORT:
                self.struck |= dict.fromkeys(range(start, end), "difference")

    def outside(self, text: Text, begin: int, stop: int) -> None:
        """Note what stands before the document and after it."""
        kept = set(text.at[begin:stop])
        self.struck |= {at: "navigation" for at in text.at if at not in kept and at not in self.struck}

    def read(self, text: Text, parts: list[Part], clauses: list[Clause], doubt: Doubt, end: int) -> None:
        """Note where the clauses begin, and what is suspect in them."""
        for part in parts:
            self.clauses[text.place(_first(text.chars, part.marker))] = part.id
        for place, clause in _later_paragraphs(text, parts, clauses):
            self.clauses.setdefault(place, clause)
        if end < len(text.chars) and text.chars[end:].strip():
            self.clauses.setdefault(text.place(_first(text.chars, end)), ANNEX)
        index = [at for at in range(parts[0].marker, min(end, len(text.chars))) if text.chars[at] > " "]
        for start, last in doubt.runs("".join(text.chars[at] for at in index)):
            self.suspect |= {text.at[at] for at in index[start:last]}

    def hide(self, text: Text, names: Iterable[str]) -> None:
        """Hide names and telephone numbers, wherever in the text or in the source they stand."""
        for whole in (text, Text.of(self.source)):
            spans = [*private_in(whole.chars), *may_be_names(whole.chars)]
            if known := _written(names):
                spans += [match.span() for match in known.finditer(whole.chars)]
            self.hidden += [(whole.place(start), whole.place(end - 1) + 1) for start, end in spans]

    def segments(self) -> tuple[Segment, ...]:
        """The source in stretches that were all treated alike."""
        spans = list(_merged(self.hidden))
        hidden = {place for start, end in spans for place in range(start + 1, end)}
        first = {start for start, _ in spans}
        found: list[Segment] = []
        text: list[str] = []
        now: tuple[str, bool, str] = ("", False, "")
        for place, char in enumerate(self.source):
            if place in hidden:
                continue
            like = (self.struck.get(place, ""), place in self.suspect, self.clauses.get(place, ""))
            if like[2] or like[:2] != now[:2]:
                found += _segment(text, now)
                text, now = [], like
            text.append(HIDDEN if place in first else char)
        return (*found, *_segment(text, now))


def _segment(text: list[str], like: tuple[str, bool, str]) -> list[Segment]:
    return [Segment("".join(text), *like)] if text else []


def _first(chars: str, at: int) -> int:
    """The first character from `at` on that is no blank."""
    return at + len(chars[at:]) - len(chars[at:].lstrip())


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    return _merged((place, place + 1) for place in places)


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans in order, those that touch or overlap made one."""
    start = end = -1
    for a, b in sorted(spans):
        if a > end:
            if end > start:
                yield start, end
            start, end = a, b
        end = max(end, b)
    if end > start:
        yield start, end


def _later_paragraphs(text: Text, parts: list[Part], clauses: list[Clause]) -> Iterator[tuple[int, str]]:
    """Where the later paragraphs of a clause begin, found by their first words."""
    later: dict[str, list[Clause]] = {}
    for clause in clauses:
        if "#" in clause.id:
            later.setdefault(clause.id.partition("#")[0], []).append(clause)
    for part in parts:
        index = [at for at in range(part.start, part.end) if text.chars[at] > " "] if later else []
        plain = "".join(text.chars[at] for at in index)
        done = 0
        for clause in later.get(part.id, ()):
            found = plain.find(clause.text.replace(" ", "")[:12], done)
            if found >= 0 and clause.text:
                done = found + 1
                yield text.at[index[found]], clause.id


def _written(names: Iterable[str]) -> re.Pattern[str] | None:
    """The names, also where blanks or a line end stand inside them."""
    longest_first = sorted(names, key=len, reverse=True)
    spaced = [r"\s{0,3}".join(map(re.escape, re.sub(r"\s", "", name))) for name in longest_first]
    return re.compile("|".join(filter(None, spaced))) if spaced else None
