"""An agent sees and does what the principal allowed, where it was allowed, and nothing besides."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.people import actor, browser, person
from institutions import desk
from tuoyu.accounts import actions, rules
from tuoyu.accounts.models import AgentAuthorisation, User
from tuoyu.cases import procedures
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.problems import Refused
from tuoyu.institutions.actions import start_application
from tuoyu.institutions.models import Application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]

CHOICES = {"kind": "institution", "nature": "nonprofit", "legal_form": "social_service_org"}


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def packs(db: None) -> None:
    """The database of the tests begins with the packs of the repository."""


@pytest.fixture
def principal() -> User:
    return person("principal")


@pytest.fixture
def agent() -> User:
    return person("agent")


def mandate(principal: User, agent: User, matter: str = "all", place: str = "") -> AgentAuthorisation:
    made = actions.authorise_agent(
        by=actor(principal), agent=agent.username, matter=matter, division_code=place,
        ends_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    actions.answer_authorisation(by=actor(agent), authorisation=made, accept=True)
    return made


def handed_in(principal: User) -> Case:
    return desk.submitted(actor(principal))


def seen(client: Client, case: Case) -> dict[str, int]:
    """What each page about a case and its application answers."""
    application = Application.objects.get(case=case)
    paper = application.papers.all()[0]
    return {
        "tracker": client.get(reverse("cases:tracker", args=[case.number])).status_code,
        "review": client.get(reverse("institutions:review", args=[application.pk])).status_code,
        "paper": client.get(reverse("institutions:paper", args=[paper.pk])).status_code,
        "api": client.get(f"/api/v1/cases/{case.number}").status_code,
    }


@pytest.mark.parametrize(
    ("matter", "place"),
    [("all", ""), ("setting_up", ""), ("setting_up", "320000"), ("all", "320100"), ("all", desk.GULOU)],
)
def test_within_the_mandate_an_agent_sees_the_case(
    principal: User, agent: User, matter: str, place: str
) -> None:
    case = handed_in(principal)
    mandate(principal, agent, matter, place)
    assert set(seen(browser(agent), case).values()) == {200}
    assert case.number in browser(agent).get(reverse("cases:mine")).content.decode()


@pytest.mark.parametrize(
    ("matter", "place"), [("filing", ""), ("all", desk.XUANWU), ("setting_up", "420000")]
)
def test_outside_the_mandate_a_case_does_not_exist_for_an_agent(
    principal: User, agent: User, matter: str, place: str
) -> None:
    case = handed_in(principal)
    mandate(principal, agent, matter, place)
    client = browser(agent)
    assert set(seen(client, case).values()) == {404}
    assert case.number not in client.get(reverse("cases:mine")).content.decode()
    assert client.post(reverse("cases:withdrawal", args=[case.number]), {"reason": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_an_agent_begins_only_where_and_what_the_principal_allowed(principal: User, agent: User) -> None:
    mandate(principal, agent, "setting_up", desk.XUANWU)
    start_application(by=actor(agent), owner_id=principal.pk, division_code=desk.XUANWU, **CHOICES)
    with pytest.raises(Refused, match="不包括这一件"):
        start_application(by=actor(agent), owner_id=principal.pk, division_code=desk.GULOU, **CHOICES)
    assert [a.division_code for a in Application.objects.filter(owner=principal)] == [desk.XUANWU]


def test_two_mandates_add_up_and_each_ends_alone(principal: User, agent: User) -> None:
    case = handed_in(principal)
    mandate(principal, agent, "all", desk.XUANWU)
    here = mandate(principal, agent, "setting_up", desk.GULOU)
    assert set(seen(browser(agent), case).values()) == {200}
    actions.revoke_authorisation(by=actor(principal), authorisation=here)
    assert set(seen(browser(agent), case).values()) == {404}


def test_an_agent_s_own_applications_are_its_own_whatever_the_mandate(principal: User, agent: User) -> None:
    mandate(principal, agent, "filing", desk.XUANWU)
    case = handed_in(agent)
    assert set(seen(browser(agent), case).values()) == {200}
    assert set(seen(browser(principal), case).values()) == {404}


# Nobody applies for these: an office begins them, or the public; the institution's head answers or asks.
NOT_APPLIED_FOR = {
    "accountability", "assessment", "ban", "complaint", "complaint_review", "credit_objection",
    "credit_repair", "penalty",
    "rectification", "revocation", "sanction_recall", "sanction_review",
}  # fmt: skip


def test_every_procedure_that_is_applied_for_is_part_of_a_matter() -> None:
    named = frozenset().union(*rules.MATTERS.values())
    assert set(procedures._handlers) - NOT_APPLIED_FOR == named


def test_the_page_says_what_was_allowed_and_where(principal: User) -> None:
    given = {
        "agent": "agent", "matter": "filing", "division_code": "鼓楼区", "scope": "只办年度的",
        "ends_on": "2099-01-01",
    }  # fmt: skip
    client = browser(principal)
    refused = client.post(reverse("accounts:agents"), given)
    assert refused.status_code == 422  # there are several of that name
    given["division_code"] = "320106 江苏省南京市鼓楼区"
    page = client.post(reverse("accounts:agents"), given, follow=True).content.decode()
    assert "已登记机构备案" in page
    assert "限江苏省南京市鼓楼区" in page
    assert "只办年度的" in page
