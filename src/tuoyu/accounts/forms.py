"""What people fill in here; each form hands cleaned values to one action."""

from datetime import date
from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed

from tuoyu.accounts import names, rules, sign_in
from tuoyu.accounts.models import ROLE_CHOICES, AgentAuthorisation, User
from tuoyu.core.actor import Role
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import atlas, queries

NURSERY_ROLES = [c for c in ROLE_CHOICES if Role(c[0]) in rules.IN_INSTITUTION]
OFFICE_ROLES = [c for c in ROLE_CHOICES if Role(c[0]) in rules.NEEDS_A_PLACE | rules.ADMINISTRATORS]


class SignIn(LoginForm):  # type: ignore[misc]
    """Username or phone, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, login.max_length = "账号或手机号", 60
        login.widget.attrs.update(autocomplete="username", placeholder="")
        password.label, password.help_text, password.max_length = "密码", "", 200
        password.widget.attrs.update(placeholder="")

    def user_credentials(self) -> dict[str, Any]:
        username = sign_in.username_for(self.cleaned_data["login"])
        return {"username": username, "password": self.cleaned_data.get("password")}


class _Counted:
    """A code of the second step whose failures count like wrong passwords."""

    user: User
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "验证码或恢复码"
        self.fields["code"].max_length = 32

    def clean_code(self) -> str:
        credentials = {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(context.request, credentials):
            context.request.axes_locked_out = True
            raise forms.ValidationError("失败次数过多，请稍后再试。")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            user_login_failed.send(sender=User, credentials=credentials, request=context.request)
            raise
        return code


class SecondStep(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class SecondStepAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The second step once more, before something that needs a fresh confirmation."""


class PhoneField(forms.CharField):
    """A mobile number, cleaned to eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "手机号")
        attrs = {"autocomplete": "tel", "inputmode": "tel"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if not written and not self.required:
            return ""
        phone = rules.phone_of(written)
        if phone is None:
            raise forms.ValidationError("手机号应为 11 位数字，以 1 开头。")
        return phone


def _code_field() -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.RegexField(
        r"^\s*\d{6}\s*$",
        label="短信验证码",
        widget=forms.TextInput(attrs=attrs),
        error_messages={"invalid": "验证码是 6 位数字。"},
    )


def _password_field(label: str, **kwargs: Any) -> forms.CharField:
    length, classes = rules.PASSWORD_LENGTH, rules.PASSWORD_CLASSES
    kwargs.setdefault("help_text", f"至少 {length} 位，大写字母、小写字母、数字、符号中至少 {classes} 类。")
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, **kwargs)


class AskCode(forms.Form):
    phone = PhoneField()


class EnterCode(forms.Form):
    code = _code_field()


class Registration(forms.Form):
    name = forms.CharField(label="姓名", max_length=60)
    as_family = forms.BooleanField(label="我是 3 岁以下孩子的家长", required=False)
    password = _password_field("登录密码", required=False)


class Details(forms.Form):
    name = forms.CharField(label="姓名", max_length=60)
    email = forms.EmailField(label="电子邮箱", required=False, max_length=120)
    notices_by_sms = forms.BooleanField(label="办件进展同时发短信告知", required=False)


class PasswordChange(forms.Form):
    old = forms.CharField(
        label="当前密码",
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = _password_field("新密码")
    again = _password_field("再输一次新密码", help_text="")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样。")
        return data


class NewPassword(forms.Form):
    password = _password_field("设置密码")
    again = _password_field("再输一次", help_text="")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "两次输入的密码不一样。")
        return data


class DateField(forms.DateField):
    """A day, entered in the browser's own calendar; far ones are slips of the hand."""

    FIRST, LAST = date(1949, 1, 1), date(2199, 12, 31)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)
        self.widget.input_type = "date"
        self.error_messages["invalid"] = "日期应写成 2026-11-22 这样。"

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not self.FIRST <= value <= self.LAST:
            raise forms.ValidationError(f"日期应在 {self.FIRST} 与 {self.LAST} 之间。")


class PlaceField(forms.CharField):
    """A division by its code or its name; the list of suggestions begins each with the code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "可输入名称或代码，如 320106。")
        kwargs.setdefault("label", "负责的地区")
        super().__init__(max_length=80, **kwargs)
        self.widget.attrs["list"] = "places"

    def clean(self, value: Any) -> str:
        written: str = super().clean(value).strip()
        if not written:
            return ""
        code = written.split()[0]
        if code in atlas.places():
            return code
        named = [p for p in queries.search(written, limit=9) if written in (p.name, p.full_name)]
        if len(named) > 1:
            raise forms.ValidationError("有几个地区叫这个名字，请从列表中选择或填写代码。")
        if not named:
            raise forms.ValidationError("没有这个行政区划，请从列表中选择。")
        return named[0].code


class SeatFields(forms.Form):
    """The fields of a seat."""

    role = forms.ChoiceField(label="岗位", choices=OFFICE_ROLES)
    department = forms.ChoiceField(label="部门", required=False, help_text="管理员和牵头负责人可以不选。")
    division_code = PlaceField()
    starts_on = DateField(label="开始日期", required=False, help_text="不填为今天。")
    ends_on = DateField(label="结束日期", required=False, help_text="含当日；不填为长期。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", "不选"), *names.departments().items()]  # type: ignore[attr-defined]

    def seat(self) -> rules.SeatGiven:
        data = self.cleaned_data
        return rules.SeatGiven(Role(data["role"]), data["department"], data["division_code"])


class Invite(SeatFields):
    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(label="账号", max_length=32, help_text="小写字母开头，可用数字和 . _ -。")
    phone = PhoneField(required=False, help_text="填写后，邀请链接会同时发到该手机。")
    field_order = ("name", "username", "phone", "role", "department", "division_code", "starts_on", "ends_on")


class Substitute(forms.Form):
    user = forms.TypedChoiceField(label="代班人员", coerce=int)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", help_text="含当日。")

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class Reason(forms.Form):
    reason = forms.CharField(label="理由", max_length=200)


class Agent(forms.Form):
    agent = forms.CharField(
        label="代办人的手机号或账号", max_length=60, help_text="对方登录后接受，授权才生效。"
    )
    matter = forms.ChoiceField(label="委托事项", choices=AgentAuthorisation.Matter.choices)
    division_code = PlaceField(
        label="限于地区",
        required=False,
        help_text="只可代办这里的申办事项；可输入名称或代码，如 320106；不填为不限地区。",
    )
    scope = forms.CharField(label="补充说明", max_length=200, required=False)
    ends_on = DateField(label="有效期至", help_text="含当日；可随时撤销。")
    letter = forms.FileField(label="授权书", required=False)


class NewApiClient(forms.Form):
    name = forms.CharField(label="系统名称", max_length=80)
    department = forms.ChoiceField(label="登记机关")
    division_code = PlaceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = list(names.departments().items())  # type: ignore[attr-defined]


def say(form: forms.Form, refused: Refused) -> None:
    """Put what an action refused beside the fields it is about."""
    for problem in refused.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, f"{problem.message}{problem.fix}")
