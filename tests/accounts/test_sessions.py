"""What a browser's session is found by."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tuoyu.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> str:
    session = SessionStore()
    session["said"] = "here"
    session.save()
    return str(session.session_key)


def test_a_session_is_found_by_its_key_in_one_statement(kept, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert SessionStore(kept)["said"] == "here"


@pytest.mark.parametrize("key", ["never-given-to-anybody", "' OR true --" + " " * 30])
def test_a_key_never_given_is_an_empty_session_under_another_key(kept, key) -> None:
    session = SessionStore(key)
    assert "said" not in session
    assert session.session_key is None


def test_a_session_past_its_time_is_empty(kept) -> None:
    Session.objects.filter(pk=kept).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert "said" not in SessionStore(kept)
