"""What the pages of a jurisdiction show: its document clause by clause, and the rules in force."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.jurisdictions import coverage, queries
from tuoyu.jurisdictions.coverage import STATE_NAMES, Outcome, State
from tuoyu.jurisdictions.packs.schema import Checklist, ChecklistItem, Clause, ConferenceSeat, Pack, Target
from tuoyu.jurisdictions.rulebook import RuleBook, RuleValue
from tuoyu.jurisdictions.shown import departments_of

COMPARED = {
    ">=": "不少于",
    ">": "超过",
    "=": "等于",
    "<=": "不超过",
    "<": "少于",
    "between": "",
    "reached": "达到",
}
PERIODS = {"year": "每年", "month": "每月", "quarter": "每季度", "week": "每周"}
SEATS = {
    "convenor": "召集人",
    "deputy_convenor": "副召集人",
    "lead": "牵头",
    "member": "成员",
    "office": "办公室",
}


@dataclass(frozen=True)
class ClauseShown:
    """One clause as its page shows it; `depth` is 1 for a section, 2 for a subsection, 3 below."""

    clause: Clause
    depth: int
    departments: tuple[str, ...]
    capabilities: tuple[tuple[str, str], ...]
    state: State
    state_name: str
    scenarios: tuple[Outcome, ...]
    rules: tuple[RuleValue, ...]


@dataclass(frozen=True)
class Summary:
    """A jurisdiction on the list."""

    pack: Pack
    counted: tuple[tuple[State, str, int], ...]


def summaries() -> list[Summary]:
    """Every jurisdiction with its clauses counted by state."""
    found = coverage.outcomes()
    packs = queries.jurisdictions()
    return [Summary(pack, counted(coverage.states_of(pack, found).values())) for pack in packs]


def counted(states: Iterable[State]) -> tuple[tuple[State, str, int], ...]:
    """How many clauses are in each state, those that occur."""
    counts = Counter(states)
    return tuple((state, name, counts[state]) for state, name in STATE_NAMES.items() if counts[state])


def jurisdiction(code: str) -> Pack | None:
    """The latest pack of a jurisdiction, or None."""
    return next((pack for pack in queries.jurisdictions() if pack.code == code), None)


def national() -> Pack | None:
    """The pack of the rules that hold everywhere; None where no pack is loaded."""
    packs = queries.book(queries.NATIONAL).packs
    return next((pack for pack in packs if pack.code == queries.NATIONAL), None)


def clauses_of(pack: Pack, book: RuleBook) -> list[ClauseShown]:
    """Every clause in the order of the document."""
    found = coverage.outcomes()
    names = {c.key: c.name for p in book.packs for c in p.capability}
    vocabulary = book.vocabulary
    own = [value for value in book.in_force() if value.jurisdiction == pack.code]
    shown = []
    for clause in pack.clause:
        state = coverage.state_of(clause, pack.code, found)
        keys = departments_of(clause, vocabulary)
        shown.append(
            ClauseShown(
                clause=clause,
                depth=min(3, clause.id.count(".") + 1),
                departments=tuple(vocabulary.generic(key) for key in keys),
                capabilities=tuple((key, names.get(key, "")) for key in clause.capabilities),
                state=state,
                state_name=STATE_NAMES[state],
                scenarios=tuple(o for c in clause.capabilities for o in found.of(c, pack.code)),
                rules=tuple(v for v in own if v.clause == clause.id and v.document == pack.title),
            )
        )
    return shown


def target_words(target: Target) -> str:
    """A target's figure in words: 不少于1次, 超过30%, 1至2个, 达到."""
    if target.value is None:
        return "达到" if target.comparator == "reached" else ""
    figure = f"{target.value}至{target.value_max}" if target.comparator == "between" else f"{target.value}"
    return f"{COMPARED[target.comparator]}{figure}{target.unit}"


def period_words(target: Target) -> str:
    """By when, or how often."""
    return PERIODS.get(target.period, target.period)


def seats_of(pack: Pack) -> list[tuple[str, ConferenceSeat]]:
    """The seats of the joint conference with their roles in words."""
    return [(SEATS[seat.role], seat) for seat in pack.seat]


def duties_of(pack: Pack) -> list[tuple[str, tuple[str, ...]]]:
    """The duties of the annex, gathered by unit, in the order of the document."""
    gathered: dict[str, list[str]] = {}
    for duty in pack.duty:
        gathered.setdefault(duty.department, []).append(duty.summary)
    return [(unit, tuple(duties)) for unit, duties in gathered.items()]


def value_words(value: Any) -> str:
    """The value of a rule as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(f"“{v}”" if isinstance(v, str) else str(v) for v in value)
    return str(value)


@dataclass(frozen=True)
class RulesOfDocument:
    """The rules in force that one document sets."""

    document: str
    number: str
    own: bool
    rules: tuple[RuleValue, ...]


def rules_of(book: RuleBook) -> list[RulesOfDocument]:
    """The rules in force, by the document that sets them; the jurisdiction's own document first."""
    by_document: dict[tuple[bool, str, str], list[RuleValue]] = {}
    for value in book.in_force():
        own = value.jurisdiction != queries.NATIONAL
        by_document.setdefault((not own, value.document, value.number), []).append(value)
    return [
        RulesOfDocument(document, number, not other, tuple(rules))
        for (other, document, number), rules in sorted(by_document.items(), key=lambda item: item[0])
    ]


# The first part of an item's key is the field it belongs to (南京 三.(二).1 names these seven).
FIELDS = {
    "premises": "房屋场地",
    "equipment": "设施设备",
    "staffing": "人员配置",
    "fire": "消防安全",
    "health_care": "卫生保健",
    "care": "保育照护",
    "supervision": "监督管理",
}


@dataclass(frozen=True)
class ChecklistShown:
    """A checklist version with its items by field; each item with the value its rule has that day."""

    checklist: Checklist
    fields: tuple[tuple[str, tuple[tuple[ChecklistItem, RuleValue | None], ...]], ...]


def checklists_of(book: RuleBook) -> list[ChecklistShown]:
    """The checklists in force on the book's day, the nearest jurisdiction's before those it inherits."""
    keys = dict.fromkeys(c.key for pack in book.packs for c in pack.checklist if c.in_force(book.on))
    return [_checklist(book.checklist(key), book) for key in keys]


def _checklist(checklist: Checklist, book: RuleBook) -> ChecklistShown:
    by_field: dict[str, list[tuple[ChecklistItem, RuleValue | None]]] = {}
    for item in checklist.item:
        field = FIELDS.get(item.key.split(".")[0], "其他")
        by_field.setdefault(field, []).append((item, book.find(item.rule) if item.rule else None))
    return ChecklistShown(checklist, tuple((field, tuple(items)) for field, items in by_field.items()))


def contradictions(book: RuleBook) -> list[tuple[RuleValue, ...]]:
    """Rules in force that contradict each other: by their group, or a regional against a national one."""
    in_force = book.in_force()
    groups = sorted({v.conflict_group for v in in_force if v.conflict_group})
    found = [tuple(v for v in in_force if v.conflict_group == group) for group in groups]
    found += [(v, *v.conflicts) for v in in_force if v.conflicts and not v.conflict_group]
    return [group for group in found if len(group) > 1]


@dataclass(frozen=True)
class SettingShown:
    """A dated setting, decided by a division or set by the pack."""

    key: str
    place: str
    value: str
    effective_from: date | None
    effective_to: date | None
    basis: str
    decided: bool
    holds: bool


def settings_of(pack: Pack, book: RuleBook) -> list[SettingShown]:
    """Every dated setting of the jurisdiction and below, past and to come."""
    names = book.vocabulary.generic
    decided = [
        SettingShown(
            s.key,
            s.division.full_name,
            names(str(s.value)),
            s.valid.lower,
            s.valid.upper,
            f"{s.basis}（{s.decided_by}）",
            True,
            book.on in s.valid,
        )
        for s in queries.settings_of(pack.code)
    ]
    packed = [
        SettingShown(
            s.key,
            queries.division_of(s.division).full_name,
            names(str(s.value)),
            s.effective_from,
            s.effective_to,
            s.note,
            False,
            s.in_force(book.on),
        )
        for s in pack.setting
    ]
    return decided + packed
