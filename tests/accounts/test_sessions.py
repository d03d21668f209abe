"""What a browser's session is found by, and who comes with it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.people import browser, person, seated
from tuoyu.accounts.models import BrowserSession, Membership
from tuoyu.accounts.sessions import SessionStore, take_person
from tuoyu.core.actor import Role

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
    BrowserSession.objects.filter(pk=kept).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert "said" not in SessionStore(kept)


def key_of(user) -> str:
    return str(browser(user).session.session_key)


def test_the_person_of_a_session_comes_with_it_once_and_with_the_seats_held(
    django_assert_num_queries,
) -> None:
    officer = seated(Role.OFFICER, "health", "320106")
    key = key_of(officer)
    with django_assert_num_queries(1):
        assert SessionStore(key)[SESSION_KEY] == str(officer.pk)
        found = take_person(officer.pk)
        assert found == officer
        assert [seat["role"] for seat in found.seat_rows] == [Role.OFFICER]
        assert take_person(officer.pk) is None


@pytest.mark.parametrize("next_key", ["of somebody else", "of nobody", "never given"])
def test_a_person_comes_with_no_session_but_their_own(kept, next_key) -> None:
    officer, other = person("officer"), person("other")
    keys = {"of somebody else": key_of(other), "of nobody": kept, "never given": "never-given-to-anybody"}
    SessionStore(key_of(officer)).load()
    SessionStore(keys[next_key]).load()
    assert take_person(officer.pk) is None


def test_what_changes_between_two_pages_shows_on_the_second() -> None:
    officer = seated(Role.OFFICER, "health", "320106")
    visitor = browser(officer)
    seats = [visitor.get("/messages/").wsgi_request.actor.seats]
    Membership.objects.all().delete()
    seats.append(visitor.get("/messages/").wsgi_request.actor.seats)
    assert [[seat.role for seat in held] for held in seats] == [
        [Role.OFFICER, Role.APPLICANT],
        [Role.APPLICANT],
    ]
    officer.is_active = False
    officer.save()
    assert visitor.get("/messages/").status_code == 302


def test_the_sessions_of_a_person_go_with_the_person() -> None:
    officer = person("officer")
    key = key_of(officer)
    assert BrowserSession.objects.get(pk=key).user == officer
    officer.delete()
    assert not BrowserSession.objects.filter(pk=key).exists()


def test_an_upgrade_signs_nobody_out() -> None:
    visitor = browser(seated(Role.OFFICER, "health", "320106"))
    moved = BrowserSession.objects.get()
    for key, expires in ((moved.pk, moved.expire_date), ("past", timezone.now() - timedelta(seconds=1))):
        Session.objects.create(session_key=key, session_data=moved.session_data, expire_date=expires)
    moved.delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("tuoyu.accounts.migrations.0007_browser_sessions").TAKEN_OVER)
    assert BrowserSession.objects.get().user is None
    assert visitor.get("/inbox/").status_code == 200
