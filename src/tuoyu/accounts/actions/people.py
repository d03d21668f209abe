"""People: registering, filing a walk-in, one's own details, two-step verification taken off."""

import secrets
from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from axes.utils import reset as axes_reset
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.accounts import permissions, rules
from tuoyu.accounts.models import Membership, PhoneCode, User
from tuoyu.accounts.queries import user_by_phone
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused

PHONE_TAKEN = "该手机号已用于另一个账号。"


@action
def register(*, by: Actor, proved: PhoneCode, name: str, password: str = "", as_family: bool = False) -> User:
    """Make the account of somebody who proved a phone; with a password or without."""
    if password:
        check_password(password, (name, proved.phone))
    user = _create(
        name=name,
        phone=str(proved.phone),
        phone_proved_at=clock.now(),
        origin=User.Origin.REGISTERED,
        password=password,
    )
    if as_family:
        Membership.objects.create(user=user, role=Role.GUARDIAN, valid=DateRange(clock.today(), None))
    audit.record(by, "account.registered", user, after={"as_family": as_family})
    return user


@action
def walk_in_applicant(*, by: Actor, name: str, phone: str) -> User:
    """The account of somebody at the window, found by phone or made; only a window's clerk may ask."""
    require(by, permissions.RECEIVE_WALK_INS)
    bare = rules.phone_of(phone)
    if bare is None:
        raise Refused(Problem("手机号应为 11 位数字，以 1 开头。", field="phone", fix="请核对后重新填写。"))
    if not name.strip():
        raise Refused(Problem("请填写申办人姓名。", field="name"))
    user = user_by_phone(bare)
    found = user is not None
    if user is None:
        user = _create(name=name.strip(), phone=bare, origin=User.Origin.WINDOW)
    elif not user.is_active:
        raise Refused("该手机号的账号已停用，请联系系统管理员。", status=409)
    audit.record(by, "account.walk_in", user, after={"found": found}, note="窗口代办")
    return user


@action
def change_details(*, by: Actor, user: User, name: str, email: str, notices_by_sms: bool) -> None:
    """A person's own name, address for mail, and whether to be told by text message."""
    _own(by, user)
    before = {"name": user.name, "notices_by_sms": user.notices_by_sms}
    user.name, user.email, user.notices_by_sms = name, email, notices_by_sms
    user.save(update_fields=["name", "email", "notices_by_sms"])
    after = {"name": name, "notices_by_sms": notices_by_sms}
    audit.record(by, "account.details_changed", user, before=before, after=after)


@action
def change_password(*, by: Actor, user: User, old: str, new: str) -> None:
    """Set one's own password; the old one is asked for where there is one."""
    _own(by, user)
    if user.has_usable_password() and not user.check_password(old):
        raise Refused(Problem("当前密码不对。", field="old"))
    check_password(new, (user.username, user.name, user.phone or ""), field="new")
    user.set_password(new)
    user.save(update_fields=["password"])
    audit.record(by, "account.password_changed", user)


@action
def change_phone(*, by: Actor, user: User, proved: PhoneCode) -> None:
    """Take a phone that was proved for the one there was."""
    _own(by, user)
    user.phone, user.phone_proved_at = str(proved.phone), clock.now()
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_key", "phone_proved_at"])
    except IntegrityError as error:
        raise Refused(Problem(PHONE_TAKEN, field="phone", fix="请使用其他手机号。"), status=409) from error
    audit.record(by, "account.phone_changed", user)


@action
def note_phone_proved(*, by: Actor, user: User) -> None:
    """A walk-in whose phone nobody had proved signs in by it for the first time."""
    user.phone_proved_at = clock.now()
    user.save(update_fields=["phone_proved_at"])
    audit.record(by, "account.phone_proved", user)


@action
def reset_two_step(*, by: Actor, user: User, reason: str) -> int:
    """Take two-step verification off somebody who lost the device; returns how many methods went."""
    require(by, permissions.GUARD_SIGN_IN, user)
    if by.user_id == user.pk:
        raise Refused("不能重置自己的两步验证，请由另一位安全管理员办理。", status=403)
    if not reason.strip():
        raise Refused(Problem("请填写理由。", field="reason"))
    gone = int(Authenticator.objects.filter(user_id=user.pk).delete()[0])
    if not gone:
        raise Refused("该人员没有开启两步验证。", status=409)
    audit.record(by, "account.two_step_reset", user, note=reason)
    return gone


@action
def unlock(*, by: Actor, user: User, reason: str) -> int:
    """Forget the failed sign-ins of somebody who is locked out."""
    require(by, permissions.GUARD_SIGN_IN, user)
    if by.user_id == user.pk:
        raise Refused("不能解除自己的锁定，请由另一位安全管理员办理。", status=403)
    if not reason.strip():
        raise Refused(Problem("请填写理由。", field="reason"))
    gone = int(axes_reset(username=user.username))
    audit.record(by, "account.unlocked", user, note=reason)
    return gone


def create(*, name: str, origin: str, username: str, password: str = "", **more: object) -> User:
    """A user row; the caller is an action and writes the event. Raises Refused when a name is taken."""
    problem = rules.username_problem(username)
    if problem:
        raise Refused(Problem(problem, field="username"))
    return _create(name=name, origin=origin, username=username, password=password, **more)


def _create(*, name: str, origin: str, username: str = "", password: str = "", **more: object) -> User:
    user = User(name=name, origin=origin, username=username or f"u{secrets.token_hex(5)}", **more)
    user.set_password(password or None)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "phone_key" in str(error):
            raise Refused(Problem(PHONE_TAKEN, field="phone"), status=409) from error
        if "username" in str(error):
            raise Refused(Problem("该账号已被使用，请换一个。", field="username"), status=409) from error
        raise
    return user


def check_password(password: str, about: Sequence[str], *, field: str = "password") -> None:
    """Raise Refused when `password` is too weak for the person whom `about` names."""
    problem = rules.password_problem(password, about=tuple(str(a) for a in about))
    if problem:
        raise Refused(Problem(problem, field=field))


def _own(by: Actor, user: User) -> None:
    if not by.is_system and by.user_id != user.pk:
        raise Refused("只能修改本人的资料。", status=403)
