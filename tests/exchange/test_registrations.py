"""A registrar's own system reports: the same action and the same case as in the inbox, once."""

from typing import Any

import pytest

from exchange.callers import GULOU, XUANWU, ZHANGGONG, Caller, officer, robot, said, seated, stranger
from institutions import desk
from tuoyu.cases.models import Step
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def report(**changed: Any) -> dict[str, Any]:
    return {
        "source_system": "民政业务系统",
        "source_id": "A-1",
        "name": "鼓楼区小星星托育园",
        "uscc": desk.USCC,
        "registration_number": "民证字第0001号",
        "registered_on": clock.today().isoformat(),
        "division_code": GULOU,
        "nature": "nonprofit",
        "legal_form": "social_service_org",
    } | changed


def pushed() -> set[tuple[str, str]]:
    return set(
        OutboxMessage.objects.filter(topic="registration.approved").values_list("department", "division_code")
    )


def consented(case: Any) -> None:
    for step in case.steps.exclude(kind="registration").order_by("stage", "pk"):
        if step.kind in ("check", "consent"):
            desk.approve(case, step.key)


def test_a_report_decides_the_waiting_case_as_the_inbox_would_and_reaches_health_and_police() -> None:
    case = desk.submitted(desk.applicant())
    consented(case)
    response = robot().post("/registrations", report(case_number=case.number))
    assert response.status_code == 201, said(response)
    told = response.json()
    assert (told["case_number"], told["registrar"], told["filing"]) == (case.number, "civil_affairs", "none")
    assert case.steps.get(kind="registration").state == Step.State.APPROVED
    assert case.steps.get(kind="filing").state == Step.State.ACTIVE
    assert pushed() == {("health", GULOU), ("public_security", GULOU)}
    for department in ("health", "public_security"):
        rows = officer(department).get("/messages").json()["rows"]
        assert [row["payload"]["name"] for row in rows] == ["鼓楼区小星星托育园"]


def test_told_twice_it_is_one_record_and_the_same_answer() -> None:
    case = desk.submitted(desk.applicant())
    consented(case)
    first = robot().post("/registrations", report())
    second = robot().post("/registrations", report())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Institution.objects.count() == 1
    assert AuditEvent.objects.filter(verb="institution.registered").count() == 1
    again = robot().get("/registrations/民政业务系统/A-1")
    assert again.json() == first.json()


def test_without_the_consent_the_document_demands_it_is_stopped_with_the_clause() -> None:
    case = desk.submitted(desk.applicant())
    for given in (report(case_number=case.number), report()):
        response = robot().post("/registrations", given)
        assert response.status_code == 409, said(response)
        assert "三.(二).2" in " ".join(p["source"] for p in response.json()["problems"])
    assert not Institution.objects.exists()
    assert pushed() == set()


def test_the_same_id_with_other_content_says_what_differs_and_changes_nothing() -> None:
    robot().post("/registrations", report())
    other = report(registration_number="民证字第0002号", name="另一家托育园")
    response = robot().post("/registrations", other)
    assert response.status_code == 409
    assert "registration_number" in {p["field"] for p in response.json()["problems"]}
    assert Institution.objects.get().registration_number == "民证字第0001号"


def test_a_nursery_without_a_case_here_is_registered_but_not_filed_and_health_is_told() -> None:
    response = robot().post("/registrations", report())
    assert response.status_code == 201, said(response)
    assert response.json()["case_number"] is None
    assert pushed() == {("health", GULOU), ("public_security", GULOU)}
    unfiled = officer("health").get("/office/institutions/unfiled").json()["rows"]
    assert [row["name"] for row in unfiled] == ["鼓楼区小星星托育园"]
    assert stranger().get("/institutions").json()["rows"] == []
    pk = response.json()["institution_id"]
    assert stranger().get(f"/institutions/{pk}").status_code == 404


def test_elsewhere_only_health_is_told() -> None:
    caller = robot("admin_approval", ZHANGGONG)
    given = report(division_code=ZHANGGONG, legal_form="enterprise", nature="forprofit")
    response = caller.post("/registrations", given)
    assert response.status_code == 201, said(response)
    assert pushed() == {("health", ZHANGGONG)}


def test_a_registrar_reports_only_for_its_own_place() -> None:
    response = robot(division=XUANWU).post("/registrations", report())
    assert response.status_code == 403
    assert robot(division=XUANWU).get("/registrations/民政业务系统/A-1").status_code == 404
    assert not Institution.objects.exists()


def test_a_person_however_high_does_not_report_as_a_system() -> None:
    for role in (Role.OFFICER, Role.DEPARTMENT_LEAD):
        caller = Caller(seated(role, "civil_affairs"))
        assert caller.post("/registrations", report()).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"uscc": "52320106MJ0000018B"}, "uscc"),
        ({"registered_on": "2199-01-01"}, "registered_on"),
        ({"legal_form": "enterprise"}, "legal_form"),
        ({"division_code": "999999"}, "division_code"),
    ],
)
def test_a_wrong_report_names_the_field_and_changes_nothing(changed: dict[str, Any], field: str) -> None:
    response = robot().post("/registrations", report(**changed))
    assert response.status_code == 422
    assert field in {p["field"] for p in response.json()["problems"]}
    assert not Institution.objects.exists()


def test_a_case_number_nobody_knows_is_not_found() -> None:
    assert robot().post("/registrations", report(case_number="TY0")).status_code == 404
