"""Promises with a figure or a date."""

import re
from calendar import monthrange
from collections.abc import Iterator

from tuoyu.policy.reading.figures import Figure, figures_in
from tuoyu.policy.reading.model import Clause, Target
from tuoyu.policy.reading.numerals import chinese_number

# Clauses that say how things are; what they count is no promise.
_STATE = r"(?:基础|背景|现状|形势|成效|成绩|回顾|挑战|机遇|问题)"
_BACK = re.compile(
    rf"(?:规划|发展|工作|现实|现有|主要|总体|取得的?|面临的?|存在的?|突出){{0,3}}{_STATE}(?:(?:与|和|及|、)(?:主要|面临的?|存在的?)?{_STATE})?"
)
_SLOGAN = re.compile(r"“((?:一[^一”]{1,4}){3,4})”")
_YEARLY = re.compile(r"每年|每年度|年度(?=(?:评估|检查|考核|评价|报告))")
_PERIODS = (
    ("每半年", "half_year"),
    ("每季度", "quarter"),
    ("每季", "quarter"),
    ("每月", "month"),
    ("每周", "week"),
    ("每日", "day"),
    ("每天", "day"),
)
_ACT = re.compile(r"检查|评估|考核|评选|督查|巡查|评价|培训|体检|抽查")
# What holds at all times has no last day of its own.
_STANDING = re.compile(r"每[年月季周日天半]|不得|不应|不宜|严禁")
_OPENING = re.compile(r"^[^：]*20\d\d年[^：]{0,30}：(?=——)")
_COUNTED_IN = re.compile(r"纳入|列入|作为|计入")
_DATE = re.compile(
    r"(?P<before>到|至|力争到|力争在|力争|在|截至|于)?(?P<year>20\d\d)年"
    r"(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?(?P<at>年?底|末|年末|初)?(?P<by>之前|以前|前)?"
)
_MONTH = re.compile(r"(?<!年)(?<!\d)(?:(\d{1,2})月(?:底|末)?前?(?!\d|[至到日])|年底前?)")
_PLAN = re.compile(r"“?十(?P<n>[三四五六七八九])五”?(?:期末|末|期间|时期)")
_REACHED = re.compile(
    r"(?:基本|初步|全面|进一步|明显|显著|逐步|大幅|有所|持续|更加|比较|较为)+(?:建立|形成|健全|完善|建成|满足|提升|提高|改善|实现|成熟|规范|增强|优化|覆盖)"
    r"|(?:建立|形成|健全|完善|建成|满足|提升|提高|改善|增强|优化)$|有所提[升高]|(?:明显|显著|不断|稳步)(?:提升|提高|改善|增强)"
    r"|(?:全面|全部|如期|按期|按时|基本)完成|^形成|^建成|^实现|^建立|水平$|规范开展$|^基本"
)
# Ages, sizes of a class and names of documents are no promises.
_QUOTED = re.compile(r"《[^》]*》(?:（[^）]*）)?|〔\d{4}〕\d+号|（以下简称[^）]*）")
_AGE = re.compile(
    r"(?<!提高到)(?<!提高至)(?<!提升到)(?<!提升至)(?<!达到)(?<!\d)\d+\s*(?:[-—～至到]{1,2}\s*\d+\s*)?(?:(?:周?岁|月龄)(?:及?以[上下])?|个月(?:及?以[上下])?(?=的?[婴幼儿孩宝龄]))"
    r"|第[\d一二三四五六七八九十]+[个次批届期]|\d{4}年版"
)


def targets_of(clauses: list[Clause]) -> list[Target]:
    """The promises of every clause, in the order of the document."""
    looking_back = tuple(f"{clause.id}." for clause in clauses if _BACK.fullmatch(clause.heading))
    return [
        target
        for clause in clauses
        if not f"{clause.id}.".startswith(looking_back)
        for target in _in_clause(clause)
    ]


def _in_clause(clause: Clause) -> Iterator[Target]:
    text = _blanked(clause.text)
    listed: str | None = None
    for start, end in _spans(text, "。"):
        # Points of a list have the day of the sentence that opens it.
        deadline = listed if text[start:end].startswith("——") else None
        if opening := _OPENING.search(text[start:end]):
            listed = _deadline(opening.group())
        period: str | None = None
        promised = False
        for a, b in _spans(text[start:end], "，；"):
            phrase = text[start + a : start + b]
            shown = clause.text[start + a : start + b]
            own = _deadline(phrase)
            deadline = own or deadline
            due = own or (None if _STANDING.search(phrase) else deadline)
            period = _period(phrase) or period
            yearly = _period(phrase) or (None if promised else period)
            found = list(_in_phrase(clause.id, phrase, shown, due, period, yearly))
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
        day = _day_before(phrase, figure.at, deadline)
        yield Target(
            clause, shown, figure.comparator, figure.value, figure.value_max, figure.unit, day,
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


def _day_before(phrase: str, at: int, deadline: str | None) -> str | None:
    """The day of one figure among several: the last month named before it, in the year of the phrase."""
    months = [match for match in _MONTH.finditer(phrase) if match.end() <= at]
    if deadline is None or not months:
        return deadline
    month = int(months[-1][1] or 12)
    return _last_day(int(deadline[:4]), month, 31) if 1 <= month <= 12 else deadline


def _last_day(year: int, month: int, day: int) -> str:
    return f"{year}-{month:02d}-{min(day, monthrange(year, month)[1]):02d}"


def _figures(phrase: str, period: str | None, deadline: str | None) -> list[Figure]:
    found = figures_in(phrase, bool(deadline or _period(phrase)))
    if deadline:
        for match in _SLOGAN.finditer(phrase):
            found += [Figure(match.start(), ">=", 1, None, "个")] * (match[1].count("一") - 1)
    if not found and period == "year" and _ACT.search(phrase) and not _COUNTED_IN.search(phrase):
        found.append(Figure(0, ">=", 1, None, "次"))
    return found


def _deadline(phrase: str) -> str | None:
    """The last day of the time a phrase names as its goal."""
    for match in _DATE.finditer(phrase):
        if re.match(r"\s?[至到—～-]{1,2}\s?20\d\d年?", phrase[match.end() :]):
            continue
        opens = not phrase[: match.start()].strip("“ ") and not re.match("[起度以来]", phrase[match.end() :])
        if not (match["before"] or match["at"] or match["by"] or match.end() == len(phrase) or opens):
            continue
        year, month = int(match["year"]), int(match["month"] or 0)
        if match["by"] and not month and not match["at"]:
            return f"{year - 1}-12-31"
        if not month:
            return f"{year}-12-31" if match["at"] != "初" else f"{year}-01-31"
        if not 1 <= month <= 12:
            continue
        return _last_day(year, month, int(match["day"] or 31))
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
