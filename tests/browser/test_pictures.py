"""The pictures of the README: `make pictures` takes them anew, every run looks that they are there."""

import os
from pathlib import Path

import pytest
from PIL import Image

from browser.town import Town
from browser.visitor import DESK, PHONE, Site
from tuoyu.cases.models import Step

FOLDER = Path(__file__).parents[2] / "docs" / "images"
ASKED = os.environ.get("TUOYU_PICTURES") == "1"
LARGEST = 300_000
WIDTHS = {"case.png": DESK, "home-on-a-phone.png": PHONE, "nursery-on-a-phone.png": PHONE}
HEIGHTS = {DESK: 1010, PHONE: 844}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pictures_of_the_readme_are_there_and_small(request: pytest.FixtureRequest) -> None:
    if ASKED:
        _take_them(request.getfixturevalue("site"), request.getfixturevalue("town"))
    for name, width in WIDTHS.items():
        with Image.open(FOLDER / name) as picture:
            assert picture.width == width, name
        assert (FOLDER / name).stat().st_size < LARGEST, name
    for readme in ("README.md", "README.zh-CN.md"):
        text = (FOLDER.parents[1] / readme).read_text()
        assert all(f"docs/images/{name}" in text for name in WIDTHS), readme


def _take_them(site: Site, town: Town) -> None:
    checking = Step.objects.filter(kind=Step.Kind.CHECK, state=Step.State.ACTIVE).earliest("pk")
    officer = site.visitor(town.user("nanjing-health"))
    family = site.visitor(width=PHONE)
    for visitor, path, name in (
        (officer, f"/cases/{checking.case.number}/", "case.png"),
        (family, "/", "home-on-a-phone.png"),
        (family, f"/nurseries/{town.institution.pk}/", "nursery-on-a-phone.png"),
    ):
        width = WIDTHS[name]
        visitor.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        taken = FOLDER / name
        FOLDER.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=taken)
        with Image.open(taken) as picture:
            picture.convert("RGB").quantize(256).save(taken, optimize=True)
