"""The checklist of one visit: which items apply, which department answers which, and the rule under each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tuoyu.jurisdictions.packs.schema import Checklist, ChecklistItem
from tuoyu.jurisdictions.rulebook import RuleBook, RuleMissing, RuleValue, applies, cited

REMIT = "inspection.remit."
# What a visit is grouped by: the longest beginning of an item's key that is named here.
SECTIONS = {
    "premises": "场地设施",
    "equipment": "设备安全",
    "staffing": "人员配备",
    "fire": "消防安全",
    "health_care.food": "食品安全",
    "health_care": "卫生保健",
    "care": "保育照护",
    "supervision": "管理规范",
}
OTHER = "其他"
# The list for a kind of institution, the first that is in force; any other kind has the list of all.
LISTS = {"family_point": ("family_point_inspection", "family_point_verification")}
EVERY = "inspection"

Remits = Mapping[str, Sequence[str]]


def checklist_for(book: RuleBook, kind: str) -> Checklist:
    """The list in force for a kind of institution; RuleMissing when no pack has one."""
    for key in LISTS.get(kind, ()):
        try:
            return book.checklist(key)
        except RuleMissing:
            continue
    return book.checklist(EVERY)


def remits_of(book: RuleBook) -> Remits:
    """Which departments answer what, by the beginning of an item's key, the first named going first."""
    keys = {rule.key for pack in book.packs for rule in pack.rule if rule.key.startswith(REMIT)}
    found = {key.removeprefix(REMIT): book.find(key) for key in keys}
    return {
        beginning: rule.value if isinstance(rule.value, tuple) else (str(rule.value),)
        for beginning, rule in found.items()
        if rule is not None
    }


def items_of(
    checklist: Checklist,
    book: RuleBook,
    *,
    known: Mapping[str, Any],
    departments: Sequence[str],
    lead: str,
) -> list[dict[str, Any]]:
    """The items of a visit as it keeps them. `known` are facts of the institution; an item whose condition
    asks for what is not known stays in: the inspector can say that it does not apply."""
    remits = remits_of(book)
    return [
        _item(item, book, _answering(item.key, remits, departments, lead))
        for item in checklist.item
        if not set(item.when) <= set(known) or applies(item.when, known)
    ]


def _answering(key: str, remits: Remits, departments: Sequence[str], lead: str) -> str:
    """The department that answers an item: by remit where it takes part, else the one that leads."""
    named = remits.get(_longest(key, remits), ())
    return next((department for department in named if department in departments), lead)


def _longest(key: str, beginnings: Iterable[str]) -> str:
    fitting = [one for one in beginnings if key.startswith(one)]
    return max(fitting, key=len, default="")


def _item(item: ChecklistItem, book: RuleBook, department: str) -> dict[str, Any]:
    rule = book.find(item.rule) if item.rule else None
    section = _longest(item.key, SECTIONS)
    return {
        "key": item.key,
        "text": item.text,
        "section": SECTIONS.get(section, OTHER),
        "department": department,
        "severity": item.severity,
        "rule": item.rule or "",
        "asks": _asks(rule) if rule else "",
        "source": _source(item, rule),
    }


def _source(item: ChecklistItem, rule: RuleValue | None) -> str:
    """Where the item stands; a local list names its own clause, the rule the document it rests on."""
    if item.document:
        return cited(item.document, item.clause)
    return f"{rule.source}；{item.clause}" if rule else item.clause


def _asks(rule: RuleValue) -> str:
    """What the rule asks for, with its value where a bare yes would say nothing."""
    if isinstance(rule.value, bool):
        return rule.name
    several = isinstance(rule.value, tuple)
    value = "、".join(map(str, rule.value)) if several else f"{rule.value}{rule.unit_name}"
    return f"{rule.name}：{value}" if rule.name else value
