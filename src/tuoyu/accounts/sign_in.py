"""Signing in: whose failures count, what a locked-out person sees, and a sign-in by phone code."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from tuoyu.accounts import actions, confirmation, rules
from tuoyu.accounts.actors import SEAT_CHOSEN
from tuoyu.accounts.models import PhoneCode, User
from tuoyu.accounts.queries import user_by_phone
from tuoyu.core import access, clock
from tuoyu.core.lookups import keyed_hash
from tuoyu.core.problems import Problem, Refused


def username_for(written: str) -> str:
    """The username that somebody means who signs in with a username or a phone.

    An unknown phone becomes a name that nobody has, so that failures are counted without keeping it.
    """
    phone = rules.phone_of(written)
    if phone is None:
        return written.strip().lower()
    user = user_by_phone(phone)
    return user.username if user else f"phone:{keyed_hash(phone)[-24:]}"


def username_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Whose failure axes counts."""
    return (credentials or {}).get("username")


def locked_out(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:
    """What somebody sees who failed too often; the same whether there is such an account or not."""
    return render(request, "accounts/locked_out.html", status=429)


def safe_next(request: HttpRequest, given: str | None) -> str | None:
    """Where to go afterwards, if that is on this site."""
    if given and url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return given
    return None


def pending(key: str) -> PhoneCode | None:
    """The code with this key that somebody who signs in or registers still has to enter."""
    return _asked_for(key).filter(used_at=None).first()


def proved(key: str) -> PhoneCode | None:
    """The code with this key, entered rightly a short while ago."""
    return _asked_for(key).filter(used_at__gt=clock.now() - rules.PROOF_LASTS).first()


def pending_change(key: str) -> PhoneCode | None:
    """The code with this key that went to the phone somebody wants to change to."""
    return PhoneCode.objects.filter(key=key, used_at=None, purpose=PhoneCode.Purpose.CHANGE).first()


def change_password(request: HttpRequest, user: User, *, old: str, new: str) -> None:
    """Change the password of who is signed in here; the other devices are signed out.

    A wrong old password counts like a failed sign-in.
    """
    if user.has_usable_password() and not confirmation.knows_password(request, user, old):
        raise Refused(Problem("当前密码不对。", field="old"))
    actions.change_password(by=access.actor_of(request), user=user, old=old, new=new)
    update_session_auth_hash(request, user)


def choose_seat(request: HttpRequest, seat: int | None) -> None:
    """Act as one of one's seats in this session, or as all of them again."""
    access.actor_of(request)
    if seat is None:
        request.session.pop(SEAT_CHOSEN, None)
    elif seat in {held.membership_id for held in getattr(request, "seats_held", [])}:
        request.session[SEAT_CHOSEN] = seat
    else:
        raise Refused("您没有这个岗位，或岗位已结束。", status=404)


def _asked_for(key: str) -> QuerySet[PhoneCode]:
    purposes = (PhoneCode.Purpose.SIGN_IN, PhoneCode.Purpose.REGISTER)
    return PhoneCode.objects.filter(key=key, purpose__in=purposes)


def enter(request: HttpRequest, user: User, next_address: str | None = None) -> HttpResponse:
    """Sign `user` in whose phone was proved; the first time, that is noted."""
    if user.is_active and user.phone_proved_at is None:
        actions.note_phone_proved(by=access.actor_of(request), user=user)
    return complete(request, user, next_address)


def complete(request: HttpRequest, user: User, next_address: str | None) -> HttpResponse:
    """Sign `user` in after a phone was proved; two-step verification still follows where it is on."""
    record_authentication(request, user, method="code")
    login = Login(user=user, redirect_url=next_address)
    response: HttpResponse = perform_login(request, login)
    return response
