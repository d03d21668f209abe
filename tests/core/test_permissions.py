from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from tuoyu.core import permissions, permissions_table
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import (
    Grant,
    Permission,
    can,
    declare,
    get_visible,
    opened,
    require,
    visible_to,
    which,
)

GOLDEN = Path(__file__).parent / "permissions_golden.txt"

pytestmark = pytest.mark.django_db


def test_the_table_of_permissions_is_the_one_people_have_read() -> None:
    """When this fails and the change is meant, run
    `python -m tuoyu.core.permissions_table tests/core/permissions_golden.txt` and read the difference."""
    assert permissions_table.text() == GOLDEN.read_text()


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "read" not in request.node.name:
        monkeypatch.setattr(permissions, "REGISTRY", {})


@pytest.fixture
def own_place() -> Permission:
    return declare(
        "test.view",
        "查看",
        [
            Grant(
                Role.OFFICER, lambda actor, seat: seat.covers("division_code") & Q(department=seat.department)
            ),
            Grant(Role.JURISDICTION_LEAD, lambda actor, seat: seat.covers("division_code")),
        ],
        model="core.OutboxMessage",
    )


def message(department: str, division: str) -> OutboxMessage:
    key = f"{department}:{division}"
    return OutboxMessage.objects.create(key=key, topic="t", department=department, division_code=division)


@pytest.fixture
def rows() -> dict[str, OutboxMessage]:
    places = [("health", "320106001"), ("health", "320105"), ("finance", "320106")]
    return {f"{d}:{p}": message(d, p) for d, p in places}


def test_what_one_may_see_is_what_one_may_do(
    own_place: Permission, rows: dict[str, OutboxMessage], officer: Actor
) -> None:
    seen = set(visible_to(officer, own_place, OutboxMessage.objects.all()))
    assert seen == {row for row in rows.values() if can(officer, own_place, row)}
    assert seen == {rows["health:320106001"]}


def test_several_seats_add_up(own_place: Permission, rows: dict[str, OutboxMessage], officer: Actor) -> None:
    lead = Seat(Role.JURISDICTION_LEAD, prefixes=("320105",))
    both = replace(officer, seats=(*officer.seats, lead))
    assert visible_to(both, own_place, OutboxMessage.objects.all()).count() == 2


def test_a_seat_over_the_whole_country_is_not_narrowed_by_another(
    own_place: Permission, rows: dict[str, OutboxMessage], officer: Actor
) -> None:
    whole = Seat(Role.JURISDICTION_LEAD, prefixes=("",))
    for seats in ((whole, *officer.seats), (*officer.seats, whole)):
        both = replace(officer, seats=seats)
        assert visible_to(both, own_place, OutboxMessage.objects.all()).count() == 3


def test_a_seat_without_places_reaches_nothing(own_place: Permission, rows: dict[str, OutboxMessage]) -> None:
    nowhere = Actor("某", user_id=1, seats=(Seat(Role.JURISDICTION_LEAD),))
    assert not visible_to(nowhere, own_place, OutboxMessage.objects.all()).exists()
    assert not any(can(nowhere, own_place, row) for row in rows.values())


def test_a_stranger_has_nothing(own_place: Permission, rows: dict[str, OutboxMessage]) -> None:
    stranger = Actor.public()
    assert not visible_to(stranger, own_place, OutboxMessage.objects.all()).exists()
    with pytest.raises(PermissionDenied, match="查看"):
        require(stranger, own_place, rows["health:320105"])
    with pytest.raises(Http404):
        get_visible(stranger, own_place, OutboxMessage.objects.all(), key="health:320105")


def test_what_the_public_may_everybody_may(rows: dict[str, OutboxMessage], officer: Actor) -> None:
    permission = declare("test.public", "公开", [Grant(Role.PUBLIC)])
    assert can(Actor.public(), permission)
    assert can(officer, permission)


def test_several_permissions_are_asked_in_one_query(
    own_place: Permission,
    rows: dict[str, OutboxMessage],
    officer: Actor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    never = declare("test.never", "不行", [Grant(Role.GUARDIAN)])
    with django_assert_num_queries(1):
        assert which(officer, [own_place, never], rows["health:320106001"]) == {"test.view"}
    assert which(officer, [own_place, never], rows["finance:320106"]) == frozenset()


def test_a_row_comes_with_what_one_may_do_with_it_in_one_query(
    own_place: Permission,
    rows: dict[str, OutboxMessage],
    officer: Actor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    never = declare("test.never_opened", "不行", [Grant(Role.GUARDIAN)])
    every = OutboxMessage.objects.all()
    with django_assert_num_queries(1):
        found, may = opened(officer, own_place, every, own_place, never, key="health:320106001")
    assert (found, may) == (rows["health:320106001"], {"test.view"})
    with pytest.raises(Http404):
        opened(Actor.public(), own_place, every, own_place, key="health:320105")


def test_a_permission_is_declared_once(own_place: Permission) -> None:
    with pytest.raises(ValueError, match="twice"):
        declare("test.view", "再来", [])
