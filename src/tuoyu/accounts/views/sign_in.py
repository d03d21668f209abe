"""Signing in by phone, registering, taking up an invitation, leaving."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts import actions, forms, names, rules, sign_in
from tuoyu.accounts.actions.invitations import hash_of
from tuoyu.accounts.models import Invitation, PhoneCode, User
from tuoyu.accounts.queries import user_by_phone
from tuoyu.core import access, clock
from tuoyu.core.actor import Role
from tuoyu.core.problems import Refused

CODE = "phone_code"
NEXT = "phone_next"

# Where each role's work begins; the first page that exists wins.
HOMES: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset({Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD}), "cases:inbox"),
    (frozenset({Role.CLERK}), "institutions:desk"),
    (frozenset({Role.CLERK}), "cases:inbox"),
    (frozenset({Role.SYSTEM_ADMIN}), "accounts:people"),
    (frozenset({Role.SECURITY_ADMIN}), "accounts:lock_outs"),
    (frozenset({Role.AUDIT_ADMIN}), "accounts:audit"),
    (frozenset({Role.ASSESSOR}), "ratings:given"),
    (frozenset({Role.GUARDIAN}), "portal:directory"),
    (frozenset({Role.APPLICANT}), "institutions:applications"),
)


@access.signed_in("leads each person to where their work begins")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    actor = access.actor_of(request)
    for roles, name in HOMES:
        if actor.holds(*roles):
            try:
                return redirect(reverse(name))
            except NoReverseMatch:
                continue
    return redirect("accounts:profile")


@access.public("people sign in here")
@never_cache
@require_http_methods(["GET", "POST"])
def by_phone(request: HttpRequest, purpose: str = PhoneCode.Purpose.SIGN_IN) -> HttpResponse:
    """Ask for a code; signing in and registering begin alike, so that neither says who has an account."""
    if access.actor_of(request).user_id is not None:
        return redirect("accounts:home")
    next_address = sign_in.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    form = forms.AskCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _send(request, form.cleaned_data["phone"], purpose, next_address)
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    context = {"form": form, "purpose": purpose, "next": next_address or ""}
    return render(request, "accounts/by_phone.html", context, status=status)


def _send(request: HttpRequest, phone: str, purpose: str, next_address: str | None) -> HttpResponse:
    made = actions.send_code(by=access.actor_of(request), phone=phone, purpose=purpose)
    request.session[CODE] = made.key
    request.session[NEXT] = next_address
    return redirect("accounts:code")


@access.public("the code sent to a phone is entered here")
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code: an account is signed in to, and where there is none one is made."""
    made = _pending(request)
    if made is None or access.actor_of(request).user_id is not None:
        return redirect("accounts:home" if access.actor_of(request).user_id else "accounts:by_phone")
    form = forms.EnterCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            by = access.actor_of(request)
            if actions.try_code(by=by, made=made, code=form.cleaned_data["code"].strip()):
                return _proved(request, made)
            form.add_error("code", "验证码不对或已失效，请核对，或重新获取。")
    context = {"form": form, "hint": rules.masked_phone(made.phone), "purpose": made.purpose}
    return render(request, "accounts/code.html", context, status=status)


def _pending(request: HttpRequest, *, proved: bool = False) -> PhoneCode | None:
    """The code this browser asked for: still to be entered, or proved a short while ago."""
    key = request.session.get(CODE) or ""
    return sign_in.proved(key) if proved else sign_in.pending(key)


def _proved(request: HttpRequest, made: PhoneCode) -> HttpResponse:
    user = user_by_phone(made.phone)
    if user is None:
        return redirect("accounts:registration")
    if made.purpose == PhoneCode.Purpose.REGISTER:
        messages.info(request, "该手机号已有账号，已为您登录。")
    return _enter(request, user)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    request.session.pop(CODE, None)
    return sign_in.enter(request, user, request.session.pop(NEXT, None))


@access.public("somebody who proved a phone makes an account here")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest) -> HttpResponse:
    """Name and, if wished, a password, after the phone was proved."""
    made = _pending(request, proved=True)
    if made is None or access.actor_of(request).user_id is not None:
        return redirect("accounts:home" if access.actor_of(request).user_id else "accounts:register")
    form = forms.Registration(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = actions.register(by=access.actor_of(request), proved=made, **form.cleaned_data)
                messages.success(request, "注册成功，已为您登录。")
                return _enter(request, user)
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    context = {"form": form, "hint": rules.masked_phone(made.phone)}
    return render(request, "accounts/registration.html", context, status=status)


@access.public("whoever holds the link of an invitation takes it up here")
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take up an invitation: see the seat, set a password."""
    if access.actor_of(request).user_id is not None:
        messages.warning(request, "您已登录另一个账号。接受邀请前请先退出登录。")
        return redirect("accounts:profile")
    found = Invitation.objects.select_related("invited_by").filter(token_hash=hash_of(token)).first()
    if found is None or found.state != Invitation.State.OPEN or found.expires_at <= clock.now():
        return render(request, "accounts/invitation_gone.html", status=404 if found is None else 410)
    form = forms.NewPassword(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                by = access.actor_of(request)
                actions.accept(by=by, invitation=found, password=form.cleaned_data["password"])
                messages.success(request, "账号已开通，请用刚才设置的密码登录。")
                return redirect("account_login")
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    seat = names.seat_name(found.role, found.department, found.division_code)
    context = {"form": form, "invitation": found, "seat": seat}
    return render(request, "accounts/invitation.html", context, status=status)


@access.public("somebody who signs out, or already was")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; only by POST, so that no link or image signs anybody out."""
    logout(request)
    messages.success(request, "您已退出登录。")
    return redirect("account_login")
