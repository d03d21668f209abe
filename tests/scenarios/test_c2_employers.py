"""C2: places that employers set up for their own people, alone or together, and what they open to others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.people import browser
from institutions import desk
from journeys import ALL, AT, ENTERPRISE, At, Journey, desk_of, said, text_of
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent
from tuoyu.institutions.models import OpenedPlaces

pytestmark = pytest.mark.django_db

CLAUSES = {
    "S": ["二.(三).2", "二.(五).1"],
    "N": ["三.(一).3"],
    "J": ["二.(一).4"],
    "Y": ["二.(二).4"],
    "H": ["二.(二).7"],
}
AUDIENCE = {"S": "附近居民", "N": "社会", "J": "附近居民", "Y": "社会", "H": "附近居民"}
SOLE_TRADER = {"name": "张某某小吃店", "uscc": "92320106TY0000048T", "leads": "no"}
ROWS = {
    f"row-{number}-{key}": value
    for number, row in enumerate([*desk.EMPLOYERS, SOLE_TRADER])
    for key, value in row.items()
}
JOINT: dict[str, Any] = {
    **ROWS,
    "together": "joint",
    "same_park": "yes",
    "opens": "yes",
    "opened_places": "6",
}


def marked(letter: str) -> pytest.MarkDecorator:
    return pytest.mark.scenario("C2", AT[letter].jurisdiction, clauses=CLAUSES[letter][:1])


def everywhere(letters: str = ALL) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("at", [pytest.param(AT[x], id=x, marks=marked(x)) for x in letters])


def employers(at: At, **provider: Any) -> Journey:
    return Journey(at, ENTERPRISE, kind="employer").fill(provider={**JOINT, **provider})


def filed(at: At, **provider: Any) -> Journey:
    return employers(at, **provider).hand_in().until("filing").approve("filing")


def head(journey: Journey) -> Client:
    """The browser of its head: the applicant, newly signed in since the institution is there."""
    return browser(journey.applicant)


def about(journey: Journey, field: str) -> list[dict[str, str]]:
    return [p for p in journey.problems() if p["field"] == field]


# ---------------------------------------------------------------- together, with places for others


@everywhere()
def test_a_joint_site_with_places_for_others_is_published_with_its_employers_and_found(at: At) -> None:
    journey = filed(at)
    public = text_of(Client(), journey.public_address)
    assert f"6个托位向{AUDIENCE[at.letter]}开放" in public
    for employer in desk.EMPLOYERS:
        assert employer["name"] in public
    # Whose business bears a person's name is nobody's to read, and nothing says that a place can be booked.
    assert SOLE_TRADER["name"] not in public
    assert "预订" not in public
    assert "预约" not in public
    own = Journey(at, applicant=journey.applicant, client=journey.client)
    own.fill(basics={"name": "只收职工的托育园"}).hand_in()
    directory = reverse("portal:directory")
    found = text_of(Client(), directory, opened="1", place=at.county)
    assert journey.institution.name in found
    assert "其中6个对外开放" in found
    told = Client().get("/api/v1/institutions", {"opened": "true"}).json()["rows"]
    assert [(row["id"], row["opened_places"]) for row in told] == [(journey.institution.pk, 6)]
    one = Client().get(f"/api/v1/institutions/{journey.institution.pk}").json()
    assert [e["name"] for e in one["employers"]] == [e["name"] for e in desk.EMPLOYERS]
    record = text_of(desk_of("health", at.county), f"/institutions/{journey.institution.pk}/")
    assert SOLE_TRADER["name"] in record


@everywhere()
def test_one_employer_alone_for_its_own_people_is_not_among_those_open_to_others(at: At) -> None:
    journey = filed(at, together="alone", opens="no", opened_places="")
    assert [p.name for p in journey.institution.partners.all()] == [desk.EMPLOYERS[0]["name"]]
    assert "对外开放" not in text_of(Client(), journey.public_address)
    found = text_of(Client(), reverse("portal:directory"), opened="1")
    assert journey.institution.name not in found


# ---------------------------------------------------------------- what is asked where


@everywhere()
def test_only_what_the_document_speaks_of_is_asked_with_its_clause(at: At) -> None:
    journey = Journey(at, ENTERPRISE, kind="employer").begin()
    page = text_of(journey.client, f"/apply/{journey.pk}/provider/")
    assert f"是否向{AUDIENCE[at.letter]}开放托位" in page
    assert ("是否在同一园区" in page) is (at.letter == "S")
    assert ("委托运营" in page) is (at.letter == "J")
    assert ("妇幼保健机构" in page) is (at.letter == "Y")
    assert "幼儿园" not in page


@marked("S")
def test_in_shizhong_employers_of_different_parks_are_told_the_clause() -> None:
    journey = employers(AT["S"], same_park="no")
    [problem] = about(journey, "same_park")
    assert (problem["severity"], problem["rule_key"]) == ("warn", "employer.same_park")
    assert "二.(三).2" in problem["source"]
    journey.type("provider", JOINT | {"same_park": ""})
    assert [p["severity"] for p in about(journey, "same_park")] == ["block"]


@marked("J")
def test_in_jiangxi_who_entrusts_the_running_names_whom_and_the_record_shows_it() -> None:
    journey = employers(AT["J"], operation="委托运营")
    assert [p["severity"] for p in about(journey, "operator")] == ["block"]
    journey.type("provider", JOINT | {"operation": "委托运营", "operator": "某托育管理公司"})
    journey.hand_in().until("filing").approve("filing")
    record = text_of(desk_of("health", AT["J"].county), f"/institutions/{journey.institution.pk}/")
    assert "委托运营" in record
    assert "某托育管理公司" in record


@marked("H")
def test_what_is_wrong_with_employers_is_told_at_once_and_the_agreement_only_advised() -> None:
    two_lead = {"row-1-leads": "yes", "row-2-uscc": "1" * 18, "opened_places": "99"}
    journey = employers(AT["H"], **two_lead)
    journey.type("papers", {"do": "save"})
    fields = {p["field"] for p in journey.problems() if p["page"] == "provider" and p["severity"] == "block"}
    assert fields == {"row-0-leads", "row-2-uscc", "opened_places"}
    assert journey.submit().status_code == 422
    paper = journey.application.papers.get(slot="joint_agreement")
    version = journey.application.version
    journey.client.post(f"/apply/{journey.pk}/papers/", {"version": version, "do": f"remove:{paper.pk}"})
    [missing] = about(journey, "joint_agreement")
    assert missing["severity"] == "warn"
    assert "本地参数" in missing["message"]


# ---------------------------------------------------------------- changed later, from a day on


@marked("Y")
def test_the_head_changes_the_number_from_a_day_on_and_the_public_sees_that_of_the_day() -> None:
    journey = filed(AT["Y"])
    address = reverse("institutions:openings", args=[journey.institution.pk])
    later = clock.today() + timedelta(days=10)
    answer = head(journey).post(address, {"places": "2", "from_on": later.isoformat()})
    assert answer.status_code == 302
    assert "6个托位向社会开放" in text_of(Client(), journey.public_address)
    event = AuditEvent.objects.get(verb="institution.places_opened")
    assert (event.before, event.after["places"]) == ({"places": 6}, 2)
    with clock.set_to(datetime(later.year, later.month, later.day, 2, tzinfo=UTC)):
        assert "2个托位向社会开放" in text_of(Client(), journey.public_address)
        told = Client().get("/api/v1/institutions", {"opened": "true"}).json()["rows"]
        assert [row["opened_places"] for row in told] == [2]
        # Closing them from today replaces what was stated for later, and they are found no more.
        head(journey).post(address, {"places": "0", "from_on": later.isoformat()})
        assert Client().get("/api/v1/institutions", {"opened": "true"}).json()["rows"] == []
    assert list(OpenedPlaces.objects.order_by("valid").values_list("places", flat=True)) == [6, 0]


@marked("N")
def test_never_more_than_the_places_and_only_by_its_head() -> None:
    journey = filed(AT["N"])
    address = reverse("institutions:openings", args=[journey.institution.pk])
    places, today = journey.institution.places, clock.today()
    mine = head(journey)
    for given in (
        {"places": str(places + 1), "from_on": today.isoformat()},
        {"places": "-1", "from_on": today.isoformat()},
        {"places": "1", "from_on": (today - timedelta(days=1)).isoformat()},
        {"places": "多", "from_on": "哪天"},
    ):
        answer = mine.post(address, given)
        assert answer.status_code == 422, given
    assert "最多" in said(mine.get(address))
    assert OpenedPlaces.objects.count() == 1
    assert desk_of("health", AT["N"].county).post(address, {"places": "1"}).status_code == 403
    twice = {"places": 3, "from_on": today.isoformat()}
    operation = f"/api/v1/office/institutions/{journey.institution.pk}/opened-places"
    for _ in range(2):
        told = mine.post(operation, twice, content_type="application/json")
        assert told.status_code == 200, said(told)
    assert [row["places"] for row in told.json()] == [3]
