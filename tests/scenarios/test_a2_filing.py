"""A2: the filing that follows registration, its clocks and papers, and what becomes public when."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from journeys import AT, At, Journey, browser, desk_of, each, everywhere, marked, said, text_of
from tuoyu.core import clock
from tuoyu.institutions.models import Certificate, Institution, Publication

pytestmark = pytest.mark.django_db

NO_LICENCE = "备案不是许可"


def on(year: int, month: int, day: int) -> datetime:
    """Ten in the morning in Beijing."""
    return datetime(year, month, day, 2, tzinfo=UTC)


def public(journey: Journey) -> int:
    """What a family gets at the institution's address."""
    return Client().get(journey.public_address).status_code


def listed(journey: Journey) -> bool:
    """Whether a family finds it in the directory of its place."""
    return journey.application.name in text_of(Client(), "/nurseries/", place=journey.county)


# ---------------------------------------------------------------- the order


@everywhere("A2")
def test_a_filing_before_the_registration_is_refused_with_what_must_come_first(at: At) -> None:
    journey = Journey(at).hand_in()
    answer = journey.decide("filing")
    assert answer.status_code == 409
    assert journey.step("registration").name in said(answer)
    assert journey.states["filing"] == "waiting"
    assert not Institution.objects.exists()
    assert not Certificate.objects.exists()
    assert not listed(journey)


@everywhere("A2")
def test_filed_with_the_health_authority_of_its_county_it_becomes_public_and_not_before(at: At) -> None:
    journey = Journey(at).hand_in().until("filing")
    step = journey.step("filing")
    assert (step.department, step.division_code, step.clock_days) == ("health", at.county, 5)
    assert at.registration in step.source
    # Registered, and still nothing a family could find.
    assert journey.institution.registration == "registered"
    assert public(journey) == 404
    assert not listed(journey)
    journey.approve("filing")
    assert public(journey) == 200
    assert listed(journey)
    shown = text_of(Client(), journey.public_address)
    assert journey.institution.receipt_number in shown
    assert NO_LICENCE in shown
    # Every filing is published (Shizhong's own document says so, the national norm for all).
    published = Publication.objects.get(kind="filing")
    assert (published.department, published.division_code) == ("health", at.county)
    assert at.registration in published.clause
    assert journey.institution.name in text_of(Client(), "/publications/")


@marked("A2", "J")
def test_no_other_office_files_it() -> None:
    journey = Journey(AT["J"]).hand_in().until("filing")
    address = reverse("cases:decision", args=[journey.case.number, "filing"])
    given = {"decision": "approve", "remarks-TOTAL_FORMS": "0", "remarks-INITIAL_FORMS": "0"}
    for department, place in [("health", "360703"), ("civil_affairs", "360702"), ("education", "360702")]:
        assert desk_of(department, place).post(address, given).status_code in (403, 404)
    # The province's own health department sees it and still may not decide for the county.
    assert desk_of("health", "360000").post(address, given).status_code == 403
    assert journey.states["filing"] == "active"
    assert not Certificate.objects.exists()


# ---------------------------------------------------------------- the clocks

# Registered on a day; by when the receipt is due, and the visit's finding: five and fifteen working days by
# the notices on holidays, counted by a person. 2026: Spring Festival off 15–23 February with 14 and 28
# February worked; Dragon Boat Festival 19 June; National Day 1–7 October with 10 October worked.
CLOCKS = [
    ("S", date(2026, 9, 28), date(2026, 10, 10), date(2026, 10, 23)),
    ("N", date(2026, 9, 28), date(2026, 10, 10), date(2026, 10, 23)),
    ("J", date(2026, 2, 13), date(2026, 2, 27), date(2026, 3, 12)),
    ("Y", date(2026, 2, 13), date(2026, 2, 27), date(2026, 3, 12)),
    ("H", date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 23)),
]


@each("A2", "at, registered, receipt_by, finding_by", CLOCKS)
def test_receipt_and_finding_are_due_in_working_days_that_skip_the_holidays(
    at: At, registered: date, receipt_by: date, finding_by: date
) -> None:
    with clock.set_to(on(registered.year, registered.month, registered.day)):
        journey = Journey(at).hand_in().until("filing")
    filing = journey.step("filing")
    assert (filing.due_on, filing.provisional) == (receipt_by, False)
    said_date = f"{receipt_by.year}年{receipt_by.month}月{receipt_by.day}日"
    assert said_date in journey.tracker()
    # Given out on the last day; the fifteen days run from the day the papers came, not from the receipt.
    with clock.set_to(on(receipt_by.year, receipt_by.month, receipt_by.day)):
        journey.approve("filing")
    verification = journey.step("verification")
    assert (verification.department, verification.due_on) == ("health", finding_by)
    assert journey.institution.receipt_issued_on == receipt_by


@marked("A2", "H")
def test_a_clock_into_a_year_not_yet_published_says_that_it_is_provisional() -> None:
    with clock.set_to(on(2031, 9, 29)):
        journey = Journey(AT["H"]).hand_in().until("filing")
        assert journey.step("filing").provisional
        assert "暂定" in journey.tracker()


# ---------------------------------------------------------------- the papers


@everywhere("A2", "NJ")
def test_receipt_and_conditions_notice_are_papers_that_anybody_can_verify(at: At, real_papers: None) -> None:
    journey = Journey(at).hand_in().until("filing").approve("filing")
    papers = {paper.kind: paper for paper in Certificate.objects.all()}
    assert set(papers) == {"receipt", "conditions_notice"}
    office = desk_of("health", at.county)
    for paper in papers.values():
        for reader in (office, journey.client):
            answer = reader.get(reverse("institutions:certificate", args=[paper.pk]))
            assert b"".join(answer).startswith(b"%PDF-")
            assert answer["Content-Type"] == "application/pdf"
        assert paper.content["address"].endswith(reverse("institutions:verify", args=[paper.code]))
        shown = text_of(Client(), reverse("institutions:verify", args=[paper.code]))
        assert "文书属实，现行有效" in shown
        assert journey.institution.name in shown
        assert paper.number in shown
    assert any("不是行政许可" in line for line in papers["receipt"].content["lines"])
    assert NO_LICENCE in text_of(Client(), reverse("institutions:verify", args=[papers["receipt"].code]))
    # The paper itself is nobody else's; a code that was made up is none.
    stranger = reverse("institutions:certificate", args=[papers["receipt"].pk])
    assert Client().get(stranger).status_code in (302, 404)
    assert Client().get(reverse("institutions:verify", args=["0" * 16])).status_code == 404


# ---------------------------------------------------------------- what the visit finds


@everywhere("A2")
def test_non_conformity_is_notified_with_its_reasons_and_published(at: At) -> None:
    journey = Journey(at).hand_in().until("verification")
    reasons = "活动场地没有围护设施，疏散通道堆放杂物。"
    assert journey.decide("verification", "refuse", reason="").status_code == 422
    assert public(journey) == 200
    answer = journey.decide("verification", "refuse", reason=reasons)
    assert answer.status_code == 302, said(answer)
    step = journey.step("verification")
    assert step.decided_at is not None
    assert step.due_on is not None
    assert step.decided_at.date() <= step.due_on
    assert reasons in journey.notices()
    assert reasons in journey.tracker()
    published = text_of(Client(), "/publications/", kind="nonconformity")
    assert reasons in published
    assert journey.institution.name in published
    assert journey.institution.filing == "published_nonconforming"
    assert public(journey) == 404
    assert not listed(journey)


@marked("A2", "S")
def test_the_notice_of_non_conformity_is_a_paper_and_the_receipt_says_it_is_no_longer_good(
    real_papers: None,
) -> None:
    journey = Journey(AT["S"]).hand_in().until("verification")
    journey.decide("verification", "refuse", reason="没有户外活动场地。")
    notice = Certificate.objects.get(kind="refusal_notice")
    answer = browser(journey.applicant).get(reverse("institutions:certificate", args=[notice.pk]))
    assert b"".join(answer).startswith(b"%PDF-")
    assert notice.content["reasons"] == "没有户外活动场地。"
    receipt = Certificate.objects.get(kind="receipt")
    shown = text_of(Client(), reverse("institutions:verify", args=[receipt.code]))
    assert "失效" in shown
    assert "现行有效" not in shown


# ---------------------------------------------------------------- the states of a filing

# What is decided one after the other, and where the filing stands then: the national measures' states as a
# person reads them. Cancelling belongs to changes after filing and is not part of this.
STATES: list[tuple[str, list[tuple[str, str]], str]] = [
    ("handed in", [], "no institution"),
    ("papers incomplete", [("registration", "approve"), ("filing", "defects")], "none"),
    ("registered", [("registration", "approve")], "none"),
    ("receipt", [("registration", "approve"), ("filing", "approve")], "receipt_issued"),
    (
        "visited, in order",
        [("registration", "approve"), ("filing", "approve"), ("verification", "approve")],
        "normal",
    ),
    (
        "visited, to be mended",
        [("registration", "approve"), ("filing", "approve"), ("verification", "defects")],
        "rectification",
    ),
    (
        "visited, mended",
        [
            ("registration", "approve"),
            ("filing", "approve"),
            ("verification", "defects"),
            ("", "mend"),
            ("verification", "approve"),
        ],
        "normal",
    ),
    (
        "visited, mended in vain",
        [
            ("registration", "approve"),
            ("filing", "approve"),
            ("verification", "defects"),
            ("", "mend"),
            ("verification", "refuse"),
        ],
        "published_nonconforming",
    ),
    (
        "visited, not conforming",
        [("registration", "approve"), ("filing", "approve"), ("verification", "refuse")],
        "published_nonconforming",
    ),
]
SHOWN = {"receipt_issued", "normal", "rectification"}


@marked("A2", "J")
@pytest.mark.parametrize(("decisions", "state"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_a_filing_stands_where_the_national_measures_put_it(
    decisions: list[tuple[str, str]], state: str
) -> None:
    journey = Journey(AT["J"]).hand_in()
    for key, decision in decisions:
        if decision == "mend":
            answer = journey.submit()
        else:
            remarks = ["premises.floor: 请更正楼层。"] if decision == "defects" else []
            answer = journey.decide(key, decision, *remarks, reason="不符合基本条件。")
        assert answer.status_code == 302, said(answer)
    if state == "no institution":
        assert not Institution.objects.exists()
        return
    assert journey.institution.filing == state
    assert (public(journey) == 200) is (state in SHOWN)
    assert listed(journey) is (state in SHOWN)
