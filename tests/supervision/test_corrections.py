"""A result that is changed: the order to mend, what was published and the year follow it."""

from datetime import date

import pytest

from supervision.inspected import SHIZHONG, inspected, nursery, office, ordered
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Publication
from tuoyu.supervision.actions import correct
from tuoyu.supervision.models import Inspection, Rectification, Sanction
from tuoyu.supervision.vocabulary import Result

pytestmark = pytest.mark.django_db


def changed(inspection: Inspection, result: Result) -> None:
    lead = office(inspection.division_code[:6], role=Role.DEPARTMENT_LEAD)
    correct(by=lead, inspection=inspection, result=result, reason="误判", decided_on=clock.today())


def test_passed_after_all_the_order_ends_and_its_publication_is_withdrawn_with_the_reason() -> None:
    order = ordered(nursery(SHIZHONG))
    published = Publication.objects.get(case=order.case)
    changed(order.inspection, Result.PASS)
    order.case.refresh_from_db()
    published.refresh_from_db()
    assert order.case.state in Case.ENDED
    assert published.withdrawn_on == clock.today()
    assert "误判" in published.withdrawn_reason


def test_failed_after_all_the_order_is_given() -> None:
    passed = inspected(nursery(), result=Result.PASS)
    assert not Rectification.objects.filter(inspection=passed).exists()
    changed(passed, Result.RECTIFY)
    assert Rectification.objects.get(inspection=passed).case.state == Case.State.RETURNED


def test_a_year_whose_failure_was_a_mistake_counts_as_passed() -> None:
    """市中区 二.(四).3: two failing years in a row; the first was none."""
    kept = nursery(SHIZHONG)
    this = clock.today().year
    first = inspected(kept, on=date(this - 1, 6, 1))
    changed(first, Result.PASS)
    inspected(kept)
    assert not Sanction.objects.filter(institution=kept).exists()


def test_a_year_found_failing_after_all_completes_the_row() -> None:
    kept = nursery(SHIZHONG)
    inspected(kept, on=date(clock.today().year - 1, 6, 1))
    second = inspected(kept, result=Result.PASS)
    assert not Sanction.objects.filter(institution=kept).exists()
    changed(second, Result.RECTIFY)
    assert Sanction.objects.get(institution=kept).kind == "revocation"
