"""The application as one kind of institution is asked it at one place: what a rule asks, where it holds."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tuoyu.institutions import pages
from tuoyu.institutions.pages import Field, Page, Slot

ValueOf = Callable[[str], Any]
_SAID = re.compile(r"\{(rule|years):([^{}]*)\}")
MONTHS = 12


@dataclass(frozen=True)
class Form:
    """The pages of an application in their order, each with the fields asked on it and no others."""

    pages: tuple[Page, ...]

    def page(self, key: str) -> Page | None:
        """A page by its key; None when this kind is not asked it."""
        return next((page for page in self.pages if page.key == key), None)

    def fields(self, key: str) -> tuple[Field, ...]:
        """The fields of a page; none when it is not asked."""
        found = self.page(key)
        return found.fields if found else ()

    def rows(self, key: str) -> tuple[Field, ...]:
        """The fields of a page's rows; none when nothing is told row by row there."""
        found = self.page(key)
        return found.rows if found else ()

    def labels(self, slots: Iterable[Slot]) -> Iterator[tuple[str, str, str]]:
        """Every (page, field, label) that a remark can be pinned to."""
        for page in self.pages:
            for field in page.fields:
                yield page.key, field.key, field.label
        for slot in slots:
            yield pages.PAPERS.key, slot.key, slot.label


def nothing_known(key: str) -> Any:
    """No rule at all: what every place asks."""
    return None


def form_of(kind: str, value_of: ValueOf = nothing_known) -> Form:
    """What a kind of institution is asked; `value_of` gives the value of a rule, None when none holds."""
    return Form(tuple(_page(page, kind, value_of) for page in _pages(kind)))


def _pages(kind: str) -> Iterator[Page]:
    for page in pages.FILLED:
        yield page
        if page is pages.BASICS and kind in pages.BESIDES:
            yield pages.BESIDES[kind]


def _page(page: Page, kind: str, value_of: ValueOf) -> Page:
    fields = [_field(field, value_of) for field in pages.fields_of(page, kind)]
    return replace(
        page,
        fields=tuple(field for field in fields if field is not None),
        rows=pages.rows_of(page, kind),
        notes=tuple(key for key in page.notes if key.startswith(f"{kind}.") and value_of(key) is not None),
    )


def _field(field: Field, value_of: ValueOf) -> Field | None:
    if field.rule and value_of(field.rule) in (None, False):
        return None
    changed: dict[str, Any] = {}
    if field.label_with and (said := _said(field.label_with, value_of)):
        changed["label"] = said
    if field.options_of:
        offered = value_of(field.options_of)
        changed["options"] = tuple((str(one), str(one)) for one in offered or ())
    return replace(field, **changed) if changed else field


def _said(text: str, value_of: ValueOf) -> str:
    """The text with the values it speaks of; empty when one of the rules does not hold."""
    values = {(how, key): value_of(key) for how, key in _SAID.findall(text)}
    if None in values.values():
        return ""
    return _SAID.sub(lambda found: _worded(found[1], values[found[1], found[2]]), text)


def _worded(how: str, value: Any) -> str:
    if how == "years" and isinstance(value, int | float):
        return f"{value / MONTHS:g}"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
