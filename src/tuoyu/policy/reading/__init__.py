"""Reading a policy document: text in; clauses, units, targets, duties and seats out.

Each stage is small and pure and notes what it removed or repaired. Nothing is written for one document.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tuoyu.policy.reading import heads
from tuoyu.policy.reading.characters import HAN, squeezed, tidied
from tuoyu.policy.reading.clauses import clauses_of
from tuoyu.policy.reading.doubles import without_doubles
from tuoyu.policy.reading.duties import duties_of
from tuoyu.policy.reading.guarded import persons_in
from tuoyu.policy.reading.indicators import indicators_of
from tuoyu.policy.reading.lines import (
    boxed,
    without_contents,
    without_gaps,
    without_imprint,
    without_navigation,
    without_page_marks,
    without_sounds,
)
from tuoyu.policy.reading.marked import Segment, Trail
from tuoyu.policy.reading.model import Reading, Text, Unreadable
from tuoyu.policy.reading.names import without_contacts, without_names
from tuoyu.policy.reading.outline import Part, outlined
from tuoyu.policy.reading.rosters import in_table, names_in
from tuoyu.policy.reading.scripts import simplified
from tuoyu.policy.reading.seats import seats_of
from tuoyu.policy.reading.sources import text_of, text_of_bytes
from tuoyu.policy.reading.suspects import Doubt, without_suspects
from tuoyu.policy.reading.tables import Table, without_tables
from tuoyu.policy.reading.targets import targets_of
from tuoyu.policy.reading.words import official, unofficial

MOST_BETWEEN = 60  # characters from one official word to the next
__all__ = [
    "Marked",
    "Reading",
    "Segment",
    "Unreadable",
    "mark_bytes",
    "mark_text",
    "read_file",
    "read_text",
]


@dataclass(frozen=True)
class Marked:
    """A reading with the source it was made from."""

    reading: Reading
    segments: tuple[Segment, ...]


def read_file(path: Path) -> Reading:
    """Read a txt, docx or text pdf. Raises Unreadable where there is no text to be had."""
    reading = Reading()
    _read(text_of(path, reading), reading)
    return reading


def read_text(source: str) -> Reading:
    """Read a document's text."""
    reading = Reading()
    _read(source, reading)
    return reading


def mark_bytes(data: bytes, name: str) -> Marked:
    """Read a file's content and mark it. Raises Unreadable where there is no text to be had."""
    reading = Reading()
    return Marked(reading, _read(text_of_bytes(data, name, reading), reading).segments())


def mark_text(source: str) -> Marked:
    """Read a document's text and mark it."""
    reading = Reading()
    return Marked(reading, _read(source, reading).segments())


def _read(source: str, reading: Reading) -> Trail:
    tidy = tidied(source, reading)
    trail = Trail(tidy)
    text = without_gaps(Text.of(tidy))
    stages = (("sound", without_sounds), ("page mark", without_page_marks), ("contents", without_contents))
    for kind, stage in stages:
        before, text = text, stage(text, reading)
        trail.left_out(kind, before, text)
    clear = text = simplified(text, reading)
    text = without_contacts(text, reading)
    before, (text, facts) = text, boxed(text, reading)
    trail.left_out("navigation", before, text)
    names = names_in(text.chars) | persons_in(clear.chars)
    before, text = text, without_doubles(text, reading)
    trail.doubled(before, text)
    names |= names_in(text.chars)
    text, tables = without_tables(text)
    names |= {entry.name for table in tables for entry in in_table(table)}
    parts, end = outlined(text, reading)
    if not _is_document(text, parts):
        reading.warn("没有认出条款编号，这份文本未能读作政策文件；没有给出任何条款。")
        trail.hide(clear, names)
        return trail
    begin, stop = without_navigation(text, parts[0].marker, parts[-1].start, reading)
    trail.outside(text, begin, stop)
    printed = without_imprint(text, parts[-1].start, stop, reading)
    end = min(end, printed)
    parts = [Part(p.id, p.level, p.start, min(p.end, end), p.marker) for p in parts if p.start <= end]
    around = heads.Head(
        text.chars[begin : parts[0].marker],
        _first_article(text, parts),
        _sign_off(text.chars[parts[-1].start : end]),
        text.chars[end:stop],
        text.chars[:begin],
        facts,
    )
    heads.read_head(around, squeezed("\n".join(text.chars[part.start : part.end] for part in parts)), reading)
    _fill(text, parts, text.chars[end:printed], tables, reading)
    names |= names_in(text.chars[end:stop])
    without_names(reading, names)
    trail.read(text, parts, reading.clauses, Doubt(squeezed(text.chars)), end)
    trail.hide(clear, names)
    return trail


def _fill(text: Text, parts: list[Part], annex: str, tables: list[Table], reading: Reading) -> None:
    """What the clauses and the annex say."""
    doubt = Doubt(squeezed(text.chars))
    reading.clauses = clauses_of(text, parts, doubt, reading)
    clear = without_suspects(reading.clauses, doubt, reading)
    end = parts[-1].end
    reading.targets = [*targets_of(clear), *indicators_of(tables, parts, end)]
    reading.duties = duties_of(annex, reading.clauses, tables)
    reading.seats = seats_of(text.chars[parts[0].marker : end] + annex, reading.clauses, tables, reading)
    _doubts(annex, text.chars[parts[-1].start : end] + annex, reading)


def _first_article(text: Text, parts: list[Part]) -> str:
    """The first article of a regulation, which says what it rests on."""
    first = next((part for part in parts if part.level == "article"), None)
    return text.chars[first.start : first.end] if first else ""


def _is_document(text: Text, parts: list[Part]) -> bool:
    """Whether there is enough of a structure, and enough of an official's words, to speak of clauses."""
    plain = squeezed(text.chars)
    written = len(re.findall(f"[{HAN}]", plain))
    official_words = Counter(official().findall(plain))
    # A short text needs few such words, a long one one in every so many characters.
    enough = len(official_words) >= 2 and official_words.total() * MOST_BETWEEN >= written
    other = len(set(unofficial().findall(plain))) >= 2
    return len(parts) >= 2 and written * 3 >= len(plain) and enough and not other


def _sign_off(last: str) -> str:
    """What stands beneath the last clause."""
    stop = max(last.rfind(mark) for mark in "。！；")
    return last[stop + 1 :] if stop >= 0 else ""


def _doubts(annex: str, tail: str, reading: Reading) -> None:
    """What a person should look at."""
    if not any(clause.lead or clause.responsible for clause in reading.clauses):
        reading.warn("正文各条都没有责任单位，请看附件的职责分工。")
    if re.search(r"附件.{0,60}(?:职责|分工|任务清单)", squeezed(tail)) and not reading.duties:
        reading.warn("正文提到职责分工附件，文本中没有它的内容。")
    if re.search(r"(?:\n|^)\s*一、", annex):
        reading.warn("附件中另有带编号的正文，没有读入条款。")
    if any(noise.kind == "suspect" for noise in reading.noise):
        reading.warn("有可疑字符没有另一份文本可以核对，见清理清单。")
