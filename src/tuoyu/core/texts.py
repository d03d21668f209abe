"""Text as people hand it in, without what cannot be kept and what would deceive a reader."""

import unicodedata

# Marks that turn the direction of what follows: with one of them a name reads as another.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Characters that nobody sees: two names that look alike would be different.
UNSEEN = frozenset("\u00ad\u180e\u200b\u2060\ufeff")
LINES = frozenset("\n\r\t")


def tidy(text: str) -> str:
    """`text` without control characters, halves of surrogate pairs and marks that turn or hide what is read.

    Line breaks stay; so do the joiners that some scripts and signs need.
    """
    return "".join(c for c in text if c in LINES or not _bad(c))


def _bad(character: str) -> bool:
    return character in TURNING or character in UNSEEN or unicodedata.category(character) in ("Cc", "Cs")
