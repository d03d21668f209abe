"""What people changed of what was read: part by part, field by field, before and after."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY
from tuoyu.policy.drafting.fields import COMPARATORS, FIELDS, KINDS, PERIODS, ROLES, SECTIONS, label_of
from tuoyu.policy.drafting.parts import DEPARTMENTS, Part, Parts

Named = Callable[[str], str]
NOTHING = "（空）"
_CHOICES = {"kind": KINDS, "comparator": COMPARATORS, "period": PERIODS, "role": ROLES}


@dataclass(frozen=True)
class Row:
    """One field before and after; `filled` where only what was missing was written."""

    field: str
    label: str
    before: str
    after: str
    filled: bool = False


@dataclass(frozen=True)
class Change:
    """One part that is not as it was read: added, removed or changed."""

    key: str
    section: str
    section_name: str
    title: str
    what: str
    rows: tuple[Row, ...]

    @property
    def corrected(self) -> bool:
        """Whether something that was read was changed, and not only something missing filled in."""
        return self.what != "changed" or any(not row.filled for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def changes_of(before: Parts, after: Parts, named: Named) -> tuple[Change, ...]:
    """Every part that differs, in the order of the draft; `named` says what a department is called."""
    was = {part.key: part for part in before}
    return tuple(change for part in after if (change := _change(was.get(part.key), part, named)) is not None)


def _change(before: Part | None, after: Part, named: Named) -> Change | None:
    if before is None:
        what, rows = "added", tuple(_rows({}, after.data, after.section, named))
        if after.gone:
            return None
    elif after.gone:
        what, rows = "removed", ()
    else:
        what, rows = "changed", tuple(_rows(before.data, after.data, after.section, named))
        if not rows:
            return None
    return Change(after.key, after.section, SECTIONS[after.section], title_of(after), what, rows)


def _rows(before: Mapping[str, Any], after: Mapping[str, Any], section: str, named: Named) -> Iterator[Row]:
    if section == DEPARTMENTS:
        yield from _of_units(before, after, named)
        return
    for name in FIELDS.get(section, {}):
        old, new = before.get(name), after.get(name)
        if old != new:
            filled = old in (None, "", TO_SUMMARISE, TO_FILL, UNKNOWN_KEY)
            yield Row(name, label_of(section, name), words(name, old, named), words(name, new, named), filled)


def _of_units(before: Mapping[str, Any], after: Mapping[str, Any], named: Named) -> Iterator[Row]:
    was, now = dict(before.get("units", ())), dict(after.get("units", ()))
    own = {row["key"]: row["name"] for row in after.get("own", ())}
    for unit in {**was, **now}:
        old, new = was.get(unit), now.get(unit)
        if old != new:
            yield Row(
                "units",
                unit,
                _department(old, named, own),
                "（不再出现）" if unit not in now else _department(new, named, own),
                filled=not old,
            )


def _department(key: str | None, named: Named, own: Mapping[str, str]) -> str:
    return (own.get(key) or named(key)) if key else NOTHING


def words(field: str, value: Any, named: Named) -> str:
    """A value as a person reads it."""
    if value in (None, "", [], TO_SUMMARISE, TO_FILL, UNKNOWN_KEY):
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if field == "basis":
        return "；".join(f"《{row['title']}》{row.get('number', '')}" for row in value)
    if isinstance(value, list):
        return "、".join(map(str, value))
    if field in _CHOICES:
        return _CHOICES[field].get(value, str(value))
    if field in ("key", "department", "value") and isinstance(value, str):
        return named(value)
    return str(value)


def title_of(part: Part) -> str:
    """What a part is called in a list."""
    data = part.data
    if part.section == "clause":
        heading = data.get("heading", "")
        return f"{data['id']} {'' if heading == TO_SUMMARISE else heading}".strip()
    if part.section == "target":
        return f"{data['clause']} {data['indicator' if data['text'] == TO_SUMMARISE else 'text'][:30]}"
    if part.section in ("duty", "seat"):
        return str(data.get("department") or data.get("post"))
    if part.section == "gap":
        return str(data["clause"])
    if part.section in ("head", "departments"):
        return SECTIONS[part.section]
    return str(data.get("name") or data.get("note") or data.get("key") or part.key)
