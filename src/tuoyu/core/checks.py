"""Named checks of what must always hold and SQL cannot say. `tuoyu check` runs them all.

Each app keeps its own in `checks.py`:

    @check("cases.overdue_steps_told", "Whoever has an overdue step was told")
    def overdue_steps_told() -> Iterator[str]:
        yield "step 12 is overdue since 2026-11-02 and nobody was told"

A check yields one sentence for each thing wrong, and changes nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tuoyu.core.apps import load_from_every_app

Function = Callable[[], Iterable[str]]

# A check that finds this much has said enough.
MOST = 100


@dataclass(frozen=True)
class Check:
    """One check: its name, what holds when it finds nothing, and the function that looks."""

    name: str
    says: str
    function: Function


@dataclass(frozen=True)
class Result:
    """What one check found, and how long it took."""

    name: str
    says: str
    findings: list[str]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


REGISTRY: dict[str, Check] = {}


def check(name: str, says: str) -> Callable[[Function], Function]:
    """Register a check; ValueError when the name is taken."""

    def register(function: Function) -> Function:
        if name in REGISTRY:
            raise ValueError(f"check {name} is registered twice")
        REGISTRY[name] = Check(name, says, function)
        return function

    return register


def every() -> list[Check]:
    """All checks of all apps, by name."""
    load_from_every_app("checks")
    load_from_every_app("kernel_checks")
    return [REGISTRY[name] for name in sorted(REGISTRY)]


def run(checks: Iterable[Check]) -> Iterator[Result]:
    """Run `checks` one after the other. One that breaks has found something: that it broke."""
    for one in checks:
        began = time.monotonic()
        findings: list[str] = []
        try:
            for finding in one.function():
                findings.append(finding)
                if len(findings) >= MOST:
                    findings.append("… and more")
                    break
        except Exception as error:
            findings.append(f"the check itself failed: {type(error).__name__}: {error}")
        yield Result(one.name, one.says, findings, round(time.monotonic() - began, 3))
