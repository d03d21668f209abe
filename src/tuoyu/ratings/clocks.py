"""The days of assessments, set anew when the calendar changes."""

from datetime import date, datetime
from typing import Any

from tuoyu.accounts.queries import heads_of
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.transitions import move
from tuoyu.ratings import policy
from tuoyu.ratings.models import Assessment
from tuoyu.ratings.vocabulary import State

# In each state: the rule of its days, where they begin, their last day, whether that is provisional.
CLOCKS = {
    State.SELF: ("self_days", "begun_at", "self_due_on", "self_due_provisional"),
    State.SCORING: ("score_days", "score_from", "score_due_on", "score_due_provisional"),
    State.TOLD: ("objection_days", "told_at", "objection_until", None),
}


def recompute(by: Actor, first: date, last: date) -> int:
    """Set the running days of assessments anew that rest on the days from `first` to `last`; how many moved.

    A day the institution was told is never set earlier, and the institution is told the later one.
    """
    return sum(_set_due(by, one, first, last) for one in Assessment.objects.filter(state__in=CLOCKS))


def _set_due(by: Actor, one: Assessment, first: date, last: date) -> bool:
    rule, begins_in, due_in, provisional_in = CLOCKS[State(one.state)]
    begins, due_on = _day(getattr(one, begins_in)), getattr(one, due_in)
    if begins is None or due_on is None or begins > last or due_on < first:
        return False
    ends = policy.deadline_at(one.division_code, rule, begins)
    on = ends.on if one.state == State.SCORING else max(ends.on, due_on)
    fields: dict[str, Any] = {due_in: on}
    if provisional_in:
        fields[provisional_in] = ends.provisional
    if all(getattr(one, name) == value for name, value in fields.items()):
        return False
    _move(by=by, assessment=one, due_in=due_in, fields=fields)
    return True


def _day(value: date | datetime | None) -> date | None:
    return value.astimezone(clock.BEIJING).date() if isinstance(value, datetime) else value


@action
def _move(*, by: Actor, assessment: Assessment, due_in: str, fields: dict[str, Any]) -> None:
    before = getattr(assessment, due_in)
    state = State(assessment.state)
    move(assessment, from_=state, to=state, **fields)
    audit.record(
        by, "assessment.clock_recomputed", assessment, topic=assessment.topic, place=assessment.division_code,
        before={due_in: str(before)}, after={due_in: str(fields[due_in])},
    )  # fmt: skip
    if state == State.SCORING or fields[due_in] == before:
        return
    name = f"“{assessment.institution.name}”{assessment.year}年评估"
    text = f"放假安排公布后重新计算，{name}的期限顺延到 {fields[due_in]}。"
    for user_id in heads_of(assessment.institution_id):
        tell(user_id, "评估期限顺延", text, place=assessment.division_code)
