"""Who signed in, fetched together with what pages ask next: the seats held, the packs in force, the
working days."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from tuoyu.accounts.actors import with_seats
from tuoyu.accounts.models import User
from tuoyu.accounts.sessions import take_person
from tuoyu.core import workdays
from tuoyu.jurisdictions.queries import remember_versions


class PeopleBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own backend; only the fetching of the person differs."""

    def get_user(self, user_id: Any) -> User | None:
        """The active person of a session, with seats and principals."""
        found: Any = take_person(user_id) or with_seats(user_id)
        if found is None or not found.is_active:
            return None
        remember_versions(found.version_rows)
        workdays.remember(found.override_rows)
        return found  # type: ignore[no-any-return]
