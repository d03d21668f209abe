import time

import pytest
from django.db import connection
from django.http import Http404
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from tuoyu.core import paging
from tuoyu.core.models import OutboxMessage
from tuoyu.core.paging import page_of

pytestmark = pytest.mark.django_db


def fill(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_outboxmessage (key, topic, department, division_code, payload, state, attempts,"
            " created_at, next_attempt_at, acknowledged_by, last_error)"
            " SELECT 'm:' || n, 't', 'health', '320106', '{}', 'queued', 0, now(), now(), '', ''"
            " FROM generate_series(0, %s) n",
            [count - 1],
        )


def ask(query: str = "", **more: int) -> paging.Page[dict[str, object]]:
    rows = OutboxMessage.objects.order_by("pk").values("pk", "key")
    return page_of(rows, RequestFactory().get(f"/{query}"), **more)


def test_pages_follow_one_another_without_gap_or_overlap() -> None:
    fill(45)
    pages = [ask(f"?page={n}") for n in (1, 2, 3)]
    assert [row["key"] for page in pages for row in page.rows] == [f"m:{n}" for n in range(45)]
    assert [(page.has_previous(), page.has_next()) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert [(page.first, page.last, page.num_pages, page.count_text) for page in pages] == [
        (1, 20, 3, "45"),
        (21, 40, 3, "45"),
        (41, 45, 3, "45"),
    ]


def test_a_page_past_the_end_is_the_last() -> None:
    fill(21)
    page = ask("?page=9")
    assert (page.number, len(page.rows), page.has_next()) == (2, 1, False)


def test_an_empty_list_is_one_empty_page() -> None:
    page = ask()
    assert (page.number, page.count, page.num_pages, page.first, page.last) == (1, 0, 1, 0, 0)
    assert not page.has_next()


@pytest.mark.parametrize(
    "query",
    ["?page=0", "?page=-1", "?page=x", "?page=1.5", "?page=%C2%B2", "?page=99999999999999999999", "?size=7"],
)
def test_what_is_no_page_is_not_found(query: str) -> None:
    with pytest.raises(Http404):
        ask(query)


def test_one_row_and_fifty_cost_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    fill(1)
    with django_assert_num_queries(2):
        ask()
    OutboxMessage.objects.all().delete()
    fill(50)
    with django_assert_num_queries(2):
        assert len(ask("?size=50").rows) == 50


def test_a_long_list_is_counted_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 100)
    fill(101)
    page = ask("?page=5")
    assert (page.count_text, page.pages_text, page.has_next()) == ("100+", "5+", True)
    assert ask("?page=6").has_next() is False
    OutboxMessage.objects.filter(key="m:0").delete()
    assert ask().count_text == "100"


def test_a_hundred_thousand_rows_are_paged_in_no_time() -> None:
    fill(100_000)
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        page = ask("?page=2")
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.1
    assert page.count_text == "10,000+"
    assert len(page.rows) == 20


def test_an_unordered_list_is_an_error() -> None:
    with pytest.raises(ValueError, match="ordered"):
        paging.page(OutboxMessage.objects.order_by(), 1)


def test_a_list_that_ends_with_its_page_has_no_next() -> None:
    fill(40)
    assert not ask("?page=2").has_next()
