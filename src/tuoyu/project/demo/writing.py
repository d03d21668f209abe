"""Writes demonstration data of a size; the same size twice says so and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock, workdays
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.demo import marks, ratings
from tuoyu.project.demo.complaints import complain
from tuoyu.project.demo.follow_up import follow
from tuoyu.project.demo.inspections import inspect
from tuoyu.project.demo.people import BY, Cast, accounts_room
from tuoyu.project.demo.places import PLACES
from tuoyu.project.demo.playing import County, Days
from tuoyu.project.demo.staff_life import live
from tuoyu.project.demo.stories import STORIES
from tuoyu.project.demo.visits import visit
from tuoyu.project.loading import rarely_collected

# Told: what is being done, how much of it is done, of how much.
Progress = Callable[[str, int, int], None]

# How many institutions and cases a size has, beside the small set.
SIZES: dict[str, tuple[int, int]] = {
    "small": (0, 0),
    "county": (300, 900),
    "city": (2_000, 6_000),
    "province": (8_000, 24_000),
    "nation": (100_000, 300_000),
}


def silent(words: str, done: int, total: int) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Written:
    """What a call of `write` did."""

    size: str
    institutions: int
    already: bool


def write(size: str = "small", progress: Progress = silent) -> Written:
    """Write demonstration data of `size`; RealData when somebody's real data is here.

    Every size begins with the small set, so that each demonstration account finds something to do.
    """
    marks.demand_demonstration()
    with workdays.held(), jurisdictions.remembering(), rarely_collected():
        before = Institution.objects.count()
        if not before:
            write_small(progress)
        already = before > 0
        if size != "small":
            from tuoyu.project.demo.bulk import write_bulk

            already = not write_bulk(size, *SIZES[size], progress)
    return Written(size, Institution.objects.count(), already)


@transaction.atomic
def write_small(progress: Progress = silent) -> None:
    """The small set, through the actions, all of it or nothing."""
    if room := accounts_room():
        room.make_accounts()
    days = Days(clock.today())
    total, done = len(PLACES) * len(STORIES), 0
    for number, place in enumerate(PLACES, start=1):
        cast = Cast(place, number)
        for name in County(place, cast, number, days).play():
            done += 1
            progress(name, done, total)
        inspect(cast)
        complain(cast)
        filed = Institution.objects.filter(filing="normal", division_code__startswith=place.county)
        if room and (first := filed.order_by("pk").first()):
            room.seat_nursery(by=BY, jurisdiction=place.jurisdiction, institution_id=first.pk)
            live(first, actor_for(room.head_of(place.jurisdiction)), cast, days)
            follow(first, cast, days)
            if place.jurisdiction == ratings.WHERE:
                ratings.rate(list(filed.order_by("pk")[:3]), cast, days)
        visit(place, cast, days)


def fill_if_empty() -> None:
    """At the first start of an installation: the small set, where there is nothing and nobody."""
    found = marks.standing()
    if found.is_empty or (found.marked and not found.institutions and not found.cases):
        write("small")


def accounts() -> list[tuple[str, str, str]]:
    """The demonstration accounts: label, name, password."""
    room = accounts_room()
    return list(room.listed()) if room else []
