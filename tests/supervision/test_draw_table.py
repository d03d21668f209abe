"""Who may do what to a round in which state: every act of everybody, against a table by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from supervision import rounds
from supervision.rounds import GULOU, VALUE, by, frozen, given, lead, system, witness
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.supervision import actions
from tuoyu.supervision.models import Draw, Inspection
from workforce import staff

pytestmark = pytest.mark.django_db

ORGANISERS, OTHERS = {"officer", "lead"}, {"witness", "witness_lead"}
TABLE: dict[str, dict[str, set[str]]] = {
    "frozen": {"replace": {"lead"}},
    "seed known": {"witness": OTHERS, "replace": {"lead"}},
    "witnessed": {"witness": OTHERS, "draw": ORGANISERS, "replace": {"lead"}},
    "drawn": {"freeze": ORGANISERS, "replace": {"lead"}},
    "begun": {"freeze": ORGANISERS},
    "over": {"freeze": ORGANISERS, "publish": {"system"}},
    "published": {"freeze": ORGANISERS},
    "replaced": {"freeze": ORGANISERS},
}
ACTS: dict[str, Callable[[Draw, Actor], object]] = {
    "freeze": lambda one, by: actions.freeze_draw(by=by, plan=one.plan, given=given(1)),
    "witness": lambda one, by: actions.witness_draw(by=by, draw=one, value=VALUE),
    "draw": lambda one, by: actions.draw_lots(by=by, draw=one, value=VALUE),
    "replace": lambda one, by: actions.replace_draw(by=by, draw=one, reason="名单有误"),
    "publish": lambda one, by: actions.publish_draw(by=by, draw=one),
}


def everybody(nursery: object) -> dict[str, Actor]:
    return {
        "officer": by("health"),
        "lead": lead(),
        "witness": witness(),
        "witness_lead": lead(department="civil_affairs"),
        "neighbour": lead("320102"),
        "witness_of_another_place": by("civil_affairs", "320102"),
        "place_lead": by("", role=Role.JURISDICTION_LEAD),
        "auditor": by("", role=Role.AUDIT_ADMIN),
        "head": staff.head(nursery),  # type: ignore[arg-type]
        "public": Actor.public(),
        "system": system(),
    }


def round_in(state: str) -> tuple[Draw, datetime]:
    """A round in this state, and the moment at which it is looked at."""
    draw = frozen(rounds.plan(), 2)
    if state == "frozen":
        return draw, clock.now()
    now = draw.seed_moment + timedelta(minutes=5)
    with clock.set_to(now):
        if state == "replaced":
            actions.replace_draw(by=lead(), draw=draw, reason="名单有误")
        if state in ("seed known", "replaced"):
            return draw, now
        actions.witness_draw(by=witness(), draw=draw, value=VALUE)
        if state == "witnessed":
            return draw, now
        draw = actions.draw_lots(by=by("health"), draw=draw, value=VALUE)
        made = list(Inspection.objects.filter(lot__draw=draw))
        if state in ("begun", "over", "published"):
            for one in made[:1] if state == "begun" else made:
                rounds.confirmed(one)
    if state in ("over", "published"):
        now = rounds.at_noon(draw.closes_on + timedelta(days=1))
    if state == "published":
        with clock.set_to(now):
            actions.publish_draw(by=system(), draw=draw)
    return draw, now


@pytest.mark.parametrize("state", TABLE)
def test_a_round_takes_only_what_the_table_says_from_whom_it_says(state: str) -> None:
    places = [staff.nursery(GULOU, name=f"第{n}托育园") for n in range(4)]
    draw, now = round_in(state)
    who = everybody(places[0])
    with clock.set_to(now):
        for name, act in ACTS.items():
            may = {role for role, by in who.items() if takes(draw, act, by)}
            # The program may do everything: whether it does is its jobs' business.
            able = may if name == "publish" else may - {"system"}
            assert able == TABLE[state].get(name, set()), name


def takes(draw: Draw, act: Callable[[Draw, Actor], object], by: Actor) -> bool:
    """Whether the act is done; it is undone at once."""
    before = Draw.objects.filter(pk=draw.pk).values().get()
    with transaction.atomic():
        try:
            act(Draw.objects.select_related("plan").get(pk=draw.pk), by)
        except (PermissionDenied, Refused):
            assert Draw.objects.filter(pk=draw.pk).values().get() == before, "nothing half done"
            return False
        transaction.set_rollback(True)
    return True
