"""Background work: declared with its period, and harmless when done twice."""

import logging

import pytest
from procrastinate.contrib.django import app

from exchange.callers import message
from tuoyu.core import checks
from tuoyu.exchange import jobs

pytestmark = pytest.mark.django_db


def test_every_job_has_its_period_and_is_queued_once() -> None:
    periods = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periods["exchange.deliver"] == "* * * * *"
    for name in (
        "exchange.nightly_checks",
        "core.seal_events",
        "core.sweep_uploads",
        "core.recompute_deadlines",
    ):
        assert name in periods
    assert app.tasks["exchange.deliver"].queueing_lock == "exchange.deliver"


def test_delivering_twice_delivers_once() -> None:
    message()
    assert [jobs.deliver(0), jobs.deliver(0)] == [1, 0]


def test_what_the_checks_of_the_night_find_is_written_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = checks.Check("x.y", "nothing is wrong", lambda: ["something is wrong"])
    monkeypatch.setattr(checks, "every", lambda: [found])
    with caplog.at_level(logging.ERROR, "tuoyu.checks"):
        assert jobs.nightly_checks(0) == 1
    assert "x.y: something is wrong" in caplog.text
