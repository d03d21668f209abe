"""The numbering of a document, made into a tree."""

import re
from dataclasses import dataclass

from tuoyu.policy.reading.model import Reading, Text

CN = "一二三四五六七八九十百零〇"
_S = r"\s{0,3}"
_CN = rf"[{CN}](?:{_S}[{CN}]){{0,4}}"
_NUMBER = rf"\d(?:{_S}\d)?"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# From the highest level to the lowest; a level opens only beneath a higher one.
LEVELS = ("chapter", "article", "section", "subsection", "item", "point", "circled")
_MARKER = re.compile(
    rf"(?P<start>^|\n\s{{0,6}}|(?<=[。！）；”])\s{{0,3}})(?:"
    rf"第{_S}(?P<chapter>{_CN}|{_NUMBER}){_S}章"
    rf"|第{_S}(?P<article>{_CN}|{_NUMBER}{_S}\d?){_S}条"
    rf"|(?P<section>{_CN}){_S}[、.．](?!\d)"
    rf"|（{_S}(?P<subsection>{_CN}){_S}）{_S}[、.]?"
    rf"|(?P<item>{_NUMBER}){_S}[.、．](?!{_S}\d)"
    rf"|（{_S}(?P<point>{_NUMBER}){_S}）|(?P<point2>{_NUMBER}){_S}）"
    rf"|(?P<circled>[{_CIRCLED}]))"
)
# What follows a document: its annexes, which count for themselves.
_ANNEX = re.compile(
    r"(?:^|\n)\s{0,6}附\s{0,2}件\s{0,2}(?:\d{1,2}|[一二三四五六七八九十])?\s{0,3}(?:：|\n|\d|(?=.{4,60}(?:\n|$)))"
)
KINDS = {"chapter": "section", "section": "section", "subsection": "subsection"}


@dataclass(frozen=True)
class Marker:
    """A number that opens a clause: where it stands, its level, and the number."""

    start: int
    end: int
    level: str
    number: int
    inline: bool


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
        found.append(Marker(match.start(), match.end(), level.rstrip("2"), number, inline))
    return found


def _counted(text: Text, markers: list[Marker], reading: Reading) -> tuple[list[Marker], int]:
    """The markers that count on from one another; the rest are words of the text."""
    annexes = [match.start() for match in _ANNEX.finditer(text.chars)]
    end = len(text.chars)
    taken: list[Marker] = []
    open_levels: dict[str, int] = {}
    last_of: dict[str, int] = {}
    for marker in markers:
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
    if written.isdigit():
        return int(written)
    if written in _CIRCLED:
        return _CIRCLED.index(written) + 1
    return chinese_number(written)


def chinese_number(written: str) -> int | None:
    """The value of a Chinese numeral below a thousand; None where it is none."""
    digits = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    total, digit = 0, 0
    for char in written:
        if char in digits:
            digit = digits[char]
        elif char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            return None
    return total + digit if written else None


def numeral(number: int) -> str:
    """A number below a hundred in Chinese, as documents count."""
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")


def _shown(marker: Marker) -> str:
    n = marker.number
    if marker.level == "circled":
        return _CIRCLED[n - 1]
    cn = (
        numeral(n)
        if n < 100
        else f"{numeral(n // 100)}百{'零' if 0 < n % 100 < 10 else ''}{numeral(n % 100) if n % 100 else ''}"
    )
    forms = {"chapter": f"第{cn}章", "article": f"第{cn}条", "section": cn, "subsection": f"({cn})"}
    return forms.get(marker.level) or (str(n) if marker.level == "item" else f"({n})")
