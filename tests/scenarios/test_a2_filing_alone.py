"""A2: an institution that is registered and not (or no longer) filed applies for its filing alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.people import browser, person
from exchange.callers import robot
from institutions import desk
from journeys import AT, At, Journey, desk_of, each, everywhere, marked, said, text_of, undone
from tuoyu.accounts.models import Membership
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions import standing
from tuoyu.institutions.models import Application, Certificate, Institution, Publication
from tuoyu.jurisdictions import queries as jurisdictions

pytestmark = pytest.mark.django_db

FILING = "/apply/filing/"
REASON = "消防安全证明是另一处场地的。"


class Alone(Journey):
    """A filing alone, through the pages."""

    @classmethod
    def of(cls, before: Journey) -> Self:
        """The same person goes on after `before` came to nothing."""
        return cls(before.county, kind=before.kind, applicant=before.applicant, client=before.client)

    def begin_for(self, institution: Institution, **more: str) -> Self:
        """Name it by its credit code and begin."""
        return self.begun(self.client.post(FILING, {"uscc": institution.uscc, **more}))

    def commit(self) -> Self:
        """The promise is made anew."""
        answer = self.type("commitment", {"agreed": "yes", "signer": "王某某"})
        assert answer.status_code == 302, said(answer)
        return self


def refused_at_filing(at: At, **more: Any) -> Journey:
    """Registered, and refused at the filing."""
    journey = Journey(at, **more).hand_in().until("filing")
    answer = journey.decide("filing", "refuse", reason=REASON)
    assert answer.status_code == 302, said(answer)
    return journey


def found_nonconforming(at: At) -> Journey:
    """Filed, and found on the visit not to conform."""
    journey = Journey(at).hand_in().until("verification")
    assert journey.decide("verification", "refuse", reason="没有户外活动场地。").status_code == 302
    return journey


def reported(at: At) -> Institution:
    """A registrar's own system reported it; nobody applied for anything here."""
    plan = desk.begun(desk.applicant("某人"), at.county)
    registrar = next(
        step for step in standing.plan_at(plan, at.county).steps if step.kind == "registration"
    ).department
    told = {
        "source_system": "登记系统", "source_id": "A1", "name": "某县小星星托育园", "uscc": desk.USCC,
        "registration_number": "民证字第0001号", "registered_on": clock.today().isoformat(),
        "division_code": at.county, "address": "红旗大道1号", "nature": "nonprofit",
        "legal_form": "social_service_org", "business_scope": "托育服务",
    }  # fmt: skip
    answer = robot(registrar, at.county).post("/registrations", told)
    assert answer.status_code == 201, answer.content
    return Institution.objects.get(source_id="A1")


# ---------------------------------------------------------------- after a refusal


@everywhere("A2")
def test_refused_at_the_filing_it_files_alone_without_registering_again(at: At) -> None:
    before = refused_at_filing(at)
    institution = before.institution
    assert (institution.registration, institution.filing) == ("registered", "none")
    # The head finds the way on the institution's own page, and there the reasons of the refusal.
    page = text_of(before.client, reverse("institutions:record", args=[institution.pk]))
    assert f"{FILING}?institution={institution.pk}" in page
    page = text_of(before.client, FILING, institution=str(institution.pk))
    assert REASON in page
    assert at.registration in page
    again = Alone.of(before).begin_for(institution)
    # Nothing of the registration is asked again; what was typed and handed in before is there.
    basics = text_of(again.client, reverse("institutions:page", args=[again.pk, "basics"]))
    assert 'name="name"' not in basics
    assert institution.uscc in basics
    assert REASON in basics
    problems = {p["field"] for p in again.problems() if p["severity"] == "block"}
    assert problems == {"agreed", "signer", "legal_person_certificate"} - _handed_in(before)
    for slot in problems & {"legal_person_certificate"}:
        typed = dict(again.application.data["papers"]) | {f"file-{slot}": desk.image()}
        assert again.type("papers", typed).status_code == 302
    again.commit().hand_in()
    case = again.case
    assert list(case.steps.values_list("kind", "department", "division_code")) == [
        ("filing", "health", at.county),
        ("verification", "health", at.county),
    ]
    assert all(at.registration in step.source for step in case.steps.filter(kind="filing"))
    # The officer reads what is known of it, and what was before.
    shown = text_of(again.officer("filing"), reverse("cases:case", args=[case.number]))
    assert REASON in shown
    assert institution.registration_number in shown
    again.approve("filing")
    institution.refresh_from_db()
    assert institution.filing == "receipt_issued"
    assert f"{case.pk:06d}" in (institution.receipt_number or "")
    assert {c.kind for c in Certificate.objects.filter(case=case)} == {"receipt", "conditions_notice"}
    assert Client().get(again.public_address).status_code == 200
    again.approve("verification")
    institution.refresh_from_db()
    assert institution.filing == "normal"
    assert again.case.state == Case.State.DONE
    # One head, as before; and nothing more to apply for.
    assert Membership.objects.filter(institution_id=institution.pk).count() == 1
    assert again.client.post(FILING, {"uscc": institution.uscc}).status_code == 409


def _handed_in(journey: Journey) -> set[str]:
    return set(journey.application.papers.filter(removed_at=None).values_list("slot", flat=True))


@everywhere("A2")
def test_published_as_not_conforming_it_files_anew_under_a_new_number(at: At) -> None:
    before = found_nonconforming(at)
    old = before.institution.receipt_number
    again = Alone.of(before).begin_for(before.institution).commit().hand_in()
    # Still not public: applying mends nothing.
    assert Client().get(before.public_address).status_code == 404
    assert "没有户外活动场地。" in text_of(
        again.officer("filing"), reverse("cases:case", args=[again.case.number])
    )
    again.approve("filing")
    institution = again.institution
    assert institution.filing == "receipt_issued"
    assert institution.receipt_number not in (None, old)
    assert Client().get(before.public_address).status_code == 200
    # What was issued and published before stays, and says that it is no longer good.
    first = Certificate.objects.get(number=old)
    assert first.cancelled_on is not None
    assert set(Publication.objects.values_list("kind", flat=True)) == {"filing", "nonconformity"}
    good = Certificate.objects.filter(institution=institution, cancelled_on=None)
    assert sorted(good.values_list("kind", flat=True)) == ["conditions_notice", "receipt", "refusal_notice"]
    again.approve("verification")
    assert again.institution.filing == "normal"


# ---------------------------------------------------------------- registered without a case


@everywhere("A2")
def test_who_proves_a_registered_institution_files_for_it_and_becomes_its_head(at: At) -> None:
    institution = reported(at)
    stranger = Alone(at, applicant=person("somebody-who-holds-the-licence"))
    page = text_of(stranger.client, FILING, uscc=institution.uscc.lower())
    assert institution.name in page
    assert at.registration in page
    stranger.begin_for(institution)
    assert stranger.application.name == institution.name
    assert stranger.application.data["papers"]["legal_person_certificate_number"] == "民证字第0001号"
    stranger.fill().hand_in()
    assert stranger.application.name == institution.name
    # Nothing is the applicant's before the health officer has looked at the licence.
    assert not Membership.objects.filter(user=stranger.applicant).exists()
    stranger.approve("filing")
    seat = Membership.objects.get(user=stranger.applicant)
    assert (seat.role, seat.institution_id) == ("nursery_head", institution.pk)
    institution.refresh_from_db()
    assert (institution.filing, institution.places) == ("receipt_issued", 29)
    assert institution.classes.count() == 2
    assert institution.address == "中山北路1号"
    receipt = Certificate.objects.get(kind="receipt")
    assert receipt.content["name"] == institution.name


@marked("A2", "J")
def test_while_one_application_is_under_way_nobody_else_hands_in_another() -> None:
    institution = reported(AT["J"])
    one, other = (Alone(AT["J"], applicant=person(name)) for name in ("one", "other"))
    # A draft is in nobody's way: somebody who only knows the code keeps nobody out.
    one.begin_for(institution).fill()
    other.begin_for(institution).fill().hand_in()
    answer = one.submit()
    assert answer.status_code == 409
    assert "同时只能办一件" in said(answer)
    third = Alone(AT["J"], applicant=person("third"))
    assert third.client.post(FILING, {"uscc": institution.uscc}).status_code == 409
    # Refused, it is free again; the reasons are the other's own business.
    other.decide("filing", "refuse", reason="证照与登记信息不符。")
    assert "证照与登记信息不符" not in text_of(third.client, FILING, uscc=institution.uscc)
    assert one.submit().status_code == 302
    one.approve("filing")
    assert Membership.objects.get(institution_id=institution.pk).user == one.applicant


@marked("A2", "J")
def test_where_there_is_a_head_nobody_else_files() -> None:
    before = refused_at_filing(AT["J"])
    stranger = Alone(AT["J"], applicant=person("stranger"))
    answer = stranger.client.post(FILING, {"uscc": before.institution.uscc})
    assert answer.status_code == 409
    assert "由负责人申请" in said(answer)
    assert REASON not in said(answer)
    # By its number only the own ones are found.
    answer = stranger.client.post(FILING, {"institution": str(before.institution.pk)})
    assert answer.status_code == 422
    assert not Application.objects.filter(procedure="filing").exists()


@marked("A2", "J")
def test_begun_twice_it_is_one_draft_and_withdrawn_it_may_be_begun_again() -> None:
    before = refused_at_filing(AT["J"])
    first = Alone.of(before).begin_for(before.institution)
    second = Alone.of(before).begin_for(before.institution)
    assert first.pk == second.pk
    first.commit().hand_in()
    address = reverse("cases:withdrawal", args=[first.case.number])
    assert first.client.post(address, {"reason": "材料还没有备齐"}).status_code == 302
    third = Alone.of(before).begin_for(before.institution).commit().hand_in()
    assert third.pk != first.pk
    third.approve("filing")
    # Filed it cannot be withdrawn any more, and the page does not offer it.
    address = reverse("cases:withdrawal", args=[third.case.number])
    assert third.client.post(address, {"reason": "不办了"}).status_code == 409
    assert "撤回这份申报" not in third.tracker()
    assert third.institution.filing == "receipt_issued"


@marked("A2", "J")
def test_a_credit_code_that_is_none_or_nobodys_is_said_to_be_so() -> None:
    client = browser(person())
    assert "应为18位" in text_of(client, FILING, uscc="123")
    assert "没有查到" in text_of(client, FILING, uscc=desk.USCC)
    assert client.post(FILING, {"uscc": "123"}).status_code == 422
    assert client.post(FILING, {"uscc": desk.USCC}).status_code == 404
    assert client.post(FILING, {}).status_code == 422


@marked("A2", "J")
def test_a_window_files_for_somebody_who_walked_in() -> None:
    institution = reported(AT["J"])
    clerk = desk_of("gov_services", AT["J"].county, Role.CLERK)
    page = text_of(clerk, "/apply/desk/filing/", uscc=institution.uscc)
    assert "申办人手机号" in page
    given = {"uscc": institution.uscc, "name": "来访人", "phone": "13900139000"}
    answer = clerk.post("/apply/desk/filing/", given)
    assert answer.status_code == 302, said(answer)
    made = Application.objects.get(procedure="filing")
    assert (made.channel, made.institution) == ("window", institution)
    assert made.owner != made.agent


# ---------------------------------------------------------------- family points

FAMILY = {
    "basics": {"business_scope": "家庭托育服务"},
    "premises": {"building_area": "60", "owners_consent": "yes"},
    "classes": {"children": "5", "carers": "2"},
}


@marked("A2", "H")
def test_a_family_point_files_alone_too() -> None:
    before = Journey(AT["H"], "individual_business", kind="family_point").hand_in(**FAMILY).until("filing")
    before.decide("filing", "refuse", reason=REASON)
    again = Alone.of(before).begin_for(before.institution)
    assert again.application.procedure == "family_point_filing"
    papers = dict(again.application.data["papers"]) | {"file-legal_person_certificate": desk.image()}
    assert again.type("papers", papers).status_code == 302
    again.commit().hand_in().approve("filing", "verification")
    assert (again.institution.kind, again.institution.filing) == ("family_point", "normal")


# ---------------------------------------------------------------- reminding


@marked("A2", "S")
def test_a_health_officer_reminds_the_head_of_what_is_registered_and_not_filed() -> None:
    journey = refused_at_filing(AT["S"])
    office = desk_of("health", AT["S"].county)
    address = reverse("institutions:remind", args=[journey.institution.pk])
    assert address in text_of(office, "/institutions/unfiled/")
    assert office.post(address).status_code == 302
    assert "请及时备案" in journey.notices()
    # Once a day, and not while it is being filed.
    assert address not in text_of(office, "/institutions/unfiled/")
    office.post(address)
    assert journey.notices().count("请及时备案") == 1
    with clock.set_to(clock.now() + timedelta(days=1)):
        office = desk_of("health", AT["S"].county)
        assert address in text_of(office, "/institutions/unfiled/")
        Alone.of(journey).begin_for(journey.institution).commit().hand_in()
        assert address not in text_of(office, "/institutions/unfiled/")
    for department, place, status in (("education", AT["S"].county, 403), ("health", "370403", 404)):
        assert desk_of(department, place).post(address).status_code == status


@marked("A2", "S")
def test_where_nobody_heads_it_there_is_nobody_to_remind() -> None:
    institution = reported(AT["S"])
    office = desk_of("health", AT["S"].county)
    page = text_of(office, "/institutions/unfiled/")
    assert "没有负责人账号" in page
    office.post(reverse("institutions:remind", args=[institution.pk]))
    assert "系统里提醒不到" in text_of(office, "/institutions/unfiled/")


# ---------------------------------------------------------------- a street with authorities of its own


def zone_and_county() -> tuple[str, str]:
    """A street of 浦口区 that 江北新区 decides over, and one that it does not."""
    found: dict[str, str] = {}
    for street in jurisdictions.children_of("320111"):
        authority = jurisdictions.authority_of(street.code, "county", "health").code
        found.setdefault("county" if authority == "320111" else "zone", street.code)
    return found["zone"], found["county"]


@marked("A2", "N")
def test_a_street_where_others_decide_is_no_correction() -> None:
    zone, county = zone_and_county()
    journey = Journey("320111").hand_in(basics={"street": county}).until("filing")
    assert journey.decide("filing", "defects", "basics.street: 请核对街道。").status_code == 302
    other = next(
        street.code
        for street in jurisdictions.children_of("320111")
        if street.code != county
        and jurisdictions.authority_of(street.code, "county", "health").code == "320111"
    )
    basics = dict(journey.application.typed["basics"])
    journey.type("basics", basics | {"street": zone})
    # Said at once, and refused.
    problem = next(p for p in journey.problems() if p["field"] == "street")
    assert "江北新区" in problem["message"]
    assert problem["severity"] == "block"
    answer = journey.submit()
    assert answer.status_code == 422
    assert "江北新区" in said(answer)
    assert journey.case.division_code == county
    # Another street of the same authorities is one.
    journey.type("basics", basics | {"street": other})
    assert journey.submit().status_code == 302
    assert journey.case.division_code == other
    journey.approve("filing")
    assert journey.institution.division_code == other


@marked("A2", "N")
def test_a_filing_alone_does_not_move_to_other_authorities_either() -> None:
    zone, county = zone_and_county()
    before = Journey("320111").hand_in(basics={"street": zone}).until("filing")
    filing = before.step("filing")
    assert filing.division_code != "320111"
    before.decide("filing", "refuse", reason=REASON)
    again = Alone.of(before).begin_for(before.institution).commit()
    basics = dict(again.application.typed["basics"])
    assert basics["street"] == zone
    again.type("basics", basics | {"street": county})
    assert {p["field"] for p in again.problems() if p["severity"] == "block"} >= {"street"}
    assert again.submit().status_code == 422
    again.type("basics", basics)
    assert not [p for p in again.problems() if p["field"] == "street"]


# ---------------------------------------------------------------- the states, once more

# What is decided in the application for setting up; then, in one for filing alone; and where it stands then.
FIRST = [("Y", refused_at_filing, "none"), ("Y", found_nonconforming, "published_nonconforming")]
THEN: list[tuple[list[tuple[str, str]], str]] = [
    ([], "as before"),
    ([("filing", "defects")], "as before"),
    ([("filing", "refuse")], "as before"),
    ([("filing", "defects"), ("", "mend"), ("filing", "approve")], "receipt_issued"),
    ([("filing", "approve")], "receipt_issued"),
    ([("filing", "approve"), ("verification", "defects")], "rectification"),
    ([("filing", "approve"), ("verification", "approve")], "normal"),
    ([("filing", "approve"), ("verification", "refuse")], "published_nonconforming"),
]


@each("A2", "at, first, stood", FIRST)
def test_a_filing_alone_moves_as_any_filing_does(at: At, first: Callable[[At], Journey], stood: str) -> None:
    before = first(at)
    again = Alone.of(before).begin_for(before.institution).commit()
    again.type(
        "papers", dict(again.application.data["papers"]) | {"file-legal_person_certificate": desk.image()}
    )
    again.hand_in()
    for decisions, ends in THEN:
        with undone():
            for key, decision in decisions:
                if decision == "mend":
                    answer: HttpResponse = again.submit()
                else:
                    remarks = ["premises.floor: 请更正楼层。"] if decision == "defects" else []
                    answer = again.decide(key, decision, *remarks, reason="不符合基本条件。")
                assert answer.status_code == 302, said(answer)
            wanted = stood if ends == "as before" else ends
            assert again.institution.filing == wanted, decisions
            shown = wanted in ("receipt_issued", "normal", "rectification")
            assert (Client().get(again.public_address).status_code == 200) is shown, decisions


@marked("A2", "Y")
def test_nobody_but_the_health_officer_of_the_place_moves_a_filing_alone() -> None:
    before = refused_at_filing(AT["Y"])
    again = Alone.of(before).begin_for(before.institution).commit()
    again.type(
        "papers", dict(again.application.data["papers"]) | {"file-legal_person_certificate": desk.image()}
    )
    again.hand_in()
    address = reverse("cases:decision", args=[again.case.number, "filing"])
    given = {"decision": "approve", "remarks-TOTAL_FORMS": "0", "remarks-INITIAL_FORMS": "0"}
    for department, place in (("health", "370322"), ("admin_approval", "370323"), ("health", "370300")):
        assert desk_of(department, place).post(address, given).status_code in (403, 404), (department, place)
    assert again.client.post(address, given).status_code in (403, 404)
    assert again.states == {"filing": "active", "verification": "waiting"}


# ---------------------------------------------------------------- by the API


@marked("A2", "J")
def test_the_api_begins_a_filing_and_reminds_of_one_by_the_same_actions() -> None:
    before = refused_at_filing(AT["J"])
    pk = before.institution.pk
    office = desk_of("health", AT["J"].county)
    answer = office.post(f"/api/v1/office/institutions/{pk}/reminder", {}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"told": 1})
    given = {"institution_id": pk}
    made = before.client.post("/api/v1/filings", given, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["procedure"], made.json()["institution_id"]) == ("filing", pk)
    stranger = browser(person("stranger"))
    answer = stranger.post("/api/v1/filings", given, content_type="application/json")
    assert answer.status_code == 404
    given = {"uscc": before.institution.uscc}
    assert stranger.post("/api/v1/filings", given, content_type="application/json").status_code == 409
