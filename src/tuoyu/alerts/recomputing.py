"""The days of alerts, set anew when the calendar changes."""

from datetime import date, datetime

from django.db.models import QuerySet

from tuoyu.alerts.evaluating import due_of, running, scopes
from tuoyu.alerts.models import Alert
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor


def recompute(by: Actor, first: date, last: date) -> int:
    """Set the working days of standing alerts anew that rest on the days from `first` to `last`; how many
    moved. Clocks of hours do not rest on a calendar."""
    moved = 0
    for scope in scopes(clock.today()):
        for watch in scope.book.watches():
            if watch.working_days is None or watch.hours is not None:
                continue
            rows = running(scope, watch, first, last)
            for raised_on in rows.order_by().values_list("raised_at__date", flat=True).distinct():
                due_at, provisional = due_of(scope, watch, raised_on)
                raised = rows.filter(raised_at__date=raised_on)
                stale = raised.exclude(due_at=due_at, provisional=provisional)
                if due_at is not None and stale.exists():
                    moved += _move(by=by, rows=stale, due_at=due_at, provisional=provisional)
    return moved


@action
def _move(*, by: Actor, rows: QuerySet[Alert], due_at: datetime, provisional: bool) -> int:
    moved = list(rows.select_for_update())
    Alert.objects.filter(pk__in=[one.pk for one in moved]).update(due_at=due_at, provisional=provisional)
    told = [(one, one.topic, {"due_at": due_at.isoformat(), "before": str(one.due_at)}) for one in moved]
    audit.record_each(by, "alert.clock_recomputed", told)
    return len(moved)
