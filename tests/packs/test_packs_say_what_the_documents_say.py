"""The packs against answers that people wrote from the documents, and against the documents themselves.

An answer is a file `expected_<slug>.json`: clause ids with their units, figures of the targets, units of
the annex, posts of the conference. The documents are not part of this project; where they lie beside it,
every unit is looked up in them too.
"""

import json
import tomllib
import unicodedata
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import opencc
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "seeds"
ANSWERS = sorted(Path(__file__).parent.glob("expected_*.json"))
DOCUMENT_OF = {"370402": "000_", "320100": "001_", "360000": "002_", "370323": "003_", "420000": "004_"}
# Words of another region that a change of script leaves alone.
REGIONAL = {"捷运": "地铁", "幼稚园": "幼儿园", "档案": "文件"}

each_answer = pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem.removeprefix("expected_"))


def answer(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def entries(code: str, file: str, key: str) -> list[dict[str, Any]]:
    """What a pack holds under `key`; a pack without the file holds nothing there."""
    (folder,) = (ROOT / "packs").glob(f"{code}-*")
    source = folder / file
    return list(tomllib.loads(source.read_text(encoding="utf-8")).get(key, [])) if source.exists() else []


def units_of(clause: dict[str, Any]) -> dict[str, list[str]]:
    return {column: clause.get(column, []) for column in ("lead", "responsible", "default_responsible")}


def figures(target: dict[str, Any], columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What a target promises, without our words for it; an absent figure and an empty one are the same."""
    return tuple((column, str(target.get(column) or "")) for column in columns)


def compact(text: str) -> str:
    """The text in simplified script and half-width figures, without blanks and line ends."""
    simplified = opencc.OpenCC("tw2sp").convert("".join(unicodedata.normalize("NFKC", text).split()))
    for regional, ours in REGIONAL.items():
        simplified = simplified.replace(regional, ours)
    return str(simplified)


def document(code: str) -> str | None:
    """The document of a jurisdiction, or None where the documents do not lie beside the project."""
    found = sorted(DOCUMENTS.glob(f"{DOCUMENT_OF[code]}*.txt"))
    return compact(found[0].read_text(encoding="utf-8")) if found else None


def test_every_pack_of_a_document_has_an_answer() -> None:
    packs = {folder.name.partition("-")[0] for folder in (ROOT / "packs").iterdir() if "-" in folder.name}
    assert packs == {answer(path)["code"] for path in ANSWERS}


@each_answer
def test_every_clause_has_the_units_of_its_bracket(path: Path) -> None:
    expected = answer(path)
    written = {c["id"]: units_of(c) for c in entries(expected["code"], "clauses.toml", "clause")}
    assert list(written) == list(expected["clauses"])
    assert written == expected["clauses"]


@each_answer
def test_every_target_has_the_figures_of_the_document(path: Path) -> None:
    expected = answer(path)
    columns = tuple(dict.fromkeys(column for target in expected["targets"] for column in target))
    written = entries(expected["code"], "targets.toml", "target")
    assert Counter(figures(t, columns) for t in written) == Counter(
        figures(t, columns) for t in expected["targets"]
    )


@each_answer
def test_duties_follow_the_annex_and_seats_the_document(path: Path) -> None:
    expected = answer(path)
    duties = entries(expected["code"], "duties.toml", "duty")
    seats = entries(expected["code"], "conference.toml", "seat")
    assert list(dict.fromkeys(d["department"] for d in duties)) == expected["duties"]
    assert [s["post"] for s in seats] == expected["seats"]


@each_answer
def test_every_unit_stands_in_the_document(path: Path) -> None:
    expected = answer(path)
    text = document(expected["code"])
    if text is None:
        warnings.warn(
            "The documents do not lie beside the project: only the answers are compared.", stacklevel=1
        )
        text = compact(json.dumps(expected, ensure_ascii=False))
    units = {
        unit
        for c in entries(expected["code"], "clauses.toml", "clause")
        for u in units_of(c).values()
        for unit in u
    }
    units |= {d["department"] for d in entries(expected["code"], "duties.toml", "duty")}
    assert {unit for unit in units if compact(unit) not in text} == set()
