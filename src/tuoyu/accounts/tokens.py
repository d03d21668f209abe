"""Tokens of registrars' own systems: from a token to the one who acts."""

from hashlib import sha256

from django.db.models import Q

from tuoyu.accounts.models import ApiClient
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.jurisdictions.packs.schema import prefix_of


def hash_of(token: str) -> str:
    """How a token is kept: its 256 random bits need no key."""
    return sha256(token.encode()).hexdigest()


def actor_for(token: str, *, address: str = "") -> Actor | None:
    """The system that holds `token`; None when there is none or it was revoked."""
    client = ApiClient.objects.filter(token_hash=hash_of(token), revoked_at=None).first()
    if client is None:
        return None
    today = clock.today()
    if client.last_used_on != today:
        ApiClient.objects.filter(Q(last_used_on=None) | Q(last_used_on__lt=today), pk=client.pk).update(
            last_used_on=today
        )
    seat = Seat(
        role=Role.REGISTRAR_SYSTEM,
        department=client.department,
        prefixes=(prefix_of(client.division_code),),
        division_code=client.division_code,
    )
    return Actor(label=client.name, seats=(seat,), kind="token", address=address)
