"""One's own account: details, password, phone, seats, agents."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.app_settings import RECOVERY_CODE_COUNT
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts import actions, confirmation, forms, names, queries, rules, sign_in
from tuoyu.accounts.actors import SEAT_CHOSEN
from tuoyu.accounts.models import AgentAuthorisation, PhoneCode, User
from tuoyu.accounts.permissions import SEE_AUTHORISATION
from tuoyu.core import access, clock, uploads
from tuoyu.core.paging import whole
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import atlas

CODE = "phone_change"
CONFIRMATION = "phone_confirmation"


def _self(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


@access.signed_in("one's own account")
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Details, seats and the way to everything else of one's own."""
    user = _self(request)
    given = {"name": user.name, "email": user.email, "notices_by_sms": user.notices_by_sms}
    form = forms.Details(request.POST or None, initial=given)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            actions.change_details(by=access.actor_of(request), user=user, **form.cleaned_data)
            messages.success(request, "资料已保存。")
            return redirect("accounts:profile")
        status = 422
    access.actor_of(request)
    held = getattr(request, "seats_held", [])
    seats = [
        (s.membership_id, names.seat_name(s.role, s.department, s.division_code), s.prefixes) for s in held
    ]
    context = {
        "form": form,
        "user": user,
        "phone": rules.masked_phone(user.phone) if user.phone else "",
        "seats": seats,
        "chosen": request.session.get(SEAT_CHOSEN),
        "has_password": user.has_usable_password(),
        "two_step": queries.has_two_step(user.pk),
    }
    return render(request, "accounts/profile.html", context, status=status)


@access.signed_in("as which of one's own seats to act")
@require_POST
def choose_seat(request: HttpRequest) -> HttpResponse:
    """Act as one seat, or as all of them again."""
    given = request.POST.get("seat", "")
    known = given.isascii() and given.isdigit() and len(given) < 19
    sign_in.choose_seat(request, int(given) if known else 0 if given else None)
    return redirect("accounts:home")


@access.signed_in("one's own password")
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, which asks for the old one, or set the first, after confirming who asks."""
    first = not _self(request).has_usable_password()
    answer: HttpResponse = confirmation.asked(_password)(request) if first else _password(request)
    return answer


def _password(request: HttpRequest) -> HttpResponse:
    """The form; other devices are signed out by it."""
    user = _self(request)
    form = forms.PasswordChange(request.POST or None)
    if not user.has_usable_password():
        del form.fields["old"]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                sign_in.change_password(request, user, old=data.get("old", ""), new=data["new"])
                messages.success(request, "密码已修改，其他设备上的登录已退出。")
                return redirect("accounts:profile")
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    return render(request, "accounts/password.html", {"form": form}, status=status)


@access.signed_in("one's own phone")
@never_cache
@require_http_methods(["GET", "POST"])
@confirmation.asked
def phone(request: HttpRequest) -> HttpResponse:
    """Change one's own phone, after confirming who asks: a code goes to the new one."""
    form = forms.AskCode(request.POST or None)
    form.fields["phone"].label = "新手机号"
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.send_code(
                    by=access.actor_of(request),
                    phone=form.cleaned_data["phone"],
                    purpose=PhoneCode.Purpose.CHANGE,
                )
                request.session[CODE] = made.key
                return redirect("accounts:phone_code")
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    return render(request, "accounts/phone.html", {"form": form}, status=status)


@access.signed_in("one's own phone")
@never_cache
@require_http_methods(["GET", "POST"])
@confirmation.asked
def phone_code(request: HttpRequest) -> HttpResponse:
    """Enter the code that went to the new phone."""
    made = sign_in.pending_change(request.session.get(CODE) or "")
    if made is None:
        return redirect("accounts:phone")
    form = forms.EnterCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        by = access.actor_of(request)
        if form.is_valid() and actions.try_code(by=by, made=made, code=form.cleaned_data["code"].strip()):
            del request.session[CODE]
            actions.change_phone(by=by, user=_self(request), proved=made)
            messages.success(request, "手机号已更换。")
            return redirect("accounts:profile")
        if form.is_valid():
            form.add_error("code", "验证码不对或已失效，请核对，或重新获取。")
    context = {"form": form, "hint": rules.masked_phone(made.phone), "purpose": made.purpose}
    return render(request, "accounts/code.html", context, status=status)


@access.signed_in("confirms who one is")
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_phone(request: HttpRequest) -> HttpResponse:
    """Confirm who one is by a code to the own phone, where there is neither password nor second step."""
    user = _self(request)
    confirmation.demand_phone(user)
    made = confirmation.pending(user, request.session.get(CONFIRMATION) or "")
    form = forms.EnterCode(request.POST if "code" in request.POST else None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if "code" not in request.POST:
                request.session[CONFIRMATION] = confirmation.send_to_phone(request, user).key
                return redirect(request.get_full_path())
            if form.is_valid():
                key = request.session.get(CONFIRMATION) or ""
                confirmation.by_phone(request, user, key, form.cleaned_data["code"])
                request.session.pop(CONFIRMATION, None)
                return redirect(sign_in.safe_next(request, request.GET.get("next")) or "accounts:profile")
        except Refused as refused:
            forms.say(form, refused) if form.is_bound else messages.error(request, str(refused))
            status = refused.status
    hint = rules.masked_phone(user.phone) if user.phone else ""
    context = {"form": form, "hint": hint, "sent": made is not None}
    return render(request, "accounts/confirm_phone.html", context, status=status)


@access.signed_in("whom one lets act in one's name, and for whom one acts")
@never_cache
@require_http_methods(["GET", "POST"])
def agents(request: HttpRequest) -> HttpResponse:
    """Authorise an agent; see what was authorised, on both sides."""
    user, actor = _self(request), access.actor_of(request)
    form = forms.Agent(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.authorise_agent(by=actor, **form.cleaned_data)
                messages.success(request, "授权已发出，对方登录后在“代办授权”中接受即生效。")
                return redirect("accounts:agents")
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    given = visible_to(actor, SEE_AUTHORISATION, AgentAuthorisation.objects.filter(principal=user))
    granted = list(given.select_related("agent").order_by("-pk")[:50])
    received = list(queries.offers_for(user).order_by("-pk")[:50])
    context = {
        "form": form,
        "page": whole([*received, *granted], request),
        "given": granted,
        "received": received,
        "today": clock.today(),
        "place_name": names.place_name,
        "divisions": [
            f"{p.code} {p.full_name}"
            for p in atlas.places().values()
            if not p.abolished and p.level in ("province", "city")
        ],
    }
    return render(request, "accounts/agents.html", context, status=status)


@access.signed_in("an offer that was made to oneself")
@require_POST
def agent_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an offer."""
    found = queries.offers_for(_self(request)).filter(pk=pk).first()
    if found is None:
        raise Refused("没有找到这份授权。", status=404)
    accept = request.POST.get("answer") == "accept"
    actions.answer_authorisation(by=access.actor_of(request), authorisation=found, accept=accept)
    messages.success(request, "已接受，您现在可以代为办理。" if accept else "已谢绝。")
    return redirect("accounts:agents")


@access.signed_in("an authorisation one gave or took")
@require_POST
def agent_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an authorisation at once."""
    actor = access.actor_of(request)
    found = get_visible(actor, SEE_AUTHORISATION, AgentAuthorisation.objects.all(), pk=pk)
    actions.revoke_authorisation(by=actor, authorisation=found)
    messages.success(request, "授权已撤销，立即生效。")
    return redirect("accounts:agents")


@access.signed_in("the letter of an authorisation one gave or took")
@require_GET
def agent_letter(request: HttpRequest, pk: int) -> FileResponse:
    """The letter of an authorisation."""
    actor = access.actor_of(request)
    rows = AgentAuthorisation.objects.filter(letter__isnull=False).select_related("letter")
    found = get_visible(actor, SEE_AUTHORISATION, rows, pk=pk)
    assert found.letter is not None
    return uploads.stream(found.letter)


@access.signed_in("one's own recovery codes")
@never_cache
@require_GET
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes still unused, after confirming who asks.

    allauth's own page notes on the first GET that they were seen; here looking writes nothing.
    """
    raise_if_reauthentication_required(request, app="allauth.mfa")
    kind = Authenticator.Type.RECOVERY_CODES
    found = Authenticator.objects.filter(user_id=_self(request).pk, type=kind).first()
    if found is None:
        return redirect("mfa_index")
    context = {"unused_codes": found.wrap().get_unused_codes(), "total_count": RECOVERY_CODE_COUNT}
    return render(request, "mfa/recovery_codes/index.html", context)
