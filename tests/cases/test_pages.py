"""The pages of cases, as an officer, an applicant and a stranger find them."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases.conftest import GULOU, Remembers, applicant, opened, person, step
from tuoyu.accounts.models import Membership, User
from tuoyu.cases import actions
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.core.actor import Actor, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def seated(department: str, division: str = GULOU, role: Role = Role.OFFICER, name: str = "") -> User:
    user = person(name or f"{role}-{department}-{division}")
    Membership.objects.create(
        user=user, role=role, department=department, division_code=division, valid=(date(2020, 1, 1), None)
    )
    return user


def browser(user: User | int | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(User.objects.get(pk=getattr(user, "pk", user)))
    return client


def check_of(case: Case) -> Step:
    return case.steps.filter(kind="check", department="education").get()


def empty_remarks(**filled: str) -> dict[str, str]:
    return {"remarks-TOTAL_FORMS": "1", "remarks-INITIAL_FORMS": "0", "remarks-0-text": "", **filled}


def test_an_officer_finds_a_new_case_in_the_inbox_and_opens_it(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    page = client.get("/inbox/").content.decode()
    assert case.number in page
    assert "教育查验" in page
    record = client.get(f"/cases/{case.number}/")
    assert record.status_code == 200
    assert "提交办理意见" in record.content.decode()


def test_an_empty_inbox_says_why_and_what_to_do(handler: Remembers) -> None:
    page = browser(seated("education")).get("/inbox/").content.decode()
    assert "没有待办" in page
    assert "查看全部办件" in page


def test_an_inbox_costs_the_same_for_one_row_and_for_twenty(
    handler: Remembers, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    by = applicant()
    opened(by)
    client = browser(seated("education"))
    client.get("/inbox/")
    with django_assert_num_queries(3):
        client.get("/inbox/")
    for _ in range(20):
        opened(by)
    with django_assert_num_queries(3):
        assert client.get("/inbox/").content.decode().count("教育查验") == 20


def test_a_case_page_takes_no_more_than_six_queries(
    handler: Remembers, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    client.get(f"/cases/{case.number}/")
    with django_assert_max_num_queries(6):
        client.get(f"/cases/{case.number}/")


def test_an_officer_approves_a_step(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    answer = client.post(url, {"decision": "approve", **empty_remarks()}, follow=True)
    assert answer.status_code == 200
    assert "已记录" in answer.content.decode()
    assert check_of(case).state == "approved"
    assert check_of(case).decided_label == "officer-education-320106"


def test_a_second_click_on_approve_changes_nothing_and_says_so(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    client.post(url, {"decision": "approve", **empty_remarks()})
    again = client.post(url, {"decision": "approve", **empty_remarks()})
    assert again.status_code == 409
    assert "已经" in again.content.decode() or "先处理" in again.content.decode()


def test_defects_without_a_remark_come_back_with_what_was_typed(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    answer = client.post(url, {"decision": "defects", "reason": "保留我", **empty_remarks()})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "至少写明一处" in page
    assert "保留我" in page
    assert check_of(case).state == "active"


def test_a_remark_is_pinned_to_its_field_with_the_rule_it_rests_on(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    row = {
        "remarks-0-where": "premises.floor",
        "remarks-0-text": "楼层过高",
        "remarks-0-rule": "floor.max.fire",
    }
    client.post(url, {"decision": "defects", **empty_remarks(**row)})
    remark = case.remarks.get()
    assert (remark.page, remark.field, remark.text) == ("premises", "floor", "楼层过高")
    assert remark.source == "《托育机构消防安全指南》"


def test_one_more_row_for_a_remark_needs_no_script(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    typed = empty_remarks(**{"remarks-0-text": "先写一条"})
    page = client.post(url, {"add_remark": "1", **typed}).content.decode()
    assert "remarks-1-text" in page
    assert "先写一条" in page


@pytest.mark.parametrize(
    ("department", "division", "role"),
    [
        ("education", "320105", Role.OFFICER),
        ("tax", GULOU, Role.OFFICER),
        ("education", "360702", Role.DEPARTMENT_LEAD),
        ("health", "360700", Role.JURISDICTION_LEAD),
    ],
)
def test_neighbours_find_nothing_at_a_case_of_others(
    handler: Remembers, department: str, division: str, role: Role
) -> None:
    case = opened(applicant())
    client = browser(seated(department, division, role))
    key = check_of(case).key
    assert client.get(f"/cases/{case.number}/").status_code == 404
    # A role that decides nothing anywhere is told so (403) before any case is looked for.
    hidden = 403 if role is Role.JURISDICTION_LEAD else 404
    address = f"/cases/{case.number}/steps/{key}"
    assert client.post(f"{address}/decision/", {"decision": "approve"}).status_code == hidden
    assert client.post(f"{address}/take/").status_code == hidden
    assert check_of(case).state == "active"


def test_a_case_seen_but_not_ones_own_to_decide_is_forbidden(handler: Remembers) -> None:
    case = opened(applicant())
    city = browser(seated("education", "320100"))
    assert city.get(f"/cases/{case.number}/").status_code == 200
    answer = city.post(f"/cases/{case.number}/steps/{check_of(case).key}/decision/", {"decision": "approve"})
    assert answer.status_code == 403


def test_a_stranger_is_asked_to_sign_in(handler: Remembers) -> None:
    case = opened(applicant())
    for address in ("/inbox/", f"/cases/{case.number}/", f"/my/cases/{case.number}/", "/notices/"):
        answer = browser(None).get(address)
        assert answer.status_code == 302
        assert "/inbox" not in answer["Location"].split("?")[0]


@pytest.mark.parametrize("method", ["put", "delete", "get"])
def test_a_robot_with_the_wrong_method_is_refused(handler: Remembers, method: str) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    address = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    assert getattr(client, method)(address).status_code == 405


def test_a_robot_with_a_broken_form_gets_an_answer_not_an_error(handler: Remembers) -> None:
    case = opened(applicant())
    client = browser(seated("education"))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/decision/"
    for typed in (
        {},
        {"decision": "approve", "remarks-TOTAL_FORMS": "99999999", "remarks-INITIAL_FORMS": "x"},
        {"add_remark": "1", "remarks-TOTAL_FORMS": "abc"},
        {"decision": "nonsense", **empty_remarks()},
        {"decision": "defects", "remarks-0-where": "x.y", **empty_remarks(**{"remarks-0-text": "字"})},
    ):
        assert client.post(url, typed).status_code in (200, 422)
    assert check_of(case).state == "active"
    assert client.get("/inbox/?clock=zzz&text=%00&page=1").status_code in (200, 400, 404)


def test_the_applicant_follows_the_case_in_plain_words(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    client = browser(by.user_id)
    page = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "正在办理，请耐心等待" in page
    assert case.number in client.get("/my/cases/").content.decode()
    assert "申报已收到" in client.get("/notices/").content.decode()


def test_the_applicant_does_not_see_one_departments_defects_before_all_have_answered(
    handler: Remembers,
) -> None:
    by = applicant()
    case = opened(by)
    officer = seated("education")
    actions.decide(
        by=Actor.system("测试"), step=check_of(case), decision="defects", remarks=[RemarkGiven("师资不足")]
    )
    page = browser(by.user_id).get(f"/my/cases/{case.number}/").content.decode()
    assert "师资不足" not in page
    assert "补正意见" not in page
    assert "师资不足" in browser(officer).get(f"/cases/{case.number}/").content.decode()
    for other in case.steps.filter(kind="check", state="active"):
        actions.decide(by=Actor.system("测试"), step=other, decision="approve")
    page = browser(by.user_id).get(f"/my/cases/{case.number}/").content.decode()
    assert "还差 1 处需要补正" in page
    assert "师资不足" in page


def test_another_applicant_finds_nothing(handler: Remembers) -> None:
    case = opened(applicant())
    other = applicant("别人")
    client = browser(other.user_id)
    assert client.get(f"/my/cases/{case.number}/").status_code == 404
    assert client.post(f"/my/cases/{case.number}/withdrawal/", {"reason": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_the_applicant_withdraws_with_a_reason(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    client = browser(by.user_id)
    assert client.post(f"/my/cases/{case.number}/withdrawal/", {"reason": ""}).status_code == 422
    client.post(f"/my/cases/{case.number}/withdrawal/", {"reason": "暂不开办"})
    case.refresh_from_db()
    assert (case.state, case.reason) == ("withdrawn", "暂不开办")
    assert step(case, check_of(case).key).state == "cancelled"


def test_notices_are_marked_read_by_their_owner_only(handler: Remembers) -> None:
    by = applicant()
    opened(by)
    browser(applicant("别人").user_id).post("/notices/read/")
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
    browser(by.user_id).post("/notices/read/")
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_a_lead_gives_a_step_to_a_colleague(handler: Remembers) -> None:
    case = opened(applicant())
    colleague = seated("education", name="同事乙")
    lead = browser(seated("education", role=Role.DEPARTMENT_LEAD))
    url = f"/cases/{case.number}/steps/{check_of(case).key}/assignee/"
    assert lead.post(url, {"to": str(colleague.pk), "reason": ""}).status_code == 422
    assert lead.post(url, {"to": "999999", "reason": "忙"}).status_code == 422
    assert lead.post(url, {"to": str(colleague.pk), "reason": "忙"}).status_code == 302
    assert check_of(case).assignee_id == colleague.pk


def test_the_applicant_does_not_get_the_officers_page(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    actions.decide(
        by=Actor.system("测试"), step=check_of(case), decision="defects", remarks=[RemarkGiven("师资不足")]
    )
    answer = browser(by.user_id).get(f"/cases/{case.number}/")
    assert answer.status_code == 403
    assert "师资不足" not in answer.content.decode()
    assert browser(by.user_id).get("/cases/").status_code == 403
