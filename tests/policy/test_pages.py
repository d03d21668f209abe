"""The pages of a jurisdiction: what a family or an officer reads there."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import actions, coverage
from tuoyu.jurisdictions.coverage import Outcome, Outcomes
from tuoyu.jurisdictions.models import Division

JURISDICTIONS = ("320100", "360000", "370323", "370402", "420000")


@pytest.fixture(autouse=True)
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_names_every_jurisdiction_and_its_document(client: Client) -> None:
    text = page(client, "/policy/")
    for code in JURISDICTIONS:
        assert f"/policy/{code}/" in text
    assert "宁政办发〔2020〕57号" in text
    assert "原文未载日期" in text


@pytest.mark.parametrize("code", JURISDICTIONS)
@pytest.mark.parametrize("tab", ["", "targets/", "rules/"])
def test_every_page_of_every_jurisdiction_opens(client: Client, code: str, tab: str) -> None:
    assert "<h1>" in page(client, f"/policy/{code}/{tab}")


def test_who_answers_is_shown_apart_by_kind(client: Client) -> None:
    hubei = page(client, "/policy/420000/")
    assert "牵头单位" in hubei
    assert "省人力资源和社会保障厅" in hubei
    nanjing = page(client, "/policy/320100/")
    assert "统一加上的单位" in nanjing
    assert "江北新区管委会、各区政府" in nanjing


def test_a_clause_shows_its_state_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = Outcome("A1", "370402", "tests/x.py::test_the_route_is_taken", (), "passed")
    monkeypatch.setattr(coverage, "outcomes", lambda: Outcomes(ran=True, complete=True, entries=(passed,)))
    text = page(client, "/policy/370402/")
    assert "部分实现" in text
    assert "尚未实现" in text
    assert "宣示性条款" in text
    assert "test_the_route_is_taken" in text
    assert "未检验" not in text


def test_without_a_test_run_nothing_is_claimed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "outcomes", lambda: Outcomes(ran=False))
    text = page(client, "/policy/320100/")
    assert "未检验" in text
    assert "已实现" not in text


def test_a_document_that_leaves_something_out_says_so(client: Client) -> None:
    assert "文件没有附部门职责" in page(client, "/policy/420000/targets/")
    assert "文件没有写明的" in page(client, "/policy/370323/targets/")


def test_contradicting_standards_stand_side_by_side(client: Client) -> None:
    text = page(client, "/policy/370402/rules/")
    assert "标准之间不一致的" in text
    assert "“托育服务”" in text
    assert "“婴幼儿照护服务”" in text


def test_the_rules_of_another_day_are_those_of_that_day(client: Client) -> None:
    assert "场地自有，租赁的租期不少于3年" in page(client, "/policy/320100/rules/?on=2026-11-22")
    assert "场地自有，租赁的租期不少于3年" not in page(client, "/policy/320100/rules/?on=2019-01-01")


def test_a_date_that_is_none_is_explained(client: Client) -> None:
    assert "请填写日期" in page(client, "/policy/320100/rules/?on=soon", status=422)


def test_a_decision_of_a_division_is_shown_with_its_basis(client: Client) -> None:
    actions.decide_setting(
        division=Division.objects.get(code="320106"),
        key="registrar.social_service_org",
        value="admin_approval",
        effective_from=date(2026, 1, 1),
        basis="区政府专题会议纪要",
        by=Actor.system("测试"),
    )
    text = page(client, "/policy/320100/rules/")
    assert "区政府专题会议纪要" in text
    assert "行政审批部门" in text


@pytest.mark.parametrize("address", ["/policy/999999/", "/policy/cn/", "/policy/110101/rules/", "/policy/x/"])
def test_a_jurisdiction_without_a_document_is_not_found(client: Client, address: str) -> None:
    page(client, address, status=404)


def test_pages_ask_the_database_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, "/policy/320100/rules/")
    for address in ("/policy/", "/policy/320100/", "/policy/320100/rules/"):
        with django_assert_max_num_queries(6):
            page(client, address)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2020-06-01", "2019-12"),
        ("2022-06-01", "2022-01"),
        ("2023-06-01", "2022-08"),
        ("2024-06-01", "2024-04"),
    ],
)
def test_the_checklist_shown_is_the_version_in_force_that_day(client: Client, on: str, version: str) -> None:
    text = page(client, f"/policy/360000/checklists/?on={on}")
    assert f"{version}版" in text
    assert "每班有自己的生活单元" in text


def test_nanjing_has_its_own_checklist_by_its_seven_fields(client: Client) -> None:
    text = page(client, "/policy/320100/checklists/")
    for field in ("房屋场地", "设施设备", "人员配置", "消防安全", "卫生保健", "保育照护", "监督管理"):
        assert f"<h3>{field}</h3>" in text


def test_a_day_without_any_checklist_says_so(client: Client) -> None:
    assert "这一天没有有效的核查表" in page(client, "/policy/360000/checklists/?on=2001-01-01")
    assert "请填写日期" in page(client, "/policy/360000/checklists/?on=morgen", status=422)
