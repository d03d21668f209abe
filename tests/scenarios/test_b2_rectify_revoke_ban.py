"""B2: what an inspection found is mended by a day; what is not is published, punished, taken back, banned.

Only Shizhong's document orders a chain. The others say less (Jiangxi, Yiyuan: what breaks the law is followed
up) or nothing (Nanjing, Hubei), and the national penalty law binds all of them.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.people import browser
from journeys import AT, At, desk_of, text_of
from supervision import inspected
from tuoyu.cases.models import Case, Step
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Institution, Publication
from tuoyu.supervision import actions
from tuoyu.supervision.models import Rectification, Sanction
from tuoyu.supervision.vocabulary import Result

pytestmark = pytest.mark.django_db

CLAUSES: dict[str, list[str]] = {
    "S": ["二.(四).3"],
    "J": ["二.(二).3"],
    "Y": ["二.(六).13"],
    "N": [],
    "H": [],
}
CALLED = {"S": "行政处罚", "N": "行政处罚", "H": "行政处罚", "J": "违法查处", "Y": "违法查处"}
MONDAY = date(2026, 11, 2)


def place(letter: str) -> Any:
    mark = pytest.mark.scenario("B2", AT[letter].jurisdiction, clauses=CLAUSES[letter])
    return pytest.param(AT[letter], id=letter, marks=mark)


everywhere = pytest.mark.parametrize("at", [place(letter) for letter in CLAUSES])
in_shizhong = pytest.mark.parametrize("at", [place("S")])


def nursery(at: At, registrar: str = "market_regulation") -> Institution:
    return inspected.nursery(at.county, registrar)


@everywhere
def test_a_failing_inspection_is_mended_on_a_phone_by_a_day_or_followed_up_as_the_place_calls_it(
    at: At,
) -> None:
    institution = nursery(at)
    with inspected.at(MONDAY):
        one = inspected.ordered(institution)
        head = browser(inspected.head_user(institution))
        address = f"/my/rectifications/{one.pk}/"
        assert "2026年11月23日" in text_of(head, address)
        typed = {f"finding_{finding.pk}": "已整改" for finding in one.inspection.findings.all()}
        assert head.post(address, typed | {"answer": "1"}).status_code == 302
        office = browser(inspected.office_user(at.county))
        decision = f"/cases/{one.case.number}/steps/recheck/decision/"
        forms = {"remarks-TOTAL_FORMS": "1", "remarks-INITIAL_FORMS": "0"}
        answer = office.post(decision, forms | {"decision": "refuse", "reason": "没有整改到位"})
        assert answer.status_code == 302, answer.content.decode()
        (made,) = Sanction.objects.filter(institution=institution)
        assert made.case.procedure_name == CALLED[at.letter]
        assert made.department == "health"
        board = text_of(office, "/sanctions/")
        assert made.case.number in board
    public = Publication.objects.filter(case=one.case)
    assert public.exists() == (at.letter == "S")


@in_shizhong
def test_two_failing_years_make_the_issuing_authority_take_the_registration_back_and_announce_it(
    at: At,
) -> None:
    institution = nursery(at, "admin_approval")
    inspected.inspected(institution, on=date(2022, 6, 1), result=Result.RECTIFY)
    inspected.inspected(institution, on=date(2023, 6, 1), result=Result.RECTIFY)
    made = Sanction.objects.get(kind="revocation")
    assert made.hearing_until is not None
    with inspected.at(made.hearing_until + timedelta(days=1)):
        decision = f"/cases/{made.case.number}/steps/revocation/decision/"
        forms = {"remarks-TOTAL_FORMS": "1", "remarks-INITIAL_FORMS": "0", "decision": "approve"}
        health = desk_of("health", at.county)
        assert health.post(decision, forms).status_code == 404
        registrar = desk_of("admin_approval", at.county)
        assert made.case.number in text_of(registrar, "/inbox/")
        assert "2022、2023" in text_of(registrar, f"/cases/{made.case.number}/")
        assert registrar.post(decision, forms).status_code == 302
    assert institution.name in text_of(browser(None), "/publications/", kind="revocation")
    assert institution.name not in text_of(browser(None), "/nurseries/", text=institution.name[:8])


@in_shizhong
def test_fail_pass_fail_takes_nothing_back(at: At) -> None:
    institution = nursery(at, "admin_approval")
    for year, result in ((2022, Result.RECTIFY), (2023, Result.PASS), (2024, Result.RECTIFY)):
        inspected.inspected(institution, on=date(year, 6, 1), result=result)
    assert not Sanction.objects.exists()
    assert Step.objects.filter(kind="recheck").count() == 2


@in_shizhong
def test_unregistered_and_not_mended_it_is_banned(at: At) -> None:
    institution = Institution.objects.create(
        name="无证托育点", kind="institution", nature="forprofit", legal_form="enterprise",
        division_code=at.county,
    )  # fmt: skip
    one = inspected.ordered(institution, on=MONDAY)
    with inspected.at(date(2026, 11, 24)):
        actions.pass_over_silence(by=inspected.office(at.county), rectification=one, reason="期满")
        client = browser(inspected.office_user(at.county, role=Role.DEPARTMENT_LEAD))
        answer = client.post(
            f"/api/v1/cases/{one.case.number}/steps/recheck/decision",
            {"decision": "refuse", "reason": "没有整改"}, "application/json",
        )  # fmt: skip
        assert answer.status_code == 200, answer.content.decode()
    assert Case.objects.filter(respondent=institution, procedure="ban", state="open").count() == 1
    assert Rectification.objects.get().case.state == "refused"
