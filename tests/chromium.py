"""One Chromium for the tests that look at pages: found as `tools/environment.py` finds it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser, one at a time in each worker.

    Playwright keeps an event loop in this thread, which Django takes for a reason to refuse its database;
    nothing here is asynchronous, so it is told not to. Not for the whole session: other tests start loops.
    """
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
