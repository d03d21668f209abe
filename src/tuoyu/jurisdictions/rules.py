"""The rules in force, asked one at a time. A page that asks for several takes `queries.book` once."""

from datetime import date

from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.jurisdictions.rulebook import (
    Handling,
    NoRegistrar,
    RuleBook,
    RuleMissing,
    RuleValue,
    SettingValue,
    applies,
    steps_for,
)

__all__ = [
    "Handling",
    "NoRegistrar",
    "RuleBook",
    "RuleMissing",
    "RuleValue",
    "SettingValue",
    "all_of",
    "applies",
    "book",
    "conflicts",
    "find",
    "get",
    "setting",
    "steps_for",
]

book = queries.book
setting = queries.setting


def get(key: str, division: str, on: date | None = None, pack: str | PackVersion | None = None) -> RuleValue:
    """The rule `key` that holds at a place on a day, with its clause; RuleMissing when there is none."""
    return queries.book(division, on, pack).get(key)


def find(
    key: str, division: str, on: date | None = None, pack: str | PackVersion | None = None
) -> RuleValue | None:
    """The rule `key` that holds at a place on a day, or None."""
    return queries.book(division, on, pack).find(key)


def all_of(
    key: str, division: str, on: date | None = None, pack: str | PackVersion | None = None
) -> tuple[RuleValue, ...]:
    """What every document in force says about `key` (or `prefix.*`), the nearest first."""
    return queries.book(division, on, pack).all_of(key)


def conflicts(
    group: str, division: str, on: date | None = None, pack: str | PackVersion | None = None
) -> tuple[RuleValue, ...]:
    """Every rule in force of a group that contradict each other."""
    return queries.book(division, on, pack).conflicts(group)
