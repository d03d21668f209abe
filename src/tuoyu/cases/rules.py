"""How a case moves: pure logic over the states of its steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StepView:
    """What the rules need to know of a step."""

    key: str
    state: str
    stage: int
    after: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One field that differs between two submissions."""

    page: str
    field: str
    before: Any
    after: Any


def stages(after: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """The stage of each step: one more than the latest it waits for; the first stage is 1.

    Raises ValueError when the steps wait for each other in a circle.
    """
    found: dict[str, int] = {}
    waiting = dict(after)
    while waiting:
        ready = [key for key, before in waiting.items() if all(b in found for b in before)]
        if not ready:
            raise ValueError("steps wait for each other: " + ", ".join(sorted(waiting)))
        for key in ready:
            found[key] = 1 + max((found[b] for b in waiting.pop(key)), default=0)
    return found


def drawn(after: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What each step waits for, without what another of its predecessors waits for anyway."""
    direct = {key: [b for b in before if b in after] for key, before in after.items()}
    stage = stages(direct)
    above: dict[str, set[str]] = {}
    for key in sorted(direct, key=stage.__getitem__):
        above[key] = set(direct[key]).union(*(above[b] for b in direct[key]))
    return {
        key: [b for b in before if not any(b in above[other] for other in before)]
        for key, before in direct.items()
    }


def ready(steps: Sequence[StepView]) -> list[str]:
    """The waiting steps whose predecessors have all been approved."""
    approved = {s.key for s in steps if s.state == "approved"}
    return [s.key for s in steps if s.state == "waiting" and approved.issuperset(s.after)]


def course(steps: Sequence[StepView]) -> str:
    """What follows once a step has been decided.

    "wait" while any department still looks (so that one return holds every department's remarks),
    "return" when all have answered and any found a defect, "done" when all have approved,
    "advance" otherwise.
    """
    states = {s.state for s in steps}
    if "active" in states:
        return "wait"
    if "defective" in states:
        return "return"
    return "done" if states <= {"approved"} else "advance"


def reopened(steps: Sequence[StepView], changed_pages: Iterable[str]) -> list[str]:
    """The steps that look again after a resubmission.

    Those that found defects, and those of the same stage whose pages have been changed since they approved.
    """
    stages_returned = {s.stage for s in steps if s.state == "defective"}
    changed = set(changed_pages)
    return [
        s.key
        for s in steps
        if s.state == "defective"
        or (s.state == "approved" and s.stage in stages_returned and changed.intersection(s.reviews))
    ]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Field by field, what differs between two submissions of the form {page: {field: value}}."""
    found = []
    for page in [*before, *(p for p in after if p not in before)]:
        old, new = before.get(page) or {}, after.get(page) or {}
        for name in [*old, *(f for f in new if f not in old)]:
            if old.get(name) != new.get(name):
                found.append(Change(page, name, old.get(name), new.get(name)))
    return found


def clock_of(due_in: int | None, soon: int) -> str:
    """How pressing a step is, from the working days left: "none", "fine", "soon" or "overdue"."""
    if due_in is None:
        return "none"
    if due_in < 0:
        return "overdue"
    return "soon" if due_in <= soon else "fine"
