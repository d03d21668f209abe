"""How alike two texts are: pairs of characters, the rare ones weighing more."""

import math
import re
from collections import Counter
from collections.abc import Iterable

_HAN = re.compile(r"[一-鿿]+")


def pairs(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text."""
    return Counter(run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1))


class Likeness:
    """Cosine of texts over pairs of characters, weighed by how rare a pair is among the texts known."""

    def __init__(self, known: Iterable[str]) -> None:
        counted = [set(pairs(text)) for text in known]
        among = Counter(pair for found in counted for pair in found)
        self._rarity = {pair: math.log((1 + len(counted)) / (1 + n)) for pair, n in among.items()}
        self._unseen = math.log(1 + len(counted))

    def vector(self, *parts: tuple[str, float]) -> dict[str, float]:
        """A text as a vector of length 1; each part with its weight."""
        weights: dict[str, float] = {}
        for text, weight in parts:
            for pair, count in pairs(text).items():
                rarity = self._rarity.get(pair, self._unseen)
                weights[pair] = weights.get(pair, 0.0) + weight * (1 + math.log(count)) * rarity
        length = math.sqrt(sum(value * value for value in weights.values()))
        return {pair: value / length for pair, value in weights.items()} if length else {}


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """How alike two vectors are, from 0 to 1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other[pair] for pair, value in one.items() if pair in other)
