"""A filed nursery lives on: something changes, it ends; its staff comes, goes, and its capacity with it."""

import pytest
from playwright.sync_api import expect

from accounts.people import actor
from browser import applying
from browser.visitor import PHONE, Site, Visitor
from institutions import desk
from scenarios.test_a5_life import ENDING, PROOFS
from tuoyu.cases.models import Case
from tuoyu.institutions.asked import Form
from tuoyu.institutions.matters import ENDING as ENDED
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.workforce.actions import assign_to_class
from tuoyu.workforce.models import Employment
from workforce import staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def begins(visitor: Visitor, institution: Institution, matter: str) -> None:
    """From the nursery's record to the first page of a matter."""
    visitor.open(f"/institutions/{institution.pk}/")
    visitor.follow(matter)
    visitor.click(visitor.page.get_by_role("button", name=f"开始{matter}"))


def handed_in(visitor: Visitor) -> Case:
    visitor.press("核对提交")
    visitor.is_at("核对提交")
    return applying.hand_in(visitor)


def test_a_nursery_changes_then_ends_and_its_history_says_so(site: Site) -> None:
    rooms = ("小一班", "toddler_small", 10), ("大一班", "toddler_large", 19)
    told = {"name": "鼓楼区小星星托育园", "phone": "025-83330000", "care_types": ["full_day"]}
    institution = staff.nursery(staff.GULOU, *rooms, **told)
    user = staff.head_user(institution)
    head = site.visitor(user)
    begins(head, institution, "备案信息变更")
    head.is_at("选择变更事项")
    head.ticks("变更事项", "咨询电话", "服务范围（全日托、半日托等）")
    head.types("变更原因", "换了电话，增加临时托")
    head.press("保存，下一步")
    head.is_at("基本情况")
    head.types("咨询电话（公开）", "025-84440000")
    head.ticks("服务范围", "临时托")
    case = handed_in(head)
    applying.approve(site, case, "change")
    head.open(f"/institutions/{institution.pk}/")
    head.sees("025-84440000")
    head.sees(f"{institution.receipt_number}-2")
    head.follow("历史")
    head.sees("备案信息变更")
    head.sees("025-84440000")

    begins(head, institution, "备案注销")
    head.is_at("终止服务")
    head.fills("ending", ENDING, Form((ENDED,)))
    head.press("保存，下一步")
    for slot in PROOFS:
        section = head.page.locator(f"#f-{slot}")
        picture = desk.image(f"{slot}.png")
        file = {"name": picture.name, "mimeType": "image/png", "buffer": picture.read()}
        section.locator("input[type=file]").set_input_files(file)
        head.types("出具单位", "本机构", section)
    case = handed_in(head)
    family = site.visitor()
    family.open(f"/nurseries/?q={institution.name}")
    family.sees("临时托，29个托位")
    applying.approve(site, case, "cancellation")
    family.open(f"/nurseries/?q={institution.name}")
    expect(family.page.locator("main")).not_to_contain_text(institution.name)
    head.open(f"/institutions/{institution.pk}/")
    head.sees("已不在公开名录和地图上")
    for one in (head, site.visitor(user, width=PHONE)):
        one.open(f"/institutions/{institution.pk}/history/")
        tab = one.page.get_by_role("navigation", name="这家机构的").get_by_role("link", name="历史")
        expect(tab).to_be_in_viewport(ratio=0.9)
    assert not Certificate.objects.filter(kind="receipt", cancelled_on=None).exists()


def test_a_head_hires_and_lets_go_on_a_phone_and_sees_why_fewer_children_may_come(site: Site) -> None:
    place = staff.nursery(staff.GULOU, ("小一班", "toddler_small", 10))
    user = staff.head_user(place)
    room, by = place.classes.get(), actor(user)
    first = staff.hired(by, place, 1, starts_on=str(staff.days(-1)))
    staff.certified(by, first, "health_certificate", "carer_training", "infant_carer")
    assign_to_class(by=by, employment=first, class_group=room, from_day=staff.days(-1))

    head = site.visitor(user, width=PHONE)
    head.open(f"/institutions/{place.pk}/staff/")
    head.follow("登记入职")
    said = staff.typed(2)
    for label, key in (("姓名", "name"), ("身份证号", "identity"), ("手机号", "phone")):
        head.types(label, said[key])
    for label, choice in (("岗位", "保育人员"), ("用工形式", "劳动合同")):
        head.picks(label, choice)
    for label, key in (("入职查询提出日期", "check_asked_on"), ("入职查询答复日期", "check_answered_on"),
                       ("查询机关", "check_authority")):  # fmt: skip
        head.types(label, said[key])
    head.ticks("查询结果", "没有记录")
    head.press("登记入职")
    head.is_at("员工2")
    second = Employment.objects.exclude(pk=first.pk).get()
    staff.certified(by, second, "health_certificate", "carer_training", "infant_carer")
    head.picks("安排到", str(room))
    head.press("安排班级")
    head.sees("小一班")
    head.open(f"/institutions/{place.pk}/staffing/")
    head.sees("按强制标准最多可收托 10 人")

    head.open(f"/staff/{first.pk}/")
    head.page.locator("#end > summary").click()
    asked = head.page.get_by_role("dialog")
    head.types("最后工作日", str(staff.days(-1)), asked)
    head.types("离职原因", "回老家", asked)
    head.click(asked.get_by_role("button", name="登记离职"))
    head.sees("已离职")
    head.open(f"/institutions/{place.pk}/staffing/")
    head.sees("员工1（小一班）：已离职")
    head.sees("按强制标准最多可收托 5 人")
    head.sees("请再安排1名证书有效的保育人员")
