"""Who may do what to an inspection in which state: every act of everybody, against a table by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from supervision.rounds import by, lead
from supervision.visiting import answer, answered, begun, inspector, scheduled, sent, signed
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.supervision import actions
from tuoyu.supervision.models import Answer, Inspection
from tuoyu.supervision.vocabulary import InspectionState, Result
from workforce import staff

pytestmark = pytest.mark.django_db

GULOU, XUANWU = staff.GULOU, staff.XUANWU
# Health leads the visit, fire looks at its part; two go for each.
SENT = {"inspector", "fire_inspector"}
TABLE: dict[str, dict[str, set[str]]] = {
    "planned": {"begin": SENT},
    "underway": {"answer a health item": {"inspector"}, "answer a fire item": {"fire_inspector"}},
    "signed": {
        "answer a health item": {"inspector"},
        "answer a fire item": {"fire_inspector"},
        "confirm": {"inspector", "lead"},
    },
    "confirmed": {"publish": {"inspector", "officer", "lead"}, "correct": {"lead"}},
    "published": {"correct": {"lead"}},
    "cancelled": {},
}


def everybody(nursery: object) -> dict[str, Actor]:
    return {
        "inspector": inspector(),
        "fire_inspector": inspector("fire_rescue"),
        "officer": by("health"),
        "lead": lead(),
        "fire_lead": lead(department="fire_rescue"),
        "neighbour": lead(XUANWU),
        "place_lead": by("", role=Role.JURISDICTION_LEAD),
        "auditor": by("", role=Role.AUDIT_ADMIN),
        "head": staff.head(nursery),  # type: ignore[arg-type]
        "public": Actor.public(),
    }


def inspection_in(state: str, who: dict[str, Actor], nursery: object) -> Inspection:
    one, fire = who["inspector"], who["fire_inspector"]
    made = scheduled((one, "health"), (fire, "fire_rescue"), nursery=nursery)  # type: ignore[arg-type]
    if state == "cancelled":
        Inspection.objects.filter(pk=made.pk).update(state=InspectionState.CANCELLED)
    if state in ("planned", "cancelled"):
        return made
    begun(made, one)
    if state == "underway":
        return made
    answered(made, one)
    answered(made, fire)
    signed(made, one)
    if state == "signed":
        return made
    actions.confirm(by=one, inspection=made, result=Result.PASS)
    return actions.publish(by=one, inspection=made) if state == "published" else made


def acts(items: dict[str, str]) -> dict[str, Callable[[Inspection, Actor], object]]:
    def answering(department: str) -> Callable[[Inspection, Actor], object]:
        def act(one: Inspection, by: Actor) -> None:
            received = sent(one, by, answer(items[department]))
            if received.refused:
                raise Refused(next(iter(received.refused.values())))

        return act

    return {
        "begin": lambda one, by: actions.begin(by=by, inspection=one),
        "answer a health item": answering("health"),
        "answer a fire item": answering("fire_rescue"),
        "confirm": lambda one, by: actions.confirm(by=by, inspection=one, result=Result.PASS),
        "publish": lambda one, by: actions.publish(by=by, inspection=one),
        "correct": lambda one, by: actions.correct(
            by=by, inspection=one, result=Result.RECTIFY, reason="复核发现误判", decided_on=clock.today()
        ),
    }


@pytest.mark.parametrize("state", TABLE)
def test_an_inspection_takes_only_what_the_table_says_from_whom_it_says(state: str) -> None:
    nursery = staff.nursery()
    who = everybody(nursery)
    made = inspection_in(state, who, nursery)
    items = {"health": "staffing.guard", "fire_rescue": "fire.manager"}
    # What is answered after it was signed is said later.
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        for name, act in acts(items).items():
            may = {role for role, by in who.items() if takes(made, act, by)}
            assert may == TABLE[state].get(name, set()), name


def takes(inspection: Inspection, act: Callable[[Inspection, Actor], object], by: Actor) -> bool:
    """Whether the act is done; it is undone at once."""
    before = _kept(inspection)
    with transaction.atomic():
        try:
            act(Inspection.objects.get(pk=inspection.pk), by)
        except (PermissionDenied, Refused):
            assert _kept(inspection) == before, "nothing half done"
            return False
        transaction.set_rollback(True)
    return True


def _kept(inspection: Inspection) -> tuple[object, int]:
    row = Inspection.objects.filter(pk=inspection.pk).values().get()
    return row, Answer.objects.filter(part__inspection=inspection).count()
