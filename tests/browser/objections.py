"""What is to be objected to on an open page: what axe finds, and what is wider than the screen.

Contrast takes most of axe's time, and most of what stands on a page is the frame around it (bar, navigation,
foot), drawn the same on page after page. Contrast is measured once of a piece of the frame that has the same
markup, within the same tags, under the same style sheets and at the same width; everything else axe knows is
asked of the whole page each time.
"""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from browser.visitor import DESK, HEIGHT, PHONE

# Only what is wrong comes back, and no style sheet is fetched again.
_AXE = """
    async (measured) => {
        const tag = element => element.cloneNode(false).outerHTML;
        const number = text => {
            let sum = 0;
            for (let at = 0; at < text.length; at++) sum = Math.imul(sum, 31) + text.charCodeAt(at) | 0;
            return `${text.length}:${sum}`;
        };
        const styles = [...document.styleSheets].map(sheet => sheet.href).join();
        const within = element => (element ? within(element.parentElement) + tag(element) : styles);
        const frame = [...document.querySelectorAll("body :not(main, main *, svg, svg *)")].filter(
            element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
        const pieces = new Map(frame.map(
            element => [element, number(within(element.parentElement) + element.outerHTML)]));
        const known = new Set(measured);
        const again = frame.filter(element => known.has(pieces.get(element)));
        const options = {resultTypes: ["violations"], preload: false};
        const whole = {...options, rules: {"color-contrast": {enabled: false}}};
        const contrast = {...options, runOnly: {type: "rule", values: ["color-contrast"]}};
        const found = [
            await axe.run(document, whole),
            await axe.run({include: [document], exclude: again}, contrast),
        ];
        return [
            [...new Set(pieces.values())],
            found.flatMap(one => one.violations).map(
                v => [v.id, ...v.nodes.slice(0, 2).map(node => node.html.slice(0, 160))]),
        ];
    }
"""


class Objections:
    """To the pages of one browser, as it goes from one to the next."""

    def __init__(self) -> None:
        self._measured: dict[int, set[str]] = {}

    def to(self, page: Page, widths: Sequence[int] = (DESK, PHONE)) -> list[tuple[Any, ...]]:
        """All there are, at each width."""
        page.evaluate(AXE_SCRIPT)
        found: list[tuple[Any, ...]] = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                found.append((width, f"{wide} px wider than the screen"))
            measured = self._measured.setdefault(width, set())
            pieces, violations = page.evaluate(_AXE, sorted(measured))
            measured.update(pieces)
            found += [(width, *violation) for violation in violations]
        return found
