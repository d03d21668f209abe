"""What the public may know of one filed institution: its page and the API tell the same.

    shown.register(Told("grades", any=..., rows=...))

once, in the ready() of a room above that has something to tell of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from tuoyu.core import clock
from tuoyu.core.nested import nested
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.institutions import life, provision
from tuoyu.institutions.models import Certificate, ClassGroup, Publication, Suspension
from tuoyu.institutions.queries import public_institutions
from tuoyu.institutions.vocabulary import FILED, Kind

PUBLIC_FIELDS = (
    "id", "name", "intro", "kind", "nature", "division_code", "address", "longitude", "latitude", "phone",
    "legal_form", "opening_hours", "fees", "care_types", "class_types", "places", "inclusive", "filing",
    "receipt_number", "receipt_issued_on", "verified_on", "public_since", "uscc",
)  # fmt: skip

TOLD_WITH_IT = (
    "class_rows", "publication_rows", "suspension_rows", "receipt_codes", "partner_rows", "pairing_rows",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a room above tells of an institution, as `name`: `rows` of its number, asked only where there may
    be `any`, the rows of that room tied to the institution's with an OuterRef."""

    name: str
    any: Callable[[], QuerySet[Any, Any]]
    rows: Callable[[int], list[dict[str, Any]]]

    @property
    def column(self) -> str:
        """Where the institution's row says whether there are any."""
        return f"any_{self.name}"


_by_others: dict[str, Told] = {}


def register(told: Told) -> None:
    """Tell this too; ValueError when somebody else tells something of that name."""
    if told.name in _by_others:
        raise ValueError(f"somebody tells {told.name} of an institution already")
    _by_others[told.name] = told


def institution(pk: int) -> dict[str, Any] | None:
    """What the public may know of one filed institution; None when it is not public."""
    row = _told().first(pk=pk)
    if row is None:
        return None
    # Today's number is asked only where there may be one: the query above is built once, whatever the day.
    opened = provision.opened_on(pk, clock.today()) if row["kind"] == Kind.EMPLOYER else 0
    audience = provision.audience(row["division_code"]) if opened else None
    pairing = provision.pairing_rule(row["division_code"]) if row["pairing_rows"] else None
    by_others = {told.name: told.rows(pk) if row.pop(told.column) else [] for told in _by_others.values()}
    return {
        **row,
        **by_others,
        "opened_places": min(opened, row["places"]),
        "opened_to": str(audience.value) if audience else "社会",
        "pairing_name": str(pairing.value) if pairing else "结对",
        "pauses": life.to_come(row["suspension_rows"]),
    }


@lru_cache(maxsize=1)
def _told() -> Prepared[dict[str, Any]]:
    rows = public_institutions().filter(pk=Blank("pk")).annotate(
        class_rows=_rows(ClassGroup.objects.open_now().order_by("pk"), "name", "class_type", "places"),
        publication_rows=_rows(
            Publication.objects.all(), "kind", "reasons", "clause", "published_on", "department",
            "division_code", "withdrawn_on", "withdrawn_reason",
        ),
        suspension_rows=nested(
            Suspension.objects.holding().filter(institution=OuterRef("pk")),
            "reason", first="days__startswith", until="days__endswith",
        ),
        receipt_codes=ArraySubquery(
            Certificate.objects.filter(
                institution=OuterRef("pk"), kind=Certificate.Kind.RECEIPT, cancelled_on=None
            ).values("code")
        ),
        partner_rows=provision.partner_rows(public=True),
        pairing_rows=provision.pairing_rows(shown=FILED),
        **{told.column: Exists(told.any()) for told in _by_others.values()},
    )  # fmt: skip
    columns = [told.column for told in _by_others.values()]
    return Prepared(rows.values(*PUBLIC_FIELDS, *TOLD_WITH_IT, *columns))


def _rows(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    return nested(rows.filter(institution=OuterRef("pk")), *names)
