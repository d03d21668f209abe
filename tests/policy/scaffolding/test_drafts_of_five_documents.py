"""Drafts of the five documents against the packs people wrote, each drafted without its own pack.

Where the documents do not lie beside the project nothing can be drafted, and the tests say so.
"""

import warnings
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from known import ROOT, packs
from unseen import MEASURES, MEASURES_CAPABILITIES, PLAN, PLAN_CAPABILITIES

from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.vocabulary import Vocabulary, stripped
from tuoyu.policy.reading import Reading, read_file, read_text
from tuoyu.policy.scaffolding import Draft, draft_of

DOCUMENTS = ROOT.parent / "shared" / "seeds"
FIRST_OF_NAME = {"370402": "000_", "320100": "001_", "360000": "002_", "370323": "003_", "420000": "004_"}
COLUMNS = ("lead", "responsible", "default_responsible")

each = pytest.mark.parametrize("code", FIRST_OF_NAME)


@cache
def reading_of(code: str) -> Reading | None:
    found: list[Path] = sorted(DOCUMENTS.glob(f"{FIRST_OF_NAME[code]}*.txt"))
    if not found:
        warnings.warn("The five documents do not lie beside the project: none was drafted.", stacklevel=2)
        return None
    return read_file(found[0])


def drafts() -> Iterator[tuple[str, Reading, Draft]]:
    for code in FIRST_OF_NAME:
        if reading := reading_of(code):
            yield code, reading, draft_of(reading, code=code, packs=packs())


def units_of(pack: Pack) -> set[str]:
    return {unit for clause in pack.clause for unit in clause.units}


def without_own_forms(code: str) -> dict[str, Pack]:
    """The packs, the national vocabulary without every form that only the pack of `code` uses."""

    def forms(of: Iterator[Pack]) -> set[str]:
        written = {form for pack in of for name in pack.name_of for form in (name.display, *name.forms)}
        return written | {stripped(form) for form in written}

    known = packs()
    gone = forms(iter([known[code]])) - forms(p for key, p in known.items() if key not in (code, "cn"))
    departments = tuple(
        department.model_copy(update={"forms": tuple(f for f in department.forms if f not in gone)})
        for department in known["cn"].department
    )
    return {**known, "cn": known["cn"].model_copy(update={"department": departments})}


@each
def test_every_unit_goes_to_the_key_a_person_gave_it(code: str) -> None:
    reading = reading_of(code)
    if reading is None:
        return
    pack = packs()[code]
    vocabulary = Vocabulary.of((pack, packs()["cn"]))
    draft = draft_of(reading, code=code, packs=packs())
    found = {form: name["key"] for name in draft.content.get("name_of", ()) for form in name["forms"]}
    for unit in units_of(pack):
        assert found.get(unit) == vocabulary.key_of(unit), unit


@each
def test_forms_seen_nowhere_else_are_guessed_right_or_not_at_all(code: str) -> None:
    reading = reading_of(code)
    if reading is None:
        return
    pack = packs()[code]
    vocabulary = Vocabulary.of((pack, packs()["cn"]))
    draft = draft_of(reading, code=code, packs=without_own_forms(code))
    found = {form: name["key"] for name in draft.content.get("name_of", ()) for form in name["forms"]}
    units = units_of(pack)
    assert not [u for u in units if u in found and found[u] != vocabulary.key_of(u)]
    missed = {unit for unit in units if unit not in found}
    print(f"{pack.name}: {len(units)} units, missed {len(missed)}")
    assert len(missed) <= 2
    assert {mark.id for mark in draft.marks if mark.kind == "department"} >= missed


def counted(draft: Draft, truth: dict[str, set[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for clause in draft.content["clause"]:
        given, there = set(clause.get("capabilities", ())), truth.get(clause["id"], set())
        total.update(right=len(given & there), given=len(given), there=len(there))
    return total


def shares(total: Counter[str]) -> tuple[float, float]:
    return total["right"] / (total["given"] or 1), total["right"] / (total["there"] or 1)


def test_capabilities_are_proposed_as_well_as_the_guide_says() -> None:
    total: Counter[str] = Counter()
    for code, _, draft in drafts():
        truth = {clause.id: set(clause.capabilities) for clause in packs()[code].clause}
        found = counted(draft, truth)
        print(packs()[code].name, "precision {:.2f} recall {:.2f}".format(*shares(found)))
        total += found
    if total:
        precision, recall = shares(total)
        assert precision >= 0.85
        assert recall >= 0.80


@pytest.mark.parametrize(
    ("text", "truth", "precision", "recall"),
    [(PLAN, PLAN_CAPABILITIES, 0.95, 0.95), (MEASURES, MEASURES_CAPABILITIES, 0.75, 0.55)],
    ids=["of the kind of the five", "of another kind"],
)
def test_capabilities_of_other_documents_are_proposed_as_well_as_the_guide_says(
    text: str, truth: dict[str, set[str]], precision: float, recall: float
) -> None:
    reading = read_text(text)
    assert [clause.id for clause in reading.clauses] == list(truth)
    found = shares(counted(draft_of(reading, code="330106", packs=packs()), truth))
    assert found[0] >= precision
    assert found[1] >= recall


def test_declaratory_is_what_people_called_so() -> None:
    for code, _, draft in drafts():
        people = {clause.id for clause in packs()[code].clause if clause.declaratory}
        proposed = {clause["id"] for clause in draft.content["clause"] if clause.get("declaratory")}
        assert len(proposed ^ people) <= 1, code


def test_indicators_that_other_packs_have_are_found_again() -> None:
    total: Counter[str] = Counter()
    for code, reading, draft in drafts():
        pack = packs()[code]
        others = {t.indicator for p in packs().values() if p.code != code for t in p.target}
        wanted = Counter(t.indicator for t in pack.target if t.indicator in others)
        proposed = Counter(t["indicator"] for t in draft.content["target"] if t["indicator"] in others)
        total.update(right=(wanted & proposed).total(), given=proposed.total(), there=wanted.total())
        assert len(draft.content["target"]) == len(reading.targets)
    if total:
        precision, recall = shares(total)
        print(f"indicators: precision {precision:.2f} recall {recall:.2f} of {total['there']}")
        assert min(precision, recall) >= 0.9


def test_head_and_seats_are_those_of_the_pack() -> None:
    for code, _, draft in drafts():
        pack, content = packs()[code], draft.content
        assert (content["slug"], content["name"], content["level"]) == (pack.slug, pack.name, pack.level)
        assert pack.document is not None
        if "number" in content["document"]:
            assert content["document"]["number"] == pack.document.number
        posts = {(seat["post"], seat.get("key")) for seat in content.get("seat", ())}
        assert posts <= {(seat.post, seat.key) for seat in pack.seat} or len(posts) < len(pack.seat)
