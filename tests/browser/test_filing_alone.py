"""A nursery that was refused at the filing files alone: by clicking, on a phone, from its own page."""

import pytest

from accounts.people import actor
from browser import applying
from browser.applying import approve
from browser.visitor import PHONE, Site
from institutions import desk
from tuoyu.cases import actions as cases
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_head_files_alone_after_a_refusal_and_the_public_finds_it(site: Site) -> None:
    head = applying.applicant()
    case, by = desk.submitted(actor(head)), Actor.system("测试")
    result = {**desk.RESULT, "registered_on": clock.today().isoformat()}
    for step in case.steps.exclude(kind__in=["filing", "verification"]).order_by("stage", "pk"):
        cases.decide(by=by, step=step, decision="approve", result=result)
    step = case.steps.get(key="filing")
    cases.decide(by=by, step=step, decision="refuse", reason="消防安全证明是另一处场地的。")
    institution = Institution.objects.get()
    visitor = site.visitor(head, width=PHONE)
    visitor.open(f"/institutions/{institution.pk}/")
    visitor.follow("申请备案")
    visitor.is_at("已经登记，只办备案")
    visitor.sees("消防安全证明是另一处场地的。")
    visitor.press("开始填写备案申请")
    # What was handed in is there; the promise is made anew.
    visitor.is_at("承诺")
    visitor.fills("commitment", {"agreed": "yes", "signer": "王某某"})
    visitor.press("核对提交")
    visitor.is_at("核对提交")
    visitor.sees("没有发现问题，可以提交")
    again = applying.hand_in(visitor)
    assert again.procedure == "filing"
    approve(site, again, "filing", width=PHONE)
    family = site.visitor(width=PHONE)
    family.open("/nurseries/?q=xiaoxingxing")
    family.follow(institution.name)
    family.sees("尚未完成")
    institution.refresh_from_db()
    assert institution.filing == "receipt_issued"
