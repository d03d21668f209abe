"""What follows from packs that are given: the rule in force, what conflicts with it, the setting, the
procedure. No database; `queries` finds the packs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, TypeVar, overload

from tuoyu.jurisdictions.atlas import Place
from tuoyu.jurisdictions.packs import placeholders
from tuoyu.jurisdictions.packs.schema import (
    INSPECTING,
    NATURE_OF,
    REGISTRAR,
    Checklist,
    Outline,
    Pack,
    Paper,
    Procedure,
    Route,
    RouteName,
    Rule,
    Setting,
    Step,
    Value,
    Watch,
    prefix_of,
)
from tuoyu.jurisdictions.vocabulary import Vocabulary

D = TypeVar("D", Procedure, Checklist)


# What a pack names instead of a document where none says anything.
OF_NO_DOCUMENT = "本地参数"


def cited(document: str, clause: str, number: str = "") -> str:
    """Where something stands, in words; what stands in no document has no clause either."""
    if document.startswith(OF_NO_DOCUMENT):
        return document
    return f"《{document}》{f'（{number}）' if number else ''}{clause}"


class RuleMissing(LookupError):
    """No rule says anything about what was asked, on that day, at that place."""


class NoRegistrar(LookupError):
    """The document names no registrar for such an applicant, or leaves it open and nobody decided."""


@dataclass(frozen=True)
class RuleValue:
    """A value in force, with the clause it comes from.

    `conflicts` holds what another document says about the same thing where neither replaces the other.
    """

    key: str
    value: Any
    unit: str
    unit_name: str
    clause: str
    document: str
    number: str
    force: str
    confidence: str
    jurisdiction: str
    effective_from: date | None
    effective_to: date | None
    name: str
    note: str
    bound: str | None
    conflict_group: str
    conflicts: "tuple[RuleValue, ...]" = ()

    @property
    def blocks(self) -> bool:
        """Only what is mandatory and certain stops anybody; the rest warns."""
        return self.force == "mandatory" and self.confidence == "high"

    @property
    def severity(self) -> str:
        """How a problem that rests on this rule weighs: "block" or "warn"."""
        return "block" if self.blocks else "warn"

    @property
    def source(self) -> str:
        """Where it stands, in words: 《托育机构登记和备案办法（试行）》（国卫办人口发〔2019〕25号）第9条."""
        return cited(self.document, self.clause, self.number)

    def as_json(self) -> dict[str, Any]:
        """The value and its source as plain data."""
        plain = {k: v for k, v in vars(self).items() if k != "conflicts"}
        for key in ("effective_from", "effective_to"):
            plain[key] = plain[key].isoformat() if plain[key] else None
        return plain | {"source": self.source, "conflicts": [c.as_json() for c in self.conflicts]}


@dataclass(frozen=True)
class SettingValue:
    """What a division decided, and on what ground."""

    key: str
    value: Any
    division: str
    effective_from: date | None
    effective_to: date | None
    basis: str
    decided: bool

    @property
    def source(self) -> str:
        """What to show beside the choice it made."""
        since = f"，{self.effective_from:%Y-%m-%d} 起" if self.effective_from else ""
        return f"{'本地决定' if self.decided else '政策包设定'}{since}：{self.basis}"


class Later(Sequence[SettingValue]):
    """Settings asked for when somebody looks at them; most readers of a rule book never do."""

    def __init__(self, ask: Callable[[], Sequence[SettingValue]]) -> None:
        self._ask = ask

    @cached_property
    def _found(self) -> Sequence[SettingValue]:
        return self._ask()

    @overload
    def __getitem__(self, index: int) -> SettingValue: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SettingValue]: ...
    def __getitem__(self, index: int | slice) -> SettingValue | Sequence[SettingValue]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Handling:
    """Who handles a step: the department, the division it decides for, and why."""

    department: str
    authority: str
    clause: str
    document: str
    setting: SettingValue | None = None
    offers: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleBook:
    """The packs that hold at a place on a day, nearest first, with the settings decided there."""

    packs: tuple[Pack, ...]
    digests: tuple[str, ...]
    place: Place | None
    on: date
    decided: Sequence[SettingValue] = field(default=(), repr=False)

    @property
    def digest(self) -> str:
        """The digest of the nearest pack: what a case keeps."""
        return self.digests[0]

    @property
    def pack(self) -> Pack:
        """The nearest pack."""
        return self.packs[0]

    @property
    def vocabulary(self) -> Vocabulary:
        """The departments spoken of here."""
        return Vocabulary.of(self.packs)

    # ---- rules

    def get(self, key: str) -> RuleValue:
        """The rule that holds; RuleMissing when none does."""
        found = self.find(key)
        if found is None:
            where = self.place.full_name if self.place else "全国"
            raise RuleMissing(f"{where}在 {self.on} 没有规则 {key}：在政策包的 rules.toml 里补上")
        return found

    def find(self, key: str) -> RuleValue | None:
        """The rule that holds, or None."""
        held = self._held(key)
        if not held:
            return None
        holds = held[-1]
        others: list[tuple[Pack, Rule]] = []
        for nearer in reversed(held[:-1]):
            if _replaces(nearer[1], holds[1]):
                holds, others = nearer, [o for o in others if o[1].value != nearer[1].value]
            else:
                others.append(nearer)
        return self._value(*holds, conflicts=tuple(self._value(*o) for o in others))

    def all_of(self, key: str) -> tuple[RuleValue, ...]:
        """What every document in force says about one key, nearest first; with `prefix.*` about several."""
        if key.endswith(".*"):
            keys = sorted({r.key for p in self.packs for r in p.rule if r.key.startswith(key[:-1])})
            return tuple(value for k in keys for value in self.all_of(k))
        return tuple(self._value(*held) for held in self._held(key))

    def conflicts(self, group: str) -> tuple[RuleValue, ...]:
        """Every rule in force that belongs to a group of rules that contradict each other."""
        keys = sorted({r.key for p in self.packs for r in p.rule if r.conflict_group == group})
        return tuple(value for key in keys for value in self.all_of(key))

    def in_force(self) -> tuple[RuleValue, ...]:
        """The rule that holds for every key, by key."""
        keys = sorted({r.key for p in self.packs for r in p.rule})
        return tuple(value for key in keys if (value := self.find(key)))

    @property
    def since(self) -> date:
        """The last day, up to the book's own, on which a rule here began or ended: until the next such day
        the same rules stay in force."""
        return max(
            (day for day in _turns(self.digests, _Unseen(self.packs)) if day <= self.on), default=date.min
        )

    def _held(self, key: str) -> list[tuple[Pack, Rule]]:
        return [(p, r) for p in self.packs for r in p.rule if r.key == key and r.in_force(self.on)]

    def _value(self, pack: Pack, rule: Rule, conflicts: tuple[RuleValue, ...] = ()) -> RuleValue:
        own = pack.document is not None and rule.document in ("", pack.title)
        return RuleValue(
            key=rule.key,
            value=rule.value,
            unit=rule.unit,
            unit_name=self._unit(rule.unit),
            clause=rule.clause,
            document=rule.document or pack.title,
            number=rule.number or (pack.document.number if own and pack.document else ""),
            force=rule.force,
            confidence=rule.confidence,
            jurisdiction=pack.code,
            effective_from=rule.effective_from,
            effective_to=rule.effective_to,
            name=rule.name or self._name(rule.key),
            note=rule.note,
            bound=rule.bound,
            conflict_group=rule.conflict_group,
            conflicts=conflicts,
        )

    def _name(self, key: str) -> str:
        return next((r.name for p in self.packs for r in p.rule if r.key == key and r.name), "")

    def _unit(self, key: str) -> str:
        return next((u.name for p in self.packs for u in p.unit if u.key == key), key)

    # ---- settings

    def setting(self, key: str) -> SettingValue | None:
        """What the nearest division decided; else what the nearest pack sets."""
        here = self.place.code if self.place else ""
        decided = [s for s in self.decided if s.key == key]
        if decided:
            return max(decided, key=lambda s: len(prefix_of(s.division)))
        for pack in self.packs:
            set_here = [s for s in pack.setting if s.key == key and _holds(s, here, self.on)]
            if set_here:
                return _from_pack(max(set_here, key=lambda s: len(prefix_of(s.division))))
        return None

    # ---- procedures

    def procedure(self, key: str) -> Procedure:
        """The nearest procedure of that key in force; RuleMissing when there is none."""
        return self._nearest("办事流程", key, [pack.procedure for pack in self.packs])

    def procedure_title(self, procedure: Procedure) -> str:
        """The title of the document a procedure comes from."""
        if procedure.document:
            return procedure.document
        return next(p.title for p in self.packs if procedure in p.procedure)

    def checklist(self, key: str) -> Checklist:
        """The nearest checklist of that key in force; RuleMissing when there is none."""
        return self._nearest("检查表", key, [pack.checklist for pack in self.packs])

    def watches(self) -> tuple[Watch, ...]:
        """What is to be alerted of: active and in force, a nearer pack's in the place of one of its key."""
        by_key = {w.key: w for pack in reversed(self.packs) for w in pack.watch if w.in_force(self.on)}
        return tuple(watch for watch in by_key.values() if watch.active)

    def clauses_on(self, capability: str) -> tuple[tuple[str, str], ...]:
        """Where the nearest pack's document speaks of a capability: pairs of document and clause."""
        return tuple((self.pack.title, c.id) for c in self.pack.clause if capability in c.capabilities)

    def outlines(self) -> tuple[Outline, ...]:
        """What is established of standards of assessment in force; of one key the nearest."""
        by_key = {o.key: o for pack in reversed(self.packs) for o in pack.assessment if o.in_force(self.on)}
        return tuple(by_key.values())

    def papers(self) -> tuple[Paper, ...]:
        """The papers an application may need; a nearer pack's paper replaces one of the same key."""
        by_key = {p.key: p for pack in reversed(self.packs) for p in pack.paper}
        return tuple(paper.model_copy(update={"name": self._said(paper.name)}) for paper in by_key.values())

    def wording(self, key: str) -> tuple[str, ...]:
        """The lines of a form or a notice, with the values of the rules in force; RuleMissing when nobody
        wrote them. A line that speaks of a rule not in force is left out."""
        for pack in self.packs:
            for text in pack.text:
                if text.key == key:
                    said = (placeholders.filled(line, self._value_of) for line in text.lines)
                    return tuple(line for line in said if line is not None)
        raise RuleMissing(f"政策包里没有文字 {key}：在 texts.toml 里补上")

    def _value_of(self, key: str) -> Any:
        found = self.find(key)
        return found.value if found else None

    def _said(self, text: str) -> str:
        """A name with its values; one that speaks of a rule not in force keeps its own words without it."""
        said = placeholders.filled(text, self._value_of)
        return said if said is not None else placeholders.IN_BRACES.sub("规定", text)

    def _nearest(self, what: str, key: str, sections: list[tuple[D, ...]]) -> D:
        for section in sections:
            for entry in section:
                if entry.key == key and entry.in_force(self.on):
                    return entry
        raise RuleMissing(f"政策包里没有在 {self.on} 有效的{what} {key}")

    def department_of(
        self, procedure: Procedure, step: Step, facts: Mapping[str, Any]
    ) -> tuple[str, Route | None, SettingValue | None]:
        """The department of a step, the route and the setting that led to it; NoRegistrar if none does."""
        if not isinstance(step.department, RouteName):
            return self.named(step.department, facts, procedure.name), None, None
        form, kind = str(facts.get("legal_form", "")), str(facts.get("kind", ""))
        route = route_for(procedure, step.department.route, form, kind)
        if len(route.offers) == 1:
            return route.offers[0], route, None
        setting = self.setting(route.setting or "")
        if setting is None or setting.value not in route.offers:
            raise NoRegistrar(
                f"{procedure.name}：{'、'.join(route.offers)} 之间没有生效的设定 {route.setting}"
            )
        return str(setting.value), route, setting

    def named(self, department: str, facts: Mapping[str, Any], what: str) -> str:
        """The department a pack names: itself, the one that registered the institution, or the one that led
        the inspection."""
        if department not in UNNAMED:
            return department
        if not facts.get(department):
            raise NoRegistrar(f"{what}：{UNNAMED[department]}")
        return str(facts[department])


UNNAMED = {REGISTRAR: "不知道机构由谁登记", INSPECTING: "不知道检查由谁牵头"}


def route_for(procedure: Procedure, name: str, legal_form: str, kind: str = "") -> Route:
    """The route of an applicant; one written for its kind goes before one for every kind."""
    serving = [r for r in procedure.route if r.name == name and r.serves(legal_form, kind)]
    if not serving:
        raise NoRegistrar(f"{procedure.name}：没有写法人形式“{legal_form}”到哪里登记")
    return next((r for r in serving if r.kind), serving[0])


def applies(when: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether the facts of an application meet a condition; a fact not known does not."""
    for fact, expected in when.items():
        wanted = expected if isinstance(expected, tuple) else (expected,)
        known = facts.get(fact)
        given = known if isinstance(known, (tuple, list, set, frozenset)) else (known,)
        if not any(value in wanted for value in given):
            return False
    return True


def steps_for(procedure: Procedure, facts: Mapping[str, Any]) -> tuple[tuple[Step, tuple[str, ...]], ...]:
    """The steps that apply to an application, each with what it waits for.

    A step that does not apply hands what it waited for on to those that waited for it.
    """
    by_key = {step.key: step for step in procedure.step}
    known = {"nature": NATURE_OF.get(str(facts.get("legal_form", ""))), **facts}
    kept = {step.key for step in procedure.step if applies(step.when, known)}

    def before(key: str) -> list[str]:
        waits: list[str] = []
        for other in by_key[key].after:
            waits += [other] if other in kept else before(other)
        return list(dict.fromkeys(waits))

    return tuple((by_key[key], tuple(before(key))) for key in by_key if key in kept)


class _Unseen:
    """Carries packs past a cache that is keyed by their digests."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = packs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unseen)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _turns(digests: tuple[str, ...], unseen: _Unseen) -> tuple[date, ...]:
    rules = [rule for pack in unseen.packs for rule in pack.rule]
    return tuple({day for rule in rules for day in (rule.effective_from, rule.effective_to) if day})


def _replaces(nearer: Rule, farther: Rule) -> bool:
    """Whether a nearer rule stands in the place of one farther off: it says so, or is as strict."""
    if nearer.overrides or nearer.value == farther.value:
        return True
    bound = nearer.bound or farther.bound
    if bound is None or not (_is_number(nearer.value) and _is_number(farther.value)):
        return False
    less = float(nearer.value) < float(farther.value)  # type: ignore[arg-type]
    return less if bound == "max" else not less


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _holds(setting: Setting, place: str, on: date) -> bool:
    return setting.in_force(on) and place.startswith(prefix_of(setting.division))


def _from_pack(setting: Setting) -> SettingValue:
    return SettingValue(
        key=setting.key,
        value=setting.value,
        division=setting.division,
        effective_from=setting.effective_from,
        effective_to=setting.effective_to,
        basis=setting.note,
        decided=False,
    )
