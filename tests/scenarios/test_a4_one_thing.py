"""A4: one submission, eight departments looking at once, and one return with all they found."""

from datetime import date

import pytest
from django.urls import reverse

from journeys import (
    AT,
    ENTERPRISE,
    At,
    Journey,
    browser,
    desk_of,
    marked,
    person,
    said,
    text_of,
)
from tuoyu.accounts.models import AgentAuthorisation, User
from tuoyu.cases.models import Notice
from tuoyu.core.actor import Role

pytestmark = pytest.mark.django_db
nanjing = marked("A4", "N")
N = AT["N"]

# The eight fields of the document, in its order.
EIGHT = (
    "admin_approval",
    "education",
    "civil_affairs",
    "hr_social_security",
    "housing_construction",
    "housing_security",
    "health",
    "market_regulation",
)


def check(department: str) -> str:
    return f"check_{department}"


def told(journey: Journey, title: str) -> int:
    """How often the applicant was told something."""
    return Notice.objects.filter(user=journey.applicant, title=title).count()


@nanjing
def test_one_submission_is_in_the_inboxes_of_eight_departments_at_the_same_time() -> None:
    journey = Journey(N).hand_in()
    states = journey.states
    assert {key for key, state in states.items() if state == "active"} == {check(d) for d in EIGHT}
    for department in EIGHT:
        office = desk_of(department, N.county)
        assert journey.case.number in text_of(office, "/inbox/")
        assert "8 个部门同时办理" in text_of(office, f"/cases/{journey.case.number}/")
    assert "8 个部门正在同时查验" in journey.tracker()
    for other in ("public_security", "tax"):
        assert journey.case.number not in text_of(desk_of(other, N.county), "/inbox/")


@nanjing
@pytest.mark.parametrize("failing", [EIGHT[0], EIGHT[3], EIGHT[-1]])
def test_whichever_check_fails_the_case_comes_back(failing: str) -> None:
    journey = Journey(N, ENTERPRISE).hand_in()
    journey.decide(check(failing), "defects", "basics.name: 请核对。")
    journey.approve(*(check(d) for d in EIGHT if d != failing))
    assert journey.case.state == "returned"
    assert journey.states["registration"] == "waiting"
    assert told(journey, "需要补正") == 1


@nanjing
def test_all_defects_come_back_once_and_what_was_mended_is_shown_to_those_who_asked() -> None:
    journey = Journey(N).hand_in()
    journey.decide(check("education"), "defects", "staff.head_years: 管理经历应附证明。")
    journey.decide(
        check("housing_construction"), "defects", "premises.floor: 楼层与图纸不符。", ": 请补图纸。"
    )
    assert journey.case.state == "open"
    assert told(journey, "需要补正") == 0
    # What one department found is nobody's before all have answered.
    assert "楼层与图纸不符" not in journey.tracker()
    assert journey.type("premises", {"floor": "2"}).status_code == 409
    for department in EIGHT:
        if department not in ("education", "housing_construction", "health"):
            journey.approve(check(department))
    assert journey.case.state == "open"
    journey.decide(check("health"), "defects", "premises.floor: 楼层高于建筑规范。")

    assert journey.case.state == "returned"
    assert told(journey, "需要补正") == 1
    assert "共 4 处" in journey.notices()
    tracker = journey.tracker()
    for text in ("管理经历应附证明", "楼层与图纸不符", "请补图纸", "楼层高于建筑规范"):
        assert text in tracker
    review = text_of(journey.client, reverse("institutions:review", args=[journey.pk]))
    assert "各部门的补正意见（4处）" in review

    assert (
        journey.type("premises", {**_premises(journey), "floor": "1", "video_days": "120"}).status_code == 302
    )
    assert journey.submit().status_code == 302
    assert journey.case.round == 2
    states = journey.states
    # Those who found something look again, and those whose pages were changed; nobody else.
    again = {key for key, state in states.items() if state == "active"}
    assert again == {
        check("education"),
        check("housing_construction"),
        check("health"),
        check("housing_security"),
    }
    shown = text_of(journey.officer(check("health")), f"/cases/{journey.case.number}/")
    changes = shown.partition("本次补正改动")[2].partition("</table>")[0]
    assert "监控录像保存天数" in changes
    assert "90天" in changes
    assert "120天" in changes
    assert "详细地址" not in changes
    journey.approve(*again)
    assert journey.states["health_consent"] == "active"
    assert told(journey, "需要补正") == 1


def _premises(journey: Journey) -> dict[str, str]:
    return dict(journey.application.data["premises"])


@nanjing
def test_a_check_never_refuses_by_itself() -> None:
    journey = Journey(N).hand_in()
    answer = journey.decide(check("education"), "refuse", reason="不同意。")
    assert answer.status_code == 422
    assert "一次汇总退回" in said(answer)
    assert journey.states[check("education")] == "active"


# ---------------------------------------------------------------- one window, one channel


@nanjing
def test_a_window_clerk_hands_in_for_somebody_who_walked_in() -> None:
    clerk = desk_of("gov_services", N.county, Role.CLERK)
    journey = Journey(N, client=clerk)
    given = journey.choices | {"name": "来访群众", "phone": "13900139000"}
    journey.begun(clerk.post(reverse("institutions:desk"), given)).hand_in()
    walked_in = User.objects.get(name="来访群众")
    case = journey.case
    assert (case.channel, case.applicant) == ("window", walked_in)
    assert case.filed_by.username == "clerk-gov_services-320106"
    assert Notice.objects.filter(user=walked_in, title="申报已收到").count() == 1
    assert "窗口" in text_of(desk_of("health", N.county), f"/cases/{case.number}/")
    # Mended at the same window; not at another district's.
    journey.decide(check("health"), "defects", "premises.floor: 请更正。")
    journey.approve(*(check(d) for d in EIGHT if d != "health"))
    review = reverse("institutions:review", args=[journey.pk])
    assert desk_of("gov_services", "320102", Role.CLERK).post(review).status_code == 404
    assert journey.submit().status_code == 302
    assert journey.case.round == 2


@nanjing
def test_an_agent_hands_in_for_its_principal_as_long_as_it_is_authorised() -> None:
    principal, agent = person("principal"), person("agent")
    offered = {"agent": "agent", "matter": "setting_up", "ends_on": date(2099, 1, 1).isoformat()}
    assert browser(principal).post(reverse("accounts:agents"), offered).status_code == 302
    journey = Journey(N, applicant=principal, client=browser(agent))
    start = reverse("institutions:start")
    # Not yet accepted: nobody acts for anybody.
    assert journey.client.post(start, journey.choices | {"owner": str(principal.pk)}).status_code == 403
    made = AgentAuthorisation.objects.get()
    journey.client.post(reverse("accounts:agent_answer", args=[made.pk]), {"answer": "accept"})
    journey.begin(owner=str(principal.pk)).hand_in()
    case = journey.case
    assert (case.channel, case.applicant, case.filed_by) == ("agent", principal, agent)
    assert case.number in text_of(browser(principal), reverse("cases:mine"))
    assert told(journey, "申报已收到") == 1
    browser(principal).post(reverse("accounts:agent_revoke", args=[made.pk]))
    assert journey.client.get(reverse("cases:tracker", args=[case.number])).status_code == 404


# ---------------------------------------------------------------- elsewhere


@pytest.mark.parametrize("letter", "SJYH")
def test_elsewhere_no_document_asks_for_a_joint_check(letter: str) -> None:
    at: At = AT[letter]
    journey = Journey(at).begin()
    query = {k: v for k, v in journey.choices.items() if k in ("kind", "nature", "legal_form")}
    route = journey.client.get("/api/v1/routes", query | {"division_code": at.county}).json()
    assert [step["kind"] for step in route["steps"]] == ["registration", "filing", "verification"]
