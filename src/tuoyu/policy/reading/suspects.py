"""Characters that look injected where no second copy can tell: listed, never taken out of the text.

A run of characters that policy writing hardly uses, within a word, is suspect. Units it stands in are
given without it, figures are looked for without it; the clause's text keeps it for a person to judge.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Clause, Reading
from tuoyu.policy.reading.words import usual

LONGEST = 8


def without_suspects(clauses: list[Clause], reading: Reading) -> list[Clause]:
    """List the suspect spans and free units of them; the clauses without them, for looking at figures."""
    known = {unit for clause in clauses for unit in _units(clause) if not _runs(unit)}
    clear: list[Clause] = []
    for clause in clauses:
        for name in ("lead", "responsible", "default_responsible"):
            setattr(clause, name, [_repaired(u, known, clause, reading) for u in getattr(clause, name)])
        for part in (clause.heading, clause.text):
            for start, end in _runs(part):
                around = f"{part[max(0, start - 4) : start]}【{part[start:end]}】{part[end : end + 4]}"
                reading.note("suspect", f"条款 {clause.id}", around)
        clear.append(replace(clause, text=_without(clause.text)))
    return clear


def _units(clause: Clause) -> list[str]:
    return [*clause.lead, *clause.responsible, *clause.default_responsible]


def _runs(text: str) -> list[tuple[int, int]]:
    """Runs of at least two unusual characters; one usual character may stand among them."""
    odd = [at for at, char in enumerate(text) if char not in usual() and re.match(f"[{HAN}]", char)]
    runs: list[tuple[int, int]] = []
    for at in odd:
        if runs and at - runs[-1][1] <= 1 and re.fullmatch(f"[{HAN}]*", text[runs[-1][1] : at]):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return [(start, end) for start, end in runs if 2 <= end - start <= LONGEST]


def _without(text: str) -> str:
    for start, end in reversed(_runs(text)):
        text = text[:start] + text[end:]
    return text


def _repaired(unit: str, known: Iterable[str], clause: Clause, reading: Reading) -> str:
    """A unit without what was injected: the one the document names elsewhere, or what is left."""
    if not _runs(unit):
        return unit
    whole = next((other for other in sorted(known) if _grew_from(unit, other)), _without(unit))
    reading.note("junk", f"条款 {clause.id}", f"{unit} → {whole}")
    return whole


def _grew_from(unit: str, other: str) -> bool:
    """Whether a unit is another one with something put in at one place."""
    added = len(unit) - len(other)
    if not 0 < added <= LONGEST:
        return False
    return any(unit[:at] + unit[at + added :] == other for at in range(len(other) + 1))
