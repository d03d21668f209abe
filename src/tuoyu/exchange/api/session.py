"""Who is signed in: by password or by a code to the phone, the second step, registering, an invitation.

What a browser keeps for these pages the caller keeps here: the key of the code that was asked for. The
session itself is the same, and so are limits, lock-outs and what is said; each write needs the CSRF token
that `GET /session` answers.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from allauth.account.internal.stagekit import get_pending_stage
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth import logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Path, Router, Status
from pydantic import Field

from tuoyu.accounts import actions, confirmation, forms, names, queries, rules, sign_in
from tuoyu.accounts.actions.invitations import hash_of
from tuoyu.accounts.actors import SEAT_CHOSEN, find_actor
from tuoyu.accounts.models import Invitation, User
from tuoyu.core import clock
from tuoyu.core.access import actor_of
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import person, visitor
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Given, Id, Told, cleaned

router = Router(tags=["session"])

ENTERING = visitor("people sign in and register here")
OWN = person("one's own session")
Password = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(min_length=1, max_length=43)]
Code = Annotated[str, Field(min_length=1, max_length=32)]
Word = Annotated[str, Field(max_length=60)]
TOO_OFTEN = (429, 503)
INACTIVE = "该账号已停用，请联系本单位的系统管理员。"


class HeldSeat(Told):
    """A seat one holds today."""

    id: int
    name: str
    role: str
    department: str
    division_code: str
    institution_id: int | None


class Session(Told):
    """Who is signed in, as which seats, and what a write has to send as `X-CSRFToken`.

    `step` says what is missing: `second_step` the code of the app, `registration` an account.
    """

    signed_in: bool
    step: Literal["", "second_step", "registration"]
    csrf_token: str
    user_id: int | None
    username: str
    name: str
    seats: list[HeldSeat]
    seat: int | None


class CodeAsked(Given):
    """A mobile number, and what for."""

    phone: Annotated[str, Field(max_length=40)]
    purpose: Literal["sign_in", "register"] = "sign_in"


class CodeSent(Told):
    """That a code was sent; whether the phone has an account is not said. The key belongs to the asker."""

    key: str
    sent_to: str
    expires_at: datetime


class ByPassword(Given):
    """Username or phone, and password."""

    login: Annotated[str, Field(min_length=1, max_length=60)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class ByCode(Given):
    """The key of the code that was asked for, and the code that came."""

    key: Key
    code: Code


class SecondStep(Given):
    """A code of the app, or one of the recovery codes."""

    code: Code


class Newcomer(Given):
    """Who registers, after the phone was proved: name and, if wished, a password."""

    key: Key
    name: Word
    password: Password = ""
    as_family: bool = False


class SeatChosen(Given):
    """As which seat to act; null for all of them."""

    seat: Id | None


class Invited(Told):
    """What an invitation is to."""

    name: str
    username: str
    seat: str
    expires_at: datetime


class Accepted(Given):
    """The password of the new account."""

    password: Password


class NewAccount(Told):
    """The account that was made; sign in with it."""

    user_id: int
    username: str


# ---------------------------------------------------------------- the session


@operation(router, "GET", "/session", door=ENTERING, ok=Session)
def session(request: HttpRequest) -> Any:
    """Who is signed in, and the CSRF token a write needs."""
    return _told(request)


def _told(request: HttpRequest, step: str = "") -> dict[str, Any]:
    user = request.user
    found = user if isinstance(user, User) else None
    actor_of(request)
    seats = getattr(request, "seats_held", []) if found else []
    return {
        "signed_in": found is not None,
        "step": step or ("second_step" if _waiting(request) else ""),
        "csrf_token": get_token(request),
        "user_id": found.pk if found else None,
        "username": found.username if found else "",
        "name": found.name if found else "",
        "seats": [
            {
                "id": s.membership_id,
                "name": names.seat_name(s.role, s.department, s.division_code),
                "role": s.role,
                "department": s.department,
                "division_code": s.division_code,
                "institution_id": s.institution_id,
            }
            for s in seats
        ],
        "seat": request.session.get(SEAT_CHOSEN) if found else None,
    }


def _waiting(request: HttpRequest) -> Any:
    """The second step this session waits for, where it does."""
    stage = get_pending_stage(request)
    return stage if isinstance(stage, AuthenticateStage) else None


def _nobody_yet(request: HttpRequest) -> None:
    if actor_of(request).user_id is not None:
        raise Refused("您已登录，请先退出登录。", status=409)


def _entered(request: HttpRequest) -> dict[str, Any]:
    """What became of a sign-in: in, waiting for the second step, or refused because it is closed."""
    if request.user.is_authenticated:
        request.actor = find_actor(request)  # type: ignore[attr-defined]
    elif not _waiting(request):
        raise Refused(INACTIVE, status=403)
    return _told(request)


def not_locked(request: HttpRequest) -> None:
    """Raise Refused (429) when a failure has locked the account; pages show a page that says so."""
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined]
        raise Refused(confirmation.LOCKED, status=429)


@operation(router, "POST", "/session/by-password", door=ENTERING, ok=Session, refuses=(429,))
def by_password(request: HttpRequest, given: ByPassword) -> Any:
    """Sign in by password. Five failures lock the name, whether there is such an account or not."""
    _nobody_yet(request)
    form = forms.SignIn(data=given.model_dump(), request=request)
    form.is_valid()
    not_locked(request)
    cleaned(form)
    form.login(request)
    return _entered(request)


@operation(router, "POST", "/phone-codes", door=ENTERING, ok={201: CodeSent}, refuses=TOO_OFTEN)
def ask_code(request: HttpRequest, given: CodeAsked) -> Any:
    """Send a code to a phone, to sign in or to register; both begin alike."""
    _nobody_yet(request)
    phone = cleaned(forms.AskCode({"phone": given.phone}))["phone"]
    made = actions.send_code(by=actor_of(request), phone=phone, purpose=given.purpose)
    return Status(201, sent(made))


def _minutes(lasts: timedelta) -> int:
    return int(lasts.total_seconds() // 60)


def sent(made: Any) -> dict[str, Any]:
    """A code that was sent, as it is told to who asked for it."""
    return {"key": made.key, "sent_to": rules.masked_phone(made.phone), "expires_at": made.expires_at}


@operation(router, "POST", "/session/by-code", door=ENTERING, ok=Session)
def by_code(request: HttpRequest, given: ByCode) -> Any:
    """Sign in by the code that was sent; where there is no account, `step` is `registration`."""
    _nobody_yet(request)
    made = sign_in.pending(given.key)
    if made is None or not actions.try_code(by=actor_of(request), made=made, code=given.code.strip()):
        raise Refused(confirmation.WRONG_CODE)
    user = queries.user_by_phone(made.phone)
    if user is None:
        return _told(request, "registration")
    sign_in.enter(request, user)
    return _entered(request)


@operation(router, "POST", "/session/second-step", door=ENTERING, ok=Session, refuses=(429,))
def second_step(request: HttpRequest, given: SecondStep) -> Any:
    """The second step of signing in; its failures count like wrong passwords."""
    stage = _waiting(request)
    if stage is None:
        raise Refused("现在不需要两步验证，请先登录。", status=409)
    form = forms.SecondStep(user=stage.login.user, data=given.model_dump())
    form.is_valid()
    not_locked(request)
    cleaned(form)
    form.save()
    stage.exit()
    return _entered(request)


@operation(router, "POST", "/session/end", door=OWN, ok=Done)
def sign_out(request: HttpRequest) -> Any:
    """Leave."""
    logout(request)
    return {"done": True}


@operation(router, "PUT", "/session/seat", door=OWN, ok=Session)
def choose_seat(request: HttpRequest, given: SeatChosen) -> Any:
    """Act as one of one's seats, or as all of them again."""
    sign_in.choose_seat(request, given.seat)
    return _told(request)


# ---------------------------------------------------------------- who comes new


@operation(router, "POST", "/accounts", door=ENTERING, ok={201: Session})
def register(request: HttpRequest, given: Newcomer) -> Any:
    """Make an account for the phone that was just proved, and sign in to it."""
    _nobody_yet(request)
    made = sign_in.proved(given.key)
    if made is None:
        raise Refused(
            Problem(f"请先验证手机号；验证后 {_minutes(rules.PROOF_LASTS)} 分钟内有效。", field="key")
        )
    data = cleaned(forms.Registration(given.model_dump(exclude={"key"})))
    sign_in.enter(request, actions.register(by=actor_of(request), proved=made, **data))
    return Status(201, _entered(request))


def _invitation(request: HttpRequest, token: str) -> Invitation:
    _nobody_yet(request)
    found = Invitation.objects.select_related("invited_by").filter(token_hash=hash_of(token)).first()
    if found is None:
        raise Refused("没有这份邀请，请核对链接。", status=404)
    if found.state != Invitation.State.OPEN or found.expires_at <= clock.now():
        raise Refused("这份邀请已用过、已撤回或已过期。", status=410)
    return found


@operation(router, "GET", "/invitation-links/{token}", door=ENTERING, ok=Invited, refuses=(409, 410))
def invitation(request: HttpRequest, token: Annotated[str, Path(max_length=100)]) -> Any:
    """To which seat the holder of a link is invited."""
    found = _invitation(request, token)
    seat = names.seat_name(found.role, found.department, found.division_code)
    return {n: getattr(found, n) for n in ("name", "username", "expires_at")} | {"seat": seat}


@operation(
    router,
    "POST",
    "/invitation-links/{token}/acceptance",
    door=ENTERING,
    ok={201: NewAccount},
    refuses=(410,),
)
def accept(request: HttpRequest, token: Annotated[str, Path(max_length=100)], given: Accepted) -> Any:
    """Take up an invitation: the account is made, once."""
    found = _invitation(request, token)
    user = actions.accept(by=actor_of(request), invitation=found, password=given.password)
    return Status(201, {"user_id": user.pk, "username": user.username})
