"""Who is behind a request: the person signed in, the seats held today, and whom they may act for."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from tuoyu.accounts import rules
from tuoyu.accounts.addresses import client_address
from tuoyu.accounts.models import AgentAuthorisation, Membership, User
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor, Mandate, Role, Seat
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.jurisdictions.models import AuthorityOverride
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.jurisdictions.queries import version_rows

SEAT_CHOSEN = "seat"
SEEN = "seen"
# What comes with a person: the seats held today, for whom they act and in what, the packs in force, and the
# corrected working days.
FETCHED_WITH = ("seat_rows", "mandate_rows", "version_rows", "override_rows")
# How often a session notes that its person is still there: often enough, and rarely a write.
NOTE_EVERY = 60


def find_actor(request: HttpRequest) -> Actor:
    """The actor behind `request`: the person, the seats held and the principals, in one query."""
    address = client_address(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Actor.public(address)
    actor = actor_for(user, address=address)
    if _is_idle(request, actor):
        logout(request)
        messages.warning(request, "您较长时间没有操作，已自动退出，请重新登录。")
        return Actor.public(address)
    return _as_chosen(request, actor)


def with_seats(pk: Any) -> User | None:
    """A person with what is in `FETCHED_WITH`."""
    return _with_seats(clock.today()).first(pk=pk)


@lru_cache(maxsize=2)
def _with_seats(today: date) -> Prepared[User]:
    return Prepared(User.objects.filter(pk=Blank("pk")).annotate(**fetched_with("pk", today)))


def fetched_with(person: str, today: date) -> dict[str, Any]:
    """The expressions of what is in `FETCHED_WITH`, by name; `person` is the column with the person's id."""
    held = Membership.objects.filter(user_id=OuterRef(person), valid__contains=today).order_by("pk")
    shape = JSONObject(
        id="pk",
        role="role",
        department="department",
        division="division_code",
        institution="institution_id",
        places=ArraySubquery(_overridden_places(today)),
    )
    mandates = AgentAuthorisation.objects.filter(
        agent_id=OuterRef(person), state=AgentAuthorisation.State.ACTIVE, valid__contains=today
    ).order_by("pk")
    mandate = JSONObject(principal="principal_id", matter="matter", division="division_code")
    found = (
        ArraySubquery(held.values_list(shape)),
        ArraySubquery(mandates.values_list(mandate)),
        version_rows(),
        workdays.override_rows(),
    )
    return dict(zip(FETCHED_WITH, found, strict=True))


def actor_for(user: User, *, address: str = "") -> Actor:
    """`user` as an actor, with every seat held today; a user fetched `with_seats` costs no query more."""
    known: Any = user if hasattr(user, "seat_rows") else with_seats(user.pk)
    mandates = tuple(_mandate(given) for given in known.mandate_rows)
    return Actor(
        label=user.name,
        user_id=user.pk,
        seats=(*(_seat(given) for given in known.seat_rows), Seat(Role.APPLICANT)),
        owner_ids=frozenset({user.pk, *(mandate.principal_id for mandate in mandates)}),
        address=address,
        mandates=mandates,
    )


def _mandate(given: dict[str, Any]) -> Mandate:
    place = prefix_of(given["division"]) if given["division"] else ""
    return Mandate(given["principal"], place, rules.MATTERS[given["matter"]])


def _overridden_places(today: Any) -> Any:
    """The places that an explicit table, not the code's prefix, puts under the seat's division."""
    return AuthorityOverride.objects.filter(
        Q(department="") | Q(department=OuterRef("department")),
        authority_id=OuterRef("division_code"),
        valid__contains=today,
    ).values("place_prefix")


def _seat(given: dict[str, Any]) -> Seat:
    role = Role(given["role"])
    everywhere = role in rules.ADMINISTRATORS and not given["division"]
    own = ("",) if everywhere else (prefix_of(given["division"]),) if given["division"] else ()
    # Who works at a nursery has business with it, not with the place it lies in.
    prefixes = () if role in rules.IN_INSTITUTION else (*own, *given["places"])
    return Seat(
        role=role,
        department=given["department"],
        prefixes=prefixes,
        division_code=given["division"],
        institution_id=given["institution"],
        membership_id=given["id"],
    )


def _as_chosen(request: HttpRequest, actor: Actor) -> Actor:
    """The actor with the one seat chosen for this session, where one was and is still held."""
    request.seats_held = [s for s in actor.seats if s.membership_id]  # type: ignore[attr-defined]
    chosen = request.session.get(SEAT_CHOSEN)
    seats = tuple(s for s in actor.seats if s.membership_id in (None, chosen))
    if chosen is None or len(seats) < 2:
        return actor
    return replace(actor, seats=seats)


def _is_idle(request: HttpRequest, actor: Actor) -> bool:
    """Whether an officer's session was left alone too long; notes that somebody is there."""
    if not actor.holds(*rules.AT_A_PLACE, *rules.ADMINISTRATORS):
        return False
    now = int(clock.now().timestamp())
    seen = request.session.get(SEEN, now)
    if now - seen > settings.OFFICE_IDLE_MINUTES * 60:
        return True
    if SEEN not in request.session or now - seen > NOTE_EVERY:
        request.session[SEEN] = now
    return False
