"""What an application's fields, pages and papers are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tuoyu.institutions.vocabulary import Kind

Options = tuple[tuple[str, str], ...]

YES_NO: Options = (("yes", "是"), ("no", "否"))

INSTITUTIONS = (Kind.INSTITUTION, Kind.KINDERGARTEN_CLASS, Kind.EMPLOYER)
KINDERGARTEN = (Kind.KINDERGARTEN_CLASS,)
EMPLOYER = (Kind.EMPLOYER,)
BY_THEMSELVES = (Kind.INSTITUTION, Kind.FAMILY_POINT, Kind.EMPLOYER)
EVERYWHERE = tuple(Kind)


@dataclass(frozen=True)
class Field:
    """One thing asked. `kind` is text, longtext, number, date, choice, choices, yesno, identity, credit_code.

    `fact` names what it asks for (see `facts.py`); empty where it asks for nothing that can be known before
    (a promise). What is known already is shown instead of asked (see `asking.py`).
    With `rule` it is asked only where a rule of that key is in force; `label_with` is the label where every
    rule it speaks of is, {rule:key} for a value and {years:key} for months in years; the options of
    `options_of` are what that rule offers.
    """

    key: str
    label: str
    kind: str = "text"
    options: Options = ()
    unit: str = ""
    help: str = ""
    required: bool = True
    only: tuple[str, ...] = EVERYWHERE
    longest: int = 200
    fact: str = ""
    rule: str = ""
    label_with: str = ""
    options_of: str = ""


@dataclass(frozen=True)
class Page:
    """One screen of the application. `rows` are the fields of what is told row by row, each `a_row`; `notes`
    the rules that are shown there where they are in force."""

    key: str
    label: str
    lead: str
    fields: tuple[Field, ...] = ()
    rows: tuple[Field, ...] = ()
    a_row: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A paper to hand in, as the pack describes it; `required_when` names the facts that must hold.

    `only_advised` is how much the rule behind it weighs where that stops nobody, and else empty.
    """

    key: str
    label: str
    required_when: Mapping[str, Any]
    rule_key: str = ""
    source: str = ""
    issuer_hint: str = ""
    needs_number: bool = False
    needs_expiry: bool = False
    only_advised: str = ""
