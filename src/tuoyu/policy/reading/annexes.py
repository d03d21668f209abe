"""What follows the clauses: the duties of each unit, the posts of a conference."""

import re
from collections.abc import Iterable

from tuoyu.policy.reading.characters import HAN, squeezed
from tuoyu.policy.reading.model import Clause, Duty, Reading, Seat
from tuoyu.policy.reading.words import surnames

_S = r"\s{0,3}"
_HEADING = re.compile(
    rf"(?:职{_S}责|任{_S}务|部{_S}门){_S}(?:分{_S}工|清{_S}单)(?:{_S}方{_S}案|{_S}表)?\s*(?:\n|$|（)"
)
# The last characters of what units are called, and a unit with what stands between it and its duty.
_LAST = "局委厅部办室院会联处街司队心协门位构站所社府织组校）"
_UNIT = rf"(?:[{HAN}]\s{{0,3}}|（[{HAN}\s]{{1,12}}）){{1,24}}?"
_ENTRY = re.compile(
    rf"(?:^|[。；\n])\s*(?:\d{{1,2}}{_S}[.、]\s*|（[一二三四五六七八九十]{{1,3}}）\s*)?"
    rf"(?P<unit>{_UNIT}(?<=[{_LAST}]))"
    rf"(?:{_S}[：。]\s*|\s*(?=(?:依{_S}职{_S}权|依{_S}法|根{_S}据[^，。负]{{2,24}}|按[^，。负]{{2,16}}"
    rf"|牵{_S}头|主{_S}要|具{_S}体)?\s*负{_S}责))"
)
_IMPRINT = re.compile(
    r"\n\s*(?:抄\s*送|主\s*送|印\s*发\s*机\s*关|[^\n。]{4,20}\s*20\d\d\s*年\s*\d+\s*月\s*\d+\s*日\s*印\s*发)"
)
_SIGN = "省市县区州旗镇乡街团"
_TITLE = (
    r"(?:副?[省市县区州旗镇乡局厅处科部院校会队站所署行]长|主任科员|主任|主席|书记|常委|委员|总经理|经理|董事长|警长|警员|工程师|"
    r"调研员|主管|巡视员|秘书长|负责人|成员|政委|参谋长|总监|科员|干事|专员|董事|检察长|社长|台长|总编辑|教导员|院士|督学|参谋|主委)"
)
_ROLES = {"召集人": "convenor", "组长": "convenor", "主任": "convenor", "副召集人": "deputy_convenor",
          "副组长": "deputy_convenor", "副主任": "deputy_convenor", "成员": "member", "委员": "member",
          "联络员": "member"}  # fmt: skip
_LABEL = r"(?P<label>副召集人|副组长|副主任|召集人|组长|主任|成员|委员)(?:单位)?："
_NAME = rf"[{surnames()}][{HAN}]{{1,3}}?"
_POST = rf"[{_SIGN}][{HAN}]{{2,30}}?{_TITLE}(?:（[^）]{{2,12}}）)?(?:、[{HAN}]{{2,24}}?{_TITLE})*"
_NEXT = rf"(?={_NAME}[{_SIGN}]|副?召集人|副?组长|成员|委员|联席会议|领导小组|办公室|附件|。|；|，|$)"
_SEAT = re.compile(rf"(?:{_LABEL})?(?P<name>{_NAME})(?P<post>{_POST}){_NEXT}")
_ROSTER = re.compile(r"(?:副?召集人|组长|主任)：")
_OFFICE = re.compile(r"办公室(?:设|设置|设立)在([^，。；、]{2,20})")
_CONCURRENT = re.compile(rf"由({_NAME})同志")
_CONFERENCE = re.compile(r"联席会议|领导小组|机制|协调机构|工作专班|委员会")
_LED = re.compile(r"由([^，。；由]{2,16}?(?:部门|局|委|厅|政府))(?:负责)?牵头")
_TOGETHER = re.compile(r"牵头，(?P<units>[^。；]*?)(?:共同)?(?:参与|参加|为成员|组成|配合)")


def duties_of(annex: str, clauses: list[Clause], reading: Reading) -> list[Duty]:
    """The duties of each unit, from the annex or from a clause that lists them."""
    for source in _duty_texts(annex, clauses):
        cut = _IMPRINT.search(source)
        duties = list(_entries(source[: cut.start()] if cut else source))
        if len(duties) > 1:
            if cut:
                reading.note("imprint", "文末", squeezed(source[cut.start() :])[:60])
            return duties
    return []


def _duty_texts(annex: str, clauses: list[Clause]) -> Iterable[str]:
    headings = list(_HEADING.finditer(annex))
    for heading in reversed(headings):
        yield annex[heading.end() :]
    for at, clause in enumerate(clauses):
        if re.search(r"职责(?:分工|清单)|部门职责|责任分工", clause.heading):
            below = [c for c in clauses[at + 1 :] if c.id.startswith(clause.id + ".")]
            yield "\n".join(
                [clause.text, *(f"{c.heading}：{c.text}" if c.heading else c.text for c in below)]
            )


def _entries(source: str) -> Iterable[Duty]:
    found = list(_ENTRY.finditer("\n" + source))
    source = "\n" + source
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(source)
        unit = squeezed(match["unit"])
        text = squeezed(source[match.end() : end]).strip("。；：")
        if text and not unit.startswith(("和", "与", "由", "对")):
            yield Duty(unit, text)


def seats_of(annex: str, clauses: list[Clause], reading: Reading) -> list[Seat]:
    """The posts of a conference, from its roster or from the clause that sets it up."""
    seats = _roster(squeezed(annex), reading)
    return seats or _named_in(clauses)


def _roster(annex: str, reading: Reading) -> list[Seat]:
    begin = _ROSTER.search(annex)
    if not begin:
        return []
    roster = annex[begin.start() :]
    role = "convenor"
    seats: list[Seat] = []
    for match in _SEAT.finditer(roster):
        role = _ROLES.get(match["label"] or "", role)
        seats.append(Seat(role, match["post"]))
    if seats:
        reading.note("personal name", "附件", f"名单中 {len(seats)} 个姓名没有读出")
        seats += [Seat("office", unit) for unit in dict.fromkeys(_OFFICE.findall(roster))]
    return seats


def names_in(text: str) -> set[str]:
    """The personal names of a roster, so that they can be kept out of everything."""
    plain = squeezed(text)
    begin = _ROSTER.search(plain)
    if not begin:
        return set()
    plain = plain[begin.start() :]
    return {match["name"] for match in _SEAT.finditer(plain)} | set(_CONCURRENT.findall(plain))


def _named_in(clauses: list[Clause]) -> list[Seat]:
    for clause in clauses:
        for sentence in clause.text.split("。"):
            led = _LED.search(sentence)
            if led and _CONFERENCE.search(sentence):
                return [Seat("lead", led[1]), *_members(sentence)]
    return []


def _members(sentence: str) -> list[Seat]:
    together = _TOGETHER.search(sentence)
    if not together:
        return []
    seats: list[Seat] = []
    for group in re.split(r"(?<=[门位织）])[和、](?=[^、]{2,12}、)", together["units"]):
        ending = re.search(r"等?(?:有关|相关)?(部门|单位|群团组织|组织|团体)(?:（[^）]*）)?$", group)
        listed = group[: ending.start()] if ending else group
        sign = "部门" if ending and ending[1] == "部门" else ""
        for unit in listed.split("、"):
            plain = unit.strip("，和")
            if plain and not plain.startswith(("各", "有关", "相关")):
                seats.append(
                    Seat("member", plain if plain.endswith(("部门", "局", "委", "厅")) else plain + sign)
                )
    return seats
