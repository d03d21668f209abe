"""A fresh proof of who sits there, before anything that would let a stranger keep a session for good.

By the password where there is one, by the second step where it is on; somebody with neither gets a code
on the own phone. It counts for as long as allauth's own confirmations, which are noted at the same place.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from tuoyu.accounts import actions, queries
from tuoyu.accounts.models import PhoneCode, User
from tuoyu.core.access import actor_of
from tuoyu.core.problems import Problem, Refused

PASSWORD, TWO_STEP, PHONE = "password", "two_step", "phone"
PAGES = {PASSWORD: "account_reauthenticate", TWO_STEP: "mfa_reauthenticate", PHONE: "accounts:confirm_phone"}
WRONG_CODE = Problem("验证码不对或已失效，请核对，或重新获取。", field="code")
LOCKED = "失败次数过多，已暂时锁定，请 15 分钟后再试。"


def ways_of(user: User) -> tuple[str, ...]:
    """How this person can confirm; the phone alone only where nothing stronger was set up."""
    ways = [PASSWORD] if user.has_usable_password() else []
    ways += [TWO_STEP] if queries.has_two_step(user.pk) else []
    return tuple(ways) or ((PHONE,) if user.phone else ())


def is_fresh(request: HttpRequest, user: User) -> bool:
    """Whether this session confirmed a short while ago; having signed in is not enough."""
    found = [r for r in get_authentication_records(request, user) if r.get("reauthenticated")]
    return bool(found) and time.time() - found[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def demand(request: HttpRequest, user: User) -> None:
    """Raise Refused (403) unless this session confirmed a short while ago."""
    if not is_fresh(request, user):
        fix = "请先确认身份，再办理这一项。"
        raise Refused(
            Problem("这一步关系到账号安全，需要先确认是您本人。", "", "confirmation", fix=fix), status=403
        )


def asked(view: Callable[..., Any]) -> Callable[..., Any]:
    """Lead to the confirmation first, and back here afterwards."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user
        if isinstance(user, User) and not is_fresh(request, user):
            way = next(iter(ways_of(user)), None)
            if way is None:
                raise Refused("没有可以确认您身份的密码或手机号，请到政务服务窗口办理。", status=403)
            return redirect(f"{reverse(PAGES[way])}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    return run


def knows_password(request: HttpRequest, user: User, password: str) -> bool:
    """Whether that is the person's password; a wrong one counts like a failed sign-in."""
    try:
        return bool(get_adapter(request).reauthenticate(user, password))
    except forms.ValidationError as error:
        raise Refused("；".join(error.messages), status=429) from error


def by_password(request: HttpRequest, user: User, password: str) -> None:
    """Confirm by the password; raises Refused when it is wrong."""
    if not knows_password(request, user, password):
        raise Refused(Problem("密码不对。", field="password"))
    reauthenticate_by_password(request)


def by_two_step(request: HttpRequest, user: User, code: str) -> None:
    """Confirm by a code of the second step, or one of the recovery codes."""
    from tuoyu.accounts.forms import SecondStepAgain

    form = SecondStepAgain(user=user, data={"code": code})
    if not form.is_valid():
        raise Refused([Problem(str(e), field="code") for errors in form.errors.values() for e in errors])
    form.save()


def demand_phone(user: User) -> None:
    """Raise Refused (409) unless this person confirms by the own phone."""
    if PHONE not in ways_of(user):
        raise Refused("请用登录密码或两步验证确认身份。", status=409)


def send_to_phone(request: HttpRequest, user: User) -> PhoneCode:
    """Send a code to the person's own phone, where nothing stronger was set up."""
    demand_phone(user)
    return actions.send_code(by=actor_of(request), phone=str(user.phone), purpose=PhoneCode.Purpose.CONFIRM)


def by_phone(request: HttpRequest, user: User, key: str, code: str) -> None:
    """Confirm by the code that went to the own phone."""
    demand_phone(user)
    made = pending(user, key)
    if made is None or not actions.try_code(by=actor_of(request), made=made, code=code.strip()):
        raise Refused(WRONG_CODE)
    record_authentication(request, user, method="code", reauthenticated=True)


def pending(user: User, key: str) -> PhoneCode | None:
    """The code with this key that still waits to be entered, if it went to the person's own phone."""
    made = PhoneCode.objects.filter(key=key, used_at=None, purpose=PhoneCode.Purpose.CONFIRM).first()
    return made if made is not None and user.phone and made.phone == user.phone else None
