"""Days of nurseries, stated quickly."""

from datetime import date
from typing import Any

from tuoyu.care import actions
from tuoyu.care.actions import IncidentGiven
from tuoyu.care.models import DailyReturn, Incident
from tuoyu.care.rules import CasesGiven, ClassGiven, ReturnGiven
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution


def day(
    by: Actor,
    institution: Institution,
    on: date | None = None,
    *,
    children: int = 5,
    carers: int = 3,
    checked: int | None = None,
    unexamined: int = 0,
    cases: dict[str, int] | None = None,
    reason: str = "",
) -> DailyReturn:
    """A day on which every class was the same; `cases` fell ill in the first. Everybody was checked, unless
    another number is said."""
    seen = children if checked is None else checked
    rooms = list(institution.classes.open_on(on or clock.today()).order_by("pk").values_list("pk", flat=True))
    ill = tuple(CasesGiven(symptom, number) for symptom, number in (cases or {}).items())
    given = ReturnGiven(
        False,
        tuple(
            ClassGiven(room, children, carers, ill if index == 0 else (), seen, unexamined)
            for index, room in enumerate(rooms or [None])
        ),
    )
    return actions.state_day(
        by=by, institution=institution, day=on or clock.today(), given=given, reason=reason
    )


def closed(by: Actor, institution: Institution, on: date) -> DailyReturn:
    return actions.state_day(by=by, institution=institution, day=on, given=ReturnGiven(closed=True))


def incident(by: Actor, institution: Institution, **changed: Any) -> Incident:
    given = {
        "kind": "fall", "severity": "serious", "spot": "stairs", "happened_at": clock.now(), "hurt": 1,
        "what": "下楼时踩空。", "measures": "立即送医，通知家长，封闭楼梯口检查。",
    } | changed  # fmt: skip
    return actions.report_incident(by=by, institution=institution, given=IncidentGiven(**given))
