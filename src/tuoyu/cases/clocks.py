"""Clocks that rest on days which were not yet known, computed again once they are."""

from datetime import date, timedelta

from tuoyu.cases.models import Step
from tuoyu.core import audit, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor


def ends(begins: date, days: int, *, counts_all_days: bool = False) -> workdays.Deadline:
    """When a period ends. One of all days whose last is no working day ends with the next (民法典 203)."""
    if not counts_all_days:
        return workdays.add_working_days(begins, days)
    return workdays.add_working_days(begins + timedelta(days=days - 1), 1)


def days_left(step: Step, today: date) -> int:
    """How many of its days a step has left, counted as its clock counts them; 0 where it has none."""
    if step.due_on is None:
        return 0
    if step.counts_all_days:
        return max(0, (step.due_on - today).days)
    return max(0, workdays.working_days_between(today, step.due_on))


def recompute(by: Actor, first: date, last: date) -> int:
    """Compute again every running clock whose days touch the span; how many moved."""
    running = Step.objects.filter(
        state=Step.State.ACTIVE, clock_from__lte=last, due_on__gte=first, clock_days__isnull=False
    )
    return sum(_set_due(by=by, step=step) for step in running.iterator())


@action
def _move(*, by: Actor, step: Step, deadline: workdays.Deadline) -> None:
    before = step.due_on
    step.due_on, step.provisional = deadline.on, deadline.provisional
    step.save(update_fields=["due_on", "provisional"])
    audit.record(
        by,
        "case.clock_recomputed",
        step,
        topic=f"case:{step.case_id}",
        before={"due_on": before.isoformat() if before else None},
        after={"due_on": deadline.on.isoformat()},
    )


def _set_due(*, by: Actor, step: Step) -> bool:
    assert step.clock_from is not None
    assert step.clock_days is not None
    deadline = ends(step.clock_from, step.clock_days, counts_all_days=step.counts_all_days)
    if (deadline.on, deadline.provisional) == (step.due_on, step.provisional):
        return False
    _move(by=by, step=step, deadline=deadline)
    return True
