"""The pages of messages: what an officer finds, signs for, and what a lead sees of deliveries."""

import re
from typing import Any

import pytest
from django.test import Client

from exchange.callers import GULOU, XUANWU, message, seated
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.exchange.models import Connector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def browser(role: Role = Role.OFFICER, department: str = "health", division: str = GULOU) -> Client:
    client = Client()
    client.force_login(seated(role, department, division))
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def failed(**more: Any) -> OutboxMessage:
    made = message(key="broken", **more)
    OutboxMessage.objects.filter(pk=made.pk).update(
        state="failed", attempts=12, last_error="对方系统没有在时限内答复。"
    )
    return made


def test_an_officer_finds_what_was_pushed_and_signs_for_it_in_one_click() -> None:
    made = message()
    client = browser()
    page = client.get("/messages/")
    assert "鼓楼区小星星托育园" in text_of(page)
    assert "待签收1条" in text_of(page)
    after = client.post(
        f"/messages/{made.pk}/acknowledgement/", {"next": "/messages/?state=new"}, follow=True
    )
    assert after.redirect_chain[0][0] == "/messages/?state=new"
    assert "已签收“鼓楼区小星星托育园”的信息" in text_of(after)
    made.refresh_from_db()
    assert (made.state, made.acknowledged_by) == ("acknowledged", "officer-health-320106")


def test_a_second_click_is_harmless_and_the_first_name_stays() -> None:
    made = message()
    browser().post(f"/messages/{made.pk}/acknowledgement/")
    again = browser(Role.DEPARTMENT_LEAD).post(f"/messages/{made.pk}/acknowledgement/", follow=True)
    assert "此前已经签收" in text_of(again)
    made.refresh_from_db()
    assert made.acknowledged_by == "officer-health-320106"
    assert AuditEvent.objects.filter(verb="message.acknowledged").count() == 1


def test_the_police_of_the_county_see_theirs_and_the_neighbours_see_nothing() -> None:
    message("health", key="a")
    message("public_security", key="b")
    assert "共1条" in text_of(browser(department="public_security").get("/messages/"))
    empty = text_of(browser(department="public_security", division=XUANWU).get("/messages/"))
    assert "还没有推送给本部门的信息" in empty
    assert "会自动推送到这里" in empty


def test_new_messages_come_first_and_the_filters_are_the_address() -> None:
    first = message(key="a", name="先来的托育园")
    message(key="b", name="后来的托育园")
    client = browser()
    client.post(f"/messages/{first.pk}/acknowledgement/", follow=True)
    page = text_of(client.get("/messages/"))
    assert page.index("后来的托育园") < page.index("先来的托育园")
    assert "后来的托育园" not in text_of(client.get("/messages/?state=acknowledged"))
    assert "没有符合条件的信息" in text_of(client.get("/messages/?text=没有这家"))
    assert "先来的托育园" in text_of(client.get("/messages/?text=先来"))


def test_nonsense_in_the_address_is_left_out() -> None:
    message()
    page = browser().get("/messages/?state=%00&topic=" + "x" * 500 + "&text=%00")
    assert page.status_code == 200
    assert "鼓楼区小星星托育园" in text_of(page)


def test_a_lead_sees_how_far_each_message_has_come_and_sends_a_failed_one_again() -> None:
    made = failed()
    client = browser(Role.DEPARTMENT_LEAD)
    page = text_of(client.get("/messages/deliveries/"))
    assert "发送失败" in page
    assert "对方系统没有在时限内答复" in page
    assert "有信息没有送到" in page
    after = client.post(f"/messages/deliveries/{made.pk}/retry/", follow=True)
    assert "已重新排入推送" in text_of(after)
    made.refresh_from_db()
    assert (made.state, made.attempts) == ("queued", 0)
    assert client.post(f"/messages/deliveries/{made.pk}/retry/").status_code == 409


def test_an_officer_without_a_lead_seat_sees_no_deliveries() -> None:
    made = failed()
    client = browser()
    assert client.get("/messages/deliveries/").status_code == 403
    assert client.post(f"/messages/deliveries/{made.pk}/retry/").status_code == 403
    assert "推送情况" not in client.get("/messages/").content.decode().split("<main")[1]


def test_a_system_administrator_sees_deliveries_but_not_what_was_said() -> None:
    failed()
    client = browser(Role.SYSTEM_ADMIN, "", "320100")
    page = client.get("/messages/deliveries/").content.decode()
    assert "发送失败" in page
    assert "小星星" not in page
    assert client.get("/messages/").status_code == 403


def test_a_stranger_is_led_to_the_sign_in_and_a_neighbour_finds_nothing() -> None:
    made = message()
    assert Client().get("/messages/").status_code == 302
    assert Client().post(f"/messages/{made.pk}/acknowledgement/").status_code == 302
    neighbour = browser(division=XUANWU)
    assert neighbour.post(f"/messages/{made.pk}/acknowledgement/").status_code == 404
    lead = browser(Role.DEPARTMENT_LEAD, division=XUANWU)
    assert lead.post(f"/messages/deliveries/{made.pk}/retry/").status_code == 404
    made.refresh_from_db()
    assert made.state == "queued"


def test_an_address_of_another_site_is_not_where_a_click_leads() -> None:
    made = message()
    after = browser().post(f"/messages/{made.pk}/acknowledgement/", {"next": "https://elsewhere.example/"})
    assert after["Location"] == "/messages/"


def test_the_list_costs_the_same_for_one_row_and_for_fifty(django_assert_num_queries: Any) -> None:
    message(key="0")
    client = browser()
    client.get("/messages/?size=50")
    with django_assert_num_queries(4) as one:
        client.get("/messages/?size=50")
    for number in range(1, 50):
        message(key=str(number))
    with django_assert_num_queries(len(one)):
        page = client.get("/messages/?size=50")
    assert page.content.decode().count("小星星") >= 50


def test_an_administrator_sets_where_an_offices_messages_go_and_sees_the_key_once() -> None:
    client = browser(Role.SYSTEM_ADMIN, "", "320100")
    given = {"department": "health", "division_code": GULOU, "address": "https://health.example/tuoyu"}
    page = client.post("/messages/systems/", given)
    assert "签名密钥只显示这一次" in text_of(page)
    made = Connector.objects.get()
    assert str(made.secret) in page.content.decode()
    listed = client.get("/messages/systems/").content.decode()
    assert "https://health.example/tuoyu" in listed
    assert str(made.secret) not in listed
    client.post("/messages/systems/", given | {"address": "https://health.example/new"})
    assert Connector.objects.filter(removed_at=None).count() == 1
    now = Connector.objects.get(removed_at=None)
    refused = client.post(f"/messages/systems/{now.pk}/removal/", {"reason": " "})
    assert refused.status_code == 422
    client.post(f"/messages/systems/{now.pk}/removal/", {"reason": "系统下线"})
    assert not Connector.objects.filter(removed_at=None).exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://health.example/", "必须使用https"),
        ("https://user:secret@health.example/", "不能带账号和密码"),
        ("javascript:alert(1)", "不是一个网址"),
        ("https://", "不是一个网址"),
        ("https://[", "不是一个网址"),
    ],
)
def test_an_address_that_would_not_be_safe_is_refused(address: str, says: str) -> None:
    client = browser(Role.SYSTEM_ADMIN, "", "320100")
    given = {"department": "health", "division_code": GULOU, "address": address}
    page = client.post("/messages/systems/", given)
    assert page.status_code == 422
    assert says in text_of(page)
    assert not Connector.objects.exists()


def test_the_moment_of_taking_note_is_kept() -> None:
    made = message()
    before = clock.now()
    browser().post(f"/messages/{made.pk}/acknowledgement/")
    made.refresh_from_db()
    assert made.acknowledged_at is not None
    assert made.acknowledged_at >= before
