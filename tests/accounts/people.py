"""People with seats, for tests of every room."""

from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import get_hasher, make_password
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Membership, User
from tuoyu.accounts.sessions import SessionStore
from tuoyu.core.actor import Actor

PASSWORD = "Correct-Horse-9"
SINCE_2020 = DateRange(date(2020, 1, 1), None)


@cache
def _encoded(hasher: str) -> str:
    """The password of all tests as it is kept: hashed once by each hasher that tests set, since hashing is
    slow on purpose and one hasher does not know another's."""
    return make_password(PASSWORD, hasher=hasher)


def person(username: str = "somebody", *, name: str = "", **more: Any) -> User:
    """A user with the password of all tests."""
    user = User(username=username, name=name or f"{username}的姓名", origin=User.Origin.INVITED, **more)
    user.password = _encoded(get_hasher().algorithm)
    user.save()
    return user


def seated(
    role: str, department: str = "", division_code: str = "", *, username: str = "", **more: Any
) -> User:
    """A user with one seat."""
    user = person(username or "-".join(filter(None, [role, department, division_code])).lower())
    Membership.objects.create(
        user=user, role=role, department=department, division_code=division_code, valid=SINCE_2020, **more
    )
    return user


def actor(user: User) -> Actor:
    return actor_for(user)


def browser(user: User | None = None) -> Client:
    """A browser, signed in as `user` some time ago: without what signing in itself leaves behind."""
    client = Client()
    if user is not None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "tuoyu.accounts.backends.PeopleBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
