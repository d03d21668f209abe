"""The numbers Word makes for paragraphs: they stand nowhere in the text and have to be counted."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tuoyu.policy.reading.numerals import numeral

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographDigital", "taiwaneseDigital", "koreanCounting",
}  # fmt: skip
_CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
LEVELS = 9
_SILENT = {"bullet", "none"}


def _value(element: Element | None, path: str, default: str = "") -> str:
    found = element.find(path) if element is not None else None
    return default if found is None else found.get(W + "val", default)


def _whole(written: str, default: int) -> int:
    return int(written) if re.fullmatch(r"\d{1,6}", written) else default


@dataclass(frozen=True)
class Styles:
    """Which list and level each style of paragraph belongs to, and the style it rests on."""

    numbered: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element) -> "Styles":
        """From styles.xml."""
        own: dict[str, tuple[str, str]] = {}
        based: dict[str, str] = {}
        for style in root.findall(W + "style"):
            key = style.get(W + "styleId", "")
            properties = style.find(f"{W}pPr/{W}numPr")
            own[key] = (_value(properties, W + "numId"), _value(properties, W + "ilvl"))
            based[key] = _value(style, W + "basedOn")
        numbered: dict[str, tuple[str, int]] = {}
        for key in own:
            number, level, at = "", "", key
            for _ in range(12):
                if at not in own:
                    break
                number, level = number or own[at][0], level or own[at][1]
                at = based[at]
            if number:
                numbered[key] = (number, _whole(level, 0))
        return cls(numbered)


@dataclass(frozen=True)
class Level:
    """How one level of a list counts and looks."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str = ""
    restart: int = LEVELS


@dataclass
class Numbers:
    """The lists of a document and how far each has counted."""

    styles: Styles
    lists: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element, styles: Styles) -> "Numbers":
        """From numbering.xml."""
        numbers = cls(styles)
        for abstract in root.findall(W + "abstractNum"):
            key = abstract.get(W + "abstractNumId", "")
            numbers.levels[key] = {
                _whole(level.get(W + "ilvl", "0"), 0): _level(level) for level in abstract.findall(W + "lvl")
            }
        for number in root.findall(W + "num"):
            key = number.get(W + "numId", "")
            numbers.lists[key] = _value(number, W + "abstractNumId")
            numbers.restarts[key] = {
                _whole(change.get(W + "ilvl", "0"), 0): _whole(_value(change, W + "startOverride"), 1)
                for change in number.findall(W + "lvlOverride")
                if change.find(W + "startOverride") is not None
            }
        return numbers

    def shown(self, properties: Element) -> str:
        """The number of a paragraph with these properties; empty where it has none."""
        number, level = self._place(properties)
        abstract = self.lists.get(number, "")
        known = self.levels.get(abstract, {})
        if level not in known or number == "0":
            return ""
        counts = self.counts.setdefault(abstract, [None] * LEVELS)
        if number not in self.begun:
            self.begun.add(number)
            for at, start in self.restarts[number].items():
                if at < LEVELS:
                    counts[at:] = [start - 1, *[None] * (LEVELS - at - 1)]
        counts[level] = (count + 1) if (count := counts[level]) is not None else known[level].start
        for below in range(level + 1, LEVELS):
            # A level begins anew after any higher one, or only after those its list names, or never.
            if level < known.get(below, Level()).restart:
                counts[below] = None
        return self._written(known, counts, level)

    def _place(self, properties: Element) -> tuple[str, int]:
        """The list and level of a paragraph: its own before its style's."""
        style = _value(properties, W + "pStyle")
        number, level = self.styles.numbered.get(style, ("", 0))
        own = properties.find(W + "numPr")
        if own is None:
            levels = self.levels.get(self.lists.get(number, ""), {})
            linked = (at for at, it in levels.items() if it.style and it.style == style)
            return number, min(next(linked, level), LEVELS - 1)
        return _value(own, W + "numId", number), min(_whole(_value(own, W + "ilvl"), level), LEVELS - 1)

    def _written(self, known: dict[int, Level], counts: list[int | None], level: int) -> str:
        if known[level].form in _SILENT:
            return ""

        def one(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            it = known.get(at, Level())
            count = counts[at]
            return _formed(count if count is not None else it.start, it.form)

        shown = re.sub(r"%([1-9])", one, known[level].text)
        return shown + " " if shown else ""


def _level(level: Element) -> Level:
    return Level(
        start=_whole(_value(level, W + "start"), 1),
        form=_value(level, W + "numFmt", "decimal"),
        text=_value(level, W + "lvlText"),
        style=_value(level, W + "pStyle"),
        restart=_whole(_value(level, W + "lvlRestart"), LEVELS),
    )


def _formed(count: int, form: str) -> str:
    if form in _CHINESE:
        return numeral(count)
    if form in _CIRCLED and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    if form == "decimalZero":
        return f"{count:02d}"
    if form in ("upperLetter", "lowerLetter") and 1 <= count <= 26:
        return chr((65 if form == "upperLetter" else 97) + count - 1)
    return str(count)
