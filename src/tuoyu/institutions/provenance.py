"""Who supplied what is known of an institution, when, and on what ground: read from its facts.

What came with an institution that was taken in among many is read from the one row it is kept in. Where no
fact was written (rows from before facts were kept, or loaded in bulk), it is derived from the registration
and the filing as far as these say it truly; what they do not say is "not recorded".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tuoyu.core import clock
from tuoyu.institutions import facts
from tuoyu.institutions.models import Fact, FirstFacts, Institution, Publication
from tuoyu.institutions.vocabulary import Filing, GroundKind, Registration
from tuoyu.jurisdictions.names import department_name

NOT_RECORDED = "没有记录"


@dataclass(frozen=True)
class Statement:
    """That somebody said a value: on what ground, who, for which office, from which day on, in which case."""

    ground: str
    who: str = ""
    office: str = ""
    on: date | None = None
    case: str = ""

    @property
    def in_words(self) -> str:
        """The statement in one line; the applicant is called so."""
        if self.ground == GroundKind.UNRECORDED:
            return f"来源{NOT_RECORDED}"
        if self.ground == GroundKind.HELD:
            return f"{self.who} {self.on}"
        by = f"{self.office}{self.who}" if self.office else f"申办人{self.who}" if self.who else ""
        said = "，".join(part for part in (by, str(GroundKind(self.ground).label)) if part)
        return f"{said}（办件编号{self.case}）" if self.case else said


@dataclass(frozen=True)
class Known:
    """One fact as known on a day: its value, who first supplied it, and who said the same last."""

    key: str
    value: Any
    supplied: Statement
    confirmed: Statement | None = None
    stated: bool = True


Written = Mapping[str, list[Fact]]


def known_on(
    row: Mapping[str, Any], day: date | None = None, written: Written | None = None
) -> dict[str, Known]:
    """What is known of an institution (its columns, with id) on a day, today when none is given, by fact.

    `written` is what `written_of` found, where that was asked already.
    """
    day = day or clock.today()
    found: dict[str, Known] = {}
    told: set[str] = set()
    for key, rows in (written_of(row["id"]) if written is None else written).items():
        told.add(key)
        spot = next((i for i, fact in enumerate(rows) if day in fact.period), None)
        if spot is not None and facts.is_given(rows[spot].said):
            found[key] = _known(key, rows, spot)
    return _derived(row, day, told) | found


def written_of(institution_id: int) -> Written:
    """Every fact of an institution that was not replaced, by key, the earliest first."""
    return written_with(institution_id, FirstFacts.objects.filter(institution=institution_id))


def written_with(institution_id: int, first: Iterable[FirstFacts]) -> Written:
    """The same, where what came with the institution was fetched already."""
    rows = Fact.objects.filter(institution=institution_id, replaced_at=None).select_related("case")
    found: dict[str, list[Fact]] = {}
    for fact in rows.order_by("period"):
        found.setdefault(fact.key, []).append(fact)
    for fact in (fact for one in first for fact in one.as_facts()):
        found.setdefault(fact.key, [fact])
    return found


def _known(key: str, rows: list[Fact], spot: int) -> Known:
    """A value with the first of those who said the same without a break, and the last."""
    value, first = rows[spot].said, spot
    while (
        first and rows[first - 1].said == value and rows[first - 1].period.upper == rows[first].period.lower
    ):
        first -= 1
    confirmed = _statement(rows[spot]) if spot != first else None
    return Known(key, value, _statement(rows[first]), confirmed)


def _statement(fact: Fact) -> Statement:
    office = department_name(fact.department, fact.division_code) if fact.department else ""
    case = fact.case.number if fact.case is not None else ""
    return Statement(fact.ground, fact.supplier, office, fact.period.lower, case)


# ---------------------------------------------------------------- where no fact was written


@dataclass(frozen=True)
class Derived:
    """Since when a column without facts has said what it says, on what ground, and by whose word."""

    ground: GroundKind
    since: date
    department: str = ""
    division_code: str = ""
    case_id: int | None = None


def derived(institution: Institution, key: str, until: date) -> Derived | None:
    """What may be written down of a column before another value is stated for a day; None where nothing is.

    Registration and filing have their days, and nobody who said them.
    """
    row = row_of(institution)
    if key in STATES:
        since = row[STATES[key]]
        named = row[key] not in (Registration.UNREGISTERED, Filing.NONE)
        found = Derived(GroundKind.UNRECORDED, since) if since is not None and named else None
    else:
        found = _source_of(row, key)
    if found is None or found.since >= until:
        return None
    if found.ground != GroundKind.FILING:
        return found
    published = Publication.objects.filter(
        institution=institution.pk, kind=Publication.Kind.FILING, published_on__lte=found.since
    )
    case_id = published.order_by("-published_on", "-pk").values_list("case", flat=True).first()
    # Without its case there is nobody to name.
    return replace(found, case_id=case_id) if case_id else Derived(GroundKind.UNRECORDED, found.since)


def _source_of(row: Mapping[str, Any], key: str) -> Derived | None:
    registered, filed = row.get("registered_on"), row.get("receipt_issued_on")
    if row.get("registration") == Registration.UNREGISTERED or registered is None:
        return None
    if key in facts.REGISTERED:
        reported = GroundKind.REGISTRAR_REPORT if row.get("source_id") else GroundKind.REGISTRATION
        return Derived(reported, registered, row["registrar"], row["division_code"][:6])
    if filed is not None and key in SAID_ON_FILING:
        return Derived(GroundKind.FILING, filed)
    return None


def _derived(row: Mapping[str, Any], day: date, told: Iterable[str]) -> dict[str, Known]:
    """What the columns hold without a fact of their own, where they held it on that day as well."""
    registered = row.get("registered_on")
    if row.get("registration") == Registration.UNREGISTERED or registered is None or day < registered:
        return {}
    found = {}
    for key in facts.COLUMNS.keys() - set(told) - STATES.keys():
        value, source = facts.plain(row.get(key)), _source_of(row, key)
        if not facts.is_given(value):
            continue
        if source is not None and source.since <= day:
            found[key] = Known(key, value, _derived_statement(row, source), stated=False)
        elif day == clock.today():
            found[key] = Known(key, value, Statement(GroundKind.UNRECORDED), stated=False)
    return found


def _derived_statement(row: Mapping[str, Any], source: Derived) -> Statement:
    """Of a filing without facts: the applicant said it, in the case that ended in the receipt."""
    office = department_name(source.department, source.division_code) if source.department else ""
    case = (row.get("case_number") or "") if source.ground == GroundKind.FILING else ""
    return Statement(source.ground, office=office, on=source.since, case=case)


# The states, with the column of the day since when there is one.
STATES = {"registration": "registered_on", "filing": "receipt_issued_on"}
# What a filing takes over from its application.
SAID_ON_FILING = (
    "division_code", "address", "longitude", "latitude", "representative", "phone", "care_types",
    "class_types", "places", "opening_hours", "fees", "intro",
)  # fmt: skip


def row_of(institution: Institution) -> dict[str, Any]:
    """An institution's columns, as `known_on` reads them."""
    names = (*facts.COLUMNS, "id", "source_id", "receipt_issued_on")
    return {name: getattr(institution, name) for name in names}
