"""C1: classes for under-threes in kindergartens, as each document lets them be opened."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.people import browser, person
from institutions import desk
from journeys import ALL, AT, SOCIAL_SERVICE, At, Journey, desk_of, said, text_of
from tuoyu.core import clock
from tuoyu.core.models import OutboxMessage
from tuoyu.institutions.actions import filings, kindergartens
from tuoyu.institutions.models import Institution, Pairing

pytestmark = pytest.mark.django_db


def unchecked(*given: Any) -> None:
    """Record a kindergarten without asking again for the approvals."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kindergartens, "check_approvals", lambda case, step: None)
        kindergartens.record_kindergarten(*given)


KIND = "kindergarten_class"
# The clauses on classes in kindergartens.
CLAUSES = {
    "S": ["二.(三).1", "二.(四).1"],
    "N": ["三.(一).3"],
    "J": ["二.(一).3"],
    "Y": ["二.(二).3"],
    "H": ["二.(二).8"],
}
DEMANDED = "SNY"
# What stands before the filing.
BEFORE = {
    "S": {"admission": "admin_approval"},
    "N": dict.fromkeys(("check_education", "check_health"), ""),
    "J": {},
    "Y": {"health_approval": "health", "education_approval": "education"},
    "H": {},
}


def marked(letter: str) -> pytest.MarkDecorator:
    return pytest.mark.scenario("C1", AT[letter].jurisdiction, clauses=CLAUSES[letter])


def everywhere(letters: str = ALL) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("at", [pytest.param(AT[x], id=x, marks=marked(x)) for x in letters])


def kindergarten(at: At, **changed: dict[str, object]) -> Journey:
    return Journey(at, kind=KIND).fill(**changed)


def about(journey: Journey, field: str) -> list[dict[str, str]]:
    return [p for p in journey.problems() if p["field"] == field]


# ---------------------------------------------------------------- the way, and no second registration


@everywhere()
def test_a_kindergarten_files_its_class_by_the_way_of_its_document_and_is_not_registered_anew(
    at: At,
) -> None:
    journey = kindergarten(at)
    assert [p for p in journey.problems() if p["severity"] == "block"] == []
    journey.hand_in()
    states = journey.states
    assert "registration" not in states
    before = set(states) - {"filing", "verification"}
    assert set(BEFORE[at.letter]) <= before
    assert bool(before) == bool(BEFORE[at.letter])
    assert not Institution.objects.exists()
    journey.until("filing").approve("filing")
    found = journey.institution
    assert (found.registration, found.registrar, found.uscc) == (
        "registered",
        "civil_affairs",
        desk.KINDERGARTEN["uscc"],
    )
    assert str(found.registered_on) == desk.KINDERGARTEN["registered_on"]
    assert found.registration_number == "A-1"
    journey.approve("verification")
    assert "幼儿园托班" in text_of(journey.client, journey.public_address)
    assert "按申报的登记信息建档" in text_of(
        desk_of("health", at.county), reverse("institutions:record", args=[found.pk])
    )


@everywhere("JH")
def test_the_same_kindergarten_is_recorded_once(at: At) -> None:
    first = kindergarten(at).hand_in().approve("filing")
    again = Journey(at, kind=KIND, client=first.client, applicant=first.applicant).fill()
    answer = again.submit()
    assert answer.status_code == 409
    assert "已有档案" in said(answer)
    assert "只办备案" in said(answer)


# ---------------------------------------------------------------- what is asked


@everywhere()
def test_only_what_the_document_asks_is_asked_with_its_ages_and_clause(at: At) -> None:
    journey = Journey(at, kind=KIND).begin()
    page = text_of(journey.client, f"/apply/{journey.pk}/provider/")
    papers = text_of(journey.client, f"/apply/{journey.pk}/papers/")
    assert ("入园需要是否已经满足" in page) is (at.letter in DEMANDED)
    assert ("3至6岁" in page) is (at.letter in "NY")
    assert ("入园需要已经满足的证明" in papers) is (at.letter in DEMANDED)
    assert ("是否新建的幼儿园" in page) is (at.letter in "JY")
    assert ("是否由民办幼儿园转型" in page) is (at.letter == "J")
    assert ("2岁以下的孩子" in page) is (at.letter == "S")
    assert ("幼儿园开托班须申请的部门" in page) is (at.letter == "Y")
    assert ("托幼一体化机构的综合监管" in page) is (at.letter == "S")
    # What is known of a nursery by itself, or of employers, is not asked.
    assert "举办方式" not in page
    assert "举办单位" not in text_of(journey.client, "/apply/mine/")


@everywhere()
def test_a_kindergarten_whose_own_demand_is_not_met_is_stopped_where_the_document_says_so(at: At) -> None:
    journey = kindergarten(at, provider={"demand_met": "no"})
    paper = journey.application.papers.filter(slot="demand_proof").first()
    if paper is not None:
        journey.type("papers", {"do": f"remove:{paper.pk}"})
        journey.client.post(
            f"/apply/{journey.pk}/papers/",
            {"version": journey.application.version, "window": "w", "do": f"remove:{paper.pk}"},
        )
    found = about(journey, "demand_met") + about(journey, "demand_proof")
    if at.letter in DEMANDED:
        assert [p["severity"] for p in found] == ["block", "block"]
        assert all(CLAUSES[at.letter][0] in p["source"] for p in found)
        answer = journey.submit()
        assert answer.status_code == 422
        assert CLAUSES[at.letter][0] in said(answer)
    else:
        assert found == []
        assert journey.submit().status_code == 302


# ---------------------------------------------------------------- ages

YOUNG = {"row-0-class_type": "toddler_small", "row-0-places": "10", "row-0-carers": "3"}


@everywhere()
def test_a_class_below_two_is_named_with_the_clause_or_allowed_as_the_document_says(at: At) -> None:
    journey = kindergarten(at, classes=YOUNG)
    named = about(journey, "row-0-class_type")
    if at.letter in "JH":
        # Not an order: it is named with its clause and stops nobody.
        assert [(p["severity"], p["rule_key"]) for p in named] == [("warn", f"{KIND}.min_months")]
        assert CLAUSES[at.letter][0] in named[0]["source"]
        assert "本地参数" in named[0]["message"]
        assert journey.submit().status_code == 302
    elif at.letter == "S":
        assert named == []
        [missing] = about(journey, "younger_because")
        assert missing["severity"] == "block"
        assert CLAUSES["S"][0] in missing["source"]
        journey.type("provider", {**desk.KINDERGARTEN, "younger_because": "有专用的睡眠区和育婴员"})
        assert about(journey, "younger_because") == []
        assert journey.submit().status_code == 302
    else:
        # No age of their own: the national class ages hold, and the class is as good as any.
        assert named == []
        assert journey.submit().status_code == 302


# ---------------------------------------------------------------- Yiyuan: two approvals


@marked("Y")
@pytest.mark.parametrize(("given", "missing"), [("health", "教育"), ("education", "卫生健康")])
def test_a_yiyuan_class_with_one_approval_is_not_filed(given: str, missing: str) -> None:
    journey = kindergarten(AT["Y"]).hand_in()
    assert journey.states == {
        "health_approval": "active",
        "education_approval": "active",
        "filing": "waiting",
        "verification": "waiting",
    }
    journey.approve(f"{given}_approval")
    answer = journey.decide("filing")
    assert answer.status_code == 409
    assert "二.(二).3" in said(answer)
    assert missing in said(answer)
    assert not Institution.objects.exists()
    other = {"health": "education", "education": "health"}[given]
    journey.approve(f"{other}_approval", "filing")
    assert journey.institution.filing == "receipt_issued"


@marked("Y")
def test_a_yiyuan_class_is_not_filed_past_an_approval_even_if_a_procedure_forgot_it() -> None:
    journey = kindergarten(AT["Y"]).hand_in().approve("health_approval")
    journey.case.steps.filter(key="education_approval").delete()
    journey.case.steps.filter(key="filing").update(after=[], state="active", started_at=clock.now())
    answer = journey.decide("filing")
    assert answer.status_code == 409
    assert "二.(二).3" in said(answer)
    assert not Institution.objects.exists()


@marked("Y")
@pytest.mark.parametrize("first", ["health_approval", "education_approval"])
def test_in_yiyuan_both_bureaus_look_at_once_and_the_filing_begins_when_both_agreed(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the order of the steps alone: what checks the approvals once more at the filing is switched off."""
    monkeypatch.setattr(filings, "record_kindergarten", unchecked)
    journey = kindergarten(AT["Y"]).hand_in()
    second = ({"health_approval", "education_approval"} - {first}).pop()
    steps = {step.key: step for step in journey.case.steps.all()}
    both = [steps[key] for key in (first, second)]
    assert {(step.state, step.stage, step.clock_from) for step in both} == {("active", 1, clock.today())}
    assert set(steps["filing"].after) == {first, second}
    assert steps["filing"].stage > 1
    assert (steps["filing"].clock_from, steps["filing"].due_on) == (None, None)
    journey.approve(first)
    assert journey.states == {
        first: "approved",
        second: "active",
        "filing": "waiting",
        "verification": "waiting",
    }
    answer = journey.decide("filing")
    assert answer.status_code == 409
    assert f"须先完成“{steps[second].name}”" in said(answer)
    assert steps[first].name not in said(answer).partition("须先完成")[2].partition("”")[0]
    with clock.set_to(clock.now() + timedelta(days=3)):
        journey.approve(second)
        assert journey.states["filing"] == "active"
        assert journey.states["verification"] == "waiting"
        # Its clock runs from the later of the two.
        assert journey.step("filing").clock_from == clock.today()
        assert journey.decide("verification").status_code == 409
        journey.approve("filing", "verification")
    assert journey.institution.filing == "normal"


@marked("Y")
def test_in_yiyuan_a_refusal_of_one_bureau_ends_it_for_both() -> None:
    journey = kindergarten(AT["Y"]).hand_in()
    answer = journey.decide("education_approval", "refuse", reason="入园需要还没有满足")
    assert answer.status_code == 302
    assert journey.case.state == "refused"
    assert journey.states["health_approval"] == "cancelled"


# ---------------------------------------------------------------- Shizhong: admitted, supervised as before


@marked("S")
def test_in_shizhong_the_approval_bureau_admits_and_education_is_told_and_sees_the_record() -> None:
    at = AT["S"]
    journey = kindergarten(at).hand_in()
    assert journey.step("admission").department == "admin_approval"
    assert "二.(四).1" in journey.step("admission").source
    answer = journey.decide("filing")
    assert answer.status_code == 409
    journey.approve("admission")
    told = OutboxMessage.objects.filter(topic="consent.approved")
    assert {message.department for message in told} == {"education", "health"}
    payload = told.get(department="education").payload
    assert (payload["name"], payload["uscc"]) == ("小星星幼儿园", desk.KINDERGARTEN["uscc"])
    journey.approve("filing")
    address = reverse("institutions:record", args=[journey.institution.pk])
    record = text_of(desk_of("education", at.county), address)
    assert "综合监管" in record
    assert "二.(四).1" in record
    # Its own kind only: another nursery is none of education's business.
    other = Journey(at, SOCIAL_SERVICE, applicant=journey.applicant, client=journey.client)
    other.hand_in(basics={"name": "另一家托育园"}).approve("registration")
    strange = reverse("institutions:record", args=[other.institution.pk])
    assert desk_of("education", at.county).get(strange).status_code == 404


# ---------------------------------------------------------------- Shizhong: paired with a new institution


def pair(at: At) -> tuple[Journey, Journey]:
    """A kindergarten with its class and an institution of its own, both filed, each with its head."""
    kinder = kindergarten(at).hand_in().until("filing").approve("filing")
    nursery = Journey(at, applicant=person("another")).hand_in().until("filing").approve("filing")
    kinder.client, nursery.client = browser(kinder.applicant), browser(nursery.applicant)
    return kinder, nursery


def pairings(journey: Journey) -> str:
    return reverse("institutions:pairings", args=[journey.institution.pk])


@marked("S")
def test_a_pairing_holds_once_both_agreed_and_both_records_and_the_public_see_it() -> None:
    kinder, nursery = pair(AT["S"])
    asked = kinder.client.post(pairings(kinder), {"uscc": nursery.institution.uscc})
    assert asked.status_code == 302, said(asked)
    row = Pairing.objects.get()
    answer = reverse("institutions:pairing", args=[nursery.institution.pk, row.pk])
    own = reverse("institutions:pairing", args=[kinder.institution.pk, row.pk])
    assert "托育联合体" not in text_of(kinder.client, kinder.public_address)
    # Who asked cannot answer for the other, and who is neither side finds nothing.
    kinder.client.post(own, {"do": "agree"})
    row.refresh_from_db()
    assert row.state == "proposed"
    strange = reverse("institutions:pairing", args=[kinder.institution.pk, row.pk + 1])
    assert kinder.client.post(strange, {"do": "agree"}).status_code == 404
    assert kinder.client.post(answer, {"do": "agree"}).status_code == 404
    assert "邀请" in nursery.notices()
    assert "同意结对" in text_of(nursery.client, pairings(nursery))
    nursery.client.post(answer, {"do": "agree"})
    nursery.client.post(answer, {"do": "agree"})
    row.refresh_from_db()
    assert row.state == "agreed"
    health = desk_of("health", AT["S"].county)
    for one, other in ((kinder, nursery), (nursery, kinder)):
        name = other.institution.name
        assert f">{name}</a>" in text_of(one.client, one.public_address).partition("托育联合体")[2]
        record = text_of(health, reverse("institutions:record", args=[one.institution.pk]))
        assert name in record.partition("托育联合体（1）")[2]
        told = health.get(f"/api/v1/institutions/{one.institution.pk}").json()
        assert [p["name"] for p in told["paired_with"]] == [name]
    again = nursery.client.post(pairings(nursery), {"uscc": kinder.institution.uscc})
    assert again.status_code == 409
    kinder.client.post(own, {"do": "end", "reason": ""})
    assert Pairing.objects.get().state == "agreed"
    kinder.client.post(own, {"do": "end", "reason": "合作期满"})
    assert Pairing.objects.get().state == "ended"
    assert "托育联合体" not in text_of(kinder.client, kinder.public_address)


@marked("J")
def test_where_the_document_does_not_speak_of_pairing_none_is_recorded() -> None:
    kinder, nursery = pair(AT["J"])
    given = {"uscc": nursery.institution.uscc}
    operation = f"/api/v1/office/institutions/{kinder.institution.pk}/pairings"
    told = kinder.client.post(operation, given, content_type="application/json")
    assert told.status_code == 409
    assert "没有说到结对" in told.json()["problems"][0]["message"]
    assert not Pairing.objects.exists()


# ---------------------------------------------------------------- Jiangxi: new and private kindergartens


@marked("J")
def test_in_jiangxi_a_new_kindergarten_without_a_class_and_a_public_one_that_converts_are_told() -> None:
    journey = Journey(AT["J"], "public_institution", kind=KIND).fill(
        provider={"newly_built": "yes", "converts": "yes"}
    )
    journey.type("classes", {})
    by_rule = {p["rule_key"]: p for p in journey.problems() if p["rule_key"].startswith(KIND)}
    for key in ("new_kindergartens", "private_may_convert"):
        told = by_rule[f"{KIND}.{key}"]
        assert told["severity"] == "warn"
        assert "二.(一).3" in told["source"]
        assert "指导" in told["message"]
