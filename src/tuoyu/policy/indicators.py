"""What the platform's own records say of a target: figures that a higher room computes.

    indicators.register("staff.certified_share", Indicator(measure=..., counted="...", way=...))

once, in an AppConfig's ready(). A target of a pack names its indicator; of one that nobody registered it is
said that it cannot be computed yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tuoyu.core.actor import Actor
from tuoyu.jurisdictions.packs.schema import Target

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda found, aim: found >= aim,
    ">": lambda found, aim: found > aim,
    "=": lambda found, aim: found == aim,
    "<=": lambda found, aim: found <= aim,
    "<": lambda found, aim: found < aim,
}
PERCENT = "%"


@dataclass(frozen=True)
class Measured:
    """So many of so many on a day."""

    numerator: int
    denominator: int
    on: date

    @property
    def percent(self) -> float | None:
        """The share in percent to one decimal, cut off, so that 99.96 is no hundred; None of nothing."""
        return self.numerator * 1000 // self.denominator / 10 if self.denominator else None


def nowhere(actor: Actor, division_code: str) -> str:
    """For an indicator with nothing behind it to look at."""
    return ""


@dataclass(frozen=True)
class Indicator:
    """How a figure is computed for a division (everything within it) on a day.

    `counted` says in words what is counted; `way` leads who may see it to what is missing, and is empty for
    everybody else.
    """

    measure: Callable[[str, date], Measured]
    counted: str
    way: Callable[[Actor, str], str] = nowhere


_indicators: dict[str, Indicator] = {}


def register(key: str, indicator: Indicator) -> None:
    """Add an indicator; ValueError when there is one of this key."""
    if key in _indicators:
        raise ValueError(f"there is an indicator {key} already")
    _indicators[key] = indicator


@dataclass(frozen=True)
class Standing:
    """Where a target stands: what was measured, of what, whether that is enough, and where to look."""

    measured: Measured
    counted: str
    reached: bool | None
    href: str


def standing_of(target: Target, division_code: str, actor: Actor, on: date) -> Standing | None:
    """Where a target of a division's document stands on a day; None where nobody computes its indicator."""
    indicator = _indicators.get(target.indicator)
    if indicator is None:
        return None
    measured = indicator.measure(division_code, on)
    return Standing(
        measured, indicator.counted, _reached(target, measured), indicator.way(actor, division_code)
    )


def _reached(target: Target, measured: Measured) -> bool | None:
    """Whether the aim is met, without rounding; None where nothing is counted or the aim is no share."""
    compare = COMPARISONS.get(target.comparator)
    known = measured.denominator and target.unit == PERCENT and isinstance(target.value, int | float)
    if compare is None or not known or not isinstance(target.value, int | float):
        return None
    return compare(measured.numerator * 100, target.value * measured.denominator)
