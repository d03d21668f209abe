"""The register of an institution as facts: who works there, with which papers, in which class, on any day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tuoyu.workforce.vocabulary import CheckResult, Post


@dataclass(frozen=True)
class Span:
    """From a day up to, and without, another; without an end it is open."""

    first: date
    after: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.after is None or day < self.after)


@dataclass(frozen=True)
class Paper:
    """A certificate, good from its day of issue to the day before `span.after`."""

    kind: str
    span: Span


@dataclass(frozen=True)
class InClass:
    """In a class for a time."""

    room: int
    span: Span


@dataclass(frozen=True)
class Answer:
    """What was answered about the person's record of offences, and when."""

    on: date
    result: str


@dataclass(frozen=True)
class Worker:
    """One employment with what this institution knows of the person."""

    key: int
    person: int
    name: str
    post: str
    full_time: bool
    span: Span
    education: str = ""
    years: int | None = None
    papers: tuple[Paper, ...] = ()
    classes: tuple[InClass, ...] = ()
    answers: tuple[Answer, ...] = ()

    def shows(self, kind: str, day: date) -> bool | None:
        """Whether a paper of that kind is good on the day; None when none was shown up to then."""
        shown = [p for p in self.papers if p.kind == kind and p.span.first <= day]
        return any(p.span.holds(day) for p in shown) if shown else None

    def last_good(self, kind: str) -> date | None:
        """The first day without any good paper of that kind, as far as is known."""
        ends = [p.span.after for p in self.papers if p.kind == kind]
        return None if not ends or None in ends else max(e for e in ends if e is not None)

    def room_on(self, day: date) -> int | None:
        return next((c.room for c in self.classes if c.span.holds(day)), None)

    def hit(self, day: date) -> bool:
        """Whether an answer up to that day says there is a record."""
        return any(a.result == CheckResult.HIT and a.on <= day for a in self.answers)


@dataclass(frozen=True)
class Room:
    """A class: what it is, how many places it has, and when there is such a class."""

    key: int
    name: str
    class_type: str
    places: int
    filed_carers: int = 0
    span: Span = Span(date.min)


@dataclass(frozen=True)
class Register:
    """An institution with its classes and everybody who works or worked there.

    `standalone` and `serves_meals` are what it said when it applied; None is not known.
    """

    kind: str
    rooms: tuple[Room, ...] = ()
    workers: tuple[Worker, ...] = ()
    standalone: bool | None = None
    serves_meals: bool | None = None

    def rooms_on(self, day: date) -> tuple[Room, ...]:
        """The classes there are on a day."""
        return tuple(room for room in self.rooms if room.span.holds(day))

    def places(self, day: date) -> int:
        return sum(room.places for room in self.rooms_on(day))

    def kept(self, day: date) -> bool:
        """Whether anybody was ever registered up to that day; else nothing can be known from it."""
        return any(worker.span.first <= day for worker in self.workers)

    def working(self, day: date, post: str = "") -> tuple[Worker, ...]:
        """Who works there on the day, in a post where one is given."""
        return tuple(w for w in self.workers if w.span.holds(day) and post in ("", w.post))

    def ever_in(self, room: int, day: date) -> bool:
        """Whether anybody was ever placed in a class up to that day."""
        return any(c.room == room and c.span.first <= day for w in self.workers for c in w.classes)

    def in_room(self, room: int, day: date) -> tuple[Worker, ...]:
        return tuple(w for w in self.working(day, Post.CARER) if w.room_on(day) == room)

    def turning_days(self) -> tuple[date, ...]:
        """Every day on which something of the register begins or ends, the latest first."""
        return tuple(sorted(set(self._turns()), reverse=True))

    def _turns(self) -> Iterator[date]:
        for worker in self.workers:
            spans = [worker.span, *(p.span for p in worker.papers), *(c.span for c in worker.classes)]
            for span in spans:
                yield span.first
                if span.after is not None:
                    yield span.after
            yield from (answer.on for answer in worker.answers)
