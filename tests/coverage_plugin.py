"""Writes down how the scenarios of a test run ended, for `tuoyu coverage`.

    @pytest.mark.scenario("A1", "320100", clauses=["三.(二).2"])

A scenario travels with the report of its test, so that under xdist the controller sees it. A run of a part
of the suite adds to what an earlier run on the same sources found; a whole run replaces it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tuoyu.jurisdictions import coverage

PROPERTY = "scenario"


def pytest_configure(config: pytest.Config) -> None:
    """Collect where the reports come together: in the one process, or in the controller of xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config), "tuoyu-coverage")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hang what a test proves on the test, where its report will carry it."""
    for item in items:
        for marker in item.iter_markers("scenario"):
            item.user_properties.append((PROPERTY, scenario(*marker.args, **marker.kwargs)))


def scenario(capability: str, jurisdiction: str, clauses: list[str] | None = None) -> dict[str, Any]:
    """What one mark says."""
    return {"capability": capability, "jurisdiction": jurisdiction, "clauses": list(clauses or [])}


class Recorder:
    """Keeps the worst outcome of each scenario's set-up, run and tear-down."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tree = coverage.tree_hash()
        self.found: dict[tuple[str, str, str], coverage.Outcome] = {}
        self.left_out = False

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.left_out = self.left_out or bool(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for told in _scenarios(report):
            key = (report.nodeid, told["capability"], told["jurisdiction"])
            before = self.found.get(key)
            if before and before.outcome != "passed":
                continue
            self.found[key] = coverage.Outcome(
                capability=told["capability"],
                jurisdiction=told["jurisdiction"],
                scenario=report.nodeid,
                clauses=tuple(told["clauses"]),
                outcome=report.outcome if report.when == "call" or not report.passed else "passed",
            )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.config.option.collectonly:
            return
        coverage.record(self.found.values(), tree=self.tree, complete=self._whole(session))

    def _whole(self, session: pytest.Session) -> bool:
        """Whether every test of the suite was asked for and came to its end."""
        asked = {Path(argument.partition("::")[0]).resolve() for argument in self.config.args}
        suite = {(self.config.rootpath / path).resolve() for path in self.config.getini("testpaths")}
        ended = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        return ended and not self.left_out and asked <= suite | {self.config.rootpath} and bool(asked)


def _scenarios(report: pytest.TestReport) -> Iterator[dict[str, Any]]:
    for name, value in report.user_properties:
        if name == PROPERTY and isinstance(value, dict):
            yield value
