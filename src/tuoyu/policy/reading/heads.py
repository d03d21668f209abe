"""What a document says of itself before its first clause: title, issuer, number, date, basis."""

import re
from dataclasses import dataclass
from datetime import date

from tuoyu.policy.reading.characters import HAN, squeezed
from tuoyu.policy.reading.model import Basis, Reading
from tuoyu.policy.reading.numerals import chinese_number

_KIND = (
    "实施方案|工作方案|行动方案|试点方案|方案|实施意见|指导意见|若干意见|意见|通知|实施办法|管理办法|办法|暂行规定|规定|条例|实施细则|细则|"
    "规划纲要|规划|行动计划|计划|决定|公告|通告|法|若干措施|措施|工作要点|要点|规范|标准|制度|批复|规程"
)
_NUMBER = re.compile(rf"(?P<number>[{HAN}]{{2,12}}〔20\d\d〕(?:第)?\d{{1,4}}号)")
_NUMBER_TOLD = re.compile(rf"文号：?{_NUMBER.pattern}")
_DATE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日(?!\s*印发)")
_PRINTED = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日印发")
_CHINESE_DATE = re.compile(
    r"(二[〇零○][〇零○一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_BODY = re.compile(
    r"(?:国务院|人民政府|办公[厅室]|委员会|[委局厅部会院室]|联席会议|领导小组|中心|银行|法院)$"
)
_OTHERS = re.compile(r"等[一二三四五六七八九十\d]{0,3}个?(?:部门|单位|机构)$")
_SIGNED = re.compile(
    rf"([{HAN}]{{2,20}}?(?:人民政府办公厅|人民政府办公室|人民政府|国务院办公厅|国务院|委员会|管委会"
    r"|健康委|健康局|局|厅|办公室|办公厅))\s*$"
)
_SIGNED_ABOVE = re.compile(
    rf"\n([{HAN}]{{4,30}}(?<=[厅室府院会委局部]))\s*\n\s*"
    r"(?:20\d\d年\d{1,2}月\d{1,2}日|二[〇零○][^\n]{2}年[^\n]{2,6}日)"
)
_ORDER = re.compile(
    rf"(?P<issuer>[{HAN}]{{2,24}}?(?:人民政府|国务院|[部委局会厅]))(?:令|公告)\s*(?:\d{{4}}年)?第\s*(?:\d{{1,4}}|[一二三四五六七八九十百]{{1,6}})\s*号"
)
_CONGRESS = re.compile(
    rf"(?P<place>[{HAN}]{{2,12}}?)(?:第[一二三四五六七八九十]{{1,4}}届)?(?P<body>人民代表大会(?:常务委员会)?)第?[一二三四五六七八九十]*次?会议"
)
# What stands beneath the title of a regulation: when and by whom it was passed.
_PASSED = re.compile(r"（[^（）]{0,300}(?:通过|修正|修订|公布|批准|发布|印发|施行|公开)[^（）]{0,120}）")
# What the first sentence of a text begins with, and no title.
_OPENING = (
    "根据《",
    "依据《",
    "按照《",
    "为贯彻",
    "为落实",
    "为了",
    "为深入",
    "为进一步",
    "为全面",
    "现将",
    "经市",
    "经县",
    "经区",
    "经省",
)
_PASSED_LINE = re.compile(r"\d{1,2}月\d{1,2}日.{0,80}(?:通过|公布|发布|修正|修订|施行|批准|令第)")
_BASIS = re.compile(r"《([^《》]{4,80})》(?:（([^（）]{2,40}?号)）)?")
_TITLE = re.compile(
    rf"(?:[{HAN}\dA-Za-z“”（）\-—·]|《[^《》]*》){{4,70}}?(?:{_KIND})(?:（[^）]{{2,12}}）)?"
    r"(?:的(?:通知|意见|决定|公告|批复|函))?"
    rf"(?:（[^）]{{2,12}}）)?"
)


@dataclass(frozen=True)
class Head:
    """What tells what a document is: what stands before its clauses and after them, its first article, and
    what a page put above it."""

    before: str
    first: str
    last: str
    after: str
    page: str
    facts: dict[str, str]


def read_head(head: Head, clauses_text: str, reading: Reading) -> None:
    """Fill in title, issuer, number, date and basis; what cannot be found is said."""
    reading.title = _title(head)
    reading.document_number = _number(head)
    reading.date = _date(head)
    reading.issuer = _issuer(head, reading)
    reading.basis = _basis(squeezed(head.before) + squeezed(head.first), clauses_text)
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
    for block in _blocks(_PASSED.sub("\n。\n", head.before)):
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
            rest = _unquoted(_NUMBER.sub("", line))
            blocks.append([rest] if rest else [])
        elif _DATE.fullmatch(line) or line.startswith(("（此件", *_OPENING)) or _PASSED_LINE.search(line):
            blocks.append([])
        elif _unquoted(line) != line:
            blocks += [[_unquoted(line)], []]
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _unquoted(line: str) -> str:
    """A title that stands on its line in title marks, without them."""
    return re.sub(r"^《([^《》]*)》$", r"\1", line)


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
        # A word of the page beneath the title is none of it.
        return next((line for line in reversed(block) if len(line) >= 12 and _TITLE.fullmatch(line)), "")
    last = titles[-1]
    # Earlier lines of the run may be a heading of the page: a title begins with who gives it, or 关于.
    for start in range(len(block)):
        tail = "".join(block[start:])
        if len(tail) <= len(last) and re.match(rf"(?:关于|[{HAN}]{{2,12}}?[省市县区州])", tail):
            return _once(tail)
    return _once(last)


def _once(title: str) -> str:
    """A title without what stands before it twice: itself, or who gives it."""
    for half in range(len(title) // 2, 3, -1):
        if title[:half] == title[half : 2 * half]:
            return title[half:]
    return title


def _number(head: Head) -> str:
    """The document's own number stands outside brackets and beside no other title."""
    plain = re.sub(r"《[^》]*》\s*（[^）]*）|（[^）]*〔[^）]*）", "", squeezed(head.before))
    if order := _ORDER.search(plain):
        return order.group()
    lines = [squeezed(line) for line in head.before.split("\n")]
    for line in lines:
        if match := _NUMBER.fullmatch(line):
            return match["number"]
    match = _NUMBER.search(plain)
    if match and not re.search(r"根据|依据|按照", plain[max(0, match.start() - 30) : match.start()]):
        return match["number"]
    told = _NUMBER_TOLD.search(squeezed(head.page))
    return squeezed(head.facts.get("number", "")) or (told["number"] if told else "")


def _date(head: Head) -> str:
    """The day the document was signed: after its text, before it, or in the imprint."""
    for source in (head.last, head.after[:400], head.before, head.facts.get("date", ""), head.after[-200:]):
        plain = re.sub(r"《[^》]*》", "", squeezed(source))
        if found := [day for match in _DATE.finditer(plain) if (day := _iso(match))]:
            return found[-1]
        if match := _CHINESE_DATE.search(plain):
            return _iso_chinese(match)
    printed = _PRINTED.search(squeezed(head.after))
    return _iso(printed) if printed else ""


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
    return (
        _by_order(squeezed(head.before))
        or _named_in(reading.title)
        or _in_head(head)
        or _signed(head)
        or squeezed(head.facts.get("issuer", ""))
    )


def _by_order(plain: str) -> str:
    """Who gave an order, or which congress passed a regulation."""
    if order := _ORDER.search(re.sub("《[^》]*》", "", plain)):
        return order["issuer"]
    for passed in _PASSED.finditer(plain):
        if congress := _CONGRESS.search(re.sub(r"^（|\d{4}年\d{1,2}月\d{1,2}日", "", passed.group())):
            return congress["place"] + congress["body"]
    return ""


def _in_head(head: Head) -> str:
    """Who gives a notice, by its title; what stands nowhere else may have words of the page before it."""
    whole = squeezed(head.before + head.last + head.after)
    named = (_named_in("".join(block)) for block in _blocks(head.before))
    return next((issuer for issuer in named if issuer and whole.count(issuer) > 1), "")


def _signed(head: Head) -> str:
    """Who signed, above the day or before it."""
    for source in (head.last, head.after[:600], head.before):
        if lined := _SIGNED_ABOVE.search(re.sub(r"[ ]", "", source)):
            return lined[1]
        plain = squeezed(re.sub(r"（此件[^）]*）", "", source))
        for found in reversed([*_DATE.finditer(plain), *_CHINESE_DATE.finditer(plain)]):
            signed = _SIGNED.search(re.split(r"[。！；）：，]", plain[: found.start()])[-1])
            if signed:
                return signed[1]
    return ""


def _named_in(title: str) -> str:
    """Who gives a document, from its title; the first of several that share the name of their place."""
    named = re.split("关于|转发|批转|印发", title[:120], maxsplit=1)[0]
    named = _OTHERS.sub("", named)
    if named == title[:120] or len(named) < 3 or not _BODY.search(named):
        return ""
    again = named.find(named[:2], 4)
    return named[:again] if again > 0 and _BODY.search(named[:again]) else named


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
    lead_in = re.sub("《[^》]*》?", "", text[max(0, match.start() - 90) : match.start()].split("。")[-1])[
        -60:
    ]
    return bool(match[2]) or re.search(r"根据|贯彻|落实|依据|按照", lead_in) is not None
