"""The reaches that permissions of every room share, each with the words for it, as grants to roles.

A room writes out only what is its own.
"""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, Reach

HEALTH = "health"
OFFICES = (Role.OFFICER, Role.DEPARTMENT_LEAD)


def own_places(*roles: Role, at: str = "division_code") -> list[Grant]:
    """Rows in the places of the seat; `at` names the division."""

    def reach(actor: Actor, seat: Seat) -> Q:
        return seat.covers(at)

    return _granted(roles, reach, "own places")


def of_health(seat: Seat) -> bool:
    """Whether a seat is one of the health departments."""
    return seat.department == HEALTH


def health_here(*roles: Role, at: str = "division_code") -> list[Grant]:
    """Rows in the places of a health department's seat; `at` names the division."""

    def reach(actor: Actor, seat: Seat) -> Q:
        return seat.covers(at)

    return [Grant(role, reach, "health, own places", of=of_health) for role in roles]


def own_institution(*roles: Role, at: str = "pk", relation: str = "own institution") -> list[Grant]:
    """Rows of the institution the seat is at; `at` names it. A seat at none reaches none."""

    def reach(actor: Actor, seat: Seat) -> Q:
        return Q(pk__in=[]) if seat.institution_id is None else Q(**{at: seat.institution_id})

    return _granted(roles, reach, relation)


def whole_country(*roles: Role) -> list[Grant]:
    """Only with a seat over the whole country: what is one for all places is not changed from one of them."""
    return [
        Grant(role, relation="seat over the whole country", of=lambda seat: "" in seat.prefixes)
        for role in roles
    ]


def own_department(*roles: Role) -> list[Grant]:
    """Rows of the seat's department, in its places."""

    def reach(actor: Actor, seat: Seat) -> Q:
        return seat.covers("division_code") & Q(department=seat.department)

    return _granted(roles, reach, "own department, own places")


def own_post(*roles: Role) -> list[Grant]:
    """Rows of the seat's department at its own level: a city's office is not its county's."""

    def reach(actor: Actor, seat: Seat) -> Q:
        return Q(department=seat.department, division_code=seat.division_code)

    return _granted(roles, reach, "own department at its own level")


def _granted(roles: tuple[Role, ...], reach: Reach, relation: str) -> list[Grant]:
    return [Grant(role, reach, relation) for role in roles]
