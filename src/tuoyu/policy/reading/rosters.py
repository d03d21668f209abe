"""Rosters: who sits in a conference by post. Names are found only so that they can be kept out.

A name may stand before its post or after it, with blanks between its characters, or broken over a line;
what parts them is a blank, a line end, a bracket or the end of the post.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tuoyu.policy.reading.characters import HAN, squeezed
from tuoyu.policy.reading.model import Seat
from tuoyu.policy.reading.tables import Table
from tuoyu.policy.reading.words import surnames

_ROLES = {
    "convenor": "第一召集人|总召集人|召集人|总组长|组长|主任委员|主任|总指挥|指挥长|理事长",
    "deputy_convenor": "常务副召集人|副总召集人|副召集人|常务副组长|执行副组长|第一副组长|副组长|副主任委员"
    "|常务副主任|副主任|副总指挥|副指挥长",
    "member": "成员单位|成员|委员|组员|组成人员|联络员",
}
_ROLE_OF = {label: role for role, labels in _ROLES.items() for label in labels.split("|")}
_WRITTEN = "|".join(r"\s{0,4}".join(label) for label in sorted(_ROLE_OF, key=len, reverse=True))
_LABEL = re.compile(
    rf"(?<!室)(?P<label>{_WRITTEN})\s{{0,3}}：|(?<=\n)[ \t]?(?P<bare>{_WRITTEN})[ \t]+(?=[{HAN}])"
)
_OF = r"(?:联席会议|领导小组|工作专班|协调小组|委员会|专班|工作组)"
_END = re.compile(
    r"\n\s*(?:附\s{0,2}件|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.、])"
    rf"|\n\s*(?:{_OF}|下设|办公室)|{_OF}(?:下设|不|办公室)|办公室(?:设在|设于|主任由)|。"
)
MOST = 6000  # characters of a roster
_TITLE = (
    r"(?:[省市县区州旗镇乡局厅处科部院校会队站所署行园馆]长|主任科员|主任|主席|书记|常委|委员|总经理|经理|警长|警员|部长|"
    r"工程师|会计师|经济师|规划师|调研员|主管|巡视员|秘书长|负责人|负责同志|成员|政委|参谋长|总监|科员|干事|专员|董事|检察长|社长|"
    r"台长|总编辑|教导员|院士|督学|参谋|主委|干部|领导|助理|指导员|秘书|理事|总裁|站长|所长)(?:（[^）\n]{1,16}）)?"
)
_GIVEN = f"[{HAN}某×]"
_DOUBLE = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|夏侯|司空|公冶|太史|东郭|百里|鲜于|乐正|端木|南宫|呼延|轩辕|独孤|闻人|澹台|淳于|单于|濮阳|"
    "赫连|钟离|万俟|西门|拓跋|完颜|纳兰"
)
# 某某 is a name that was hidden before.
_NAME = re.compile(
    rf"某某|(?:{_DOUBLE}){_GIVEN}{{1,2}}|[{surnames()}]{_GIVEN}{{1,2}}|[{HAN}]{{2,8}}·[{HAN}·]{{2,12}}"
)
_RARE = re.compile(f"[{HAN}]{{2,3}}")
_NO_NAME = re.compile(
    rf".*[局委厅部办院会处室科所站府组队校团镇乡街联]|.*{_TITLE}|常务.?|党[委组].?|.*(?:政府|单位|分管|有关)"
)
_GLUED = re.compile(rf"(?P<post>.{{0,40}}{_TITLE})(?P<name>{_NAME.pattern})")
_BRACKETED = re.compile(rf"(?P<name>[{HAN}]{{2,4}})（(?P<post>[^）]{{0,40}}{_TITLE})）")
_SIGN = "省市县区州旗镇乡街团国"
_RUN = re.compile(
    rf"(?P<name>[{surnames()}]{_GIVEN}{{1,2}}?)(?P<post>[{_SIGN}][{HAN}]{{2,30}}?{_TITLE}(?:、[{HAN}]{{2,24}}?{_TITLE})*)"
    rf"(?=[{surnames()}]{_GIVEN}{{1,2}}?[{_SIGN}]|[，、；]|$)"
)
# 由县长王某任组长: a roster in a sentence.
_SAID = re.compile(
    rf"(?:由|，|、|；|。|^)(?P<who>[^，。；：由（）]{{2,60}}?)(?:同志)?(?:担任|兼任|任|为)(?:联席会议|领导小组|工作专班|专班|小组)?的?"
    rf"(?P<label>{'|'.join(sorted(_ROLE_OF, key=len, reverse=True))})(?=[，。；、的）]|$)"
)
_NAMED = re.compile(rf"(?P<post>.*{_TITLE})(?P<name>[{HAN}]{{2,3}})")
_OFFICE = re.compile(r"办公室(?:设|设置|设立)?[在于]([^，。；、]{2,20})")


@dataclass(frozen=True)
class Entry:
    """One line of a roster."""

    role: str
    post: str
    name: str = ""


@dataclass(frozen=True)
class _Word:
    """Characters between blanks, and whether a line ends before them."""

    text: str
    first: bool = False

    @property
    def is_name(self) -> bool:
        return bool(_NAME.fullmatch(self.text)) and not _NO_NAME.fullmatch(self.text)

    @property
    def may_be_name(self) -> bool:
        """Whether a name with a rare surname may look so; where it stands must tell."""
        return bool(_RARE.fullmatch(self.text)) and not _NO_NAME.fullmatch(self.text)

    @property
    def is_post(self) -> bool:
        return len(self.text) > 2 and bool(re.search(f"{_TITLE}$", self.text))


def entries_of(text: str) -> list[Entry]:
    """Everybody in the rosters of a text."""
    text = "\n" + text
    labels = list(_LABEL.finditer(text))
    found: list[Entry] = []
    for at, match in enumerate(labels):
        role = _ROLE_OF[squeezed(match["label"] or match["bare"])]
        if found or role == "convenor":
            stop = labels[at + 1].start() if at + 1 < len(labels) else len(text)
            content = text[match.end() : min(stop, match.end() + MOST)]
            over = _END.search(content)
            found += _in_group(role, content[: over.start()] if over else content)
    return found or list(_in_sentences(squeezed(text)))


def _in_sentences(plain: str) -> Iterator[Entry]:
    """Those a sentence names with what they are to be; only where somebody presides."""
    for sentence in plain.split("。"):
        found = list(_SAID.finditer(sentence)) if "任" in sentence or "为" in sentence else []
        if not any(
            _ROLE_OF[match["label"]] == "convenor" and "室" not in match["who"][-1:] for match in found
        ):
            continue
        for match in found:
            named = _NAMED.fullmatch(match["who"])
            role = _ROLE_OF[match["label"]]
            if named and not _NO_NAME.fullmatch(named["name"]):
                yield Entry(role, named["post"], named["name"])
            else:
                listed = re.sub(r"等?(?:\d+个)?(?:有关|相关)?(?:部门|单位)?$", "", match["who"])
                yield from (
                    Entry(role, post)
                    for post in _posts(match["who"]) or _posts(listed)
                    if not re.search("(?<!分管)(?<!主要)领导$", post)
                )


def in_table(table: Table) -> list[Entry]:
    """Those of a table with names and posts; a row without a role has that of the row above."""
    entries: list[Entry] = []
    role = "member"
    for row in table.rows if {"name", "post"} <= table.columns else ():
        label = squeezed(row.get("seat", "") or row.get("note", ""))
        role = _ROLE_OF.get(label, role if not label else "member")
        if post := squeezed(row.get("post", "")):
            entries.append(Entry(role, post, squeezed(row.get("name", ""))))
    return entries


def names_in(text: str) -> set[str]:
    """The personal names of the rosters of a text, so that they can be kept out of everything."""
    return {squeezed(entry.name) for entry in entries_of(text) if "某某" not in (entry.name or "某某")}


def offices_of(text: str) -> list[Seat]:
    """Where the office of the conference sits."""
    return [Seat("office", unit) for unit in dict.fromkeys(_OFFICE.findall(squeezed(text)))]


def _in_group(role: str, content: str) -> list[Entry]:
    """Those of one label, by the layout that finds most of them."""
    plain = squeezed(content)
    ways = (
        _paired(role, _words(content)),
        _paired(role, _parted(plain)),
        [Entry(role, match["post"], match["name"]) for match in _RUN.finditer(plain)],
    )
    best = max(ways, key=len)
    return best or [Entry(role, post) for post in _posts_on_lines(content) or _posts(plain)]


def _words(content: str) -> list[_Word]:
    """What stands between blanks, the characters of a name put together."""
    words: list[_Word] = []
    for match in re.finditer(r"(\s*)(\S+)", content):
        word = _Word(match[2].strip("，、；"), "\n" in match[1])
        before = words[-1].text if words else ""
        broken = match[1] == "\n" and len(word.text) == 1 and len(before) == 2 and words[-1].is_name
        if broken or (len(before) == 1 and _Word(before + word.text).is_name):
            words[-1] = _Word(before + word.text, words[-1].first)
        elif word.text:
            words += _opened(word)
    return words


def _parted(plain: str) -> list[_Word]:
    """What stands between the marks of a list in running text; a post may have such marks of its own."""
    words: list[_Word] = []
    post = ""
    for piece in re.split(r"[、，；](?![^（]*）)", plain):
        opened = _opened(_Word(piece, True))
        if len(opened) == 1 and not opened[0].is_name:
            post += piece + "、"
            continue
        if post and not opened[0].is_name:
            opened[0] = _Word(post + opened[0].text)
        words += opened
        post = ""
    return words


def _opened(word: _Word) -> list[_Word]:
    """A word that holds a name and a post, as two."""
    for pattern, order in ((_BRACKETED, ("name", "post")), (_GLUED, ("post", "name"))):
        match = pattern.fullmatch(word.text)
        if match and not _NO_NAME.fullmatch(match["name"]):
            return [_Word(match[order[0]], word.first), _Word(match[order[1]])]
    return [word]


def _paired(role: str, words: list[_Word]) -> list[Entry]:
    """Names and posts in turn; what comes first tells what belongs to what."""
    if not words:
        return []
    entries: list[Entry] = []
    names = _names(words)
    name_first, name, post = words[0] in names, "", ""
    for word in [*words, None]:
        ends = word is None or word in names
        if not ends and word is not None:
            over = name_first and word.first and re.search(rf"{_TITLE}$", post)
            post += "" if over else word.text
        elif name_first:
            entries += [Entry(role, post, name)] if name and post else []
            name, post = word.text if word else "", ""
        elif word is not None:
            entries += [Entry(role, post, word.text)] if post else []
            post = ""
    return entries


def _names(words: list[_Word]) -> set[_Word]:
    """The names among words: those with a surname, and those that stand where names stand."""
    names = {word for word in words if word.is_name}
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else None, words[at + 1] if at + 1 < len(words) else None
        opens = word.first or before is None or before in names
        name_then_post = opens and after is not None and after.is_post
        post_then_name = before is not None and before.is_post and (after is None or after.first)
        if word.may_be_name and (name_then_post or post_then_name):
            names.add(word)
    return names


def _posts_on_lines(content: str) -> list[str]:
    """Posts without names where each line ends with one."""
    lines = [squeezed(line) for line in content.split("\n") if line.strip()]
    found = [_posts(line) for line in lines]
    return [post for posts in found for post in posts] if len(lines) > 1 and all(found) else []


def _posts(plain: str) -> list[str]:
    """Posts without names; what is said of the last of several units holds for each."""
    pieces = [piece for piece in re.split("[、，；]", plain) if piece]
    if not pieces or any(len(piece) > 30 for piece in pieces):
        return []
    bearer = re.search(r"(?:主要|分管|有关|相关)?(?:负责同志|负责人|领导同志|领导)$", pieces[-1])
    if bearer and len(pieces) > 1:
        return [piece if re.search(f"{_TITLE}$", piece) else piece + bearer.group() for piece in pieces]
    return (
        pieces if all(re.search(rf"(?:{_TITLE}|[局委厅部办院会室联队])$", piece) for piece in pieces) else []
    )
