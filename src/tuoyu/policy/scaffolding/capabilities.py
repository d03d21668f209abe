"""Which capabilities a clause may demand: by the words of each, and by clauses of other packs like it.

The numbers below were chosen by leaving one document out at a time; docs/pack-authors.md has the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuoyu.jurisdictions.packs import Clause as PackClause
from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.packs.schema import Capability
from tuoyu.policy.reading.model import Clause
from tuoyu.policy.scaffolding.knowledge import Knowledge
from tuoyu.policy.scaffolding.words import Likeness, cosine

# What a word counts that tells by itself, a long one and a short one; how much words count at most, and what
# likeness to the clauses of other packs counts.
SURE = 1.1
LONG = 0.6
SHORT = 0.5
MOST_WORDS = 2.0
LIKE = 1.5
NEIGHBOURS = 10
HEADING_WEIGHT = 2.0
# From so much on a capability is proposed, or at least named.
ENOUGH = 0.8
PERHAPS = 0.35
MOST_PERHAPS = 3


@dataclass(frozen=True)
class Proposal:
    """A capability for a clause, and why."""

    key: str
    ground: str


@dataclass(frozen=True)
class Proposed:
    """What is proposed for one clause, the surest first; `perhaps` are keys somebody might think of."""

    proposals: tuple[Proposal, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Neighbour:
    likeness: float
    pack: Pack
    clause: PackClause

    @property
    def shown(self) -> str:
        return f"{self.pack.name} {self.clause.id}"


class Capabilities:
    """What is proposed for the clauses of one document."""

    def __init__(self, known: Knowledge, clauses: Sequence[Clause]) -> None:
        capabilities = [c for pack in known.line for c in pack.capability]
        self._names = {c.key: c.name for c in capabilities}
        self._known = [(pack, clause) for pack in known.learnt for clause in pack.clause]
        texts = [f"{clause.heading}。{clause.summary}" for _, clause in self._known]
        self._likeness = Likeness([*texts, *(f"{c.heading}。{c.text}" for c in clauses)])
        self._vectors = [
            self._likeness.vector((clause.heading, HEADING_WEIGHT), (clause.summary, 1.0))
            for _, clause in self._known
        ]
        self._words = {
            c.key: {
                word: _weight(word, c) * self._worth_of(c.key, word, texts) for word in (*c.sure, *c.words)
            }
            for c in capabilities
        }

    def of(self, clause: Clause) -> Proposed:
        """What is proposed for a clause."""
        if not clause.text:  # a heading that groups orders nothing itself
            return Proposed()
        neighbours = self._neighbours(clause)
        scores: dict[str, float] = {}
        grounds: dict[str, str] = {}
        for key, weights in self._words.items():
            words = _told(clause, weights)
            alike = [near for near in neighbours if key in near.clause.capabilities]
            told = min(sum(weights[word] for word in words), MOST_WORDS)
            scores[key] = told + LIKE * min(sum(near.likeness for near in alike), 1.0)
            grounds[key] = _ground(words, alike)
        order = sorted(scores, key=lambda key: -scores[key])
        return Proposed(
            tuple(Proposal(key, grounds[key]) for key in order if scores[key] >= ENOUGH),
            tuple(key for key in order if PERHAPS <= scores[key] < ENOUGH)[:MOST_PERHAPS],
        )

    def name(self, key: str) -> str:
        """What a capability is called: F4（示范与试点）."""
        return f"{key}（{self._names[key]}）"

    def _neighbours(self, clause: Clause) -> list[_Neighbour]:
        vector = self._likeness.vector((clause.heading, HEADING_WEIGHT), (clause.text, 1.0))
        found = [
            _Neighbour(cosine(vector, other), pack, known)
            for other, (pack, known) in zip(self._vectors, self._known, strict=True)
        ]
        return sorted(found, key=lambda near: -near.likeness)[:NEIGHBOURS]

    def _worth_of(self, key: str, word: str, texts: Sequence[str]) -> float:
        """How often a clause that holds a word is bound to the capability; 0.8 where nobody knows."""
        holding = [clause for (_, clause), text in zip(self._known, texts, strict=True) if word in text]
        return (sum(key in clause.capabilities for clause in holding) + 2) / (len(holding) + 2.5)


def _weight(word: str, capability: Capability) -> float:
    if word in capability.sure:
        return SURE
    return LONG if len(word) > 3 else SHORT


def _told(clause: Clause, weights: Mapping[str, float]) -> list[str]:
    """The words a clause holds, those that tell most first; not those that only stand inside another."""
    said = f"{clause.heading}。{clause.text}"
    words = [word for word in weights if word in said]
    alone = [word for word in words if word in _without(said, [w for w in words if w != word and word in w])]
    return sorted(alone, key=lambda word: -weights[word])


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, "。")
    return text


def _ground(words: Sequence[str], alike: Sequence[_Neighbour]) -> str:
    grounds = []
    if words:
        grounds.append("有" + "、".join(f"“{word}”" for word in words[:2]))
    if alike and (not words or alike[0].likeness >= 0.2):
        grounds.append(f"与{alike[0].shown} 相近")
    return "，".join(grounds)
