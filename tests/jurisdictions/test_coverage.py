"""Which clause works: only what ran, on these sources, and passed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tuoyu.jurisdictions import coverage
from tuoyu.jurisdictions.coverage import Outcome, Outcomes, state_of
from tuoyu.jurisdictions.packs.schema import Clause


def clause(*capabilities: str, declaratory: bool = False) -> Clause:
    return Clause(
        id="一",
        kind="item",
        heading="题",
        summary="话",
        capabilities=capabilities,
        declaratory=declaratory,
    )


def ran(*told: tuple[str, str], complete: bool = True) -> Outcomes:
    entries = tuple(Outcome(c, "320100", f"{c}-{i}", (), o) for i, (c, o) in enumerate(told))
    return Outcomes(ran=True, complete=complete, entries=entries)


@pytest.mark.parametrize(
    ("bound", "found", "state"),
    [
        (("A1",), ran(("A1", "passed")), "working"),
        (("A1", "A2"), ran(("A1", "passed"), ("A2", "passed")), "working"),
        (("A1",), ran(("A1", "passed"), ("A1", "failed")), "partly"),
        (("A1", "A2"), ran(("A1", "passed")), "partly"),
        (("A1",), ran(("A1", "failed")), "not_yet"),
        (("A1",), ran(("A2", "passed")), "not_yet"),
        ((), ran(("A2", "passed")), "not_yet"),
        (("A1",), ran(("A2", "passed"), complete=False), "not_run"),
        (("A1",), Outcomes(ran=False), "not_run"),
    ],
)
def test_a_clause_works_when_all_that_carries_it_out_does(
    bound: tuple[str, ...], found: Outcomes, state: str
) -> None:
    assert state_of(clause(*bound), "320100", found) == state


def test_a_scenario_of_another_jurisdiction_proves_nothing_here() -> None:
    assert state_of(clause("A1"), "360000", ran(("A1", "passed"))) == "not_yet"


def test_what_orders_nothing_is_declaratory_whatever_ran() -> None:
    assert state_of(clause(declaratory=True), "320100", Outcomes(ran=False)) == "declaratory"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("src/a.py", "packs/p.toml", "tests/t.py", "frontend/x.ts"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["src/a.py", "packs/p.toml", "tests/t.py", "frontend/x.ts", "src/new.py"])
def test_any_change_of_a_source_is_another_tree(tree: Path, name: str) -> None:
    before = coverage.tree_hash(tree)
    (tree / name).write_text("changed")
    assert coverage.tree_hash(tree) != before


BUILT = ["src/__pycache__/a.pyc", "frontend/node_modules/y.js", "src/dist/b.js", "README.md"]


@pytest.mark.parametrize("name", BUILT)
def test_what_is_built_is_no_source(tree: Path, name: str) -> None:
    before = coverage.tree_hash(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("built")
    assert coverage.tree_hash(tree) == before


def test_outcomes_of_another_tree_count_as_not_run(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.json"
    coverage.record([Outcome("A1", "320100", "t", (), "passed")], tree="one", complete=True, file=file)
    assert coverage.outcomes(file, "one").ran
    assert not coverage.outcomes(file, "two").ran
    assert not coverage.outcomes(tmp_path / "absent.json", "one").ran
    file.write_text("{broken")
    assert not coverage.outcomes(file, "one").ran


def test_a_run_of_a_part_adds_to_the_run_of_the_whole(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.json"
    first, again = Outcome("A1", "320100", "t", (), "passed"), Outcome("A1", "320100", "t", (), "failed")
    other = Outcome("A2", "320100", "u", (), "passed")
    coverage.record([first, other], tree="one", complete=True, file=file)
    coverage.record([again], tree="one", complete=False, file=file)
    found = coverage.outcomes(file, "one")
    assert found.complete
    assert {(o.scenario, o.outcome) for o in found.entries} == {("t", "failed"), ("u", "passed")}


PYTEST = ["-m", "pytest", "-q", "-p", "coverage_plugin", "-c", "pytest.ini"]
PYTEST += ["-p", "no:django", "-p", "no:randomly", "-p", "no:schemathesis", "."]
SUITE = """
import pytest
@pytest.mark.scenario("A1", "320100", clauses=["三.(二).2"])
def test_passes(): pass
@pytest.mark.scenario("A2", "320100")
@pytest.mark.scenario("A2", "360000")
def test_fails(): assert False
@pytest.fixture
def broken(): raise RuntimeError
@pytest.mark.scenario("A3", "320100")
def test_never_starts(broken): pass
def test_proves_nothing(): pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_plugin_writes_down_how_each_scenario_ended(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_it.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = scenario(): x\n")
    here = Path(__file__).resolve().parents[1]
    run = subprocess.run(
        [sys.executable, *PYTEST, "-n", workers],
        cwd=tmp_path,
        env={"TUOYU_VAR": str(tmp_path / "var"), "PYTHONPATH": f"{here}:{here.parent / 'src'}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed" in run.stdout, run.stdout + run.stderr
    told = json.loads((tmp_path / "var/coverage/outcomes.json").read_text())
    ended = {(o["capability"], o["jurisdiction"]): o["outcome"] for o in told["outcomes"]}
    assert ended == {
        ("A1", "320100"): "passed",
        ("A2", "320100"): "failed",
        ("A2", "360000"): "failed",
        ("A3", "320100"): "failed",
    }
    assert told["outcomes"][-1]["scenario"].startswith("test_it.py::")
    assert next(o for o in told["outcomes"] if o["capability"] == "A1")["clauses"] == ["三.(二).2"]
