"""`tuoyu check` of supervision: nothing where nothing is wrong, and each thing that may be wrong, made so."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from supervision.inspected import at, inspected, office, office_user, ordered
from supervision.sanctioned import decided
from tuoyu.cases.models import Case, Step
from tuoyu.core import checks, clock
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Publication
from tuoyu.supervision import actions
from tuoyu.supervision.models import (
    Assignment,
    Correction,
    Inspection,
    Rectification,
    Sanction,
    SanctionedFinding,
)
from tuoyu.supervision.vocabulary import Result
from workforce import staff

pytestmark = pytest.mark.django_db
LONG_AGO = date(2026, 1, 5)
TODAY = date(2026, 12, 3)


def found() -> dict[str, list[str]]:
    own = [one for one in checks.every() if one.name.startswith("supervision.")]
    return {one.name.partition(".")[2]: one.findings for one in checks.run(own) if one.findings}


def accompanied(inspection: Inspection) -> None:
    for role in (Role.OFFICER, Role.DEPARTMENT_LEAD):
        Assignment.objects.create(inspection=inspection, user=office_user(role=role), department="health")


@pytest.fixture
def sanction() -> Sanction:
    """A penalty in force and public, its order and its inspection: nothing wrong with any."""
    made = decided()
    accompanied(made.inspection)
    actions.publish_sanction(by=office(), sanction=made)
    return made


def unpublished(one: Sanction) -> None:
    Inspection.objects.filter(pk=one.inspection_id).update(publish_due_on=LONG_AGO, published_at=None)


def kept_back(one: Sanction) -> None:
    Publication.objects.filter(case=one.case).delete()
    Sanction.objects.filter(pk=one.pk).update(publish_by=LONG_AGO)


def undecided(one: Sanction) -> None:
    Publication.objects.filter(case=one.case).delete()
    Sanction.objects.filter(pk=one.pk).update(
        state="notified", decided_on=None, measure="", decide_by=LONG_AGO
    )


def without_decision(one: Sanction) -> None:
    other = ordered(one.institution, on=TODAY)
    accompanied(other.inspection)
    Publication.objects.filter(case=one.case).update(case=other.case)
    Sanction.objects.filter(pk=one.pk).update(publish_by=TODAY)


def order_of_another(one: Sanction) -> None:
    made = actions.publish_failing(by=office(), rectification=one.inspection.rectification)
    Publication.objects.filter(pk=made.pk).update(institution=staff.nursery())


def shown_again(one: Publication) -> None:
    Publication.objects.filter(pk=one.pk).update(withdrawn_on=None, withdrawn_reason="", withdrawn_label="")


def still_public(one: Sanction) -> None:
    actions.overturn(by=office(role=Role.DEPARTMENT_LEAD), sanction=one, reason="判决撤销")
    Publication.objects.filter(case=one.case).update(
        withdrawn_on=None, withdrawn_reason="", withdrawn_label=""
    )


def changed(one: Sanction, result: Result = Result.PASS) -> Correction:
    return actions.correct(
        by=office(role=Role.DEPARTMENT_LEAD), inspection=one.inspection, result=result, reason="误判",
        decided_on=clock.today(),
    )  # fmt: skip


def result_still_public(one: Sanction) -> None:
    made = actions.publish_failing(by=office(), rectification=one.inspection.rectification)
    changed(one)
    shown_again(made)


def not_looked_at(one: Sanction) -> None:
    Step.objects.filter(case__recall=changed(one).recalls.get()).update(due_on=LONG_AGO)


def unanswered(one: Sanction) -> None:
    order = ordered(one.institution, on=TODAY)
    accompanied(order.inspection)
    Case.objects.filter(pk=order.case_id).update(answer_due_on=TODAY - timedelta(days=2))


def not_rechecked(one: Sanction) -> None:
    order = ordered(one.institution, on=TODAY)
    accompanied(order.inspection)
    Case.objects.filter(pk=order.case_id).update(state="open", answer_due_on=None)
    order.case.steps.update(state="active", due_on=LONG_AGO, started_at=clock.now())


def alone(one: Sanction) -> None:
    one.inspection.assignments.first().delete()


def not_ordered(one: Sanction) -> None:
    other = inspected(one.institution, on=TODAY)
    accompanied(other)
    Rectification.objects.filter(inspection=other).delete()


def not_referred(one: Sanction) -> None:
    other = inspected(one.institution, on=TODAY)
    accompanied(other)
    Inspection.objects.filter(pk=other.pk).update(result="refer")


def punished_twice(one: Sanction) -> None:
    one.sanctioned.update(in_force=False)
    again = actions.open_penalty(by=office(), rectification=one.inspection.rectification)
    assert again.sanctioned.count() == one.sanctioned.count()


def let_go(one: Sanction) -> None:
    SanctionedFinding.objects.filter(sanction=one).update(in_force=False)


BROKEN: list[tuple[Callable[[Sanction], None], set[str]]] = [
    (unpublished, {"results_in_time"}),
    (kept_back, {"sanctions_in_time"}),
    (undecided, {"sanctions_in_time"}),
    (without_decision, {"published_was_decided"}),
    (order_of_another, {"published_was_decided"}),
    (still_public, {"overturned_is_withdrawn"}),
    (result_still_public, {"overturned_is_withdrawn"}),
    (not_looked_at, {"sanctions_in_time"}),
    (unanswered, {"orders_in_time"}),
    (not_rechecked, {"orders_in_time"}),
    (alone, {"inspectors"}),
    (not_ordered, {"failing_inspections_followed"}),
    (not_referred, {"failing_inspections_followed"}),
    (punished_twice, {"punished_once"}),
    (let_go, {"punished_once"}),
]


def test_where_nothing_is_wrong_nothing_is_found(sanction: Sanction) -> None:
    with at(TODAY):
        assert found() == {}


@pytest.mark.parametrize(("breaks", "finds"), BROKEN, ids=[one.__name__ for one, _ in BROKEN])
def test_what_is_wrong_is_found(
    sanction: Sanction, breaks: Callable[[Sanction], None], finds: set[str]
) -> None:
    with at(TODAY):
        breaks(sanction)
        assert set(found()) == finds
