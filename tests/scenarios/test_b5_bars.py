"""B5: whoever abused a child works in childcare nowhere again.

National law binds all five places; Jiangxi and Hubei cite their own clause besides, for whoever did it and
for the manager directly responsible.
"""

from datetime import timedelta
from typing import Any

import pytest

from accounts.people import browser
from journeys import AT, At, desk_of
from tuoyu.accounts.models import User
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.workforce import actions
from tuoyu.workforce.models import Employment
from workforce import staff

pytestmark = pytest.mark.django_db

NATION, MINORS = "《中华人民共和国人口与计划生育法》", "《中华人民共和国未成年人保护法》"
CLAUSES = {"N": [], "S": [], "J": ["二.(二).3"], "Y": ["二.(六).11"], "H": ["二.(三).14"]}
# The document that a refusal cites beside national law.
OWN = {"J": "二.(二).3", "H": "二.(三).14"}
STATED = {
    "name": "王某某", "identity": staff.identity(7), "kind": "lifetime", "role": "perpetrator",
    "ground": "abuse", "document": "行政处罚决定书", "number": "卫罚〔2026〕7号", "decided_on": "2026-03-01",
    "authority": "某区卫生健康局",
}  # fmt: skip
# A bar recorded in one place stops a hire in the next.
RECORDED_AT = {"N": "H", "S": "N", "J": "S", "Y": "J", "H": "Y"}

everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B5", AT[letter].jurisdiction, clauses=clauses)
        )
        for letter, clauses in CLAUSES.items()
    ],
)


def recorded(place: str, **changed: str) -> Any:
    answer = desk_of("health", place).post("/api/v1/bars", STATED | changed, "application/json")
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def refused(county: str) -> list[dict[str, str]]:
    """What a head reads who hands in the hire."""
    nursery = staff.nursery(county)
    head = browser(User.objects.get(pk=staff.head(nursery).user_id))
    answer = head.post(f"/api/v1/office/institutions/{nursery.pk}/staff", staff.typed(7), "application/json")
    assert answer.status_code == 409, answer.content.decode()
    assert not Employment.objects.filter(institution=nursery).exists()
    problems: list[dict[str, str]] = answer.json()["problems"]
    return problems


@everywhere
@pytest.mark.parametrize("role", ["perpetrator", "responsible_manager"])
def test_whoever_is_barred_anywhere_is_hired_nowhere_and_each_place_cites_its_own_law(
    at: At, role: str
) -> None:
    recorded(AT[RECORDED_AT[at.letter]].county, role=role)
    problems = refused(at.county)
    cited = [problem["source"] for problem in problems]
    assert NATION in cited[0]
    assert cited[0].endswith("第41条")
    assert [source.rpartition("》")[2].rpartition("）")[2] for source in cited[1:]] == (
        [OWN[at.letter]] if at.letter in OWN else []
    )
    said = "".join(p["message"] + p["fix"] for p in problems)
    assert "虐待" not in said
    assert AT[RECORDED_AT[at.letter]].county not in said
    assert "查询核实" in problems[0]["fix"]


@everywhere
def test_a_record_of_offences_stops_a_hire_by_national_law_alone(at: At) -> None:
    recorded(at.county, kind="record", ground="violence", document="刑事判决书")
    (problem,) = refused(at.county)
    assert MINORS in problem["source"]
    assert problem["source"].endswith("第62条")
    assert "暴力" not in problem["message"]


@everywhere
def test_who_employs_the_person_is_told_at_once_and_until_it_is_ended(at: At) -> None:
    nursery = staff.nursery(at.county)
    head = staff.head(nursery)
    employment = staff.hired(head, nursery, 7)
    desk_of("health", at.county)
    assert recorded(AT[RECORDED_AT[at.letter]].county)["alerts"] == 1
    told = Notice.objects.get(user=head.user_id).text
    assert NATION in told
    assert {letter for letter, clause in OWN.items() if clause in told} == {at.letter} & set(OWN)
    office = desk_of("health", at.county)
    assert [row["institution"] for row in office.get("/api/v1/bar-alerts").json()["rows"]] == [nursery.name]
    actions.end_employment(by=head, employment=employment, last_day=clock.today(), reason="解除聘用")
    assert office.get("/api/v1/bar-alerts").json()["count"] == 1
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert desk_of("health", at.county).get("/api/v1/bar-alerts").json()["rows"] == []


@everywhere
def test_a_mistake_is_corrected_by_another_and_the_person_may_be_hired_again(at: At) -> None:
    made = recorded(at.county)
    refused(at.county)
    lead = desk_of("health", at.county, Role.DEPARTMENT_LEAD)
    address = f"/api/v1/bars/{made['id']}/correction"
    repaired = lead.post(address, {"ground": "repaired", "reason": "表现良好"}, "application/json")
    assert repaired.status_code == 422
    stated = {"ground": "wrong_person", "reason": "身份证号末位抄错"}
    assert lead.post(address, stated, "application/json").status_code == 200
    nursery = staff.nursery(at.county)
    assert staff.hired(staff.head(nursery), nursery, 7).pk
    told = lead.get("/api/v1/bars").json()["rows"][0]
    assert (told["holds"], told["correction_reason"]) == (False, "身份证号末位抄错")
    assert AuditEvent.objects.filter(verb="hiring.checked").count() == 2
