"""The figures of a phrase: how much of what, and whether as much, at least or at most."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tuoyu.policy.reading.numerals import chinese_number

_CN = "一二两三四五六七八九十百千"
_NUMBER = rf"\d{{1,12}}(?:,\d{{3}}){{0,4}}(?:\.\d{{1,6}})?|[{_CN}]{{1,8}}"
_UNIT = (
    r"%|‰|[万亿]?(?:个百分点|个托位|个工作日|个月|平方米|平方公里|人次|课时|学时|批次|场次|班次|人日|学分|分钟|小时|工作日|千米|公里|毫克|千克|公斤"
    r"|人份|户次|例次|床位|元|[个所家次场人名条节课集幅岁张处期批户件类项支间套米倍年天日份篇辆组位座门台棵亩吨班桌部片栋册盏种])|[万亿]"
)
_AFTER = r"(?:（含）)?(?:及?以上|或以上|以内|之内|及?以下|左右|内)"
_FIGURE = re.compile(
    rf"(?P<value>{_NUMBER})\s?(?:(?P<own>{_UNIT})?\s?[-—～至到]{{1,2}}\s?(?P<most>{_NUMBER})\s?)?"
    rf"(?P<unit>{_UNIT})(?P<after>{_AFTER})?"
)
_TENTHS = re.compile(
    r"(?P<value>[一二三四五六七八九])成(?P<half>五)?(?P<after>及?以上|以内|以下|左右)?(?![立为员熟效果功本绩型])"
)
_SHARE = re.compile(
    rf"(?P<of>[百千])分之(?P<value>[{_CN}零]{{1,6}}(?:点[{_CN}零]{{1,4}})?)(?P<after>{_AFTER})?"
)
_NOT = "不(?:得|应|宜|能)?"
_WORDS = {
    ">": "超过|高于|多于|大于|突破",
    "<": "少于|低于|小于",
    "<=": f"{_NOT}(?:超过|高于|多于|大于|突破)|最多|至多|控制在|(?:下?降|降低|压[缩减]|缩短|减少?)[至到]",
    ">=": f"{_NOT}(?:少于|低于|小于|短于)|不下于|至少|最少|达到?|(?:提高|提升|增加|增长|扩大|上升|增)[至到]",
}
_COMPARED = re.compile(
    rf"(?P<word>{'|'.join(_WORDS[sign] for sign in ('<=', '>=', '>', '<'))})[^，。；、{_CN}\d]{{0,12}}$"
)
_AT = re.compile(
    r"(?:稳定在|保持在?|维持在?|率|占比|比例|比重|面|满意度|占|为|到|至|在|按|按照|给予|补助|奖励)[^，。；、]{0,3}$"
)
_DONE = re.compile(
    "建成|建设|打造|创建|培育|新增|明确|确定|设立|设置|新建|改建|扩建|举办|完成|建立|建有|配备|配齐|给予|补助|奖励|补贴|培训"
    "|开设|评选|组织|开展|遴选|组建|招收|引进|选派|培养|安排|投入|改造|提供|认定|发放|实现|支持|打通|布局|增设|不超|储备|收储"
    "|选聘|提高|提升|增长|增加|下降|降低|列支|配置|整合|盘活|推出|推广|落地|实施|派出|孵化|制定|修订|编制|举行|召开|征集|报送"
)
# Words before a figure that make it no promise: 每3个, 第2次, 前两年, 等5个部门.
_NO_PROMISE = re.compile(r"(?:[每第前近届逾/、由从等这那原]|上述|其中|过去|\d月|不足|现有|已有|截至目前)$")
_CIRCLE = re.compile(r"\d+分钟[^，。；]{0,16}?圈")
_CHAINED = re.compile(r"^[^，。；、\d]{0,8}[、和]$")
_AFTER_SIGNS = {"以上": ">=", "以下": "<=", "以内": "<=", "之内": "<=", "内": "<=", "左右": "="}
_FORBIDDEN = re.compile(r"不得|不能|不可|禁止|严禁|不应")
_TIME = {"个工作日", "工作日", "日", "天", "个月", "小时", "分钟"}
_COUNTED_IN_WORDS = set("名所家次场期张班人处")


@dataclass(frozen=True)
class Figure:
    """A figure found in a phrase."""

    at: int
    comparator: str
    value: float | int | None
    value_max: float | int | None = None
    unit: str | None = None
    explicit: bool = True


def figures_in(phrase: str, due: bool) -> list[Figure]:
    """The figures of a phrase that promise something; `due` where a day is named for it."""
    found: list[Figure] = [*_shares(phrase), *_tenths(phrase)]
    done = 0
    for match in _FIGURE.finditer(phrase):
        figure = _figure(match, phrase[done : match.start()], found, due)
        if figure is not None:
            found.append(figure)
        done = match.end()
    return sorted([*found, *_special(phrase)], key=lambda figure: figure.at)


def _figure(match: re.Match[str], before: str, found: list[Figure], due: bool) -> Figure | None:
    """The figure of a match, if it promises something."""
    unit, value, after = match["unit"], number(match["value"]), match["after"] or ""
    if value is None or _excluded(match, before):
        return None
    most = number(match["most"]) if match["most"] else None
    compared = _COMPARED.search(before[-28:])
    if unit == "分钟" and _CIRCLE.match(match.string, match.start()):
        return Figure(match.start(), "<=", value, None, unit)
    if most is not None:
        return Figure(match.start(), "between", value, most, unit)
    if compared:
        sign = _sign(compared["word"])
        # 不得收取超过3个月的费用: what is forbidden above a figure is allowed up to it.
        if sign == ">" and _FORBIDDEN.search(match.string[: match.start()]):
            sign = "<="
        return Figure(match.start(), sign, value, None, unit)
    if after and (after != "内" or unit in _TIME):
        return Figure(match.start(), _AFTER_SIGNS[after[-2:] if after != "内" else after], value, None, unit)
    if found and found[-1].explicit and _CHAINED.match(before):
        return Figure(match.start(), found[-1].comparator, value, None, unit)
    if (
        unit in _TIME
        and match["value"].isdecimal()
        and re.match("内|办结|完成|办理|出具|答复|作出|审结", match.string[match.end() :])
    ):
        return Figure(match.start(), "<=", value, None, unit)
    if unit in ("年", "日", "天", "万", "亿"):
        return None
    return Figure(match.start(), "=", value, None, unit, False) if _promised(match, before, due) else None


def _excluded(match: re.Match[str], before: str) -> bool:
    unit, after = match["unit"], match.string[match.end() :]
    if unit == "年" and (len(match["value"]) == 4 or not _COMPARED.search(before[-28:])):
        return True
    if unit == "次" and after.startswith(("性", "告知", "办")):
        return True
    if (unit == "日" and before.endswith("月")) or after.startswith(("一档", "一策", "一码")):
        return True
    if _COMPARED.search(before[-28:]):
        return False
    return bool(_NO_PROMISE.search(before) and not _CHAINED.match(before))


def _promised(match: re.Match[str], before: str, due: bool) -> bool:
    """Whether a figure without a word of comparison is meant to be reached."""
    phrase = match.string[: match.start()]
    if not match["value"][0].isdigit():
        return bool(due or _DONE.search(phrase)) and match["unit"] in _COUNTED_IN_WORDS
    return bool(due or _DONE.search(phrase) or _AT.search(before))


def _tenths(phrase: str) -> Iterator[Figure]:
    """八成, 七成五: tenths."""
    for match in _TENTHS.finditer(phrase):
        value = 10 * (number(match["value"]) or 0) + (5 if match["half"] else 0)
        compared = _COMPARED.search(phrase[: match.start()][-28:])
        sign = _sign(compared["word"]) if compared else _AFTER_SIGNS.get((match["after"] or "")[-2:], "")
        if sign:
            yield Figure(match.start(), sign, value, None, "%")


def _sign(word: str) -> str:
    return next(sign for sign, words in _WORDS.items() if re.fullmatch(words, word))


def _shares(phrase: str) -> Iterator[Figure]:
    """百分之三十 and 千分之五."""
    for match in _SHARE.finditer(phrase):
        whole, _, part = match["value"].partition("点")
        value = number(whole)
        if value is None:
            continue
        if part:
            value = float(f"{value}.{''.join(str(chinese_number(char)) for char in part)}")
        compared = _COMPARED.search(phrase[: match.start()][-28:])
        sign = _sign(compared["word"]) if compared else _AFTER_SIGNS.get((match["after"] or "")[-2:], "=")
        yield Figure(match.start(), sign, value, None, "%" if match["of"] == "百" else "‰")


_STREAK = re.compile(r"连续(?P<value>[两二三四五\d])(?P<unit>年|次)")
_EVERY = re.compile(r"每个[^，。；]{1,8}?(?:都|均)(?:建有|有|建成|设有|配有|设置)")
_COVERED = re.compile(r"全覆盖")
_WHOLE = re.compile(r"应(?P<does>[^，。；、]{1,3}?)尽(?P=does)|(?:所有|全部)应")
_DOUBLED = re.compile(r"翻(?P<times>[一两二三])番")


def _special(phrase: str) -> Iterator[Figure]:
    """Figures that are words."""
    for match in _STREAK.finditer(phrase):
        yield Figure(match.start(), ">=", number(match["value"]), None, match["unit"])
    for match in _EVERY.finditer(phrase):
        yield Figure(match.start(), ">=", 1, None, "个")
    for match in _DOUBLED.finditer(phrase):
        yield Figure(match.start(), ">=", 2 ** (number(match["times"]) or 1), None, "倍")
    for match in _WHOLE.finditer(phrase):
        yield Figure(match.start(), "reached", 100, None, "%")
    for match in _COVERED.finditer(phrase):
        partly = re.search(r"基本|力争|逐步", phrase[: match.start()])
        yield Figure(match.start(), "reached" if partly else ">=", 100, None, "%")


def number(written: str) -> float | int | None:
    """The value of a figure in digits or words."""
    plain = written.replace(",", "")
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"\d+\.\d+", plain) else chinese_number(plain)
