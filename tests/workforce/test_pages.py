"""The pages of the register: what each person sees, and what nobody sees."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from python_calamine import load_workbook

from accounts.people import browser, seated
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.workforce import queries
from tuoyu.workforce.models import ClassAssignment, Employment, Qualification, RecordCheck
from workforce.staff import (
    GULOU,
    XUANWU,
    carer,
    certified,
    crowd,
    days,
    head_user,
    hired,
    identity,
    nursery,
    typed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def health(place: str = GULOU) -> Client:
    return browser(seated(Role.OFFICER, "health", place, username=f"health-{place}"))


def test_a_head_hires_places_certifies_asks_and_lets_go_by_the_pages_alone() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    client = browser(head_user(place))
    assert "还没有登记从业人员" in text(client, f"/institutions/{place.pk}/staff/")
    form = f"/institutions/{place.pk}/staff/hiring/"
    assert "身份证号" in text(client, form)
    wrong = client.post(form, typed(1, identity="123", check_result="hit"))
    assert wrong.status_code == 422
    assert "身份证号应为18位" in wrong.content.decode()
    done = client.post(form, typed(1))
    one = Employment.objects.get()
    assert done["Location"] == f"/staff/{one.pk}/"
    page = text(client, f"/staff/{one.pk}/")
    assert "还没有登记健康合格证" in page
    assert identity(1) not in page

    body = BytesIO()
    Image.new("RGB", (9, 9), "white").save(body, "PNG")
    scan = SimpleUploadedFile("证.png", body.getvalue(), "image/png")
    said = {"kind": "health_certificate", "issuer": "疾控中心", "issued_on": str(clock.today()), "file": scan}
    assert client.post(f"/staff/{one.pk}/certificates/", said).status_code == 302
    held = Qualification.objects.get()
    assert b"".join(client.get(f"/staff/certificates/{held.pk}/file/").streaming_content).startswith(
        b"\x89PNG"
    )
    again = client.post(f"/staff/{one.pk}/certificates/", {**said, "issued_on": "2099-01-01"})
    assert again.status_code == 422
    assert "发证日期在今天以后" in again.content.decode()

    group = place.classes.get()
    placed = client.post(
        f"/staff/{one.pk}/class/", {"class_group": str(group.pk), "from_day": str(clock.today())}
    )
    assert placed.status_code == 302
    assert ClassAssignment.objects.get().class_group == group
    assert client.post(f"/staff/{one.pk}/class/", {"class_group": "99"}).status_code == 422
    assert client.post(f"/staff/{one.pk}/details/", {"education": "本科"}).status_code == 302
    assert client.post(f"/staff/{one.pk}/checks/", {"asked_on": str(clock.today())}).status_code == 302
    asked = RecordCheck.objects.get(result="")
    answer = {"answered_on": str(clock.today()), "authority": "公安分局"}
    assert client.post(f"/staff/checks/{asked.pk}/answer/", answer).status_code == 422
    assert client.post(f"/staff/checks/{asked.pk}/answer/", answer | {"result": "clear"}).status_code == 302
    assert client.post(f"/staff/certificates/{held.pk}/withdrawal/", {"reason": ""}).status_code == 422
    assert client.post(f"/staff/certificates/{held.pk}/withdrawal/", {"reason": "错了"}).status_code == 302
    end = {"last_day": str(clock.today()), "reason": "回老家"}
    assert client.post(f"/staff/{one.pk}/end/", {**end, "reason": ""}).status_code == 422
    assert client.post(f"/staff/{one.pk}/end/", end).status_code == 302
    assert client.post(f"/staff/{one.pk}/end/", end).status_code == 409


def test_the_identity_number_is_masked_until_asked_for_and_that_is_written_down() -> None:
    place = nursery()
    user = head_user(place)
    client, by = browser(user), actor_for(user)
    one = hired(by, place, 1)
    for address in (f"/institutions/{place.pk}/staff/", f"/staff/{one.pk}/"):
        page = text(client, address)
        assert identity(1) not in page
        assert f"{identity(1)[:3]}***" in page
    shown = client.post(f"/staff/{one.pk}/identity/").content.decode()
    assert identity(1) in shown
    assert AuditEvent.objects.filter(verb="personal.read").count() == 1
    colleague = browser(seated(Role.NURSERY_STAFF, username="colleague", institution_id=place.pk))
    for address in (f"/institutions/{place.pk}/staff/", f"/staff/{one.pk}/"):
        page = text(colleague, address)
        assert "员工1" in page
        assert identity(1)[:3] + "*" not in page
        assert "健康合格证" not in page
        assert "违法犯罪" not in page
    assert colleague.post(f"/staff/{one.pk}/identity/").status_code == 403
    assert colleague.get("/staff/").status_code == 302


def test_what_a_nursery_sees_is_the_same_whether_or_not_another_employs_the_person_too() -> None:
    place, other = nursery(GULOU, ("小一班", "toddler_small", 10)), nursery(GULOU)
    user, foreign = head_user(place), head_user(other)
    one = carer(actor_for(user), place, 1, place.classes.get())
    client = browser(user)
    addresses = (
        f"/institutions/{place.pk}/staff/?held=all",
        f"/institutions/{place.pk}/staffing/",
        f"/staff/{one.pk}/",
        f"/institutions/{place.pk}/",
    )
    plain = lambda page: re.sub(r'(csrf|nonce)[^>]*value="[^"]*"|nonce="[^"]*"', "", page)  # noqa: E731
    before = [plain(text(client, address)) for address in addresses]
    by = actor_for(foreign)
    elsewhere = hired(
        by, other, 1, full_time="no", name="另一个名字", phone="13900139000", education="研究生"
    )
    certified(by, elsewhere, "health_certificate", "head_training", issuer="别处")
    assert [plain(text(client, address)) for address in addresses] == before
    assert client.get(f"/staff/{elsewhere.pk}/").status_code == 404
    paper = elsewhere.person.qualifications.filter(recorded_for=other).first()
    assert client.post(f"/staff/certificates/{paper.pk}/withdrawal/", {"reason": "x"}).status_code == 404
    check = RecordCheck.objects.get(institution=other)
    assert client.post(f"/staff/checks/{check.pk}/answer/", {}).status_code == 404


def test_an_office_finds_who_works_at_several_of_its_nurseries_and_nobody_elsewhere() -> None:
    one, two, far = nursery(GULOU), nursery(GULOU), nursery(XUANWU)
    for index, place in enumerate((one, two, far)):
        hired(actor_for(head_user(place)), place, 1, full_time="no")
        hired(actor_for(head_user(place)), place, 10 + index)
    officer = health()
    page = text(officer, "/staff/several/")
    assert one.name in page
    assert two.name in page
    assert far.name not in page
    assert "员工10" not in page
    found = officer.post("/staff/search/", {"identity": identity(1)}).content.decode()
    assert one.name in found
    assert far.name not in found
    assert identity(1) not in found
    event = AuditEvent.objects.get(verb="staff.searched")
    assert identity(1) not in str(event.after)
    assert len(event.after["found"]) == 2
    assert officer.post("/staff/search/", {"identity": "1"}).status_code == 422
    assert "辖区内没有此人" in officer.post("/staff/search/", {"identity": identity(12)}).content.decode()
    for who in (
        browser(seated(Role.JURISDICTION_LEAD, "", "320100")),
        browser(seated(Role.OFFICER, "civil_affairs", GULOU)),
        browser(head_user(one)),
    ):
        assert who.get("/staff/several/").status_code == 403
        assert who.get("/staff/search/").status_code == 403


def test_a_lead_sees_figures_and_no_names() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    hired(actor_for(head_user(place)), place, 1)
    lead = browser(seated(Role.JURISDICTION_LEAD, "", "320100"))
    page = text(lead, "/staff/")
    assert place.name in page
    assert "0.0%" in page
    assert "员工1" not in page
    assert lead.get(f"/institutions/{place.pk}/staff/").status_code == 403
    named = text(health(), "/staff/")
    assert "员工1" in named
    fine = nursery(GULOU)
    for want in ("broken", "uncertified"):
        narrowed = text(lead, f"/staff/?want={want}")
        assert place.name in narrowed
        assert fine.name not in narrowed
    assert fine.name in text(lead, "/staff/?want=nonsense")
    assert "没有符合条件的机构" in text(health(XUANWU), "/staff/?want=broken")


def test_the_public_page_shows_nothing_personal() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    carer(actor_for(head_user(place)), place, 1, place.classes.get())
    page = text(Client(), reverse("portal:institution", args=[place.pk]))
    assert "员工1" not in page
    assert identity(1)[:6] not in page


def test_filters_are_the_address() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    user = head_user(place)
    by, client = actor_for(user), browser(user)
    carer(by, place, 1)
    hired(by, place, 2, post="cook")
    hired(by, place, 3)
    address = f"/institutions/{place.pk}/staff/"
    seen = lambda query: set(re.findall(r">(员工\d)</a>", text(client, address + query)))  # noqa: E731
    assert seen("") == {"员工1", "员工2", "员工3"}
    assert seen("?post=cook") == {"员工2"}
    assert seen("?want=uncertified") == {"员工3"}
    assert seen("?want=open") == {"员工2", "员工3"}
    assert seen("?held=past") == set()
    assert seen(f"?on={clock.today() - timedelta(days=1)}") == set()
    assert seen("?post=nonsense&on=2026-99-99&held=x&want=y") == {"员工1", "员工2", "员工3"}


def asked_for(client: Client, address: str) -> int:
    """How many statements a page costs."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)


def test_a_page_of_staff_costs_six_statements_at_most_for_one_row_as_for_fifty() -> None:
    place, other = nursery(GULOU, ("小一班", "toddler_small", 10)), nursery(GULOU)
    by, to = actor_for(head_user(place)), actor_for(head_user(other))
    one = hired(by, place, 1)
    hired(to, other, 1, full_time="no")
    officer = health()
    addresses = (
        f"/institutions/{place.pk}/staff/?size=50",
        f"/institutions/{place.pk}/staff/?want=open&size=50",
        f"/institutions/{place.pk}/staffing/",
        f"/institutions/{place.pk}/training/",
        f"/institutions/{place.pk}/training/{one.person_id}/",
        f"/institutions/{place.pk}/service/",
        f"/staff/{one.pk}/",
        "/staff/?size=50",
        "/staff/?want=broken&size=50",
        "/staff/?want=uncertified&size=50",
        "/staff/several/",
        "/staff/alerts/?size=50",
        "/training/gaps/?size=50",
    )
    for address in addresses:
        officer.get(address)
    few = {address: asked_for(officer, address) for address in addresses}
    crowd(place, range(2, 51))
    for index in range(49):
        crowd(nursery(GULOU), range(100 + index, 101 + index))
    assert {address: asked_for(officer, address) for address in addresses} == few
    assert max(few.values()) <= 6, few


def test_staff_of_a_day_are_those_who_worked_there_that_day() -> None:
    place = nursery()
    user = head_user(place)
    one = hired(actor_for(user), place, 1, starts_on=str(days(-30)), check_answered_on=str(days(-31)),
                check_asked_on=str(days(-40)))  # fmt: skip
    client = browser(user)
    client.post(f"/staff/{one.pk}/end/", {"last_day": str(days(-10)), "reason": "离职"})
    address = f"/institutions/{place.pk}/staff/?on="
    assert [
        "员工1" in text(client, f"{address}{days(n)}") for n in (-31, -30, -10, -9)
    ] == [False, True, True, False]  # fmt: skip


def test_the_board_names_rule_person_and_day_and_forgets_what_is_mended() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    user = head_user(place)
    by, group = actor_for(user), place.classes.get()
    one, two = carer(by, place, 1, group), carer(by, place, 2, group)
    health_paper = Qualification.objects.filter(kind="health_certificate")
    health_paper.filter(person=one.person).update(issued_on=days(-365), expires_on=days(-1))
    health_paper.filter(person=two.person).update(expires_on=days(9))
    officer = health()
    for client in (browser(user), officer):
        page = text(client, "/staff/alerts/")
        broken, _, soon = page.partition('id="soon"')
        assert f"最后有效日为{days(-1)}" in broken
        assert "托儿所幼儿园卫生保健管理办法" in broken
        assert "“小一班”10个托位" in broken
        assert "设置标准（试行）》" in broken
        assert ">员工1</a>" in broken
        assert ">员工2</a>" in soon
        assert str(days(10)) in soon
    assert place.name not in text(health(XUANWU), "/staff/alerts/")
    taken = load_workbook(BytesIO(officer.get("/staff/alerts/?format=xlsx").content))
    assert f"最后有效日为{days(-1)}" in str(taken.get_sheet_by_index(0).to_python())
    for employment in (one, two):
        certified(by, employment, "health_certificate", number="新证")
    page = text(officer, "/staff/alerts/")
    assert "健康合格证" not in page
    assert "“小一班”10个托位" not in page


def test_a_reach_too_large_to_look_through_says_how_to_narrow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_LOOKED_THROUGH", 1)
    one, two = nursery(GULOU, name="小葵花托育园"), nursery(GULOU, name="大月亮托育园")
    for number, place in ((1, one), (2, two)):
        hired(actor_for(head_user(place)), place, number)
    officer = health()
    page = text(officer, "/staff/alerts/")
    assert "登记了人员的机构超过1家" in page
    assert "人员和证书都符合规定" not in page
    assert "小葵花托育园" in text(officer, "/staff/alerts/?q=小葵花")
    assert officer.get("/staff/?want=broken").status_code == 422
    assert officer.get("/api/v1/staff/alerts").status_code == 422
    assert [row["id"] for row in officer.get("/api/v1/staff/alerts?q=xkh").json()["rows"]] == [one.pk]
