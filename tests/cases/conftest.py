"""A handler that only remembers what it was told, and people at the desks of Nanjing's 鼓楼区."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tuoyu.accounts.models import User
from tuoyu.cases import actions, procedures
from tuoyu.cases.models import Case, Step
from tuoyu.cases.procedures import FormPage, Material
from tuoyu.core.actor import Actor, Role, Seat

GULOU = "320106"
NONPROFIT = {
    "nature": "nonprofit",
    "legal_form": "social_service_org",
    "kind": "institution",
    "division_code": GULOU,
}


class Remembers:
    """Stands in for a domain app."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_opened(self, case: Case, by: Actor) -> None:
        self.told.append("opened")

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        self.told.append(f"approved {step.key}")

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        self.told.append(f"refused {step.key}")

    def on_returned(self, case: Case, by: Actor) -> None:
        self.told.append("returned")

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        self.told.append("withdrawn")

    def pages(self, case: Case) -> list[FormPage]:
        return [FormPage("premises", "场地", (("floor", "楼层"),))]

    def sources(self, case: Case) -> list[tuple[str, str]]:
        return [("floor.max.fire", "《托育机构消防安全指南》")]

    def shown(self, page: str, field: str, value: Any) -> str:
        return str(value)

    def material(self, case: Case, actor: Actor) -> Material:
        return Material("cases/_no_material.html")

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> None:
        return None

    def applicant_url(self, case: Case) -> str:
        return "/apply/"

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        return {"number": case.number}


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Remembers]:
    remembers = Remembers()
    monkeypatch.setitem(procedures._handlers, "establishment", remembers)
    return remembers


@pytest.fixture
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""


def person(name: str) -> User:
    return User.objects.create(username=name, name=name, origin="command")


def applicant(name: str = "申办人甲") -> Actor:
    user = person(name)
    seat = Seat(Role.APPLICANT, prefixes=("",))
    return Actor(name, user.pk, (seat,), frozenset({user.pk}))


def officer(department: str, division: str = GULOU, role: Role = Role.OFFICER) -> Actor:
    user = person(f"{role}-{department}-{division}")
    seat = Seat(role, department, (division.removesuffix("00").removesuffix("00"),), division)
    return Actor(user.name, user.pk, (seat,), frozenset({user.pk}))


def opened(by: Actor, facts: Mapping[str, Any] = NONPROFIT, data: Mapping[str, Any] | None = None) -> Case:
    assert by.user_id is not None
    return actions.open_case(
        by=by,
        procedure="establishment",
        division_code=facts["division_code"],
        facts=facts,
        subject_name="鼓楼区小星星托育园",
        applicant_id=by.user_id,
        channel="online",
        data=data or {"premises": {"floor": 1}, "staff": {"carers": 3}},
    )


def step(case: Case, key: str) -> Step:
    return case.steps.get(key=key)


def states(case: Case) -> dict[str, str]:
    return dict(case.steps.values_list("key", "state"))
