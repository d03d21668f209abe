"""Queries that are written once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import DataError, connection, transaction
from django.db.models import OuterRef

from tuoyu.accounts.models import Membership, User
from tuoyu.core.models import AuditEvent
from tuoyu.core.prepared import AnyOf, Blank, Prepared, PreparedInsert, PreparedUpdate

pytestmark = pytest.mark.django_db


def people_with_roles():
    held = Membership.objects.filter(user_id=OuterRef("pk")).order_by("pk").values("role")
    return User.objects.annotate(roles=ArraySubquery(held)).order_by("pk")


@pytest.fixture
def people():
    for name in ("one", "two"):
        person = User.objects.create(username=name, name=name, origin="command")
        Membership.objects.create(user=person, role="system_admin", valid=("2020-01-01", None))


def test_a_prepared_query_answers_as_the_one_it_was_made_from(people, django_assert_num_queries) -> None:
    ready = Prepared(people_with_roles().filter(username=Blank("name")))
    for name in ("two", "one", "two"):
        with django_assert_num_queries(1):
            found = ready.first(name=name)
        assert found == User.objects.get(username=name)
        assert found.roles == ["system_admin"]
    assert ready.all(name="nobody") == []
    assert ready.first(name="nobody") is None


def test_values_and_related_objects_come_as_ever(people, django_assert_num_queries) -> None:
    rows = people_with_roles().values("username", "roles")
    assert Prepared(rows).all() == list(rows)
    held = Membership.objects.select_related("user").filter(user=Blank("whose"))
    ready = Prepared(held)
    one = User.objects.get(username="one")
    with django_assert_num_queries(1):
        assert ready.first(whose=one.pk).user.name == "one"


def test_a_blank_may_be_a_list_of_any_length(people) -> None:
    ready = Prepared(
        User.objects.filter(AnyOf("id", Blank("ids"))).order_by("pk").values_list("pk", flat=True)
    )
    everybody = list(User.objects.order_by("pk").values_list("pk", flat=True))
    for asked in ([], everybody[:1], everybody):
        assert ready.all(ids=asked) == asked


def test_what_fills_a_blank_is_never_read_as_sql(people) -> None:
    ready = Prepared(User.objects.filter(username=Blank("name")))
    assert ready.first(name="one' OR '1'='1") is None


def test_a_blank_left_empty_is_said_by_name() -> None:
    with pytest.raises(KeyError, match="name"):
        Prepared(User.objects.filter(username=Blank("name"))).all()


def test_a_query_that_can_find_nothing_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert Prepared(User.objects.none()).all() == []


@pytest.mark.django_db(transaction=True)
def test_threads_ask_each_on_its_own_connection(people) -> None:
    ready = Prepared(User.objects.filter(username=Blank("name")).values("username"))

    def ask(name: str):
        try:
            return ready.first(name=name)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, ["one", "two"] * 8))
    assert [answer["username"] for answer in answers] == ["one", "two"] * 8


def test_a_row_written_so_is_the_row_that_saving_it_would_have_made(django_assert_num_queries) -> None:
    said = {
        "at": datetime(2026, 3, 2, 9, tzinfo=UTC), "actor_kind": "person", "actor_label": "one",
        "verb": "test.done", "before": {}, "after": {"名称": ["%s", "'"]},
        "object_type": "", "object_id": "1",
    }  # fmt: skip
    written, saved = AuditEvent(**said), AuditEvent(**said)
    with django_assert_num_queries(1):
        PreparedInsert(AuditEvent).write(written)
    saved.save()
    assert written.written_at is not None, "what the database filled in is asked for"
    differs = {"id", "written_at"}
    one, other = AuditEvent.objects.filter(pk__in=[written.pk, saved.pk]).order_by("pk").values()
    assert {k: v for k, v in one.items() if k not in differs} == {
        k: v for k, v in other.items() if k not in differs
    }
    assert written == AuditEvent.objects.get(pk=written.pk)


def test_columns_of_many_rows_are_written_at_once_and_nothing_is_cut(django_assert_num_queries) -> None:
    one, two, other = [
        User.objects.create(username=name, name=name, origin="command") for name in ("one", "two", "other")
    ]
    since = datetime(2026, 3, 2, 9, tzinfo=UTC)
    one.name, one.last_login, one.email = "一'%s", since, "not written"
    two.name = "二"
    columns = PreparedUpdate(User, ("name", "last_login"))
    with django_assert_num_queries(1):
        columns.write([two, one])
    kept = User.objects.order_by("pk").values_list("name", "last_login", "email")
    assert list(kept) == [("一'%s", since, ""), ("二", None, ""), ("other", None, "")]
    two.name = "长" * 500
    with pytest.raises(DataError), transaction.atomic():
        columns.write([two, other])
    assert User.objects.get(pk=two.pk).name == "二"
