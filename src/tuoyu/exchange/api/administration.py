"""People and seats, invitations, substitutes, tokens, sign-in, and the audit trail."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.accounts import actions, permissions, queries
from tuoyu.accounts.models import ApiClient, Invitation, Membership, User
from tuoyu.accounts.permissions import (
    GUARD_SIGN_IN,
    MANAGE_API_CLIENTS,
    MANAGE_INVITATIONS,
    MANAGE_SEATS,
    VIEW_SEATS,
)
from tuoyu.accounts.rules import SeatGiven as Seat
from tuoyu.accounts.rules import masked_phone
from tuoyu.core.access import actor_of
from tuoyu.core.actor import Actor, Role
from tuoyu.core.kernel_permissions import VIEW_EVENTS
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.queries import events as audit_events
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import (
    Asked,
    Code,
    Day,
    Given,
    Id,
    PageAsked,
    PageOf,
    Somebody,
    Told,
    page_of,
)

router = Router(tags=["administration"])

PK = Annotated[Id, Path()]
Word = Annotated[str, Field(max_length=60)]
RoleGiven = Literal[
    "nursery_head", "nursery_staff", "clerk", "officer", "department_lead", "jurisdiction_lead",
    "system_admin", "security_admin", "audit_admin",
]  # fmt: skip


class SeatsAsked(Asked):
    """How seats are narrowed."""

    name: Word = ""
    role: Word = ""
    department: Word = ""
    place: Code | Literal[""] = ""
    held: Literal["now", "later", "past", "all"] = "now"


class SeatTold(Told):
    """A seat: who, as what, where, from when until when."""

    id: int
    user_id: int
    name: str
    username: str
    role: str
    department: str
    division_code: str
    institution_id: int | None
    starts_on: date | None
    ends_on: date | None
    substitute_for: int | None
    ended_at: datetime | None
    end_reason: str


class PersonTold(Told):
    """Somebody, with the seats held and ended, the newest first."""

    id: int
    name: str
    username: str
    phone: str
    two_step: bool
    last_login: datetime | None
    seats: list[SeatTold]


class SeatGiven(Given):
    """A role, where, in which department, from when until (and with) when."""

    role: RoleGiven
    department: Annotated[str, Field(max_length=40)] = ""
    division_code: Code | Literal[""] = ""
    institution_id: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class SubstituteGiven(Given):
    """Who sits in the seat meanwhile."""

    user_id: Id
    starts_on: Day
    ends_on: Day


class InvitationGiven(SeatGiven):
    """Whom to invite to that seat."""

    username: Word
    name: Word
    phone: Annotated[str, Field(max_length=40)] = ""


class InvitationTold(Told):
    """An invitation."""

    id: int
    username: str
    name: str
    role: str
    department: str
    division_code: str
    state: str
    invited_at: datetime
    expires_at: datetime


class InvitationMade(InvitationTold):
    """A new invitation, and its link: shown only now."""

    link: str


class TokenGiven(Given):
    """A registrar's own system."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    department: Annotated[str, Field(min_length=1, max_length=40)]
    division_code: Code


class TokenTold(Told):
    """A system with a token; of the token only the beginning is kept."""

    id: int
    name: str
    department: str
    division_code: str
    token_start: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None


class TokenMade(TokenTold):
    """A new token: shown only now."""

    token: str


class ReasonGiven(Given):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class LockOut(Told):
    """Somebody who failed to sign in of late."""

    username: str
    name: str
    failures: int
    latest: datetime
    locked: bool


class EventsAsked(Asked):
    """How the audit trail is narrowed; days count in Asia/Shanghai, both included."""

    since: Day | None = None
    until: Day | None = None
    who: Word = ""
    verb: Word = ""
    topic: Word = ""
    division: Code | Literal[""] = ""


class Event(Told):
    """What somebody did, to what, when; not what stood before and after."""

    id: int
    at: datetime
    actor_label: str
    role: str
    department: str
    division_code: str
    verb: str
    object_type: str
    object_id: str
    topic: str
    note: str
    address: str | None


# ---------------------------------------------------------------- seats


def _person(actor: Actor, pk: int) -> User:
    """Somebody with a seat the actor may see."""
    seats = visible_to(actor, VIEW_SEATS, Membership.objects.filter(user_id=pk))
    found = seats.select_related("user").order_by("-pk").first()
    return found.user if found else get_visible(actor, GUARD_SIGN_IN, User.objects.all(), pk=pk)


def _seat_row(row: dict[str, Any]) -> dict[str, Any]:
    valid = row["valid"]
    return row | {
        "id": row["pk"],
        "name": row["user__name"],
        "username": row["user__username"],
        "starts_on": valid.lower,
        "ends_on": valid.upper,
    }


def _seat_told(seat: Membership) -> dict[str, Any]:
    names = ("pk", "user_id", "role", "department", "division_code", "institution_id", "valid", "ended_at")
    row = {name: getattr(seat, name) for name in (*names, "end_reason")}
    row |= {"user__name": seat.user.name, "user__username": seat.user.username}
    return _seat_row(row | {"substitute_for": seat.substitute_for_id})


def _asked_seat(given: SeatGiven) -> Seat:
    return Seat(Role(given.role), given.department, given.division_code, given.institution_id)


@operation(router, "GET", "/seats", door=permitted(VIEW_SEATS), ok=PageOf[SeatTold])
def seats(request: HttpRequest, asked: Annotated[SeatsAsked, Query()]) -> Any:
    """Who holds which seat."""
    narrowed = asked.model_dump(exclude={"page", "size"})
    found = page_of(queries.seats_for(actor_of(request), **narrowed), asked)
    found["rows"] = [_seat_row(row) for row in found["rows"]]
    return found


@operation(router, "GET", "/people/{pk}", door=permitted(VIEW_SEATS, GUARD_SIGN_IN), ok=PersonTold)
def person(request: HttpRequest, pk: PK) -> Any:
    """One person, with those of the seats that the caller may see."""
    actor = actor_of(request)
    user = _person(actor, pk)
    held = visible_to(actor, VIEW_SEATS, Membership.objects.filter(user=user)).select_related("user")
    return {
        **{name: getattr(user, name) for name in ("id", "name", "username", "last_login")},
        "phone": masked_phone(user.phone) if user.phone else "",
        "two_step": queries.has_two_step(user.pk),
        "seats": [_seat_told(seat) for seat in held.order_by("-pk")],
    }


@operation(router, "POST", "/people/{pk}/seats", door=permitted(MANAGE_SEATS), ok={201: SeatTold})
def give_seat(request: HttpRequest, pk: PK, given: SeatGiven) -> Any:
    """Give somebody a seat."""
    actor = actor_of(request)
    made = actions.give_seat(
        by=actor,
        user=_person(actor, pk),
        seat=_asked_seat(given),
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )
    return Status(201, _seat_told(made))


@operation(router, "POST", "/seats/{pk}/end", door=permitted(MANAGE_SEATS), ok=SeatTold)
def end_seat(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """End a seat; what its holder had in hand goes back to the department."""
    actor = actor_of(request)
    seat = get_visible(actor, VIEW_SEATS, Membership.objects.select_related("user"), pk=pk)
    actions.end_seat(by=actor, seat=seat, reason=given.reason)
    seat.refresh_from_db()
    return _seat_told(seat)


@operation(
    router, "GET", "/seats/{pk}/substitutes", door=permitted(permissions.SUBSTITUTE), ok=list[Somebody]
)
def substitutes(request: HttpRequest, pk: PK) -> Any:
    """Who may sit in a seat for a while."""
    actor = actor_of(request)
    seat = get_visible(actor, permissions.SUBSTITUTE, Membership.objects.all(), pk=pk)
    return [{"id": one, "name": name} for one, name in queries.substitutes_for(actor, seat.user_id)]


@operation(
    router,
    "POST",
    "/seats/{pk}/substitutes",
    door=permitted(permissions.SUBSTITUTE),
    ok={201: SeatTold},
)
def substitute(request: HttpRequest, pk: PK, given: SubstituteGiven) -> Any:
    """Let somebody sit in a seat for a while, beside its holder."""
    actor = actor_of(request)
    seat = get_visible(actor, VIEW_SEATS, Membership.objects.select_related("user"), pk=pk)
    made = actions.substitute(
        by=actor,
        seat=seat,
        user=_person(actor, given.user_id),
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )
    return Status(201, _seat_told(made))


# ---------------------------------------------------------------- invitations


@operation(router, "GET", "/invitations", door=permitted(MANAGE_INVITATIONS), ok=PageOf[InvitationTold])
def invitations(request: HttpRequest, asked: PageAsked) -> Any:
    """Invitations, the newest first."""
    rows = visible_to(actor_of(request), MANAGE_INVITATIONS, Invitation.objects.all())
    return page_of(rows.order_by("-pk").values(*InvitationTold.model_fields), asked)


@operation(router, "POST", "/invitations", door=permitted(MANAGE_INVITATIONS), ok={201: InvitationMade})
def invite(request: HttpRequest, given: InvitationGiven) -> Any:
    """Invite somebody to a seat; the link is shown only now."""
    made, token = actions.invite(
        by=actor_of(request),
        username=given.username,
        name=given.name,
        phone=given.phone,
        seat=_asked_seat(given),
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )
    link = settings.PUBLIC_ADDRESS + reverse("accounts:invitation", args=[token])
    return Status(201, {**{n: getattr(made, n) for n in InvitationTold.model_fields}, "link": link})


@operation(router, "POST", "/invitations/{pk}/withdrawal", door=permitted(MANAGE_INVITATIONS), ok=Done)
def withdraw_invitation(request: HttpRequest, pk: PK) -> Any:
    """Close an invitation that nobody has taken up."""
    actor = actor_of(request)
    found = get_visible(actor, MANAGE_INVITATIONS, Invitation.objects.all(), pk=pk)
    actions.withdraw_invitation(by=actor, invitation=found)
    return {"done": True}


# ---------------------------------------------------------------- tokens and sign-in


@operation(router, "GET", "/api-clients", door=permitted(MANAGE_API_CLIENTS), ok=PageOf[TokenTold])
def api_clients(request: HttpRequest, asked: PageAsked) -> Any:
    """Registrars' systems with a token."""
    rows = visible_to(actor_of(request), MANAGE_API_CLIENTS, ApiClient.objects.all())
    return page_of(rows.order_by("-pk").values(*TokenTold.model_fields), asked)


@operation(router, "POST", "/api-clients", door=permitted(MANAGE_API_CLIENTS), ok={201: TokenMade})
def create_api_client(request: HttpRequest, given: TokenGiven) -> Any:
    """Give a registrar's system a token; it is shown only now."""
    made, token = actions.create_api_client(by=actor_of(request), **given.model_dump())
    return Status(201, {**{n: getattr(made, n) for n in TokenTold.model_fields}, "token": token})


@operation(router, "POST", "/api-clients/{pk}/revocation", door=permitted(MANAGE_API_CLIENTS), ok=Done)
def revoke_api_client(request: HttpRequest, pk: PK) -> Any:
    """Take a token back; the next request with it is refused."""
    actor = actor_of(request)
    found = get_visible(actor, MANAGE_API_CLIENTS, ApiClient.objects.all(), pk=pk)
    actions.revoke_api_client(by=actor, client=found)
    return {"done": True}


@operation(router, "GET", "/lock-outs", door=permitted(GUARD_SIGN_IN), ok=list[LockOut])
def lock_outs(request: HttpRequest) -> Any:
    """Who failed to sign in of late, and who is locked out."""
    return queries.lock_outs(actor_of(request))


@operation(router, "POST", "/people/{pk}/unlocking", door=permitted(GUARD_SIGN_IN), ok=Done)
def unlock(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Let a locked-out person try again."""
    actor = actor_of(request)
    user = get_visible(actor, GUARD_SIGN_IN, User.objects.all(), pk=pk)
    actions.unlock(by=actor, user=user, reason=given.reason)
    return {"done": True}


@operation(router, "POST", "/people/{pk}/two-step-reset", door=permitted(GUARD_SIGN_IN), ok=Done)
def reset_two_step(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Take two-step verification off somebody who lost the device."""
    actor = actor_of(request)
    user = get_visible(actor, GUARD_SIGN_IN, User.objects.all(), pk=pk)
    actions.reset_two_step(by=actor, user=user, reason=given.reason)
    return {"done": True}


# ---------------------------------------------------------------- the audit trail


@operation(router, "GET", "/audit-events", door=permitted(VIEW_EVENTS), ok=PageOf[Event])
def events(request: HttpRequest, asked: Annotated[EventsAsked, Query()]) -> Any:
    """The audit trail, the newest first."""
    narrowed = asked.model_dump(exclude={"page", "size"})
    return page_of(audit_events(actor_of(request), **narrowed), asked)
