"""What comes after a filing: by many at once, and what `tuoyu check` finds when it was broken on purpose."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from institutions import desk
from journeys import AT
from scenarios.test_a5_life import YEARLY, After, ending, filed
from tuoyu.accounts.actors import actor_for
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import checks
from tuoyu.core.models import OutboxMessage
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions
from tuoyu.institutions.models import Application, Certificate, Institution, YearlyResult


def found_by_checks() -> list[str]:
    named = [one for one in checks.every() if one.name.startswith("institutions.")]
    return [finding for result in checks.run(named) for finding in result.findings]


@pytest.mark.django_db
def test_a_cancelled_filing_that_was_not_wholly_ended_is_found() -> None:
    before = filed(AT["H"])
    mine = ending(before).sent().approve("cancellation")
    institution = mine.institution
    assert found_by_checks() == []
    Certificate.objects.filter(institution=institution, kind="receipt").update(
        cancelled_on=None, cancelled_reason=""
    )
    assert any("is still good" in one for one in found_by_checks())
    OutboxMessage.objects.filter(topic="cancellation.approved", department=institution.registrar).delete()
    assert any("was not told" in one for one in found_by_checks())
    Application.objects.filter(pk=mine.pk).update(state="submitted")
    assert any("is still under way" in one for one in found_by_checks())


@pytest.mark.django_db
def test_one_review_a_year_and_what_it_came_to_is_what_its_case_came_to() -> None:
    before = filed(AT["H"])
    After.of(before, "annual_review").typed("yearly", **YEARLY).sent().approve("review")
    assert found_by_checks() == []
    kept = YearlyResult.objects.get()
    YearlyResult.objects.filter(pk=kept.pk).update(result="failed", reasons="不合格")
    assert any("but its case is done" in one for one in found_by_checks())
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_handed_in_and_decided_by_eight_at_once_a_filing_ends_once() -> None:
    before = filed(AT["H"])
    mine = ending(before)
    head = actor_for(before.applicant)

    def hand_in() -> Any:
        return actions.submit(by=head, application=Application.objects.get(pk=mine.pk))

    assert len({case.pk for case in at_once(hand_in)}) == 1
    step = mine.step("cancellation")
    health = desk.officer("health", step.division_code)
    decided = at_once(lambda: cases.decide(by=health, step=step, decision="approve"))
    assert sum(isinstance(one, Case) for one in decided) == 1
    assert Institution.objects.get(pk=before.institution.pk).filing == "cancelled"
    assert OutboxMessage.objects.filter(topic="cancellation.approved").count() == 2
    assert found_by_checks() == []


def at_once(work: Any) -> list[Any]:
    def run(_: int) -> Any:
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(8)))
