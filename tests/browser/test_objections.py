"""What is measured once only is still found, and found again where it looks different."""

import pytest
from playwright.sync_api import Browser

from browser.objections import Objections
from browser.visitor import DESK, PHONE

PAGE = """<!DOCTYPE html><html lang="zh"><head><title>页</title><style>
.pale {{ color: #ccc }} @media (width < 400px) {{ .pale-on-phone {{ color: #ccc }} }}
.other:nth-child(odd) {{ background: #333 }}
</style></head><body><header><nav aria-label="主"><a href="/">{frame}</a></nav></header>
<main><h1>页</h1>{main}</main></body></html>"""
PALE = '<span class="pale">看不清</span>'

pytestmark = pytest.mark.browser


def test_what_is_hard_to_read_is_found_in_the_frame_and_on_every_page(chromium: Browser) -> None:
    page, objections = chromium.new_page(), Objections()

    def found(frame: str, main: str) -> list[tuple[int, str, int]]:
        page.set_content(PAGE.format(frame=frame, main=main))
        return [(width, rule, len(nodes)) for width, rule, *nodes in objections.to(page)]

    everywhere = [(DESK, "color-contrast", 1), (PHONE, "color-contrast", 1)]
    assert found("首页", "<p>好</p>") == []
    assert found("首页", f"<p>{PALE}</p>") == everywhere
    assert found("首页", f"<p>{PALE}</p>") == everywhere
    assert found(PALE, "<p>好</p>") == everywhere
    assert found('<b class="pale-on-phone">首页</b>', "<p>好</p>") == everywhere[1:]
    assert found("首页", '<p class="other">看得清</p>') == []
    assert found("首页", '<p>好</p><p class="other">看不清</p>') == everywhere
    assert found("首页", '<img src="a.png">') == [(width, "image-alt", 1) for width in (DESK, PHONE)]
    page.close()
