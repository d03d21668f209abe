"""An institution on a day of the past: what was registered, filed and promised, its classes and papers.

Higher rooms add what they know of the day (who worked there) in their AppConfig's ready():

    history.register("people", "人员", who_worked_there)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet
from django.urls import reverse

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.nested import nested, revived, value_of
from tuoyu.core.permissions import can
from tuoyu.institutions import facts, policy, provenance, stories
from tuoyu.institutions.models import (
    Application,
    Certificate,
    ClassGroup,
    FirstFacts,
    Institution,
    Paper,
)
from tuoyu.institutions.permissions import VIEW_HISTORY
from tuoyu.institutions.provenance import Known
from tuoyu.institutions.vocabulary import Filing, Kind, Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleBook, RuleMissing

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
    story: Sequence[dict[str, Any]]

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


def columns(institution_id: int, day: date) -> dict[str, ArraySubquery]:
    """Columns of the query of one institution: what `day_of` tells of it beside its facts."""
    return {
        "day_first": nested(FirstFacts.objects.filter(pk=institution_id), *FIRST),
        "day_certificates": nested(_certificates(institution_id, day), *CERTIFICATE),
        "day_classes": nested(_classes(institution_id, day), "id", *facts.CLASS_FIELDS),
        "day_papers": nested(_handed_in(institution_id, day), *PAPER),
        "day_promises": nested(
            _promises(institution_id, day), "kind", "submitted_at", number="case__number",
            division_code="case__division_code", opened_at="case__opened_at", digest="case__pack__digest",
        ),
        "day_story": nested(stories.events_of(institution_id, day).order_by("-pk"), *stories.COLUMNS),
    }  # fmt: skip


FIRST = tuple(field.attname for field in FirstFacts._meta.concrete_fields)
CERTIFICATE = ("kind", "number", "issuer", "issued_on")
PAPER = ("slot", "title", "number", "issuer", "issued_on", "expires_on")


def day_of(actor: Actor, institution: Institution, day: date) -> Day:
    """An institution, fetched with the `columns` of a day, as it was then, as far as it was written down."""
    row, fetched = provenance.row_of(institution), vars(institution)
    written = provenance.written_with(institution.pk, revived(FirstFacts, fetched["day_first"]))
    known = provenance.known_on(row, day, written)
    told = [(key, label, teller(actor, institution, day)) for key, (label, teller) in _tellers.items()]
    papers = _certificates_told(revived(Certificate, fetched["day_certificates"]))
    return Day(
        day=day,
        registration=_registration(institution, known, day),
        filing=_filing(known, papers),
        groups=_groups(known, institution),
        classes=_classes_told(revived(ClassGroup, fetched["day_classes"]), known),
        papers=papers + _papers_told(institution, revived(Paper, fetched["day_papers"])),
        promise=_promise_told(fetched["day_promises"]),
        told=[(key, label, one) for key, label, one in told if one is not None],
        turning_days=_turning_days(institution, written),
        story=stories.in_words(stories.revived(fetched["day_story"])),
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


def _classes(institution_id: int, day: date) -> QuerySet[ClassGroup]:
    return ClassGroup.objects.filter(institution=institution_id).open_on(day).order_by("pk")


def _classes_told(groups: Sequence[ClassGroup], known: dict[str, Known]) -> list[dict[str, Any]]:
    """The classes of the day; one that was never written down as of then is told as it is, and marked so."""
    found = []
    for group in groups:
        one = known.get(facts.class_key(group.pk))
        said = one.value if one is not None else facts.class_of(group)
        found.append({**said, "words": facts.words_of("class_types", [said["class_type"]]),
                      "recorded": one is not None})  # fmt: skip
    return found


def _certificates(institution_id: int, day: date) -> QuerySet[Certificate]:
    in_force = Q(cancelled_on=None) | Q(cancelled_on__gt=day)
    return Certificate.objects.filter(in_force, institution=institution_id, issued_on__lte=day).order_by("pk")


def _certificates_told(certificates: Sequence[Certificate]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "label": one.get_kind_display(), "number": one.number, "issuer": one.issuer,
         "issued_on": one.issued_on, "expires_on": None}
        for one in certificates
    ]  # fmt: skip


def _handed_in(institution_id: int, day: date) -> QuerySet[Paper]:
    """The papers handed in by then that were good on the day, those of the newest application last."""
    good = Q(expires_on=None) | Q(expires_on__gte=day)
    return Paper.objects.filter(
        good,
        application__institution=institution_id,
        application__submitted_at__lt=clock.end_of(day),
        issued_on__lte=day,
        removed_at=None,
    ).order_by("application", "pk")


def _papers_told(institution: Institution, papers: Sequence[Paper]) -> list[dict[str, Any]]:
    """The newest of each."""
    slots = {slot.key: slot.label for slot in policy.slots_at(institution.division_code, institution.kind)}
    found = {}
    for paper in papers:
        said = {name: getattr(paper, name) for name in PAPER}
        found[paper.slot] = {**said, "kind": paper.slot, "label": slots.get(paper.slot, paper.title)}
    return list(found.values())


def _promises(institution_id: int, day: date) -> QuerySet[Application]:
    """The application that was handed in last."""
    rows = Application.objects.filter(institution=institution_id, submitted_at__lt=clock.end_of(day))
    return rows.order_by("-submitted_at")[:1]


def _promise_told(handed_in: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What was promised when it was last handed in, in the words of the rules the case began under."""
    found = next(iter(handed_in), None)
    if found is None or found["number"] is None:
        return None
    submitted_at = value_of(Application, "submitted_at", found["submitted_at"])
    opened_at = value_of(Case, "opened_at", found["opened_at"])
    book = jurisdictions.book(
        found["division_code"], opened_at.astimezone(clock.BEIJING).date(), found["digest"]
    )
    return {
        "on": submitted_at.astimezone(clock.BEIJING).date(),
        "case": found["number"],
        "lines": _promised(book, is_family=found["kind"] == Kind.FAMILY_POINT),
    }


def _promised(book: RuleBook, *, is_family: bool) -> tuple[str, ...]:
    for key in ("commitment.family_point", "commitment") if is_family else ("commitment",):
        try:
            return book.wording(key)
        except RuleMissing:
            continue
    return ()
