"""Who may do what to a sanction in which state: walked once through its states, against a table by hand."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from care import stated
from supervision.inspected import GULOU, SHIZHONG, at, head, inspected, nursery, office, ordered
from supervision.sanctioned import MONDAY, failed
from tuoyu.care import actions as care
from tuoyu.care.models import Incident
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.supervision import actions
from tuoyu.supervision.models import Rectification, Sanction
from tuoyu.supervision.vocabulary import Ground

pytestmark = pytest.mark.django_db

Who = Mapping[str, Actor]
Act = Callable[[Sanction, Actor], object]
Table = dict[str, dict[str, set[str]]]
DESK = {"officer", "lead"}
REMARKS = (RemarkGiven("补材料"),)


@dataclass(frozen=True)
class Stage:
    """A state of a sanction: how many days after its beginning it is looked at, and how it was come to."""

    name: str
    days: int
    to: Callable[[Sanction, Who], object] = lambda one, who: None


def people(place: str, department: str) -> dict[str, Actor]:
    """`officer` and `lead` are those of the department that decides."""
    return {
        "officer": office(place, department),
        "lead": office(place, department, Role.DEPARTMENT_LEAD),
        "other_lead": office(place, "education", Role.DEPARTMENT_LEAD),
        "neighbour": office("320102" if place == GULOU else "370403", department, Role.DEPARTMENT_LEAD),
        "neighbour_head": head(nursery(place)),
    }


def decide(key: str, decision: str, **more: Any) -> Act:
    """Decide the step `key` of a sanction's own case."""
    return lambda one, by: cases.decide(
        by=by, step=Step.objects.get(case=one.case_id, key=key), decision=decision, **more
    )


def drop(one: Sanction, by: Actor) -> object:
    step = Step.objects.filter(case=one.case_id, state="active").first()
    if step is None:
        raise Refused("没有在办的环节。")
    return cases.decide(by=by, step=step, decision="refuse", reason="情节轻微")


def looked_at_again(decision: str) -> Act:
    """The review that the institution asked for; nothing to decide where it asked for none."""

    def act(one: Sanction, by: Actor) -> object:
        step = Step.objects.filter(case__review__sanction=one).first()
        if step is None:
            raise Refused("没有复核。")
        return cases.decide(by=by, step=step, decision=decision, reason="理由")

    return act


def heard(one: Sanction, by: Actor) -> object:
    return actions.record_hearing(by=by, sanction=one, held_on=clock.today(), record="听取了意见")


ASKED: dict[str, Act] = {
    "ask_hearing": lambda one, by: actions.ask_hearing(by=by, sanction=one),
    "record_hearing": heard,
    "drop": drop,
    "publish": lambda one, by: actions.publish_sanction(by=by, sanction=one),
    "ask_review": lambda one, by: actions.ask_review(by=by, sanction=one, reason="不服"),
    "review_overturns": looked_at_again("approve"),
    "review_upholds": looked_at_again("refuse"),
    "overturn": lambda one, by: actions.overturn(by=by, sanction=one, reason="判决撤销"),
}
PENALTY: dict[str, Act] = ASKED | {
    "notify": decide("notice", "approve", result={"measure": "罚款"}),
    "decide": decide("decision", "approve", result={"measure": "罚款"}),
    "deliver": lambda one, by: decide(
        "delivery", "approve", result={"delivered_on": str(clock.today())}
    )(one, by),
    "send_back": decide("notice", "defects", remarks=REMARKS),
    "begin_again": lambda one, by: actions.open_penalty(
        by=by, rectification=Rectification.objects.get(inspection=one.inspection_id)
    ),
}  # fmt: skip


def final(kind: str) -> dict[str, Act]:
    """A revocation or a ban: one step, final and public at once."""
    return ASKED | {
        "decide": decide(kind, "approve"), "send_back": decide(kind, "defects", remarks=REMARKS),
    }  # fmt: skip


def did(act: Act, role: str) -> Callable[[Sanction, Who], object]:
    return lambda one, who: act(one, who[role])


NOT_TIED = ("notified", "ripe", "asked", "heard")
HEARD: Table = {
    "ask_hearing": {"notified": {"head"}},
    "record_hearing": {"asked": DESK},
    "decide": {"ripe": DESK, "heard": DESK},
}
LOOKED_AT: Table = {
    # Who made the decision looks at nothing again, though of the department.
    "review_overturns": {"reviewed": {"lead"}},
    "review_upholds": {"reviewed": {"lead"}},
}
PENALTY_TABLE: Table = HEARD | LOOKED_AT | {
    "notify": {"open": DESK},
    "deliver": {"decided": DESK},
    "drop": dict.fromkeys(("open", *NOT_TIED), DESK),
    "publish": dict.fromkeys(("decided", "delivered", "reviewed"), DESK),
    "ask_review": {"decided": {"head"}, "delivered": {"head"}},
    "overturn": {state: {"lead"} for state in ("decided", "delivered", "reviewed")},
    "begin_again": {"overturned": DESK},
}  # fmt: skip
FINAL_TABLE: Table = HEARD | LOOKED_AT | {
    "drop": dict.fromkeys(NOT_TIED, DESK),
    "ask_review": {"decided": {"head"}},
    "overturn": {"decided": {"lead"}, "reviewed": {"lead"}},
}  # fmt: skip


def stages(acts: dict[str, Act]) -> list[Stage]:
    """Told, the time to be heard over, and in time: asked, heard, decided, looked at again, overturned."""
    return [
        Stage("notified", 0, did(acts["notify"], "officer") if "notify" in acts else Stage.to),
        Stage("ripe", 20),
        Stage("asked", 1, did(acts["ask_hearing"], "head")),
        Stage("heard", 1, did(heard, "officer")),
        Stage("decided", 20, did(acts["decide"], "officer")),
        *([Stage("delivered", 20, did(acts["deliver"], "officer"))] if "deliver" in acts else []),
        Stage("reviewed", 20, did(acts["ask_review"], "head")),
        Stage("overturned", 21, did(acts["overturn"], "lead")),
    ]


def penalty() -> Sanction:
    made = failed(ordered(on=MONDAY))
    assert made is not None
    return made


def banned() -> Sanction:
    one = ordered(nursery(SHIZHONG), on=MONDAY)
    with at(MONDAY):
        actions.state_ground(by=office(SHIZHONG), rectification=one, ground=Ground.CHAOTIC, reason="混乱")
    made = failed(one)
    assert made is not None
    return made


def revoked() -> Sanction:
    kept = nursery(SHIZHONG)
    for year in (2022, 2023):
        inspected(kept, on=date(year, 6, 1))
    return Sanction.objects.get(institution=kept)


def goes(act: Callable[[], object]) -> bool:
    """Whether an act goes through; it is undone."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except (Refused, PermissionDenied):
        return False
    return True


@pytest.mark.parametrize(
    ("begun", "place", "department", "acts", "table"),
    [
        (penalty, GULOU, "health", PENALTY, PENALTY_TABLE),
        (banned, SHIZHONG, "health", final("ban"), FINAL_TABLE),
        (revoked, SHIZHONG, "admin_approval", final("revocation"), FINAL_TABLE),
    ],
    ids=["penalty", "ban", "revocation"],
)
def test_who_may_do_what_in_which_state_is_as_the_table_says(
    begun: Callable[[], Sanction], place: str, department: str, acts: dict[str, Act], table: Table
) -> None:
    made = begun()
    who = people(place, department) | {"head": head(made.institution)}
    own = {role: who[role] for role in ("officer", "lead", "head")}
    found: Table = {}
    first = [Stage("open", 0)] if "notify" in acts else []
    for stage in [*first, *stages(acts)]:
        with at(made.opened_on + timedelta(days=stage.days)):
            stage.to(Sanction.objects.get(pk=made.pk), who)
            one = Sanction.objects.get(pk=made.pk)
            for name, act in acts.items():
                allowed = stage.name in table.get(name, {})
                # A stranger is tried where somebody else succeeds.
                for role, somebody in (who if allowed else own).items():
                    if goes(partial(act, deepcopy(one), somebody)):
                        found.setdefault(name, {}).setdefault(stage.name, set()).add(role)
    assert found == table


ACCOUNTABILITY: Table = {
    "close": {"active": DESK},
    "ask": {"active": DESK},
    "refuse": {"active": DESK},
    "answer": {"asked": {"head"}},
}


def test_who_may_do_what_in_a_case_of_accountability_is_as_the_table_says() -> None:
    place = nursery()
    own = head(place)
    incident = stated.incident(own, place)
    who = people(GULOU, "health") | {"head": own}
    asked = (RemarkGiven("请说明", page="answer", field="text"),)

    def opened() -> Incident:
        return Incident.objects.get(pk=incident.pk)

    def step() -> Step:
        return Step.objects.get(case=incident.case_id)

    acts: dict[str, Callable[[Actor], object]] = {
        "close": lambda by: cases.decide(by=by, step=step(), decision="approve", reason="已落实"),
        "ask": lambda by: cases.decide(by=by, step=step(), decision="defects", remarks=asked),
        "refuse": lambda by: cases.decide(by=by, step=step(), decision="refuse", reason="不属实"),
        "answer": lambda by: care.answer_incident(
            by=by, incident=Incident.objects.get(pk=incident.pk), text="两人看护"
        ),
    }
    found: Table = {}
    for state, to in (("active", None), ("asked", "ask"), ("closed", "close")):
        if state == "closed":
            acts["answer"](own)
        if to is not None:
            acts[to](who["officer"])
        for name, act in acts.items():
            for role, somebody in who.items():
                if goes(lambda act=act, by=somebody: act(by)):  # type: ignore[misc]
                    found.setdefault(name, {}).setdefault(state, set()).add(role)
    assert Case.objects.get(incident=incident).state == "done"
    assert found == ACCOUNTABILITY
