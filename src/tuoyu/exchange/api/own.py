"""One's own account: details, password, phone, second step, and who acts for whom."""

from datetime import date
from typing import Annotated, Any, Literal

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp, deactivate_totp
from django.http import HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.accounts import actions, confirmation, forms, queries, rules, sign_in
from tuoyu.accounts.models import AgentAuthorisation, PhoneCode, User
from tuoyu.accounts.permissions import SEE_AUTHORISATION
from tuoyu.core import uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import person
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.session import TOO_OFTEN, ByCode, Code, CodeSent, Password, Word, not_locked, sent
from tuoyu.exchange.api.shapes import Code as Place
from tuoyu.exchange.api.shapes import Day, Given, Id, Told, cleaned

router = Router(tags=["own account"])

OWN = person("one's own account")
PK = Annotated[Id, Path()]


class Own(Told):
    """One's own account. `confirms_by` says how to confirm who one is where that is asked."""

    user_id: int
    username: str
    name: str
    email: str
    notices_by_sms: bool
    phone: str
    has_password: bool
    two_step: bool
    confirms_by: list[str]


class Details(Given):
    """One's own name, address for mail, and whether to be told by text message."""

    name: Word
    email: Annotated[str, Field(max_length=120)] = ""
    notices_by_sms: bool = True


class PasswordGiven(Given):
    """The password there is, where there is one, and the new one."""

    old: Password = ""
    new: Password


class Confirmed(Given):
    """The password; or a code of the second step; or key and code of a message to one's own phone."""

    password: Password = ""
    code: Annotated[str, Field(max_length=32)] = ""
    key: Annotated[str, Field(max_length=43)] = ""


class PhoneGiven(Given):
    """The new phone."""

    phone: Annotated[str, Field(max_length=40)]


class Secret(Told):
    """What an authenticator app takes in; the first code of it turns the second step on."""

    secret: str
    address: str


class CodeGiven(Given):
    """A code of the app."""

    code: Code


class RecoveryCodes(Told):
    """The recovery codes still unused; each opens the door once without the app."""

    codes: list[str]


class Authorisation(Told):
    """That somebody may act for somebody: in what, where, until (and with) when."""

    id: int
    side: Literal["given", "received"]
    other: str
    matter: str
    division_code: str
    scope: str
    starts_on: date | None
    ends_on: date | None
    state: str
    has_letter: bool


class AgentGiven(Given):
    """Whom to let act in one's name (phone or username), in what, where (empty: everywhere), until when."""

    agent: Annotated[str, Field(min_length=1, max_length=60)]
    matter: Literal["setting_up", "filing", "after_filing", "all"]
    division_code: Place | Literal[""] = ""
    scope: Annotated[str, Field(max_length=200)] = ""
    ends_on: Day


class Answer(Given):
    """Whether the offer is accepted."""

    accept: bool


def _self(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


# ---------------------------------------------------------------- who one is


@operation(router, "GET", "/me", door=OWN, ok=Own)
def own(request: HttpRequest) -> Any:
    """One's own account."""
    user = _self(request)
    return {
        **{name: getattr(user, name) for name in ("username", "name", "email", "notices_by_sms")},
        "user_id": user.pk,
        "phone": rules.masked_phone(user.phone) if user.phone else "",
        "has_password": user.has_usable_password(),
        "two_step": queries.has_two_step(user.pk),
        "confirms_by": list(confirmation.ways_of(user)),
    }


@operation(router, "PUT", "/me", door=OWN, ok=Own)
def change_details(request: HttpRequest, given: Details) -> Any:
    """Change one's own name, address for mail, and whether to be told by text message."""
    data = cleaned(forms.Details(given.model_dump()))
    actions.change_details(by=actor_of(request), user=_self(request), **data)
    return own(request)


@operation(router, "POST", "/me/password", door=OWN, ok=Done, refuses=(429,))
def change_password(request: HttpRequest, given: PasswordGiven) -> Any:
    """Change one's own password, or set the first after a confirmation; other devices are signed out."""
    user = _self(request)
    if not user.has_usable_password():
        confirmation.demand(request, user)
    try:
        sign_in.change_password(request, user, old=given.old, new=given.new)
    finally:
        not_locked(request)
    return {"done": True}


# ---------------------------------------------------------------- confirming who one is


@operation(router, "POST", "/me/confirmation/code", door=OWN, ok={201: CodeSent}, refuses=TOO_OFTEN)
def ask_confirmation(request: HttpRequest) -> Any:
    """Send a code to one's own phone, where there is neither password nor second step."""
    return Status(201, sent(confirmation.send_to_phone(request, _self(request))))


@operation(router, "POST", "/me/confirmation", door=OWN, ok=Done, refuses=(429,))
def confirm(request: HttpRequest, given: Confirmed) -> Any:
    """Confirm who one is, for the next five minutes; failures count like wrong passwords."""
    user = _self(request)
    ways = confirmation.ways_of(user)
    try:
        if given.key:
            confirmation.by_phone(request, user, given.key, given.code)
        elif given.code and confirmation.TWO_STEP in ways:
            confirmation.by_two_step(request, user, given.code)
        elif confirmation.PASSWORD in ways:
            confirmation.by_password(request, user, given.password)
        else:
            raise Refused(Problem("请填写验证码。", field="code"))
    finally:
        not_locked(request)
    return {"done": True}


# ---------------------------------------------------------------- the phone


@operation(router, "POST", "/me/phone/code", door=OWN, ok={201: CodeSent}, refuses=TOO_OFTEN)
def ask_phone_code(request: HttpRequest, given: PhoneGiven) -> Any:
    """Send a code to the new phone, after a confirmation."""
    confirmation.demand(request, _self(request))
    phone = cleaned(forms.AskCode({"phone": given.phone}))["phone"]
    purpose = PhoneCode.Purpose.CHANGE
    return Status(201, sent(actions.send_code(by=actor_of(request), phone=phone, purpose=purpose)))


@operation(router, "POST", "/me/phone", door=OWN, ok=Own)
def change_phone(request: HttpRequest, given: ByCode) -> Any:
    """Take the new phone for the old one, by the code that came to it, after a confirmation."""
    user, by = _self(request), actor_of(request)
    confirmation.demand(request, user)
    made = sign_in.pending_change(given.key)
    if made is None or not actions.try_code(by=by, made=made, code=given.code.strip()):
        raise Refused(confirmation.WRONG_CODE)
    actions.change_phone(by=by, user=user, proved=made)
    return own(request)


# ---------------------------------------------------------------- the second step


def _totp(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()


def _codes(user: User) -> dict[str, list[str]]:
    kind = Authenticator.Type.RECOVERY_CODES
    found = Authenticator.objects.filter(user_id=user.pk, type=kind).first()
    return {"codes": found.wrap().get_unused_codes() if found else []}


@operation(router, "POST", "/me/two-step/start", door=OWN, ok=Secret)
def start_two_step(request: HttpRequest) -> Any:
    """A new secret for an authenticator app, after a confirmation; nothing is on yet."""
    user = _self(request)
    confirmation.demand(request, user)
    if _totp(user):
        raise Refused("两步验证已经开启。", status=409)
    secret = ActivateTOTPForm(user=user).secret
    return {"secret": secret, "address": get_adapter().build_totp_url(user, secret)}


@operation(router, "POST", "/me/two-step", door=OWN, ok=RecoveryCodes)
def turn_on_two_step(request: HttpRequest, given: CodeGiven) -> Any:
    """Turn the second step on by the app's first code; answers the recovery codes."""
    user = _self(request)
    confirmation.demand(request, user)
    if _totp(user):
        raise Refused("两步验证已经开启。", status=409)
    form = ActivateTOTPForm(user=user, data=given.model_dump())
    cleaned(form)
    activate_totp(request, form)
    return _codes(user)


@operation(router, "POST", "/me/two-step/end", door=OWN, ok=Done)
def turn_off_two_step(request: HttpRequest) -> Any:
    """Turn the second step off, after a confirmation."""
    user = _self(request)
    confirmation.demand(request, user)
    found = _totp(user)
    if found is None:
        raise Refused("两步验证没有开启。", status=409)
    deactivate_totp(request, found)
    return {"done": True}


@operation(router, "GET", "/me/recovery-codes", door=OWN, ok=RecoveryCodes)
def recovery_codes(request: HttpRequest) -> Any:
    """The recovery codes still unused, after a confirmation."""
    user = _self(request)
    confirmation.demand(request, user)
    return _codes(user)


@operation(router, "POST", "/me/recovery-codes", door=OWN, ok=RecoveryCodes)
def new_recovery_codes(request: HttpRequest) -> Any:
    """New recovery codes, after a confirmation; the old ones are good no more."""
    user = _self(request)
    confirmation.demand(request, user)
    if _totp(user) is None:
        raise Refused("两步验证没有开启。", status=409)
    generate_recovery_codes(request)
    return _codes(user)


# ---------------------------------------------------------------- agents


def _authorisation(row: AgentAuthorisation, user: User) -> dict[str, Any]:
    given = row.principal_id == user.pk
    other = row.principal.name if not given else row.agent.name if row.agent else row.agent_named
    return {
        **{n: getattr(row, n) for n in ("id", "matter", "division_code", "scope", "state")},
        "side": "given" if given else "received",
        "other": other,
        "starts_on": row.valid.lower,
        "ends_on": row.last_day,
        "has_letter": row.letter_id is not None,
    }


@operation(router, "GET", "/me/agents", door=OWN, ok=list[Authorisation])
def agents(request: HttpRequest) -> Any:
    """Whom one lets act in one's name, and for whom one acts or is asked to; the newest first."""
    user, actor = _self(request), actor_of(request)
    given = visible_to(actor, SEE_AUTHORISATION, AgentAuthorisation.objects.filter(principal=user))
    rows = [
        *queries.offers_for(user).select_related("principal", "agent").order_by("-pk")[:50],
        *given.select_related("principal", "agent").order_by("-pk")[:50],
    ]
    return [_authorisation(row, user) for row in rows]


@operation(router, "POST", "/me/agents", door=OWN, ok={201: Authorisation})
def authorise(request: HttpRequest, given: Form[AgentGiven], letter: File[UploadedFile | None] = None) -> Any:
    """Offer to let somebody act in one's name, with a letter (pdf, jpg, png) or without.

    Whether there is such an account shows only when its holder accepts.
    """
    made = actions.authorise_agent(by=actor_of(request), letter=letter, **given.model_dump())
    return Status(201, _authorisation(made, _self(request)))


@operation(router, "POST", "/agents/{pk}/answer", door=OWN, ok=Authorisation, refuses=(410,))
def answer(request: HttpRequest, pk: PK, given: Answer) -> Any:
    """Accept or decline an offer that was made to oneself."""
    user = _self(request)
    found = queries.offers_for(user).filter(pk=pk).first()
    if found is None:
        raise Refused("没有找到这份授权。", status=404)
    actions.answer_authorisation(by=actor_of(request), authorisation=found, accept=given.accept)
    return _authorisation(found, user)


@operation(router, "POST", "/agents/{pk}/revocation", door=OWN, ok=Authorisation)
def revoke(request: HttpRequest, pk: PK) -> Any:
    """End an authorisation one gave or took, at once."""
    actor = actor_of(request)
    rows = AgentAuthorisation.objects.select_related("principal", "agent")
    found = get_visible(actor, SEE_AUTHORISATION, rows, pk=pk)
    actions.revoke_authorisation(by=actor, authorisation=found)
    return _authorisation(found, _self(request))


@operation(
    router,
    "GET",
    "/agents/{pk}/letter",
    door=OWN,
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def letter(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """The letter of an authorisation one gave or took."""
    rows = AgentAuthorisation.objects.filter(letter__isnull=False).select_related("letter")
    found = get_visible(actor_of(request), SEE_AUTHORISATION, rows, pk=pk)
    assert found.letter is not None
    return uploads.stream(found.letter)
