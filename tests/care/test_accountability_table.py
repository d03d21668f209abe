"""Who may do what in a case of accountability in which state: every act of everybody, by hand."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.people import seated
from care import stated
from tuoyu.accounts.actors import actor_for
from tuoyu.care import actions, queries
from tuoyu.care.models import Incident
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from workforce.staff import GULOU, XUANWU, head, nursery

pytestmark = pytest.mark.django_db

Act = Callable[[Incident, Actor], object]
DESK = {"officer", "lead"}


def decided(decision: str) -> Act:
    def act(one: Incident, by: Actor) -> object:
        step = Step.objects.filter(case=one.case, state="active").first()
        if step is None:
            raise Refused("没有在办的环节。")
        more = {"remarks": [RemarkGiven("当时谁在场？")]} if decision == "defects" else {"reason": "理由"}
        due = clock.today() + timedelta(days=5) if decision == "defects" else None
        return cases.decide(by=by, step=step, decision=decision, answer_due_on=due, **more)  # type: ignore[arg-type]

    return act


def answered(text: str) -> Act:
    return lambda one, by: actions.answer_incident(by=by, incident=one, text=text)


def withdrawn(one: Incident, by: Actor) -> object:
    assert one.case is not None
    return cases.withdraw(by=by, case=one.case, reason="不办了")


ACTS: dict[str, Act] = {
    "hold to account": decided("approve"),
    "ask": decided("defects"),
    "let go": decided("refuse"),
    "answer": answered("两名保育人员在场。"),
    "answer nothing": answered(" \u200b"),
    "name somebody": answered("家长电话13800138000"),
    "withdraw": withdrawn,
}
AT_THE_OFFICE = {"hold to account": DESK, "ask": DESK, "let go": DESK}
TABLE: dict[str, tuple[list[tuple[str, str]], dict[str, set[str]]]] = {
    "open": ([], AT_THE_OFFICE),
    "asked": ([("ask", "officer")], {"answer": {"head"}}),
    # It comes back to who asked.
    "answered": ([("ask", "officer"), ("answer", "head")], {key: {"officer"} for key in AT_THE_OFFICE}),
    "held to account": ([("hold to account", "lead")], {}),
    "let go": ([("let go", "lead")], {}),
}


@pytest.mark.parametrize("state", TABLE)
def test_a_case_of_accountability_takes_only_what_the_table_says_from_whom_it_says(state: str) -> None:
    come_by, table = TABLE[state]
    place = nursery(GULOU)
    who: Mapping[str, Actor] = {
        "head": head(place),
        "other_head": head(nursery(GULOU)),
        "worker": actor_for(seated(Role.NURSERY_STAFF, username="worker", institution_id=place.pk)),
        "officer": actor_for(seated(Role.OFFICER, "health", GULOU)),
        "lead": actor_for(seated(Role.DEPARTMENT_LEAD, "health", GULOU)),
        "other_department": actor_for(seated(Role.DEPARTMENT_LEAD, "education", GULOU)),
        "neighbour": actor_for(seated(Role.DEPARTMENT_LEAD, "health", XUANWU)),
    }
    incident = stated.incident(who["head"], place)
    for name, role in come_by:
        ACTS[name](read(incident), who[role])
    for name, act in ACTS.items():
        may = {role for role, by in who.items() if takes(incident, act, by)}
        assert may == table.get(name, set()), name


def read(incident: Incident) -> Incident:
    return Incident.objects.select_related("institution", "case").get(pk=incident.pk)


def takes(incident: Incident, act: Act, by: Actor) -> bool:
    """Whether the act is done; it is undone at once."""
    done = False
    with transaction.atomic():
        try:
            act(read(incident), by)
            done = True
        except (PermissionDenied, Refused):
            pass
        transaction.set_rollback(True)
    return done


def test_days_and_incidents_are_listed_and_counted_within_reach_alone() -> None:
    place = nursery(GULOU)
    by = head(place)
    incident = stated.incident(by, place)
    stated.day(by, place)
    asked = queries.DayAsked(clock.today())
    sees = {
        "head": by,
        "officer": actor_for(seated(Role.OFFICER, "health", GULOU)),
        "neighbour": actor_for(seated(Role.OFFICER, "health", XUANWU)),
        "other_head": head(nursery(XUANWU)),
    }
    for name, who in sees.items():
        found = {
            bool(queries.days_at(who, place.pk)),
            place.pk in [row["id"] for row in queries.on_day(who, asked)],
            queries.counted_on(who, clock.today())["stated"] == 1,
            incident in queries.incidents(who),
            bool(queries.incidents_at(who, place.pk)),
        }
        assert found == {name in ("head", "officer")}, name


def test_a_nursery_that_is_filed_no_longer_states_and_reports_nothing() -> None:
    place = nursery(GULOU)
    by = head(place)
    place.filing, place.filing_ended_on = "cancelled", clock.today()
    place.save()
    for act in (stated.day, stated.incident):
        with pytest.raises(Refused, match="没有备案"):
            act(by, place)
