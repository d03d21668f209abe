"""Reads: the register of institutions as facts, its lists and records for pages and the API."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.permissions import visible_to
from tuoyu.institutions import policy
from tuoyu.institutions.models import Application, ClassGroup, Institution
from tuoyu.institutions.rules import Book, ClassFacts, Facts, read
from tuoyu.institutions.rules.facts import day
from tuoyu.institutions.vocabulary import Kind
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.workforce.models import ClassAssignment, Employment, Qualification, RecordCheck
from tuoyu.workforce.permissions import FIND_PERSON, VIEW_STAFF
from tuoyu.workforce.rules.certified import Certified, certified
from tuoyu.workforce.rules.live import Live, live_capacity
from tuoyu.workforce.rules.register import Answer, InClass, Paper, Register, Room, Span, Worker
from tuoyu.workforce.rules.staffing import Books, Finding, findings, open_points
from tuoyu.workforce.vocabulary import Post

# ---------------------------------------------------------------- the register as facts

YES_OR_NO = {"yes": True, "no": False}


def registers_of(kinds: Mapping[int, str]) -> dict[int, Register]:
    """The registers of institutions, given by number and kind, in a fixed number of queries."""
    ids = list(kinds)
    rooms, said = _rooms(ids), _said(ids)
    workers = _workers(ids)
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
        found[group.institution_id].append(
            Room(group.pk, group.name, group.class_type, group.places, group.carers)
        )
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


def _workers(ids: list[int]) -> dict[int, list[Worker]]:
    employments = list(Employment.objects.filter(institution__in=ids).order_by("pk"))
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
                name=str(one.name),
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
    for row in RecordCheck.objects.filter(institution__in=ids):
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
    live = live_capacity(register, facts_of(institution), books(at), at)
    return Standing(at, register, open_points(register, books, at), live)


def facts_of(institution: Institution) -> Facts:
    """The rooms of an institution as its last application describes them; the people in it are not read."""
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
    groups = institution.classes.order_by("pk").values_list("name", "class_type", "places")
    return _with_classes(facts, rows, list(groups))


def _with_classes(facts: Facts, rows: list[ClassFacts], groups: list[tuple[str, str, int]]) -> Facts:
    """The classes as they are now, each with the areas of the one it was made from."""
    if facts.kind == Kind.FAMILY_POINT:
        return replace(facts, classes=facts.classes or (ClassFacts(),))
    classes = []
    for index, (name, class_type, places) in enumerate(groups):
        row = rows[index] if index < len(rows) else ClassFacts()
        classes.append(replace(row, name=name, class_type=class_type, places=places))
    return replace(facts, classes=tuple(classes))


# ---------------------------------------------------------------- how many hold a certificate


@dataclass(frozen=True)
class Promise:
    """What the document of a place promises of the share, with its clause; None where it promises none."""

    percent: float
    by: date | None
    clause: str
    document: str


def promise_at(division_code: str) -> Promise | None:
    """The target for the share of certified staff that holds at a place."""
    for pack in jurisdictions.book(division_code).packs:
        for target in pack.target:
            if target.indicator == CERTIFIED and isinstance(target.value, int | float):
                return Promise(float(target.value), target.deadline, target.clause, pack.title)
    return None


CERTIFIED = "staff.certified_share"


@dataclass(frozen=True)
class Row:
    """One institution of the overview: how many work there, who of them is certified, what is open."""

    pk: int
    name: str
    division_code: str
    working: int
    certified: Certified
    broken: int
    unknown: int
    kept: bool


def overview(institutions: Sequence[Mapping[str, Any]], on: date | None = None) -> list[Row]:
    """The rows of a page of institutions (`id`, `name`, `kind`, `division_code`), in a fixed number of
    queries however many they are."""
    at = on or clock.today()
    registers = registers_of({row["id"]: row["kind"] for row in institutions})
    found = []
    for row in institutions:
        register, book = registers[row["id"]], policy.book_at(row["division_code"], at)
        points = findings(register, book, at) if register.kept(at) else ()
        found.append(
            Row(
                pk=row["id"],
                name=row["name"],
                division_code=row["division_code"],
                working=len({worker.person for worker in register.working(at)}),
                certified=certified(register.workers, book, at),
                broken=sum(point.holds is False for point in points),
                unknown=sum(point.holds is None for point in points),
                kept=register.kept(at),
            )
        )
    return found


def certified_at(institutions: QuerySet[Institution], on: date | None = None) -> Certified:
    """The share over institutions, each by the rules of its place; somebody at two of them counts once."""
    at = on or clock.today()
    rows = institutions.filter(pk__in=Employment.objects.values("institution"))
    given = list(rows.values_list("pk", "kind", "division_code"))
    registers = registers_of({pk: kind for pk, kind, _ in given})
    people: dict[int, Worker] = {}
    holding: set[int] = set()
    for pk, _, division_code in given:
        share = certified(registers[pk].workers, policy.book_at(division_code, at), at)
        people |= {worker.person: worker for worker in share.counted}
        holding |= {worker.person for worker in share.counted} - {w.person for w in share.missing}
    counted = tuple(people.values())
    return Certified(counted, tuple(w for w in counted if w.person not in holding))


# ---------------------------------------------------------------- lists and records


@dataclass(frozen=True)
class Asked:
    """How the list of an institution's staff is narrowed; each field is a parameter of the address."""

    post: str = ""
    held: str = "now"
    on: date | None = None
    want: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Asked":
        """Read an address; what makes no sense is left out, not refused."""
        return cls(
            post=query.get("post", "") if query.get("post") in Post.values else "",
            held=query.get("held", "") if query.get("held") in HELD else "now",
            on=day(query.get("on", "")),
            want=query.get("want", "") if query.get("want") in WANT else "",
        )


HELD = {"now": "在职", "past": "已离职", "all": "全部"}
WANT = {"open": "有待处理", "uncertified": "未持证"}


def staff(institution: Institution, asked: Asked) -> QuerySet[Employment]:
    """Who works or worked at an institution, as the list is asked for."""
    today = asked.on or clock.today()
    rows = Employment.objects.filter(institution=institution)
    if asked.held == "now":
        rows = rows.filter(period__contains=today)
    elif asked.held == "past":
        rows = rows.filter(period__endswith__lte=today)
    if asked.post:
        rows = rows.filter(post=asked.post)
    return rows.select_related("person").order_by("pk")


def employments_seen(actor: Actor) -> QuerySet[Employment]:
    """The employments whose institution's staff `actor` may see."""
    seen = visible_to(actor, VIEW_STAFF, Institution.objects.all())
    rows = Employment.objects.filter(institution__in=seen)
    return rows.select_related("person", "institution")


def papers_of(employment: Employment) -> QuerySet[Qualification]:
    """The certificates somebody showed this institution, the latest first."""
    rows = Qualification.objects.filter(person=employment.person_id, recorded_for=employment.institution_id)
    return rows.select_related("file").order_by("-issued_on", "-pk")


def checks_of(employment: Employment) -> QuerySet[RecordCheck]:
    """What this institution asked about somebody, the latest first."""
    rows = RecordCheck.objects.filter(person=employment.person_id, institution=employment.institution_id)
    return rows.order_by("-asked_on", "-pk")


def classes_of(employment: Employment) -> QuerySet[ClassAssignment]:
    """The classes somebody is and was in, the latest first."""
    return ClassAssignment.objects.filter(employment=employment).order_by("-period")


def found_by_identity(actor: Actor, identity: str) -> QuerySet[Employment]:
    """The employments, within reach, of the person of an identity number."""
    number = identifiers.identity_number(identity, field="identity").number
    seen = visible_to(actor, FIND_PERSON, Institution.objects.all())
    rows = Employment.objects.filter(
        institution__in=seen, person__identity_key__in=keyed_hashes(number)
    ).select_related("person", "institution")
    return rows.order_by("-period", "pk")


def in_several(actor: Actor) -> QuerySet[Employment]:
    """The employments of today, within reach, of people who work at more than one institution within reach;
    the same person's one after the other."""
    seen = visible_to(actor, FIND_PERSON, Institution.objects.all())
    now = Employment.objects.filter(institution__in=seen, period__contains=clock.today())
    elsewhere = now.filter(person=OuterRef("person")).exclude(institution=OuterRef("institution"))
    rows = now.filter(Exists(elsewhere)).select_related("person", "institution")
    return rows.order_by("person", "pk")
