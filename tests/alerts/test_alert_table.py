"""Who may do what to an alert in which state: every act of everybody, against a table by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.alerts import actions, queries
from tuoyu.alerts.models import Alert
from tuoyu.alerts.permissions import VIEW_ALERTS
from tuoyu.alerts.vocabulary import STANDING
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import queries as jurisdictions
from workforce.staff import GULOU, XUANWU, head, nursery

pytestmark = pytest.mark.django_db

DESK = {"officer", "lead"}
ACTS: dict[str, Callable[[Alert, Actor], object]] = {
    "acknowledge": lambda one, by: actions.acknowledge(by=by, alert=one),
    "resolve": lambda one, by: actions.resolve(by=by, alert=one, note="已处置"),
    "resolve without a word": lambda one, by: actions.resolve(by=by, alert=one, note=" "),
}
TABLE: dict[str, dict[str, set[str]]] = {
    "open": {"acknowledge": DESK, "resolve": DESK},
    "acknowledged": {"resolve": DESK},
    "resolved": {},
    "ended": {},
}
SEEN = DESK | {"head", "place_lead"}


def people(place: object) -> dict[str, Actor]:
    seats = {
        "officer": (Role.OFFICER, "health", GULOU),
        "lead": (Role.DEPARTMENT_LEAD, "health", GULOU),
        "not_addressed": (Role.DEPARTMENT_LEAD, "cdc", GULOU),
        "neighbour": (Role.DEPARTMENT_LEAD, "health", XUANWU),
        "place_lead": (Role.JURISDICTION_LEAD, "", GULOU),
        "auditor": (Role.AUDIT_ADMIN, "", GULOU),
    }
    found = {name: actor_for(seated(*seat, username=name)) for name, seat in seats.items()}
    return found | {"head": head(place), "other_head": head(nursery(GULOU))}  # type: ignore[arg-type]


@pytest.mark.parametrize("state", TABLE)
def test_an_alert_takes_only_what_the_table_says_from_whom_it_says(state: str) -> None:
    place, now = nursery(GULOU), clock.now()
    taken = {"acknowledged_at": now, "acknowledged_label": "甲"} if state == "acknowledged" else {}
    over = (
        {"ended_at": now, "ended_label": "甲", "ending": "已处置"} if state in ("resolved", "ended") else {}
    )
    alert = Alert.objects.create(
        institution=place, division_code=GULOU, rule="staffing", name="配比不足", source="x",
        pack=jurisdictions.version_for_case(GULOU, clock.today()), first_day=clock.today(),
        last_day=clock.today(), addressees=["health"], state=state, due_at=now + timedelta(days=1),
        **taken, **over,
    )  # fmt: skip
    who = people(place)
    for name, by in who.items():
        assert set(found_by(by, alert).values()) == {name in SEEN}, (name, found_by(by, alert))
    Alert.objects.update(told=False)
    untold = {name for name, by in who.items() if visible_to(by, VIEW_ALERTS, Alert.objects.all())}
    assert untold == SEEN - {"head"}
    for name, act in ACTS.items():
        may = {role for role, by in who.items() if takes(alert, act, by)}
        assert may == TABLE[state].get(name, set()), name


def found_by(by: Actor, alert: Alert) -> dict[str, bool]:
    """Whether the actor comes upon the alert, by each way there is."""
    place, rows = alert.institution_id, Alert.objects.all()
    narrowed = queries.Narrowed(state=alert.state)
    found = {
        "visible": bool(visible_to(by, VIEW_ALERTS, rows)),
        "listed": bool(queries.alerts(by, narrowed)),
        "of an institution": bool(queries.seen(by, rows)),
    }
    standing = {
        "counted": queries.counted(by)["standing"] == 1,
        "waiting": bool(queries.waiting(by)),
        "a rule to choose": bool(queries.rules_of(by)),
        "on the tab": bool(queries.alerts_at(by, place)),
    }
    if alert.state in STANDING:
        return found | standing
    assert not any(standing.values()), "what is over waits for nobody"
    return found


def takes(alert: Alert, act: Callable[[Alert, Actor], object], by: Actor) -> bool:
    """Whether the act is done; it is undone at once."""
    before = Alert.objects.filter(pk=alert.pk).values().get()
    with transaction.atomic():
        try:
            act(Alert.objects.get(pk=alert.pk), by)
        except (PermissionDenied, Refused):
            assert Alert.objects.filter(pk=alert.pk).values().get() == before, "nothing half done"
            return False
        transaction.set_rollback(True)
    return True
