"""What a reading is made of: the text with its lines, what was noted on the way, and the result."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tuoyu.core.problems import Refused


class Unreadable(Refused):
    """A file that cannot be read at all; the message is one sentence for the person who gave it."""


@dataclass(frozen=True)
class Noise:
    """Something that was removed, repaired or is suspect: what kind, where, and the words."""

    kind: str
    where: str
    text: str


@dataclass(frozen=True)
class Text:
    """Characters, each with its place in the source.

    Line ends and blanks stay in the text as soft marks: they hint at structure, they never decide it.
    `at` holds a place for each character, `lines` where the lines of the source begin.
    """

    chars: str
    at: Sequence[int]
    lines: Sequence[int] = (0,)

    @classmethod
    def of(cls, source: str) -> "Text":
        """The source itself, ended by a line end."""
        lines = [0, *(place + 1 for place, char in enumerate(source) if char == "\n")]
        return cls(source + "\n", range(len(source) + 1), lines)

    def edited(self, edits: Iterable["Edit"]) -> "Text":
        """The text with stretches replaced; edits come in order and do not overlap."""
        chars: list[str] = []
        at: list[int] = []
        done = 0
        for edit in edits:
            chars += [self.chars[done : edit.start], edit.chars]
            at += [*self.at[done : edit.start], *edit.at]
            done = edit.end
        chars.append(self.chars[done:])
        at += self.at[done:]
        return Text("".join(chars), at, self.lines)

    def without(self, spans: Iterable[tuple[int, int]]) -> "Text":
        """The text with some stretches taken out."""
        edits: list[Edit] = []
        done = 0
        for start, end in sorted(spans):
            if end > done:
                edits.append(Edit(max(start, done), end))
                done = end
        return self.edited(edits)

    def place(self, at: int) -> int:
        """The place in the source of a character; of the last one for any beyond it."""
        return self.at[min(at, len(self.at) - 1)] if self.at else 0

    def where(self, at: int) -> str:
        """The line of the source a character stands in."""
        return f"第{bisect_right(self.lines, self.place(at))}行"


@dataclass(frozen=True)
class Edit:
    """A stretch of a text and what stands in its place: nothing, or characters with their places."""

    start: int
    end: int
    chars: str = ""
    at: Sequence[int] = ()


@dataclass
class Clause:
    """One numbered part of the document; a later paragraph with its own bracket is one too."""

    id: str
    kind: str
    heading: str
    text: str
    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    default_responsible: list[str] = field(default_factory=list)


@dataclass
class Target:
    """A promise with a figure or a date."""

    clause: str
    text: str
    comparator: str
    value: float | int | None = None
    value_max: float | int | None = None
    unit: str | None = None
    deadline: str | None = None
    recurring: str | None = None


@dataclass(frozen=True)
class Duty:
    """What the annex gives one unit to do."""

    department: str
    text: str


@dataclass(frozen=True)
class Seat:
    """A place in a conference, by post and never by person."""

    role: str
    post: str


@dataclass(frozen=True)
class Basis:
    """A document this one rests on."""

    title: str
    number: str


@dataclass
class Reading:
    """A policy document as the reader understood it."""

    title: str = ""
    issuer: str = ""
    document_number: str = ""
    date: str = ""
    script: str = ""
    basis: list[Basis] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, kind: str, where: str, text: str) -> None:
        """List something that was removed or repaired; long stretches by their first and last words."""
        shown = text if len(text) <= 80 else f"{text[:36]} … {text[-36:]}"
        self.noise.append(Noise(kind, where, shown))

    def warn(self, sentence: str) -> None:
        """Tell the person something to look at, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """The reading as plain data."""
        return asdict(self)
