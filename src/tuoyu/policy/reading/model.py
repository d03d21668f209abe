"""What a reading is made of: the text with its lines, what was noted on the way, and the result."""

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
    """Characters, each with the line of the source it came from.

    Line ends and blanks stay in the text as soft marks: they hint at structure, they never decide it.
    """

    chars: str
    rows: Sequence[int]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> "Text":
        """Join numbered lines, each ended by a line end."""
        chars: list[str] = []
        rows: list[int] = []
        for row, line in lines:
            chars.append(line + "\n")
            rows.extend([row] * (len(line) + 1))
        return cls("".join(chars), rows)

    def part(self, start: int, end: int) -> "Text":
        """A stretch of the text."""
        return Text(self.chars[start:end], self.rows[start:end])

    def without(self, spans: Iterable[tuple[int, int]]) -> "Text":
        """The text with some stretches taken out."""
        chars: list[str] = []
        rows: list[int] = []
        at = 0
        for start, end in sorted(spans):
            if end <= at:
                continue
            chars.append(self.chars[at : max(at, start)])
            rows.extend(self.rows[at : max(at, start)])
            at = end
        chars.append(self.chars[at:])
        rows.extend(self.rows[at:])
        return Text("".join(chars), rows)

    def where(self, at: int) -> str:
        """The line of the source a character stands in."""
        if not self.rows:
            return "第1行"
        return f"第{self.rows[min(at, len(self.rows) - 1)]}行"


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
