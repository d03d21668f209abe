"""What the register of staff tells of a document's targets."""

from datetime import date

from django.urls import reverse

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can
from tuoyu.institutions.models import SHOWN, Institution
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.policy.indicators import Indicator, Measured
from tuoyu.workforce import queries
from tuoyu.workforce.permissions import VIEW_PAPERS


def certified_share(division_code: str, on: date) -> Measured:
    """How many of those who count at filed institutions of a place hold a certificate that counts there."""
    here = Institution.objects.filter(SHOWN, division_code__startswith=prefix_of(division_code))
    share = queries.share_over(here, division_code, on)
    return Measured(share.held, share.total, on)


def who_is_missing(actor: Actor, division_code: str) -> str:
    """The institutions with somebody who holds none, named for the health authority of the place."""
    within = prefix_of(division_code)
    here = any(
        seat.covers_place(division_code) or any(prefix.startswith(within) for prefix in seat.prefixes)
        for seat in actor.seats
    )
    return f"{reverse('workforce:overview')}?want=uncertified" if here and can(actor, VIEW_PAPERS) else ""


CERTIFIED_SHARE = Indicator(certified_share, "应持证人员中持证的", who_is_missing)
