"""B4: integrity files of institutions and of who answers for them, lists, a public credit platform.

Nanjing and Jiangxi reward and punish together, Hubei explores punishment only, Yiyuan evaluates integrity;
Shizhong's document says nothing of it, and only the order of the whole country holds.
"""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.people import browser
from credit import deciding
from journeys import AT, At
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import OutboxMessage
from tuoyu.credit.models import CreditEvent
from tuoyu.workforce.models import Person
from workforce import staff

pytestmark = pytest.mark.django_db

CLAUSES = {"N": ["三.(二).3"], "S": [], "J": ["二.(二).3"], "Y": ["二.(六).13"], "H": ["二.(三).14"]}
LISTS = {"N": ["reward", "punishment"], "S": [], "J": ["reward", "punishment"], "Y": ["evaluation"],
         "H": ["punishment"]}  # fmt: skip
NOON = datetime(2026, 11, 30, 12, tzinfo=clock.BEIJING)

everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B4", AT[letter].jurisdiction, clauses=clauses)
        )
        for letter, clauses in CLAUSES.items()
    ],
)


def caller(actor: Any) -> Client:
    return browser(User.objects.get(pk=actor.user_id))


@everywhere
def test_a_final_sanction_enters_both_files_is_sent_and_can_be_repaired_and_objected_to(at: At) -> None:
    with clock.set_to(NOON):
        nursery = staff.nursery(at.county)
        someone = Person.objects.create(name="王某某", identity=staff.identity(1))
        event = deciding.sanctioned(nursery, someone)
        officer, head = caller(deciding.office(at.county)), caller(staff.head(nursery))
        file = officer.get(f"/api/v1/office/institutions/{nursery.pk}/credit").json()
        assert sorted(row["person_id"] or 0 for row in file["events"]) == [0, someone.pk]
        assert file["lists"] == LISTS[at.letter]
        assert OutboxMessage.objects.filter(topic="credit.published", department="dev_reform").count() == 2
        own = head.get(f"/api/v1/office/institutions/{nursery.pk}/credit").json()["events"]
        assert [(row["id"], row["until"], row["standing"]) for row in own] == [
            (event.pk, "2027-12-01", "shown")
        ]
    address = f"/api/v1/credit-events/{event.pk}/requests"
    repair = {"kind": "repair", "statement": "已改正", "pledge": "守信"}
    with clock.set_to(datetime.combine(date(2027, 2, 28), NOON.timetz())):
        early = head.post(address, repair, "application/json")
        assert early.status_code == 409
        assert "信用修复管理办法" in early.json()["problems"][0]["source"]
        objection = {"kind": "objection", "statement": "金额有误"}
        assert head.post(address, objection, "application/json").status_code == 201
    with clock.set_to(datetime.combine(date(2027, 3, 1), NOON.timetz())):
        made = head.post(address, repair, "application/json").json()
        case = event.requests.get(pk=made["id"]).case
        lead = deciding.office(at.county, Role.DEPARTMENT_LEAD)
        deciding.answered(case, by=lead)
        told = caller(lead).get(f"/api/v1/credit-events/{event.pk}").json()
        assert (told["standing"], told["repaired_on"]) == ("repaired", "2027-03-01")
        back = OutboxMessage.objects.get(topic="credit.ended").payload
        assert (back["event"], back["reason"]) == (event.pk, "repaired")
        assert CreditEvent.objects.get(person=someone).requests.count() == 0


@everywhere
def test_each_place_keeps_the_lists_its_document_knows_and_says_so(at: At) -> None:
    with clock.set_to(NOON):
        nursery = staff.nursery(at.county)
        event = deciding.sanctioned(nursery)
        officer = caller(deciding.office(at.county))
        stated = {
            "reward": {"reason": "连续两年检查合格"},
            "punishment": {"reason": "处罚后不改", "event_id": event.pk},
            "evaluation": {"reason": "检查和整改情况", "conclusion": "较好"},
        }
        answers = {
            kind: officer.post(
                f"/api/v1/office/institutions/{nursery.pk}/credit-lists",
                {"kind": kind} | given,
                "application/json",
            ).status_code
            for kind, given in stated.items()
        }
        assert answers == {kind: 201 if kind in LISTS[at.letter] else 409 for kind in stated}
        rows = Client().get("/api/v1/credit-lists").json()["rows"]
        assert sorted(row["kind"] for row in rows) == sorted(LISTS[at.letter])
        page = Client().get(reverse("credit:lists") + f"?place={at.jurisdiction}").content.decode()
        assert ("不列名单" in page) == (not LISTS[at.letter])
        assert all(clause in page for clause in CLAUSES[at.letter])
