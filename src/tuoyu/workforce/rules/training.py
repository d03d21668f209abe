"""Hours by kind and what is missing of them; hours of one kind never stand for another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tuoyu.workforce.vocabulary import CourseKind

NEEDED = {
    CourseKind.SKILL: "training.skill_hours_per_year",
    CourseKind.ETHICS: "training.ethics_hours_per_year",
}

Hours = Mapping[str, Decimal]


class RuleLike(Protocol):
    """What a rule must say of itself."""

    @property
    def value(self) -> float: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class KindHours:
    """The hours of one kind in a year: what there is, what a rule asks for, and what is missing."""

    kind: CourseKind
    hours: Decimal
    needed: Decimal | None = None
    source: str = ""

    @property
    def gap(self) -> Decimal | None:
        """What is missing; None where no document asks for anything."""
        return None if self.needed is None else max(Decimal(0), self.needed - self.hours)


def account_of(hours: Hours, needs: Mapping[CourseKind, RuleLike]) -> list[KindHours]:
    """Every kind with its hours and, where a rule asks for some, what is missing."""
    return [
        KindHours(
            kind,
            hours.get(kind, Decimal(0)),
            Decimal(str(needs[kind].value)) if kind in needs else None,
            needs[kind].source if kind in needs else "",
        )
        for kind in CourseKind
    ]


def short(account: Iterable[KindHours]) -> bool:
    """Whether anything that a rule asks for is missing."""
    return any(one.gap for one in account)
