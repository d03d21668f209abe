"""What the packs say of assessing quality at a place: whether it is done there, by which rules and days."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from tuoyu.core import clock, workdays
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.packs.schema import Procedure
from tuoyu.jurisdictions.rulebook import RuleMissing, RuleValue
from tuoyu.ratings.vocabulary import PROCEDURE


@dataclass(frozen=True)
class Deadline:
    """The last day of a period, and whether the calendar of its year is not yet published."""

    on: date
    provisional: bool


def procedure_at(division_code: str) -> Procedure | None:
    """The procedure of an assessment there; None where no document orders one."""
    with suppress(RuleMissing):
        return jurisdictions.book(division_code).procedure(PROCEDURE)
    return None


def rule_at(division_code: str, key: str, on: date | None = None) -> RuleValue | None:
    """A rule of assessing in force at a place, if there is one."""
    return jurisdictions.book(division_code, on).find(f"assessment.{key}")


def aspects_at(division_code: str) -> tuple[str, ...]:
    """The aspects that an assessment there must cover; none where no document names them."""
    found = rule_at(division_code, "aspects")
    return tuple(found.value) if found else ()


def deadline_at(division_code: str, key: str, begins: date | None = None) -> Deadline:
    """When a period that begins on a day (today) ends, by the working days a rule gives."""
    begins = begins or clock.today()
    found = jurisdictions.book(division_code, begins).get(f"assessment.{key}")
    ends = workdays.add_working_days(begins, int(found.value))
    return Deadline(ends.on, ends.provisional)
