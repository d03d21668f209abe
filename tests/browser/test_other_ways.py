"""The same work on a phone, without a script, with the keyboard alone, and by two people at once."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.people import PASSWORD, actor, seated
from browser import applying
from browser.applying import approve
from browser.visitor import PHONE, Site, Visitor
from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.cases.models import Case, Step
from tuoyu.institutions.models import Application, Institution

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GULOU, ZHANGGONG = "320106", "360702"


def submitted(county: str = GULOU) -> Case:
    return desk.submitted(actor(applying.applicant()), county)


def test_a_company_in_jiangxi_goes_its_shorter_way_on_a_phone(site: Site) -> None:
    visitor = site.visitor(applying.applicant(), width=PHONE)
    visitor.open("/apply/")
    applying.begin(visitor, ZHANGGONG, "forprofit", "enterprise")
    applying.fill_everything(visitor, ZHANGGONG)
    case = applying.hand_in(visitor)
    assert not case.steps.filter(kind__in=[Step.Kind.CHECK, Step.Kind.CONSENT]).exists()
    assert case.steps.get(key="registration").department == "market_regulation"
    approve(site, case, "registration", applying.registration(), width=PHONE)
    approve(site, case, "filing", width=PHONE)
    visitor.open("/my/cases/")
    visitor.follow(case.subject_name)
    visitor.sees("现在不需要您做什么")
    family = site.visitor(width=PHONE)
    family.open("/nurseries/?q=xiaoxingxing")
    family.follow(case.subject_name)
    family.sees("尚未完成")
    assert Institution.objects.get().filing == "receipt_issued"


def test_the_application_can_be_made_without_a_script(site: Site) -> None:
    visitor = site.visitor(applying.applicant(), java_script_enabled=False)
    visitor.open("/apply/")
    for level, code in zip(("province", "city", "county"), ("320000", "320100", GULOU), strict=True):
        visitor.page.locator(f"select[name={level}]").select_option(code)
        visitor.press("下一步")
    visitor.ticks("机构类型", "托育机构")
    visitor.ticks("机构性质", "非营利性")
    visitor.press("下一步")
    visitor.ticks("组织形式", "社会服务机构（民办非企业单位）")
    visitor.press("下一步")
    visitor.press("开始填写")
    applying.fill_everything(visitor, GULOU)
    case = applying.hand_in(visitor)
    assert case.state == Case.State.OPEN
    visitor.follow("查看办理进度")
    visitor.sees("正在办理，请耐心等待")


@pytest.mark.parametrize("leaves", ["by a link", "by closing the window"])
def test_what_was_typed_a_moment_ago_is_kept_however_the_page_is_left(site: Site, leaves: str) -> None:
    user = applying.applicant()
    application = desk.begun(actor(user), GULOU)
    visitor = site.visitor(user)
    visitor.open(f"/apply/{application.pk}/basics/")
    visitor.page.locator("[name=intro]").press_sequentially("靠近公园")
    if leaves == "by a link":
        visitor.click(visitor.page.locator("#steps").get_by_role("link", name="场地"))
        visitor.is_at("场地")
        visitor.page.locator("[name=building_area]").fill("300")
        visitor.press("保存")
        visitor.sees("已保存，可以随时离开")
    else:
        visitor.page.close(run_before_unload=True)
    until(lambda: Application.objects.get().data["basics"].get("intro") == "靠近公园")


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for the server to have done what the browser asked and no longer waits for."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.05)


def test_an_officer_signs_in_and_decides_with_the_keyboard_alone(site: Site) -> None:
    case = submitted()
    education = seated("officer", "education", GULOU)
    visitor = site.visitor()
    visitor.open("/inbox/")
    visitor.is_at("登录")
    keyboard = visitor.page.keyboard
    _tab_to(visitor, "账号或手机号")
    keyboard.type(education.username)
    _tab_to(visitor, "密码")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    visitor.is_at("待办")
    _tab_to(visitor, case.subject_name)
    keyboard.press("Enter")
    visitor.is_at(case.subject_name)
    _tab_to(visitor, "通过")
    keyboard.press("Space")
    _tab_to(visitor, "提交办理意见")
    keyboard.press("Enter")
    visitor.sees("已记录")
    assert case.steps.get(key="check_education").state == Step.State.APPROVED


def _tab_to(visitor: Visitor, words: str, at_most: int = 90) -> None:
    """Press the tab key until what says `words` has the focus; it must be seen to have it."""
    found = "e => (e.labels?.[0]?.innerText || e.innerText || e.getAttribute('aria-label') || '').trim()"
    for _ in range(at_most):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.locator(":focus")
        if focused.count() and focused.evaluate(found).startswith(words):
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none", words
            return
    raise AssertionError(f"the tab key does not reach {words}")


def test_of_two_officers_at_the_same_moment_one_wins_and_the_other_is_told(site: Site) -> None:
    case = submitted()
    people = [seated("officer", "education", GULOU, username=name) for name in ("first", "second")]
    visitors = [_ready_to_approve(site, user, case) for user in people]
    for visitor in visitors:
        visitor.press("提交办理意见")
    visitors[0].sees("已记录")
    expect(visitors[1].page.locator("main .problem-list")).to_be_visible()
    visitors[1].sees("教育查验")
    step = case.steps.get(key="check_education")
    assert (step.state, step.decided_by_id) == (Step.State.APPROVED, people[0].pk)


def _ready_to_approve(site: Site, user: User, case: Case) -> Visitor:
    visitor = site.visitor(user)
    applying.open_from_inbox(visitor, case)
    visitor.ticks("办理意见", "通过")
    return visitor
