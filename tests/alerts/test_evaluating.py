"""What each rule finds, that it finds it once, and how it ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.people import browser, seated
from alerts import looked
from care import stated
from supervision.years import published
from tuoyu.accounts.actors import actor_for
from tuoyu.alerts import actions, jobs, live, queries
from tuoyu.alerts.checking import CHECKS, working_days
from tuoyu.alerts.evaluating import closed_days
from tuoyu.alerts.models import Alert
from tuoyu.care.actions import state_day
from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.care.rules import ClassGiven, ReturnGiven, cluster_day, is_short
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision.models import Inspection, Plan
from tuoyu.workforce import alerts as counting
from tuoyu.workforce.models import AlertCount
from tuoyu.workforce.rules.staffing import Finding
from workforce import barred
from workforce.staff import GULOU, carer, head, head_user, hired, nursery

pytestmark = pytest.mark.django_db

CLASSES = (("小一班", "toddler_small", 10), ("大一班", "toddler_large", 14))
MONDAY: date


@pytest.fixture(autouse=True)
def first_day() -> None:
    """The day on which most of this begins; the calendar is in the database."""
    global MONDAY
    MONDAY = looked.three_working_days()


def opened(*classes: Any, **more: Any) -> Any:
    with clock.set_to(looked.evening(MONDAY - timedelta(days=40))):
        return nursery(GULOU, *(classes or CLASSES), **more)


def test_every_watch_names_a_check_there_is_and_the_citys_table_sleeps() -> None:
    book = jurisdictions.book("cn")
    watches = [watch for pack in book.packs for watch in pack.watch]
    assert {watch.check for watch in watches} == set(CHECKS) - {"inspection_of_year"}
    sleeping = {watch.key for watch in watches} - {watch.key for watch in book.watches()}
    assert len(sleeping) == 10
    assert all(key.startswith("disease.") for key in sleeping)


def test_too_few_carers_as_the_day_closes_are_one_alert_until_a_day_is_kept() -> None:
    place = opened()
    user = head_user(place)
    by = actor_for(user)
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(by, place, MONDAY, children=8, carers=1)
        looked.closes(place, MONDAY)
        (alert, large) = looked.standing(place, "staffing")
        assert alert.details == {"class": "小一班", "children": 8, "carers": 1, "per_carer": 5}
        assert (alert.addressees, alert.told, alert.first_day) == (["health"], True, MONDAY)
        assert "第20条" in alert.source
        assert "三.(二).3" in alert.source, "the place's own clause on B7"
        assert Notice.objects.filter(user=user, title="预警：当日保育人员配比不足").count() == 2
        assert not OutboxMessage.objects.filter(topic="alert.raised").exists(), "pushed nowhere"
        again = looked.closes(place, MONDAY)
        assert (again.raised, again.ended) == ([], [])
    tuesday = looked.day_after(MONDAY)
    with clock.set_to(looked.evening(tuesday)):
        stated.day(by, place, tuesday, children=9, carers=1)
        looked.closes(place, tuesday)
        alert.refresh_from_db()
        assert (alert.first_day, alert.last_day, alert.details["children"]) == (MONDAY, tuesday, 9)
    wednesday = looked.day_after(MONDAY, 2)
    with clock.set_to(looked.evening(wednesday)):
        stated.day(by, place, wednesday, children=5, carers=1)
        looked.closes(place, wednesday)
    for one in (alert, large):
        one.refresh_from_db()
        assert (one.state, one.ending) == ("ended", "核查时已符合规定")
    assert AuditEvent.objects.filter(verb="alert.ended").count() == 2


def test_children_nobody_checked_or_examined_are_alerted_by_number_until_a_day_without() -> None:
    place = opened()
    by = head(place)
    small = place.classes.order_by("pk")[0]
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(by, place, MONDAY, children=5, checked=3, unexamined=2)
        looked.closes(place, MONDAY)
        (morning, _), (entry, _) = (looked.standing(place, rule) for rule in ("morning_check", "entry_check"))
        assert (morning.class_group_id, morning.details["unseen"]) == (small.pk, 2)
        assert queries.in_words(morning) == "到园5人，2人没有晨检"
        assert queries.in_words(entry) == "到园5人，2人没有入托体检"
        assert ("第24条" in morning.source, "第11条" in entry.source) == (True, True)
    tuesday = looked.day_after(MONDAY)
    with clock.set_to(looked.evening(tuesday)):
        rooms = [ClassGiven(room.pk, 5, 3) for room in place.classes.order_by("pk")]
        state_day(by=by, institution=place, day=tuesday, given=ReturnGiven(False, tuple(rooms)))
        looked.closes(place, tuesday)
        (again, _) = looked.standing(place, "morning_check")
        assert queries.in_words(again) == "到园5人，没有填写晨检", "what nobody speaks of was not done"
        assert len(looked.standing(place, "entry_check")) == 2, "what is not said ends nothing"
        stated.day(by, place, tuesday, children=5, reason="补填")
        assert looked.standing(place, "morning_check") == looked.standing(place, "entry_check") == []


def test_a_closed_day_says_nothing_about_the_ratio() -> None:
    place = opened()
    by = head(place)
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(by, place, MONDAY, children=8, carers=1)
        looked.closes(place, MONDAY)
    with clock.set_to(looked.evening(looked.day_after(MONDAY))):
        stated.closed(by, place, looked.day_after(MONDAY))
        looked.closes(place, looked.day_after(MONDAY))
    assert len(looked.standing(place, "staffing")) == 2


def test_a_family_point_is_held_to_its_own_ratio() -> None:
    place = opened(kind="family_point", places=5)
    place.classes.all().update(closed_on=MONDAY - timedelta(days=1))
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(head(place), place, MONDAY, children=4, carers=1)
        looked.closes(place, MONDAY)
    (alert,) = looked.standing(place, "staffing")
    assert (alert.class_group, alert.details["per_carer"]) == (None, 3)


def test_a_working_day_without_a_return_is_an_alert_that_a_late_return_ends() -> None:
    place = opened()
    by = head(place)
    with clock.set_to(looked.evening(MONDAY)):
        for back in range(1, 7):
            stated.closed(by, place, MONDAY - timedelta(days=back))
        looked.closes(place, MONDAY)
        (alert,) = looked.standing(place, "return_missing")
        assert alert.details == {"days": [str(MONDAY)]}
        stated.day(by, place, MONDAY, carers=3)
        alert.refresh_from_db()
        assert alert.state == "ended"


def test_nobody_is_asked_for_a_return_in_spring_festival() -> None:
    assert working_days(date(2026, 2, 24), 10) == [date(2026, 2, 24)]
    assert date(2026, 2, 14) in working_days(date(2026, 2, 24), 11), "a Saturday that is worked"
    place = opened(public_since=date(2026, 1, 1))
    with clock.set_to(looked.evening(date(2026, 2, 22))):
        looked.closes(place, date(2026, 2, 22))
    assert looked.standing(place, "return_missing") == []


def test_five_working_days_to_act_go_over_spring_festival_and_into_a_year_not_published() -> None:
    place = opened(public_since=date(2026, 1, 1))
    for day, last, provisional in (
        (date(2026, 2, 12), date(2026, 2, 26), False),
        (date(2026, 12, 30), date(2027, 1, 6), True),
    ):
        with clock.set_to(looked.evening(day)):
            looked.closes(place, day)
            (alert,) = looked.standing(place, "return_missing")
            assert alert.due_at is not None
            assert (alert.due_at.astimezone(clock.BEIJING).date(), alert.provisional) == (last, provisional)
            actions.resolve(by=live.SYSTEM, alert=alert, note="已核实")


def test_days_to_act_are_set_anew_once_their_year_is_published_and_what_is_over_keeps_its_own() -> None:
    place = opened(public_since=date(2026, 1, 1))
    day = date(2026, 12, 30)
    with clock.set_to(looked.evening(day)):
        looked.closes(place, day)
        (alert,) = looked.standing(place, "return_missing")
        other = opened(public_since=date(2026, 1, 1))
        looked.closes(other, day)
        (over,) = looked.standing(other, "return_missing")
        actions.resolve(by=live.SYSTEM, alert=over, note="已核实")
        published(2027)
    for one, last, provisional in ((alert, date(2027, 1, 7), False), (over, date(2027, 1, 6), True)):
        one.refresh_from_db()
        assert one.due_at is not None
        assert (one.due_at.astimezone(clock.BEIJING).date(), one.provisional) == (last, provisional)
    assert AuditEvent.objects.filter(verb="alert.clock_recomputed", topic=alert.topic).exists()


def test_lapsed_and_missing_papers_and_unasked_records_are_counted_without_names() -> None:
    place = opened(("小一班", "toddler_small", 10))
    by = head(place)
    good = carer(by, place, 1, place.classes.get())
    bare = hired(by, place, 2)
    barred.employed(place, barred.identity(8))
    good.person.qualifications.filter(kind="carer_training").update(
        issued_on=clock.today() - timedelta(days=400), expires_on=clock.today() - timedelta(days=2)
    )
    looked.closes(place, clock.today())
    found = {(a.rule, a.subject): a.details for a in looked.standing(place)}
    lapsed = found["certificates_lapsed", "carer_training"]
    assert (lapsed["people"], lapsed["employments"]) == (1, [good.pk])
    assert bare.pk in found["health_checks_missing", "health_certificate"]["employments"]
    assert good.pk not in found["health_checks_missing", "health_certificate"]["employments"]
    with clock.set_to(clock.now() + timedelta(days=400)):
        looked.closes(place, clock.today())
    assert good.pk in looked.standing(place, "record_checks_missing")[0].details["employments"]


def test_posts_and_ratios_the_register_does_not_fill_are_one_alert_until_it_is_counted_again() -> None:
    place = opened(("小一班", "toddler_small", 10))
    by = head(place)
    hired(by, place, 1)
    looked.closes(place, clock.today())
    assert looked.standing(place, "staff_lacking") == [], "nobody has looked through the register yet"
    counting.count([place.pk])
    looked.closes(place, clock.today())
    (alert,) = looked.standing(place, "staff_lacking")
    assert "名册里没有在任的负责人。" in queries.in_words(alert)
    assert all(point["says"] and point["source"] for point in alert.details["lacking"])
    counting.turned(place.pk)
    AlertCount.objects.update(lacking=[])
    looked.closes(place, clock.today())
    assert looked.standing(place, "staff_lacking") == [alert], "what was not counted again ends nothing"
    AlertCount.objects.update(stale=False)
    looked.closes(place, clock.today())
    assert looked.standing(place, "staff_lacking") == []


def test_an_alert_about_staff_leads_to_them_only_who_may_read_their_papers() -> None:
    place = opened(("小一班", "toddler_small", 10))
    hired(head(place), place, 1)
    counting.count([place.pk])
    looked.closes(place, clock.today())
    (alert,) = looked.standing(place, "staff_lacking")
    readers = [
        seated(Role.OFFICER, "health", GULOU, username="officer-of-staff"),
        seated(Role.JURISDICTION_LEAD, "", GULOU, username="lead-of-place"),
    ]
    pages = [browser(one).get(f"/alerts/{alert.pk}/").content.decode() for one in readers]
    assert [f"/institutions/{place.pk}/staffing/" in page for page in pages] == [True, False]


def test_what_is_watched_for_itself_is_not_counted_as_lacking() -> None:
    paper = Finding("staff.health_certificate", "x", True, "", False, "已失效", paper="health_certificate")
    asked = Finding("staff.record_rechecks_per_year", "x", True, "", False, "已超过")
    advice = Finding("head.education", "x", False, "", False, "学历")
    post = Finding("head.education", "x", True, "", False, "学历")
    assert [counting.is_lack(one) for one in (paper, asked, advice, post)] == [False, False, False, True]


def test_a_cluster_is_told_health_and_cdc_at_once_with_a_days_clock_and_no_names() -> None:
    place = opened()
    by = head(place)
    with clock.set_to(looked.evening(MONDAY).replace(hour=10)):
        stated.day(by, place, MONDAY, cases={"rash": 2, "other": 9})
        assert looked.standing(place, "cluster") == []
        stated.day(by, place, MONDAY, cases={"rash": 3, "other": 9}, reason="又有一名")
        (alert,) = looked.standing(place, "cluster")
        assert alert.due_at == clock.now() + timedelta(hours=24)
    assert (alert.subject, alert.addressees) == ("rash", ["health", "cdc"])
    messages = OutboxMessage.objects.filter(topic="alert.raised").order_by("department")
    assert [(m.department, m.payload["excluded"]) for m in messages] == [
        ("cdc", "小一班3人"),
        ("health", "小一班3人"),
    ]


def test_a_cluster_that_was_dealt_with_comes_back_only_with_new_cases() -> None:
    place = opened()
    by, officer = head(place), actor_for(seated(Role.OFFICER, "health", GULOU))
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(by, place, MONDAY, cases={"fever": 3})
        (alert,) = looked.standing(place, "cluster")
        actions.acknowledge(by=officer, alert=alert)
        with pytest.raises(Refused):
            actions.resolve(by=officer, alert=alert, note=" ")
        actions.resolve(by=officer, alert=alert, note="停班三天，已消毒")
        with pytest.raises(Overtaken):
            actions.acknowledge(by=officer, alert=alert)
        looked.closes(place, MONDAY)
    tuesday = looked.day_after(MONDAY)
    with clock.set_to(looked.evening(tuesday)):
        stated.day(by, place, tuesday)
        looked.closes(place, tuesday)
        assert looked.standing(place, "cluster") == []
        stated.day(by, place, tuesday, cases={"fever": 2}, reason="补报两名")
        (again,) = looked.standing(place, "cluster")
    assert again.details["cases"] == 5


def test_an_inspection_that_was_not_done_is_for_the_office_and_never_for_the_nursery() -> None:
    place = opened()
    user = head_user(place)
    Inspection.objects.create(
        number="J1", institution=place, division_code=GULOU, department="health", origin="report", year=2026,
        scheduled_on=MONDAY - timedelta(days=3), created_label="甲",
    )  # fmt: skip
    with clock.set_to(looked.evening(MONDAY)):
        looked.closes(place, MONDAY)
    (alert,) = looked.standing(place, "inspection_overdue")
    assert not alert.told
    assert not Notice.objects.filter(user=user, title__contains="检查").exists()
    client = browser(user)
    for address in (f"/alerts/{alert.pk}/", f"/api/v1/alerts/{alert.pk}"):
        assert client.get(address).status_code == 404
    assert "检查到期" not in client.get("/alerts/").content.decode()
    assert "检查到期" not in client.get(f"/institutions/{place.pk}/alerts/").content.decode()


def test_a_year_without_its_inspection_is_alerted_where_the_document_promises_one() -> None:
    place = opened(public_since=date(2024, 1, 1))
    with clock.set_to(looked.evening(MONDAY)):
        looked.closes(place, MONDAY)
    (alert,) = looked.standing(place, "inspection_of_year")
    year = (MONDAY + timedelta(days=1)).year - 1
    assert alert.details == {"year": year, "inspected": 0, "wanted": 1}
    assert "四.(四)" in alert.source


def test_a_year_is_measured_by_the_plan_that_was_adopted_for_the_place() -> None:
    place = opened(public_since=date(2024, 1, 1))
    year = (MONDAY + timedelta(days=1)).year - 1
    type(place).objects.filter(pk=place.pk).update(registered_on=date(year, 6, 1))
    plan = Plan.objects.create(
        year=year, division_code=GULOU, department="health", kind="random", per_year=2,
        departments=["health"], source="x", departments_source="x", created_label="甲",
        pack=jurisdictions.version_for_case(GULOU, clock.today()),
    )  # fmt: skip

    def inspected(number: str, origin: str = "draw", department: str = "health") -> None:
        Inspection.objects.create(
            number=number, institution=place, division_code=GULOU, department=department, origin=origin,
            year=year, state="confirmed", result="pass", created_label="甲", begun_at=clock.now(),
            confirmed_at=clock.now(), confirmed_label="甲",
        )  # fmt: skip

    with clock.set_to(looked.evening(MONDAY)):
        inspected("J1")
        inspected("J2", origin="joint")
        inspected("J3", department="education")
        looked.closes(place, MONDAY)
        assert looked.standing(place, "inspection_of_year") == [], "a plan nobody adopted asks for nothing"
        Plan.objects.filter(pk=plan.pk).update(adopted_at=clock.now(), adopted_label="乙")
        looked.closes(place, MONDAY)
        (alert,) = looked.standing(place, "inspection_of_year")
        assert alert.details == {"year": year, "inspected": 1, "wanted": 2}
        inspected("J4")
        looked.closes(place, MONDAY)
        assert looked.standing(place, "inspection_of_year") == []


def test_an_answer_overdue_is_alerted_until_it_comes() -> None:
    place = opened()
    made = stated.incident(head(place), place)
    case = made.case
    assert case is not None
    type(case).objects.filter(pk=case.pk).update(state="returned", answer_due_on=clock.today())
    looked.closes(place, clock.today())
    assert looked.standing(place, "rectification_overdue") == []
    looked.closes(place, looked.day_after(clock.today()))
    (alert,) = looked.standing(place, "rectification_overdue")
    assert alert.subject == case.number
    type(case).objects.filter(pk=case.pk).update(state="open", answer_due_on=None)
    looked.closes(place, looked.day_after(clock.today()))
    alert.refresh_from_db()
    assert alert.state == "ended"


def test_alerts_of_an_institution_filed_no_longer_end() -> None:
    place = opened()
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(head(place), place, MONDAY, children=8, carers=1)
        looked.closes(place, MONDAY)
        place.filing, place.filing_ended_on = "cancelled", MONDAY
        place.save()
        looked.closes(place, MONDAY)
    assert looked.standing(place) == []
    assert set(Alert.objects.values_list("ending", flat=True)) == {"机构已不在备案状态"}


def test_a_day_closes_at_the_hour_of_the_local_rule_and_the_job_evaluates_every_place() -> None:
    place = opened()
    by = head(place)
    with clock.set_to(looked.evening(MONDAY)):
        assert closed_days(clock.now())["320100"] == MONDAY
        stated.day(by, place, MONDAY, children=8, carers=1)
        jobs.evaluate_closed_days(timestamp=0)
        assert len(looked.standing(place, "staffing")) == 2
    with clock.set_to(looked.evening(MONDAY).replace(hour=19)):
        assert closed_days(clock.now())["320100"] == MONDAY - timedelta(days=1)


def test_who_looks_now_is_health_of_the_place() -> None:
    place = opened()
    live.look_now(actor_for(seated(Role.OFFICER, "health", GULOU)), place)
    with pytest.raises(Exception, match="立即核查"):
        live.look_now(head(place), place)
    scope = live.scope_of(place, clock.today())
    with pytest.raises(Exception, match="立即核查"):
        actions.evaluate_one(by=head(place), institution=place, scope=scope, day=clock.today())


def test_the_database_knows_one_alert_while_it_stands() -> None:
    place = opened()
    with clock.set_to(looked.evening(MONDAY)):
        stated.day(head(place), place, MONDAY, children=8, carers=1)
        looked.closes(place, MONDAY)
    alert = looked.standing(place, "staffing")[0]
    alert.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        alert.save(force_insert=True)


# ---------------------------------------------------------------- the same rule in Python and in SQL


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 20), st.integers(0, 5), st.sampled_from(["infant", "toddler_small", "mixed"])
        ),
        min_size=1, max_size=12,
    ),
    cases=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=8),
)  # fmt: skip
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree_on_ratios_and_clusters(
    rows: list[tuple[int, int, str]], cases: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        place = opened(*((f"班{n}", kind, 9) for n, (_, _, kind) in enumerate(rows)))
        groups = list(place.classes.order_by("pk"))
        per = {"infant": 3, "toddler_small": 5, "mixed": 5}
        ill: dict[date, int] = {}
        for back in range(5):
            day = MONDAY - timedelta(days=back)
            said = DailyReturn.objects.create(institution=place, day=day, stated_label="x")
            made = [
                ClassDay.objects.create(daily_return=said, class_group=group, children=c, carers=n)
                for group, (c, n, _) in zip(groups, rows, strict=True)
            ]
            number = sum(n for at, n in cases if at == back)
            if number:
                ill[day] = number
                NewCases.objects.create(class_day=made[0], symptom="rash", number=number)
        with clock.set_to(looked.evening(MONDAY)):
            looked.closes(place, MONDAY)
        short = {a.class_group_id for a in looked.standing(place, "staffing")}
        assert short == {
            group.pk for group, (c, n, kind) in zip(groups, rows, strict=True) if is_short(c, n, per[kind])
        }
        last = cluster_day(ill, MONDAY, 3, 5)
        assert [a.last_day for a in looked.standing(place, "cluster")] == ([last] if last else [])
        transaction.set_rollback(True)
