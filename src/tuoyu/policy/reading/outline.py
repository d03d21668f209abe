"""The numbering of a document, made into a tree."""

import re
from dataclasses import dataclass, replace

from tuoyu.policy.reading.model import Reading, Text
from tuoyu.policy.reading.numerals import chinese_number, numeral

CN = "一二三四五六七八九十百千零〇"
_S = r"\s{0,3}"
_CN = rf"[{CN}](?:{_S}[{CN}]){{0,5}}"
_NUMBER = rf"\d(?:{_S}\d)?"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# From the highest level to the lowest; a level opens only beneath a higher one.
LEVELS = ("part", "chapter", "division", "article", "section", "subsection", "item", "point", "circled")
_MARKER = re.compile(
    rf"(?P<start>^\s{{0,6}}|\n\s{{0,6}}|(?<=[。！）；”：])\s{{0,3}}"
    rf"|(?P<tight>[ \t]?)(?=第{_S}{_CN}{_S}[条节]|（{_S}一{_S}）))(?:"
    rf"第{_S}(?P<part>{_CN}){_S}(?:部{_S}分|编|篇)"
    rf"|第{_S}(?P<chapter>{_CN}|{_NUMBER}){_S}章"
    rf"|第{_S}(?P<division>{_CN}|{_NUMBER}){_S}节"
    rf"|第{_S}(?P<article>{_CN}|{_NUMBER}{_S}\d?){_S}条(?!{_S}(?:规定|第{_CN}[款项条]|款|、)|的|和|至|或|中的|所|及)"
    rf"|(?P<section>{_CN}){_S}[、.．](?!\d)"
    rf"|（{_S}(?P<subsection>{_CN}){_S}）(?!{_S}[项款目])(?:{_S}[、.])?"
    rf"|(?P<item>{_NUMBER}){_S}[.、．](?!{_S}\d)"
    rf"|（{_S}(?P<point>{_NUMBER}){_S}）|(?P<point2>{_NUMBER}){_S}）"
    rf"|(?P<circled>[{_CIRCLED}]))"
)
# What follows a document: its annexes, which count for themselves.
_ANNEX = re.compile(
    r"(?:^|\n)\s{0,6}附\s{0,2}件\s{0,2}(?:\d{1,2}|[一二三四五六七八九十])?\s{0,3}(?:：|\n|\d|(?=.{4,60}(?:\n|$)))"
)
_HEADING = re.compile(r"[^。；，：（）\d]{1,25}")
KINDS = {
    "part": "section",
    "chapter": "section",
    "division": "subsection",
    "section": "section",
    "subsection": "subsection",
}


@dataclass(frozen=True)
class Marker:
    """A number that opens a clause: where it stands, its level, and the number."""

    start: int
    end: int
    level: str
    number: int
    inline: bool
    tight: bool = False


@dataclass(frozen=True)
class Part:
    """A clause with its place in the text: `start` to `end` is what follows its number."""

    id: str
    level: str
    start: int
    end: int
    marker: int


def outlined(text: Text, reading: Reading) -> tuple[list[Part], int]:
    """The numbered parts of the document, and where its annexes (or its end) begin."""
    markers = list(_markers(text.chars))
    taken, end = _counted(text, markers, reading)
    taken = [marker for marker in taken if marker.start < end]
    parts: list[Part] = []
    path: list[Marker] = []
    for at, marker in enumerate(taken):
        path = [m for m in path if LEVELS.index(m.level) < LEVELS.index(marker.level)]
        path.append(marker)
        stop = taken[at + 1].start if at + 1 < len(taken) else end
        name = ".".join(_shown(m) for m in path)
        parts.append(Part(name, marker.level, marker.end, stop, marker.start))
    return parts, end


def _markers(chars: str) -> list[Marker]:
    found = []
    for match in _MARKER.finditer(chars):
        level = next(name for name in (*LEVELS, "point2") if match.groupdict().get(name))
        written = re.sub(r"\s", "", match[level])
        number = _value(written)
        if number is None:
            continue
        inline = match["start"].strip("\n ") == "" and "\n" not in match["start"] and match.start() > 0
        tight = match["tight"] is not None
        found.append(Marker(match.start(), match.end(), level.rstrip("2"), number, inline, tight))
    return found


def _counted(text: Text, markers: list[Marker], reading: Reading) -> tuple[list[Marker], int]:
    """The markers that count on from one another; the rest are words of the text."""
    annexes = [match.start() for match in _ANNEX.finditer(text.chars)]
    end = len(text.chars)
    taken: list[Marker] = []
    open_levels: dict[str, int] = {}
    last_of: dict[str, int] = {}
    on_lines = {marker.level for marker in markers if marker.number == 1 and not marker.inline}
    for marker in markers:
        if marker.tight and not (taken and _follows_heading(text, taken[-1], marker)):
            continue
        if not taken and marker.inline and marker.number == 1 and marker.level not in on_lines:
            # A text that ran together: no first number of this level begins a line.
            marker = replace(marker, inline=False)
        past = [at for at in annexes if taken and taken[-1].end <= at < marker.end]
        if past and len(taken) > 1:
            end = past[0]
            if _counts(marker, open_levels, last_of) or marker.number == 1:
                break
        if not _counts(marker, open_levels, last_of):
            _doubt(text, marker, open_levels, reading)
            continue
        taken.append(marker)
        rank = LEVELS.index(marker.level)
        open_levels = {name: n for name, n in open_levels.items() if LEVELS.index(name) < rank}
        open_levels[marker.level] = last_of[marker.level] = marker.number
    if taken:
        end = min([end, *(at for at in annexes if at >= taken[-1].end)])
    return taken, end


def _follows_heading(text: Text, above: Marker, marker: Marker) -> bool:
    """Whether nothing but a heading stands between a number and one above it, as where lines ran together."""
    between = text.chars[above.end : marker.start]
    return LEVELS.index(above.level) < LEVELS.index(marker.level) and bool(_HEADING.fullmatch(between))


def _counts(marker: Marker, open_levels: dict[str, int], last_of: dict[str, int]) -> bool:
    """Whether a number follows from the numbers before it."""
    if marker.level in open_levels:
        step = marker.number - open_levels[marker.level]
        # A number left out by the printer is forgiven where a line begins with it.
        return step == 1 or (2 <= step <= 3 and not marker.inline)
    if marker.number == 1:
        return not marker.inline or bool(open_levels)
    running_on = marker.level in last_of and marker.number == last_of[marker.level] + 1
    return running_on and bool(open_levels)


def _doubt(text: Text, marker: Marker, open_levels: dict[str, int], reading: Reading) -> None:
    if marker.level in open_levels and not marker.inline:
        shown = text.chars[marker.start : marker.end].strip()
        reading.note("numbering", text.where(marker.end - 1), f"“{shown}”接不上前面的编号，当作正文")


def _value(written: str) -> int | None:
    if written.isdecimal():
        return int(written)
    if written in _CIRCLED:
        return _CIRCLED.index(written) + 1
    return chinese_number(written)


def _shown(marker: Marker) -> str:
    n = marker.number
    if marker.level == "circled":
        return _CIRCLED[n - 1]
    cn = numeral(n)
    forms = {"part": f"第{cn}部分", "chapter": f"第{cn}章", "division": f"第{cn}节", "article": f"第{cn}条",
             "section": cn, "subsection": f"({cn})"}  # fmt: skip
    return forms.get(marker.level) or (str(n) if marker.level == "item" else f"({n})")
