"""A kindergarten in Yiyuan applies for its class on a phone: one form, two bureaus, no registration anew."""

import pytest

from accounts.people import actor
from browser import applying
from browser.visitor import PHONE, Site
from institutions import desk
from tuoyu.cases.models import Step
from tuoyu.institutions import policy
from tuoyu.institutions.models import Application, Institution

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

YIYUAN, KIND = "370323", "kindergarten_class"


def test_a_kindergarten_in_yiyuan_applies_to_both_bureaus_on_a_phone(site: Site) -> None:
    user = applying.applicant()
    # The pages every institution fills in have a journey of their own.
    application = desk.begun(actor(user), YIYUAN, kind=KIND)
    desk.fill(actor(user), application, provider=dict.fromkeys(desk.KINDERGARTEN, ""))
    visitor = site.visitor(user, width=PHONE)
    visitor.open(f"/apply/{application.pk}/")
    visitor.is_at("举办单位")
    visitor.sees("二.(二).3")
    said = desk.KINDERGARTEN | {"demand_met": "no"}
    visitor.fills("provider", said, policy.form_at(YIYUAN, KIND))
    visitor.press("保存，下一步")
    visitor.open(f"/apply/{application.pk}/review/")
    visitor.sees("入园需要还没有满足")
    visitor.follow("举办单位")
    visitor.ticks("区域内3至6岁孩子的入园需要是否已经满足", "是")
    visitor.press("保存，下一步")
    visitor.open(f"/apply/{application.pk}/review/")
    case = applying.hand_in(visitor)
    applying.approve(site, case, "health_approval", width=PHONE)
    visitor.open("/my/cases/")
    visitor.follow(case.subject_name)
    visitor.sees("教育部门审批")
    assert case.steps.get(key="filing").state == Step.State.WAITING
    applying.approve(site, case, "education_approval", width=PHONE)
    applying.approve(site, case, "filing", width=PHONE)
    assert Institution.objects.get().registration == "registered"
    assert Application.objects.get().institution_id is not None
    family = site.visitor(width=PHONE)
    family.open(f"/nurseries/{Institution.objects.get().pk}/")
    family.sees("幼儿园托班")
