"""Whether demonstration data may be written here, and what of it is here already."""

from dataclasses import dataclass

from tuoyu.accounts.models import Demonstration, User
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.institutions.models import Application, Institution
from tuoyu.project.trouble import Trouble


class RealData(Trouble):
    """Somebody's real data is here."""


@dataclass(frozen=True)
class Standing:
    """What a database holds."""

    marked: bool
    people: int
    cases: int
    institutions: int

    @property
    def is_empty(self) -> bool:
        """Nobody and nothing yet."""
        return not (self.people or self.cases or self.institutions)


def standing() -> Standing:
    """What this database holds now."""
    return Standing(
        marked=Demonstration.objects.exists(),
        people=User.objects.count(),
        cases=Case.objects.count() + Application.objects.count(),
        institutions=Institution.objects.count(),
    )


def demand_demonstration() -> Standing:
    """Raise RealData unless this is a demonstration or empty; marks it as a demonstration."""
    found = standing()
    if not found.marked and not found.is_empty:
        raise RealData(
            f"This database holds real data ({found.people} people, {found.cases} applications and cases, "
            f"{found.institutions} institutions): demonstration data is never written beside it."
        )
    if not found.marked:
        Demonstration.objects.get_or_create(id=1, defaults={"begun_at": clock.now()})
    return found
