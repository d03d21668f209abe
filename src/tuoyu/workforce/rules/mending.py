"""What may be corrected of an employment without ending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.core import texts
from tuoyu.core.problems import Problem
from tuoyu.workforce.rules.hiring import read_value

FIELDS = ("phone", "education", "experience_years", "contract_until")


@dataclass(frozen=True)
class Mending:
    """The new values, all of them."""

    phone: str = ""
    education: str = ""
    experience_years: int | None = None
    contract_until: date | None = None


def read_mending(typed: Mapping[str, Any], starts_on: date) -> tuple[Mending | None, tuple[Problem, ...]]:
    """Read what was typed; None with the problems where something is wrong."""
    values: dict[str, Any] = {}
    found: list[Problem] = []
    for key in FIELDS:
        text = texts.tidy(str(typed.get(key) or "")).strip()
        if text:
            values[key], wrong = read_value(key, text)
            found += wrong
    until = values.get("contract_until")
    if until is not None and until < starts_on:
        found.append(Problem("合同到期日早于入职日期。", field="contract_until"))
    return (None if found else Mending(**values)), tuple(found)
