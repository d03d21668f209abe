"""The training ledger: who offers, who is sent, who was there and how that is known, hours put right."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import load_workbook

from accounts.people import browser, seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.workforce import actions, training
from tuoyu.workforce.models import HourCorrection, Participation, Session
from workforce import staff, trained
from workforce.test_bar_pages import found_by

pytestmark = pytest.mark.django_db


def refused(call: Any, **given: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(**given)
    return caught.value


def on_phone(nursery: Any, phone: str | None, name: str = "carer") -> tuple[Client, Actor]:
    """A carer's own account, with the telephone it was proved with."""
    user = seated(Role.NURSERY_STAFF, username=f"{name}-{nursery.pk}", institution_id=nursery.pk)
    user.phone = phone
    user.save()
    return browser(user), actor_for(user)


def test_a_course_is_offered_by_its_office_to_its_places_and_to_no_others() -> None:
    city, county = trained.office("health", "320100"), trained.office("health", "320102")
    here, there = staff.nursery("320106"), staff.nursery("320102")
    of_city, of_county = trained.session(city, "skill"), trained.session(county, "skill")
    internal = trained.session(staff.head(there), "safety")
    assert internal.course.internal
    seen = lambda actor: {row.pk for row in training.sessions(actor)}  # noqa: E731
    assert seen(staff.head(here)) == {of_city.pk}
    assert seen(staff.head(there)) == {of_city.pk, of_county.pk, internal.pk}
    assert seen(county) == {of_county.pk, internal.pk}
    assert seen(trained.office("hr_social_security", "320102")) == set()
    with pytest.raises(PermissionDenied):
        actions.cancel_session(by=city, session=of_county, reason="试试")
    with pytest.raises(PermissionDenied):
        actions.open_course(by=trained.office("finance"), title="x", kind="skill")


def test_a_head_sends_own_staff_alone_and_the_organiser_ticks_who_came_once() -> None:
    office, nursery, other = trained.office(), staff.nursery(), staff.nursery()
    head = staff.head(nursery)
    one, foreign = staff.hired(head, nursery, 1), staff.hired(staff.head(other), other, 2)
    session = trained.session(office, "skill", 8, clock.today() + timedelta(days=2))
    wrong = refused(actions.enrol, by=head, session=session, employments=[one, foreign])
    assert wrong.problems[0].field == "people"
    # Who is hired today works there in two days too.
    assert actions.enrol(by=head, session=session, employments=[one]) == 1
    assert actions.enrol(by=head, session=session, employments=[one]) == 0
    listed = session.participations.all()
    assert "还不能签到" in str(
        refused(actions.confirm_presence, by=office, session=session, participations=listed)
    )
    with clock.set_to(clock.now() + timedelta(days=2)):
        with pytest.raises(PermissionDenied):
            actions.confirm_presence(by=head, session=session, participations=listed)
        assert actions.confirm_presence(by=office, session=session, participations=listed) == 1
        assert actions.confirm_presence(by=office, session=session, participations=listed) == 0
    assert Participation.objects.get().hours == 8


def test_whoever_scans_the_code_signs_in_as_the_one_of_the_own_telephone() -> None:
    office, nursery = trained.office(), staff.nursery()
    employment = staff.hired(staff.head(nursery), nursery, 1, phone="13800138001")
    session = trained.session(office, "ethics", 4)
    code = training.code_of(session)
    phone, actor = on_phone(nursery, "13800138001")
    page = phone.get(f"/training/sign-in/{code}/").content.decode()
    assert "ethics培训" in page
    assert "不需要定位" in page
    assert phone.post(f"/training/sign-in/{code}/").status_code == 302
    assert Participation.objects.get(person=employment.person).presence == "code"
    assert phone.post(f"/training/sign-in/{code}/").status_code == 409
    assert "ethics培训" in phone.get("/my/hours/").content.decode()
    stranger, _ = on_phone(nursery, "13800138009", "stranger")
    answer = stranger.post(f"/training/sign-in/{code}/")
    assert answer.status_code == 409
    assert "组织者" in answer.content.decode()
    assert "对不上" in stranger.get("/my/hours/").content.decode()
    assert phone.get(f"/training/sign-in/{code}x/").status_code == 404
    neighbour, _ = on_phone(staff.nursery("320102"), "13800138002", "neighbour")
    assert neighbour.get(f"/training/sign-in/{code}/").status_code == 404
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert "当天" in str(refused(actions.sign_in_by_code, by=actor, session=session))


def test_a_code_passed_on_is_soon_good_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = trained.session(trained.office(), "skill")
    code = training.code_of(session)
    assert training.session_of_code(code) == session.pk
    monkeypatch.setattr(training, "CODE_LIFE", -1)
    assert refused(training.session_of_code, code=code).status == 409
    lead = browser(User.objects.get(username="trainer-officer-health-320106"))
    assert "data:image/svg+xml" in lead.get(f"/training/{session.pk}/code/").content.decode()
    Session.objects.update(held_on=clock.today() - timedelta(days=1))
    assert lead.get(f"/training/{session.pk}/code/").status_code == 409


def test_hours_are_put_right_with_a_reason_and_a_cancelled_session_counts_for_nobody() -> None:
    office, nursery = trained.office(), staff.nursery()
    head = staff.head(nursery)
    employment = staff.hired(head, nursery, 1)
    session = trained.attended(office, head, employment, "skill", 8)
    participation = session.participations.get()
    wrong = refused(
        actions.correct_hours, by=office, participation=participation, hours=Decimal(25), reason=" "
    )
    assert {p.field for p in wrong.problems} == {"hours", "reason"}
    with pytest.raises(PermissionDenied):
        actions.correct_hours(by=head, participation=participation, hours=Decimal(8), reason="试试")
    actions.correct_hours(by=office, participation=participation, hours=Decimal("5.5"), reason="提前离场")
    with pytest.raises(DatabaseError), transaction.atomic():
        HourCorrection.objects.update(reason="另一个理由")
    person, year = employment.person_id, clock.today().year
    assert [row["hours"] for row in training.person_ledger(person, year, nursery.pk)] == [Decimal("5.5")]
    (told,) = training.institution_account(nursery, year)
    assert {a.kind.value: a.hours for a in told["account"]}["skill"] == Decimal("5.5")
    assert found_by("workforce.hours_equal_sign_ins") == []
    Participation.objects.update(hours=20)
    assert len(found_by("workforce.hours_equal_sign_ins")) == 1
    actions.cancel_session(by=office, session=session, reason="没有办成")
    assert refused(actions.cancel_session, by=office, session=session, reason="再来").status == 409
    assert training.person_ledger(person, year, nursery.pk) == []
    (told,) = training.institution_account(nursery, year)
    assert not any(a.hours for a in told["account"])
    assert refused(actions.enrol, by=head, session=session, employments=[employment]).status == 409


def test_the_database_refuses_hours_without_a_sign_in_and_a_person_twice() -> None:
    office, nursery = trained.office(), staff.nursery()
    head = staff.head(nursery)
    session = trained.attended(office, head, staff.hired(head, nursery, 1), "skill", 8)
    row = session.participations.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.update(signed_in_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(
            session=session, person_id=row.person_id, institution=nursery, enrolled_label="甲"
        )


def test_a_person_at_two_nurseries_takes_the_hours_along_but_not_the_other_nurserys_name() -> None:
    one, other = staff.nursery(), staff.nursery()
    here, there = staff.head(one), staff.head(other)
    first = staff.hired(here, one, 1, full_time="no")
    second = staff.hired(there, other, 1, full_time="no")
    trained.attended(here, here, first, "skill", 6)
    (mine,) = training.institution_account(other, clock.today().year)
    assert {a.kind.value: a.hours for a in mine["account"]}["skill"] == 6
    (row,) = training.person_ledger(second.person_id, clock.today().year, other.pk)
    assert row["title"] == "其他机构的内部培训"
    outsider = browser(User.objects.get(pk=there.user_id))
    assert outsider.get(f"/institutions/{one.pk}/training/").status_code == 404
    assert outsider.get(f"/api/v1/office/institutions/{one.pk}/training").status_code == 404


def test_pages_lead_from_planning_to_the_list_and_bad_input_is_told(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    nursery = staff.nursery()
    head = staff.head(nursery)
    for number in range(1, 13):
        staff.hired(head, nursery, number)
    office = browser(seated(Role.OFFICER, "health", "320106", username="organiser"))
    given = {"title": "回应性照护", "kind": "skill", "held_on": str(clock.today()), "place": "会议室",
             "trainer": "李老师", "hours": "4"}  # fmt: skip
    wrong = office.post("/training/new/", given | {"title": "", "hours": "99"})
    assert wrong.status_code == 422
    assert "请填写课程名称" in wrong.content.decode()
    made = office.post("/training/new/", given)
    session = Session.objects.get()
    assert made["Location"] == f"/training/{session.pk}/"
    again = office.post("/training/new/", given | {"course": session.course_id, "title": "", "kind": ""})
    assert again.status_code == 302
    assert Session.objects.filter(course=session.course).count() == 2
    boss = browser(User.objects.get(pk=head.user_id))
    page = boss.get(made["Location"]).content.decode()
    assert "为本机构人员报名" in page
    assert (
        "请选择"
        in boss.post(f"/training/{session.pk}/enrolments/", {"people": "x"}, follow=True).content.decode()
    )
    people = list(nursery.employments.values_list("pk", flat=True))
    boss.post(f"/training/{session.pk}/enrolments/", {"people": people})
    listed = list(session.participations.values_list("pk", flat=True))
    office.post(f"/training/{session.pk}/presence/", {"people": listed[:11]})
    office.post(f"/training/hours/{listed[0]}/correction/", {"hours": "2", "reason": "迟到"})
    page = office.get(made["Location"]).content.decode()
    assert "由4更正为2：迟到" in page
    assert "员工12" in page
    for client, address in (
        (office, "/training/"), (office, made["Location"]), (boss, made["Location"]),
        (office, "/training/gaps/"), (boss, f"/institutions/{nursery.pk}/training/"),
    ):  # fmt: skip
        client.get(address)
        with django_assert_max_num_queries(6):
            assert client.get(address).status_code == 200, address
    for address in (made["Location"], f"/institutions/{nursery.pk}/training/"):
        taken = load_workbook(BytesIO(boss.get(f"{address}?format=xlsx").content))
        assert "员工12" in str(taken.get_sheet_by_index(0).to_python()), address
    assert "11人" not in boss.get("/training/gaps/", follow=True).content.decode()


def test_a_nursery_without_a_register_is_said_to_have_none_and_not_to_have_enough() -> None:
    empty, held = staff.nursery(), staff.nursery()
    staff.hired(staff.head(held), held, 1)
    office = browser(seated(Role.OFFICER, "health", "320106", username="organiser"))
    rows = office.get("/training/gaps/").content.decode().split("<tr>")
    (without,) = (row for row in rows if empty.name in row)
    (short,) = (row for row in rows if held.name in row)
    assert "还没有登记人员" in without
    assert "已够" not in without
    assert "差72课时" in short
