"""Which clause works where, from the outcomes of the last test run.

A capability works in a jurisdiction when at least one scenario ran for it there and all of them passed.
A clause works when every capability bound to it does. Outcomes count only for the very sources they were
measured on: they carry a hash of the tree, and for any other tree a clause was simply not checked.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tuoyu.jurisdictions.packs.schema import Clause, Pack

State = Literal["working", "partly", "not_yet", "declaratory", "not_run"]

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("src", "packs", "tests", "frontend")
NOT_SOURCES = frozenset(
    {"__pycache__", "node_modules", "dist", ".pytest_cache", ".hypothesis", ".mypy_cache"}
)
STATE_NAMES: dict[State, str] = {
    "working": "已实现",
    "partly": "部分实现",
    "not_yet": "尚未实现",
    "declaratory": "宣示性条款",
    "not_run": "未检验",
}


@dataclass(frozen=True)
class Outcome:
    """One scenario that ran: what it proves, where, and how it ended."""

    capability: str
    jurisdiction: str
    scenario: str
    clauses: tuple[str, ...]
    outcome: str

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"


@dataclass(frozen=True)
class Outcomes:
    """What the last test run says about the present sources; `ran` is false when it says nothing."""

    ran: bool
    complete: bool = False
    entries: tuple[Outcome, ...] = ()

    def of(self, capability: str, jurisdiction: str) -> tuple[Outcome, ...]:
        """The scenarios of a capability in a jurisdiction."""
        return tuple(o for o in self.entries if o.capability == capability and o.jurisdiction == jurisdiction)


# ---------------------------------------------------------------- the tree and its outcomes


def tree_hash(root: Path = ROOT) -> str:
    """A hash over the contents of every source file, kept by git or not; built files are left out."""
    total = hashlib.sha256()
    for path in sorted(_sources(root), key=lambda p: p.relative_to(root).as_posix()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        for folder, folders, names in os.walk(root / source):
            folders[:] = [f for f in folders if f not in NOT_SOURCES and not f.startswith(".")]
            yield from (Path(folder) / n for n in names if not n.startswith(".") and not n.endswith(".pyc"))


@cache
def _tree_of_this_process() -> str:
    # What runs was loaded when the process began; hashing again for each page would tell nothing new.
    return tree_hash()


def outcomes_file() -> Path:
    """Where the last test run left its outcomes."""
    return Path(os.environ.get("TUOYU_VAR", ROOT / "var")) / "coverage" / "outcomes.json"


def outcomes(file: Path | None = None, tree: str | None = None) -> Outcomes:
    """The outcomes of the last run; not run when there are none, or they are of another tree."""
    told = _read(file or outcomes_file())
    if told.get("tree") != (tree or _tree_of_this_process()):
        return Outcomes(ran=False)
    entries = tuple(
        Outcome(o["capability"], o["jurisdiction"], o["scenario"], tuple(o["clauses"]), o["outcome"])
        for o in told["outcomes"]
    )
    return Outcomes(ran=True, complete=bool(told.get("complete")), entries=entries)


def _read(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def record(entries: Iterable[Outcome], *, tree: str, complete: bool, file: Path | None = None) -> None:
    """Write the outcomes of a run; a run of a part adds to what an earlier run of the same tree found."""
    target = file or outcomes_file()
    kept = _read(target)
    earlier = kept.get("outcomes", []) if kept.get("tree") == tree and not complete else []
    found = {(o["scenario"], o["capability"], o["jurisdiction"]): o for o in earlier}
    for entry in entries:
        plain = {**vars(entry), "clauses": list(entry.clauses)}
        found[(entry.scenario, entry.capability, entry.jurisdiction)] = plain
    whole = complete or (kept.get("tree") == tree and bool(kept.get("complete")))
    target.parent.mkdir(parents=True, exist_ok=True)
    text = {"tree": tree, "complete": whole, "outcomes": [found[key] for key in sorted(found)]}
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps(text, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(target)


# ---------------------------------------------------------------- states


def state_of(clause: Clause, jurisdiction: str, found: Outcomes) -> State:
    """Whether a clause works, by what ran."""
    if clause.declaratory:
        return "declaratory"
    if not found.ran:
        return "not_run"
    proofs = [found.of(capability, jurisdiction) for capability in clause.capabilities]
    if proofs and all(p and all(o.passed for o in p) for p in proofs):
        return "working"
    if any(o.passed for p in proofs for o in p):
        return "partly"
    # A run of a part of the tests cannot say that a scenario is missing.
    return "not_yet" if found.complete or any(proofs) or not clause.capabilities else "not_run"


def states_of(pack: Pack, found: Outcomes) -> dict[str, State]:
    """The state of every clause of a pack, by clause id."""
    return {clause.id: state_of(clause, pack.code, found) for clause in pack.clause}


def clause_states(code: str) -> dict[str, State]:
    """The state of every clause of the jurisdiction's latest loaded pack, by clause id."""
    from tuoyu.jurisdictions import queries

    pack = next((p for p in queries.jurisdictions() if p.code == code), None)
    return states_of(pack, outcomes()) if pack else {}


def table(packs: Iterable[Pack], found: Outcomes) -> list[dict[str, Any]]:
    """Every clause of every jurisdiction with its capabilities, scenarios and state."""
    return [
        {
            "jurisdiction": pack.code,
            "id": clause.id,
            "capabilities": list(clause.capabilities),
            "scenarios": [
                {"scenario": o.scenario, "capability": o.capability, "outcome": o.outcome}
                for capability in clause.capabilities
                for o in found.of(capability, pack.code)
            ],
            "state": state_of(clause, pack.code, found),
        }
        for pack in packs
        for clause in pack.clause
    ]
