"""The days that results, orders and sanctions have, set anew when the calendar changes.

An office's own day is what the rule and the calendar give. A day that an institution was told is never set
earlier; set later, the institution is told. What was withdrawn is withdrawn: its days run no more.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import F, Q

from tuoyu.accounts.queries import heads_of
from tuoyu.cases import actions as cases
from tuoyu.cases import clocks as running
from tuoyu.cases.models import Case
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.transitions import move
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import boards
from tuoyu.supervision.clocks import ends, publish_due
from tuoyu.supervision.models import Inspection, Rectification, Sanction
from tuoyu.supervision.vocabulary import InspectionState, SanctionState

AFRESH = "放假安排公布后重新计算，期限顺延。"


def recompute(by: Actor, first: date, last: date) -> int:
    """Set the running days anew that rest on the days from `first` to `last`; how many moved."""
    return _results(first, last) + _orders(by, first, last) + _sanctions(by, first, last)


def _results(first: date, last: date) -> int:
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


def _orders(by: Actor, first: date, last: date) -> int:
    """Orders to mend that wait for their first answer, whose day nobody has set since."""
    waiting = Rectification.objects.filter(
        case__state=Case.State.RETURNED, case__answer_due_on=F("first_due_on"), first_due_on__gte=first
    )
    moved = 0
    for one in waiting.select_related("case").iterator():
        begins = one.case.opened_at.astimezone(clock.BEIJING).date()
        due = ends(one.division_code, "rectification.days", begins).on
        if begins <= last and due > one.first_due_on:
            cases.extend(by=by, case=one.case, until=due, reason=AFRESH)
            moved += Rectification.objects.filter(pk=one.pk).update(first_due_on=due)
    return moved


def _sanctions(by: Actor, first: date, last: date) -> int:
    going = Q(state__in=[SanctionState.OPEN, SanctionState.NOTIFIED], decide_by__gte=first)
    heard = Q(state=SanctionState.NOTIFIED, hearing_until__gte=first)
    secret = boards.unpublished(Sanction.objects.filter(publish_by__gte=first))
    rows = Sanction.objects.select_related("institution", "case").filter(
        going | heard | Q(pk__in=secret.values("pk"))
    )
    moved = 0
    for one in rows.order_by("pk").iterator(chunk_size=200):
        if fields := dict(_changed_days(one, last)):
            _move(by=by, sanction=one, fields=fields)
            moved += 1
    return moved


def _changed_days(one: Sanction, last: date) -> Iterator[tuple[str, Any]]:
    for name, value in _days(one, last):
        if getattr(one, name) != value:
            yield name, value


def _days(one: Sanction, last: date) -> Iterator[tuple[str, Any]]:
    """The days of a sanction that still run, as the calendar has them now."""
    place = one.division_code
    if one.state == SanctionState.DECIDED:
        if one.decided_on and one.decided_on <= last:
            yield "publish_by", ends(place, "penalty.publish_days", one.decided_on).on
        return
    if one.opened_on <= last:
        days = jurisdictions.book(place, one.opened_on).get("penalty.decision_days").value
        yield "decide_by", running.ends(one.opened_on, days, counts_all_days=True).on
    if one.state == SanctionState.NOTIFIED and one.notified_on and one.hearing_until:
        until = ends(place, "penalty.hearing_request_days", one.notified_on)
        if one.notified_on <= last:
            yield "hearing_until", max(until.on, one.hearing_until)
            yield "hearing_provisional", until.provisional


@action
def _move(*, by: Actor, sanction: Sanction, fields: dict[str, Any]) -> None:
    before = {name: str(getattr(sanction, name)) for name in fields}
    state = SanctionState(sanction.state)
    move(sanction, from_=state, to=state, **fields)
    audit.record(by, "sanction.clock_recomputed", sanction, topic=sanction.topic, before=before,
                 after={name: str(value) for name, value in fields.items()},
                 place=sanction.division_code)  # fmt: skip
    if "hearing_until" not in fields:
        return
    text = f"{AFRESH}要求听证的，请在 {fields['hearing_until']} 前提出。办件编号 {sanction.case.number}。"
    for user_id in heads_of(sanction.institution_id):
        tell(user_id, "听证申请期限顺延", text, place=sanction.division_code, case=sanction.case)
