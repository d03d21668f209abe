"""How allauth behaves here: our words, our counters, our ciphers."""

from collections.abc import Sequence
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from tuoyu.accounts.addresses import client_address
from tuoyu.accounts.models import User
from tuoyu.core import ciphers, clock

WRONG = "账号或密码不对。"
SAID = {
    "mfa/messages/totp_activated.txt": "两步验证已开启。请保存下面的恢复码。",
    "mfa/messages/totp_deactivated.txt": "两步验证已关闭。",
    "mfa/messages/recovery_codes_generated.txt": "新的恢复码已生成，旧的已失效。",
}


def display(user: User) -> str:
    return user.name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": "此网络地址登录失败次数过多，请 15 分钟后再试。",
        "incorrect_password": "密码不对。",
        "enter_current_password": "请输入当前密码。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by our own actions only."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address from which too many failed of late, whoever they tried to be."""
        since = clock.now() - settings.AXES_COOLOFF_TIME
        recent = AccessAttempt.objects.filter(ip_address=client_address(request), attempt_time__gt=since)
        failures = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        if failures >= settings.AXES_ADDRESS_FAILURE_LIMIT:
            raise self.validation_error("too_many_login_attempts")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, "该账号已停用，请联系本单位的系统管理员。")
        return redirect("account_login")

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this site."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what we have words for; being signed in needs no announcement."""
        text = message or SAID.get(message_template or "", "")
        if text:
            messages.add_message(request, level, text)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail is sent; the audit event says it."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)


class TwoStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Two-step verification: the secret is kept encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不对，请核对手机时间后重试。",
    }
    CONTEXT = "mfa_authenticator.data"

    def encrypt(self, text: str) -> str:
        return ciphers.encrypt(text, self.CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return ciphers.decrypt(encrypted_text, self.CONTEXT)

    def is_mfa_enabled(self, user: User, types: Sequence[str] | None = None) -> bool:
        """allauth asks this half a dozen times for one page that is only read."""
        request = context.request
        if request is None or request.method != "GET":
            return bool(super().is_mfa_enabled(user, types))
        asked = vars(request).setdefault("two_step_of", {})
        key = (user.pk, tuple(types) if types is not None else None)
        if key not in asked:
            asked[key] = bool(super().is_mfa_enabled(user, types))
        return bool(asked[key])

    def get_totp_label(self, user: User) -> str:
        return user.username

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail is sent; the audit event says it."""
