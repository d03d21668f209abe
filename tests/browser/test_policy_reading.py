"""A lead reads a document in a browser without a script, corrects it on desk and phone, and adopts it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.objections import Objections
from browser.visitor import Site, Visitor
from policy.county import CONTENT, COUNTY, NAMES, lead_of
from policy.county import PHONE as TELEPHONE
from tuoyu.policy.models import PolicyDraft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("", "others/", "departments/", "words/", "parts/clause-3/", "changes/", "adoption/")


def test_a_document_is_read_corrected_and_adopted_without_a_script(site: Site, tmp_path: Path) -> None:
    lead = site.visitor(lead_of(COUNTY), java_script_enabled=False)
    _reads(lead, tmp_path)
    _goes_between_source_and_reading(lead)
    _corrects_a_clause(lead)
    _leaves_out_and_takes_back(lead)
    _writes_the_words(lead)
    _names_the_departments(lead)
    _settles_the_rest(lead)
    _adopts(lead)


def _reads(lead: Visitor, folder: Path) -> None:
    paper = folder / "意见.txt"
    paper.write_bytes(CONTENT)
    lead.open("/inbox/")
    lead.follow("政策识读", within="nav[aria-label=主导航]")
    lead.sees("还没有识读过文件")
    lead.follow("识读一份文件")
    lead.press("开始识读")
    lead.sees("请选择文件")
    lead.page.get_by_label("文件", exact=True).set_input_files(paper)
    lead.press("开始识读")
    lead.is_at("章贡区人民政府办公室关于促进托育服务的实施意见")
    lead.sees("已读出4条")


def _goes_between_source_and_reading(lead: Visitor) -> None:
    expect(lead.page.locator("del", has_text="— 2 —")).to_have_attribute("title", "页码")
    lead.click(lead.page.get_by_role("link", name="看条款二.(一)的识读结果"))
    assert lead.path.endswith("#clause-3")
    card = lead.page.locator("#clause-3")
    lead.click(card.get_by_role("link", name="原文"))
    expect(lead.page.locator(".draft-anchor:target")).to_have_text("二.(一)")


def _corrects_a_clause(lead: Visitor) -> None:
    lead.click(lead.page.get_by_role("link", name="修改二.(一) 支持家庭照护"))
    lead.types("责任单位", "区总工会\n区教育局")
    lead.types("摘要", "让家里有人带孩子")
    lead.press("保存")
    lead.click(lead.page.locator("#clause-3 details"))
    lead.sees("区总工会、区教育局", within="#clause-3")
    expect(lead.page.locator("#clause-3 del").last).to_have_text("区总工会、区妇联")


def _leaves_out_and_takes_back(lead: Visitor) -> None:
    lead.follow("目标与职责")
    lead.click(lead.page.get_by_role("link", name="修改二.(一)", exact=True))
    lead.press("删去这一处")
    lead.sees("已删去，随时可以恢复")
    lead.click(lead.page.get_by_role("link", name="修改二.(一)", exact=True))
    lead.press("恢复")
    lead.sees("已恢复。")


def _writes_the_words(lead: Visitor) -> None:
    lead.follow("写摘要")
    for box in lead.page.locator("main textarea").all():
        box.fill("用自己的话写的")
    lead.press("保存这一页")
    lead.sees("摘要都写好了")


def _names_the_departments(lead: Visitor) -> None:
    lead.follow("部门叫法")
    lead.picks("区科技局是哪个部门", "大数据管理部门")
    lead.press("保存部门叫法")
    expect(lead.page.get_by_label("区科技局是哪个部门")).to_have_value("big_data")


def _settles_the_rest(lead: Visitor) -> None:
    for tab in ("原文与条款", "目标与职责"):
        lead.follow(tab)
        unsettled = lead.page.get_by_role("button", name="核对无误")
        while unsettled.count():
            lead.click(unsettled)
            lead.sees("已核对。")
            lead.follow(tab)


def _adopts(lead: Visitor) -> None:
    lead.follow("采用")
    lead.sees("将会发生")
    lead.press("采用并公开")
    lead.sees("长期保留")
    lead.sees("区总工会、区教育局")
    draft = PolicyDraft.objects.get()
    assert draft.adopted is not None
    lead.open(f"/policy/{COUNTY}/")
    lead.sees("让家里有人带孩子")
    for name in (*NAMES, TELEPHONE):
        assert name not in lead.page.content()


def test_axe_finds_nothing_on_any_page_of_a_draft_on_desk_and_phone(site: Site, tmp_path: Path) -> None:
    lead = site.visitor(lead_of(COUNTY))
    _reads(lead, tmp_path)
    draft = PolicyDraft.objects.get()
    found, objections = [], Objections()
    for address in PAGES:
        lead.open(f"/office/policies/{draft.pk}/{address}")
        found += [(address, *one) for one in objections.to(lead.page)]
        content = lead.page.content()
        found += [(address, name) for name in (*NAMES, TELEPHONE) if name in content]
    assert found == []
