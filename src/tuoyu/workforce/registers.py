"""The register of institutions read as facts, and where an institution stands by them on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tuoyu.core import clock
from tuoyu.core.nested import nested, value_of
from tuoyu.core.prepared import Blank, Prepared
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


@dataclass(frozen=True)
class Kept:
    """An institution and what its register says."""

    pk: int
    name: str
    division_code: str
    register: Register


def kept_of(ids: Iterable[int], *, names: bool = True) -> list[Kept]:
    """Institutions by their numbers with their registers, in one query; without names, where only figures
    are wanted, nothing is decrypted."""
    return [_kept(row, names) for row in _by_number().all(ids=list(ids))]


def kept_over(institutions: QuerySet[Institution], most: int, *, names: bool = True) -> list[Kept]:
    """The first `most` of the institutions with somebody registered, with their registers, in one query."""
    rows = institutions.filter(pk__in=Employment.objects.order_by().values("institution"))
    return [_kept(row, names) for row in _with_parts(rows)[:most]]


def register_of(institution: Institution, *, names: bool = True) -> Register:
    """The register of one institution."""
    (kept,) = kept_of([institution.pk], names=names)
    return kept.register


@lru_cache(maxsize=1)
def _by_number() -> Prepared[dict[str, Any]]:
    chosen = Func(
        F("pk"),
        Blank("ids"),
        arg_joiner=" = ANY(",
        template="%(expressions)s::bigint[])",
        output_field=BooleanField(),
    )
    return Prepared(_with_parts(Institution.objects.filter(chosen)))


def _with_parts(rows: QuerySet[Institution]) -> QuerySet[Institution, dict[str, Any]]:
    """The rows with everything a register is made of, as lists of objects."""
    here = {"institution": OuterRef("pk")}
    said = Application.objects.filter(**here, case__isnull=False).order_by("-pk").values(
        row=JSONObject(standalone=F("data__premises__standalone"), meals=F("data__basics__serves_meals"))
    )  # fmt: skip
    span = {"first": "period__startswith", "after": "period__endswith"}
    parts = {
        "said": Subquery(said[:1]),
        "room_rows": nested(
            ClassGroup.objects.filter(**here).order_by("pk"),
            *("id", "name", "class_type", "places", "carers", "opened_on", "closed_on"),
        ),
        "worker_rows": nested(
            Employment.objects.filter(**here).order_by("pk"),
            *("id", "person_id", "name", "post", "full_time", "education", "experience_years"),
            **span,
        ),
        "paper_rows": nested(
            Qualification.objects.filter(recorded_for=OuterRef("pk")).order_by("pk"),
            *("person_id", "kind", "issued_on", "expires_on", "withdrawn_at"),
        ),
        "answer_rows": nested(
            RecordCheck.objects.filter(**here, correction__isnull=True, answered_on__isnull=False)
            .order_by("pk"),
            *("person_id", "answered_on", "result"),
        ),
        "stay_rows": nested(
            ClassAssignment.objects.filter(
                employment__institution=OuterRef("pk"), class_group__isnull=False
            ).order_by("pk"),
            *("employment_id", "class_group_id"),
            **span,
        ),
    }  # fmt: skip
    fields = ("id", "name", "kind", "division_code")
    whole: QuerySet[Institution, dict[str, Any]] = (
        rows.order_by("pk").annotate(**parts).values(*fields, *parts)
    )
    return whole


def _kept(row: dict[str, Any], names: bool) -> Kept:
    said = row["said"] or {}
    register = Register(
        kind=row["kind"],
        rooms=tuple(_room(one) for one in row["room_rows"]),
        workers=tuple(_workers(row, names)),
        standalone=YES_OR_NO.get(said.get("standalone") or ""),
        serves_meals=YES_OR_NO.get(said.get("meals") or ""),
    )
    return Kept(row["id"], row["name"], row["division_code"], register)


def _room(row: dict[str, Any]) -> Room:
    span = Span(_date(row["opened_on"]) or date.min, _date(row["closed_on"]))
    return Room(row["id"], row["name"], row["class_type"], row["places"], row["carers"], span)


def _workers(row: dict[str, Any], names: bool) -> Iterator[Worker]:
    papers: dict[int, list[Paper]] = defaultdict(list)
    for one in row["paper_rows"]:
        papers[one["person_id"]].append(Paper(one["kind"], _good(one)))
    answers: dict[int, list[Answer]] = defaultdict(list)
    for one in row["answer_rows"]:
        answers[one["person_id"]].append(Answer(date.fromisoformat(one["answered_on"]), one["result"]))
    classes: dict[int, list[InClass]] = defaultdict(list)
    for one in row["stay_rows"]:
        classes[one["employment_id"]].append(InClass(one["class_group_id"], _span(one)))
    for one in row["worker_rows"]:
        yield Worker(
            key=one["id"],
            person=one["person_id"],
            name=str(value_of(Employment, "name", one["name"])) if names else "",
            post=one["post"],
            full_time=one["full_time"],
            span=_span(one),
            education=one["education"],
            years=one["experience_years"],
            papers=tuple(papers[one["person_id"]]),
            classes=tuple(classes[one["id"]]),
            answers=tuple(answers[one["person_id"]]),
        )


def _span(row: dict[str, Any]) -> Span:
    return Span(date.fromisoformat(row["first"]), _date(row["after"]))


def _good(row: dict[str, Any]) -> Span:
    """From when to when a certificate is good; what another institution was shown is not its own to know."""
    last = _date(row["expires_on"])
    ends = [last + timedelta(days=1)] if last else []
    ends += [_day(datetime.fromisoformat(row["withdrawn_at"]))] if row["withdrawn_at"] else []
    return Span(date.fromisoformat(row["issued_on"]), min(ends, default=None))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
    live = live_capacity(register, facts_of(institution, register, at), books(at), at)
    return Standing(at, register, open_points(register, books, at), live)


def share_of(standing: Standing, institution: Institution) -> Certified:
    """How many of those who count hold a certificate there."""
    book = policy.book_at(institution.division_code, standing.on)
    return certified(standing.register.workers, book, standing.on)


def facts_of(institution: Institution, register: Register, on: date) -> Facts:
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
    groups = [(room.name, room.class_type, room.places) for room in register.rooms_on(on)]
    return _with_classes(facts, rows, groups)


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
