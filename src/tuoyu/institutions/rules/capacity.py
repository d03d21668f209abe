"""How many children may be taken: for each class the least of what its limits allow, and which one binds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuoyu.institutions.rules.book import Book, RuleLike, blocks, label_of
from tuoyu.institutions.rules.facts import ClassFacts, Facts
from tuoyu.institutions.vocabulary import ClassType, Kind


@dataclass(frozen=True)
class Limit:
    """What one rule allows; `allows` is None when a fact it needs is not known."""

    name: str
    allows: int | None
    says: str
    rule_key: str
    source: str
    hard: bool
    label: str = ""


@dataclass(frozen=True)
class ClassCapacity:
    """A class with its limits. `allowed` counts what blocks; `advised` what is recommended besides."""

    label: str
    asked: int | None
    limits: tuple[Limit, ...]

    @property
    def allowed(self) -> int | None:
        """The least of the binding limits that are known; None when none is."""
        return _least([limit for limit in self.limits if limit.hard])

    @property
    def advised(self) -> int | None:
        """The least of all known limits, the recommended ones with them."""
        return _least(self.limits)

    @property
    def certain(self) -> bool:
        """Whether every binding limit is known: else `allowed` is only an upper bound."""
        return all(limit.allows is not None for limit in self.limits if limit.hard)

    @property
    def binding(self) -> tuple[Limit, ...]:
        """The limit or limits that make `allowed` what it is."""
        return tuple(m for m in self.limits if m.hard and m.allows is not None and m.allows == self.allowed)


@dataclass(frozen=True)
class Capacity:
    """All classes, the limits on the whole, and the totals."""

    classes: tuple[ClassCapacity, ...]
    whole: tuple[Limit, ...] = ()

    @property
    def allowed(self) -> int | None:
        """How many children in all; None as long as no class is known."""
        return self._total([c.allowed for c in self.classes], [m for m in self.whole if m.hard])

    @property
    def advised(self) -> int | None:
        """How many in all when the recommended limits are kept too."""
        return self._total([c.advised for c in self.classes], self.whole)

    @property
    def certain(self) -> bool:
        """Whether nothing needed for the total is missing."""
        return bool(self.classes) and all(c.certain and c.allowed is not None for c in self.classes)

    @staticmethod
    def _total(parts: Sequence[int | None], limits: Sequence[Limit]) -> int | None:
        known = [part for part in parts if part is not None]
        if not known:
            return None
        caps = [limit.allows for limit in limits if limit.allows is not None]
        return min([sum(known), *caps])


def licensable_capacity(facts: Facts, book: Book) -> Capacity:
    """The capacity the facts allow under the rules in `book`."""
    if facts.kind == Kind.FAMILY_POINT:
        return Capacity((_family_point(facts, book),))
    classes = tuple(_class(row, index, facts, book) for index, row in enumerate(facts.classes))
    return Capacity(classes, tuple(_whole_limits(facts, book)))


def _least(limits: Sequence[Limit]) -> int | None:
    known = [limit.allows for limit in limits if limit.allows is not None]
    return min(known) if known else None


def _limit(rule: RuleLike, name: str, allows: int | None, says: str) -> Limit:
    return Limit(name, allows, says, rule.key, rule.source, blocks(rule), label_of(rule))


def _class(row: ClassFacts, index: int, facts: Facts, book: Book) -> ClassCapacity:
    words = dict(ClassType.choices)
    label = row.name or words.get(row.class_type or "", "") or f"第{index + 1}班"
    limits: list[Limit] = []
    if row.class_type is not None:
        limits += _size_limits(row, book) + _staff_limits(row, book) + _area_limits(row, book)
    return ClassCapacity(str(label), row.places, tuple(limits))


def _size_limits(row: ClassFacts, book: Book) -> list[Limit]:
    return [
        _limit(rule, "班额", int(rule.value), f"每班不超过{rule.value}人")
        for rule in book.all(f"class.{row.class_type}.max_children")
    ]


def _staff_limits(row: ClassFacts, book: Book) -> list[Limit]:
    return [
        _limit(
            rule,
            "人员配比",
            None if row.carers is None else int(row.carers * rule.value),
            f"1名保育人员至多照护{rule.value}人，"
            + ("保育人员数未填" if row.carers is None else f"现有{row.carers}名"),
        )
        for rule in book.all(f"ratio.{row.class_type}")
    ]


def _area_limits(row: ClassFacts, book: Book) -> list[Limit]:
    """Where a place sets square metres a child, a number; the building code's zones say only yes or no."""
    limits = []
    for rule in book.all("premises.area_per_child"):
        allows = None if row.area is None else _per_child(row.area, rule.value)
        limits.append(_limit(rule, "面积", allows, f"每名孩子不少于{rule.value}平方米"))
    full = book.number(f"class.{row.class_type}.max_children")
    for rule, area, words in _zones(row, book):
        if full is None:
            continue
        allows = None if area is None else (int(full) if area >= rule.value else 0)
        limits.append(_limit(rule, "建筑规范", allows, f"{words}不小于{rule.value}平方米"))
    return limits


def _zones(row: ClassFacts, book: Book) -> list[tuple[RuleLike, float | None, str]]:
    combined = book.get(f"premises.{row.class_type}.combined_area")
    if combined is not None:
        return [(combined, row.area, "睡眠区与活动区合计")]
    sleep = book.get(f"premises.{row.class_type}.sleep_area")
    activity = book.get(f"premises.{row.class_type}.activity_area")
    found: list[tuple[RuleLike, float | None, str]] = []
    if sleep is not None:
        found.append((sleep, row.sleep_area, "睡眠区"))
    if activity is not None:
        found.append((activity, row.activity_area, "活动区"))
    return found


def _whole_limits(facts: Facts, book: Book) -> list[Limit]:
    limits = []
    outdoor = facts.get("premises.outdoor_area")
    for rule in book.all("premises.outdoor_area_per_child"):
        if facts.yes("premises.outdoor_nearby") is not True:
            allows = None if outdoor is None else _per_child(outdoor, rule.value)
            limits.append(_limit(rule, "户外场地", allows, f"每名孩子户外场地不少于{rule.value}平方米"))
    for rule in book.all("institution.max_children"):
        limits.append(_limit(rule, "机构规模", int(rule.value), f"全机构不超过{rule.value}人"))
    return limits


def _family_point(facts: Facts, book: Book) -> ClassCapacity:
    row = facts.classes[0] if facts.classes else ClassFacts()
    area = facts.get("premises.building_area")
    limits = [
        _limit(rule, "人数上限", int(rule.value), f"收托不超过{rule.value}人")
        for rule in book.all("family_point.max_children")
    ]
    for rule in book.all("family_point.ratio"):
        allows = None if row.carers is None else int(row.carers * rule.value)
        limits.append(_limit(rule, "人员配比", allows, f"1名照护人员至多照护{rule.value}人"))
    for rule in book.all("family_point.area_per_child"):
        allows = None if area is None else _per_child(area, rule.value)
        limits.append(_limit(rule, "面积", allows, f"每名孩子建筑面积不少于{rule.value}平方米"))
    return ClassCapacity("家庭托育点", row.places, tuple(limits))


def _per_child(area: float, each: float) -> int:
    return max(0, math.floor(area / each)) if each > 0 else 0
