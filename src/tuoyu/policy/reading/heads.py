"""What a document says of itself before its first clause: title, issuer, number, date, basis."""

import re
from dataclasses import dataclass
from datetime import date

from tuoyu.policy.reading.characters import HAN, squeezed
from tuoyu.policy.reading.model import Basis, Reading
from tuoyu.policy.reading.numerals import chinese_number

_KIND = (
    "实施方案|工作方案|行动方案|试点方案|方案|实施意见|指导意见|若干意见|意见|通知|实施办法|管理办法|办法|暂行规定|规定|条例|实施细则|细则|"
    "规划|行动计划|计划|决定|公告|通告|若干措施|措施|工作要点|要点|规范|标准|制度|批复|规程"
)
_NUMBER = re.compile(rf"(?P<number>[{HAN}]{{2,12}}〔20\d\d〕(?:第)?\d{{1,4}}号)")
_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_CHINESE_DATE = re.compile(
    r"(二[〇零○][〇零○一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_ISSUER = re.compile(
    rf"^(?P<issuer>[{HAN}]{{0,16}}?(?:人民政府办公厅|人民政府办公室|政府办公厅|政府办公室|人民政府|委员会办公室|国务院办公厅|国务院"
    rf"|委员会|健康委|教育厅|教育局|民政厅|民政局|办公厅|办公室|管委会|[委局厅部]))(?=关于|[{HAN}]{{2,12}}关于)"
)
_SIGNED = re.compile(
    rf"([{HAN}]{{2,20}}?(?:人民政府办公厅|人民政府办公室|人民政府|国务院办公厅|国务院|委员会|管委会"
    r"|健康委|健康局|局|厅|办公室|办公厅))\s*$"
)
_SIGNED_ABOVE = re.compile(
    rf"\n([{HAN}]{{4,30}}(?<=[厅室府院会委局部]))\s*\n\s*"
    r"(?:20\d\d年\d{1,2}月\d{1,2}日|二[〇零○][^\n]{2}年[^\n]{2,6}日)"
)
_BASIS = re.compile(r"《([^《》]{4,80})》(?:（([^（）]{2,40}?号)）)?")
_TITLE = re.compile(
    rf"(?:[{HAN}\dA-Za-z“”（）\-—·]|《[^《》]*》){{4,70}}?(?:{_KIND})(?:（[^）]{{2,12}}）)?"
    r"(?:的(?:通知|意见|决定|公告|批复|函))?"
    rf"(?:（[^）]{{2,12}}）)?"
)


@dataclass(frozen=True)
class Head:
    """The stretches that tell what a document is: before its first clause, after its last, and its annex."""

    before: str
    last: str
    after: str
    facts: dict[str, str]


def read_head(head: Head, clauses_text: str, reading: Reading) -> None:
    """Fill in title, issuer, number, date and basis; what cannot be found is said."""
    reading.title = _title(head)
    reading.document_number = _number(head)
    reading.date = _date(head)
    reading.issuer = _issuer(head, reading)
    reading.basis = _basis(squeezed(head.before), clauses_text)
    absent = [name for name, found in (("标题", reading.title), ("文号", reading.document_number),
              ("日期", reading.date), ("发文机关", reading.issuer)) if not found]  # fmt: skip
    if absent:
        reading.warn(f"文本中没有找到{'、'.join(absent)}，请对照原件填写。")


def _title(head: Head) -> str:
    """The title nearest to the text itself."""
    plain = squeezed(head.before)
    quoted = {match[1] for match in _BASIS.finditer(plain) if not _rests_on(match, plain)}
    quoted |= {head.facts["title"]} if "title" in head.facts else set()
    best = ""
    for block in _blocks(head.before):
        found = _title_in(block, quoted)
        best = found or best
    return best or head.facts.get("title", "")


def _blocks(before: str) -> list[list[str]]:
    """Runs of lines without the marks of a sentence."""
    blocks: list[list[str]] = [[]]
    lines = [squeezed(line) for line in before.split("\n")]
    for line in filter(None, lines):
        outside = re.sub(r"《[^》]*》|（[^）]*）", "", line)
        if re.search(r"[。，；：！？、]", outside) or (line.count("《") != line.count("》")):
            blocks.append([])
        elif _NUMBER.search(line):
            rest = _NUMBER.sub("", line)
            blocks.append([rest] if rest else [])
        elif _DATE.fullmatch(line) or line.startswith("（此件"):
            blocks.append([])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _title_in(block: list[str], quoted: set[str]) -> str:
    """The last title of a run of lines; one that is cited elsewhere is certain."""
    for start in range(len(block)):
        if (whole := "".join(block[start:])) in quoted:
            return whole
    for start in range(len(block) - 1, -1, -1):
        for end in range(start + 1, len(block) + 1):
            if "".join(block[start:end]) in quoted:
                return "".join(block[start:end])
    whole = "".join(block)
    titles = [match.group() for match in _TITLE.finditer(whole) if len(match.group()) >= 8]
    if not titles or not whole.endswith(titles[-1]):
        return ""
    last = titles[-1]
    # Earlier lines of the run may be a heading of the page: a title begins with who gives it, or 关于.
    for start in range(len(block)):
        tail = "".join(block[start:])
        if len(tail) <= len(last) and re.match(rf"(?:关于|[{HAN}]{{2,12}}?[省市县区州])", tail):
            return _once(tail)
    return _once(last)


def _once(title: str) -> str:
    half = len(title) // 2
    return title[:half] if len(title) % 2 == 0 and title[:half] == title[half:] else title


def _number(head: Head) -> str:
    """The document's own number stands outside brackets and beside no other title."""
    plain = re.sub(r"《[^》]*》\s*（[^）]*）|（[^）]*〔[^）]*）", "", squeezed(head.before))
    lines = [squeezed(line) for line in head.before.split("\n")]
    for line in lines:
        if match := _NUMBER.fullmatch(line):
            return match["number"]
    match = _NUMBER.search(plain)
    if match and not re.search(r"根据|依据|按照", plain[max(0, match.start() - 30) : match.start()]):
        return match["number"]
    return squeezed(head.facts.get("number", ""))


def _date(head: Head) -> str:
    """The day the document was signed: after its text, before it, or in the imprint."""
    for source in (head.last, head.after[:400], head.before, head.facts.get("date", ""), head.after[-200:]):
        plain = re.sub(r"《[^》]*》", "", squeezed(source))
        if found := [day for match in _DATE.finditer(plain) if (day := _iso(match))]:
            return found[-1]
        if match := _CHINESE_DATE.search(plain):
            return _iso_chinese(match)
    return ""


def _iso(match: re.Match[str]) -> str:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""


def _iso_chinese(match: re.Match[str]) -> str:
    year = "".join(str("〇一二三四五六七八九".index(char)) for char in re.sub("[零○]", "〇", match[1]))
    try:
        return date(int(year), chinese_number(match[2]) or 0, chinese_number(match[3]) or 0).isoformat()
    except ValueError:
        return ""


def _issuer(head: Head, reading: Reading) -> str:
    if match := _ISSUER.match(reading.title):
        return match["issuer"]
    for source in (head.last, head.after[:600], head.before):
        if lined := _SIGNED_ABOVE.search(re.sub(r"[ ]", "", source)):
            return lined[1]
        plain = squeezed(re.sub(r"（此件[^）]*）", "", source))
        for found in reversed([*_DATE.finditer(plain), *_CHINESE_DATE.finditer(plain)]):
            signed = _SIGNED.search(re.split(r"[。！；）：，]", plain[: found.start()])[-1])
            if signed:
                return signed[1]
    return squeezed(head.facts.get("issuer", ""))


def _basis(before: str, clauses_text: str) -> list[Basis]:
    found: dict[str, str] = {}
    for match in _BASIS.finditer(before):
        if _rests_on(match, before):
            found[match[1]] = match[2] or found.get(match[1], "")
    for match in _BASIS.finditer(clauses_text):
        if match[2]:
            found[match[1]] = found.get(match[1]) or match[2]
    return [Basis(title, number) for title, number in found.items()]


def _rests_on(match: re.Match[str], text: str) -> bool:
    """Whether a document is named as what this one rests on, and not as this one."""
    lead_in = text[max(0, match.start() - 60) : match.start()].split("。")[-1]
    return bool(match[2]) or re.search(r"根据|贯彻|落实|依据|按照", lead_in) is not None
