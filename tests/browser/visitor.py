"""A person at a browser: finds things by what they say, and notes whatever the browser complains of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from accounts.people import browser as signed_in
from tuoyu.accounts.models import User
from tuoyu.institutions import pages
from tuoyu.institutions.asked import Form, form_of

# What an institution is asked that is neither a kindergarten's nor an employer's.
FORM = form_of("institution")
DESK, PHONE = 1440, 390
HEIGHT = 900
# Two slow cores under other work: what takes a moment may take seconds.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Visitor:
    """One person with one page open."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        # A refusal (409, 422) is an answer, not a mistake of the page.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    # ------------------------------------------------------------ going about

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.address + path)

    def follow(self, words: str, *, within: str = "main") -> None:
        """Click a link, found by how it begins."""
        begins = re.compile(rf"^\s*\d*\s*{re.escape(words)}")
        self.click(self.page.locator(within).get_by_role("link", name=begins))

    def press(self, words: str, *, within: str = "main") -> None:
        """Click a button."""
        self.click(self.page.locator(within).get_by_role("button", name=words, exact=True))

    def click(self, found: Locator) -> None:
        """Click the first, and wait until the page it leads to has come whole: to begin with only its head
        may be there, and what is counted then is too little."""
        found.first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def sees(self, words: str, *, within: str = "main") -> None:
        """The page says so."""
        expect(self.page.locator(within)).to_contain_text(words)

    def is_at(self, title: str) -> None:
        """The page with this heading is open."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    # ------------------------------------------------------------ filling in

    def types(self, label: str, value: str, within: Locator | None = None) -> None:
        """Fill a field found by its label."""
        (within or self.page.locator("main")).get_by_label(label_of(label)).first.fill(value)

    def picks(self, label: str, choice: str, within: Locator | None = None) -> None:
        """Choose in a list."""
        (within or self.page.locator("main")).get_by_label(label_of(label)).first.select_option(label=choice)

    def ticks(self, group: str, *choices: str) -> None:
        """Choose among radio buttons or boxes of a group."""
        inside = self.page.locator("main").get_by_role("group", name=label_of(group)).first
        for choice in choices:
            inside.get_by_label(label_of(choice)).first.check()

    def fills(self, page: str, values: Mapping[str, Any], form: Form = FORM) -> None:
        """Fill a page of the application; `values` by the fields' keys."""
        for asked in form.fields(page):
            if asked.key in values:
                self._fill(asked, values[asked.key])

    def fills_row(self, number: int, values: Mapping[str, str]) -> None:
        """Fill one class."""
        row = self.page.locator("fieldset.class-row").nth(number)
        for asked in pages.ROW_FIELDS:
            if asked.options:
                self.picks(asked.label, dict(asked.options)[values[asked.key]], row)
            else:
                self.types(asked.label, values[asked.key], row)

    def _fill(self, asked: pages.Field, value: Any) -> None:
        options = dict(asked.options)
        if asked.kind in ("choices", "yesno"):
            self.ticks(asked.label, *(options[key] for key in ([value] if isinstance(value, str) else value)))
        elif asked.kind == "choice":
            self.picks(asked.label, options[value])
        elif asked.kind == "street":
            self.page.get_by_label(label_of(asked.label)).select_option(value)
        elif asked.kind == "promise":
            self.page.get_by_label(asked.label).check()
        else:
            self.types(asked.label, value)


def label_of(words: str) -> re.Pattern[str]:
    """A label as a person reads it: perhaps with （选填） or a line of help after it."""
    return re.compile(rf"^\s*{re.escape(words)}\s*(（选填）|[^（]|$)")


class Site:
    """The running site, and the people who visit it with one browser."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self._contexts: list[BrowserContext] = []
        self._desks: dict[int, Visitor] = {}
        self.visitors: list[Visitor] = []

    def visitor(self, user: User | None = None, width: int = DESK, **options: Any) -> Visitor:
        """Somebody with a browser of their own; signed in as `user` without the form."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce", **options
        )
        self._contexts.append(context)
        if user is not None:
            context.add_cookies([self.session(user)])
        found = Visitor(context.new_page(), self.address)
        self.visitors.append(found)
        return found

    def desk(self, user: User, width: int = DESK) -> Visitor:
        """The computer of an office, at which one officer after another signs in: a browser that has not seen
        the site before takes seconds to begin."""
        if width not in self._desks:
            self._desks[width] = self.visitor(width=width)
        found = self._desks[width]
        found.page.context.clear_cookies()
        found.page.context.add_cookies([self.session(user)])
        return found

    def session(self, user: User) -> Any:
        """The cookie of somebody signed in."""
        return {"name": "sessionid", "value": signed_in(user).cookies["sessionid"].value, "url": self.address}

    def leave(self) -> None:
        """Close everything; nobody's browser may have complained."""
        for context in self._contexts:
            context.close()
        assert self.complaints == []

    @property
    def complaints(self) -> Sequence[str]:
        return [complaint for visitor in self.visitors for complaint in visitor.complaints]
