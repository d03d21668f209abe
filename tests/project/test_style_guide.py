"""Every component, drawn: no inline script or style, only icons we ship, nothing axe objects to."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

from browser.objections import Objections
from tuoyu.project import style_guide

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "src" / "tuoyu").glob("*/jinja2/**/*.html"))
PAGES = [f"/style/{shape}/" for shape in style_guide.SHAPES] + ["/style/?frame=public"]

pytestmark = pytest.mark.urls("tuoyu.project.style_guide")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_no_inline_script_or_style(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*src=)", page)


def test_an_unknown_shape_is_not_found(client: Client) -> None:
    assert client.get("/style/nothing/").status_code == 404


def test_every_icon_a_page_names_is_shipped() -> None:
    shipped = set((ROOT / "frontend" / "src" / "icons.txt").read_text().split())
    named = {
        name
        for template in TEMPLATES
        for name in re.findall(r'(?:\bicon\(|\bicon=)"([a-z0-9-]+)"', template.read_text())
    }
    assert named
    assert named - shipped == set()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(chromium: Browser, scheme: str) -> None:
    pages = {address: Client().get(address).content for address in [*PAGES, "/style/points/"]}
    found, objections = [], Objections()
    context = chromium.new_context(color_scheme=scheme)
    context.route("**/*", lambda route: _serve(route, pages))
    page = context.new_page()
    for address in PAGES:
        page.goto(f"http://tuoyu.test{address}")
        found += [(address, *one) for one in objections.to(page)]
    context.close()
    assert found == []


def _serve(route: Route, pages: dict[str, bytes]) -> None:
    path = route.request.url.removeprefix("http://tuoyu.test").partition("#")[0]
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        assert found, f"{path} is not built"
        route.fulfill(path=found)
    else:
        route.fulfill(body=pages.get(path, b""), content_type="text/html; charset=utf-8")
