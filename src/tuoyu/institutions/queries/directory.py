"""Finding institutions: by name, pinyin, initials, place and kind; the public directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as CaseWhen
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from tuoyu.institutions import (
    names,
    narrowing,
    provision,
)
from tuoyu.institutions.models import (
    SHOWN,
    Institution,
)
from tuoyu.institutions.vocabulary import (
    CareType,
    Filing,
    Kind,
)
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.packs.schema import prefix_of


@dataclass(frozen=True)
class Narrowed:
    """How a list of institutions is narrowed; each field is a parameter of the address."""

    text: str = ""
    place: str = ""
    kind: str = ""
    care_type: str = ""
    inclusive: bool = False
    state: str = ""
    opened: bool = False
    # What a higher room knows (`narrowing`): the grade of its last assessment.
    grade: str = ""
    # The office's own: the public does not ask who owes a report.
    overdue: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Narrowed":
        """Read an address; what makes no sense is left out, not refused."""
        place = query.get("place", "")
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:60],
            place=place if place in places() else "",
            kind=query.get("kind", "") if query.get("kind") in Kind.values else "",
            care_type=query.get("care", "") if query.get("care") in CareType.values else "",
            inclusive=query.get("inclusive") == "1",
            state=query.get("state", "") if query.get("state") in Filing.values else "",
            opened=query.get("opened") == "1",
            grade=query.get("grade", "").replace("\x00", "").strip()[:20],
            overdue=query.get("overdue") == "1",
        )


LIST_FIELDS = (
    "id", "name", "kind", "nature", "division_code", "address", "care_types", "class_types", "places",
    "inclusive", "filing", "phone", "longitude", "latitude", "receipt_number",
)  # fmt: skip


def public_institutions() -> QuerySet[Institution]:
    """What the public may see: filed institutions and no others."""
    return Institution.objects.filter(SHOWN)


def search(
    *, text: str = "", place: str = "", kind: str = "", care_type: str = "", inclusive: bool = False
) -> QuerySet[Institution, Any]:
    """The public directory: by name, pinyin or initials, place, kind, care type, inclusive or not."""
    narrowed = Narrowed(text=text, place=place, kind=kind, care_type=care_type, inclusive=inclusive)
    return directory(narrowed)


def directory(narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """The public directory as rows of values, the best match first."""
    rows = matching(public_institutions(), narrowed)
    found: QuerySet[Institution, Any] = rows.values(*LIST_FIELDS, opened_places=provision.opened_today())
    return found


def is_cut(count: int) -> bool:
    """Whether a search stopped at so many candidates, so that there may be more."""
    return count >= CANDIDATES


def narrow(rows: QuerySet[Institution], narrowed: Narrowed) -> QuerySet[Institution]:
    """`rows` narrowed as the address says."""
    if narrowed.place:
        rows = rows.filter(division_code__startswith=prefix_of(narrowed.place))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.care_type:
        rows = rows.filter(care_types__contains=[narrowed.care_type])
    if narrowed.inclusive:
        rows = rows.filter(inclusive=True)
    if narrowed.state:
        rows = rows.filter(filing=narrowed.state)
    if narrowed.opened:
        rows = provision.only_opened(rows)
    if narrowed.grade:
        rows = narrowing.by("grade", rows, narrowed.grade)
    return rows.filter(named(narrowed.text)) if narrowed.text else rows


def named(text: str) -> Q:
    """The condition that a name holds `text`, its pinyin or its initials; each part answers by an index."""
    asked = names.plain(text)
    if not asked:
        return Q(pk__in=[])
    pairs = Q(search_keys__contains=names.keys_asked(asked))
    if names.is_han(asked) or not asked.isascii():
        return pairs
    found = pairs & (Q(initials__contains=asked) | Q(name__icontains=asked))
    if len(asked) >= SHORTEST_TRIGRAM:
        found |= Q(pinyin__contains=asked)
    return found


SHORTEST_TRIGRAM = 3
# A word half the country's nurseries have in their name ranks nothing: beyond so many candidates the
# order is of those alone, and the count says that there are more.
CANDIDATES = 500
LAST = "\U0010ffff"


def matching(rows: QuerySet[Institution], narrowed: Narrowed) -> QuerySet[Institution]:
    """`rows` narrowed, the best match first: whose name begins with what was typed, then holds it."""
    asked = names.plain(narrowed.text)
    if not narrowed.text:
        return narrow(rows, narrowed).order_by("-pk")
    # Candidates come without an order, so that an index answers and stops early; the range is what an
    # index of names can use when the text is a parameter, where LIKE could not.
    found = narrow(rows, narrowed).order_by().values_list("pk", flat=True)
    begins = Q(name__gte=narrowed.text, name__lt=narrowed.text + LAST, name__startswith=narrowed.text)
    candidates = {*found.filter(begins)[:CANDIDATES], *found[:CANDIDATES]}
    best = CaseWhen(
        When(name__startswith=narrowed.text, then=Value(0)),
        When(name__contains=narrowed.text, then=Value(1)),
        When(initials__startswith=asked, then=Value(2)),
        When(pinyin__startswith=asked, then=Value(2)),
        When(initials__contains=asked, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    # One array rather than hundreds of parameters, which cost more than the search itself.
    chosen = RawSQL("SELECT unnest(%s::bigint[])", [sorted(candidates)])
    return Institution.objects.filter(pk__in=chosen).order_by(best, "pk")
