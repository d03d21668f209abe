"""This year's plan of inspections in each county: one round over, one that is under way, one list frozen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from tuoyu.core import clock
from tuoyu.project.demo.people import Cast
from tuoyu.supervision import actions, queries
from tuoyu.supervision.actions.draws import Given
from tuoyu.supervision.jobs import publish_rounds
from tuoyu.supervision.models import Plan

VALUE = "03 11 17 20 25 32 07"
# Enough that two of each department may be sent though one keeps away.
COLLEAGUES = 3
WITNESSES = ("civil_affairs", "education")


def inspect(cast: Cast) -> None:
    """Everything the county's plans of this year have seen so far."""
    place, year = cast.place.county, clock.today().year
    office, lead = cast.officer("health", place), cast.lead("health", place)
    for offer in queries.offers(office, year):
        with _before(60):
            plan = actions.make_plan(by=office, year=year, division_code=place, kind=str(offer.demand.kind))
            actions.adopt_plan(by=lead, plan=plan)
            for department in plan.departments:
                cast.staff(department, place, COLLEAGUES)
        _round(cast, plan, ago=50, lasts=25, share=6, number=112)
        _round(cast, plan, ago=12, lasts=40, share=2, number=132)
        _frozen(cast, plan, ago=1, lasts=40, share=2, number=138)
    publish_rounds(0)


def _frozen(cast: Cast, plan: Plan, *, ago: int, lasts: int, share: int, number: int) -> int | None:
    """A list of what is left, a share of it to be drawn; None where nothing is left."""
    with _before(ago):
        left = queries.unattended(plan).count()
        if not left:
            return None
        given = Given(
            max(1, left // share),
            f"中国福利彩票双色球第2026{number}期开奖号码",
            datetime.combine(clock.today(), time(21, 15), tzinfo=clock.BEIJING),
            clock.today() + timedelta(days=lasts),
        )
        by = cast.officer(plan.department, plan.division_code)
        return actions.freeze_draw(by=by, plan=plan, given=given).pk


def _round(cast: Cast, plan: Plan, *, ago: int, lasts: int, share: int, number: int) -> None:
    """A list frozen, and drawn the day after."""
    pk = _frozen(cast, plan, ago=ago, lasts=lasts, share=share, number=number)
    if pk is None:
        return
    draw = plan.draws.get(pk=pk)
    other = next(one for one in WITNESSES if one != plan.department)
    with _before(ago - 1):
        actions.witness_draw(by=cast.officer(other, plan.division_code), draw=draw, value=VALUE)
        by = cast.officer(plan.department, plan.division_code)
        actions.draw_lots(by=by, draw=draw, value=VALUE)


@contextmanager
def _before(days: int) -> Iterator[None]:
    """Within the block it is ten in the morning so many days ago."""
    day = clock.today() - timedelta(days=days)
    with clock.set_to(datetime.combine(day, time(10), tzinfo=clock.BEIJING)):
        yield
