"""A non-profit nursery in Nanjing, from the first page of the site to the entry a family finds."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.people import PASSWORD
from browser import applying
from browser.applying import approve
from browser.visitor import Site, Visitor
from tuoyu.cases.models import Case, Step
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GULOU = "320106"
SHORT_LEASE = {"lease_to": "2027-01-01", "lease_from": "2026-01-01"}


def test_a_nonprofit_nursery_comes_into_being_and_a_family_finds_it(site: Site) -> None:
    applicant = _signs_in(site)
    applying.begin(applicant, GULOU, "nonprofit", "social_service_org")
    wrong: dict[str, dict[str, Any]] = {"basics": {"contact_phone": "123"}, "premises": SHORT_LEASE}
    applying.fill_everything(applicant, GULOU, **wrong)
    _reads_and_mends_every_problem(applicant)
    case = applying.hand_in(applicant)
    _eight_departments_look(site, case)
    _applicant_mends_once(applicant, case)
    _finds_nothing_more(site, case)
    approve(site, case, "health_consent")
    approve(site, case, "registration", applying.registration())
    approve(site, case, "filing")
    approve(site, case, "verification")
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    _a_family_finds_it(site)


def _signs_in(site: Site) -> Visitor:
    user = applying.applicant()
    visitor = site.visitor()
    visitor.open("/")
    visitor.follow("办托育")
    visitor.is_at("登录")
    visitor.types("账号", user.username)
    visitor.types("密码", PASSWORD)
    visitor.press("登录")
    visitor.is_at("办托一件事")
    return visitor


def _reads_and_mends_every_problem(visitor: Visitor) -> None:
    """The review shows all at once; each leads to its field."""
    problems = visitor.page.locator("main .problem-list").first
    expect(problems).to_contain_text("联系电话")
    expect(problems).to_contain_text("租期")
    visitor.press("提交申请")
    visitor.sees("处问题没有处理")
    good = applying.WORDS(GULOU)
    for words, page, label, keys in (
        ("联系电话", "basics", "基本情况", ("contact_phone",)),
        ("租期", "premises", "场地", ("lease_from", "lease_to")),
    ):
        problems.get_by_role("link", name=re.compile(words)).first.click()
        visitor.is_at(label)
        visitor.fills(page, {key: good[page][key] for key in keys})
        visitor.press("保存")
        visitor.sees("已保存，可以随时离开")
        visitor.follow("核对提交")
    expect(visitor.page.get_by_text("处问题没有处理")).to_have_count(0)


def _eight_departments_look(site: Site, case: Case) -> None:
    """Seven find nothing; health finds a defect; the applicant hears of it once, when all have answered."""
    keys = sorted(case.steps.filter(kind=Step.Kind.CHECK).values_list("key", flat=True))
    assert len(keys) == 8
    health = site.desk(applying.officer(case.steps.get(key="check_health")))
    applying.open_from_inbox(health, case)
    health.ticks("办理意见", "需补正")
    health.picks("位置", "监控录像保存天数")
    health.types("补正意见", "请补充监控存储设备清单。")
    health.press("提交办理意见")
    health.sees("已记录")
    for key in keys:
        if key != "check_health":
            assert Case.objects.get(pk=case.pk).state == Case.State.OPEN
            approve(site, case, key)
    assert Case.objects.get(pk=case.pk).state == Case.State.RETURNED


def _applicant_mends_once(visitor: Visitor, case: Case) -> None:
    visitor.open("/my/cases/")
    visitor.follow(case.subject_name)
    visitor.sees("还差 1 处需要补正")
    visitor.follow("监控录像保存天数")
    visitor.is_at("场地")
    visitor.sees("请补充监控存储设备清单。")
    visitor.fills("premises", {"video_days": "120"})
    visitor.press("保存")
    visitor.sees("已保存，可以随时离开")
    visitor.follow("核对提交")
    visitor.press("重新提交")
    visitor.is_at("申请已提交")


def _finds_nothing_more(site: Site, case: Case) -> None:
    """Whoever must look again sees what was changed, and finds nothing."""
    again = case.steps.filter(kind=Step.Kind.CHECK, state=Step.State.ACTIVE)
    keys = sorted(again.values_list("key", flat=True))
    assert "check_health" in keys
    health = site.desk(applying.officer(case.steps.get(key="check_health")))
    applying.open_from_inbox(health, case)
    health.sees("本次补正改动")
    health.sees("120")
    for key in keys:
        approve(site, case, key)


def _a_family_finds_it(site: Site) -> None:
    family = site.visitor()
    family.open("/")
    family.page.get_by_role("searchbox").fill("glqxxx")
    family.page.keyboard.press("Enter")
    family.is_at("找托育")
    family.follow("鼓楼区小星星托育园")
    family.is_at("鼓楼区小星星托育园")
    family.sees("025-83330000")
    family.sees(Institution.objects.get().receipt_number)
    assert "13800138000" not in family.page.content()
    family.follow("核验备案回执")
    family.is_at("文书核验")
    family.sees("文书属实，现行有效")
    family.follow("查看机构公开信息")
    family.is_at("鼓楼区小星星托育园")
