"""Sessions in the database, each with whose it is: one query fetches a session and its person."""

from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models.functions import Now

from tuoyu.accounts.actors import FETCHED_WITH, fetched_with
from tuoyu.accounts.models import BrowserSession, User
from tuoyu.core import clock
from tuoyu.core.prepared import Blank, Prepared

_person: ContextVar[User | None] = ContextVar("person", default=None)


class SessionStore(db.SessionStore):
    """A session of somebody, signed in or not."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row  # type: ignore[no-any-return]

    def _get_session_from_db(self) -> BrowserSession | None:
        found = _by_key(clock.today()).first(key=self.session_key)
        _person.set(_person_of(found) if found else None)
        if found is None:
            self._session_key = None
        return found


def take_person(pk: int) -> User | None:
    """The person who came with the session fetched last, if it is this one. Given out once: whoever asks
    again wants to know what is so by then."""
    person = _person.get()
    _person.set(None)
    return person if person is not None and person.pk == pk else None


def _person_of(row: BrowserSession) -> User | None:
    if row.user is not None:
        vars(row.user).update({name: getattr(row, name) for name in FETCHED_WITH})
    return row.user


@lru_cache(maxsize=2)
def _by_key(today: date) -> Prepared[BrowserSession]:
    """Made ready once a day, for every page asks."""
    still = BrowserSession.objects.filter(session_key=Blank("key"), expire_date__gt=Now())
    return Prepared(still.select_related("user").annotate(**fetched_with("user_id", today)))
