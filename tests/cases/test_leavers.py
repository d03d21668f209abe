"""Whose seat ends hands back what was in hand at that post, and nothing else."""

from datetime import date

import pytest

from accounts.people import SINCE_2020, actor, person, seated
from cases.conftest import GULOU, Remembers, applicant, opened, step
from tuoyu.accounts import actions as accounts
from tuoyu.accounts.models import Membership, User
from tuoyu.cases import actions
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def seat(user: User, department: str, role: str = "officer") -> Membership:
    return Membership.objects.create(
        user=user, role=role, department=department, division_code=GULOU, valid=SINCE_2020
    )


def taken(user: User, *departments: str) -> Case:
    """A case whose checks of those departments the person took in hand."""
    case = opened(applicant())
    for department in departments:
        actions.take(by=actor(user), step=case.steps.get(kind="check", department=department))
    return case


def assignee(case: Case, department: str) -> int | None:
    return step(case, case.steps.get(kind="check", department=department).key).assignee_id


def end(held: Membership) -> int:
    return accounts.end_seat(by=Actor.system("测试"), seat=held, reason="调离")


def test_the_steps_of_another_post_stay_in_hand(handler: Remembers) -> None:
    user = person("two-posts")
    health, _ = seat(user, "health"), seat(user, "education")
    case = taken(user, "health", "education")
    assert end(health) == 1
    assert assignee(case, "health") is None
    assert assignee(case, "education") == user.pk


def test_who_keeps_another_seat_at_the_same_post_keeps_its_steps(handler: Remembers) -> None:
    user = person("two-seats")
    as_officer, _ = seat(user, "health"), seat(user, "health", "department_lead")
    case = taken(user, "health")
    assert end(as_officer) == 0
    assert assignee(case, "health") == user.pk


def test_a_clerks_seat_at_the_same_department_keeps_no_step(handler: Remembers) -> None:
    user = person("officer-and-clerk")
    as_officer, _ = seat(user, "admin_approval"), seat(user, "admin_approval", "clerk")
    case = taken(user, "admin_approval")
    assert end(as_officer) == 1
    assert assignee(case, "admin_approval") is None


def test_with_a_seat_its_substitutes_steps_go_back_too(handler: Remembers) -> None:
    holder, other = seated("officer", "health", GULOU), person("substitute")
    held = holder.memberships.get()
    accounts.substitute(
        by=Actor.system("测试"), seat=held, user=other, starts_on=clock.today(), ends_on=date(2099, 1, 1)
    )
    case = taken(other, "health")
    assert end(held) == 1
    assert assignee(case, "health") is None
