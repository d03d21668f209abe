"""What applicants and officers do in several journeys."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from accounts.people import person, seated
from browser.visitor import DESK, Site, Visitor
from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.institutions import pages, policy
from tuoyu.institutions.models import Application
from tuoyu.institutions.vocabulary import Kind, LegalForm, Nature
from tuoyu.jurisdictions.atlas import LEVELS, places

WORDS = desk.good_pages


def applicant(name: str = "applicant") -> User:
    return person(name, name="申办人甲")


def officer(step: Step) -> User:
    """Whoever decides a step."""
    username = f"officer-{step.department}-{step.division_code}"
    found = User.objects.filter(username=username).first()
    return found or seated("officer", step.department, step.division_code, username=username)


def begin(visitor: Visitor, county: str, nature: str, legal_form: str) -> None:
    """On the first page: choose place and form, look at the way it will go, begin."""
    chain = [county[:2] + "0000", county[:4] + "00", county]
    for level, code in zip(LEVELS, chain, strict=False):
        visitor.page.locator(f"select[name={level}]").select_option(label=places()[code].name)
        settled(visitor.page, f"{level}={code}")
    for group, name, choice in (
        ("机构类型", "kind", Kind.INSTITUTION),
        ("机构性质", "nature", Nature(nature)),
        ("组织形式", "legal_form", LegalForm(legal_form)),
    ):
        visitor.ticks(group, str(choice.label))
        settled(visitor.page, f"{name}={choice.value}")
    visitor.press("开始填写")
    visitor.is_at("基本情况")


def settled(page: Page, words: str) -> None:
    """The address says so, and the page behind it is there."""
    page.wait_for_url(re.compile(re.escape(words)))
    page.wait_for_load_state()


def fill_classes(visitor: Visitor, rows: list[dict[str, str]]) -> None:
    for number, row in enumerate(rows):
        if number:
            visitor.press("再加一个班")
            expect(visitor.page.locator("fieldset.class-row")).to_have_count(number + 1)
        visitor.fills_row(number, row)


def fill_papers(visitor: Visitor, place: str) -> None:
    """Bring every paper that is needed, with what is written on it."""
    typed = {}
    for slot in policy.slots_at(place, Kind.INSTITUTION):
        section = visitor.page.locator(f"#f-{slot.key}")
        if section.get_by_text("还差", exact=True).count():
            picture = desk.image(f"{slot.key}.png")
            file = {"name": picture.name, "mimeType": "image/png", "buffer": picture.read()}
            section.locator("input[type=file]").set_input_files(file)
            typed = desk.paper_details(slot)
            for key, label, _ in pages.SLOT_FIELDS:
                visitor.types(label, typed[f"{slot.key}_{key}"], section)
    assert typed, "no paper was needed"


def fill_everything(visitor: Visitor, county: str, **changed: dict[str, Any]) -> None:
    """Page after page, as a careful applicant would; `changed` pages apart. Ends on the review."""
    words = WORDS(county)
    for page in pages.FILLED:
        visitor.is_at(page.label)
        if page.key == "classes":
            fill_classes(visitor, words["classes"]["rows"])
        elif page.key == "papers":
            fill_papers(visitor, county)
        else:
            visitor.fills(page.key, words[page.key] | changed.get(page.key, {}))
        visitor.press("核对提交" if page is pages.COMMITMENT else "保存，下一步")
    visitor.is_at("核对提交")


def hand_in(visitor: Visitor) -> Case:
    """Send it, and read the receipt."""
    visitor.press("提交申请")
    visitor.is_at("申请已提交")
    return Application.objects.select_related("case").latest("pk").case


def open_from_inbox(visitor: Visitor, case: Case) -> None:
    """Find the case among what waits, and open it."""
    visitor.open("/inbox/")
    visitor.follow(case.subject_name)
    visitor.is_at(case.subject_name)


def approve(
    site: Site, case: Case, key: str, result: dict[str, str] | None = None, *, width: int = DESK
) -> Visitor:
    """The officer of a step opens the case from the inbox and approves."""
    visitor = site.desk(officer(case.steps.get(key=key)), width)
    open_from_inbox(visitor, case)
    visitor.ticks("办理意见", "符合要求" if key == "verification" else "通过")
    for label, value in (result or {}).items():
        visitor.types(label, value)
    visitor.press("提交办理意见")
    visitor.sees("已记录")
    return visitor


def registration() -> dict[str, str]:
    """What the registrar states."""
    return {
        "登记证号（注册号）": desk.RESULT["registration_number"],
        "统一社会信用代码": desk.USCC,
        "登记日期": clock.today().isoformat(),
    }
