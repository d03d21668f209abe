"""What a target counts: an indicator other packs use already, or a key of its own."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.packs.schema import Target as PackTarget
from tuoyu.policy.reading.model import Target
from tuoyu.policy.scaffolding.knowledge import Knowledge
from tuoyu.policy.scaffolding.words import Likeness, cosine

# So alike must a target of another pack be before its indicator is taken over.
ENOUGH = 0.34
# What every one of these documents says of everything tells nothing apart.
_EVERYWHERE = ("3岁以下", "婴幼儿照护服务", "托育服务", "婴幼儿照护", "托育", "婴幼儿", "照护")


@dataclass(frozen=True)
class Bound:
    """The indicator of a target, on what ground, and whether another pack uses it already."""

    key: str
    ground: str
    known: bool


class Indicators:
    """What the targets of one document count."""

    def __init__(self, known: Knowledge, targets: Sequence[Target]) -> None:
        self._known = [(pack, target) for pack in known.learnt for target in pack.target]
        texts = [_plain(f"{target.text}。{target.scope}") for _, target in self._known]
        self._likeness = Likeness([*texts, *(_plain(target.text) for target in targets)])
        self._vectors = [self._likeness.vector((text, 1.0)) for text in texts]
        self._users: dict[str, str] = {}
        for pack, target in self._known:
            self._users.setdefault(target.indicator, f"{pack.name} {target.clause}")

    def of(self, target: Target) -> Bound:
        """What a target counts."""
        key = _by_words(target)
        if key and key in self._users:
            return Bound(key, f"用词相符，{self._users[key]} 也用它", known=True)
        alike = self._alike(target)
        if alike:
            pack, other = alike
            return Bound(other.indicator, f"与{pack.name} {other.clause} 的目标相近", known=True)
        if key:
            return Bound(key, "用词相符，还没有别的政策包用它", known=False)
        return Bound(_own(target), "没有可沿用的指标，暂拟此名", known=False)

    def alike(self, target: Target) -> str | None:
        """The indicator of the most similar target of another pack, by likeness alone."""
        found = self._alike(target)
        return found[1].indicator if found else None

    def _alike(self, target: Target) -> tuple[Pack, PackTarget] | None:
        vector = self._likeness.vector((_plain(target.text), 1.0))
        counted = counts(target.unit, target.value)
        best, found = ENOUGH, None
        for other, (pack, known) in zip(self._vectors, self._known, strict=True):
            if counts(known.unit, known.value) != counted:
                continue
            likeness = cosine(vector, other)
            if likeness >= best:
                best, found = likeness, (pack, known)
        return found


def counts(unit: str | None, value: float | int | None) -> str:
    """What kind of thing is counted: share, hours, money, count… or a state without a figure."""
    if value is None and not unit:
        return "state"
    units: Mapping[str, Sequence[str]] = _data()["units"]
    return next((kind for kind, names in units.items() if unit in names), "count")


def _by_words(target: Target) -> str | None:
    counted = counts(target.unit, target.value)
    for entry in _data()["indicator"]:
        if entry["of"] == counted and all(
            any(word in target.text for word in group) for group in entry["words"]
        ):
            return str(entry["key"])
    return None


def _own(target: Target) -> str:
    data = _data()
    topic = next(
        (name for name, words in data["topics"].items() if any(word in target.text for word in words)),
        "other",
    )
    return f"{topic}.{data['aspects'][counts(target.unit, target.value)]}"


def _plain(text: str) -> str:
    for words in _EVERYWHERE:
        text = text.replace(words, "，")
    return text


@cache
def _data() -> dict[str, Any]:
    source = files("tuoyu.policy.scaffolding") / "data" / "indicators.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
