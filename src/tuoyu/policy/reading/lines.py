"""Lines that are none of the document: page marks, tables of contents, and what a web page puts around it."""

import re
from collections import Counter

from tuoyu.policy.reading.model import Reading, Text
from tuoyu.policy.reading.words import words

_PAGE = re.compile(
    r"(?m)^[ \t]*(?:[—\-]{1,3} ?\d{1,4} ?[—\-]{1,3}|第 ?\d{1,4} ?页(?:[ ，/]*共 ?\d{1,4} ?页)?"
    r"|\d{1,3} ?/ ?\d{1,3})[ \t]*$|[—]{1,2} ?\d{1,4} ?[—]{1,2}"
)
_BARE = re.compile(r"(?m)^[ \t]*(\d{1,3})[ \t]*$")
_CONTENTS = re.compile(r"(?m)^.{2,60}?(?:\.{4,}|…{2,}|·{4,})[ ]*\d{1,3}[ ]*$")
_CONTENTS_TITLE = re.compile(r"(?m)^[ \t]*目[ \t]{0,4}[录次][ \t]*$")
FEWEST_ON_A_PAGE = 150
_BOX = re.compile(r"(?m)^[ •·*]{1,4}([^：\n]{2,8})：(.+)$")


def without_page_marks(text: Text, reading: Reading) -> Text:
    """Page numbers taken out."""
    marks = [match.span() for match in _PAGE.finditer(text.chars)]
    return _without([*marks, *_bare_numbers(text.chars)], "page mark", text, reading)


def without_contents(text: Text, reading: Reading) -> Text:
    """Lines of a table of contents taken out."""
    lines = [match.span() for match in _CONTENTS.finditer(text.chars)]
    return _without([*lines, *_announced(text.chars)], "contents", text, reading)


def _without(found: list[tuple[int, int]], kind: str, text: Text, reading: Reading) -> Text:
    for start, end in sorted(found):
        reading.note(kind, text.where(start), text.chars[start:end].strip())
    return text.without(found)


def _bare_numbers(chars: str) -> list[tuple[int, int]]:
    """Numbers alone on their lines that count the pages: far apart, and each one more than the last."""
    found: list[tuple[int, int]] = []
    last, end = 0, -FEWEST_ON_A_PAGE
    for match in _BARE.finditer(chars):
        if match.start() - end < FEWEST_ON_A_PAGE or int(match[1]) not in ((last + 1,) if last else (1, 2)):
            continue
        found.append(match.span())
        last, end = int(match[1]), match.end()
    return found


def _announced(chars: str) -> list[tuple[int, int]]:
    """The lines after 目录 that stand in the text again."""
    title = _CONTENTS_TITLE.search(chars)
    if not title:
        return []
    found = [title.span()]
    at = title.end() + 1
    lines = chars[at:].split("\n")
    left = Counter("".join(line.split()) for line in lines)
    for line in lines:
        plain = "".join(line.split())
        if plain and left[plain] < 2:
            break
        left[plain] -= 1
        if plain:
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found if len(found) > 2 else []


def boxed(text: Text, reading: Reading) -> tuple[Text, dict[str, str]]:
    """An encyclopedia's box of facts taken out, and what it says of the document."""
    facts: dict[str, str] = {}
    spans = []
    for match in _BOX.finditer(text.chars):
        for fact, labels in words()["web"]["box"].items():
            if match.group(1).strip() in labels:
                facts.setdefault(fact, match.group(2).strip())
                spans.append(match.span())
                reading.note("navigation", text.where(match.start()), match.group().strip())
    return text.without(spans), facts


def without_navigation(text: Text, begins: int, ends: int, reading: Reading) -> tuple[int, int]:
    """Where the document begins before `begins` and stops after `ends`; what lies outside is noted."""
    before, after = words()["web"]["before"], words()["web"]["after"]
    start = 0
    for line_start, line in _lines(text, 0, begins):
        if _is_web(line, before):
            start = line_start + len(line) + 1
    stop = len(text.chars)
    for line_start, line in _lines(text, ends, stop):
        if _is_web(line, after) and text.chars[line_start - 1 : line_start] in ("\n", ""):
            stop = line_start
            break
    _note_lines(text, 0, start, reading)
    _note_lines(text, stop, len(text.chars), reading)
    return min(start, begins), stop


def _is_web(line: str, signs: list[str]) -> bool:
    plain = line.strip()
    return 0 < len(plain) <= 40 and "。" not in plain and any(sign in plain for sign in signs)


def _lines(text: Text, start: int, end: int) -> list[tuple[int, str]]:
    found = []
    at = start
    for line in text.chars[start:end].split("\n"):
        found.append((at, line))
        at += len(line) + 1
    return found


def _note_lines(text: Text, start: int, end: int, reading: Reading) -> None:
    for line_start, line in _lines(text, start, end):
        if line.strip():
            reading.note("navigation", text.where(line_start), line.strip())
