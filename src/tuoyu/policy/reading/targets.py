"""Promises with a figure or a date."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from tuoyu.policy.reading.model import Clause, Target
from tuoyu.policy.reading.outline import chinese_number

_NUM = r"(?P<{0}>\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)"
_UNIT = (
    r"(?P<unit>%|‰|个百分点|个托位|个工作日|个月|万元|亿元|万人|万个|平方米|课时|学时|分钟|小时|工作日|人次|千米|公里"
    r"|[个所家次场人名张处期批户件类项支间套米倍元年天日份篇辆组位])"
)
_BELOW = "不超过|不高于|不多于|不大于|不得超过|不得多于|最多|控制在|少于|低于"
_ABOVE = "不少于|不得少于|不低于|不得低于|不小于|至少|最少|达到|不下于|超过|高于|多于|大于|达"
_COMPARED = re.compile(
    rf"(?P<word>{_BELOW}|{_ABOVE})(?P<verb>[^\d，。；、一二两三四五六七八九十]{{0,12}}?)"
    rf"{_NUM.format('value')}\s*{_UNIT}(?P<after>以上|以内|以下)?"
)
_RANGE = re.compile(
    rf"(?P<value>\d+(?:\.\d+)?)\s*[-—～至到]{{1,2}}\s*(?P<most>\d+(?:\.\d+)?)\s*{_UNIT}(?!以[上下])"
)
_SUFFIXED = re.compile(rf"{_NUM.format('value')}\s*{_UNIT}(?P<after>及?以上|以内)")
_DONE = (
    "建成|建设|打造|创建|培育|新增|明确|确定|设立|设置|新建|改建|扩建|举办|完成|建立|建有|配备|给予|补助|奖励|补贴|培训"
    "|开设|评选|组织|开展"
)
_PLAIN = re.compile(rf"(?:{_DONE})(?P<verb>[^\d，。；、]{{0,6}}?)(?P<value>\d+(?:\.\d+)?)\s*{_UNIT}")
_ALSO = re.compile(rf"^[^，。；、\d]{{0,8}}[、和]{_NUM.format('value')}\s*{_UNIT}")
_CIRCLE = re.compile(r"(?P<value>\d+)(?P<unit>分钟)[^，。；]{0,16}?圈")
_STREAK = re.compile(r"连续(?P<value>[两二三四五\d])(?P<unit>年|次)")
_EVERY = re.compile(r"每个[^，。；]{1,8}?(?:都|均)(?:建有|有|建成|设有|配有|设置)")
_SLOGAN = re.compile(r"“((?:一[^一”]{1,4}){2,4})”")
_COVERED = re.compile(r"全覆盖")
_YEARLY = re.compile(r"每年|每年度|年度(?=(?:评估|检查|考核|评价|报告))")
_PERIODS = (
    ("每半年", "half_year"),
    ("每季度", "quarter"),
    ("每季", "quarter"),
    ("每月", "month"),
    ("每周", "week"),
)
_ACT = re.compile(r"检查|评估|考核|评选|督查|巡查|评价|培训|体检|抽查")
_DATE = re.compile(
    r"(?P<before>到|至|力争到|力争在|力争|在|截至|于)?(?P<year>20\d\d)年"
    r"(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?(?P<at>年?底|末|年末|初)?(?P<by>之前|以前|前)?"
)
_PLAN = re.compile(r"“?十(?P<n>[三四五六七八九])五”?(?:期末|末|期间|时期)")
_REACHED = re.compile(
    r"(?:基本|初步|全面|进一步|明显|显著|逐步|大幅|有所|持续|更加|比较|较为)+(?:建立|形成|健全|完善|建成|满足|提升|提高|改善|实现|成熟|规范|增强|优化|覆盖)"
    r"|(?:建立|形成|健全|完善|建成|满足|提升|提高|改善|增强|优化)$|有所提[升高]|(?:明显|显著|不断|稳步)(?:提升|提高|改善|增强)"
    r"|^形成|^建成|^实现|^建立|水平$|规范开展$|^基本"
)
# Ages, sizes of a class and names of documents are no promises.
_QUOTED = re.compile(r"《[^》]*》(?:（[^）]*）)?|〔\d{4}〕\d+号|（以下简称[^）]*）")
_AGE = re.compile(
    r"\d+\s*(?:[-—～至到]{1,2}\s*\d+\s*)?(?:周?岁|月龄|个月)(?:以[上下]|及以[上下])?|第\d+[个次批]|\d{4}年版"
)
_APPROXIMATE = {"以上": ">=", "及以上": ">=", "以内": "<=", "以下": "<="}


@dataclass(frozen=True)
class Figure:
    """A figure found in a phrase."""

    at: int
    comparator: str
    value: float | int | None
    value_max: float | int | None
    unit: str | None


def targets_of(clauses: list[Clause]) -> list[Target]:
    """The promises of every clause, in the order of the document."""
    return [target for clause in clauses for target in _in_clause(clause)]


def _in_clause(clause: Clause) -> Iterator[Target]:
    text = _blanked(clause.text)
    for start, end in _spans(text, "。"):
        deadline: str | None = None
        period: str | None = None
        promised = False
        for a, b in _spans(text[start:end], "，；"):
            phrase = text[start + a : start + b]
            shown = clause.text[start + a : start + b]
            deadline = _deadline(phrase) or deadline
            period = _period(phrase) or period
            yearly = _period(phrase) or (None if promised else period)
            found = list(_in_phrase(clause.id, phrase, shown, deadline, period, yearly))
            promised = promised or bool(found) or text[start + b : start + b + 1] == "；"
            yield from found


def _in_phrase(
    clause: str, phrase: str, shown: str, deadline: str | None, period: str | None, acts: str | None
) -> Iterator[Target]:
    figures = _figures(phrase, acts, deadline)
    for figure in figures:
        counted = (
            figure.unit in {"次", "场", "课时", "学时", "期", "小时", "人次", "万元", "元"}
            or acts
            or _period(phrase)
        )
        yield Target(
            clause, shown, figure.comparator, figure.value, figure.value_max, figure.unit, deadline,
            period if counted else None,
        )  # fmt: skip
    if figures or deadline is None:
        return
    plain = _DATE.sub("", phrase)
    if re.search(r"(?:建成|建设|打造|培育|创建|形成)一批", plain):
        yield Target(clause, shown, "reached", unit="一批", deadline=deadline)
    elif _REACHED.search(plain):
        # 占比、入托率居于较高水平: one promise for each rate.
        for _ in range(max(1, len(re.findall(r"(?:占比|比例|比重|率)(?=[、和与在])", plain)))):
            yield Target(clause, shown, "reached", deadline=deadline)


def _figures(phrase: str, period: str | None, deadline: str | None) -> list[Figure]:
    found = [*_compared(phrase), *_special(phrase, deadline)]
    taken = [figure.at for figure in found]
    for pattern in (_RANGE, _SUFFIXED, _PLAIN):
        for match in pattern.finditer(phrase):
            if any(abs(match.start("value") - at) < 3 for at in taken):
                continue
            if match["unit"] in "年日天" and pattern is not _SUFFIXED:
                continue
            taken.append(match.start("value"))
            found.append(_figure(match, pattern))
    if not found and period == "year" and _ACT.search(phrase):
        found.append(Figure(0, ">=", 1, None, "次"))
    return sorted(found, key=lambda figure: figure.at)


def _figure(match: re.Match[str], pattern: re.Pattern[str]) -> Figure:
    most = _value(match["most"]) if pattern is _RANGE else None
    comparator = "between" if pattern is _RANGE else "="
    if pattern is _SUFFIXED:
        comparator = _APPROXIMATE[match["after"]]
    return Figure(match.start("value"), comparator, _value(match["value"]), most, match["unit"])


def _compared(phrase: str) -> list[Figure]:
    found: list[Figure] = []
    for match in _COMPARED.finditer(phrase):
        if match["unit"] in "年日" and re.fullmatch(r"20\d\d", match["value"]):
            continue
        comparator = _comparator(match["word"])
        found.append(Figure(match.start("value"), comparator, _value(match["value"]), None, match["unit"]))
        at = match.end()
        while also := _ALSO.match(phrase[at:]):
            found.append(
                Figure(at + also.start("value"), comparator, _value(also["value"]), None, also["unit"])
            )
            at += also.end()
    return found


def _comparator(word: str) -> str:
    if word in ("超过", "高于", "多于", "大于"):
        return ">"
    if word in ("少于", "低于"):
        return "<"
    return "<=" if re.fullmatch(_BELOW, word) else ">="


def _special(phrase: str, deadline: str | None) -> list[Figure]:
    found = [Figure(m.start(), "<=", int(m["value"]), None, m["unit"]) for m in _CIRCLE.finditer(phrase)]
    found += [Figure(m.start(), ">=", _value(m["value"]), None, m["unit"]) for m in _STREAK.finditer(phrase)]
    found += [Figure(m.start(), ">=", 1, None, "个") for m in _EVERY.finditer(phrase)]
    for match in _SLOGAN.finditer(phrase) if deadline else ():
        found += [Figure(match.start(), ">=", 1, None, "个")] * (match[1].count("一") - 1)
    for match in _COVERED.finditer(phrase):
        partly = re.search(r"基本|力争|逐步", phrase[: match.start()])
        found.append(Figure(match.start(), "reached" if partly else ">=", 100, None, "%"))
    return found


def _value(written: str) -> float | int | None:
    if re.fullmatch(r"\d+", written):
        return int(written)
    if re.fullmatch(r"\d+\.\d+", written):
        return float(written)
    return chinese_number(written)


def _deadline(phrase: str) -> str | None:
    """The last day of the time a phrase names as its goal."""
    for match in _DATE.finditer(phrase):
        if not (match["before"] or match["at"] or match["by"] or match.end() == len(phrase)):
            continue
        year, month = int(match["year"]), int(match["month"] or 0)
        if match["by"] and not month and not match["at"]:
            return f"{year - 1}-12-31"
        if not month:
            return f"{year}-12-31" if match["at"] != "初" else f"{year}-01-31"
        if not 1 <= month <= 12:
            continue
        day = min(int(match["day"] or 31), monthrange(year, month)[1])
        return f"{year}-{month:02d}-{day:02d}"
    if plan := _PLAN.search(phrase):
        nth = chinese_number(plan["n"]) or 0
        return f"{2005 + 5 * nth}-12-31"
    return None


def _period(phrase: str) -> str | None:
    for word, period in _PERIODS:
        if word in phrase:
            return period
    return "year" if _YEARLY.search(phrase) else None


def _blanked(text: str) -> str:
    """The text with what can be no promise made blank, so that places stay the same."""
    for pattern in (_QUOTED, _AGE):
        text = pattern.sub(lambda match: "　" * len(match.group()), text)
    return text


def _spans(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Stretches between marks, those inside brackets and quotes not counted."""
    start = depth = 0
    for at, char in enumerate(text):
        depth += (char in "（“") - (char in "）”")
        if char in marks and depth <= 0:
            yield start, at
            start, depth = at + 1, 0
    if start < len(text):
        yield start, len(text)
