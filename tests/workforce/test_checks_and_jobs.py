"""What `tuoyu check` finds when it is broken on purpose, and what midnight changes."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.people import browser, seated
from institutions import desk
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Notice, Step
from tuoyu.core import checks, clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Overtaken
from tuoyu.workforce import actions, jobs, queries, registers
from tuoyu.workforce.actions.capacity import changed_on
from tuoyu.workforce.checks import alerts_are_counted
from tuoyu.workforce.models import AlertCount, ClassAssignment, Employment, Person, Qualification, RecordCheck
from workforce.staff import GULOU, XUANWU, carer, certified, days, head, head_user, hired, nursery

pytestmark = pytest.mark.django_db


def findings() -> dict[str, list[str]]:
    named = [one for one in checks.every() if one.name.startswith("workforce.")]
    return {result.name: result.findings for result in checks.run(named) if result.findings}


def without(table: str, constraint: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"')


def test_each_invariant_is_found_when_broken_on_purpose() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    foreign = nursery(GULOU, ("外班", "infant", 5))
    by = head(place)
    one, two = carer(by, place, 1, place.classes.get()), hired(by, place, 2)
    assert findings() == {}

    without("workforce_employment", "employment_full_time_once")
    Employment.objects.create(
        person=two.person, institution=foreign, name="甲", post="cook", contract="labour",
        period=DateRange(clock.today(), None), hired_label="甲",
    )  # fmt: skip
    assert list(findings()) == ["workforce.full_time_once"]
    Employment.objects.filter(institution=foreign).update(full_time=False)

    stay = ClassAssignment.objects.filter(employment=one)
    stay.update(period=DateRange(days(-5), None))
    assert list(findings()) == ["workforce.assignments_lie_within"]
    stay.update(period=DateRange(clock.today(), None), class_group=foreign.classes.get())
    assert list(findings()) == ["workforce.assignments_lie_within"]
    stay.update(class_group=place.classes.get())

    RecordCheck.objects.filter(person=one.person).update(result="hit")
    assert "workforce.nobody_with_a_hit_works_on" in findings()
    RecordCheck.objects.filter(person=one.person).update(result="clear")

    Person.objects.filter(pk=one.person_id).update(identity_key="v1:sm3:wrong")
    assert list(findings()) == ["workforce.people_found_by_number"]


def beijing(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC) - timedelta(hours=8)  # type: ignore[arg-type]


def test_a_certificate_that_lapses_at_midnight_in_beijing_changes_capacity_and_is_told_once() -> None:
    with clock.set_to(beijing(2026, 3, 2, 10)):
        place = nursery(GULOU, ("小一班", "toddler_small", 15))
        user = head_user(place)
        by, group = actor_for(user), place.classes.get()
        for number in (1, 2):
            carer(by, place, number, group)
        third = carer(by, place, 3, group)
        kind = {"kind": "health_certificate"}
        Qualification.objects.filter(person=third.person, **kind).update(expires_on=date(2026, 6, 30))

        def allowed() -> int | None:
            return registers.standing_of(place).live.sure.allowed

    with clock.set_to(beijing(2026, 6, 30, 23, 59)):
        assert allowed() == 15
        assert jobs.tell_capacities(0) == 0
    with clock.set_to(beijing(2026, 7, 1, 0, 0)):
        assert allowed() == 10
        for _ in range(2):
            jobs.tell_capacities(0)
        event = AuditEvent.objects.get(verb="institution.capacity_changed")
        assert event.after == {"day": "2026-07-01", "before": 15, "now": 10, "employments": [third.pk]}
        assert "员工" not in f"{event.note}{event.after}"
        told = Notice.objects.get(user=user)
        assert "从15人变为10人" in told.text
        assert "员工3健康合格证已失效" in told.text
        head_sees = browser(user).get(f"/institutions/{place.pk}/staffing/").content.decode()
        officer = browser(seated(Role.OFFICER, "health", GULOU))
        officer_sees = officer.get(f"/institutions/{place.pk}/staffing/").content.decode()
        for page in (head_sees, officer_sees):
            assert "员工3</a>（小一班）：健康合格证已失效（2026-07-01起）" in page
            assert "托儿所幼儿园卫生保健管理办法" in page
            assert "可收托" in page
            assert "10" in page
        assert "可收托人数随人员变化" in officer.get(f"/institutions/{place.pk}/").content.decode()
        certified(by, third, "health_certificate", number="新证")
        assert allowed() == 15


def test_who_leaves_is_moved_or_loses_a_paper_changes_the_class_that_day() -> None:
    with clock.set_to(beijing(2026, 3, 2, 10)):
        place = nursery(GULOU, ("小一班", "toddler_small", 15), ("大一班", "toddler_large", 14))
        by = head(place)
        small, large = place.classes.order_by("pk")
        staff = [carer(by, place, number, small if number < 4 else large) for number in range(1, 6)]

        def live(day: date) -> list[int | None]:
            return [c.allowed for c in registers.standing_of(place, day).live.sure.classes]

        today = clock.today()
        assert live(today) == [15, 14]
        actions.end_employment(by=by, employment=staff[0], last_day=today, reason="离职")
        assert live(today) == [15, 14]
        assert live(today + timedelta(days=1)) == [10, 14]
        next_week = today + timedelta(days=7)
        actions.assign_to_class(by=by, employment=staff[3], class_group=small, from_day=next_week)
        assert live(next_week) == [15, 7]
        paper = staff[4].person.qualifications.get(kind="carer_training")
        actions.withdraw_qualification(by=by, employment=staff[4], qualification=paper, reason="证是假的")
        assert live(today) == [15, 7]


def test_two_workers_at_midnight_tell_it_once() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 15))
    by = head(place)
    one = carer(by, place, 1, place.classes.get())
    Employment.objects.filter(pk=one.pk).update(period=DateRange(days(-9), None))
    ClassAssignment.objects.update(period=DateRange(days(-9), None))
    Qualification.objects.update(issued_on=days(-9))
    Qualification.objects.filter(kind="health_certificate").update(expires_on=days(-1))
    found = changed_on(place, clock.today())
    assert found is not None
    assert jobs.tell_capacities(0) == 1
    assert jobs.tell_capacities(0) == 0
    # One that had looked before the other wrote comes too late.
    late = {"institution": place, "day": clock.today(), "eve": found[0], "then": found[1]}
    with pytest.raises(Overtaken):
        actions.tell_capacity(by=Actor.system("测试"), **late)
    assert AuditEvent.objects.filter(verb="institution.capacity_changed").count() == 1


def test_a_badge_says_how_many_alerts_the_board_shows_and_follows_the_register() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    user = head_user(place)
    by = actor_for(user)
    officer = browser(seated(Role.OFFICER, "health", GULOU, username="badge-officer"))
    elsewhere = browser(seated(Role.OFFICER, "health", XUANWU, username="badge-elsewhere"))
    one = carer(by, place, 1, place.classes.get())
    # Nobody has looked through the register yet: nothing is said.
    assert shown_beside(officer, "人员和证书") == ""
    assert jobs.count_alerts(0) == 1
    (told,) = queries.attention([place.pk])
    assert told.broken
    assert shown_beside(officer, "人员和证书") == str(len(told.broken) + len(told.soon))
    assert shown_beside(browser(user), "人员和证书") == shown_beside(officer, "人员和证书")
    assert shown_beside(elsewhere, "人员和证书") == ""
    assert "also-waiting" in officer.get("/inbox/").content.decode()
    assert "also-waiting" in browser(user).get("/institutions/").content.decode()
    assert "also-waiting" not in elsewhere.get("/inbox/").content.decode()
    # What has changed is counted again, and only that.
    assert jobs.count_alerts(0) == 0
    actions.end_employment(by=by, employment=one, last_day=clock.today(), reason="离职")
    assert AlertCount.objects.get().stale
    assert jobs.count_alerts(0) == 1
    assert list(alerts_are_counted()) == []
    AlertCount.objects.update(broken=7)
    assert len(list(alerts_are_counted())) == 1
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert jobs.count_alerts(0) == 1


def shown_beside(client: Any, label: str) -> str:
    """The number beside an entry of the navigation."""
    page = client.get("/staff/alerts/").content.decode()
    found = re.search(
        rf'<span>{label}</span>(?:<span class="count" aria-label="[^"]*">([^<]*)</span>)?', page
    )
    assert found is not None
    return found[1] or ""


def test_the_inbox_with_work_in_it_counts_the_boards_in_the_statement_it_asks_anyway() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    hired(head(place), place, 1)
    jobs.count_alerts(0)
    officer = browser(seated(Role.OFFICER, "health", GULOU, username="with-work"))
    count = AlertCount.objects.get()
    without_work = officer.get("/inbox/").content.decode()
    desk.submitted(desk.applicant("园长甲"))
    Step.objects.filter(state="waiting").update(state="active", started_at=clock.now())
    with_work = officer.get("/inbox/").content.decode()
    for page in (without_work, with_work):
        assert f'人员和证书<span class="count">{count.broken + count.soon}</span>' in page
