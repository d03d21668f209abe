"""A barred person and two hires, a hire and a bar, at the same moment: whichever comes first, nobody who is
barred is employed without an alert."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection

from tuoyu.core.problems import Refused
from tuoyu.workforce import actions
from tuoyu.workforce.actions import employments
from tuoyu.workforce.models import Bar, BarAlert, Employment, HiringCheck
from workforce import staff
from workforce.barred import XUANWU, given, health

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

ROUNDS = 6


def at_once(*works: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_barred_person_is_hired_by_neither_of_two_at_once_and_both_questions_are_kept() -> None:
    one, other = staff.nursery(), staff.nursery(XUANWU)
    actions.record_bar(by=health(), given=given(staff.identity(1)))
    heads = {place.pk: staff.head(place) for place in (one, other)}
    answers = at_once(
        *(
            lambda place=place: staff.hired(heads[place.pk], place, 1, full_time="no")
            for place in (one, other, one, other)
        )
    )
    assert all(isinstance(answer, Refused) for answer in answers)
    assert not Employment.objects.exists()
    assert list(HiringCheck.objects.values_list("outcome", flat=True)) == ["barred"] * 4


def test_of_a_hire_and_a_bar_at_the_same_moment_either_the_one_is_refused_or_the_other_alerts() -> None:
    place, office = staff.nursery(), health()
    by, hired = staff.head(place), 0
    for number in range(1, ROUNDS + 1):
        employment, bar = at_once(
            lambda number=number: staff.hired(by, place, number),
            lambda number=number: actions.record_bar(by=office, given=given(staff.identity(number))),
        )
        assert isinstance(bar, Bar)
        if isinstance(employment, Refused):
            assert "不能录用" in str(employment)
        else:
            hired += 1
            assert BarAlert.objects.filter(bar=bar, employment=employment).exists()
    assert Employment.objects.count() == hired == BarAlert.objects.count()


def test_a_bar_that_comes_while_a_hire_holds_the_person_finds_the_employment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, office, asked = staff.nursery(), health(), Event()
    by, create = staff.head(place), employments._create

    def slowly(employment: Employment) -> None:
        """The hire has asked, and found nothing; now the bar comes, and has time to be recorded."""
        asked.set()
        sleep(0.4)
        create(employment)

    def record() -> Bar:
        asked.wait(5)
        return actions.record_bar(by=office, given=given(staff.identity(1)))

    monkeypatch.setattr(employments, "_create", slowly)
    employment, bar = at_once(lambda: staff.hired(by, place, 1), record)
    assert isinstance(employment, Employment)
    assert BarAlert.objects.filter(bar=bar, employment=employment).exists()
