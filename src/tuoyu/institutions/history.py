"""An institution on a day of the past: what was registered, filed and promised, its classes and papers.

Higher rooms add what they know of the day (who worked there) in their AppConfig's ready():

    history.register("people", "人员", who_worked_there)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import can
from tuoyu.institutions import facts, policy, provenance, stories
from tuoyu.institutions.models import (
    Application,
    Certificate,
    ClassGroup,
    Institution,
    Paper,
)
from tuoyu.institutions.permissions import VIEW_HISTORY
from tuoyu.institutions.provenance import Known
from tuoyu.institutions.vocabulary import Filing, Kind, Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleMissing

REGISTERED = (*facts.REGISTERED, "business_scope")
SERVED = (
    "address", "representative", "phone", "care_types", "places", "inclusive", "opening_hours", "fees",
    "intro",
)  # fmt: skip
MOST_DAYS = 60


@dataclass(frozen=True)
class Said:
    """One fact in words, with its source."""

    key: str
    label: str
    words: str
    known: Known


@dataclass(frozen=True)
class Told:
    """What another room tells of the day: a table, or why there is nothing."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "没有记录"


# Of whom, for whom, on which day; None where the asker may not know.
Teller = Callable[[Actor, Institution, date], Told | None]
_tellers: dict[str, tuple[str, Teller]] = {}


def register(key: str, label: str, teller: Teller) -> None:
    """Add what a room tells of a day; ValueError when there is one of this name."""
    if key in _tellers:
        raise ValueError(f"{key} is told already")
    _tellers[key] = (label, teller)


@dataclass(frozen=True)
class Day:
    """An institution on one day."""

    day: date
    registration: str
    filing: str
    groups: Sequence[tuple[str, Sequence[Said]]]
    classes: Sequence[dict[str, Any]]
    papers: Sequence[dict[str, Any]]
    promise: dict[str, Any] | None
    told: Sequence[tuple[str, str, Told]]
    turning_days: Sequence[date]

    @property
    def places(self) -> int:
        """The places of the classes there were."""
        return sum(row["places"] for row in self.classes)


def address_of(institution_id: int) -> str:
    """Where the history of an institution is read."""
    return reverse("institutions:history", args=[institution_id])


def events_for(actor: Actor, institution_id: int) -> QuerySet[AuditEvent] | None:
    """What the tab of the history counts; None where the actor has no such tab."""
    return stories.events_of(institution_id) if can(actor, VIEW_HISTORY) else None


def day_of(actor: Actor, institution: Institution, day: date) -> Day:
    """An institution as it was on `day`, as far as it was written down."""
    row = provenance.row_of(institution)
    written = provenance.written_of(institution.pk)
    known = provenance.known_on(row, day, written)
    told = [(key, label, teller(actor, institution, day)) for key, (label, teller) in _tellers.items()]
    papers = _certificates(institution, day)
    return Day(
        day=day,
        registration=_registration(institution, known, day),
        filing=_filing(known, papers),
        groups=_groups(known, institution),
        classes=_classes(institution, known, day),
        papers=papers + _handed_in(institution, day),
        promise=_promise(institution, day),
        told=[(key, label, one) for key, label, one in told if one is not None],
        turning_days=_turning_days(institution, written),
    )


def _turning_days(institution: Institution, written: provenance.Written) -> list[date]:
    """The days on which something became different, the newest first."""
    days = {fact.period.lower for rows in written.values() for fact in rows if fact.period.lower}
    days |= {day for day in (institution.registered_on, institution.receipt_issued_on) if day}
    return sorted(days, reverse=True)[:MOST_DAYS]


def _said(key: str, known: dict[str, Known], division_code: str) -> Said | None:
    one = known.get(key)
    if one is None:
        return None
    return Said(key, facts.label_of(key), facts.words_of(key, one.value, division_code), one)


def _groups(known: dict[str, Known], institution: Institution) -> list[tuple[str, list[Said]]]:
    place = known["division_code"].value if "division_code" in known else institution.division_code
    rooms = [key for key in known if key.startswith("premises.")]
    others = [key for key in known if key.startswith(("basics.", "provider.", "staff."))]
    wanted = (
        ("登记", REGISTERED),
        ("服务", ("division_code", *SERVED)),
        ("场地", sorted(rooms, key=facts.order_of)),
        ("申报的其他情况", sorted(others, key=facts.order_of)),
    )
    groups = [(title, [said for key in keys if (said := _said(key, known, place))]) for title, keys in wanted]
    return [(title, said) for title, said in groups if said]


def _registration(institution: Institution, known: dict[str, Known], day: date) -> str:
    if "registration" in known:
        return str(Registration(known["registration"].value).label)
    if institution.registered_on is None or day < institution.registered_on:
        return str(Registration.UNREGISTERED.label)
    ended = institution.deregistered_on
    return str((Registration.CANCELLED if ended and ended <= day else Registration.REGISTERED).label)


def _filing(known: dict[str, Known], papers: list[dict[str, Any]]) -> str:
    """What is written down; where nothing is, whether a receipt was in force."""
    if "filing" in known:
        return str(Filing(known["filing"].value).label)
    receipt = any(paper["kind"] == Certificate.Kind.RECEIPT for paper in papers)
    return "已备案（备案回执有效）" if receipt else str(Filing.NONE.label)


def _classes(institution: Institution, known: dict[str, Known], day: date) -> list[dict[str, Any]]:
    """The classes of the day; one that was never written down as of then is told as it is, and marked so."""
    found = []
    for group in ClassGroup.objects.filter(institution=institution).open_on(day).order_by("pk"):
        one = known.get(facts.class_key(group.pk))
        said = one.value if one is not None else facts.class_of(group)
        found.append({**said, "words": facts.words_of("class_types", [said["class_type"]]),
                      "recorded": one is not None})  # fmt: skip
    return found


def _certificates(institution: Institution, day: date) -> list[dict[str, Any]]:
    in_force = Q(cancelled_on=None) | Q(cancelled_on__gt=day)
    rows = Certificate.objects.filter(in_force, institution=institution, issued_on__lte=day)
    return [
        {"kind": row.kind, "label": row.get_kind_display(), "number": row.number, "issuer": row.issuer,
         "issued_on": row.issued_on, "expires_on": None}
        for row in rows
    ]  # fmt: skip


def _handed_in(institution: Institution, day: date) -> list[dict[str, Any]]:
    """The papers handed in by then, of the newest application of each, that were good on the day."""
    good = Q(expires_on=None) | Q(expires_on__gte=day)
    rows = Paper.objects.filter(
        good,
        application__institution=institution,
        application__submitted_at__lt=_end_of(day),
        issued_on__lte=day,
        removed_at=None,
    )
    slots = {slot.key: slot.label for slot in policy.slots_at(institution.division_code, institution.kind)}
    found = {}
    for row in rows.order_by("application", "pk").values(
        "slot", "title", "number", "issuer", "issued_on", "expires_on"
    ):
        found[row["slot"]] = {**row, "kind": row["slot"], "label": slots.get(row["slot"], row["title"])}
    return list(found.values())


def _promise(institution: Institution, day: date) -> dict[str, Any] | None:
    """What was promised when it was last handed in, in the words of the rules the case began under."""
    rows = Application.objects.filter(institution=institution, submitted_at__lt=_end_of(day))
    found = rows.select_related("case__pack").order_by("-submitted_at").first()
    if found is None or found.case is None or found.submitted_at is None:
        return None
    return {
        "on": found.submitted_at.astimezone(clock.BEIJING).date(),
        "case": found.case.number,
        "lines": _promised(found, found.case),
    }


def _promised(application: Application, case: Case) -> tuple[str, ...]:
    on = case.opened_at.astimezone(clock.BEIJING).date()
    book = jurisdictions.book(case.division_code, on, case.pack.digest)
    family = application.kind == Kind.FAMILY_POINT
    for key in ("commitment.family_point", "commitment") if family else ("commitment",):
        try:
            return book.wording(key)
        except RuleMissing:
            continue
    return ()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, clock.BEIJING)
