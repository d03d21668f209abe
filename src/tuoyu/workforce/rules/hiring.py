"""One person to be employed, as a form or a row of a table says it: read, checked, told what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices

from tuoyu.core import identifiers, texts
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.rules.book import Book, problem
from tuoyu.institutions.rules.facts import YEARS, day, whole
from tuoyu.institutions.rules.wording import is_formula
from tuoyu.workforce.vocabulary import CheckResult, Contract, Education, Post

LABELS = {
    "name": "姓名",
    "identity": "身份证号",
    "phone": "手机号",
    "post": "岗位",
    "contract": "用工形式",
    "full_time": "是否全职",
    "starts_on": "入职日期",
    "contract_until": "合同到期日",
    "education": "学历",
    "experience_years": "相关工作年限",
    "check_asked_on": "入职查询提出日期",
    "check_answered_on": "入职查询答复日期",
    "check_authority": "查询机关",
    "check_reference": "查询文号",
    "check_result": "查询结果",
}
REQUIRED = ("name", "identity", "post", "contract", "full_time", "starts_on")
CHECK = ("check_asked_on", "check_answered_on", "check_authority", "check_result")
YES_OR_NO = {"yes": True, "是": True, "全职": True, "no": False, "否": False, "兼职": False}
LONGEST_NAME = 40
MOST_YEARS = 60


@dataclass(frozen=True)
class Hiring:
    """Who is employed, as what, on what, since when; and the answer to the question asked before."""

    name: str
    identity: str
    post: str
    contract: str
    full_time: bool
    starts_on: date
    phone: str = ""
    contract_until: date | None = None
    education: str = ""
    experience_years: int | None = None
    check_asked_on: date | None = None
    check_answered_on: date | None = None
    check_authority: str = ""
    check_reference: str = ""
    check_result: str = ""


def read_hiring(
    typed: Mapping[str, Any], books: Callable[[date], Book], today: date
) -> tuple[Hiring | None, tuple[Problem, ...]]:
    """Read and check one person. The form, the API and the import of a spreadsheet all ask here.

    `typed` holds texts by the keys of `LABELS`; where something is chosen, the key or the word of the
    vocabulary will do. `books` gives the rules in force on a day. Every problem names its field, has a
    code (`rule_key`: the rule of the pack where one is broken, else `hiring.<field>.<missing|unreadable|
    wrong>`), and the way to mend it; problems that only warn come with the reading, any other without.
    """
    given = {key: texts.tidy(str(typed.get(key) or "")).strip() for key in LABELS}
    values: dict[str, Any] = {}
    found = [_wrong(key, "missing", f"还没有填写{LABELS[key]}。") for key in REQUIRED if not given[key]]
    for key, text in given.items():
        if text:
            values[key], wrong = read_value(key, text)
            found += wrong
    if any(p.severity == "block" for p in found):
        return None, tuple(found)
    hiring = Hiring(**values)
    found += [*_days(hiring, today), *_post(hiring, books(today)), *_record(hiring, books(hiring.starts_on))]
    blocked = any(p.severity == "block" for p in found)
    return (None if blocked else hiring), tuple(found)


def _wrong(key: str, code: str, message: str, fix: str = "") -> Problem:
    return Problem(message, field=key, rule_key=f"hiring.{key}.{code}", fix=fix)


def read_value(key: str, text: str) -> tuple[Any, list[Problem]]:
    """The value of one field of `LABELS`, or why it is none."""
    try:
        value = READERS[key](text)
    except Refused as refused:
        return None, [_wrong(key, "wrong", p.message, p.fix) for p in refused.problems]
    if value is None:
        return None, [_wrong(key, "unreadable", f"{LABELS[key]}看不懂。", HINTS.get(key, ""))]
    return value, []


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or is_formula(text):
        raise Refused(f"姓名不超过{LONGEST_NAME}个字，也不以“=”“+”“-”“@”开头。")
    return text


def _line(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > most or "\n" in text or is_formula(text):
            raise Refused(f"不超过{most}个字，写在一行里，也不以“=”“+”“-”“@”开头。")
        return text

    return read


def chosen(choices: type[TextChoices]) -> Callable[[str], str | None]:
    """Reads a choice by its key or by its word."""
    known = {str(label): str(value) for value, label in choices.choices} | {v: v for v in choices.values}
    return known.get


def _date(text: str) -> date | None:
    found = day(text)
    return found if found is not None and YEARS[0] <= found.year <= YEARS[1] else None


def _years(text: str) -> int | None:
    found = whole(text)
    return found if found is not None and found <= MOST_YEARS else None


READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "identity": lambda text: identifiers.identity_number(text).number,
    "phone": identifiers.mobile,
    "post": chosen(Post),
    "contract": chosen(Contract),
    "full_time": YES_OR_NO.get,
    "starts_on": _date,
    "contract_until": _date,
    "education": chosen(Education),
    "experience_years": _years,
    "check_asked_on": _date,
    "check_answered_on": _date,
    "check_authority": _line(120),
    "check_reference": _line(80),
    "check_result": chosen(CheckResult),
}
DAY_HINT = "请按2026-11-22的样子填写日期。"
HINTS = {
    **dict.fromkeys(("starts_on", "contract_until", "check_asked_on", "check_answered_on"), DAY_HINT),
    "post": "可填：" + "、".join(str(label) for label in Post.labels) + "。",
    "contract": "可填：" + "、".join(str(label) for label in Contract.labels) + "。",
    "education": "可填：" + "、".join(str(label) for label in Education.labels) + "。",
    "full_time": "请填“是”或“否”。",
    "experience_years": f"请填0至{MOST_YEARS}之间的整数。",
    "check_result": "可填：" + "、".join(str(label) for label in CheckResult.labels) + "。",
}


def _days(hiring: Hiring, today: date) -> list[Problem]:
    found = []
    if hiring.starts_on > today:
        found.append(_wrong("starts_on", "wrong", "入职日期在今天以后。", "请在入职当天或之后登记。"))
    if hiring.contract_until is not None and hiring.contract_until < hiring.starts_on:
        found.append(_wrong("contract_until", "wrong", "合同到期日早于入职日期。"))
    if identifiers.identity_number(hiring.identity).born_on >= hiring.starts_on:
        found.append(_wrong("starts_on", "wrong", "入职日期早于身份证号中的出生日期。"))
    return found


def _post(hiring: Hiring, book: Book) -> list[Problem]:
    """What a post asks of who holds it; what was not said is asked for later, by the alerts."""
    found = []
    degrees = list(Education.values)
    for rule in book.all(f"{EDUCATION_OF.get(hiring.post, '-')}.education"):
        if hiring.education in degrees and degrees.index(hiring.education) < degrees.index(rule.value):
            message = f"{Post(hiring.post).label}学历为{hiring.education}，应不低于{rule.value}。"
            found.append(problem(rule, message, "", "education", ANOTHER))
    for rule in book.all("head.experience_years") if hiring.post == Post.HEAD else []:
        if hiring.experience_years is not None and hiring.experience_years < rule.value:
            message = f"负责人相关管理经历为{hiring.experience_years}年，应不少于{rule.value}年。"
            found.append(problem(rule, message, "", "experience_years", ANOTHER))
    return found


EDUCATION_OF = {Post.HEAD.value: "head", Post.HEALTH.value: "health_staff"}
ANOTHER = "请核对后再登记；确实不符合的，请另选符合条件的人员。"


def _record(hiring: Hiring, then: Book) -> list[Problem]:
    """Where the law already asked for it on the day of hiring: asked, answered before, and clear."""
    found = []
    for rule in then.all("hiring.record_check"):
        for key in CHECK:
            if getattr(hiring, key) in (None, ""):
                message = f"还没有填写{LABELS[key]}。"
                fix = "录用前应向公安机关、检察机关查询，有答复后再登记。"
                found.append(problem(rule, message, "", key, fix))
        if hiring.check_answered_on is not None and hiring.check_answered_on > hiring.starts_on:
            message = "查询的答复日期晚于入职日期：应先有答复，再录用。"
            found.append(problem(rule, message, "", "check_answered_on", "请核对两个日期。"))
        if hiring.check_result == CheckResult.HIT:
            message = "查询结果为“有记录”，不得录用。"
            found.append(problem(rule, message, "", "check_result", "请不要录用此人。"))
    asked, answered = hiring.check_asked_on, hiring.check_answered_on
    if asked is not None and answered is not None and answered < asked:
        found.append(_wrong("check_answered_on", "wrong", "答复日期早于提出日期。"))
    return found
