"""A text given twice, whole or from the middle: one copy is kept, each mends the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Edit, Reading, Text

GRAM = 16  # so many equal characters make a place worth comparing
SYNC = 8  # so many equal characters after a difference mean both copies go on
REACH = 60  # how long a difference may be
LEAST = 60  # a shorter repetition is how documents are written
LEAST_SHARE = 0.15
LONGEST_JUNK = 8
_HAN_ONLY = re.compile(f"[{HAN}]+")


@dataclass(frozen=True)
class Gap:
    """Where two copies differ: a stretch of the first and one of the second, either may be empty."""

    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True)
class Copies:
    """Two stretches that say the same, with their differences."""

    first: tuple[int, int]
    second: tuple[int, int]
    gaps: tuple[Gap, ...]


def without_doubles(text: Text, reading: Reading) -> Text:
    """The text with everything once."""
    for _ in range(8):
        index = [at for at, char in enumerate(text.chars) if not char.isspace()]
        plain = "".join(text.chars[at] for at in index)
        copies = _find(plain)
        if copies is None:
            return text
        text = _merged(text, plain, index, copies, reading)
    return text


def _find(plain: str) -> Copies | None:
    """The first stretch that repeats an earlier one at length."""
    seen: dict[str, int] = {}
    least = max(LEAST, int(len(plain) * LEAST_SHARE))
    at = 0
    while at <= len(plain) - GRAM:
        earlier = seen.setdefault(plain[at : at + GRAM], at)
        if earlier < at:
            copies = _extended(plain, earlier, at)
            if copies.second[1] - copies.second[0] >= least and copies.first[1] <= copies.second[0]:
                return copies
            # A short repetition: what follows it may still begin a long one.
            for passed in range(at, copies.second[1] - GRAM):
                seen.setdefault(plain[passed : passed + GRAM], passed)
            at = max(at, copies.second[1] - GRAM)
        at += 1
    return None


def _extended(plain: str, i: int, j: int) -> Copies:
    """Two equal places grown backwards, then forwards over small differences."""
    begin_i, begin_j, before = i, j, []
    while begin_i > 0 and begin_j > i + GRAM:
        if plain[begin_i - 1] == plain[begin_j - 1]:
            begin_i, begin_j = begin_i - 1, begin_j - 1
            continue
        step = _step_back(plain, begin_i, begin_j)
        if step is None:
            break
        before.append(Gap((begin_i - step[0], begin_i), (begin_j - step[1], begin_j)))
        begin_i, begin_j = begin_i - step[0], begin_j - step[1]
    end_i, end_j, after = _forward(plain, i, j, begin_j)
    return Copies((begin_i, end_i), (begin_j, end_j), (*reversed(before), *after))


def _forward(plain: str, i: int, j: int, limit: int) -> tuple[int, int, list[Gap]]:
    gaps: list[Gap] = []
    while j < len(plain) and i < limit:
        if plain[i] == plain[j]:
            i, j = i + 1, j + 1
            continue
        step = _step(plain, i, j, limit)
        if step is None:
            break
        gaps.append(Gap((i, i + step[0]), (j, j + step[1])))
        i, j = i + step[0], j + step[1]
    return i, j, gaps


def _step(plain: str, i: int, j: int, limit: int) -> tuple[int, int] | None:
    """How far to go in either copy until both say the same again."""
    for total in range(1, REACH):
        for a in range(total + 1):
            b = total - a
            if a and b and max(a, b) > LONGEST_JUNK:
                continue  # so much put in place of so much else is no copy
            left = limit - i - a, len(plain) - j - b
            length = min(SYNC, *left)
            # Near their ends both copies may have little left, but then the same.
            together = length > 0 and left[0] == left[1] and total <= LONGEST_JUNK
            if (length >= 3 or together) and plain[i + a : i + a + length] == plain[j + b : j + b + length]:
                return a, b
    return None


def _step_back(plain: str, i: int, j: int) -> tuple[int, int] | None:
    """Over junk near the beginning of a copy: only what one copy has and the other has not."""
    for total in range(1, LONGEST_JUNK + 1):
        for a, b in ((total, 0), (0, total)):
            length = min(SYNC, i - a)
            if length >= 3 and plain[i - a - length : i - a] == plain[j - b - length : j - b]:
                return a, b
    return None


def _merged(text: Text, plain: str, index: Sequence[int], copies: Copies, reading: Reading) -> Text:
    start, end = copies.second
    reading.note("repeated", _where(text, index, start), plain[start:end])
    edits: list[Edit] = []
    for gap in copies.gaps:
        one, two = plain[slice(*gap.first)], plain[slice(*gap.second)]
        kept = _kept(one, two, plain, copies)
        lost, span = (two, gap.second) if kept == one else (one, gap.first)
        kind = "junk" if not kept else "difference"
        reading.note(kind, _where(text, index, span[0]), f"{lost or '（无）'} → {kept or '（删去）'}")
        if kept != one:
            a, b = gap.first
            begin = _at(text, index, a)
            places = [text.at[index[at]] for at in range(*gap.second)] if kept else []
            edits.append(Edit(begin, index[b - 1] + 1 if b > a else begin, kept, places))
    last = index[end] if end < len(index) else len(text.chars)
    before = text.at[index[start] - 1]
    return text.edited([*edits, Edit(index[start], last, "\n", [before])])


def _kept(one: str, two: str, plain: str, copies: Copies) -> str:
    """Which wording of two is the document's: what is said elsewhere too is, an odd insertion is not."""
    if one and two:
        return one if _known(one, plain, copies) >= _known(two, plain, copies) else two
    inserted = one or two
    odd = (
        bool(_HAN_ONLY.fullmatch(inserted))
        and len(inserted) <= LONGEST_JUNK
        and not _known(inserted, plain, copies)
    )
    return "" if odd else inserted


def _known(words: str, plain: str, copies: Copies) -> int:
    """How often words stand in the text outside the differences."""
    inside = sum(words in (plain[slice(*gap.first)], plain[slice(*gap.second)]) for gap in copies.gaps)
    return plain.count(words) - inside


def _at(text: Text, index: Sequence[int], at: int) -> int:
    return index[at] if at < len(index) else len(text.chars)


def _where(text: Text, index: Sequence[int], at: int) -> str:
    return text.where(_at(text, index, at))
