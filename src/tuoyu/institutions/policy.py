"""What the policy packs say about an application at its place: rules, papers, wording, the route."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from tuoyu.cases.plans import Plan, plan
from tuoyu.core import clock
from tuoyu.institutions.asked import Form, form_of
from tuoyu.institutions.pages import Page, Slot
from tuoyu.institutions.rules.book import FORCE_NAMES, Book, RuleLike
from tuoyu.institutions.vocabulary import AFTER_FILING, CHANGE, Kind
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.packs.schema import Paper, Procedure
from tuoyu.jurisdictions.rulebook import RuleBook, RuleMissing, cited

# Given on the page of that name, not as a file.
GIVEN_ON_PAGE = ("commitment",)


# The kinds that are set up by a procedure of their own; the others by the general one.
OF_ITS_OWN = (Kind.FAMILY_POINT, Kind.KINDERGARTEN_CLASS)


def procedure_of(kind: str) -> str:
    """The procedure by which a kind of institution is set up."""
    return f"{kind}_establishment" if kind in OF_ITS_OWN else "establishment"


def filing_of(kind: str) -> str:
    """The procedure by which a kind of institution files that is registered already."""
    return f"{kind}_filing" if kind in OF_ITS_OWN else "filing"


def plan_of(procedure: str, division_code: str, **facts: Any) -> Plan:
    """The steps such an application will take today; Refused when the place names nobody for it."""
    return plan(procedure, division_code, facts, clock.today())


def offered_at(division_code: str, procedures: Iterable[str]) -> dict[str, Procedure]:
    """Those of `procedures` that there are at a place today: what no document orders there is not offered."""
    rules = jurisdictions.book(division_code)
    found = {}
    for key in procedures:
        with suppress(RuleMissing):
            found[key] = rules.procedure(key)
    return found


def book_at(division_code: str, on: date | None = None, pack: str | None = None) -> Book:
    """The rules in force at a place; under the pack version a case began with, where one is given."""
    return _book(jurisdictions.book(division_code, on, pack))


def _book(rules: RuleBook) -> Book:
    return _book_of(rules.digests, rules.since, _Held(rules))


class _Held:
    """Carries a rule book past a cache: packs of the same digests hold the same rules from one turn of the
    rules to the next."""

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _book_of(digests: tuple[str, ...], since: date, held: _Held) -> Book:
    return Book.of(one for rule in held.rules.in_force() for one in (rule, *rule.conflicts))


def form_at(division_code: str, kind: str, on: date | None = None, pack: str | None = None) -> Form:
    """What a kind of institution is asked at a place, as the rules in force there have it."""
    rules = jurisdictions.book(division_code, on, pack)
    return _form_of(rules.digests, rules.since, kind, _Held(rules))


@lru_cache(maxsize=256)
def _form_of(digests: tuple[str, ...], since: date, kind: str, held: _Held) -> Form:
    def value_of(key: str) -> Any:
        found = held.rules.find(key)
        return found.value if found else None

    return form_of(kind, value_of)


def notes_of(page: Page, book: Book) -> list[RuleLike]:
    """The rules a page shows beside what it asks."""
    return [rule for key in page.notes for rule in book.all(key)]


def slots_at(
    division_code: str,
    kind: str,
    on: date | None = None,
    pack: str | None = None,
    *,
    procedure: str = "",
    items: tuple[str, ...] = (),
) -> tuple[Slot, ...]:
    """The papers a kind of institution may have to hand in at a place: in setting up and filing, in another
    `procedure`, or in a change of these items."""
    rules = jurisdictions.book(division_code, on, pack)
    asked = procedure if procedure in AFTER_FILING else ""
    return _slots_of(rules.digests, rules.since, kind, asked, items, _Held(rules))


@lru_cache(maxsize=256)
def _slots_of(
    digests: tuple[str, ...], since: date, kind: str, procedure: str, items: tuple[str, ...], held: _Held
) -> tuple[Slot, ...]:
    rules = held.rules
    return tuple(
        Slot(
            key=paper.key,
            label=paper.name,
            required_when=paper.required_when,
            rule_key=paper.rule or "",
            source=_paper_source(rules, paper.rule, paper.document, paper.clause),
            issuer_hint=paper.issuer_hint,
            needs_number=paper.needs_number,
            needs_expiry=paper.needs_expiry,
            only_advised=_only_advised(rules, paper.rule),
        )
        for paper in rules.papers()
        if paper.key not in GIVEN_ON_PAGE
        and _is_for(paper.required_when.get("kind"), kind)
        and _is_asked(paper, procedure, items)
    )


def _is_asked(paper: Paper, procedure: str, items: tuple[str, ...]) -> bool:
    if procedure == CHANGE:
        return not set(items).isdisjoint(paper.changes)
    return procedure in paper.procedures if procedure else not paper.procedures


def _is_for(kinds: object, kind: str) -> bool:
    return kinds is None or kind == kinds or (isinstance(kinds, tuple | list) and kind in kinds)


def _only_advised(rules: RuleBook, rule: str | None) -> str:
    """How much a paper's rule weighs where it is no order; empty for what is ordered, or has no rule."""
    found = rules.find(rule) if rule else None
    return "" if found is None or found.force == "mandatory" else FORCE_NAMES[found.force]


def _paper_source(rules: RuleBook, rule: str | None, document: str, clause: str) -> str:
    found = rules.find(rule) if rule else None
    if found is not None:
        return found.source
    return cited(document, clause) if document else clause


def wording_at(division_code: str, *keys: str) -> tuple[str, ...]:
    """The lines of a form or a notice, under the first key somebody wrote; empty when nobody did."""
    rules = jurisdictions.book(division_code)
    for key in keys:
        try:
            return rules.wording(key)
        except RuleMissing:
            continue
    return ()


def is_so_at(division_code: str, key: str) -> bool:
    """Whether the rule `key` holds at a place and says yes."""
    found = jurisdictions.book(division_code).find(key)
    return found is not None and found.value is True


def source_at(division_code: str, key: str) -> str:
    """Where the rule `key` stands, in words; empty when there is none."""
    found = jurisdictions.book(division_code).find(key)
    return found.source if found else ""
