"""The same application handed in by eight at once, and the same registration told by eight at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from institutions import desk
from institutions.test_establishment import registrar, told_by_registrar
from tuoyu.cases.models import Case
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


def at_once(work: Callable[[], Any]) -> list[Any]:
    def run(_: int) -> Any:
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(8)))


def test_handed_in_by_eight_at_once_it_is_one_case() -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    answers = at_once(lambda: actions.submit(by=by, application=application))
    assert Case.objects.count() == 1
    assert {answer.pk for answer in answers} == {Case.objects.get().pk}


def test_told_by_eight_at_once_a_registration_is_one_record_and_one_answer() -> None:
    answers = at_once(lambda: actions.report_registration(by=registrar(), told=told_by_registrar()))
    institution = Institution.objects.get()
    assert {found.pk for found, _ in answers} == {institution.pk}
    assert sum(new for _, new in answers) == 1
