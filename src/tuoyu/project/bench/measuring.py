"""Timing calls in turn, so that whatever else the machine does falls on all of them alike."""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction

R = TypeVar("R")
Call = Callable[[int], int]  # the number of the request → how many rows, or bytes, came back


@dataclass(frozen=True)
class Measured:
    """What one kind of request took. `cpu` is this process's own, the database's not counted."""

    name: str
    requests: int
    per_second: float
    p50: float
    p95: float
    cpu: float
    queries: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class _Times:
    def __init__(self) -> None:
        self.walls: list[float] = []
        self.cpu = 0.0

    def measured(self, name: str, queries: int | None) -> Measured:
        milliseconds = sorted(wall * 1000 for wall in self.walls)
        total = sum(self.walls)
        return Measured(
            name,
            len(milliseconds),
            round(len(milliseconds) / total, 1),
            round(_part(milliseconds, 0.5), 2),
            round(_part(milliseconds, 0.95), 2),
            round(self.cpu / len(milliseconds) * 1000, 2),
            queries,
        )


def in_turn(calls: dict[str, Call], requests: int, *, counted: Sequence[str] = ()) -> dict[str, Measured]:
    """Each call `requests` times, one after the other; those in `counted` say how many queries one took."""
    for call in calls.values():  # what the first request of a process does alone is not measured
        for number in range(3):
            call(number)
    times = {name: _Times() for name in calls}
    for number in range(requests):
        for name, call in calls.items():
            cpu, began = time.process_time(), time.perf_counter()
            call(number)
            times[name].walls.append(time.perf_counter() - began)
            times[name].cpu += time.process_time() - cpu
    asked = {name: queries_of(calls[name], 0) if name in counted else None for name in calls}
    return {name: found.measured(name, asked[name]) for name, found in times.items()}


def queries_of(call: Call, number: int) -> int:
    """How many queries one request sends, once a session has begun and nothing is asked for first."""
    call(number)
    with _counting() as seen:
        call(number)
    return len(seen)


@contextmanager
def _counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield seen


def _part(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def peak_memory() -> float:
    """The most memory this process ever held, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


class Spent(NamedTuple):
    """Seconds by the clock, and of this process's and the process apart's own work."""

    took: float
    cpu: float


def timed(call: Callable[[], R]) -> tuple[R, Spent]:
    """What a call answers, and what it took."""
    began, worked = time.perf_counter(), _worked()
    found = call()
    return found, Spent(time.perf_counter() - began, _worked() - worked)


def _worked() -> float:
    """The database's work is not among it: it is no child of this process."""
    apart = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + apart.ru_utime + apart.ru_stime


def once(name: str, spent: Spent) -> Measured:
    """Something that was done once, as a row of a report."""
    took = round(spent.took * 1000, 1)
    return Measured(name, 1, round(1 / spent.took, 3), took, took, round(spent.cpu * 1000, 1))


@contextmanager
def undone() -> Iterator[None]:
    """What is written within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
