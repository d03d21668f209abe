"""How much of a document was read: precision and recall, field by field."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from invented import Answer

from tuoyu.policy.reading import Reading

COLUMNS = ("lead", "responsible", "default_responsible")


@dataclass(frozen=True)
class Score:
    """How many were given, how many are right, how many there are."""

    given: int
    right: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def scored(given: Iterable[Hashable], there: Iterable[Hashable]) -> Score:
    got, expected = Counter(list(given)), Counter(list(there))
    return Score(got.total(), (got & expected).total(), expected.total())


def figures(target: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        target.get(key) for key in ("clause", "comparator", "value", "value_max", "unit", "deadline")
    )


def scores(reading: dict[str, Any], expected: dict[str, Any]) -> dict[str, Score]:
    """The score of each field against an answer in the form of tests/packs/expected_*.json."""
    clauses = {clause["id"]: clause for clause in reading["clauses"]}
    found = {"ids": scored([c["id"] for c in reading["clauses"]], list(expected["clauses"]))}
    for column in COLUMNS:
        found[column] = scored(
            [(key, unit) for key, clause in clauses.items() for unit in clause[column]],
            [(key, unit) for key, clause in expected["clauses"].items() for unit in clause[column]],
        )
    found["targets"] = scored(map(figures, reading["targets"]), map(figures, expected["targets"]))
    units = dict.fromkeys(duty["department"] for duty in reading["duties"])
    found["duties"] = scored(units, expected["duties"])
    found["seats"] = scored((seat["post"] for seat in reading["seats"]), expected["seats"])
    return found


def answer_of(reading: Reading) -> Answer:
    """What must stay the same however the text is treated."""
    said = reading.as_json()
    return Answer(
        ids=tuple(c["id"] for c in said["clauses"]),
        units=tuple((c["id"], column, u) for c in said["clauses"] for column in COLUMNS for u in c[column]),
        targets=tuple((*figures(t), t["recurring"]) for t in said["targets"]),
        duties=tuple(duty["department"] for duty in said["duties"]),
        seats=tuple((seat["role"], seat["post"]) for seat in said["seats"]),
    )
