"""What may be a personal name though nothing was read from it: hidden where the source itself is shown.

Better a word too many is hidden than a name shown; none of this changes what is read.
"""

import re
from collections.abc import Iterator

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.words import surnames

Span = tuple[int, int]

_COMPOUND = "欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|东方|司徒|端木|独孤|南宫"
# No name ends like a unit does.
_NAME = (
    rf"(?:(?:{_COMPOUND})[{HAN}]{{1,2}}|[{surnames()}](?:[{HAN}]{{1,2}}|[ ]{{1,3}}[{HAN}]))"
    r"(?<![局委厅部办院会处室站所])"
)
# A name by itself: between blanks, marks or the ends of a line.
_ALONE = re.compile(rf"(?<![{HAN}]){_NAME}(?![{HAN}：])")
_TITLE = re.compile(
    r"[省市县区州旗镇乡局厅处科部院校会队所站行署社]长|主任|主席|书记|科员|秘书长|负责人|工程师|警长|警员|经理|董事|常委|政委|干事|院士"
)
# Labels of a roster: some stand alone at the head of a column, some only before a colon.
_ROSTER = re.compile(
    r"(?:召\s{0,2}集\s{0,2}人|组\s{0,3}长|主\s{0,3}任|成\s{0,3}员|姓\s{0,4}名|联\s{0,2}络\s{0,2}员)"
    r"[^：。\n]{0,6}(?:：|\n|\t| )"
    r"|(?:人\s{0,3}员|名\s{0,3}单|专\s{0,3}家|代\s{0,3}表)[^：。\n]{0,6}："
)
_ROSTER_END = re.compile(r"\n\s*附\s{0,3}件|[^\n]{60,}")
_ROLE = re.compile(
    rf"(?<![{HAN}])(?P<names>{_NAME}(?:、{_NAME})*)(?=(?:同志)?(?:分别)?(?:担任|兼任|任|为)"
    r"(?:[^。；，、\n]{0,12}?)(?:组长|成员|召集人|主任|委员|组员|队长))"
)
_CONTACT = re.compile(
    r"(?:联\s{0,2}系|经\s{0,2}办|签\s{0,2}发|承\s{0,2}办|填\s{0,2}报|责\s{0,2}任)\s{0,2}人[^：。\n]{0,6}：\s{0,3}"
    rf"(?P<name>{_NAME})(?![{HAN}])"
)
LONGEST_LINE = 60


def may_be_names(chars: str) -> Iterator[Span]:
    """Where something stands that may be a name: in rosters, beside a post, before a role."""
    yield from (match.span("name") for match in _CONTACT.finditer(chars))
    yield from _in_rosters(chars)
    yield from _beside_posts(chars)
    for match in _ROLE.finditer(chars):
        yield match.span("names")


def persons_in(chars: str) -> set[str]:
    """The names that stand behind a label for a person, or before a role: certain enough for any text."""
    found = [match["name"] for match in _CONTACT.finditer(chars)]
    found += [name for match in _ROLE.finditer(chars) for name in match["names"].split("、")]
    return {re.sub(r"\s", "", name) for name in found}


def _in_rosters(chars: str) -> Iterator[Span]:
    done = 0
    for label in _ROSTER.finditer(chars):
        if label.end() > done:
            rest = _ROSTER_END.search(chars, label.end())
            done = rest.start() if rest else len(chars)
            yield from (match.span() for match in _ALONE.finditer(chars, label.end(), done))


def _beside_posts(chars: str) -> Iterator[Span]:
    """In short lines with a post, and in lines that are nothing but a name next to one with a post."""
    lines: list[Span] = []
    at = 0
    for line in chars.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    posts = [_is_of_posts(chars[start:end]) for start, end in lines]
    for number, (start, end) in enumerate(lines):
        near = any(posts[max(0, number - 1) : number + 2])
        whole = _ALONE.fullmatch(chars[start:end].strip())
        if posts[number] or (near and whole):
            yield from (match.span() for match in _ALONE.finditer(chars, start, end))


def _is_of_posts(line: str) -> bool:
    return len(line) <= LONGEST_LINE and "。" not in line and _TITLE.search(line) is not None
