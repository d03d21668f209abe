"""What somebody tries who means no good, or whose hand slips: a clear answer, and nothing changed."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from exchange.callers import Caller, robot, said, seated, token_of
from institutions import desk
from tuoyu.accounts import actions as accounts
from tuoyu.accounts import rules
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Invitation, Membership, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.plans import frozen_facts
from tuoyu.core import clock, texts
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions
from tuoyu.institutions.models import Application, Institution

pytestmark = pytest.mark.django_db


def browser(user: User | None = None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
    return client


# ---------------------------------------------------------------- what is typed


@pytest.mark.parametrize(
    "address",
    [
        "/nurseries/?q=%00", "/nurseries/?page=%00", "/policy/%00/", "/policy/320100/rules/?on=%00",
        "/nurseries/points.geojson?bbox=%00", "/publications/?kind=%00", "/verify/a%00/",
        "/invitations/%00/", "/complaints/report/?q=%00", "/complaints/report/?institution=%00",
    ],
)  # fmt: skip
def test_a_zero_in_a_public_address_is_answered(packs: None, address: str) -> None:
    assert browser().get(address).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        "/cases/?text=%00", "/inbox/?text=%00", "/cases/%00/", "/my/cases/%00/", "/messages/?text=%00",
        "/institutions/?q=%00", "/apply/?county=%00", "/complaints/?text=%00", "/complaints/%00/",
    ],
)  # fmt: skip
def test_a_zero_in_an_officers_address_is_answered(packs: None, address: str) -> None:
    assert browser(seated(Role.OFFICER, "health")).get(address).status_code < 500


def test_a_zero_in_a_reason_is_a_bad_request(packs: None) -> None:
    admin = seated(Role.SYSTEM_ADMIN, division="")
    made = {"on": "2026-12-01", "is_workday": "no", "note": "通知"}
    assert browser(admin).post("/office/calendar/set/", made).status_code == 302
    response = browser(admin).post("/office/calendar/2026-12-01/clear/", {"reason": "甲\0乙"})
    assert response.status_code == 400
    assert "空字符" in response.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1948-12-31", "2026-02-30", "二〇二六年"])
def test_a_day_far_from_today_is_answered(packs: None, day: str) -> None:
    assert browser().get(f"/policy/320100/rules/?on={day}").status_code < 500
    assert browser().get(f"/policy/320100/checklists/?on={day}").status_code < 500
    lead = seated(Role.JURISDICTION_LEAD, "", "360702")
    given = {
        "division": "360702", "key": "registrar.social_service_org", "value": "civil_affairs",
        "effective_from": day, "basis": "试试",
    }  # fmt: skip
    assert browser(lead).post("/office/settings/decide/", given).status_code < 500
    audit = seated(Role.AUDIT_ADMIN)
    assert browser(audit).get(f"/audit/?until={day}&since={day}").status_code < 500
    agent = {"agent": "13800138000", "matter": "all", "ends_on": day}
    assert browser(desk.person("甲")).post("/account/agents/", agent).status_code == 422
    calendar = {"on": day, "is_workday": "no", "note": "通知"}
    assert (
        browser(seated(Role.SYSTEM_ADMIN, division="")).post("/office/calendar/set/", calendar).status_code
        < 500
    )


def test_a_seat_number_of_five_thousand_digits_is_no_seat(packs: None) -> None:
    response = browser(seated(Role.OFFICER, "health")).post("/account/seat/", {"seat": "9" * 5000})
    assert response.status_code == 404


def test_strange_digits_in_a_form_are_no_rows(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    typed = {"version": "1", "row-²-name": "甲", "row-١-name": "乙", "do": "remove_row:²"}
    user = User.objects.get(pk=by.user_id)
    assert browser(user).post(f"/apply/{application.pk}/classes/", typed).status_code in (200, 302)
    assert browser(user).post(f"/apply/{application.pk}/papers/", {"do": "remove:²"}).status_code < 500


def test_rows_that_are_no_list_are_none(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    for rows in (5, "abc", {"a": 1}, [1, None, ["x"]]):
        application.refresh_from_db()
        given = {"version": application.version, "fields": {"rows": rows}}
        response = Caller(User.objects.get(pk=by.user_id)).send(
            "PATCH", f"/applications/{application.pk}/pages/classes", given
        )
        assert response.status_code == 200, said(response)


@pytest.mark.parametrize(
    ("page", "field", "typed"),
    [
        ("premises", "building_area", "99999999"), ("premises", "floor", "99999"),
        ("premises", "building_area", "-5"), ("premises", "lease_to", "9999-12-31"),
        ("premises", "lease_from", "0001-01-01"), ("basics", "name", "托育" * 150),
        ("premises", "video_days", "１ｅ９９"),
    ],
)  # fmt: skip
def test_a_number_or_day_that_can_only_be_a_slip_stops_the_application(
    packs: None, page: str, field: str, typed: str
) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by), **{page: {field: typed}})
    with pytest.raises(Refused) as refusal:
        actions.submit(by=by, application=application)
    assert field in {p.field for p in refusal.value.problems}


def test_a_class_of_forty_thousand_never_reaches_a_registrar(packs: None) -> None:
    by = desk.applicant()
    row = desk.good_pages()["classes"]["rows"][0] | {"places": "40000"}
    application = desk.fill(by, desk.begun(by), classes={"rows": [row]})
    with pytest.raises(Refused) as refusal:
        actions.submit(by=by, application=application)
    assert "row-0-places" in {p.field for p in refusal.value.problems}


def test_marks_that_turn_or_hide_text_are_taken_out() -> None:
    assert texts.tidy("小\u202e星\u200b星\x00\ud800\u2066托育") == "小星星托育"
    assert texts.tidy("一\n二") == "一\n二"


def test_a_name_with_a_turning_mark_is_kept_without(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    actions.save_page(by=by, application=application, page="basics", typed={"name": "小\u202e星"}, version=1)
    application.refresh_from_db()
    assert application.name == "小星"


def test_a_short_wrong_identity_number_is_not_shown_in_clear(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    typed = {"contact_identity": "1101051"}
    actions.save_page(by=by, application=application, page="basics", typed=typed, version=1)
    response = Caller(User.objects.get(pk=by.user_id)).get(f"/applications/{application.pk}")
    assert "1101051" not in response.content.decode()


def test_a_telephone_number_is_ascii_digits() -> None:
    assert rules.phone_of("１３８００１３８０００") == "13800138000"
    assert rules.phone_of("138٠٠138000") is None


# ---------------------------------------------------------------- who may


def test_nobody_decides_an_application_of_their_own(packs: None) -> None:
    by = desk.applicant()
    case = desk.submitted(by)
    step = case.steps.get(key="check_health")
    both = Actor(
        by.label, by.user_id, (Seat(Role.OFFICER, "health", (desk.GULOU,), desk.GULOU),), by.owner_ids
    )
    with pytest.raises(Refused, match="回避"):
        cases.decide(by=both, step=step, decision="approve")
    step.refresh_from_db()
    assert step.state == "active"


def test_a_step_taken_by_a_substitute_whose_time_is_over_is_free(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    step = case.steps.get(key="check_health")
    officer = seated(Role.OFFICER, "health")
    gone = desk.person("代班人")
    Membership.objects.create(
        user=gone, role=Role.OFFICER, department="health", division_code=desk.GULOU,
        valid=(clock.today(), None),
    )  # fmt: skip
    cases.take(by=actor_for(gone), step=step)
    with pytest.raises(Refused, match="接办"):
        cases.take(by=actor_for(officer), step=step)
    with clock.set_to(clock.now() + timedelta(days=1)):
        Membership.objects.filter(user=gone).update(valid=(date(2020, 1, 1), clock.today()))
        cases.take(by=actor_for(officer), step=step)
    step.refresh_from_db()
    assert step.assignee_id == officer.pk


def test_remarks_come_only_with_defects_and_stand_on_a_field_there_is(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    step = case.steps.get(key="check_health")
    with pytest.raises(Refused, match="需补正"):
        cases.decide(
            by=desk.officer("health"), step=step, decision="approve", remarks=[RemarkGiven("楼层太高")]
        )
    caller = Caller(seated(Role.OFFICER, "health"))
    given = {"decision": "defects", "remarks": [{"text": "楼层太高", "page": "premises", "field": "roof"}]}
    response = caller.post(f"/cases/{case.number}/steps/check_health/decision", given)
    assert response.status_code == 422
    assert not case.remarks.exists()


def test_a_lead_gives_no_seat_beyond_the_one_that_is_substituted(packs: None) -> None:
    lead = actor_for(seated(Role.DEPARTMENT_LEAD, "health"))
    holder = Membership.objects.get(user=seated(Role.OFFICER, "health"))
    today = clock.today()
    Membership.objects.filter(pk=holder.pk).update(valid=(today, today + timedelta(days=5)))
    holder.refresh_from_db()
    other = seated(Role.OFFICER, "health", desk.GULOU, name="同事")
    Membership.objects.filter(user=other).update(valid=(date(2020, 1, 1), today))
    given = {"by": lead, "seat": holder, "user": other, "starts_on": today}
    with pytest.raises(Refused, match="期限"):
        accounts.substitute(**given, ends_on=today + timedelta(days=5))
    accounts.substitute(**given, ends_on=today + timedelta(days=4))


def test_a_lead_arranges_no_substitute_for_the_lead_of_the_jurisdiction(packs: None) -> None:
    above = Membership.objects.get(user=seated(Role.JURISDICTION_LEAD, "health"))
    response = browser(seated(Role.DEPARTMENT_LEAD, "health")).post(f"/people/seats/{above.pk}/substitute/")
    assert response.status_code == 404


def test_an_invitation_ends_with_the_post_of_who_sent_it(packs: None) -> None:
    admin = seated(Role.SYSTEM_ADMIN)
    sent, _ = accounts.invite(
        by=actor_for(admin), username="newcomer", name="新人", phone="",
        seat=SeatGiven(Role.OFFICER, "health", desk.GULOU),
    )  # fmt: skip
    Membership.objects.filter(user=admin).update(valid=(date(2020, 1, 1), clock.today()))
    with pytest.raises(Refused, match="离岗"):
        accounts.accept(by=Actor.public(), invitation=sent, password="Correct-Horse-9")
    assert Invitation.objects.get(pk=sent.pk).state == "open"
    assert not User.objects.filter(username="newcomer").exists()


def test_a_clerk_files_for_nobody_who_does_not_exist(packs: None) -> None:
    clerk = Caller(seated(Role.CLERK, "gov_services"))
    given = {
        "division_code": desk.GULOU, "kind": "institution", "nature": "nonprofit",
        "legal_form": "social_service_org", "owner_id": 2**40,
    }  # fmt: skip
    assert clerk.post("/applications", given).status_code == 403
    assert not Application.objects.exists()


# ---------------------------------------------------------------- registrars' own systems


def report(**changed: Any) -> dict[str, Any]:
    return {
        "source_system": "省登记系统", "source_id": "A1", "name": "鼓楼区小星星托育园",
        "uscc": desk.USCC, "registration_number": "民证字第0001号",
        "registered_on": clock.today().isoformat(), "division_code": desk.GULOU, "nature": "nonprofit",
        "legal_form": "social_service_org",
    } | changed  # fmt: skip


def test_a_credit_code_in_small_letters_is_the_same_record(packs: None) -> None:
    assert robot().post("/registrations", report()).status_code == 201
    assert robot().post("/registrations", report(uscc=desk.USCC.lower())).status_code == 200


def test_a_registrar_learns_nothing_of_what_another_reported(packs: None) -> None:
    assert robot().post("/registrations", report()).status_code == 201
    response = robot("civil_affairs", desk.XUANWU).post("/registrations", report(division_code=desk.XUANWU))
    assert response.status_code == 409
    assert "institution_id" not in response.json()


def test_a_registrar_of_another_county_finds_no_case_by_its_number(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    given = report(division_code=desk.XUANWU, case_number=case.number)
    assert robot("civil_affairs", desk.XUANWU).post("/registrations", given).status_code == 404


def test_a_case_is_not_registered_under_another_nurserys_name(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    response = robot().post("/registrations", report(case_number=case.number, name="别家托育园"))
    assert response.status_code == 409
    assert not Institution.objects.exists()


def test_a_token_is_no_key_to_the_inbox(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    caller = Caller(token=token_of("health"))
    answered = caller.post(f"/cases/{case.number}/steps/check_health/decision", {"decision": "approve"})
    assert answered.status_code == 404


# ---------------------------------------------------------------- what is written down, what is shown


def test_reading_an_applicants_paper_is_written_down(packs: None) -> None:
    by = desk.applicant()
    case = desk.submitted(by)
    paper = Application.objects.get(case=case).papers.all()[0]
    assert browser(User.objects.get(pk=by.user_id)).get(f"/apply/papers/{paper.pk}/").status_code == 200
    assert not AuditEvent.objects.filter(verb="personal.read").exists()
    officer = seated(Role.OFFICER, "health")
    assert browser(officer).get(f"/apply/papers/{paper.pk}/").status_code == 200
    assert Caller(officer).get(f"/papers/{paper.pk}/file").status_code == 200
    events = AuditEvent.objects.filter(verb="personal.read", object_type="institutions.Paper")
    assert [(e.actor_id, e.object_id) for e in events] == [(officer.pk, str(paper.pk))] * 2
    assert "13800138000" in browser(officer).get(f"/cases/{case.number}/").content.decode()
    read = AuditEvent.objects.filter(verb="personal.read", object_type="institutions.Application")
    assert [e.after for e in read] == [{"fields": ["contact_phone"]}]


def test_no_identity_number_and_no_phone_of_a_person_leaves_the_application(packs: None) -> None:
    case = desk.registered(desk.submitted(desk.applicant()))
    told = json.dumps(
        [
            *AuditEvent.objects.values_list("before", "after", "note"),
            *case.submissions.values_list("data", flat=True),
        ],
        ensure_ascii=False,
    )
    assert "11010519491231002X" not in told
    assert "13800138000" not in told
    from tuoyu.core.models import OutboxMessage

    pushed = json.dumps(list(OutboxMessage.objects.values_list("payload", flat=True)), ensure_ascii=False)
    assert "11010519491231002X" not in pushed
    assert "13800138000" not in pushed


def test_one_departments_defect_is_not_shown_to_the_applicant_before_the_others_answer(packs: None) -> None:
    by = desk.applicant()
    case = desk.submitted(by)
    cases.decide(
        by=desk.officer("health"), step=case.steps.get(key="check_health"), decision="defects",
        remarks=[RemarkGiven("楼层太高，请换", "premises", "floor")],
    )  # fmt: skip
    page = browser(User.objects.get(pk=by.user_id))
    pk = Application.objects.get(case=case).pk
    addresses = (f"/apply/{pk}/handed-in/", f"/my/cases/{case.number}/", f"/apply/{pk}/review/",
                 f"/api/v1/cases/{case.number}", "/notices/", "/apply/mine/")  # fmt: skip
    for address in addresses:
        text = page.get(address).content.decode()
        assert "楼层太高" not in text, address
        assert "需补正" not in text, address


def test_a_case_opened_before_breakfast_keeps_that_days_rules(packs: None) -> None:
    """At seven in the morning it is still yesterday in Greenwich, where moments are kept."""
    by = desk.applicant()
    tomorrow = clock.today() + timedelta(days=1)
    with clock.set_to(datetime(tomorrow.year, tomorrow.month, tomorrow.day, 7, tzinfo=clock.BEIJING)):
        case = desk.submitted(by)
    case.refresh_from_db()
    assert case.opened_at.date() != tomorrow
    assert "nature" in frozen_facts(case)


def test_a_receipt_after_non_conformity_says_that_it_is_no_longer_good(packs: None) -> None:
    case = desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")
    step = case.steps.get(kind="verification")
    health = desk.officer("health", step.division_code)
    cases.decide(by=health, step=step, decision="refuse", reason="没有保健人员")
    institution = Institution.objects.get(applications__case=case)
    said_of = {c.kind: browser().get(f"/verify/{c.code}/").content.decode()
               for c in institution.certificates.all()}  # fmt: skip
    assert "失效" in said_of["receipt"]
    assert "现行有效" not in said_of["receipt"]
    assert "现行有效" not in said_of["conditions_notice"]
    assert browser().get(f"/nurseries/{institution.pk}/").status_code == 404
    assert browser().get(f"/api/v1/institutions/{institution.pk}").status_code == 404
    assert "已不在备案状态" in browser().get("/publications/?kind=filing").content.decode()
