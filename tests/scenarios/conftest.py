"""Scenarios commit nothing outside their folder, and print one paper where many would say the same."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from django.core.cache import cache

from tuoyu.institutions import documents


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    # Every new browser would look through the folder of static files again.
    settings.WHITENOISE_AUTOREFRESH = True
    cache.clear()


@pytest.fixture(autouse=True)
def plain_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and no scenario asks about it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_paper_for_all(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting a page of type takes longer than the scenario; only those who ask get a paper of their own."""
    if "real_papers" not in request.fixturenames:
        monkeypatch.setattr(documents, "pdf_of", lambda content: _sample(_pdf_of))


@pytest.fixture
def real_papers() -> None:
    """Receipts and notices are really set."""


_pdf_of = documents.pdf_of


@lru_cache(maxsize=1)
def _sample(make: Callable[[dict[str, Any]], bytes]) -> bytes:
    texts = ("title", "number", "issuer", "issued_on", "name", "reasons", "code")
    return make({**dict.fromkeys(texts, "—"), "facts": [], "lines": [], "address": "https://example.org/"})
