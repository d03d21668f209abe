"""Running days are set anew when a year's working days are published, or corrected."""

from datetime import date

import pytest

from supervision.inspected import at, head_user, office, ordered
from supervision.sanctioned import approve, decided, penalty
from supervision.years import published
from tuoyu.cases.models import Notice
from tuoyu.core import workdays
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.supervision import actions
from tuoyu.supervision.models import Rectification, Sanction

pytestmark = pytest.mark.django_db

LAST_WEEK = date(2026, 12, 30)


def corrected(on: date, *, worked: bool) -> None:
    workdays.set_workday(by=Actor.system("测试"), on=on, is_workday=worked, note="调休")


def proposed() -> Sanction:
    """A penalty told to the institution in the last days of a year."""
    made = penalty()
    with at(LAST_WEEK):
        approve(made, "notice", measure="罚款")
    made.refresh_from_db()
    return made


def test_the_days_to_be_heard_follow_a_year_once_it_is_known_and_the_institution_is_told() -> None:
    made = proposed()
    own = head_user(made.institution)
    assert (made.hearing_until, made.hearing_provisional) == (date(2027, 1, 6), True)
    with at(date(2026, 12, 31)):
        published(2027)
    made.refresh_from_db()
    assert (made.hearing_until, made.hearing_provisional) == (date(2027, 1, 7), False)
    assert Notice.objects.filter(user=own, title="听证申请期限顺延", text__contains="2027-01-07").count() == 1
    events = AuditEvent.objects.filter(verb="sanction.clock_recomputed", topic=made.topic)
    assert events.first().before["hearing_until"] == "2027-01-06"


def test_a_day_the_institution_was_told_is_never_set_earlier() -> None:
    made = proposed()
    with at(date(2026, 12, 31)):
        corrected(date(2027, 1, 2), worked=True)
    made.refresh_from_db()
    assert made.hearing_until == date(2027, 1, 6)


def test_the_days_to_decide_and_to_publish_follow_the_calendar_as_long_as_they_run() -> None:
    undecided, secret, public = penalty(), decided(), decided()
    last = undecided.decide_by
    assert last is not None
    with at(date(2026, 12, 3)):
        actions.publish_sanction(by=office(), sanction=public)
        corrected(date(2026, 12, 11), worked=False)
        corrected(last, worked=False)
    for one in (undecided, secret, public):
        one.refresh_from_db()
    assert (secret.publish_by, public.publish_by) == (date(2026, 12, 14), date(2026, 12, 11))
    assert undecided.decide_by == workdays.add_working_days(last, 1).on


def test_an_order_waiting_for_its_first_answer_gets_the_day_its_rule_gives_and_no_earlier_one() -> None:
    with at(date(2026, 12, 21)):
        waiting, longer = ordered(on=date(2026, 12, 21)), ordered(on=date(2026, 12, 21))
        first = waiting.first_due_on
        hers = workdays.add_working_days(first, 9).on
        actions.extend_rectification(by=office(), rectification=longer, until=hers, reason="施工")
        published(2027)
    rows = Rectification.objects.select_related("case")
    waiting, longer = rows.get(pk=waiting.pk), rows.get(pk=longer.pk)
    day = workdays.add_working_days(date(2026, 12, 21), 15).on
    assert day > first
    assert (waiting.first_due_on, waiting.case.answer_due_on) == (day, day)
    assert (longer.first_due_on, longer.case.answer_due_on) == (first, hers)
    with at(date(2026, 12, 22)):
        corrected(date(2027, 1, 2), worked=True)
    waiting.case.refresh_from_db()
    assert waiting.case.answer_due_on == day
