"""Incidents: reported in time, without names; a serious one opens a case the institution answers in."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.people import browser, seated
from care import stated
from tuoyu.accounts.actors import actor_for
from tuoyu.care import actions
from tuoyu.care.models import Incident
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.problems import Refused
from workforce.staff import GULOU, XUANWU, days, head, head_user, nursery

pytestmark = pytest.mark.django_db


def test_a_minor_incident_is_reported_on_a_page_and_opens_nothing() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    client = browser(head_user(place))
    address = f"/institutions/{place.pk}/incidents/new/"
    when = (clock.now() - timedelta(minutes=90)).astimezone(clock.BEIJING)
    typed = {"kind": "fall", "severity": "minor", "hurt": "1", "happened_at": f"{when:%Y-%m-%dT%H:%M}",
             "spot": "room", "room": str(place.classes.get().pk), "what": "跑动时跌倒擦伤。",
             "measures": "清洗消毒，告知家长。"}  # fmt: skip
    assert client.post(address, typed | {"kind": ""}).status_code == 422
    answer = client.post(address, typed)
    made = Incident.objects.get()
    assert answer["Location"] == f"/incidents/{made.pk}/"
    assert (made.case, made.is_late) == (None, False)
    assert "跑动时跌倒擦伤" in client.get(f"/incidents/{made.pk}/").content.decode()


def test_a_report_after_the_rules_hours_is_late_and_says_by_which_rule() -> None:
    place = nursery(GULOU)
    made = stated.incident(head(place), place, severity="minor", happened_at=clock.now() - timedelta(days=2))
    assert made.is_late
    assert "本地参数" in made.report_source


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "meteor"}, "kind"),
        ({"happened_at": "later"}, "happened_at"),
        ({"hurt": 0}, "hurt"),
        ({"hurt": 1000}, "hurt"),
        ({"what": " \u200b"}, "what"),
        ({"what": "家长电话13800138000"}, "what"),
        ({"measures": "已联系11010519900101123X"}, "measures"),
        ({"room": 987654}, "room"),
    ],
)
def test_what_is_missing_or_names_somebody_is_refused(changed: dict[str, Any], field: str) -> None:
    place = nursery(GULOU)
    if changed.get("happened_at"):
        changed = {"happened_at": clock.now() + timedelta(hours=1)}
    with pytest.raises(Refused) as refused:
        stated.incident(head(place), place, **changed)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Incident.objects.exists()
    assert not Case.objects.exists()


def test_a_serious_one_opens_a_case_the_institution_answers_and_health_decides() -> None:
    place = nursery(GULOU)
    user = head_user(place)
    by = actor_for(user)
    made = stated.incident(by, place)
    case = made.case
    assert case is not None
    assert (case.respondent_id, case.applicant_id) == (place.pk, None)
    step = case.steps.get()
    assert (step.kind, step.department, step.state) == ("accountability", "health", "active")
    assert Notice.objects.filter(user=user, title="伤害事件已立案").count() == 1
    client = browser(user)
    assert client.post(f"/incidents/{made.pk}/answer/", {"text": "说明"}).status_code == 302
    assert case.submissions.count() == 0

    officer = actor_for(seated(Role.OFFICER, "health", GULOU))
    asked = [RemarkGiven(text="请说明楼梯口当时由谁看护。", page="answer", field="text")]
    cases.decide(by=officer, step=step, decision="defects", remarks=asked, answer_due_on=days(10))
    assert "请说明楼梯口当时由谁看护" in client.get(f"/incidents/{made.pk}/").content.decode()
    client.post(f"/incidents/{made.pk}/answer/", {"text": "两名保育人员前后看护。"})
    step.refresh_from_db()
    assert step.state == Step.State.ACTIVE
    office = browser(seated(Role.DEPARTMENT_LEAD, "health", GULOU))
    assert "两名保育人员前后看护" in office.get(f"/cases/{case.number}/").content.decode()
    cases.decide(by=officer, step=step, decision="approve", reason="责任已落实")
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    with pytest.raises(Refused):
        actions.answer_incident(by=by, incident=made, text="再说一句")


def test_an_officer_of_the_place_reports_too_and_a_neighbour_does_not() -> None:
    place = nursery(GULOU)
    stated.incident(actor_for(seated(Role.OFFICER, "health", GULOU)), place, severity="treated")
    assert Incident.objects.get().department == "health"
    with pytest.raises(Exception, match="报告伤害事件"):
        stated.incident(actor_for(seated(Role.OFFICER, "health", XUANWU)), place)


def test_the_case_page_and_the_api_show_the_incident() -> None:
    place = nursery(GULOU)
    made = stated.incident(head(place), place)
    office = browser(seated(Role.OFFICER, "health", GULOU))
    assert made.case is not None
    assert "下楼时踩空" in office.get(f"/cases/{made.case.number}/").content.decode()
    told = office.get(f"/api/v1/incidents/{made.pk}").json()
    assert (told["case"], told["late"]) == (made.case.number, False)
