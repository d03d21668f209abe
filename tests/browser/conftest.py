"""The live site and one browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser

from browser.town import Town, built
from browser.visitor import Site


@pytest.fixture
def site(live_server: Any, chromium: Browser, settings: Any) -> Iterator[Site]:
    """The site, served from the test's own database."""
    settings.PUBLIC_ADDRESS = live_server.url
    found = Site(chromium, live_server.url)
    yield found
    found.leave()


@pytest.fixture(autouse=True)
def own_messages(settings: Any, tmp_path: Path) -> None:
    """Text messages of a test go to a file of its own."""
    settings.VAR = tmp_path
    settings.SMS_URL = ""
    cache.clear()


@pytest.fixture
def town(site: Site, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A small demonstration."""
    return built(monkeypatch)
