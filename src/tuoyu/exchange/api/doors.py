"""Who may use an operation of the API: every operation has a door, and a test finds one without."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from tuoyu.accounts import tokens
from tuoyu.accounts.addresses import client_address
from tuoyu.core.access import actor_of
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import Permission, can
from tuoyu.core.problems import Refused

CSRF = "请求没有带上页面的校验码（X-CSRFToken），没有做任何改动。请刷新页面后再试。"


@dataclass(frozen=True)
class Door:
    """What a caller needs; `says` names it as pages do, `check` raises PermissionDenied.

    With `by_browser` a write needs the CSRF token although nobody is signed in: it opens a session.
    """

    says: str
    check: Callable[[Actor], None] | None = None
    by_browser: bool = False


def public(why: str) -> Door:
    """Anyone may ask; `why` says what makes that right."""
    return Door(f"public: {why}")


def visitor(why: str) -> Door:
    """Anyone, before there is a session to act by; no other site may do it in somebody's browser."""
    return Door(f"public: {why}", by_browser=True)


def person(why: str) -> Door:
    """Any person who has signed in; what they find is narrowed by `visible_to`."""

    def check(actor: Actor) -> None:
        if actor.user_id is None:
            raise PermissionDenied("这项操作须由本人登录后办理，登记机关的系统不能代办。")

    return Door(f"signed in: {why}", check)


def permitted(*permissions: Permission) -> Door:
    """Whoever holds one of `permissions` on something; on which rows is asked again for each row."""

    def check(actor: Actor) -> None:
        if not any(can(actor, permission) for permission in permissions):
            says = "、".join(permission.says for permission in permissions)
            raise PermissionDenied(f"此操作需要权限：{says}")

    return Door("permission: " + ", ".join(p.key for p in permissions), check)


def demand_csrf(request: HttpRequest) -> None:
    """Raise Refused (403) for a write that no page of ours sent."""
    if check_csrf(request) is not None:
        raise Refused(CSRF, status=403)


class Token(HttpBearer):
    """The bearer token of a registrar's own system."""

    openapi_description = "登记机关系统的令牌，由安全管理员发放。"

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        actor = tokens.actor_for(token.strip(), address=client_address(request))
        if actor is None:
            raise AuthenticationError
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class Session(APIKeyCookie):
    """The session of somebody who signed in on a page; a write also needs the page's CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = actor_of(request)
        if actor.user_id is None:
            return None
        demand_csrf(request)
        return actor

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        raise NotImplementedError("the session is read by Django")


CREDENTIALS = [Token(), Session()]
