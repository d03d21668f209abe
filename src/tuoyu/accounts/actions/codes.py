"""Phone codes: asked for, tried, used once. What is sent does not say whether an account exists."""

import hmac
import secrets
from hashlib import sha256

from django.db import connection
from django.db.models import F
from django.utils.crypto import constant_time_compare

from tuoyu.accounts import rules
from tuoyu.accounts.messenger import messenger
from tuoyu.accounts.models import PhoneCode
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hash, keyed_hashes
from tuoyu.core.problems import Refused


def send_code(*, by: Actor, phone: str, purpose: str) -> PhoneCode:
    """Send a code to `phone` (eleven digits); raises Refused when too many were asked for.

    The text leaves after the transaction: a gateway that is slow must not hold locks.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(rules.CODE_DIGITS))
    made = make_code(by=by, phone=phone, purpose=purpose, code=code)
    minutes = int(rules.CODE_LASTS.total_seconds() // 60)
    messenger().send(
        phone,
        f"【托育服务平台】您的{made.get_purpose_display()}验证码是 {code}，{minutes} 分钟内有效。"
        "如非本人操作，请忽略；请勿告诉他人。",
    )
    return made


@action
def make_code(*, by: Actor, phone: str, purpose: str, code: str) -> PhoneCode:
    """Note a code that is about to be sent, within the limits for its phone and its address."""
    _lock(keyed_hash(phone), by.address)
    _check_limits(phone, by.address)
    key = secrets.token_urlsafe(32)
    made = PhoneCode.objects.create(
        key=key,
        purpose=purpose,
        phone=phone,
        code_hash=_hash(key, code),
        address=by.address,
        expires_at=clock.now() + rules.CODE_LASTS,
    )
    audit.record(by, "phone_code.sent", made, after={"purpose": purpose})
    return made


@action
def try_code(*, by: Actor, made: PhoneCode, code: str) -> bool:
    """Whether `code` is the one that was sent; each try counts, and the right one works once."""
    now = clock.now()
    alive = PhoneCode.objects.filter(
        pk=made.pk, used_at=None, expires_at__gt=now, attempts__lt=rules.CODE_ATTEMPTS
    )
    right = False
    if alive.update(attempts=F("attempts") + 1):
        right = constant_time_compare(_hash(made.key, code), made.code_hash)
    if right:
        right = PhoneCode.objects.filter(pk=made.pk, used_at=None).update(used_at=now) == 1
    audit.record(by, "phone_code.tried", made, after={"right": right})
    return right


def _hash(key: str, code: str) -> str:
    """A code alone has a million values; with the key of its request nobody can list them."""
    return hmac.new(key.encode(), code.encode(), sha256).hexdigest()


def _lock(phone_key: str, address: str) -> None:
    """Requests for one phone, and from one address, come one after the other."""
    with connection.cursor() as cursor:
        for name in sorted({f"code:{phone_key}", f"code:{address}"}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _check_limits(phone: str, address: str) -> None:
    now = clock.now()
    to_phone = PhoneCode.objects.filter(phone_key__in=keyed_hashes(phone))
    from_address = PhoneCode.objects.filter(address=address) if address else PhoneCode.objects.none()
    for sent, limits in ((to_phone, rules.CODES_A_PHONE), (from_address, rules.CODES_AN_ADDRESS)):
        for limit in limits:
            if sent.filter(sent_at__gt=now - limit.within).count() >= limit.count:
                raise Refused("获取验证码过于频繁，请稍后再试。", status=429)
