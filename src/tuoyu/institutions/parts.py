"""What else there is of an institution: tabs of its page, which higher rooms plug in.

    parts.register(Part("staff", "人员", order=20, address=..., rows=...))

once, in an AppConfig's ready(). A part is a page of its own in its own room, with the name, the state and the
tabs of the record on top (`institutions/part.html`, given `parts.opened(...).shown("staff")`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet, Value
from django.http import Http404
from django.urls import reverse

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import Permission, column_of, columns, visible_to
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_INSTITUTION

MOST_COUNTED = 100


def everywhere(division_code: str) -> bool:
    """For a part that institutions of every place have."""
    return True


@dataclass(frozen=True)
class Part:
    """A tab. `rows` are what its count counts, or None where the actor has no such tab; `at` says whether
    institutions of a place have one."""

    key: str
    label: str
    order: int
    address: Callable[[int], str]
    rows: Callable[[Actor, int], QuerySet[Any, Any] | None]
    at: Callable[[str], bool] = everywhere


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a part; ValueError when there is one of this name."""
    if part.key in _parts:
        raise ValueError(f"there is a part {part.key} already")
    _parts[part.key] = part


def tabs_of(institution: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tabs of an institution's row with the columns that `counted` gave it."""
    return _tabs(institution["id"], institution["division_code"], institution, "")


def counted(actor: Actor, institution_id: int) -> dict[str, ArraySubquery]:
    """For each part the actor has a column with one entry for each row it counts, a hundred at most."""
    rows = {part.key: part.rows(actor, institution_id) for part in _parts.values()}
    return {
        f"part_{key}": ArraySubquery(found.order_by().values_list(Value(1))[:MOST_COUNTED])
        for key, found in rows.items()
        if found is not None
    }


def _tabs(pk: int, division_code: str, counted: Mapping[str, Any], current: str) -> list[dict[str, Any]]:
    overview = {"label": "概况", "href": reverse("institutions:record", args=[pk]), "current": not current}
    return [overview] + [
        {
            "label": part.label,
            "href": part.address(pk),
            "current": part.key == current,
            "count": _count_in_words(len(counted[f"part_{part.key}"] or ())),
        }
        for part in sorted(_parts.values(), key=lambda part: part.order)
        if f"part_{part.key}" in counted and part.at(division_code)
    ]


def _count_in_words(number: int) -> int | str:
    return f"{MOST_COUNTED - 1}+" if number >= MOST_COUNTED else number


@dataclass(frozen=True)
class Opened:
    """An institution of which a part is opened, the keys of the permissions asked for that hold on it, and
    what its tabs count."""

    institution: Institution
    may: frozenset[str]
    counted: Mapping[str, Any]

    def shown(self, current: str) -> dict[str, Any]:
        """What `institutions/part.html` needs on top of a part's own page."""
        one = self.institution
        return {
            "institution": one,
            "tabs": _tabs(one.pk, one.division_code, self.counted, current),
            "opens_record": VIEW_INSTITUTION.key in self.may,
        }


def opened(
    actor: Actor, permission: Permission, pk: int, *asked: Permission, **more: ArraySubquery
) -> Opened:
    """The institution of an address whose part `permission` opens, with its tabs, which of the permissions
    `asked` hold on it, and `more` columns, in one query; Http404 where the actor does not see it."""
    also = (*asked, VIEW_INSTITUTION)
    may = columns(actor, also, Institution.objects.filter(pk=pk))
    rows = visible_to(actor, permission, Institution.objects.filter(pk=pk))
    found = rows.annotate(**may, **more, **counted(actor, pk)).first()
    if found is None:
        raise Http404
    held = frozenset(one.key for one in also if getattr(found, column_of(one), False))
    return Opened(found, held, vars(found))
