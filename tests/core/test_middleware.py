import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.middleware import WRITE, RequestMiddleware, WroteOnRead
from tuoyu.core.models import OutboxMessage, WorkdayOverride

pytestmark = pytest.mark.django_db


def writes(request: HttpRequest) -> HttpResponse:
    OutboxMessage.objects.create(key="k", topic="t", department="d", division_code="3")
    return HttpResponse()


def reads_a_record(request: HttpRequest) -> HttpResponse:
    audit.read(Actor.system("test"), WorkdayOverride(pk=1), ["date"])
    list(OutboxMessage.objects.select_for_update().all())
    return HttpResponse()


def test_a_get_that_writes_raises() -> None:
    with pytest.raises(WroteOnRead, match="core_outboxmessage"):
        RequestMiddleware(writes)(RequestFactory().get("/"))


def test_a_post_may_write_and_the_guard_ends_with_its_request() -> None:
    assert RequestMiddleware(reads_a_record)(RequestFactory().get("/")).status_code == 200
    assert RequestMiddleware(writes)(RequestFactory().post("/")).status_code == 200
    assert connection.execute_wrappers == []


def test_an_installation_does_not_pay_for_the_guard(settings: Settings) -> None:
    settings.GUARD_READS = False
    assert RequestMiddleware(writes)(RequestFactory().get("/")).status_code == 200


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ('INSERT INTO "cases_case" (x) VALUES (1)', "cases_case"),
        ("  update cases_case set x = 1", "cases_case"),
        ('DELETE FROM "cases_case"', "cases_case"),
        ("TRUNCATE cases_case", "cases_case"),
        ("WITH a AS (SELECT 1) UPDATE cases_case SET x = 1", "cases_case"),
        ("SELECT 'INSERT INTO cases_case'", None),
        ('SELECT "update" FROM x', None),
        ("SELECT 1 FOR UPDATE", None),
    ],
)
def test_what_counts_as_writing(statement: str, table: str | None) -> None:
    found = WRITE.match(statement)
    assert (found and found["table"]) == table
