"""What a year's plan rests on: which rules of a pack order inspections, and what each adds to a weight."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tuoyu.jurisdictions.rulebook import RuleValue
from tuoyu.supervision.vocabulary import Origin, PlanKind


class Book(Protocol):
    """A rule book: the rule in force for a key, or None."""

    def find(self, key: str) -> RuleValue | None: ...


@dataclass(frozen=True)
class Ordered:
    """The rules that order one kind of inspection: how often a year, and which departments."""

    per_year: str
    departments: str
    origin: Origin


ORDERED: Mapping[PlanKind, Ordered] = {
    PlanKind.RANDOM: Ordered("inspection.random_per_year", "inspection.random_departments", Origin.DRAW),
    PlanKind.JOINT: Ordered(
        "supervision.joint_inspections_per_year", "supervision.joint_departments", Origin.JOINT
    ),
    PlanKind.PATROL: Ordered("supervision.patrols_per_year", "supervision.patrol_departments", Origin.PATROL),
    PlanKind.SPECIAL: Ordered(
        "supervision.special_inspections_per_year", "supervision.special_departments", Origin.SPECIAL
    ),
}
BASE_WEIGHT = "draw.weight.base"


@dataclass(frozen=True)
class Demand:
    """What a pack asks of a year: at least so often, by these departments, the first organising it."""

    kind: PlanKind
    per_year: RuleValue
    departments: RuleValue

    @property
    def organiser(self) -> str:
        """The department that makes the plan and draws."""
        return self.parts[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """The departments that inspect, each its part."""
        given = self.departments.value
        return tuple(map(str, given)) if isinstance(given, (tuple, list)) else (str(given),)


def demands(book: Book) -> list[Demand]:
    """What the rules in force order; a kind whose number or departments no rule names is not ordered."""
    found = []
    for kind, rules in ORDERED.items():
        per_year, departments = book.find(rules.per_year), book.find(rules.departments)
        if per_year is not None and departments is not None:
            found.append(Demand(kind, per_year, departments))
    return found


def day_of(year: int) -> date:
    """The day whose rules a year's plan goes by: its last, so that what begins within the year counts."""
    return date(year, 12, 31)


def weights(
    institutions: Collection[int], base: int, risks: Mapping[str, Collection[int]], adds: Callable[[str], int]
) -> dict[int, int]:
    """For each institution its weight: the base, and what each risk it has adds."""
    found = dict.fromkeys(institutions, base)
    for key, having in risks.items():
        more = adds(key)
        for one in having:
            if one in found:
                found[one] += more
    return found
