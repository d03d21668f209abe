"""What counts of a visit: the answer of each item, the signature of each signer, the results left."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tuoyu.supervision.vocabulary import Result, Severity, Verdict


class Said(Protocol):
    """An answer, as far as it is judged here."""

    pk: int
    item: str
    verdict: str
    note: str
    key: UUID
    said_at: datetime
    crossed_id: int | None


A = TypeVar("A", bound=Said)


def counting(answers: Iterable[A]) -> dict[str, A]:
    """The answer that counts at each item: the latest by when it was said."""
    ordered = sorted(answers, key=lambda one: (one.said_at, one.pk))
    return {one.item: one for one in ordered}


def in_conflict(answers: Sequence[Said]) -> set[str]:
    """The items at which the answer that counts and another contradict each other, neither knowing of the
    other. An answer given since, by somebody who saw both, ends it."""
    now = counting(answers)
    crossed = {(one.pk, one.crossed_id) for one in answers if one.crossed_id is not None}
    return {item for item, one in now.items() if any(one.pk in pair for pair in crossed)}


def moment_of(said_at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """When something was said, by our clock: a phone's own may be wrong, but it is wrong by the same at both
    moments. Never later than now."""
    return min(now, now - max(timedelta(0), sent_at - said_at))


def results_left(items: Sequence[Mapping[str, Any]], answers: Mapping[str, Said]) -> list[Result]:
    """The results that may be confirmed: with a defect that blocks no pass, without any nothing else."""
    weights = {
        item["severity"] for item in items
        if item["key"] in answers and answers[item["key"]].verdict == Verdict.DEFECT
    }  # fmt: skip
    if Severity.BLOCK in weights:
        return [Result.RECTIFY, Result.REFER]
    return [Result.PASS, Result.RECTIFY, Result.REFER] if weights else [Result.PASS]
