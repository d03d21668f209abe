"""What third-party sign-in code does is written down as audit events too."""

from typing import Any

from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tuoyu.accounts.actors import SEAT_CHOSEN, SEEN
from tuoyu.accounts.addresses import client_address
from tuoyu.accounts.models import User
from tuoyu.core import audit
from tuoyu.core.actor import Actor


def connect() -> None:
    """Listen (called once, when the app is ready)."""
    user_logged_in.connect(_signed_in, dispatch_uid="tuoyu.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="tuoyu.signed_out")
    user_login_failed.connect(_sign_in_failed, dispatch_uid="tuoyu.sign_in_failed")
    for signal, verb in (
        (mfa.authenticator_added, "account.two_step_added"),
        (mfa.authenticator_removed, "account.two_step_removed"),
        (mfa.authenticator_reset, "account.recovery_codes_renewed"),
    ):
        signal.connect(_two_step(verb), weak=False, dispatch_uid=f"tuoyu.{verb}")


def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session.pop(SEAT_CHOSEN, None)
    request.session.pop(SEEN, None)
    audit.record(_self(request, user), "account.signed_in", user)


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(_self(request, user), "account.signed_out", user)


def _sign_in_failed(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """A failure is an event of the account that was tried, where there is one."""
    user = User.objects.filter(username=credentials.get("username") or "").first()
    if user is not None and request is not None:
        audit.record(Actor.public(client_address(request)), "account.sign_in_failed", user)


def _two_step(verb: str) -> Any:
    def note(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        audit.record(_self(request, user), verb, user)

    return note


def _self(request: HttpRequest, user: User) -> Actor:
    own = frozenset({user.pk})
    return Actor(label=user.name, user_id=user.pk, owner_ids=own, address=client_address(request))
