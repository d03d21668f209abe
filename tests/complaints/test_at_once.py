"""The same form sent by eight clicks at once, and a code tried by eight at once."""

from typing import Any

import pytest

from complaints.told import given, told
from institutions.test_handed_in_at_once import at_once
from tuoyu.cases.models import Case
from tuoyu.complaints import actions, rules
from tuoyu.complaints.models import Attempt, Complaint
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


def test_one_form_sent_by_eight_clicks_at_once_is_one_complaint_with_one_receipt() -> None:
    form = given()
    receipts: list[Any] = at_once(lambda: actions.report(by=Actor.public("203.0.113.1"), given=form))
    assert Complaint.objects.count() == Case.objects.count() == Attempt.objects.count() == 1
    assert len({(one.number, one.code) for one in receipts}) == 1
    assert sum(not one.again for one in receipts) == 1


def test_a_code_tried_by_eight_at_once_is_tried_five_times() -> None:
    _, receipt = told()
    by = Actor.public("203.0.113.1")
    answers = at_once(lambda: actions.look_up(by=by, number=receipt.number, code="22222222"))
    assert sum(isinstance(one, Refused) for one in answers) == 8 - rules.WRONG_CODES_A_NUMBER[0].count
