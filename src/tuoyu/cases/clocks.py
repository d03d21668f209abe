"""Clocks that rest on days which were not yet known, computed again once they are."""

from datetime import date

from tuoyu.cases.models import Step
from tuoyu.core import audit, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor


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
    deadline = workdays.add_working_days(step.clock_from, step.clock_days)
    if (deadline.on, deadline.provisional) == (step.due_on, step.provisional):
        return False
    _move(by=by, step=step, deadline=deadline)
    return True
