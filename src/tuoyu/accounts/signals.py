"""What third-party sign-in code does is written down as audit events too."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
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
    post_save.connect(_two_step_saved, sender=Authenticator, dispatch_uid="tuoyu.two_step_saved")
    post_delete.connect(_two_step_gone, sender=Authenticator, dispatch_uid="tuoyu.two_step_gone")


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


def _two_step_saved(sender: Any, instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """Written in the transaction itself: allauth's own signals come after the commit."""
    if created:
        _note_two_step("account.two_step_added", instance)


def _two_step_gone(sender: Any, instance: Authenticator, **kwargs: Any) -> None:
    _note_two_step("account.two_step_removed", instance)


def _note_two_step(verb: str, instance: Authenticator) -> None:
    """Only what people do to their own: an administrator's reset is an event of its own."""
    request = context.request
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.pk == instance.user_id:
        audit.record(_self(request, user), verb, user, after={"type": instance.type})


def _self(request: HttpRequest, user: User) -> Actor:
    own = frozenset({user.pk})
    return Actor(user.name, user.pk, seats=(), owner_ids=own, address=client_address(request))
