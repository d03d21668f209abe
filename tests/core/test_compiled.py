"""Parts of queries that are written once."""

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef

from tuoyu.accounts.models import Membership, User
from tuoyu.core.compiled import compiled

pytestmark = pytest.mark.django_db


def people_with_roles():
    held = Membership.objects.filter(user_id=OuterRef("pk")).order_by("pk").values("role")
    return User.objects.annotate(roles=ArraySubquery(held))


def test_an_expression_made_ready_answers_as_the_one_it_was_made_from(django_assert_num_queries) -> None:
    for name in ("one", "two"):
        person = User.objects.create(username=name, name=name, origin="command")
        Membership.objects.create(user=person, role="system_admin", valid=("2020-01-01", None))
    ready = User.objects.annotate(roles=compiled(people_with_roles(), "roles"))
    with django_assert_num_queries(1):
        found = list(ready.filter(username="two").values_list("username", "roles"))
    assert found == [("two", ["system_admin"])]
    assert list(ready.values_list("roles")) == list(people_with_roles().values_list("roles"))


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (Membership.objects.annotate(whose=F("user__name")), "whose"),
        (User.objects.annotate(seats=Count("memberships")), "seats"),
    ],
)
def test_what_needs_another_table_or_a_grouping_is_refused(rows, name) -> None:
    with pytest.raises(ValueError, match=name):
        compiled(rows, name)
