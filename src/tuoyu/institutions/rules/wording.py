"""Words a name and a scope must or may hold, telephone numbers, and whole years between days."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tuoyu.core.problems import Problem
from tuoyu.institutions.names import plain
from tuoyu.institutions.rules.book import RuleLike, blocks, problem

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}")
# The span of the country, to catch longitude and latitude written the wrong way round.
EAST = (73.0, 136.0)
NORTH = (3.0, 54.0)


def words_of(rule: RuleLike) -> tuple[str, ...]:
    """The words a rule names; any one of them is enough."""
    return tuple(map(str, rule.value)) if isinstance(rule.value, list | tuple) else (str(rule.value),)


def holds(text: str, rule: RuleLike) -> bool:
    """Whether `text` holds one of the rule's words, however it is spaced or punctuated."""
    return any(plain(word) in plain(text) for word in words_of(rule))


def scope_problems(scope: str, rules: Sequence[RuleLike]) -> Iterator[Problem]:
    """Where a place names its own word beside the national one, either is enough; all rules are shown."""
    if not scope or not rules or any(holds(scope, rule) for rule in rules):
        return
    hard = [rule for rule in rules if blocks(rule)]
    first = (hard or list(rules))[0]
    words = "或".join(f"“{word}”" for rule in rules for word in words_of(rule))
    yield Problem(
        f"业务（经营）范围里没有{words}。",
        "basics",
        "business_scope",
        first.key,
        "；".join(rule.source for rule in rules),
        "block" if hard else "warn",
        f"请在业务范围中写明{words}。",
    )


def name_problems(name: str, rules: Sequence[RuleLike]) -> Iterator[Problem]:
    """The name may (rarely must) hold a word; each rule says its own."""
    for rule in rules:
        if name and not holds(name, rule):
            words = "或".join(f"“{word}”" for word in words_of(rule))
            yield problem(rule, f"机构名称里没有{words}。", "basics", "name", f"名称中可以写明{words}。")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula; full-width signs count as well."""
    return text.strip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def is_phone(text: str) -> bool:
    """Whether a text is a telephone number of the mainland."""
    number = re.sub(r"[\s（）()]", "", text).replace("－", "-").replace("+86", "", 1)
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


def years_after(day: date, years: float) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    year = min(day.year + int(years), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def next_day(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def day_before(day: date) -> date:
    return day - timedelta(days=1)
