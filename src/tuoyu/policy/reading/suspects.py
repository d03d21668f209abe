"""Characters that look injected where no second copy can tell: listed, never taken out of the text.

A run of characters that policy writing hardly uses, and that stands nowhere else in the document, is
suspect. Units and figures are looked for without it; the clause's text keeps it for a person to judge.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Clause, Reading
from tuoyu.policy.reading.words import usual

LONGEST = 8
_HAN_ONLY = re.compile(f"[{HAN}]*")


@dataclass(frozen=True)
class Doubt:
    """What is suspect in a document, given all of it."""

    whole: str

    def runs(self, text: str) -> list[tuple[int, int]]:
        """Runs of at least two unusual characters; one usual character may stand among them."""
        trimmed = [self._trimmed(text, *run) for run in _unusual(text)]
        return [run for run in trimmed if 2 <= run[1] - run[0] <= LONGEST]

    @cached_property
    def clear(self) -> str:
        """The document without what was put in; words that stand in it more than once were not."""
        runs = [run for run in _unusual(self.whole) if self.whole.count(self.whole[slice(*run)]) == 1]
        kept, at = [], 0
        for start, end in runs:
            kept.append(self.whole[at:start])
            at = end
        return "".join([*kept, self.whole[at:]])

    def _trimmed(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The run without what stands elsewhere too: 溪 of a place stands in its other mentions."""
        while start < end and text[start] in self.clear:
            start += 1
        while start < end and text[end - 1] in self.clear:
            end -= 1
        return start, end

    def without(self, text: str) -> str:
        """The text without its suspect runs."""
        for start, end in reversed(self.runs(text)):
            text = text[:start] + text[end:]
        return text

    def listed(self, text: str, where: str, reading: Reading) -> None:
        """Note every suspect run with the words around it."""
        for start, end in self.runs(text):
            around = f"{text[max(0, start - 4) : start]}【{text[start:end]}】{text[end : end + 4]}"
            reading.note("suspect", where, around)


def _unusual(text: str) -> list[tuple[int, int]]:
    """Runs of at least two unusual characters, with at most one usual one between two of them."""
    runs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if char in usual() or not _HAN_ONLY.fullmatch(char):
            continue
        if runs and at - runs[-1][1] <= 1 and _HAN_ONLY.fullmatch(text[runs[-1][1] : at]):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return [run for run in runs if run[1] - run[0] > 1]


def without_suspects(clauses: list[Clause], doubt: Doubt, reading: Reading) -> list[Clause]:
    """List what is suspect and mend units by one another; the clauses as figures are looked for in."""
    spoiled = {noise.where for noise in reading.noise if noise.kind == "suspect"}
    known = {u for c in clauses if f"条款 {c.id}" not in spoiled for u in [*c.lead, *c.responsible]}
    clear: list[Clause] = []
    for clause in clauses:
        if f"条款 {clause.id}" in spoiled:
            clause.lead = [_mended(unit, known, clause, reading) for unit in clause.lead]
            clause.responsible = [_mended(unit, known, clause, reading) for unit in clause.responsible]
        for part in (clause.heading, clause.text):
            doubt.listed(part, f"条款 {clause.id}", reading)
        clear.append(replace(clause, text=doubt.without(clause.text)))
    return clear


def _mended(unit: str, known: Iterable[str], clause: Clause, reading: Reading) -> str:
    """A unit of a spoiled bracket as the document names it elsewhere, when no more than that was put in."""
    if unit in known:
        return unit
    whole = next((other for other in sorted(known) if _odd_between(unit, other)), unit)
    if whole != unit:
        reading.note("junk", f"条款 {clause.id}", f"{unit} → {whole}")
    return whole


def _odd_between(unit: str, other: str) -> bool:
    """Whether a unit is another one with unusual characters put in at one place."""
    added = len(unit) - len(other)
    if not 0 < added <= LONGEST:
        return False
    return any(
        unit[:at] + unit[at + added :] == other and not usual() & set(unit[at : at + added])
        for at in range(1, len(other) + 1)
    )
