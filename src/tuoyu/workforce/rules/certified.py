"""The share of staff who hold a certificate: who counts, which certificates, who is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tuoyu.institutions.rules.book import Book
from tuoyu.institutions.rules.wording import words_of
from tuoyu.workforce.rules.register import Worker
from tuoyu.workforce.vocabulary import Post, QualificationKind

PAPERS, POSTS = "staff.certified.papers", "staff.certified.posts"


@dataclass(frozen=True)
class Certified:
    """Who counts on the day, and who of them holds no certificate."""

    counted: tuple[Worker, ...]
    missing: tuple[Worker, ...]

    @property
    def total(self) -> int:
        return len(self.counted)

    @property
    def held(self) -> int:
        return self.total - len(self.missing)

    @property
    def percent(self) -> float | None:
        """The share in percent; None of nobody."""
        return percent(self.held, self.total)

    def meets(self, percent: float) -> bool | None:
        """Whether the share reaches a target; not known where nobody counts."""
        return self.held * 100 >= percent * self.total if self.total else None


def percent(held: int, total: int) -> float | None:
    """A share in percent to one decimal, cut off, so that 99.96 is not a hundred; None of nobody."""
    return held * 1000 // total / 10 if total else None


def certified(workers: Iterable[Worker], book: Book, day: date) -> Certified:
    """The share on a day by the rules of the place; a person in several posts counts once."""
    posts, kinds = named(book, POSTS, Post), named(book, PAPERS, QualificationKind)
    counted = {w.person: w for w in workers if w.span.holds(day) and w.post in posts}
    missing = [w for w in counted.values() if not any(w.shows(kind, day) for kind in kinds)]
    return Certified(tuple(counted.values()), tuple(missing))


def named(book: Book, key: str, words: type[Post] | type[QualificationKind]) -> frozenset[str]:
    """What a rule names, by the words of the field."""
    rule = book.get(key)
    said = set(words_of(rule)) if rule is not None else set()
    return frozenset(str(value) for value, label in words.choices if str(label) in said)
