"""A3: what a registrar decided reaches health everywhere, and in Nanjing the police; once each."""

import pytest
from django.test import Client

from journeys import ENTERPRISE, At, Journey, desk_of, each, everywhere, said, text_of
from tuoyu.core.models import AuditEvent, OutboxMessage

pytestmark = pytest.mark.django_db

# Whom each document tells of a registration.
TOLD = {
    "N": {"health", "public_security"},
    "S": {"health"},
    "J": {"health"},
    "Y": {"health"},
    "H": {"health"},
}
NOBODY_ELSE = ("health", "public_security", "civil_affairs", "market_regulation", "education", "tax")


def messages(department: str, place: str) -> list[dict[str, object]]:
    return desk_of(department, place).get("/api/v1/messages").json()["rows"]


@each("A3", "at, told", list(TOLD.items()))
def test_an_approved_registration_is_in_the_lists_of_those_its_document_names(at: At, told: set[str]) -> None:
    journey = Journey(at, ENTERPRISE).hand_in().until("registration")
    assert not OutboxMessage.objects.exists()
    journey.approve("registration")
    name = journey.application.name
    reached = {d for d in NOBODY_ELSE if any(m["payload"]["name"] == name for m in messages(d, at.county))}
    assert reached == told
    for department in told:
        page = text_of(desk_of(department, at.county), "/messages/")
        assert name in page
        assert journey.case.number in page
    payload = messages("health", at.county)[0]["payload"]
    assert (payload["uscc"], payload["registrar"]) == (
        journey.institution.uscc,
        journey.institution.registrar,
    )
    assert "11010519491231" not in str(payload)


@everywhere("A3")
def test_what_is_registered_but_not_filed_is_on_healths_list_until_it_is_filed(at: At) -> None:
    journey = Journey(at).hand_in().until("filing")
    name = journey.application.name
    assert name in text_of(desk_of("health", at.county), "/institutions/unfiled/")
    journey.approve("filing")
    assert name not in text_of(desk_of("health", at.county), "/institutions/unfiled/")


@everywhere("A3", "NY")
def test_the_list_and_the_messages_are_those_of_the_own_county_alone(at: At) -> None:
    journey = Journey(at).hand_in().until("filing")
    neighbour = {"N": "320102", "Y": "370322"}[at.letter]
    office = desk_of("health", neighbour)
    name = journey.application.name
    assert name not in text_of(office, "/institutions/unfiled/")
    assert name not in text_of(office, "/messages/")
    message = OutboxMessage.objects.get(department="health")
    assert office.post(f"/messages/{message.pk}/acknowledgement/").status_code == 404
    assert Client().post(f"/messages/{message.pk}/acknowledgement/").status_code == 302
    message.refresh_from_db()
    assert message.state != OutboxMessage.State.ACKNOWLEDGED


@everywhere("A3")
def test_one_approval_is_one_message_each_and_acknowledged_once_however_often_it_is_clicked(at: At) -> None:
    journey = Journey(at, ENTERPRISE).hand_in().until("registration").approve("registration")
    assert journey.decide("registration").status_code == 409
    sent = OutboxMessage.objects.filter(topic="registration.approved").values_list("department", flat=True)
    assert sorted(sent) == sorted(TOLD[at.letter])
    for department in TOLD[at.letter]:
        office = desk_of(department, at.county)
        message = OutboxMessage.objects.get(department=department)
        address = f"/messages/{message.pk}/acknowledgement/"
        assert "已签收" in said(office.post(address, follow=True))
        assert "没有重复" in said(office.post(address, follow=True))
        again = office.post(f"/api/v1{address}".rstrip("/"), {}, content_type="application/json")
        assert (again.status_code, again.json()["new"]) == (200, False)
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.ACKNOWLEDGED
        assert journey.application.name not in text_of(office, "/messages/", state="new")
    events = AuditEvent.objects.filter(verb="message.acknowledged")
    assert events.count() == len(TOLD[at.letter])
