"""How many children may be taken with the staff of a day: what is sure, what is at most, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tuoyu.institutions.rules.book import Book
from tuoyu.institutions.rules.capacity import Capacity, licensable_capacity
from tuoyu.institutions.rules.facts import ClassFacts, Facts
from tuoyu.institutions.vocabulary import Kind
from tuoyu.workforce.rules.register import Register, Worker
from tuoyu.workforce.rules.staffing import carers_counted, papers_asked
from tuoyu.workforce.vocabulary import Post, QualificationKind


@dataclass(frozen=True)
class Reason:
    """Why somebody who is or was in a class does not count for it, and since when."""

    worker: int
    name: str
    room: int | None
    says: str
    since: date | None
    rule_key: str = ""
    source: str = ""


@dataclass(frozen=True)
class Live:
    """The capacity of a day. `sure` counts carers whose papers are shown to be good, `at_most` those too of
    whom nothing was shown. `filed` when the register says nothing yet and the filed figures stand."""

    on: date
    sure: Capacity
    at_most: Capacity
    filed: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def certain(self) -> bool:
        return self.sure.allowed == self.at_most.allowed and self.sure.certain


def live_capacity(register: Register, facts: Facts, book: Book, day: date) -> Live:
    """The capacity with the staff of `day`. `facts` are the institution's rooms, its classes in the order of
    the register's of that day; without anybody registered the filed number of carers stands."""
    if not register.kept(day):
        filed = licensable_capacity(
            _with(facts, [room.filed_carers for room in register.rooms_on(day)]), book
        )
        return Live(day, filed, filed, filed=True)
    sure = licensable_capacity(_with(facts, _carers(register, book, day, unknown=False)), book)
    at_most = licensable_capacity(_with(facts, _carers(register, book, day, unknown=True)), book)
    return Live(day, sure, at_most, False, tuple(_reasons(register, book, day)))


def _with(facts: Facts, carers: Sequence[int | None]) -> Facts:
    rows = [*facts.classes, *[ClassFacts()] * (len(carers) - len(facts.classes))]
    placed = zip(rows, carers, strict=False)
    return replace(facts, classes=tuple(replace(row, carers=number) for row, number in placed))


def _carers(register: Register, book: Book, day: date, *, unknown: bool) -> list[int | None]:
    """How many carers count for each class; None where nobody was ever placed in it and all may be well."""
    if register.kind == Kind.FAMILY_POINT:
        return [_counted(register, register.working(day, Post.CARER), book, day, unknown)]
    return [
        _counted(register, register.in_room(room.key, day), book, day, unknown)
        if register.ever_in(room.key, day)
        else (None if unknown else 0)
        for room in register.rooms_on(day)
    ]


def _counted(register: Register, carers: tuple[Worker, ...], book: Book, day: date, unknown: bool) -> int:
    answers = carers_counted(register, carers, book, day)
    return answers.count(True) + (answers.count(None) if unknown else 0)


# How long a page still says that somebody left a class; the number itself does not depend on it.
TOLD_FOR = timedelta(days=90)


def _reasons(register: Register, book: Book, day: date) -> list[Reason]:
    found = []
    for worker in register.working(day, Post.CARER):
        room = worker.room_on(day)
        if room is not None or register.kind == Kind.FAMILY_POINT:
            found += _papers_wanting(register, worker, book, day)
    for worker in register.workers:
        for stay in worker.classes:
            left = stay.span.after
            if left is not None and day - TOLD_FOR < left <= day and worker.room_on(day) != stay.room:
                gone = worker.span.after is not None and worker.span.after <= day
                says = "已离职" if gone else "已调离这个班"
                found.append(Reason(worker.key, worker.name, stay.room, f"{says}（{left}起）", left))
    return found


def _papers_wanting(register: Register, worker: Worker, book: Book, day: date) -> list[Reason]:
    found, room = [], worker.room_on(day)
    for key, post, kind in papers_asked(register):
        rule = book.get(key) if post in ("", worker.post) else None
        holds = worker.shows(kind, day)
        if rule is None or holds:
            continue
        word, ended = QualificationKind(kind).label, worker.last_good(kind)
        says = f"还没有登记{word}" if holds is None else f"{word}已失效（{ended}起）"
        since = None if holds is None else ended
        found.append(Reason(worker.key, worker.name, room, says, since, rule.key, rule.source))
    return found
