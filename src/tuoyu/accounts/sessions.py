"""Django's sessions in the database; only the fetching differs: its query is written once."""

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from tuoyu.core.prepared import Blank, Prepared


class SessionStore(db.SessionStore):
    """A session of somebody, signed in or not."""

    def _get_session_from_db(self) -> Any:
        found = _by_key().first(key=self.session_key)
        if found is None:
            self._session_key = None
        return found


@cache
def _by_key() -> Prepared[Session]:
    still = Session.objects.filter(session_key=Blank("key"), expire_date__gt=Now())
    return Prepared(still)
