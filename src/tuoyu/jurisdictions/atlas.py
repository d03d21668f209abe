"""The table of divisions as the data file has it: read once a process, asked without a query.

The database holds the same rows for foreign keys and statistics; `actions.load_divisions` copies them.
"""

import csv
import gzip
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tuoyu.jurisdictions.packs.schema import prefix_of

DATA = files("tuoyu.jurisdictions") / "data"
LEVELS = ("province", "city", "county", "street")


@dataclass(frozen=True)
class Place:
    """One division, or a functional zone that decides like one."""

    code: str
    prefix: str
    level: str
    name: str
    full_name: str
    parent: str
    pinyin: str
    initials: str
    abolished: bool
    abolished_year: int | None
    functional: bool = False

    def __str__(self) -> str:
        return self.full_name


@dataclass(frozen=True)
class Exemption:
    """Places over which somebody decides other than their code says."""

    authority: str
    place: str
    level: str
    effective_from: date
    basis: str


@cache
def places() -> Mapping[str, Place]:
    """Every division by its code, those no longer in use and functional zones too."""
    found: dict[str, Place] = {}
    for row in _rows():
        above = found.get(row["parent"])
        found[row["code"]] = Place(
            code=row["code"],
            prefix=prefix_of(row["code"]),
            level=row["level"],
            name=row["name"],
            full_name=(above.full_name if above else "") + row["name"],
            parent=row["parent"],
            pinyin=row["pinyin"],
            initials=row["initials"],
            abolished=bool(row["abolished"]),
            abolished_year=int(row["abolished"] or 0) or None,
            functional="functional" in row,
        )
    return found


@cache
def exemptions() -> tuple[Exemption, ...]:
    """Every exemption from "authority follows the code" that ships with the program."""
    told = _authorities()
    entries = [{**zone, "authority": zone["code"]} for zone in told["zone"]] + told["skipped"]
    return tuple(
        Exemption(entry["authority"], place, entry["level"], entry["effective_from"], entry["basis"])
        for entry in entries
        for place in entry["places"]
    )


def is_division(code: str) -> bool:
    """Whether six digits are, or ever were, a county; identity numbers keep such codes for life."""
    place = places().get(code)
    return place is not None and len(code) == 6 and not place.functional


def _rows() -> Iterator[dict[str, str]]:
    with (DATA / "divisions.csv.gz").open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as text:
        yield from sorted(csv.DictReader(text), key=lambda row: (LEVELS.index(row["level"]), row["code"]))
    for zone in _authorities()["zone"]:
        yield {
            "code": zone["code"],
            "level": zone["level"],
            "name": zone["name"],
            "parent": zone["parent"],
            "abolished": "",
            "pinyin": "",
            "initials": "",
            "functional": "yes",
        }


@cache
def _authorities() -> dict[str, Any]:
    return tomllib.loads((DATA / "authorities.toml").read_text(encoding="utf-8"))
