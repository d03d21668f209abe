"""Days that are over are brought to mind once; what a year still lacks; the directory by grade."""

from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.base import ModelState
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.people import browser, seated
from ratings import rated
from ratings.rated import BY, scores
from supervision.years import published
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Role
from tuoyu.core.problems import Overtaken
from tuoyu.institutions.models import Institution
from tuoyu.ratings import actions, jobs, queries
from tuoyu.ratings.models import Assessment, Reminder
from workforce.staff import GULOU, XUANWU, head_user, nursery

pytestmark = pytest.mark.django_db

LATER = timedelta(days=60)


def told(user: Any) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("title", flat=True))


# ---------------------------------------------------------------- a year that is published


def test_running_days_are_set_anew_once_their_year_is_published_and_the_institution_is_told() -> None:
    with clock.set_to(datetime(2026, 12, 15, 9, tzinfo=clock.BEIJING)):
        rated.adopted()
        own, scoring, told_of = rated.begun(), rated.to_score(rated.begun()), rated.to_score(rated.begun())
    with clock.set_to(datetime(2026, 12, 30, 9, tzinfo=clock.BEIJING)):
        rated.scored(told_of, rated.assessor(told_of.agency))
        actions.tell_result(by=BY, assessment=told_of)
        head = head_user(told_of.institution)
        before = [(own.self_due_on, own.self_due_provisional), (scoring.score_due_on, True)]
        published(2027)
        for one in (own, scoring, told_of):
            one.refresh_from_db()
        assert before == [(date(2027, 1, 12), True), (date(2027, 1, 12), True)]
        assert (own.self_due_on, own.self_due_provisional) == (date(2027, 1, 13), False)
        assert (scoring.score_due_on, scoring.score_due_provisional) == (date(2027, 1, 13), False)
        assert told_of.objection_until == date(2027, 1, 7)
        assert told(head)[-1] == "评估期限顺延"
        workdays.set_workday(by=BY, on=date(2027, 1, 2), is_workday=True, note="调休")
    for one in (own, scoring, told_of):
        one.refresh_from_db()
    assert (own.self_due_on, told_of.objection_until) == (date(2027, 1, 13), date(2027, 1, 7))
    assert scoring.score_due_on == date(2027, 1, 12), "the agency's day is what the calendar gives"


# ---------------------------------------------------------------- days that are over


def test_whoever_must_act_and_health_are_reminded_once_of_each_day_that_is_over() -> None:
    rated.adopted()
    institution, lead = nursery(GULOU), seated(Role.DEPARTMENT_LEAD, "health", GULOU)
    head, elsewhere = head_user(institution), seated(Role.DEPARTMENT_LEAD, "health", XUANWU)
    one = rated.begun(institution)
    expert = rated.assessor_user(one.agency)
    assert jobs.remind_overdue(0) == 0
    with pytest.raises(Overtaken):
        actions.remind(by=BY, assessment=one)
    with clock.set_to(clock.now() + LATER):
        assert (jobs.remind_overdue(0), jobs.remind_overdue(0)) == (1, 0)
        with pytest.raises(Overtaken):
            actions.remind(by=BY, assessment=one)
        assert (told(head)[-1], told(lead), told(expert)) == ("自评已逾期", ["评估逾期"], [])
        one = rated.to_score(one)
        assert one.score_due_on is not None
        assert one.score_due_on > clock.today()
        assert jobs.remind_overdue(0) == 0
    with clock.set_to(clock.now() + 2 * LATER):
        assert (jobs.remind_overdue(0), jobs.remind_overdue(0)) == (1, 0)
        assert (told(expert), told(lead)) == (["有新的评估任务", "评分已逾期"], ["评估逾期"] * 2)
        rated.scored(one, actor_for(expert), scores(20))
        actions.send_back(by=BY, assessment=one, reason="漏看了户外场地")
        assert jobs.remind_overdue(0) == 0, "scored anew it has new days"
        rated.scored(one, actor_for(expert))
    with clock.set_to(clock.now() + 3 * LATER):
        assert jobs.remind_overdue(0) == 1
        assert told(lead)[-1] == "核对审核已逾期"
        assert jobs.remind_overdue(0) == 0
    assert [one.of for one in Reminder.objects.all()] == ["self", "scoring", "office"]
    assert told(elsewhere) == []
    assert "核对审核已逾期" not in told(head)


def test_who_was_let_go_is_not_reminded_and_where_health_has_no_head_everybody_is() -> None:
    rated.adopted()
    one = rated.begun()
    gone, expert = rated.assessor_user(one.agency), rated.assessor_user(one.agency)
    actions.let_assessor_go(by=BY, assessor=one.agency.assessors.get(user=gone))
    rated.to_score(one)
    officer = seated(Role.OFFICER, "health", GULOU)
    with clock.set_to(clock.now() + LATER):
        jobs.remind_overdue(0)
    assert (told(gone), told(expert)) == ([], ["有新的评估任务", "评分已逾期"])
    assert told(officer) == ["评估逾期"]
    other = rated.begun()
    lead = seated(Role.DEPARTMENT_LEAD, "health", GULOU)
    with clock.set_to(clock.now() + LATER):
        actions.remind(by=BY, assessment=other)
    assert (told(lead), told(officer)) == (["评估逾期"], ["评估逾期"])


def test_a_day_is_over_only_when_it_is_and_only_of_whoever_must_act_now() -> None:
    rated.adopted()
    waits, scored = rated.begun(), rated.to_score(rated.begun())
    officer = actor_for(seated(Role.OFFICER, "health", GULOU))

    def late() -> set[int]:
        return set(queries.assessments(officer, state="overdue").values_list("pk", flat=True))

    last = scored.score_due_on or clock.today()
    Assessment.objects.update(self_due_on=clock.today(), score_due_on=clock.today())
    assert late() == set()
    assert [queries.overdue_of(one) for one in (waits, scored)] == [None, None]
    Assessment.objects.update(self_due_on=clock.today() - timedelta(days=1), score_due_on=last)
    assert late() == {waits.pk}, "what was handed in is late no more"
    rated.scored(scored, rated.assessor(scored.agency))
    scored.refresh_from_db()
    assert scored.case is not None
    scored.case.steps.exclude(state="active").update(due_on=clock.today() - timedelta(days=9))
    assert late() == {waits.pk}, "a step that is not under way is late of nothing"
    actions.send_back(by=BY, assessment=scored, reason="漏看")
    scored.case.steps.filter(state="active").update(due_on=clock.today() - timedelta(days=9))
    assert late() == {waits.pk}, "while the agency scores anew the office is not late"


def test_the_list_shows_who_is_late_and_until_when() -> None:
    rated.adopted()
    late, other = rated.begun(), rated.begun()
    officer = actor_for(seated(Role.OFFICER, "health", GULOU))
    with clock.set_to(clock.now() + LATER):
        rated.to_score(other)
        rows = list(queries.assessments(officer, state="overdue"))
        assert rows == [late]
        assert queries.due_on(rows[0]) == late.self_due_on
        page = browser(seated(Role.OFFICER, "health", GULOU, username="list")).get("/ratings/?state=overdue")
    said = page.content.decode()
    assert (f"/ratings/{late.pk}/" in said, f"/ratings/{other.pk}/" in said) == (True, False)


# ---------------------------------------------------------------- what a year lacks


def test_a_year_lacks_whoever_has_no_published_result_as_a_number_and_a_list() -> None:
    rated.adopted()
    done, going, waits, refused = (nursery(GULOU) for _ in range(4))
    elsewhere, nowhere = nursery(XUANWU), nursery("360102")
    rated.published(done)
    rated.begun(going)
    one = rated.begun(refused)
    actions.call_off(by=BY, assessment=one, reason="机构搬迁")
    year = clock.today().year
    user = seated(Role.OFFICER, "health", GULOU)
    figures = queries.year_figures(actor_for(user), year)
    assert (figures.wanted, figures.published, figures.under_way) == (4, 1, 1)
    assert (figures.lacking, figures.not_begun) == (3, 2)
    rows = list(queries.gaps(actor_for(user), year))
    assert [row["id"] for row in rows] == [waits.pk, refused.pk, going.pk]
    page = browser(user).get("/ratings/gaps/").content.decode()
    for words in ("还缺3家", "1家正在评估", "2家没有发起", going.name, waits.name, refused.name):
        assert words in page
    for institution in (done, elsewhere, nowhere):
        assert institution.name not in page
    answer = browser(user).get("/api/v1/assessment-gaps").json()
    assert (answer["wanted"], answer["published"], len(answer["rows"])) == (4, 1, 3)
    waiting = queries.not_assessed(actor_for(user), year)
    assert list(waiting) == [waits, refused]
    # Last year none of them was public yet, so last year lacks nothing of them.
    assert queries.year_figures(actor_for(user), year - 1).wanted == 0
    lead = Assessment.objects.get(institution=done)
    actions.withdraw_result(
        by=actor_for(seated(Role.DEPARTMENT_LEAD, "health", GULOU)), assessment=lead, reason="应回避"
    )
    assert queries.year_figures(actor_for(user), year).lacking == 4


def test_of_a_year_counts_what_is_of_that_year_filed_there_and_without_a_result() -> None:
    rated.adopted()
    this, since = clock.today().year, date(clock.today().year - 2, 1, 1)
    agency = rated.agency()
    again, old = nursery(GULOU, public_since=since), nursery(GULOU, public_since=since)
    nursery(GULOU, filing="pending", public_since=None)
    rated.published(again, of=agency)
    rated.begun(again, of=agency, again_reason="搬迁")
    rated.published(old, of=agency, year=this - 1)
    by = actor_for(seated(Role.OFFICER, "health", GULOU))
    now, before = queries.year_figures(by, this), queries.year_figures(by, this - 1)
    assert (now.wanted, now.published, now.under_way) == (2, 1, 0)
    assert (before.wanted, before.published, before.under_way) == (2, 1, 0)
    assert [row["id"] for row in queries.gaps(by, this)] == [old.pk]
    assert list(queries.not_assessed(by, this)) == [old]
    assert list(queries.not_assessed(by, this - 1)) == [again]
    nursery("360102")
    assert queries.year_figures(actor_for(seated(Role.OFFICER, "health", "360102")), this).wanted == 0


# ---------------------------------------------------------------- the directory


def like(one: Assessment, institutions: list[Institution]) -> None:
    """Each of these has a result like that one, with a decided case of its own."""
    assert one.case is not None
    cases = Case.objects.bulk_create(
        copied(one.case, number=f"{one.case.number}{n:02d}") for n in range(len(institutions))
    )
    Assessment.objects.bulk_create(
        copied(one, institution=institution, case=case)
        for institution, case in zip(institutions, cases, strict=True)
    )


def copied(row: Any, **changed: Any) -> Any:
    made = copy(row)
    made.pk, made._state = None, ModelState()
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def test_the_directory_and_its_api_know_the_grade_by_as_many_statements_for_one_as_for_fifty() -> None:
    tree, agency = rated.adopted(), rated.agency()
    four, *five = [nursery(GULOU, name=f"星级托育园{number:02d}") for number in range(51)]
    plain = nursery(GULOU, name="没有星级的园")
    second = rated.published(four, scores(25), of=agency)
    first = rated.published(five[0], of=agency)
    assert ((first.grade, second.grade), first.tree) == (("五星", "四星"), tree)
    like(first, five[1:])
    family, address = Client(), "/api/v1/institutions"

    def asked(**narrowed: Any) -> tuple[list[dict[str, Any]], int]:
        with CaptureQueriesContext(connection) as captured:
            rows = family.get(address, narrowed).json()["rows"]
        return rows, len(captured)

    def page(grade: str) -> tuple[str, int]:
        with CaptureQueriesContext(connection) as captured:
            said = family.get("/nurseries/", {"grade": grade}).content.decode()
        return said, len(captured)

    asked(grade="五星", size=50), page("五星")
    (one, few), (many, more) = asked(grade="四星", size=50), asked(grade="五星", size=50)
    assert ([row["name"] for row in one], len(many), few) == ([four.name], 50, more)
    assert {(row["graded"]["grade"], row["graded"]["stars"]) for row in many} == {("五星", 5)}
    (said, of_one), (_, of_many) = page("四星"), page("五星")
    assert (four.name in said, five[0].name in said, of_one) == (True, False, of_many)
    everybody, whole = asked(name="星级", size=50)
    assert (len(everybody), whole) == (50, few)
    assert asked(grade="三星")[0] == []
    assert family.get(f"{address}/{four.pk}").json()["graded"]["grade"] == "四星"
    assert family.get(f"{address}/{plain.pk}").json()["graded"] is None
