"""What was begun, decided, delivered after a rectification that failed."""

from datetime import date, timedelta
from typing import Any

from supervision.inspected import at, office, ordered
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core.actor import Actor
from tuoyu.supervision import actions
from tuoyu.supervision.models import Rectification, Sanction

MONDAY = date(2026, 11, 2)


def failed(one: Rectification, **more: Any) -> Sanction | None:
    """Its time passed, nobody answered, the officer found it not mended."""
    assert one.case.answer_due_on is not None
    with at(one.case.answer_due_on + timedelta(days=1)):
        actions.pass_over_silence(by=office(one.division_code), rectification=one, reason="")
        step = one.case.steps.get(key="recheck")
        cases.decide(by=office(one.division_code), step=step, decision="refuse", reason="没有整改", **more)
    return Sanction.objects.filter(inspection=one.inspection).first()


def step(sanction: Sanction, key: str) -> Step:
    return sanction.case.steps.get(key=key)


def approve(sanction: Sanction, key: str, by: Actor | None = None, **result: Any) -> Case:
    return cases.decide(
        by=by or office(sanction.institution.division_code), step=step(sanction, key), decision="approve",
        result=result,
    )  # fmt: skip


def penalty(on: date = MONDAY) -> Sanction:
    made = failed(ordered(on=on))
    assert made is not None
    return made


def decided(on: date = MONDAY) -> Sanction:
    """A penalty that was decided after the time to be heard."""
    made = penalty(on)
    with at(made.opened_on):
        approve(made, "notice", measure="罚款")
    made.refresh_from_db()
    assert made.hearing_until is not None
    with at(made.hearing_until + timedelta(days=1)):
        approve(made, "decision", measure="罚款五千元", amount="5000")
    made.refresh_from_db()
    return made
