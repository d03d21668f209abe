"""The thread of audit events about somebody's work at an institution: never a name or a number in it."""

from typing import Any

from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.workforce import alerts
from tuoyu.workforce.models import Employment


def topic_of(employment: Employment) -> str:
    """The thread's name."""
    return f"employment:{employment.pk}"


def record(
    by: Actor,
    verb: str,
    employment: Employment,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write what was done with an employment, for the auditor of the institution's place; what was counted of
    the institution's register counts no more."""
    alerts.turned(employment.institution_id)
    place = employment.institution.division_code
    audit.record(
        by, verb, employment, topic=topic_of(employment), place=place, before=before, after=after, note=note
    )
