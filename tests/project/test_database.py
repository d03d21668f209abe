"""The database that Tuoyu brings along, and what it lets whom do."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_chinese_text_is_found_by_trigram_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT similarity('南京市托育服务中心', '托育服务') > 0.1")
        assert cursor.fetchone() == (True,)
