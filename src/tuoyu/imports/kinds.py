"""What may be imported: a room above says for each kind which sheet, how it is checked and how written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import Http404

from tuoyu.core.actor import Actor
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Defect, Sheet

Rows = Sequence[tuple[int, Mapping[str, Any]]]
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Difference:
    """Where a row says something else than is known: that is shown and not written."""

    row: int
    name: str
    label: str
    known: str
    said: str


@dataclass(frozen=True)
class Checked:
    """A sheet checked against what is known: every defect, the rows that are new, the differences, and what
    only is pointed out: it stands in nobody's way."""

    read: Read
    fresh: frozenset[int]
    differences: tuple[Difference, ...] = ()
    warnings: tuple[Defect, ...] = ()


class Importer(Protocol):
    """One kind of import."""

    key: str
    label: str
    lead: str
    # Columns of the sheet by which a row is recognised in the preview; none that names a number of a person.
    preview: tuple[str, ...]
    # Who sees what was written.
    shown_to: str

    def seen_at(self, by: Actor) -> str:
        """The address where what was written is seen."""

    def may(self, by: Actor) -> bool:
        """Whether `by` may import this."""

    def sheet(self, by: Actor) -> Sheet:
        """The sheet to fill in, with the choices that are open to `by`."""

    def check(self, read: Read, by: Actor) -> Checked:
        """Check against what is known, in sets."""

    def write(self, rows: Rows, by: Actor, tell: Tell) -> Sequence[Defect]:
        """Write `rows`, telling how many are done; what was refused at the last comes back."""


_KINDS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make a kind known (from `AppConfig.ready`)."""
    _KINDS[importer.key] = importer


def kind(key: str) -> Importer:
    """The kind called `key`."""
    return _KINDS[key]


def open_to(by: Actor) -> list[Importer]:
    """The kinds `by` may import."""
    return [importer for importer in _KINDS.values() if importer.may(by)]


def kind_for(by: Actor, key: str) -> Importer:
    """The kind called `key`; Http404 when there is none `by` may import."""
    found = _KINDS.get(key)
    if found is None or not found.may(by):
        raise Http404
    return found
