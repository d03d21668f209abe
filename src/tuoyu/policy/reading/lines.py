"""Lines that are none of the document: page marks, tables of contents, and what a web page puts around it."""

import re
from collections import Counter
from collections.abc import Iterator

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Reading, Text
from tuoyu.policy.reading.words import words

_PAGE = re.compile(
    r"(?m)^[ \t]*(?:[—\-]{1,3} ?\d{1,4} ?[—\-]{1,3}|第 ?\d{1,4} ?页(?:[ ，/]*共 ?\d{1,4} ?页)?"
    r"|\d{1,3} ?/ ?\d{1,3})[ \t]*$|[—]{1,2} ?\d{1,4} ?[—]{1,2}"
)
_VOWELS = "aāáǎàeēéěèiīíǐìoōóǒòuūúǔùüǖǘǚǜ"
# A unit of measure (km) has no vowel, a letter that counts stands behind no character.
_SOUND = re.compile(rf"(?<=[{HAN}])（(?=[^）]*[{_VOWELS}])[a-z{_VOWELS}]{{1,6}}\s?）")
FEWEST_SOUNDS = 3
_GAP = re.compile(r"\n\s(\s+)\n")
# A figure that belongs to the words around it is no page number.
_BARE = re.compile(
    r"(?m)(?<![第（〔(\d.\-—～至到约达])\n[ \t]*(\d{1,3})[ \t]*$"
    r"(?!\s*[.、．）)%‰\d\-—～至年月日号个所家处次场人名张户件项元万亿岁天周米倍条章节期班支座门课学分小平]|\s*\Z)"
)
_CONTENTS = re.compile(r"(?m)^.{2,60}?(?:\.{4,}|…{2,}|·{4,})[ ]*\d{1,3}[ ]*$")
_CONTENTS_TITLE = re.compile(r"(?m)^[ \t]*目[ \t]{0,4}[录次][ \t]*$")
FEWEST_ON_A_PAGE = 150
SHORTEST_ROW = 14
_SIGN_OFF = re.compile(r"20\d\d\s?年\s?\d{1,2}\s?月|二[〇零○]..年|附\s{0,2}件|（(?:此件|信息公开)")
_IMPRINT = re.compile(
    r"\n\s*(?:抄\s*送|主\s*送|印\s*发\s*机\s*关|[^\n。]{4,20}\s*20\d\d\s*年\s*\d+\s*月\s*\d+\s*日\s*印\s*发)"
)
_ANNEX = re.compile(r"\n[ \t]*附\s{0,2}[件表]")
_FIELD = re.compile(
    r"[ •·*\t]*((?:[^\s：]\s{0,2}){2,8}?)(?:：\s*|[ \t]+)(\S[^\t]*?)(?=[ \t]+(?:[^\s：]\s{0,2}){2,6}?：|\t|$)"
)
_FIRST_NUMBER = re.compile(r"(?m)^[ \t]*(?:一、|第一[章条]|（一）|1[.、])")


def without_gaps(text: Text) -> Text:
    """Many blank lines made one, so that nothing that looks over them has far to go."""
    return text.without(match.span(1) for match in _GAP.finditer(text.chars))


def without_page_marks(text: Text, reading: Reading) -> Text:
    """Page numbers taken out."""
    marks = [match.span() for match in _PAGE.finditer(text.chars)]
    return _without([*marks, *_bare_numbers(text.chars)], "page mark", text, reading)


def without_sounds(text: Text, reading: Reading) -> Text:
    """How characters are read, written behind them in brackets, taken out: 国务（wù）院."""
    found = [match.span() for match in _SOUND.finditer(text.chars)]
    if len(found) < FEWEST_SOUNDS:
        return text
    reading.note("sound", text.where(found[0][0]), f"{len(found)} 处夹注的拼音")
    return text.without(found)


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
        above = chars[max(0, match.start() - 100) : match.start()].rstrip().rsplit("\n", 1)[-1]
        below = chars[match.end() : match.end() + 100].lstrip().split("\n", 1)[0]
        if not above.endswith("。") and max(len(above), len(below)) < SHORTEST_ROW:
            continue  # one of many short lines, as the cells of a table are
        found.append((match.start() + 1, match.end()))
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
    """A page's box of facts taken out, and what it says of the document."""
    facts: dict[str, str] = {}
    spans = []
    first = _FIRST_NUMBER.search(text.chars)
    for start, line in _lines(text, 0, first.start() if first else len(text.chars)):
        found = dict(_facts(line))
        if found:
            facts = found | facts
            spans.append((start, start + len(line)))
            reading.note("navigation", text.where(start), line.strip())
    return text.without(spans), facts


def _facts(line: str) -> Iterator[tuple[str, str]]:
    """What the fields of a line say of the document; none where the line is not of a box."""
    for at, match in enumerate(_FIELD.finditer(line[:200])):
        label = "".join(match[1].split())
        fact = next((name for name, labels in words()["web"]["box"].items() if label in labels), "")
        if not fact and at == 0:
            return
        if fact:
            yield fact, match[2].strip()


def without_navigation(text: Text, begins: int, ends: int, reading: Reading) -> tuple[int, int]:
    """Where the document begins before `begins` and stops after `ends`; what lies outside is noted."""
    before, after, last = (words()["web"][name] for name in ("before", "after", "last"))
    start = 0
    for line_start, line in _lines(text, 0, begins):
        if _is_web(line, before) and not _TITLE_LINE.fullmatch(line.strip()):
            start = line_start + len(line) + 1
    stop = len(text.chars)
    for line_start, line in _lines(text, ends, stop):
        begins_line = text.chars[line_start - 1 : line_start] in ("\n", "")
        if begins_line and (_is_web(line, after) or (_is_web(line, last) and _only_lines(text, line_start))):
            stop = line_start
            break
    _note_lines(text, 0, start, reading)
    _note_lines(text, stop, len(text.chars), reading)
    return min(start, begins), stop


# A line of one piece that ends as titles do is the title, whatever words stand in it.
_TITLE_LINE = re.compile(
    r"[^\s>＞|：]{8,}(?:通知|意见|方案|办法|规定|条例|细则|规划|计划|决定|公告|通告|措施|要点|规范|标准|批复|函|清单|举措)"
    r"(?:（[^）]{1,14}）)?"
)


def _is_web(line: str, signs: list[str]) -> bool:
    plain = "".join(line.split())
    return 0 < len(plain) <= 40 and "。" not in plain and any(sign in plain for sign in signs)


def without_imprint(text: Text, start: int, stop: int, reading: Reading) -> int:
    """Where the imprint begins, with what follows it; the printer's lines are noted one by one."""
    annexes = [match.end() for match in _ANNEX.finditer(text.chars, start, stop)]
    imprint = _IMPRINT.search(text.chars, annexes[-1] if annexes else start, stop)
    if imprint is None:
        return stop
    for at, line in _lines(text, imprint.start(), stop):
        if line.strip():
            reading.note("imprint", text.where(at), line.strip())
    return imprint.start()


def _only_lines(text: Text, at: int) -> bool:
    """Whether nothing but short lines follow, as beneath a page, and none of them signs the document."""
    lines = [line.strip() for line in text.chars[at:].split("\n")]
    return all(len(line) <= 40 and "。" not in line and not _SIGN_OFF.match(line) for line in lines)


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
