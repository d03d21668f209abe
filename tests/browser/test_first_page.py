"""What a family loads first, over a slow line."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import Response

from browser.visitor import PHONE, Site

MOST = 150_000

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_the_first_page_weighs_no_more_than_150_kB(site: Site, path: str) -> None:
    """Static files as an installation sends them, compressed; the page itself as it is."""
    visitor = site.visitor(width=PHONE)
    answers: list[Response] = []
    visitor.page.on("response", lambda answer: answers.append(answer))
    visitor.page.goto(site.address + path, wait_until="networkidle")
    weights = {answer.url: _weight(answer) for answer in answers}
    assert len(weights) > 4, weights
    assert sum(weights.values()) <= MOST, weights


def _weight(answer: Any) -> int:
    body = answer.body()
    return len(gzip.compress(body, 9)) if "/static/" in answer.url else len(body)
