"""One Chromium for the tests that look at pages: found as `tools/environment.py` finds it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


_open = ExitStack()
_running: list[Browser] = []


@pytest.fixture
def chromium() -> Browser:
    """A running browser, the same for the tests that follow one another; what they open in it they close."""
    if not _running:
        _running.append(_open.enter_context(_launched()))
    return _running[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The browser goes before a test that has no use for it, which may start an event loop of its own."""
    if nextitem is None or "chromium" not in getattr(nextitem, "fixturenames", ()):
        _running.clear()
        _open.close()


@contextmanager
def _launched() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, which Django takes for a reason to refuse its database;
    nothing here is asynchronous, so it is told not to."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_on_path(), args=QUIET)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def found_on_path() -> str | None:
    """The system's own browser; None leaves the choice to Playwright, which brings its own."""
    return next(filter(None, map(shutil.which, NAMES)), None)
