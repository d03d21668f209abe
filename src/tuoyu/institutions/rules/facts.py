"""What was typed, read as facts. What cannot be read is "not known", and remembered as unreadable."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tuoyu.core import identifiers
from tuoyu.institutions import pages
from tuoyu.institutions.asked import Form, form_of

Data = Mapping[str, Any]
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?")
# No day of a lease lies outside; years beyond are slips of the hand, and do not add up.
YEARS = (1949, 2199)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－", "0123456789.-")


@dataclass(frozen=True)
class ClassFacts:
    """One class as described; None is not known."""

    class_type: str | None = None
    name: str = ""
    places: int | None = None
    carers: int | None = None
    sleep_area: float | None = None
    activity_area: float | None = None

    @property
    def area(self) -> float | None:
        """Sleeping and activity area together; not known unless both are."""
        if self.sleep_area is None or self.activity_area is None:
            return None
        return self.sleep_area + self.activity_area


@dataclass(frozen=True)
class PartnerFacts:
    """One employer of those that set a place up, as described; `leads` is None when not said."""

    name: str = ""
    uscc: str = ""
    leads: bool | None = None


@dataclass(frozen=True)
class PaperFacts:
    """One paper as described, and whether a file is there."""

    slot: pages.Slot
    files: int = 0
    issuer: str = ""
    number: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """An application as facts. `values` holds every field by "page.field"; None is not known. `form` is
    what was asked.

    `registered` says that it must prove to be what is registered already.
    `identity_wrong` says what is wrong with the identity number, "" when nothing is, None when not given.
    """

    kind: str
    nature: str
    legal_form: str
    division_code: str
    values: Mapping[str, Any]
    classes: tuple[ClassFacts, ...]
    papers: Mapping[str, PaperFacts]
    identity_wrong: str | None
    registered: bool = False
    unreadable: tuple[str, ...] = ()
    partners: tuple[PartnerFacts, ...] = ()
    form: Form = field(default_factory=lambda: form_of("institution"))
    procedure: str = ""

    def get(self, name: str) -> Any:
        """The value of "page.field", None when not known."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def yes(self, name: str) -> bool | None:
        """Whether a yes-or-no question was answered yes; None when not answered."""
        return {"yes": True, "no": False}.get(self.text(name))


def number(text: object) -> float | None:
    """A number as people type it (full-width digits, thousands commas), None when it is none."""
    if isinstance(text, bool) or text is None:
        return None
    plain = str(text).translate(_FULL_WIDTH).replace(",", "").replace("，", "").strip()
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def whole(text: object) -> int | None:
    """A whole number that is not negative, None otherwise."""
    value = number(text)
    return int(value) if value is not None and value >= 0 and value == int(value) else None


def day(text: object) -> date | None:
    """A date written 2026-11-22, 2026/11/22 or 2026年11月22日, None when it is none."""
    found = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(text or "").translate(_FULL_WIDTH).strip()
    )
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read(
    data: Data,
    *,
    kind: str,
    nature: str,
    legal_form: str,
    division_code: str,
    slots: Iterable[pages.Slot] = (),
    identity_wrong: str | None = None,
    registered: bool = False,
    files: Mapping[str, int] | None = None,
    form: Form | None = None,
    procedure: str = "",
) -> Facts:
    """Read what was typed. `files` says how many files each paper has; `form` what was asked; the checks
    are those of the `procedure`."""
    form = form or form_of(kind)
    values: dict[str, Any] = {}
    unreadable: list[str] = []
    for page in form.pages:
        typed = _mapping(data.get(page.key))
        for asked in page.fields:
            name = f"{page.key}.{asked.key}"
            values[name] = _value(asked, typed.get(asked.key))
            if values[name] is None and _is_given(typed.get(asked.key)):
                unreadable.append(name)
    classes, wrong_rows = _classes(_mapping(data.get("classes")), kind)
    papers, wrong_papers = _papers(_mapping(data.get("papers")), tuple(slots), files or {})
    return Facts(
        kind=kind,
        nature=nature,
        legal_form=legal_form,
        division_code=division_code,
        values=values,
        classes=classes,
        papers=papers,
        identity_wrong=identity_wrong,
        registered=registered,
        unreadable=(*unreadable, *wrong_rows, *wrong_papers),
        partners=_partners(_mapping(data.get(pages.PROVIDER.key)), form),
        form=form,
        procedure=procedure,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_given(value: object) -> bool:
    return value not in (None, "", [], ())


def _value(asked: pages.Field, typed: object) -> Any:
    if asked.kind == "number":
        return number(typed)
    if asked.kind == "date":
        found = day(typed)
        return found if found is not None and YEARS[0] <= found.year <= YEARS[1] else None
    if asked.kind == "choices":
        known = [key for key, _ in asked.options]
        given = typed if isinstance(typed, Sequence) and not isinstance(typed, str) else [typed]
        return tuple(g for g in given if g in known) or None
    text = str(typed).strip() if isinstance(typed, str | int | float) else ""
    if asked.options and text not in [key for key, _ in asked.options]:
        return None
    if asked.kind == "credit_code":
        text = identifiers.normalised(text)
    return text or None


def _classes(typed: Mapping[str, Any], kind: str) -> tuple[tuple[ClassFacts, ...], list[str]]:
    if not pages.has_rows(kind):
        return (ClassFacts(None, "", whole(typed.get("children")), whole(typed.get("carers"))),), []
    rows = typed.get("rows")
    found, wrong = [], []
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        row = _mapping(row)
        read_ = {asked.key: _value(asked, row.get(asked.key)) for asked in pages.ROW_FIELDS}
        read_["places"], read_["carers"] = whole(row.get("places")), whole(row.get("carers"))
        wrong += [f"classes.row-{index}-{k}" for k, v in read_.items() if v is None and _is_given(row.get(k))]
        found.append(ClassFacts(**{**read_, "name": read_["name"] or ""}))
    return tuple(found), wrong


def _partners(typed: Mapping[str, Any], form: Form) -> tuple[PartnerFacts, ...]:
    """The employers told row by row; of one that acts alone only the first."""
    fields, rows = form.rows(pages.PROVIDER.key), typed.get("rows")
    found = []
    for row in map(_mapping, rows if fields and isinstance(rows, list) else []):
        said = {asked.key: _value(asked, row.get(asked.key)) or "" for asked in fields}
        leads = {"yes": True, "no": False}.get(said["leads"])
        found.append(PartnerFacts(said["name"], said["uscc"], leads))
    return tuple(found[:1] if typed.get("together") == "alone" else found)


def _papers(
    typed: Mapping[str, Any], slots: Iterable[pages.Slot], files: Mapping[str, int]
) -> tuple[dict[str, PaperFacts], list[str]]:
    found, wrong = {}, []
    for slot in slots:
        said = {key: typed.get(f"{slot.key}_{key}") for key, _, _ in pages.SLOT_FIELDS}
        for key in ("issued_on", "expires_on"):
            if _is_given(said[key]) and day(said[key]) is None:
                wrong.append(f"papers.{slot.key}_{key}")
        found[slot.key] = PaperFacts(
            slot=slot,
            files=files.get(slot.key, 0),
            issuer=str(said["issuer"] or "").strip(),
            number=str(said["number"] or "").strip(),
            issued_on=day(said["issued_on"]),
            expires_on=day(said["expires_on"]),
        )
    return found, wrong
