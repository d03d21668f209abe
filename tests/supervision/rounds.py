"""An office with a plan, its inspectors, and a round drawn from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count

from exchange.callers import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Membership, User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.supervision import actions
from tuoyu.supervision.actions.draws import Given
from tuoyu.supervision.models import Draw, Inspection, Plan
from tuoyu.supervision.vocabulary import InspectionState, Result

GULOU = "320106"
VALUE = "03 11 17 20 25 32 + 07"
_numbers = count(1)


def desk(department: str, division: str = GULOU, role: Role = Role.OFFICER, name: str = "") -> User:
    """Somebody at a desk; asked twice it is the same person."""
    return seated(role, department, division, name)


def by(department: str, division: str = GULOU, role: Role = Role.OFFICER) -> Actor:
    """The same, acting."""
    return actor_for(desk(department, division, role))


def lead(division: str = GULOU, department: str = "health") -> Actor:
    return by(department, division, Role.DEPARTMENT_LEAD)


def staffed(plan: Plan, least: int = 3) -> None:
    """So many inspectors in each department of a plan."""
    for department in plan.departments:
        there = Membership.objects.filter(department=department, division_code=plan.division_code).count()
        for number in range(there, least):
            desk(department, plan.division_code, name=f"inspector-{department}-{plan.division_code}-{number}")


def plan(division: str = GULOU, kind: str = "random", year: int = 0, department: str = "health") -> Plan:
    """An adopted plan with its inspectors."""
    made = actions.make_plan(
        by=by(department, division), year=year or clock.today().year, division_code=division, kind=kind
    )
    staffed(made)
    return actions.adopt_plan(by=lead(division, department), plan=made)


def given(count: int = 2, **changed: object) -> Given:
    """What a careful organiser decides."""
    said = {
        "count": count,
        "seed_source": "双色球第2026126期",
        "seed_moment": clock.now() + timedelta(hours=10),
        "closes_on": clock.today() + timedelta(days=30),
    }
    return Given(**(said | changed))  # type: ignore[arg-type]


def frozen(of: Plan, count: int = 2, **changed: object) -> Draw:
    return actions.freeze_draw(by=by(of.department, of.division_code), plan=of, given=given(count, **changed))


@contextmanager
def after(draw: Draw) -> Iterator[None]:
    """Within the block the seed of a draw is known."""
    with clock.set_to(draw.seed_moment + timedelta(minutes=5)):
        yield


def witness(division: str = GULOU) -> Actor:
    return by("civil_affairs", division)


def drawn(of: Plan, count: int = 2, value: str = VALUE, **changed: object) -> Draw:
    """A round that was drawn; the witness sits elsewhere."""
    made = frozen(of, count, **changed)
    with after(made):
        actions.witness_draw(by=witness(of.division_code), draw=made, value=value)
        return actions.draw_lots(by=by(of.department, of.division_code), draw=made, value=value)


def confirmed(inspection: Inspection, result: str = Result.PASS, at: datetime | None = None) -> None:
    """The visit took place; how is another test's business."""
    moment = at or clock.now()
    Inspection.objects.filter(pk=inspection.pk).update(
        state=InspectionState.CONFIRMED, result=result, begun_at=moment, confirmed_at=moment,
        confirmed_label="检查人员",
    )  # fmt: skip


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.BEIJING)


def system() -> Actor:
    return Actor.system("双随机抽取")
