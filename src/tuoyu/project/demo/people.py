"""The people of the demonstration at one county: whoever may sign in, and colleagues who only sit there."""

from functools import cache
from importlib.util import find_spec
from typing import Any

from tuoyu.accounts.actions import give_seat
from tuoyu.accounts.actions.people import create
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Membership, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.project.demo import words
from tuoyu.project.demo.places import Place

BY = Actor.system("演示数据")


@action
def engage(*, by: Actor, username: str, name: str) -> User:
    """Somebody who appears in the records and cannot sign in."""
    user = create(name=name, origin=User.Origin.DEMONSTRATION, username=username)
    audit.record(by, "account.demonstrated", user)
    return user


class Cast:
    """Who acts at a county. Departments nobody can sign in for get an officer all the same."""

    def __init__(self, place: Place, number: int) -> None:
        self.place = place
        self._number = number * 100
        self._officers: dict[tuple[str, str], Actor] = {}

    def officer(self, department: str, division_code: str) -> Actor:
        """The officer who decides for a department of a division."""
        post = (department, division_code)
        if post not in self._officers:
            self._officers[post] = self._seated(Role.OFFICER, *post)
        return self._officers[post]

    def lead(self, department: str, division_code: str) -> Actor:
        """The lead of a department of a division."""
        return self._seated(Role.DEPARTMENT_LEAD, department, division_code)

    def staff(self, department: str, division_code: str, number: int) -> None:
        """So many officers at least sit in a department of a division."""
        held = Membership.objects.filter(
            role=Role.OFFICER,
            department=department,
            division_code=division_code,
            valid__contains=clock.today(),
        )
        for _ in range(held.count(), number):
            give_seat(
                by=BY, user=self._engage("office"), seat=SeatGiven(Role.OFFICER, department, division_code)
            )

    def clerk(self) -> Actor:
        """The clerk at the county's window."""
        held = Membership.objects.filter(role=Role.CLERK, division_code=self.place.county)
        seat = held.filter(valid__contains=clock.today()).order_by("pk").first()
        return actor_for(seat.user) if seat else self._seated(Role.CLERK, "gov_services", self.place.county)

    def applicant(self) -> Actor:
        """The applicant people sign in as here; one who cannot sign in where there is none."""
        own = applicant_accounts().get(self.place.jurisdiction)
        return actor_for(own) if own else self.stranger()

    def stranger(self) -> Actor:
        """Somebody else who applies."""
        return actor_for(self._engage("applicant"))

    def _seated(self, role: Role, department: str, division_code: str) -> Actor:
        held = Membership.objects.filter(role=role, department=department, division_code=division_code)
        seat = held.filter(valid__contains=clock.today()).order_by("pk").first()
        if seat is not None:
            return actor_for(seat.user)
        user = self._engage("office")
        give_seat(by=BY, user=user, seat=SeatGiven(role, department, division_code))
        return actor_for(user)

    def _engage(self, what: str) -> User:
        self._number += 1
        username = f"demo.{what}.{self.place.county}.{self._number}"
        return engage(by=BY, username=username, name=words.person(self._number))


def applicant_accounts() -> dict[str, User]:
    """The applicant one can sign in as, by jurisdiction."""
    room = accounts_room()
    found: dict[str, User] = room.applicants() if room and hasattr(room, "applicants") else {}
    return found


@cache
def accounts_room() -> Any:
    """The accounts app's own demonstration accounts."""
    if find_spec("tuoyu.accounts.demo") is None:
        return None
    from importlib import import_module

    return import_module("tuoyu.accounts.demo")
