"""Invented documents with answers by somebody who had not read the reader; no figure falls below its floor.

An answer lists alternatives where a person may read either way; what is optional counts neither way.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from scoring import COLUMNS, Score, scored

from tuoyu.policy.reading import Reading, read_file

DOCUMENTS = Path(__file__).parent / "documents"
ANSWERS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in DOCUMENTS.glob("*.json")}
# What is asked of clean and of noisy text.
FLOORS = {
    "clean": {"ids": 0.99, "units": 0.99, "headings": 0.99, "targets": 0.97, "duties": 0.97, "seats": 0.97},
    "noisy": {"ids": 0.99, "units": 0.97, "headings": 0.97, "targets": 0.95, "duties": 0.95, "seats": 0.95},
}

each = pytest.mark.parametrize("name", sorted(ANSWERS))


def read(name: str) -> Reading:
    return read_file(DOCUMENTS / f"{name}.txt")


def _units(reading: Reading, answer: dict[str, Any]) -> Score:
    given, there = [], []
    wanted = answer["clauses"]
    for clause in reading.clauses:
        known = wanted.get(clause.id, {})
        given += [
            (clause.id, column, unit)
            for column in COLUMNS
            for unit in getattr(clause, column)
            if unit not in known.get("optional", ())
        ]
    for id_, known in wanted.items():
        there += [
            (id_, column, unit.replace("(", "（").replace(")", "）"))
            for column in COLUMNS
            for unit in known.get(column, ())
        ]
    return scored(given, there)


def _targets(reading: Reading, answer: dict[str, Any]) -> Score:
    """Each promise taken by the first answer it agrees with."""
    open_answers = sorted(answer.get("targets", ()), key=lambda answer: bool(answer.get("optional")))
    given = right = 0
    for target in reading.targets:
        found = next((t for t in open_answers if _agrees(target, t)), None)
        if found is not None:
            open_answers.remove(found)
        if found is None or not found.get("optional"):
            given += 1
            right += found is not None
    there = sum(not t.get("optional") for t in answer.get("targets", ()))
    return Score(given, right, there)


def _agrees(target: Any, answer: dict[str, Any]) -> bool:
    return (
        target.clause in answer["clause"]
        and target.comparator in answer["comparator"]
        and (target.value, target.value_max) == (answer["value"], answer.get("value_max"))
        and target.unit in answer["unit"]
        and target.deadline in answer["deadline"]
        and (not answer.get("recurring") or target.recurring in answer["recurring"])
    )


def _seats(reading: Reading, answer: dict[str, Any]) -> Score:
    open_answers = list(answer.get("seats", ()))
    there = len(open_answers)
    right = 0
    for seat in reading.seats:
        found = next((s for s in open_answers if seat.role in s[0] and seat.post in s[1]), None)
        if found is not None:
            open_answers.remove(found)
            right += 1
    return Score(len(reading.seats), right, there)


def _scores(reading: Reading, answer: dict[str, Any]) -> dict[str, Score]:
    headings = {id_: known["heading"] for id_, known in answer["clauses"].items() if "heading" in known}
    duties = dict.fromkeys(duty.department for duty in reading.duties)
    return {
        "ids": scored([c.id for c in reading.clauses], list(answer["clauses"])),
        "units": _units(reading, answer),
        "headings": scored(
            [(c.id, c.heading) for c in reading.clauses if c.id in headings], headings.items()
        ),
        "targets": _targets(reading, answer),
        "duties": scored(duties, answer.get("duties", ())),
        "seats": _seats(reading, answer),
    }


def _together(scores: Iterable[Score]) -> Score:
    listed = list(scores)
    return Score(*(sum(getattr(score, part) for score in listed) for part in ("given", "right", "there")))


@pytest.mark.parametrize("quality", ["clean", "noisy"])
def test_what_is_read_does_not_fall_below_its_floor(quality: str) -> None:
    found = [_scores(read(name), a) for name, a in sorted(ANSWERS.items()) if a["quality"] == quality]
    together = {field: _together(scores[field] for scores in found) for field in FLOORS[quality]}
    for field, score in together.items():
        print(
            f"{quality} {field}: precision {score.precision:.3f} recall {score.recall:.3f} of {score.there}"
        )
    assert {
        field: score
        for field, score in together.items()
        if min(score.precision, score.recall) < FLOORS[quality][field]
    } == {}


@each
def test_no_name_leaves_the_reader(name: str) -> None:
    said = str(read(name).as_json()).replace(" ", "")
    assert [person for person in ANSWERS[name].get("names", ()) if person in said] == []


@each
def test_a_document_says_what_it_is_and_what_is_none_gives_nothing(name: str) -> None:
    reading, answer = read(name), ANSWERS[name]
    if answer["quality"] == "no policy":
        assert (reading.clauses, reading.targets, reading.duties, reading.seats) == ([], [], [], [])
        assert reading.warnings
        return
    # What no answer names is nowhere in the document.
    said = {
        "title": reading.title,
        "issuer": reading.issuer,
        "number": reading.document_number,
        "date": reading.date,
    }
    assert {field: value for field, value in said.items() if value not in answer.get(field, ("",))} == {}
    rests_on = {(title.replace(" ", ""), number) for title, number in answer.get("basis", ())}
    assert {(basis.title, basis.number) for basis in reading.basis} >= rests_on
