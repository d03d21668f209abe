"""The parts of a draft: each clause, target, duty and so on has a key that stays, whatever comes or goes.

A pack's content comes apart into parts and is laid together again; nothing here asks the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tuoyu.jurisdictions.packs.schema import Pack

HEAD = "head"
DEPARTMENTS = "departments"
# What is corrected entry by entry, and what is taken over from an earlier pack as it stands.
ENTRIES = ("clause", "target", "duty", "seat", "gap", "setting")
TAKEN_OVER = ("rule", "procedure", "checklist", "paper", "assessment", "text")
_OF_PACK = ("code", "slug", "name", "level", "inherits")


@dataclass(frozen=True)
class Part:
    """One part: `at` is the version of the draft that last changed it, `gone` says it was left out."""

    key: str
    section: str
    data: dict[str, Any]
    gone: bool = False
    at: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Parts = Sequence[Part]
Path = Sequence[str | int]


def parts_of(told: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts from plain data."""
    return tuple(Part(**part) for part in told)


def taken_apart(content: Mapping[str, Any], units: Iterable[str], earlier: Pack | None = None) -> Parts:
    """The parts of a pack's content.

    `units` are all that the document writes, those included that no department is known for. What an
    `earlier` pack of the same place sets (rules, procedures, lists) is taken over with its document named.
    """
    head = {name: content[name] for name in _OF_PACK if name in content} | dict(content.get("document", {}))
    parts = [Part(HEAD, HEAD, head), Part(DEPARTMENTS, DEPARTMENTS, _departments(content, units, earlier))]
    for section in ENTRIES:
        entries = list(content.get(section, ()))
        if section == "setting" and earlier:
            known = {entry["key"] for entry in entries}
            entries += [entry for entry in _of_earlier(earlier, section) if entry["key"] not in known]
        parts += _numbered(section, entries)
    for section in TAKEN_OVER if earlier else ():
        parts += _numbered(section, _of_earlier(earlier, section) if earlier else ())
    return tuple(parts)


def _numbered(section: str, entries: Iterable[Mapping[str, Any]]) -> list[Part]:
    return [Part(f"{section}-{n}", section, dict(entry)) for n, entry in enumerate(entries, 1)]


def _departments(content: Mapping[str, Any], units: Iterable[str], earlier: Pack | None) -> dict[str, Any]:
    key_of = {form: name["key"] for name in content.get("name_of", ()) for form in name["forms"]}
    written = dict.fromkeys([*key_of, *units])
    own = [{"key": d.key, "name": d.name} for d in earlier.department] if earlier else []
    return {
        "units": [[unit, key_of.get(unit, "")] for unit in written],
        "lower": [[n["key"], n["lower"]] for n in content.get("name_of", ()) if n.get("lower")],
        "own": own,
    }


def _of_earlier(earlier: Pack, section: str) -> Iterable[dict[str, Any]]:
    """The entries of an earlier pack; where they rest on its own document, that is now named."""
    number = earlier.document.number if earlier.document else ""
    for entry in getattr(earlier, section):
        data = entry.model_dump(mode="json", exclude_defaults=True)
        if section in ("rule", "procedure") and not data.get("document"):
            data["document"] = earlier.title
            data |= {"number": number} if section == "rule" and number else {}
        for inner in (*data.get("step", ()), *data.get("route", ())):
            inner["document"] = inner.get("document") or earlier.title
        yield data


# ---------------------------------------------------------------- laid together again


@dataclass(frozen=True)
class Whole:
    """A pack's content, and which part each entry of it comes from."""

    content: dict[str, Any]
    keys: dict[tuple[str, int], str]

    def part_at(self, path: Path) -> tuple[str, str]:
        """The part and the field that a path of the content lies in."""
        section = str(path[0]) if path else ""
        if len(path) > 1 and (section, path[1]) in self.keys:
            return self.keys[section, int(path[1])], str(path[2]) if len(path) > 2 else ""
        if section in ("name_of", "department"):
            return DEPARTMENTS, ""
        field = path[1] if section == "document" and len(path) > 1 else section
        return HEAD, str(field)


def laid_together(parts: Parts) -> Whole:
    """The content of a pack from the parts that are not left out."""
    by_key = {part.key: part for part in parts}
    head = by_key[HEAD].data
    content: dict[str, Any] = {name: head[name] for name in _OF_PACK if name in head}
    content["document"] = {name: value for name, value in head.items() if name not in _OF_PACK}
    content |= _pack_departments(by_key[DEPARTMENTS].data)
    keys: dict[tuple[str, int], str] = {}
    for section in (*ENTRIES, *TAKEN_OVER):
        kept = [part for part in parts if part.section == section and not part.gone]
        keys |= {(section, at): part.key for at, part in enumerate(kept)}
        if kept:
            content[section] = [part.data for part in kept]
    return Whole(content, keys)


def _pack_departments(data: Mapping[str, Any]) -> dict[str, Any]:
    forms: dict[str, list[str]] = {}
    for unit, key in data["units"]:
        if key:
            forms.setdefault(key, []).append(unit)
    lower = dict(data["lower"])
    names = [
        {"key": key, "forms": written, "display": written[0]}
        | ({"lower": lower[key]} if key in lower else {})
        for key, written in forms.items()
    ]
    own = [d | {"short": d["name"]} for d in data["own"] if d["key"] in forms]
    return {"name_of": names} | ({"department": own} if own else {})


def units_written(parts: Parts) -> tuple[str, ...]:
    """Every unit the parts name, once, in order."""
    found: dict[str, None] = {}
    for part in parts:
        if part.gone:
            continue
        if part.section == "clause":
            for column in ("lead", "responsible", "default_responsible"):
                found |= dict.fromkeys(part.data.get(column, ()))
        elif part.section == "duty" and part.data.get("department"):
            found[part.data["department"]] = None
    return tuple(found)


# ---------------------------------------------------------------- changed


def changed(parts: Parts, key: str, version: int, **what: Any) -> tuple[Part, ...]:
    """The parts with one of them changed by a version of the draft."""
    return tuple(replace(part, at=version, **what) if part.key == key else part for part in parts)


def added(parts: Parts, section: str, data: dict[str, Any], version: int) -> tuple[tuple[Part, ...], str]:
    """The parts with one more at the end of its section, a clause behind the one it comes after; its key."""
    numbers = [int(part.key.rpartition("-")[2]) for part in parts if part.section == section]
    key = f"{section}-{max(numbers, default=0) + 1}"
    made = Part(key, section, data, at=version)
    place = _place(parts, made)
    return (*parts[:place], made, *parts[place:]), key


def _place(parts: Parts, made: Part) -> int:
    """Where a new part stands: behind its section, and a clause behind what it is numbered after."""
    order = [HEAD, DEPARTMENTS, *ENTRIES, *TAKEN_OVER]
    if made.section == "clause":
        stem = made.data["id"].partition("#")[0]
        above = stem.rpartition(".")[0]
        for wanted in (stem, above):
            like = [at for at, p in enumerate(parts) if p.section == "clause" and _beneath(p, wanted)]
            if wanted and like:
                return like[-1] + 1
    rank = order.index(made.section)
    return sum(order.index(part.section) <= rank for part in parts)


def _beneath(part: Part, clause: str) -> bool:
    name = part.data["id"].partition("#")[0]
    return bool(name == clause or name.startswith(clause + "."))
