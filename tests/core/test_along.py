"""What comes along with a row is what is there, as it is kept; the rest is asked for when it is read."""

from decimal import Decimal

import pytest
from django.db.models import DecimalField, OuterRef
from pytest_django import DjangoAssertNumQueries

from exchange.callers import seated
from tuoyu.accounts.models import ApiClient, Membership
from tuoyu.core.actor import Role
from tuoyu.core.along import Along, bringing, brought, whole
from tuoyu.core.nested import as_kept

OF_PLACE = Along(
    Membership,
    "clients",
    ApiClient.objects.filter(division_code=OuterRef("division_code")).order_by("-pk"),
    {"created_by": ("name",)},
)


@pytest.fixture
def seat(db: None) -> Membership:
    user = seated(Role.OFFICER, "health")
    found = Membership.objects.get(user=user)
    for number in "12":
        ApiClient.objects.create(
            name=f"系统{number}", department="health", division_code=found.division_code,
            token_hash=number * 64, token_start="ty_", created_by=user if number == "1" else None,
        )  # fmt: skip
    return found


def test_what_belongs_to_a_row_comes_with_it_in_one_query(
    seat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = brought(bringing(Membership.objects.all(), OF_PLACE).get(pk=seat.pk), OF_PLACE)
        clients = vars(found)["clients"]
        names = [one.created_by.name if one.created_by else "" for one in clients]
    assert clients == list(ApiClient.objects.order_by("-pk"))
    assert clients[0].created_at == ApiClient.objects.get(pk=clients[0].pk).created_at
    assert names == ["", seat.user.name]
    with django_assert_num_queries(1):
        assert clients[1].created_by.username == seat.user.username


def test_a_row_somebody_works_on_stays_as_it_is(
    seat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = bringing(Membership.objects.all(), OF_PLACE)
    with django_assert_num_queries(1):
        found = whole(seat, rows, OF_PLACE)
    assert found == seat
    assert "clients" not in vars(seat)
    came = rows.get(pk=seat.pk)
    with django_assert_num_queries(0):
        assert whole(came, rows, OF_PLACE) is came


def test_where_nothing_can_be_found_nothing_comes(seat: Membership) -> None:
    never = Along(Membership, "clients", ApiClient.objects.none())
    found = brought(bringing(Membership.objects.all(), never).get(pk=seat.pk), never)
    assert vars(found)["clients"] == []


def test_a_figure_keeps_its_decimals() -> None:
    assert str(as_kept(DecimalField(max_digits=6, decimal_places=2), 40.5)) == "40.50"
    assert as_kept(DecimalField(max_digits=6, decimal_places=2), None) is None
    assert as_kept(DecimalField(max_digits=10, decimal_places=2), 3000) == Decimal("3000.00")
