"""B1: nurseries are inspected by the list in force that day, jointly where several departments answer for it,
with one result that everybody can read.

南京 orders random inspection by the districts, 市中区 a joint one each year by remit, 沂源 patrols of several
offices, 江西 and 湖北 supervision throughout.
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.people import actor, browser
from journeys import AT, At, sits, text_of
from supervision import visiting
from tuoyu.accounts.models import User
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Institution
from tuoyu.supervision.models import Answer, Inspection
from tuoyu.supervision.vocabulary import Origin
from workforce import staff

pytestmark = pytest.mark.django_db

# The clause each document has on it, and how its offices come.
CLAUSES = {"N": "四.(四)", "S": "二.(四).3", "J": "二.(二).2", "Y": "二.(六).13", "H": "二.(三).14"}
ORIGINS = {"N": Origin.DRAW, "S": Origin.JOINT, "J": Origin.SPECIAL, "Y": Origin.PATROL, "H": Origin.DRAW}
JOINED = {"S": ("fire_rescue", "market_regulation"), "Y": ("public_security", "market_regulation")}

everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B1", AT[letter].jurisdiction, clauses=[clause])
        )
        for letter, clause in CLAUSES.items()
    ],
)


class Phone:
    """An inspector's phone that was without a network until it sends."""

    def __init__(self, user: User, pk: int) -> None:
        self.client, self.pk = browser(user), pk
        self.rows: dict[str, Any] = {"answers": [], "signatures": []}

    def visit(self) -> dict[str, Any]:
        shown = self.client.get("/api/v1/visits").json()["visits"]
        return next(one for one in shown if one["id"] == self.pk)

    def answers(self, *wrong: str) -> None:
        for item in self.visit()["items"]:
            verdict = "defect" if item["key"] in wrong else "ok"
            row = {"key": str(uuid4()), "item": item["key"], "verdict": verdict, "note": "", "saw": None}
            self.rows["answers"].append(row | {"said_at": clock.now().isoformat()})

    def signs(self) -> None:
        moment, strokes = clock.now().isoformat(), visiting.STROKES
        for signer in self.visit()["signers"]:
            self._signed(side="inspector", assignment=signer["assignment"], signed_at=moment, strokes=strokes)
        self._signed(side="institution", name="园长", signed_at=moment, strokes=strokes)

    def _signed(self, **row: Any) -> None:
        self.rows["signatures"].append({"key": str(uuid4())} | row)

    def sends(self, **more: Any) -> dict[str, Any]:
        body = {"sent_at": clock.now().isoformat()} | self.rows | more
        answer = self.client.post(f"/api/v1/visits/{self.pk}", json.dumps(body), "application/json")
        assert answer.status_code == 200, answer.content.decode()
        told: dict[str, Any] = answer.json()
        assert told["refused"] == []
        return told


def mark() -> dict[str, str]:
    return {"key": str(uuid4()), "at": clock.now().isoformat()}


def at_work(at: At, nursery: Institution) -> tuple[Inspection, list[Phone], Client]:
    """An inspection as this place does it: a phone for each department, and the lead's desk."""
    lead = sits("health", at.county, Role.DEPARTMENT_LEAD)
    people = [(sits("health", at.county), "health"), (lead, "health")]
    people += [(sits(department, at.county), department) for department in JOINED.get(at.letter, ())]
    made = visiting.scheduled(
        *[(actor(user), department) for user, department in people],
        nursery=nursery, origin=ORIGINS[at.letter], reason="家长说打骂孩子",
    )  # fmt: skip
    phones = [Phone(user, made.pk) for user, _ in [people[0], *people[2:]]]
    return made, phones, browser(lead)


@everywhere
def test_an_inspection_ends_in_one_result_that_the_nursery_and_everybody_can_read(at: At) -> None:
    nursery = staff.nursery(at.county)
    head = browser(User.objects.get(pk=staff.head(nursery).user_id))
    made, phones, desk = at_work(at, nursery)
    address = f"/institutions/{nursery.pk}/inspections/"
    assert "还没有检查" in text_of(head, address)
    for phone in phones:
        phone.answers("fire.manager")
        phone.sends(begun=mark(), finished=mark())
        phone.sends()
    assert made.number in text_of(head, address)
    assert "fire.manager" not in text_of(head, f"/inspections/{made.pk}/notice/")
    phones[0].signs()
    phones[0].sends()
    assert Answer.objects.count() == len(Inspection.objects.get().items)
    refused = desk.post(f"/inspections/{made.pk}/confirmation/", {"result": "pass"})
    assert refused.status_code == 422
    assert desk.post(f"/inspections/{made.pk}/confirmation/", {"result": "rectify"}).status_code == 302
    if at.jurisdiction == AT["S"].jurisdiction:
        # 二.(四).3: the deadline and the publication come together.
        assert nursery.name in text_of(Client(), "/inspection-results/", place=at.county)
    else:
        assert nursery.name not in text_of(Client(), "/inspection-results/", place=at.county)
        assert desk.post(f"/inspections/{made.pk}/publication/").status_code == 302
    public = text_of(Client(), "/inspection-results/", place=at.county)
    told = text_of(head, f"/inspections/{made.pk}/notice/")
    for page in (public, told):
        assert "明确了消防安全管理人" in page
        assert "限期整改" in page
        assert "打骂" not in page
    assert "打骂" not in "".join(Notice.objects.values_list("text", flat=True))
    assert nursery.name not in text_of(Client(), "/inspection-results/", place="320102")
