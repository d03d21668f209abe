"""A pack as plain data: what `tuoyu packs show` prints and the page of a jurisdiction shows."""

from datetime import date
from typing import Any

from tuoyu.jurisdictions.coverage import Outcomes, state_of
from tuoyu.jurisdictions.packs.schema import Clause, Pack, Target
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.jurisdictions.vocabulary import Vocabulary


def shown(pack: Pack, vocabulary: Vocabulary, found: Outcomes) -> dict[str, list[dict[str, Any]]]:
    """Clauses, targets, duties and seats of a pack, each clause with its state."""
    return {
        "clauses": [_clause(c, vocabulary, state_of(c, pack.code, found)) for c in pack.clause],
        "targets": [_target(t) for t in pack.target],
        "duties": [{"department": d.department, "summary": d.summary} for d in pack.duty],
        "seats": [{"role": s.role, "post": s.post, "department": s.key} for s in pack.seat],
    }


def departments_of(clause: Clause, vocabulary: Vocabulary) -> list[str]:
    """The keys of every unit that answers for a clause, each once, in the order of the document."""
    keys = (vocabulary.key_of(unit) for unit in clause.units)
    return list(dict.fromkeys(key for key in keys if key))


def _clause(clause: Clause, vocabulary: Vocabulary, state: str) -> dict[str, Any]:
    return {
        "id": clause.id,
        "kind": clause.kind,
        "heading": clause.heading,
        "summary": clause.summary,
        "lead": list(clause.lead),
        "responsible": list(clause.responsible),
        "default_responsible": list(clause.default_responsible),
        "departments": departments_of(clause, vocabulary),
        "capabilities": list(clause.capabilities),
        "state": state,
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "clause": target.clause,
        "indicator": target.indicator,
        "comparator": target.comparator,
        "value": target.value,
        "value_max": target.value_max,
        "unit": target.unit or None,
        "deadline": target.deadline.isoformat() if target.deadline else None,
        "period": target.period or None,
        "scope": target.scope or None,
    }


def rules_of(book: RuleBook) -> list[dict[str, Any]]:
    """The rules in force, by key, each with its source and what contradicts it."""
    return [value.as_json() for value in book.in_force()]


def book_from_files(packs: dict[str, Pack], code: str, on: date) -> RuleBook:
    """The rule book of packs just read from files, without what divisions have decided since."""
    from tuoyu.jurisdictions.atlas import places

    line: list[Pack] = [packs[code]]
    while line[-1].inherits:
        line.append(packs[line[-1].inherits])
    return RuleBook(tuple(line), ("",) * len(line), places().get(code), on)
