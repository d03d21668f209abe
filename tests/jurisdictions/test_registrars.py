"""Who registers whom: every legal form in every jurisdiction, read from the documents by a person."""

from datetime import date

import pytest

from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import actions, queries
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.rulebook import NoRegistrar, steps_for

ON = date(2026, 11, 22)
FORMS = ("public_institution", "social_service_org", "enterprise", "individual_business")

# A place, then the registrar of a public institution, a social service organisation, an enterprise, an
# individual business.
REGISTRARS = {
    "370402": ("admin_approval", "admin_approval", "admin_approval", "admin_approval"),
    "320106": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
    "360702": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
    "370323": ("establishment", "admin_approval", "admin_approval", "market_regulation"),
    "420102": ("establishment", "civil_affairs", "market_regulation", "market_regulation"),
}
NONPROFIT = {"public_institution", "social_service_org"}


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize("place", REGISTRARS)
def test_each_legal_form_goes_to_its_registrar(place: str) -> None:
    book = queries.book(place, ON)
    establishment = book.procedure("establishment")
    (registration,) = (s for s in establishment.step if s.kind == "registration")
    found = []
    for form in FORMS:
        facts = {"legal_form": form, "kind": "institution"}
        handling = queries.resolve_department(registration, facts, place, ON, of=establishment, rules=book)
        assert handling.authority == place
        assert handling.clause
        assert handling.document
        found.append(handling.department)
    assert tuple(found) == REGISTRARS[place]


@pytest.mark.usefixtures("packs")
def test_civil_affairs_registers_nothing_in_yiyuan() -> None:
    establishment = queries.procedure("establishment", "370323", ON)
    assert all("civil_affairs" not in route.offers for route in establishment.route)


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize("place", REGISTRARS)
@pytest.mark.parametrize("form", FORMS)
def test_only_nanjing_asks_health_for_consent_and_only_of_nonprofits(place: str, form: str) -> None:
    establishment = queries.procedure("establishment", place, ON)
    steps = {s.key: after for s, after in steps_for(establishment, {"legal_form": form})}
    consent = place.startswith("3201") and form in NONPROFIT
    assert ("health_consent" in steps) is consent
    assert ("health_consent" in steps["registration"]) is consent


@pytest.mark.usefixtures("packs")
def test_registration_waits_for_the_checks_where_no_consent_is_asked() -> None:
    establishment = queries.procedure("establishment", "320106", ON)
    steps = {s.key: after for s, after in steps_for(establishment, {"legal_form": "enterprise"})}
    checks = {s.key for s in establishment.step if s.kind == "check"}
    assert len(checks) == 8
    assert checks <= set(steps["registration"])


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize("place", REGISTRARS)
def test_only_nanjing_tells_the_police(place: str) -> None:
    establishment = queries.procedure("establishment", place, ON)
    (registration,) = (s for s in establishment.step if s.kind == "registration")
    expected = {"health", "public_security"} if place.startswith("3201") else {"health"}
    assert set(registration.push_to) == expected


@pytest.mark.usefixtures("packs")
def test_a_decision_of_the_division_moves_the_registrar_from_its_day_on() -> None:
    division = Division.objects.get(code="320106")
    actions.decide_setting(
        division=division,
        key="registrar.social_service_org",
        value="admin_approval",
        effective_from=date(2026, 12, 1),
        basis="区政府专题会议",
        by=Actor.system("测试"),
    )
    establishment = queries.procedure("establishment", "320106", ON)
    (registration,) = (s for s in establishment.step if s.kind == "registration")
    facts = {"legal_form": "social_service_org"}

    def registrar(place: str, day: date) -> str:
        return queries.resolve_department(registration, facts, place, day, of=establishment).department

    assert registrar("320106", date(2026, 11, 30)) == "civil_affairs"
    assert registrar("320106001", date(2026, 12, 1)) == "admin_approval"
    assert registrar("320105", date(2026, 12, 1)) == "civil_affairs"


@pytest.mark.usefixtures("packs")
def test_an_unknown_legal_form_has_no_registrar() -> None:
    establishment = queries.procedure("establishment", "320106", ON)
    (registration,) = (s for s in establishment.step if s.kind == "registration")
    with pytest.raises(NoRegistrar):
        queries.resolve_department(registration, {"legal_form": "guild"}, "320106", ON, of=establishment)
