"""How long what supervision decides has, by the rules of a place."""

from datetime import date

from tuoyu.core import workdays
from tuoyu.jurisdictions import queries as jurisdictions

PUBLISH_DAYS = "inspection.publish_days"


def ends(division_code: str, rule: str, begins: date) -> workdays.Deadline:
    """When the working days of a rule end that begin on a day; provisional with its year."""
    return workdays.add_working_days(begins, jurisdictions.book(division_code, begins).get(rule).value)


def publish_due(division_code: str, confirmed_on: date) -> workdays.Deadline:
    """The last day for publishing a result that was confirmed on a day; provisional with its year."""
    return ends(division_code, PUBLISH_DAYS, confirmed_on)
