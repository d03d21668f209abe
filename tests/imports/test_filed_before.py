"""Institutions filed before the platform came: matched by credit code, compared, never overwritten, never
twice; all or nothing, or the good rows by choice; public as they were filed, and marked."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from accounts.people import actor
from exchange.callers import GULOU, XUANWU, seated
from imports.sheets import brought, file_of, nursery, uscc
from tuoyu.core import audit
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.imports import actions, jobs
from tuoyu.imports.models import Import
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import GroundKind

pytestmark = pytest.mark.django_db


def officer(division: str = GULOU) -> Any:
    return seated(Role.OFFICER, "health", division)


def browser(user: Any) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
    return client


def written(found: Import, **choices: bool) -> Import:
    actions.decide(by=actor(found.owner), imported=found, **choices)
    jobs.write_import(found.pk)
    found.refresh_from_db()
    return found


def codes(found: Import) -> list[tuple[int, str, str]]:
    return [(d.row, d.column, d.code) for d in actions.content_of(found).read.defects]


def test_an_office_uploads_looks_decides_and_finds_its_nurseries_in_public() -> None:
    client = browser(officer())
    template = client.get("/imports/templates/institutions.xlsx")
    assert template.content.startswith(b"PK")
    sent = client.post("/imports/new/institutions/", {"file": file_of(officer(), "institutions", nursery(1))})
    found = Import.objects.get()
    assert sent["Location"] == f"/imports/{found.pk}/"
    assert Institution.objects.count() == 0
    page = client.get(f"/imports/{found.pk}/").content.decode()
    assert "1行可以写入" in page
    assert "第1家托育园" in page
    assert client.post(f"/imports/{found.pk}/decision/").status_code == 302
    waiting = client.get(f"/imports/{found.pk}/")
    assert "正在写入" in waiting.content.decode()
    assert waiting["Refresh"] == "2"
    jobs.write_import(found.pk)
    assert "写入1行" in client.get(f"/imports/{found.pk}/").content.decode()
    made = Institution.objects.get()
    assert (made.receipt_number, made.filing, made.source_system) == ("托备旧000001", "normal", "import")
    assert (made.receipt_issued_on, made.public_since) == (date(2021, 6, 1), date(2021, 6, 1))
    first = made.first_facts.as_facts()
    assert {(one.ground, one.department, one.division_code) for one in first} == {
        (GroundKind.IMPORT, "health", GULOU)
    }
    assert {one.key: one.period.lower for one in first}["filing"] == date(2021, 6, 1)
    public = Client().get("/nurseries/?" + urlencode({"q": "第1家"})).content.decode()
    assert "第1家托育园" in public
    assert "平台启用前已备案" in client.get(f"/institutions/{made.pk}/").content.decode()


def test_the_same_file_twice_and_a_second_click_write_nothing_twice() -> None:
    found = brought(officer(), "institutions", nursery(1), nursery(2))
    assert brought(officer(), "institutions", nursery(1), nursery(2)).pk == found.pk
    written(found)
    stale = Import.objects.get(pk=found.pk)
    stale.state = Import.State.CHECKED
    with pytest.raises(Overtaken):
        actions.decide(by=actor(officer()), imported=stale)
    jobs.write_import(found.pk)
    assert Institution.objects.count() == 2
    again = brought(officer(), "institutions", nursery(1), nursery(2))
    assert (again.rows, again.fresh, again.wrong) == (2, 0, 0)
    with pytest.raises(Refused, match="没有需要写入的行"):
        actions.decide(by=actor(officer()), imported=again)
    assert AuditEvent.objects.filter(verb="institution.imported").count() == 2
    assert AuditEvent.objects.filter(verb="import.written").count() == 1


def test_two_imports_of_the_same_rows_at_once_leave_one_of_each() -> None:
    first = brought(officer(), "institutions", nursery(1), nursery(2))
    second = brought(seated(Role.DEPARTMENT_LEAD, "health"), "institutions", nursery(2), nursery(3))
    written(first)
    written(second)
    assert sorted(Institution.objects.values_list("name", flat=True)) == [f"第{n}家托育园" for n in (1, 2, 3)]


def test_what_is_known_is_compared_and_never_overwritten() -> None:
    written(brought(officer(), "institutions", nursery(1)))
    changed = nursery(1, name="改名托育园", places=90, inclusive="", receipt_number="托备新1", phone="")
    found = brought(officer(), "institutions", changed, nursery(2))
    told = [(one.label, one.known, one.said) for one in actions.content_of(found).differences]
    assert told == [
        ("机构名称", "第1家托育园", "改名托育园"),
        ("备案回执号", "托备旧000001", "托备新1"),
        ("托位总数", "60个", "90个"),
    ]
    assert (found.fresh, found.wrong) == (1, 0)
    page = browser(officer()).get(f"/imports/{found.pk}/").content.decode()
    assert "以平台上的为准" in page
    written(found)
    assert Institution.objects.get(uscc=uscc(1)).name == "第1家托育园"


def test_a_wrong_row_stops_all_until_the_person_chooses_the_good_ones() -> None:
    rows = (
        nursery(1),
        nursery(2, legal_form="企业"),
        nursery(3, receipt_issued_on="2021-01-01"),
        nursery(4, care_types="全日托、夜托"),
        nursery(5, longitude="118.77"),
        nursery(6, verified_on="2099-01-01"),
        nursery(7, place="320102 江苏省南京市玄武区"),
        nursery(8, uscc="123"),
        nursery(1),
    )
    found = brought(officer(), "institutions", *rows)
    assert codes(found) == [
        (3, "组织形式", "form_of_nature"),
        (4, "回执日期", "order_of_days"),
        (5, "服务范围", "not_offered"),
        (6, "经度", "half_a_spot"),
        (7, "现场核实日期", "future"),
        (8, "所在地", "not_offered"),
        (9, "统一社会信用代码", "credit_code"),
        (10, "统一社会信用代码", "twice"),
        (10, "备案回执号", "twice"),
    ]
    with pytest.raises(Refused, match="还有8行有问题"):
        actions.decide(by=actor(officer()), imported=found)
    assert Institution.objects.count() == 0
    client = browser(officer())
    assert client.get(f"/imports/{found.pk}/defects.xlsx").content.startswith(b"PK")
    assert "只写入没有问题的1行" in client.get(f"/imports/{found.pk}/").content.decode()
    done = written(found, only_good=True)
    assert (done.state, done.written, Institution.objects.count()) == ("written", 1, 1)


def test_what_lies_in_another_county_is_neither_told_nor_written() -> None:
    written(brought(officer(XUANWU), "institutions", nursery(1, place="320102 江苏省南京市玄武区")))
    taken = nursery(2, receipt_number="托备旧000001")
    found = brought(officer(), "institutions", nursery(1, receipt_number="另一号"), taken)
    assert codes(found) == [(2, "统一社会信用代码", "elsewhere"), (3, "备案回执号", "taken")]
    assert "玄武" not in str(actions.content_of(found).read.defects)
    assert browser(officer(XUANWU)).get(f"/imports/{found.pk}/").status_code == 404
    assert browser(seated(Role.OFFICER, "education")).get("/imports/").status_code == 403


def test_who_lost_the_post_in_the_meantime_writes_nothing() -> None:
    found = brought(officer(), "institutions", nursery(1))
    actions.decide(by=actor(officer()), imported=found)
    officer().memberships.all().delete()
    jobs.write_import(found.pk)
    found.refresh_from_db()
    assert (found.state, Institution.objects.count()) == ("failed", 0)


def test_all_or_nothing_when_the_writing_breaks_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    found = brought(officer(), "institutions", nursery(1), nursery(2))
    actions.decide(by=actor(officer()), imported=found)
    monkeypatch.setattr("tuoyu.institutions.actions.imports.AT_A_TIME", 1)
    told: list[int] = []

    def breaks(*args: Any) -> None:
        told.append(1)
        if len(told) == 2:
            raise OSError("the disk is full")
        real(*args)

    real = audit.record_each
    monkeypatch.setattr("tuoyu.institutions.actions.imports.audit.record_each", breaks)
    with pytest.raises(OSError, match="full"):
        jobs.write_import(found.pk)
    found.refresh_from_db()
    assert (found.state, Institution.objects.count()) == ("failed", 0)
    assert "没有写成" in browser(officer()).get(f"/imports/{found.pk}/").content.decode()


def test_a_file_that_cannot_be_read_says_so_on_the_page_and_keeps_nothing() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("台账.xlsx", "名称,代码\n".encode("gb18030"))
    answer = browser(officer()).post("/imports/new/institutions/", {"file": bad})
    assert answer.status_code == 422
    assert "不是xlsx" in answer.content.decode()
    assert browser(officer()).post("/imports/new/institutions/", {}).status_code == 422
    assert Import.objects.count() == 0


def test_put_aside_and_after_a_month_what_a_file_said_is_gone() -> None:
    found = brought(officer(), "institutions", nursery(1))
    browser(officer()).post(f"/imports/{found.pk}/discarding/")
    found.refresh_from_db()
    assert (found.state, found.content) == ("discarded", None)
    other = brought(officer(), "institutions", nursery(2))
    Import.objects.filter(pk=other.pk).update(made_at=date(2020, 1, 1).isoformat() + "T00:00Z")
    assert [jobs.forget(0), jobs.forget(0)] == [1, 0]
    other.refresh_from_db()
    assert (other.state, other.content) == ("discarded", None)
    assert AuditEvent.objects.filter(verb="import.forgotten", object_id=str(other.pk)).count() == 1


def test_the_api_does_the_same() -> None:
    client = browser(officer())
    assert [kind["key"] for kind in client.get("/api/v1/import-kinds").json()] == ["institutions"]
    sent = client.post(
        "/api/v1/imports", {"kind": "institutions", "file": file_of(officer(), "institutions", nursery(1))}
    )
    assert sent.status_code == 201, sent.content
    pk = sent.json()["id"]
    done = client.post(
        f"/api/v1/imports/{pk}/decision", {"only_good": False}, content_type="application/json"
    )
    assert (done.status_code, done.json()["state"]) == (200, "writing")
    jobs.write_import(pk)
    assert client.get(f"/api/v1/imports/{pk}").json()["written"] == 1
    again = client.post(f"/api/v1/imports/{pk}/decision", {}, content_type="application/json")
    assert again.status_code == 409
