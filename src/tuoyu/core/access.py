"""Every page says who may come in; a test finds one that does not."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import Permission, can
from tuoyu.core.problems import Refused

View = Callable[..., HttpResponseBase]

# How the database and its driver say that a text holds a zero.
ZERO = re.compile(r"\bNUL\b|\\u0000 cannot be converted")


class Finder(Protocol):
    """How the accounts app finds who is behind a request."""

    def __call__(self, request: HttpRequest) -> Actor: ...


_finder: list[Finder] = []


def find_actors_with(finder: Finder) -> None:
    """Install the function that turns a request into an actor (called once, by `accounts`)."""
    _finder[:] = [finder]


def actor_of(request: HttpRequest) -> Actor:
    """Who is behind `request`; asked once a request."""
    found: Actor | None = getattr(request, "actor", None)
    if found is None:
        found = _finder[0](request) if _finder else Actor.public()
        request.actor = found  # type: ignore[attr-defined]
    return found


def public(why: str) -> Callable[[View], View]:
    """Anyone may come in; `why` says what makes that right."""
    return _declare(f"public: {why}", lambda request: None)


def signed_in(why: str) -> Callable[[View], View]:
    """Anyone who has signed in; what they find there is narrowed by `visible_to`."""
    return _declare(f"signed in: {why}", _demand_sign_in)


def permitted(permission: Permission) -> Callable[[View], View]:
    """Those who hold `permission` on something; on which rows is asked again for each row."""

    def check(request: HttpRequest) -> HttpResponseBase | None:
        answer = _demand_sign_in(request)
        if answer is None and not can(actor_of(request), permission):
            raise PermissionDenied(f"此页需要权限：{permission.says}")
        return answer

    return _declare(f"permission: {permission.key}", check)


def _demand_sign_in(request: HttpRequest) -> HttpResponseBase | None:
    if actor_of(request).user_id is None:
        return redirect_to_login(request.get_full_path())
    return None


def _declare(access: str, check: Callable[[HttpRequest], HttpResponseBase | None]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return check(request) or view(request, *args, **kwargs)

        run.access = access  # type: ignore[attr-defined]
        return run

    return decorate


class RefusalMiddleware:
    """Turns a refused action that no view caught into a page that says why, with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (DataError, ValueError)) and ZERO.search(str(exception)):
            # PostgreSQL keeps no text with a zero in it: whoever sends one has not typed it.
            exception = Refused("所填内容里含有空字符（NUL），请去掉后重试。", status=400)
        if not isinstance(exception, Refused):
            return None
        context = {"status": exception.status, "problems": exception.problems}
        return render(request, "project/refused.html", context, status=exception.status)
