"""How a name is found: by its characters, its pinyin, its initials, or any part of them."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SEEN = re.compile(r"[0-9a-z\u3400-\u9fff\uf900-\ufaff]+")


def plain(text: str) -> str:
    """`text` as it is compared: half-width, lower case, nothing but letters, digits and characters."""
    return "".join(_SEEN.findall(unicodedata.normalize("NFKC", text).lower()))


def pinyin_of(name: str) -> tuple[str, str]:
    """The pinyin of a name without blanks or tones, and the initials of its syllables."""
    syllables = [s for s in lazy_pinyin(plain(name), style=Style.NORMAL) if s]
    return "".join(syllables)[:240], "".join(s if s.isdigit() else s[0] for s in syllables)[:80]


def keys_of(name: str, initials: str) -> list[str]:
    """What a short query is looked up by: single characters and pairs.

    Trigrams cannot find a word of two characters, and most words searched for have two.
    """
    text = plain(name)
    return sorted({*text, *initials, *_pairs(text), *_pairs(initials)})


def keys_asked(query: str) -> list[str]:
    """The keys that must all be present where `query` (already plain) occurs."""
    return sorted(set(_pairs(query))) or list(query)


def is_han(query: str) -> bool:
    """Whether a query is written in characters rather than in pinyin."""
    return bool(HAN.search(query))


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]
