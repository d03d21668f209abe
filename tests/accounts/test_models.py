"""What the database itself refuses about people and seats."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.accounts.models import Membership, User

pytestmark = pytest.mark.django_db

FROM_2026 = DateRange(date(2026, 1, 1), None)
IN_2025 = DateRange(date(2025, 1, 1), date(2026, 1, 1))


def person(username: str = "somebody") -> User:
    return User.objects.create(username=username, name="某人", origin=User.Origin.INVITED)


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_nobody_is_two_kinds_of_administrator_at_once(second: str) -> None:
    user = person()
    Membership.objects.create(user=user, role="system_admin", valid=FROM_2026)
    with pytest.raises(IntegrityError, match="membership_separated_duties"):
        Membership.objects.create(user=user, role=second, valid=FROM_2026)


def test_an_administrator_decides_no_cases() -> None:
    user = person()
    Membership.objects.create(user=user, role="audit_admin", valid=FROM_2026)
    with pytest.raises(IntegrityError, match="membership_separated_duties"):
        Membership.objects.create(
            user=user, role="officer", department="health", division_code="320106", valid=FROM_2026
        )


def test_one_may_become_another_kind_of_administrator_afterwards() -> None:
    user = person()
    Membership.objects.create(user=user, role="system_admin", valid=IN_2025)
    Membership.objects.create(user=user, role="audit_admin", valid=FROM_2026)
    assert user.memberships.count() == 2


def test_the_same_seat_is_held_once_at_a_time() -> None:
    user = person()
    seat = {"role": "officer", "department": "health", "division_code": "320106", "valid": FROM_2026}
    Membership.objects.create(user=user, **seat)
    with pytest.raises(IntegrityError, match="membership_same_seat_once"):
        Membership.objects.create(user=user, **seat)


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"role": "officer", "division_code": "320106"}, "department_where"),
        ({"role": "officer", "department": "health"}, "place_where"),
        ({"role": "nursery_head"}, "institution_for"),
        ({"role": "system_admin", "institution_id": 1}, "institution_for"),
    ],
)
def test_a_seat_says_what_its_role_needs(given: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Membership.objects.create(user=person(), valid=FROM_2026, **given)


def test_a_demonstration_account_is_refused_where_there_is_no_demonstration() -> None:
    with pytest.raises(IntegrityError, match="demonstration only"):
        User.objects.create(username="demo", name="演示", origin=User.Origin.DEMONSTRATION, is_demo=True)
