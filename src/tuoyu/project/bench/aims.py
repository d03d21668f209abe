"""What the design asks of a benchmark, and whether it is so."""

from dataclasses import asdict, dataclass
from typing import Any

SHARE_OF_FLOOR = 10.0  # per cent of the raw floor's requests a second
QUERIES = 6
SEARCH_P95 = 50.0  # milliseconds
IMPORT_SECONDS, LONG_SECONDS, DRAW_SECONDS = 10.0, 3.0, 10.0
ALERT_SECONDS = 60.0
MEMORY = 300.0  # MiB


@dataclass(frozen=True)
class Aim:
    """One aim: what was found, what was wanted, and whether that is enough."""

    what: str
    found: float
    wanted: float
    at_least: bool
    unit: str

    @property
    def met(self) -> bool:
        return self.found >= self.wanted if self.at_least else self.found <= self.wanted

    def sentence(self) -> str:
        """The aim in words, with by how much it was missed."""
        sign = "≥" if self.at_least else "≤"
        told = f"{self.what}: {self.found:g} {self.unit} (aim {sign} {self.wanted:g})"
        return (
            f"met     {told}"
            if self.met
            else f"MISSED  {told}, by {abs(self.found - self.wanted):g} {self.unit}"
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def share(what: str, page: float, floor: float) -> Aim:
    """A page against its floor."""
    return Aim(f"{what}, share of the raw floor", round(page / floor * 100, 1), SHARE_OF_FLOOR, True, "%")


def queries(what: str, count: int) -> Aim:
    """How many queries a page sends."""
    return Aim(f"{what}, queries", count, QUERIES, False, "queries")


def same_queries(what: str, for_one: int, for_fifty: int) -> Aim:
    """A list sends as many queries for few rows as for fifty."""
    return Aim(f"{what}, queries more or fewer for 50 rows", abs(for_fifty - for_one), 0, False, "queries")


def seconds(what: str, took: float, wanted: float) -> Aim:
    """How long something takes once."""
    return Aim(what, round(took, 2), wanted, False, "s")


def memory(what: str, mebibytes: float) -> Aim:
    """How much memory it takes at the most."""
    return Aim(what, mebibytes, MEMORY, False, "MiB")


def search(what: str, p95: float) -> Aim:
    """How soon a search answers."""
    return Aim(f"{what}, p95", p95, SEARCH_P95, False, "ms")
