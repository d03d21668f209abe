"""The reaches that rooms share, and seats that a grant turns down."""

from typing import Any

import pytest

from tuoyu.core import permissions
from tuoyu.core.actor import Actor, Mandate, Role, Seat
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import can, declare, reach_of, visible_to
from tuoyu.core.reaches import own_department, own_places, own_post, whole_country

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "REGISTRY", {})


def lead(*prefixes: str, department: str = "health", division: str = "320100") -> Actor:
    seat = Seat(Role.DEPARTMENT_LEAD, department, prefixes, division)
    return Actor("某", user_id=1, seats=(seat,))


@pytest.fixture(autouse=True)
def messages() -> None:
    for place in ("320100", "320106", "420106"):
        for department in ("health", "finance"):
            OutboxMessage.objects.create(
                key=f"{place}{department}", topic="t", department=department, division_code=place
            )


@pytest.mark.parametrize(
    ("grants", "seen"),
    [
        (own_places, {"320100health", "320100finance", "320106health", "320106finance"}),
        (own_department, {"320100health", "320106health"}),
        (own_post, {"320100health"}),
    ],
)
def test_each_reach_is_narrower_than_the_one_before(grants: Any, seen: set[str]) -> None:
    permission = declare("test.see", "查看", grants(Role.DEPARTMENT_LEAD), model="core.OutboxMessage")
    rows = visible_to(lead("3201"), permission, OutboxMessage.objects.all())
    assert set(rows.values_list("key", flat=True)) == seen


def test_a_seat_that_a_grant_turns_down_gives_nothing_at_all() -> None:
    permission = declare("test.all", "全国统一", whole_country(Role.DEPARTMENT_LEAD))
    assert can(lead(""), permission)
    for prefixes in ((), ("3201",), ("32", "42")):
        assert reach_of(lead(*prefixes), permission) is None
        assert not can(lead(*prefixes), permission)


def test_who_has_a_local_seat_and_one_over_the_country_may_what_the_latter_may() -> None:
    permission = declare("test.all", "全国统一", whole_country(Role.DEPARTMENT_LEAD))
    both = Actor("某", user_id=1, seats=(*lead("3201").seats, *lead("").seats))
    assert can(both, permission)


def test_a_mandate_covers_its_places_and_procedures_only() -> None:
    agent = Actor("某", user_id=1, mandates=(Mandate(2, "3201", frozenset({"establishment"})), Mandate(3)))
    assert agent.may_act_for(1, division_code="110101", procedure="any")
    assert agent.may_act_for(2, division_code="320106", procedure="establishment")
    assert not agent.may_act_for(2, division_code="320206", procedure="establishment")
    assert not agent.may_act_for(2, division_code="320106", procedure="filing")
    assert agent.may_act_for(3, division_code="110101", procedure="any")
    assert not agent.may_act_for(4, division_code="320106", procedure="establishment")


def test_nobody_owns_what_belongs_to_nobody() -> None:
    assert not OutboxMessage.objects.filter(Actor.public().own("department")).exists()
