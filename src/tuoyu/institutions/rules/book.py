"""The rule values an application is measured by, as given; this app holds none of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from tuoyu.core.problems import Problem

# What a remark may rest on: the rules of setting up a nursery and of what follows.
CITED = (
    "registration.scope", "registration.name", "filing.scans", "filing.papers", "class.", "ratio.",
    "lease.", "premises.", "floor.", "video.", "observation_room.", "outdoor.required", "head.", "carer.",
    "health_staff.", "guard.", "staff.", "family_point.", "fire.", "hygiene.", "kindergarten_class.",
    "employer.",
    "filing.change", "filing.termination", "annual_re", "suspension.",
)  # fmt: skip
FORCE_NAMES = {"mandatory": "强制", "recommended": "推荐", "guidance": "指导", "local": "本地参数"}


class RuleLike(Protocol):
    """What a rule must say of itself (the pack's own rules do)."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def clause(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def force(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def conflict_group(self) -> str: ...
    @property
    def note(self) -> str: ...


def blocks(rule: RuleLike) -> bool:
    """Only what is mandatory and certain stops anybody."""
    return rule.force == "mandatory" and rule.confidence == "high"


def label_of(rule: RuleLike) -> str:
    """The word that says how much a rule weighs: empty for what blocks."""
    if blocks(rule):
        return ""
    return "待核实" if rule.force == "mandatory" else FORCE_NAMES.get(rule.force, "")


@dataclass(frozen=True)
class Book:
    """The rules in force at a place on a day. A key may have several: a place's own beside the nation's."""

    rules: tuple[RuleLike, ...] = ()

    @classmethod
    def of(cls, rules: Iterable[RuleLike]) -> "Book":
        return cls(tuple(rules))

    def all(self, key: str) -> list[RuleLike]:
        """Every rule with this key."""
        return list(self._by_key.get(key, ()))

    def get(self, key: str) -> RuleLike | None:
        """The first rule with this key: the place's own, where it has one."""
        return next(iter(self._by_key.get(key, ())), None)

    @cached_property
    def _by_key(self) -> dict[str, list[RuleLike]]:
        found: dict[str, list[RuleLike]] = {}
        for rule in self.rules:
            found.setdefault(rule.key, []).append(rule)
        return found

    @cached_property
    def citable(self) -> tuple[tuple[str, str], ...]:
        """Each rule that a remark may rest on: its key, and what it is called with its source."""
        return tuple(
            (rule.key, f"{getattr(rule, 'name', '') or rule.note or rule.key}（{rule.source}）")
            for rule in self.rules
            if rule.key.startswith(CITED)
        )

    def group(self, name: str) -> list[RuleLike]:
        """The rules that contradict each other under this name."""
        return [rule for rule in self.rules if rule.conflict_group == name]

    def number(self, key: str) -> float | None:
        """The value of a rule as a number, None when there is no such rule."""
        rule = self.get(key)
        ok = rule is not None and isinstance(rule.value, int | float) and not isinstance(rule.value, bool)
        return float(rule.value) if ok and rule is not None else None


def problem(rule: RuleLike, message: str, page: str, field: str, fix: str = "") -> Problem:
    """A problem that rests on `rule`; it blocks only when the rule does, else it says what it is."""
    label = label_of(rule)
    return Problem(
        message=f"（{label}）{message}" if label else message,
        page=page,
        field=field,
        rule_key=rule.key,
        source=rule.source,
        severity="block" if blocks(rule) else "warn",
        fix=fix,
    )
