"""The days by which results must be published, set anew when the calendar changes."""

from datetime import date

from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision.models import Inspection
from tuoyu.supervision.vocabulary import InspectionState

PUBLISH_DAYS = "inspection.publish_days"


def publish_due(division_code: str, confirmed_on: date) -> workdays.Deadline:
    """The last day for publishing a result that was confirmed on a day; provisional with its year."""
    days = jurisdictions.book(division_code, confirmed_on).get(PUBLISH_DAYS).value
    return workdays.add_working_days(confirmed_on, days)


def recompute(by: Actor, first: date, last: date) -> int:
    """Set the days of publication anew that rest on the days from `first` to `last`; how many moved."""
    rows = Inspection.objects.filter(
        state=InspectionState.CONFIRMED, published_at__isnull=True, publish_due_on__gte=first
    )
    moved = 0
    for one in rows.only("pk", "division_code", "confirmed_at", "publish_due_on").iterator():
        if one.confirmed_at is None:
            continue
        confirmed_on = one.confirmed_at.astimezone(clock.BEIJING).date()
        due = publish_due(one.division_code, confirmed_on).on
        if confirmed_on <= last and due != one.publish_due_on:
            moved += Inspection.objects.filter(pk=one.pk, published_at=None).update(publish_due_on=due)
    return moved
