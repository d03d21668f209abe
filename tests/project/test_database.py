"""The database that Tuoyu brings along, and what it lets whom do."""

import pytest
from django.db import connection

from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent


@pytest.mark.django_db
def test_chinese_text_is_found_by_trigram_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT similarity('南京市托育服务中心', '托育服务') > 0.1")
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_commits_is_gone_for_the_next(time: str) -> None:
    assert not AuditEvent.objects.exists()
    someone = Actor.system("test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
        assert cursor.fetchone()[0] > 0
    event = AuditEvent(pk=1)
    audit.record(someone, "test.done", event)
    assert AuditEvent.objects.count() == 1
