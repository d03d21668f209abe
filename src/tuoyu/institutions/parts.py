"""What else there is of an institution: tabs of its page, which higher rooms plug in.

    parts.register(Part("staff", "人员", order=20, address=..., rows=...))

once, in an AppConfig's ready(). A part is a page of its own in its own room, with the name, the state and the
tabs of the record on top (`institutions/part.html`, given `parts.shown(actor, institution, "staff")`).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.urls import reverse

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_INSTITUTION

MOST_COUNTED = 100


@dataclass(frozen=True)
class Part:
    """A tab. `rows` are what its count counts, or None where the actor has no such tab."""

    key: str
    label: str
    order: int
    address: Callable[[int], str]
    rows: Callable[[Actor, int], QuerySet[Any, Any] | None]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a part; ValueError when there is one of this name."""
    if part.key in _parts:
        raise ValueError(f"there is a part {part.key} already")
    _parts[part.key] = part


def tabs_of(actor: Actor, institution_id: int, current: str = "") -> list[dict[str, Any]]:
    """The tabs of an institution that `actor` may open, counted (to a hundred) in one query."""
    asked = [
        (part, part.rows(actor, institution_id)) for part in sorted(_parts.values(), key=lambda p: p.order)
    ]
    seen = [(part, rows) for part, rows in asked if rows is not None]
    counts = _counted({part.key: rows for part, rows in seen})
    overview = {
        "label": "概况",
        "href": reverse("institutions:record", args=[institution_id]),
        "current": not current,
    }
    return [overview] + [
        {
            "label": part.label,
            "href": part.address(institution_id),
            "current": part.key == current,
            "count": f"{MOST_COUNTED - 1}+" if counts[part.key] >= MOST_COUNTED else counts[part.key],
        }
        for part, _ in seen
    ]


def _counted(rows: dict[str, QuerySet[Any, Any]]) -> Counter[str]:
    keys = [one.order_by().values_list(Value(key))[:MOST_COUNTED] for key, one in rows.items()]
    if not keys:
        return Counter()
    first, *others = keys
    return Counter(key for (key,) in (first.union(*others, all=True) if others else first))


def shown(actor: Actor, institution: Institution, current: str) -> dict[str, Any]:
    """What `institutions/part.html` needs on top of a part's own page."""
    return {
        "institution": institution,
        "tabs": tabs_of(actor, institution.pk, current),
        "opens_record": can(actor, VIEW_INSTITUTION, institution),
    }
