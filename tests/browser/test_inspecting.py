"""The inspection on a phone, its network really cut: nothing lost, nothing doubled, nothing left."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.objections import Objections
from browser.visitor import PHONE, Site, Visitor
from supervision import visiting
from tuoyu.accounts.models import User
from tuoyu.core.actor import Actor
from tuoyu.supervision import visits
from tuoyu.supervision.models import Answer, Evidence, Inspection, Signature
from workforce import staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHELL = "/field/"
# What the phone still holds of one person, by store.
HELD = """async (user) => {
    const db = await new Promise((resolve, reject) => {
        const request = indexedDB.open(`tuoyu-field-${user}`);
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
    });
    const found = {};
    for (const name of db.objectStoreNames) {
        found[name] = await new Promise((resolve) => {
            const request = db.transaction(name).objectStore(name).count();
            request.onsuccess = () => resolve(request.result);
        });
    }
    db.close();
    return found;
}"""


@pytest.fixture
def pair(site: Site) -> tuple[Inspection, Actor, Actor]:
    """An inspection by market regulation, whose list is short, and health."""
    market, other = visiting.inspector("market_regulation"), visiting.inspector("market_regulation")
    health = visiting.inspector()
    made = visiting.scheduled(
        (health, "health"), (market, "market_regulation"), (other, "market_regulation"),
        nursery=staff.nursery(name="鼓楼区小星星托育园", address="中山路1号"),
    )  # fmt: skip
    return made, market, other


@pytest.fixture(autouse=True)
def forgiven(site: Site) -> Iterator[None]:
    """A request that the cut network could not carry is no fault of the page."""
    yield
    for visitor in site.visitors:
        visitor.complaints[:] = [one for one in visitor.complaints if "net::ERR_" not in one]


def phone(site: Site, by: Actor) -> Visitor:
    """An inspector's phone with the day fetched and the shell kept."""
    found = site.visitor(User.objects.get(pk=by.user_id), PHONE)
    found.open(SHELL)
    found.sees("鼓楼区小星星托育园")
    found.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return found


def says(page: Page, words: str) -> None:
    expect(page.locator(".field-bar")).to_contain_text(words)


def chooses(page: Page, item: str, verdict: str) -> None:
    page.get_by_role("group", name=item).get_by_text(verdict, exact=True).click()


def cut(visitor: Visitor) -> None:
    visitor.page.context.set_offline(True)
    assert visitor.page.evaluate("fetch('/api/v1/session').then(() => 1, () => 0)") == 0


PERMIT, SAMPLE = "供餐的有食品经营许可证", "食品留样量够"


def test_answers_given_without_a_network_survive_a_reload_and_come_in_exactly_once(
    site: Site, pair: tuple[Inspection, Actor, Actor]
) -> None:
    made, by, _ = pair
    visitor = phone(site, by)
    page = visitor.page
    cut(visitor)
    visitor.follow("鼓楼区小星星托育园")
    visitor.press("开始检查")
    chooses(page, PERMIT, "符合")
    chooses(page, SAMPLE, "不符合")
    page.get_by_label(f"{SAMPLE}：说明").fill("只留了80克")
    page.get_by_label(f"{SAMPLE}：说明").blur()
    group = page.get_by_role("group", name=SAMPLE)
    group.locator("input[type=file]").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": visiting.photo().read()}
    )
    says(page, "离线，待发送 5 项")
    page.reload()
    says(page, "离线，待发送 5 项")
    expect(page.get_by_role("group", name=PERMIT).get_by_label("符合", exact=True)).to_be_checked()
    expect(page.get_by_label(f"{SAMPLE}：说明")).to_have_value("只留了80克")
    assert Objections().to(page, [PHONE]) == []
    assert not Answer.objects.exists()
    page.context.set_offline(False)
    says(page, "已全部送达")
    kept = Answer.objects.filter(part__inspection=made).order_by("pk")
    assert [(one.item, one.verdict, one.note) for one in kept] == [
        ("health_care.food_permit", "ok", ""),
        ("health_care.food_sample", "defect", ""),
        ("health_care.food_sample", "defect", "只留了80克"),
    ]
    assert Evidence.objects.count() == 1
    assert page.evaluate(HELD, by.user_id)["queue"] == 0
    visitor.press("本部门检查完成")
    page.goto(site.address + SHELL)
    visitor.sees("已完成并送达，本机已清除")
    assert page.evaluate(HELD, by.user_id) == {"queue": 0, "visits": 0}
    assert made.parts.get(department="market_regulation").done_at is not None


def test_two_phones_that_begin_the_same_inspection_without_a_network_end_as_one(
    site: Site, pair: tuple[Inspection, Actor, Actor]
) -> None:
    made, one, other = pair
    phones = [phone(site, one), phone(site, other)]
    for visitor, verdict in zip(phones, ("符合", "不符合"), strict=True):
        cut(visitor)
        visitor.follow("鼓楼区小星星托育园")
        visitor.press("开始检查")
        chooses(visitor.page, SAMPLE, verdict)
        says(visitor.page, "离线，待发送 2 项")
    for visitor in phones:
        visitor.page.context.set_offline(False)
        says(visitor.page, "已全部送达")
    made.refresh_from_db()
    visit = visits.visit_of(made)
    assert Inspection.objects.count() == 1
    assert [a.verdict for a in visit.given["health_care.food_sample"]] == ["ok", "defect"]
    assert visit.answers["health_care.food_sample"].verdict == "defect"
    assert visit.conflicts == {"health_care.food_sample"}
    phones[1].sees("另一部手机上有不同的答复")


def test_signing_out_warns_of_what_is_not_sent_and_takes_it_only_when_confirmed(
    site: Site, pair: tuple[Inspection, Actor, Actor]
) -> None:
    made, by, _ = pair
    visiting.begun(made, by)
    visitor = phone(site, by)
    desk, page = visitor.page.context.new_page(), visitor.page
    desk.goto(f"{site.address}/inspections/")
    cut(visitor)
    visitor.follow("鼓楼区小星星托育园")
    chooses(page, PERMIT, "符合")
    page.get_by_role("button", name="被检查机构签字").click()
    page.get_by_label("签字人姓名").fill("园长")
    box: Any = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 50)
    page.mouse.up()
    page.get_by_role("button", name="保存").click()
    says(page, "待发送 2 项")
    page.close()
    desk.context.set_offline(False)
    desk.get_by_role("button", name="退出登录").first.click()
    expect(desk.get_by_role("dialog")).to_contain_text("还有 2 项检查记录没有送达")
    desk.get_by_role("button", name="取消").click()
    assert desk.evaluate(HELD, by.user_id)["queue"] == 2
    desk.get_by_role("button", name="退出登录").first.click()
    desk.get_by_role("button", name="删除并退出").click()
    desk.wait_for_url("**/sign-in/")
    assert desk.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert not Answer.objects.exists()
    assert not Signature.objects.exists()
