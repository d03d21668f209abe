"""What a benchmark found, for a person and for a program."""

import os
import platform
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from tuoyu.project.bench.aims import Aim
from tuoyu.project.bench.measuring import Measured, peak_memory


@dataclass
class Report:
    """One run of one benchmark."""

    name: str
    size: str
    data: dict[str, int]
    groups: dict[str, dict[str, Measured]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "benchmark": self.name,
            "size": self.size,
            "data": self.data,
            "machine": machine(),
            "peak_memory_mib": peak_memory(),
            "groups": {key: {n: m.as_json() for n, m in group.items()} for key, group in self.groups.items()},
            "notes": self.notes,
            "aims": [aim.as_json() for aim in self.aims],
        }

    def show(self, console: Console) -> None:
        """Print it, aims last."""
        held = ", ".join(f"{count:,} {what}" for what, count in self.data.items())
        console.print(f"[bold]{self.name}[/bold] at size {self.size}: {held}")
        console.print(f"{machine()['cpus']} CPUs, load {machine()['load']}, peak memory {peak_memory()} MiB")
        for title, group in self.groups.items():
            console.print(_table(title, group))
        for note in self.notes:
            console.print(note)
        for aim in self.aims:
            console.print(aim.sentence(), style="green" if aim.met else "red")


def machine() -> dict[str, Any]:
    """On what it ran, and how busy that was."""
    return {
        "cpus": os.cpu_count(),
        "system": platform.machine(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _table(title: str, group: dict[str, Measured]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", "requests/s", "p50 ms", "p95 ms", "CPU ms", "queries", "of floor"):
        table.add_column(heading, justify="left" if not heading else "right")
    floor = group.get("floor")
    for name, found in group.items():
        share = f"{found.per_second / floor.per_second * 100:.1f} %" if floor and name != "floor" else ""
        table.add_row(
            name, f"{found.per_second:,.1f}", f"{found.p50:.2f}", f"{found.p95:.2f}", f"{found.cpu:.2f}",
            "" if found.queries is None else str(found.queries), share,
        )  # fmt: skip
    return table
