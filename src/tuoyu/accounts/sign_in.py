"""Signing in: whose failures count, what a locked-out person sees, and a sign-in by phone code."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from tuoyu.accounts import rules
from tuoyu.accounts.models import User
from tuoyu.accounts.queries import user_by_phone
from tuoyu.core.lookups import keyed_hash


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


def complete(request: HttpRequest, user: User, next_address: str | None) -> HttpResponse:
    """Sign `user` in after a phone was proved; two-step verification still follows where it is on."""
    record_authentication(request, user, method="code")
    login = Login(user=user, redirect_url=next_address)
    response: HttpResponse = perform_login(request, login)
    return response
