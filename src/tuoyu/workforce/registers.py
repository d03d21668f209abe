"""The register of institutions read as facts, and where an institution stands by them on a day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from tuoyu.core import clock
from tuoyu.institutions import policy
from tuoyu.institutions.models import Application, ClassGroup, Institution
from tuoyu.institutions.rules import Book, ClassFacts, Facts, read
from tuoyu.institutions.vocabulary import Kind
from tuoyu.workforce.models import ClassAssignment, Employment, Qualification, RecordCheck
from tuoyu.workforce.rules.certified import Certified, certified
from tuoyu.workforce.rules.live import Live, live_capacity
from tuoyu.workforce.rules.register import Answer, InClass, Paper, Register, Room, Span, Worker
from tuoyu.workforce.rules.staffing import Books, Finding, open_points

YES_OR_NO = {"yes": True, "no": False}


def registers_of(kinds: Mapping[int, str], *, names: bool = True) -> dict[int, Register]:
    """The registers of institutions, given by number and kind, in a fixed number of queries; without names,
    where only figures are wanted, nothing is decrypted."""
    ids = list(kinds)
    rooms, said = _rooms(ids), _said(ids)
    workers = _workers(ids, names)
    return {
        pk: Register(
            kind=kind,
            rooms=tuple(rooms[pk]),
            workers=tuple(workers[pk]),
            standalone=YES_OR_NO.get(said.get(pk, ("", ""))[0]),
            serves_meals=YES_OR_NO.get(said.get(pk, ("", ""))[1]),
        )
        for pk, kind in kinds.items()
    }


def register_of(institution: Institution) -> Register:
    """The register of one institution."""
    return registers_of({institution.pk: institution.kind})[institution.pk]


def _rooms(ids: list[int]) -> dict[int, list[Room]]:
    found: dict[int, list[Room]] = defaultdict(list)
    for group in ClassGroup.objects.filter(institution__in=ids).order_by("pk"):
        span = Span(group.opened_on or date.min, group.closed_on)
        room = Room(group.pk, group.name, group.class_type, group.places, group.carers, span)
        found[group.institution_id].append(room)
    return found


def _said(ids: list[int]) -> dict[int, tuple[str, str]]:
    """What each institution said when it applied last: does it stand alone, does it serve meals."""
    rows = Application.objects.filter(institution__in=ids, case__isnull=False).order_by("pk")
    return {
        institution: (standalone or "", meals or "")
        for institution, standalone, meals in rows.values_list(
            "institution", "data__premises__standalone", "data__basics__serves_meals"
        )
    }


def _workers(ids: list[int], names: bool) -> dict[int, list[Worker]]:
    hidden = ("phone",) if names else ("phone", "name")
    employments = list(Employment.objects.filter(institution__in=ids).defer(*hidden).order_by("pk"))
    papers, answers = _papers(ids), _answers(ids)
    classes: dict[int, list[InClass]] = defaultdict(list)
    for row in ClassAssignment.objects.filter(employment__institution__in=ids, class_group__isnull=False):
        classes[row.employment_id].append(InClass(row.class_group_id or 0, _span(row.period)))
    found: dict[int, list[Worker]] = defaultdict(list)
    for one in employments:
        known = (one.institution_id, one.person_id)
        found[one.institution_id].append(
            Worker(
                key=one.pk,
                person=one.person_id,
                name=str(one.name) if names else "",
                post=one.post,
                full_time=one.full_time,
                span=_span(one.period),
                education=one.education,
                years=one.experience_years,
                papers=tuple(papers[known]),
                classes=tuple(classes[one.pk]),
                answers=tuple(answers[known]),
            )
        )
    return found


def _span(period: Any) -> Span:
    return Span(period.lower, period.upper)


def _papers(ids: list[int]) -> dict[tuple[int, int], list[Paper]]:
    """What each institution was shown; what another was shown is not its own to know."""
    found: dict[tuple[int, int], list[Paper]] = defaultdict(list)
    for row in Qualification.objects.filter(recorded_for__in=ids):
        ends = [row.expires_on + timedelta(days=1)] if row.expires_on else []
        ends += [_day(row.withdrawn_at)] if row.withdrawn_at else []
        span = Span(row.issued_on, min(ends, default=None))
        found[row.recorded_for_id, row.person_id].append(Paper(row.kind, span))
    return found


def _answers(ids: list[int]) -> dict[tuple[int, int], list[Answer]]:
    found: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    for row in RecordCheck.objects.filter(institution__in=ids, correction__isnull=True):
        if row.answered_on is not None:
            found[row.institution_id, row.person_id].append(Answer(row.answered_on, row.result))
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.BEIJING).date()


# ---------------------------------------------------------------- what follows on a day


def books_at(division_code: str) -> Books:
    """The rules in force at a place, by day."""

    def book(on: date) -> Book:
        return policy.book_at(division_code, on)

    return book


@dataclass(frozen=True)
class Standing:
    """Where an institution stands with its staff on a day: what is open, how many children it may take."""

    on: date
    register: Register
    open: tuple[Finding, ...]
    live: Live

    @property
    def names(self) -> dict[int, str]:
        """Who is meant, by employment."""
        return {worker.key: worker.name for worker in self.register.workers}

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What is not kept."""
        return tuple(f for f in self.open if f.holds is False)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What cannot be known from the register."""
        return tuple(f for f in self.open if f.holds is None)


def standing_of(institution: Institution, on: date | None = None) -> Standing:
    """Where an institution stands on a day (today)."""
    at, register = on or clock.today(), register_of(institution)
    books = books_at(institution.division_code)
    live = live_capacity(register, facts_of(institution, at), books(at), at)
    return Standing(at, register, open_points(register, books, at), live)


def share_of(standing: Standing, institution: Institution) -> Certified:
    """How many of those who count hold a certificate there."""
    book = policy.book_at(institution.division_code, standing.on)
    return certified(standing.register.workers, book, standing.on)


def facts_of(institution: Institution, on: date) -> Facts:
    """The rooms of an institution as its last application describes them, for its classes of a day; the
    people in it are not read."""
    last = (
        Application.objects.filter(institution=institution, case__isnull=False)
        .order_by("-pk")
        .values_list("data", flat=True)
        .first()
    )
    facts = read(
        last or {},
        kind=institution.kind,
        nature=institution.nature,
        legal_form=institution.legal_form,
        division_code=institution.division_code,
    )
    rows = [row for row in facts.classes if row.places]
    groups = institution.classes.open_on(on).order_by("pk").values_list("name", "class_type", "places")
    return _with_classes(facts, rows, list(groups))


def _with_classes(facts: Facts, rows: list[ClassFacts], groups: list[tuple[str, str, int]]) -> Facts:
    """The classes as they are, each with the areas of the one of its name, else of one of its type."""
    if facts.kind == Kind.FAMILY_POINT:
        return replace(facts, classes=facts.classes or (ClassFacts(),))
    found: dict[int, ClassFacts] = {}
    for same in ("name", "class_type"):
        for index, (name, class_type, _) in enumerate(groups):
            wanted = name if same == "name" else class_type
            row = next((row for row in rows if getattr(row, same) == wanted), None)
            if row is not None and index not in found:
                found[index] = row
                rows.remove(row)
    return replace(
        facts,
        classes=tuple(
            replace(found.get(index, ClassFacts()), name=name, class_type=class_type, places=places)
            for index, (name, class_type, places) in enumerate(groups)
        ),
    )
