"""A1: who registers whom, what must come first, and what scope and name must say, by each document."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.callers import robot
from exchange.callers import said as told
from institutions import desk
from journeys import (
    ALL,
    AT,
    ENTERPRISE,
    LEGAL_FORMS,
    PUBLIC_INSTITUTION,
    SOCIAL_SERVICE,
    At,
    Journey,
    desk_of,
    each,
    everywhere,
    marked,
    said,
    text_of,
)
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions.models import DivisionSetting

pytestmark = pytest.mark.django_db

# Read from the documents by a person: the registrar of a public institution, a social service organisation,
# an enterprise and an individual business.
REGISTRARS = {
    "S": ("admin_approval", "admin_approval", "admin_approval", "admin_approval"),
    "N": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
    "J": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
    "Y": ("establishment", "admin_approval", "admin_approval", "market_regulation"),
    "H": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
}
ANY_REGISTRAR = ("establishment", "civil_affairs", "market_regulation", "admin_approval")
ROUTES = [(x, form, to) for x in ALL for form, to in zip(LEGAL_FORMS, REGISTRARS[x], strict=True)]


@each("A1", "at, legal_form, registrar", ROUTES)
def test_each_legal_form_reaches_its_registrar_and_no_other(at: At, legal_form: str, registrar: str) -> None:
    journey = Journey(at, legal_form).hand_in()
    step = journey.step("registration")
    assert (step.department, step.division_code) == (registrar, at.county)
    assert at.registration in step.source or step.clause == "第4条"
    # In Nanjing eight departments look first.
    assert step.state == ("waiting" if at.letter == "N" else "active")
    holders = [d for d in ANY_REGISTRAR if step.name in text_of(desk_of(d, at.county), "/inbox/")]
    assert holders == ([] if at.letter == "N" else [registrar])


# ---------------------------------------------------------------- consent


@pytest.mark.parametrize(
    "legal_form",
    [
        pytest.param(PUBLIC_INSTITUTION, marks=marked("A1", "N")),
        pytest.param(SOCIAL_SERVICE, marks=marked("A1", "N")),
    ],
)
def test_a_nanjing_nonprofit_without_health_consent_is_stopped_with_the_clause(legal_form: str) -> None:
    journey = Journey(AT["N"], legal_form).hand_in().until("health_consent")
    answer = journey.decide("registration")
    assert answer.status_code == 409
    assert "卫生健康部门审查同意" in said(answer)
    assert "三.(二).2" in said(answer)
    assert journey.states["registration"] == "waiting"
    assert not Institution.objects.exists()
    journey.approve("health_consent", "registration")
    assert journey.institution.registration == "registered"


@marked("A1", "N")
def test_a_nanjing_enterprise_needs_no_consent() -> None:
    journey = Journey(AT["N"], ENTERPRISE).hand_in()
    assert "health_consent" not in journey.states
    journey.until("registration").approve("registration")
    assert journey.institution.registrar == "market_regulation"


@everywhere("A1", "SJYH")
def test_elsewhere_the_same_nonprofit_is_registered_without_any_consent(at: At) -> None:
    journey = Journey(at).hand_in()
    assert "health_consent" not in journey.states
    journey.approve("registration")
    assert journey.institution.registration == "registered"
    assert journey.institution.registrar == REGISTRARS[at.letter][1]


# ---------------------------------------------------------------- wording of scope and name

NATIONAL, SHIZHONG, NANJING = "托育服务", "婴幼儿照护服务", "3岁以下婴幼儿照护服务"
# A scope, and whether a place lets it pass.
SCOPES = [
    ("N", NATIONAL, True),
    ("N", NANJING, True),
    ("N", SHIZHONG, False),
    ("S", NATIONAL, True),
    ("S", SHIZHONG, True),
    ("S", "家庭育儿咨询", False),
    *((x, NATIONAL, True) for x in "JYH"),
    *((x, NANJING, False) for x in "JYH"),
]
# The documents that must be named where neither word is there.
SCOPE_SOURCES = {
    "N": ["三.(二).2"],
    "S": ["二.(四).1", "登记和备案办法"],
    "J": ["登记和备案办法"],
    "Y": ["登记和备案办法"],
    "H": ["登记和备案办法"],
}


@each("A1", "at, scope, passes", SCOPES)
def test_the_scope_must_hold_the_words_of_its_document(at: At, scope: str, passes: bool) -> None:
    journey = Journey(at).begin()
    journey.type("basics", {"business_scope": scope})
    found = [p for p in journey.problems() if p["field"] == "business_scope"]
    assert [p["severity"] for p in found] == ([] if passes else ["block"])
    for problem in found:
        assert problem["page"] == "basics"
        assert problem["rule_key"] == "registration.scope_words"
        assert all(source in problem["source"] for source in SCOPE_SOURCES[at.letter])
        assert len(problem["source"].split("；")) == len(SCOPE_SOURCES[at.letter])


@marked("A1", "S")
def test_in_shizhong_the_page_shows_both_rules_on_the_scope_side_by_side() -> None:
    journey = Journey(AT["S"]).begin()
    page = text_of(journey.client, f"/apply/{journey.pk}/review/")
    shown = page.partition("业务（经营）范围用语")[2].partition("</ul>")[0]
    assert "二.(四).1" in shown
    assert "登记和备案办法" in shown
    elsewhere = Journey(AT["J"], client=journey.client, applicant=journey.applicant).begin()
    assert "业务（经营）范围用语" not in text_of(elsewhere.client, f"/apply/{elsewhere.pk}/review/")


@everywhere("A1")
def test_a_name_without_the_encouraged_words_only_warns_and_may_be_handed_in(at: At) -> None:
    journey = Journey(at).fill(basics={"name": "小星星之家"})
    about_name = [p for p in journey.problems() if p["field"] == "name"]
    assert [(p["severity"], p["rule_key"]) for p in about_name] == [("warn", "registration.name_words")]
    assert ("三.(二).2" in about_name[0]["source"]) is (at.letter == "N")
    assert ("婴幼儿照护" in about_name[0]["message"]) is (at.letter == "N")
    assert journey.submit().status_code == 302


# ---------------------------------------------------------------- who decides between two registrars

# Before and from a day on: where the document offers two, the division's own dated decision counts.
CHANGES = [
    ("N", SOCIAL_SERVICE, "civil_affairs", "admin_approval"),
    ("N", ENTERPRISE, "market_regulation", "admin_approval"),
    ("J", SOCIAL_SERVICE, "civil_affairs", "establishment"),
    ("Y", ENTERPRISE, "admin_approval", "market_regulation"),
    ("H", SOCIAL_SERVICE, "civil_affairs", "establishment"),
]


def decided(at: At, legal_form: str, to: str, **more: str) -> Any:
    """The county's lead decides who registers, from a day on."""
    given = {
        "division": at.county,
        "key": f"registrar.{legal_form}",
        "value": to,
        "effective_from": "2027-03-01",
        "basis": "区政府常务会议纪要",
    }
    lead = desk_of("", at.county, Role.JURISDICTION_LEAD)
    return lead.post("/office/settings/decide/", given | more)


@each("A1", "at, legal_form, before, after", CHANGES)
def test_a_dated_decision_changes_the_registrar_from_its_day_on(
    at: At, legal_form: str, before: str, after: str
) -> None:
    journey = Journey(at, legal_form)
    asked = "/api/v1/routes"
    query = {
        k: v for k, v in journey.choices.items() if k in ("kind", "nature", "legal_form")
    } | {"division_code": at.county}  # fmt: skip

    def registrar_on(day: datetime) -> str:
        with clock.set_to(day):
            steps = journey.client.get(asked, query).json()["steps"]
        return next(step["department"] for step in steps if step["kind"] == "registration")

    eve, day = datetime(2027, 2, 28, 15, 59, tzinfo=UTC), datetime(2027, 2, 28, 16, 1, tzinfo=UTC)
    assert registrar_on(day) == before
    answer = decided(at, legal_form, after)
    assert answer.status_code == 302, said(answer)
    # The day begins at midnight in Beijing.
    assert (registrar_on(eve), registrar_on(day)) == (before, after)


@marked("A1", "J")
def test_a_case_begun_before_the_decision_stays_with_its_registrar() -> None:
    with clock.set_to(datetime(2027, 2, 26, 2, tzinfo=UTC)):
        journey = Journey(AT["J"]).hand_in()
        decided(AT["J"], SOCIAL_SERVICE, "establishment")
    with clock.set_to(datetime(2027, 3, 2, 2, tzinfo=UTC)):
        assert journey.step("registration").department == "civil_affairs"
        journey.approve("registration")
        assert journey.institution.registrar == "civil_affairs"


@marked("A1", "Y")
def test_nobody_can_make_civil_affairs_a_registrar_in_yiyuan() -> None:
    for legal_form in LEGAL_FORMS:
        assert decided(AT["Y"], legal_form, "civil_affairs").status_code == 422
    assert not DivisionSetting.objects.exists()


@marked("A1", "S")
def test_in_shizhong_there_is_nothing_to_decide_for_one_registrar_takes_all() -> None:
    for legal_form in LEGAL_FORMS:
        assert decided(AT["S"], legal_form, "civil_affairs").status_code in (403, 422)
    assert not DivisionSetting.objects.exists()


# ---------------------------------------------------------------- the registrar's own system


def report(at: At, **more: str) -> dict[str, str]:
    return {
        "source_system": "登记业务系统",
        "source_id": "D-1",
        "name": "鼓楼区小星星托育园",
        "division_code": at.county,
        "nature": "nonprofit",
        "legal_form": SOCIAL_SERVICE,
        "registered_on": clock.today().isoformat(),
        **desk.RESULT,
        **more,
    }


@everywhere("A1")
def test_the_registrars_own_system_decides_the_same_case_and_told_twice_it_is_one_record(at: At) -> None:
    journey = Journey(at).hand_in().until("registration")
    system = robot(REGISTRARS[at.letter][1], at.county)
    given = report(at, case_number=journey.case.number)
    first, second = system.post("/registrations", given), system.post("/registrations", given)
    assert (first.status_code, second.status_code) == (201, 200), told(first)
    assert first.json() == second.json()
    assert first.json()["case_number"] == journey.case.number
    assert Institution.objects.count() == 1
    assert journey.states["registration"] == "approved"
    assert journey.states["filing"] == "active"
    # The officer who comes afterwards is told that it is done.
    assert journey.decide("registration").status_code == 409


@marked("A1", "N")
def test_the_registrars_own_system_is_stopped_too_without_consent() -> None:
    at = AT["N"]
    journey = Journey(at).hand_in().until("health_consent")
    system = robot("civil_affairs", at.county)
    for given in (report(at, case_number=journey.case.number), report(at)):
        answer = system.post("/registrations", given)
        assert answer.status_code == 409, told(answer)
        assert "三.(二).2" in " ".join(p["source"] for p in answer.json()["problems"])
    assert not Institution.objects.exists()


@pytest.mark.parametrize(
    ("letter", "registrar"),
    [
        pytest.param("Y", "civil_affairs", marks=marked("A1", "Y")),
        pytest.param("S", "market_regulation", marks=marked("A1", "S")),
    ],
)
def test_an_office_that_registers_nobody_here_cannot_take_over_a_case(letter: str, registrar: str) -> None:
    journey = Journey(AT[letter]).hand_in()
    answer = robot(registrar, AT[letter].county).post(
        "/registrations", report(AT[letter], case_number=journey.case.number)
    )
    assert answer.status_code == 404
    assert journey.states["registration"] == "active"
    assert not Institution.objects.exists()
