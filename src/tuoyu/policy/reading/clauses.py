"""Clauses with heading, text and units, out of the numbered parts."""

import re
from collections import Counter
from dataclasses import dataclass

from tuoyu.policy.reading.brackets import Units, default_in_sentence, groups, is_organisation, units_of
from tuoyu.policy.reading.characters import HAN, broken, squeezed
from tuoyu.policy.reading.model import Clause, Reading, Text
from tuoyu.policy.reading.outline import KINDS, Part
from tuoyu.policy.reading.suspects import Doubt

LONGEST_HEADING = 48
# What sentences begin with, and lines that go on from a heading hardly do.
_OPENS = re.compile(
    r"到20|\d{4}年|按照|坚持|以[^及]|由[市县区省各全]|根据|围绕|依托|通过|为[了深贯进全加切]|全[市县区省]|各[市县区级地镇]|鼓励|支持|建立|推动|推进|加强|严格|落实|"
    r"完善|组织|对[^接]|将|要|充分|积极|深入|聚焦|实施|开展"
)
_ROLES = ("牵头", "责任", "配合", "主办", "协办", "参与", "协作", "牵头责任", "主要责任", "主要协作")
_WHOS = ("单位", "部门", "科室", "处室", "主体")
# A line may end inside a label too.
_LABEL = rf"(?:{'|'.join(map(broken, _ROLES))})\s?(?:{'|'.join(map(broken, _WHOS))})\s?："
# Where units begin without a bracket around them.
_BARE = re.compile(rf"(?:^|\n|(?<=[。；）]))\s*(?={_LABEL})")
MOST_LINES = 8
# What goes on with a unit that seemed whole at the end of its line.
_REST = (
    "、",
    "，",
    "；",
    "等",
    "及",
    "员会",
    "政府",
    "人民政府",
    "办事处",
    "管委会",
    "管理委员会",
    "部门",
    "单位",
)


def clauses_of(text: Text, parts: list[Part], doubt: Doubt, reading: Reading) -> list[Clause]:
    """Every numbered part as a clause, and each later paragraph with a bracket of its own."""
    width = _usual_width(text)
    indented = _indented(text, parts)
    lines = Lines(_levels_with_a_stop(text, parts, width, indented), width, indented)
    found: list[Clause] = []
    defaults: list[str] = []
    for at, part in enumerate(parts):
        body = text.chars[part.start : part.end]
        if at == len(parts) - 1:
            body = _without_sign_off(body, doubt)
        cut = _heading_end(_before_units(body, doubt), part, _has_below(parts, at), lines)
        heading = squeezed(body[:cut]).strip("。：；，、 ")
        heading = heading[1:-1] if heading.startswith("（") and heading.endswith("）") else heading
        for number, (content, units, bracket) in enumerate(_paragraphs(body[cut:], doubt), 1):
            clause = Clause(
                id=part.id if number == 1 else f"{part.id}#{number}",
                kind=KINDS.get(part.level, "item") if number == 1 else "paragraph",
                heading=heading if number == 1 else "",
                text=squeezed(content).lstrip("。：；，、"),
            )
            doubt.listed(bracket, f"条款 {clause.id}", reading)
            if not clause.text and heading and not _has_below(parts, at):
                clause.text = heading + "。"
            defaults = _with_units(clause, units, defaults)
            found.append(clause)
    return found


def _has_below(parts: list[Part], at: int) -> bool:
    """Whether a part has parts of its own; a sentence alone is else both heading and text."""
    return at + 1 < len(parts) and parts[at + 1].id.startswith(parts[at].id + ".")


def _with_units(clause: Clause, units: Units | None, defaults: list[str]) -> list[str]:
    """Give a clause its units; the defaults that hold for what follows."""
    if units is None:
        return defaults + [unit for unit in default_in_sentence(clause.text) if unit not in defaults]
    clause.lead, clause.responsible = units.lead, units.responsible
    own = {*units.lead, *units.responsible}
    clause.default_responsible = [unit for unit in defaults if unit not in own]
    return defaults + [unit for unit in units.default if unit not in defaults]


Paragraph = tuple[str, Units | None, str]


def _paragraphs(body: str, doubt: Doubt) -> list[Paragraph]:
    """The body cut after each bracket of units; what follows the last one belongs to it."""
    found: list[Paragraph] = []
    at = 0
    for start, end in groups(body):
        content = body[start + 1 : end - 1 if body[end - 1] == "）" else end]
        units = units_of(doubt.without(squeezed(content)) if doubt.runs(squeezed(content)) else content)
        if units is not None:
            if found and not squeezed(body[at:start]).strip("。；，"):
                found[-1] = (found[-1][0], _joined(found[-1][1], units), found[-1][2] + squeezed(content))
            else:
                found.append((body[at:start], units, squeezed(content)))
            at = end
    return _ended(found, body[at:], doubt)


def _ended(found: list[Paragraph], rest: str, doubt: Doubt) -> list[Paragraph]:
    """The paragraphs with what follows the last bracket; there units may stand without a bracket."""
    (before, units, after), spoiled = _bare_units(rest), ""
    clear = _bare_units(doubt.without(rest)) if doubt.runs(rest) else (rest, None, "")
    if clear[1] is not None and clear[1] != units:
        # Words that look put in stand in a label or a unit: they are listed with the bracket.
        (before, units, after), spoiled = clear, squeezed(rest)
    if not found:
        return [(before + after, units, spoiled)]
    if units is not None and squeezed(before).strip("。；，"):
        return [*found, (before + after, units, spoiled)]
    last = found[-1]
    return [*found[:-1], (last[0] + before + after, _joined(last[1], units) if units else last[1], last[2])]


def _bare_units(rest: str) -> tuple[str, Units | None, str]:
    """Units after a label that no bracket holds, with what stands before and after them.

    They go on to the first line that ends with a whole unit.
    """
    bare = _BARE.search(rest)
    if bare is None:
        return rest, None, ""
    sentence, stop, after = rest[bare.end() :].partition("。")
    lines = re.sub(_LABEL, lambda label: squeezed(label.group()), sentence).split("\n")
    least = max(
        at for at, line in enumerate(lines[:MOST_LINES], 1) if at == 1 or re.match(rf"\s*{_LABEL}", line)
    )
    ends = (at for at in range(least, min(len(lines), MOST_LINES) + 1) if _is_whole(lines, at))
    count = next(ends, least)
    units = units_of(_on_one_line(lines[:count]))
    if units is not None:
        left = "\n".join(lines[count:])
        return rest[: bare.start()], units, (f"\n{left}{stop}" if left.strip() else "") + after
    return rest, None, ""


def _on_one_line(lines: list[str]) -> str:
    return re.sub(rf"\s*\n\s*(?={_LABEL})", "；", "\n".join(lines).strip())


def _is_whole(lines: list[str], count: int) -> bool:
    """Whether so many lines end with a unit, and the next does not go on with it."""
    units = units_of(_on_one_line(lines[:count]))
    after = lines[count].strip() if count < len(lines) else ""
    open_end = lines[count - 1].rstrip().endswith(("、", "，", "：", "；")) or after.startswith(_REST)
    return units is not None and not open_end and all(map(is_organisation, [*units.lead, *units.responsible]))


def _joined(units: Units | None, more: Units) -> Units:
    """Two brackets side by side are one."""
    if units is None:
        return more
    return Units(
        list(dict.fromkeys([*units.lead, *more.lead])),
        list(dict.fromkeys([*units.responsible, *more.responsible])),
        [*units.default, *more.default],
    )


def _without_sign_off(body: str, doubt: Doubt) -> str:
    """The last clause without issuer and date beneath it."""
    stop = max((body.rfind(mark) for mark in "。！？；"), default=-1)
    for start, end in groups(body):
        if start > stop and units_of(doubt.without(squeezed(body[start + 1 : end - 1]))) is not None:
            stop = end - 1
    for label in re.finditer(_LABEL, body):
        _, units, after = _bare_units(body[label.start() :])
        stop = max(stop, len(body) - len(after) - 1 if units else label.end())
    return body[: stop + 1] if stop >= 0 else body


@dataclass(frozen=True)
class Lines:
    """How a text's lines run: which levels end their headings with a stop, how wide, whether indented."""

    punctuated: set[str]
    width: int
    indented: bool


def _before_units(body: str, doubt: Doubt) -> str:
    """The body before its first bracket of units."""
    for start, end in groups(body):
        if units_of(doubt.without(squeezed(body[start + 1 : end - 1]))) is not None:
            return body[:start]
    return body


def _heading_end(body: str, part: Part, below: bool, lines: Lines) -> int:
    """Where the heading of a clause ends."""
    plain = squeezed(body)
    if "条" in part.id:
        # Articles are sentences; some have a name in brackets, or all of them a heading.
        named = re.match(r"\s*（[^（）]{2,20}）", body) if _is_article(part) else None
        headed = (
            re.match(r"\s*[^，。；：\n]{2,16}。(?=\s*\S)", body) if part.level in lines.punctuated else None
        )
        return named.end() if named else headed.end() if headed else 0
    if below and len(plain) <= LONGEST_HEADING and not re.search("[。；，：]", plain.rstrip("。；，：")):
        return len(body)
    stop = re.search(r"[。：；，]", body)
    if stop and stop.group() in "。：" and len(squeezed(body[: stop.start()])) <= LONGEST_HEADING:
        line_end = body.find("\n", len(body) - len(body.lstrip()))
        if part.level in lines.punctuated or line_end < 0 or line_end > stop.start():
            return stop.end()
    return _line_heading(body, lines)


def _is_article(part: Part) -> bool:
    return part.level == "article"


def _line_heading(body: str, lines: Lines) -> int:
    """The end of a heading that has a line to itself; a line as long as all others may go on."""
    at = len(body) - len(body.lstrip())
    while True:
        end = body.find("\n", at)
        line = body[at : end if end >= 0 else len(body)].strip()
        if re.search(r"[。；，]", line):
            return _spaced_heading(body)
        if end < 0:
            return len(body) if len(squeezed(body)) <= LONGEST_HEADING else 0
        if re.match(r"——|[^\n。，；：]{1,8}：", body[end:].lstrip()):
            return end
        goes_on = (
            lines.indented
            and not (len(line) >= 4 and _OPENS.match(body[end:].lstrip()))
            and body[end + 1 : end + 2] not in (" ", "\t", "\n", "")
        )
        if not goes_on and (len(line) < lines.width * 0.8 or end - at > LONGEST_HEADING):
            rest = body[end:].lstrip()
            if rest.startswith("。"):
                return body.index("。", end) + 1
            if not rest.startswith(("，", "、", "）", "的")):
                return end
        at = end + 1 + len(body[end + 1 :]) - len(body[end + 1 :].lstrip())


def _spaced_heading(body: str) -> int:
    """The end of a heading that only a blank parts from its text, as in a page copied without its lines."""
    spaced = re.match(rf"\s*[{HAN}“”（）]{{4,24}}[ \t](?=[{HAN}\d“][^\n]{{20}})", body)
    return spaced.end() if spaced else 0


def _indented(text: Text, parts: list[Part]) -> bool:
    """Whether paragraphs begin with blanks, so that a line that does not goes on from the one above."""
    starts = [part.marker for part in parts if text.chars[part.marker : part.marker + 1] == "\n"]
    blank = sum(text.chars[at : at + 3].lstrip("\n")[:1] in (" ", "\t") for at in starts)
    return len(starts) >= 3 and blank * 10 >= len(starts) * 8


def _levels_with_a_stop(text: Text, parts: list[Part], width: int, indented: bool) -> set[str]:
    """The levels whose headings mostly end with a full stop."""
    all_of: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    for part in parts:
        body = text.chars[part.start : part.end]
        first = re.search(r"[。；，：]", squeezed(body)[: LONGEST_HEADING + 1])
        line, _, rest = body.strip().partition("\n")
        alone = (
            not re.search("[。；，：]", line)
            and len(line) < width * 0.8
            and (not indented or rest[:1] == " ")
        )
        all_of[part.level] += 1
        stopped[part.level] += bool(first and first.group() == "。" and not alone)
    return {level for level, count in all_of.items() if stopped[level] * 5 >= count * 3}


def _usual_width(text: Text) -> int:
    """How long the lines of a text are that was broken at a width; large where it was not."""
    lengths = sorted(len(line.strip()) for line in text.chars.split("\n") if line.strip())
    if len(lengths) < 20:
        return 10_000
    width = lengths[len(lengths) * 3 // 4]
    return width if 12 <= width <= 50 else 10_000
