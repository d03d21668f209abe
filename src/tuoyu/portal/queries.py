"""What the public site reads: points for the map, what was publicised."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Avg, Count, F, Func, IntegerField, QuerySet, Value

from tuoyu.institutions.models import Institution, Publication
from tuoyu.institutions.queries import Narrowed, narrow, public_institutions

# More points than this are drawn as groups; a map with more is slow on a phone and says nothing.
MOST_POINTS = 300
# Into how many cells a map is divided, across, when points are drawn as groups.
CELLS = 12
# For how many seconds the groups of a frame are kept: the whole country is asked for on every visit.
GROUPS_KEPT = 60
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Frame:
    """The part of the earth a map shows."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, text: str) -> "Frame":
        """Read "west,south,east,north"; ValueError when it is none."""
        west, south, east, north = (float(part) for part in text.split(",")) if text else WORLD
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("no such frame")
        return cls(west, south, east, north)

    @property
    def cell(self) -> float:
        """The side of a cell, in degrees."""
        return max(self.east - self.west, self.north - self.south) / CELLS


def points_in(narrowed: Narrowed, frame: Frame) -> list[dict[str, Any]]:
    """Institutions in the frame, each a point; where there are too many, groups with their number."""
    rows = narrow(public_institutions(), narrowed).filter(
        longitude__range=(frame.west, frame.east), latitude__range=(frame.south, frame.north)
    )
    single: QuerySet[Institution, Any] = rows.order_by("pk").values(
        "id", "name", "longitude", "latitude", "address", "filing", "places"
    )
    found: list[dict[str, Any]] = list(single[: MOST_POINTS + 1])
    if len(found) <= MOST_POINTS:
        return found
    key = f"points:{hash((narrowed, frame))}"
    kept: list[dict[str, Any]] | None = cache.get(key)
    if kept is None:
        kept = _grouped(rows, frame)
        cache.set(key, kept, GROUPS_KEPT)
    return kept


def _grouped(rows: QuerySet[Institution], frame: Frame) -> list[dict[str, Any]]:
    def cell(name: str) -> Func:
        return Func(F(name) / Value(frame.cell), function="floor", output_field=IntegerField())

    grouped = (
        rows.order_by()
        .annotate(across=cell("longitude"), up=cell("latitude"))
        .values("across", "up")
        .annotate(count=Count("pk"), longitude_=Avg("longitude"), latitude_=Avg("latitude"))
        .order_by("across", "up")
    )
    return [
        {"count": row["count"], "longitude": row["longitude_"], "latitude": row["latitude_"]}
        for row in grouped
    ]


def publications(kind: str = "") -> QuerySet[Publication, Any]:
    """What authorities made public, newest first."""
    rows = (
        Publication.objects.filter(kind=kind)
        if kind in Publication.Kind.values
        else Publication.objects.all()
    )
    return rows.values(
        "id", "kind", "reasons", "clause", "department", "division_code", "published_on", "institution_id",
        "institution__name", "institution__filing", "case__number", "withdrawn_on", "withdrawn_reason",
    )  # fmt: skip


def tiles() -> str:
    """The address of the tile service, where the installation has a key for one."""
    return str(settings.MAP_TILES)
