"""Two officers at the rounds of one plan in the same moment: one list is frozen, one draw made, and what is
being drawn is in no other list."""

from collections.abc import Callable
from threading import Event
from time import sleep
from typing import Any

import pytest

from supervision import rounds
from supervision.test_draws import nurseries
from tuoyu.accounts.actors import actor_for
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.supervision import actions
from tuoyu.supervision.actions import draws
from tuoyu.supervision.models import Draw, Inspection, Lot, Plan
from tuoyu.supervision.rules.draws import read_pool
from tuoyu.supervision.vocabulary import DrawState
from workforce.test_barred_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


@pytest.fixture
def plan(db: None) -> Plan:
    nurseries(5)
    return rounds.plan()


def officers() -> tuple[Actor, Actor]:
    return rounds.by("health"), actor_for(rounds.desk("health", name="another-officer"))


def drawing(by: Actor, draw: Draw) -> Callable[[], Draw]:
    def click() -> Draw:
        with rounds.after(draw):  # the clock of this thread
            return actions.draw_lots(by=by, draw=draw, value=rounds.VALUE)

    return click


def test_of_two_who_freeze_and_then_draw_at_once_one_does_and_the_other_is_told(plan: Plan) -> None:
    given, both = rounds.given(), officers()
    answers: list[Any] = at_once(
        *(lambda by=by: actions.freeze_draw(by=by, plan=plan, given=given) for by in both * 2)
    )
    (draw,) = Draw.objects.all()
    assert {type(one) for one in answers} == {Draw, Overtaken}
    assert [one.status for one in answers if isinstance(one, Refused)] == [409] * 3
    with rounds.after(draw):
        actions.witness_draw(by=rounds.witness(), draw=draw, value=rounds.VALUE)
    answers = at_once(*(drawing(by, draw) for by in both * 2))
    assert [one.status for one in answers if isinstance(one, Refused)] == [409] * 3
    assert Draw.objects.get().state == DrawState.DRAWN
    assert Inspection.objects.count() == Lot.objects.count() == given.count


def test_a_list_frozen_while_lots_are_drawn_has_none_of_those_drawn(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, (one, other), drawn = rounds.frozen(plan), officers(), Event()
    with rounds.after(draw):
        actions.witness_draw(by=rounds.witness(), draw=draw, value=rounds.VALUE)
    schedule = draws.schedule_many

    def slowly(**given: Any) -> list[Inspection]:
        """It is drawn, and not yet written; now the other freezes, and has time to."""
        drawn.set()
        sleep(0.3)
        return schedule(**given)

    def freeze() -> Draw:
        drawn.wait(5)
        return actions.freeze_draw(by=other, plan=plan, given=rounds.given())

    monkeypatch.setattr(draws, "schedule_many", slowly)
    first, second = at_once(drawing(one, draw), freeze)
    pool = read_pool(Draw.objects.get(pk=second.pk).pool)
    assert first.state == DrawState.DRAWN
    assert Draw.objects.filter(state=DrawState.FROZEN).count() == 1
    visited = set(Inspection.objects.values_list("institution_id", flat=True))
    assert len(visited) == draw.count
    assert visited.isdisjoint(one.id for one in pool.institutions)
