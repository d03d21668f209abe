"""Benchmarks: what they count and what they say; never how long anything took."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from tuoyu.core import workdays
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.bench import aims, directory, draw, imports, inbox
from tuoyu.project.bench.measuring import in_turn
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage
from tuoyu.project.demo import marks, writing
from tuoyu.project.demo.bulk import write_bulk
from tuoyu.project.demo.people import BY, engage
from tuoyu.project.trouble import Trouble
from tuoyu.supervision.models import Plan


class InTest(Stage):
    """The stage inside a test's transaction: the floor asks on the same connection."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()

    def all(self, text: str, parameters: list[Any] | None = None) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(text, parameters or [])
            return list(cursor.fetchall())

    def one(self, text: str, parameters: list[Any] | None = None) -> Any:
        return self.all(text, parameters)[0]

    def rows(self, statements: list[tuple[str, list[Any]]]) -> int:
        return sum(len(self.all(text, parameters)) for text, parameters in statements)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the connection open, as Django's own test client does: a test's transaction is on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def stage(db: None, one_connection: None) -> Stage:
    marks.demand_demonstration()
    engage(by=BY, username="demo.first", name="演示")
    with workdays.held(), jurisdictions.remembering():
        write_bulk("county", 50, 150, writing.silent)
    return InTest()


def test_calls_are_made_in_turn_and_counted() -> None:
    made: list[str] = []

    def call(name: str) -> Any:
        return lambda number: made.append(name) or 0

    found = in_turn({"page": call("page"), "floor": call("floor")}, 7)
    assert made[-4:] == ["page", "floor", "page", "floor"]
    for measured in found.values():
        assert measured.requests == 7
        assert measured.p50 <= measured.p95
        assert measured.queries is None


def test_an_aim_that_is_missed_says_by_how_much() -> None:
    assert aims.share("list", 100, 1000).sentence().startswith("met")
    missed = aims.share("list", 80, 1000)
    assert not missed.met
    assert missed.sentence().endswith("by 2 %")
    assert aims.search("search", 50.0).met
    assert aims.same_queries("list", 3, 4).sentence().startswith("MISSED")


def test_a_page_that_fails_is_not_fast(stage: Stage) -> None:
    with pytest.raises(Trouble, match="404"):
        stage.get("/nurseries/999999999/")


def test_the_directory_is_measured_against_the_same_rows(stage: Stage) -> None:
    report = Report("directory", "county", {"institutions": 50})
    directory.run(stage, report, 5)
    told = report.as_json()
    groups = list(told["groups"].values())
    assert [set(group) for group in groups[:2]] == [{"page", "API", "floor"}] * 2
    assert {"name", "two characters", "pinyin", "initials", "initials in part"} == set(groups[2])
    assert all(m["requests"] == 5 and m["per_second"] > 0 for group in groups for m in group.values())
    assert {"what", "found", "wanted", "at_least", "unit", "met"} == set(told["aims"][0])
    counted = [aim for aim in told["aims"] if aim["unit"] == "queries"]
    assert counted
    assert all(aim["met"] for aim in counted), counted


def test_the_inbox_is_measured_for_an_officer_and_for_a_lead(stage: Stage) -> None:
    report = Report("inbox", "county", {"steps": 1})
    inbox.run(stage, report, 5)
    told = report.as_json()
    assert len(told["groups"]) == 3
    assert "officer" in told["notes"][0]
    assert "lead" in told["notes"][1]
    counted = {aim["what"]: aim for aim in told["aims"] if aim["unit"] == "queries"}
    # Reading an application with personal data writes its audit event: one statement more than are read.
    assert counted.pop("case page, queries")["found"] <= aims.QUERIES + 1
    assert all(aim["met"] for aim in counted.values()), counted


def test_an_import_is_measured_beside_its_floor_and_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ROWS", 12)
    monkeypatch.setattr(imports, "LONG_ROWS", 200)
    before = Institution.objects.count()
    report = Report("import", "county", {})
    imports.run(stage, report, 5)
    assert Institution.objects.count() == before
    assert report.data["rows"] == 12
    assert "12 rows written" in report.notes[0]
    assert "2 defects" in report.notes[1]
    assert [aim.unit for aim in report.aims] == ["s", "s", "MiB"]
    assert all(aim.found > 0 for aim in report.aims)


def test_a_draw_is_measured_beside_its_floor_and_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw, "DRAWN", 7)
    monkeypatch.setattr(draw, "INSPECTORS", 4)
    report = Report("draw", "county", {})
    draw.run(stage, report, 5)
    assert not Plan.objects.exists()
    (group,) = report.groups
    assert group.startswith("A draw of 7 among ")
    assert "the file matches" in report.notes[0]
    assert [aim.unit for aim in report.aims] == ["s"]
