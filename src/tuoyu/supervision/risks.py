"""What makes an institution likelier to be drawn. Rooms above add what they know:

    risks.register("low_grade", "上一年评估等级低", having)

once, in AppConfig.ready(). How much a risk adds is the rule `draw.weight.<key>` of the pack; where no rule
says, it adds nothing. Weights are published with the round: a risk may rest only on what the institution
itself knows, never on a complaint.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import Filing
from tuoyu.supervision.models import Inspection
from tuoyu.supervision.vocabulary import InspectionState, Result

# Asked with a prefix of divisions and the year of the plan; answers which institutions there have the risk.
Having = Callable[[str, int], Collection[int]]


@dataclass(frozen=True)
class Risk:
    """A risk, what it is called, and who has it."""

    key: str
    label: str
    having: Having

    @property
    def rule(self) -> str:
        """The rule that says how much it adds."""
        return f"draw.weight.{self.key}"


_risks: dict[str, Risk] = {}


def register(key: str, label: str, having: Having) -> None:
    """Add a risk; ValueError when there is one of this key."""
    if key in _risks:
        raise ValueError(f"there is a risk {key} already")
    _risks[key] = Risk(key, label, having)


def every() -> list[Risk]:
    """All risks, by key."""
    return [_risks[key] for key in sorted(_risks)]


def failed_last_year(prefix: str, year: int) -> Collection[int]:
    """Whose inspection of the year before was confirmed and was no pass."""
    rows = Inspection.objects.filter(
        year=year - 1, division_code__startswith=prefix, state=InspectionState.CONFIRMED
    )
    return set(rows.exclude(result=Result.PASS).values_list("institution", flat=True))


def in_rectification(prefix: str, year: int) -> Collection[int]:
    """Whose filing stands with something to be mended."""
    rows = Institution.objects.filter(filing=Filing.RECTIFICATION, division_code__startswith=prefix)
    return set(rows.values_list("pk", flat=True))
