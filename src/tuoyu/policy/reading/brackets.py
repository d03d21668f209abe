"""Who answers for a clause: the units named in brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tuoyu.policy.reading.characters import HAN, squeezed

_ROLE = (
    r"(?:牵头责任|主要责任|主要协作|牵头|责任|配合|主办|协办|协作|参与|参加|实施|承办|落实|协同|主责|支持)"
)
_LABEL = re.compile(
    rf"^(?P<role>{_ROLE})(?:单位|部门|主体|处室|科室|机构)?(?:和|及|、)?(?:责任单位|配合单位)?："
)
_LEADS = {"牵头", "主办", "牵头责任", "主责"}
ORGANISATION = (
    r"(?:局|委|厅|部|办|室|院|会|联|组织|政府|办事处|处|镇街|街道|集团|公司|大队|支队|总队|中心|科协|侨联|残联|部门|单位"
    r"|计生协|学校|大学|银行|机构|各区|各县|各市|乡镇|镇办|园区|新区|开发区|团市委|站|所|社|股|科|室|队|园|支行|校|馆|村|小组|专班)"
)
_IS_ORGANISATION = re.compile(rf"{ORGANISATION}(?:（.*）)?$")
_LEVEL_LIST = re.compile(
    r"^(?:各?[省州县区市镇乡旗]|（[省州县区市镇乡旗街道、]{1,12}）|街道|开发区|功能区|园区|新区|街)+"
    r"(?:人民政府|政府|办事处|管委会)?$"
)
# What units are said to do, after their names; the first group makes them leads.
_DOES = re.compile(
    r"(?:等(?:有关|相关)?(?:部门|单位)?)?(?:要|应|共同|联合|分别|组织|具体|依职责|根据职责|按(?:照)?(?:各自)?(?:的)?(?:职责|职能)(?:分工)?)*"
    r"(?:(?P<lead>负责牵头|牵头负责|牵头落实|牵头组织|牵头实施|牵头)|(?:配合|参与|参加|协助|协同|支持|负责|落实|实施|推进|承担|执行)+)(?:落实|实施|推进)?$"
)
_BY_WHEN = re.compile(r"(?:完成|实施|前|底|年|推进|坚持|启动)$")
_DEFAULT = re.compile(
    r"(?:以[下上]|本[方办]案|本[意计]?[见划]|上述|其[他余]|后文)(?:所列)?各?(?:项|条|款|类)?(?:重点|主要)?(?:任务|工作|内容|措施|条款|事项|部分)?(?:的?责任单位)?"
    r"(?:均|都|皆)(?:还|涉及|包括|含|需|须|要|应|由|需要|须由|需由|应由|为|有){0,2}(?P<units>[^。；]{2,200}?)"
    r"(?:按(?:照)?(?:各自)?职责(?:分工)?)?(?:分别|共同|具体|统一|分头|切实|认真|各自|依法|牵头|负责|贯彻|抓好|做好|落实|配合|参与|实施|组织|为责任单位|推进|执行|，)+"
    r"[，,]?(?:下文|以下|后文|文中)?(?:均|都|也)?不再[^，。；]{0,6}(?:列|赘|标|注|说明|写)[^，。；]{0,3}"
)
# What else stands in such a bracket: who leads in person, and by when.
_ASIDE = re.compile(r"^[^：]{0,6}(?:领导|责任人|时限|时间|期限|节点|进度安排|备注)：")
# Remarks on how to read the bracket, and a person's name that was hidden.
_REMARK = re.compile(
    r"[。，；]?(?:排(?:在|名)?(?:第一|首)位?的?(?:单位|部门)?|列(?:在)?(?:第一|首)位?的?(?:单位)?|第一(?:个|家)单位)为牵头(?:单位|部门)"
    r"|[。，；]下同|(?:^|(?<=[；，、]))[^，；、：]{0,8}某某[；，、]"
)
_PARTS = re.compile(
    rf"[；。]|[，、]?(?={_ROLE}(?:单位|部门|主体)?(?:和|及)?(?:责任单位|配合单位)?：)|，(?=(?:责任领导|完成时[限间]|时限)：)"
)


# 以下任务各区政府均为责任单位，不再列出: the units stand before what is said of them.
_DEFAULT_BEFORE = re.compile(
    r"以下各?(?:项|条)?(?:任务|工作|内容|措施)?[，]?(?P<units>[^。；，]{2,80}?)(?:均|都)(?:为|是)责任(?:单位|部门)，?(?:均|都)?不再[^，。；]{0,12}"
)


@dataclass
class Units:
    """What one bracket says."""

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    default: list[str] = field(default_factory=list)


def groups(text: str) -> list[tuple[int, int]]:
    """The outermost brackets of a text, as spans; one that is never closed ends with its line or text."""
    found: list[tuple[int, int]] = []
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char == "（":
            start = at if depth == 0 else start
            depth += 1
        elif char == "）" and depth:
            depth -= 1
            if depth == 0:
                found.append((start, at + 1))
    if depth and _LABEL.match(squeezed(text[start + 1 : start + 20])):
        found.append((start, len(text)))
    return found


def units_of(content: str) -> Units | None:
    """The units in a bracket, or None where it is a bracket of another kind."""
    spaced = content.strip()
    content = _REMARK.sub("", squeezed(content))
    default = _default_in(content)
    if default:
        content = _DEFAULT_BEFORE.sub("", _DEFAULT.sub("", content))
    parts = [part for part in _PARTS.split(content) if part and not _ASIDE.match(part)]
    labelled = bool(parts) and _LABEL.match(parts[0]) is not None
    if not labelled and not default and not _is_sentence_of_units("；".join(parts)):
        return None
    units = Units(default=default)
    role = "responsible"
    for part in parts:
        role = _add(units, part, role, spaced if len(parts) == 1 else "")
    units.responsible += [unit for unit in default if unit not in units.responsible + units.lead]
    return units if units.lead or units.responsible else None


def is_organisation(unit: str) -> bool:
    """Whether a unit is called as units are."""
    return bool(_IS_ORGANISATION.search(unit)) and len(unit) <= 30


def units_in_cell(cell: str) -> list[str]:
    """The units a cell of a table lists, with marks or only with blanks between them."""
    listed = cell if re.search("[、，；]", cell) else "、".join(cell.split())
    units = units_of(f"责任单位：{listed}") if listed else None
    return units.lead + units.responsible if units else []


def default_in_sentence(text: str) -> list[str]:
    """Units a sentence outside any bracket adds to all that follows."""
    return _default_in(squeezed(text))


def _default_in(content: str) -> list[str]:
    match = _DEFAULT.search(content) or _DEFAULT_BEFORE.search(content)
    return split_units(match["units"]) if match else []


def _is_sentence_of_units(content: str) -> bool:
    """市卫健委牵头，市教育局、市民政局配合: units without a label, ended by what they do."""
    if len(content) > 600:
        return False
    said = list(_said(content))
    units = [unit for does, units in said for unit in units if does]
    return bool(units) and all(does for does, _ in said) and all(map(is_organisation, units))


def _said(part: str) -> Iterator[tuple[str, list[str]]]:
    """Units with what they do, one after the other; units nothing is said of end in nothing."""
    waiting = ""
    for piece in _split(part, "，；"):
        does = _DOES.search(piece)
        if does:
            named = waiting + piece[: does.start()]
            yield "lead" if does["lead"] else "responsible", split_units(_without_etc(named))
            waiting = ""
        elif not (_BY_WHEN.search(piece) and re.search(r"\d|长期|持续", piece)):
            waiting += piece + "、"
    if waiting.strip("、"):
        yield "", split_units(_without_etc(waiting))


def _add(units: Units, part: str, role: str, spaced: str) -> str:
    """Put the units of one part where they belong; the role goes on until another is named."""
    label = _LABEL.match(part)
    if label:
        role = "lead" if label["role"] in _LEADS else "responsible"
        part = part[label.end() :]
        if "：" in spaced and not re.search("[、，]", part) and " " in spaced.partition("：")[2].strip():
            part = "、".join(spaced.partition("：")[2].split(" "))
    for does, named in _said(part):
        target = units.lead if (does == "lead" or (role == "lead" and not does)) else units.responsible
        if label and role == "lead":
            target = units.lead
        target += [unit for unit in named if unit not in target]
    return role


def _without_etc(named: str) -> str:
    return re.sub(r"等?$", "", named.strip("，、；。"))


def split_units(listed: str) -> list[str]:
    """The units of a list; a list of places with one 人民政府 at its end is one unit."""
    pieces = [piece for piece in _split(squeezed(listed).replace("会同", "、")) if piece]
    units: list[str] = []
    joined = ""
    for piece in pieces:
        if joined and _LEVEL_LIST.match(piece):
            joined += "、" + piece
            if _IS_ORGANISATION.search(piece) and not _bare(piece):
                units, joined = [*units, joined], ""
            continue
        if joined:
            units, joined = [*units, joined], ""
        if piece.startswith("各") and _LEVEL_LIST.match(piece) and _bare(piece):
            joined = piece
        else:
            units.append(_whole(piece))
    return [unit for unit in ([*units, joined] if joined else units) if re.search(f"[{HAN}]", unit)]


def _bare(piece: str) -> bool:
    return not re.search(r"(?:政府|办事处|管委会)$", piece)


def _whole(piece: str) -> str:
    return re.sub(r"(?<=[局委厅部会联府])等(?:有关|相关)?(?:部门|单位)?$", "", piece)


def _split(listed: str, marks: str = "、，,；") -> list[str]:
    """Cut at separators outside inner brackets."""
    pieces, depth, piece = [], 0, ""
    for char in listed:
        depth += (char == "（") - (char == "）")
        if char in marks and depth <= 0:
            pieces.append(piece)
            piece = ""
        else:
            piece += char
    return [*pieces, piece]
