"""What is to be objected to on an open page: what axe finds, and what is wider than the screen.

Contrast takes most of axe's time, and most text on a page is drawn as other text was: in the same colour,
size and weight, within things of the same name and class that have the same backgrounds. Of each such way of
drawing contrast is measured until it has passed, once at each width; everything else axe knows is asked of
the whole page each time.
"""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from browser.visitor import DESK, HEIGHT, PHONE

# Only what is wrong comes back, and no style sheet is fetched again.
_AXE = """
    async (passed) => {
        const number = text => {
            let sum = 0;
            for (let at = 0; at < text.length; at++) sum = Math.imul(sum, 31) + text.charCodeAt(at) | 0;
            return `${text.length}:${sum}`;
        };
        const grounds = new Map([[null, ""]]);
        const ground = element => {
            if (!grounds.has(element)) {
                const drawn = getComputedStyle(element);
                grounds.set(element, number([
                    ground(element.parentElement), element.localName, element.getAttribute("class"),
                    drawn.backgroundColor, drawn.backgroundImage, drawn.opacity, drawn.filter,
                    drawn.mixBlendMode, drawn.position, drawn.zIndex, drawn.display, drawn.visibility,
                ].join()));
            }
            return grounds.get(element);
        };
        const way = element => {
            const drawn = getComputedStyle(element);
            return number([
                ground(element), drawn.color, drawn.fontSize, drawn.fontWeight, drawn.textShadow].join());
        };
        const texts = [...document.querySelectorAll("body, body *")].filter(
            element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
        const known = new Set(passed);
        const fresh = new Map(
            texts.map(element => [way(element), element]).filter(([key]) => !known.has(key)));
        const isNew = fresh.size > 0;
        fresh.forEach(element => element.setAttribute("data-new", ""));
        axe.configure({rules: [{id: "color-contrast", selector: "[data-new]", enabled: isNew}]});
        const {violations: found} = await axe.run(
            document, {resultTypes: ["violations"], preload: false, elementRef: true});
        fresh.forEach(element => element.removeAttribute("data-new"));
        const pale = found.filter(violation => violation.id === "color-contrast");
        const failed = new Set(pale.flatMap(one => one.nodes).map(node => way(node.element)));
        return [
            [...fresh.keys()].filter(key => !failed.has(key)),
            found.map(v => [v.id, ...v.nodes.slice(0, 2).map(node => node.html.slice(0, 160))]),
        ];
    }
"""


class Objections:
    """To the pages of one browser, as it goes from one to the next."""

    def __init__(self) -> None:
        self._passed: dict[int, set[str]] = {}

    def to(self, page: Page, widths: Sequence[int] = (DESK, PHONE)) -> list[tuple[Any, ...]]:
        """All there are, at each width; that of the page first, for to lay it out anew takes its time."""
        page.evaluate(AXE_SCRIPT)
        found: list[tuple[Any, ...]] = []
        here = page.viewport_size
        for width in sorted(widths, key=lambda width: not here or width != here["width"]):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                found.append((width, f"{wide} px wider than the screen"))
            known = self._passed.setdefault(width, set())
            passed, violations = page.evaluate(_AXE, sorted(known))
            known.update(passed)
            found += [(width, *violation) for violation in violations]
        return sorted(found, key=lambda one: widths.index(one[0]))
