"""Recording, reading and correcting bars on the pages, and what the nightly check finds."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tuoyu.accounts.models import User
from tuoyu.core import checks
from tuoyu.core.actor import Role
from tuoyu.workforce import actions
from tuoyu.workforce.models import Bar, BarAlert
from workforce.barred import XUANWU, employed, given, head_of, health, hit, identity, nursery

pytestmark = pytest.mark.django_db

WANG = identity(1)
STATED = {
    "name": "王某某", "identity": WANG, "kind": "lifetime", "role": "perpetrator", "ground": "abuse",
    "document": "行政处罚决定书", "number": "卫罚〔2026〕1号", "decided_on": "2026-03-01",
    "authority": "鼓楼区卫健委",
}  # fmt: skip


def browser(user_id: int | None) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id), backend="tuoyu.accounts.backends.PeopleBackend")
    return client


def test_an_officer_records_a_bar_and_reads_none_a_lead_reads_it_masked_and_another_corrects_it() -> None:
    officer = browser(health(role=Role.OFFICER).user_id)
    wrong = officer.post("/bars/new/", STATED | {"identity": "123", "decided_on": ""})
    assert wrong.status_code == 422
    assert "请填写决定日期" in wrong.content.decode()
    assert "身份证号应为18位" in officer.post("/bars/new/", STATED | {"identity": "123"}).content.decode()
    assert officer.post("/bars/new/", STATED, follow=True).redirect_chain == [("/bars/new/", 302)]
    assert officer.get("/bars/").status_code == 403
    bar = Bar.objects.get()
    lead = browser(health().user_id)
    page = lead.get(f"/bars/{bar.pk}/").content.decode()
    assert "王**" in page
    assert WANG not in page
    assert browser(health(XUANWU).user_id).get(f"/bars/{bar.pk}/").status_code == 404
    assert lead.post(f"/bars/{bar.pk}/correction/", {"ground": "annulled"}).status_code == 422
    stated = {"ground": "annulled", "reason": "行政复议撤销原决定"}
    assert lead.post(f"/bars/{bar.pk}/correction/", stated).status_code == 302
    assert lead.post(f"/bars/{bar.pk}/correction/", stated).status_code == 409
    assert "行政复议撤销原决定" in lead.get(f"/bars/{bar.pk}/").content.decode()
    assert "已更正" in lead.get("/bars/", {"state": "corrected"}).content.decode()
    assert "没有符合条件的记录" in lead.get("/bars/", {"state": "holds"}).content.decode()


def test_a_head_sees_whom_to_let_go_at_the_own_nursery_alone() -> None:
    here, there = nursery(), nursery(name="大月亮托育园")
    employed(here, WANG)
    employed(there, WANG)
    actions.record_bar(by=health(), given=given(WANG))
    page = browser(head_of(here).user_id).get("/bar-alerts/").content.decode()
    assert "小星星" in page
    assert "大月亮" not in page
    assert "虐待" not in page
    rows = browser(health(role=Role.OFFICER).user_id).get("/api/v1/bar-alerts").json()["rows"]
    assert {row["institution"] for row in rows} == {"小星星托育园", "大月亮托育园"}
    assert browser(health(XUANWU).user_id).get("/api/v1/bar-alerts").json()["rows"] == []


def test_a_lead_corrects_what_a_nursery_was_told_wrongly() -> None:
    found = hit(nursery(), WANG)
    lead = browser(health().user_id)
    assert "小星星" in lead.get("/record-check-hits/").content.decode()
    assert lead.post(f"/record-check-hits/{found.pk}/correction/", {"ground": "x"}).status_code == 302
    stated = {"ground": "wrong_person", "reason": "公安复核为同名"}
    assert (
        browser(health(XUANWU).user_id).post(f"/record-check-hits/{found.pk}/correction/", stated).status_code
        == 404
    )
    lead.post(f"/record-check-hits/{found.pk}/correction/", stated)
    assert "公安复核为同名" in lead.get("/record-check-hits/").content.decode()


def test_the_lists_ask_the_same_of_the_database_for_one_row_and_for_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    here = nursery()
    lead = browser(health().user_id)
    for serial in range(1, 13):
        employed(here, identity(serial))
        hit(here, identity(serial + 100))
        actions.record_bar(by=health(), given=given(identity(serial)))
    for address in ("/bars/", "/bar-alerts/", "/record-check-hits/"):
        lead.get(address)
        with django_assert_max_num_queries(6):
            assert lead.get(address).status_code == 200


def found_by(name: str) -> list[str]:
    return list(next(one for one in checks.every() if one.name == name).function())


def test_the_nightly_check_finds_who_is_barred_and_employed_with_nobody_told() -> None:
    name = "workforce.barred_and_employed_is_alerted"
    here = nursery()
    employed(here, WANG)
    actions.record_bar(by=health(), given=given(WANG))
    assert found_by(name) == []
    employed(nursery(name="大月亮托育园"), WANG)
    assert len(found_by(name)) == 1
    hit(here, identity(2))
    assert len(found_by(name)) == 2
    assert BarAlert.objects.count() == 1
