"""What makes a pack a draft: words a person still has to write, marks a person still has to look at."""

import re
from collections.abc import Iterator
from pathlib import Path

# Stands where a pack's own words are missing: a draft never carries a sentence of its document.
TO_SUMMARISE = "待概括"
# Stands where a fact is missing that the document did not give.
TO_FILL = "待填写"
PLACEHOLDERS = (TO_SUMMARISE, TO_FILL)
# Begins a comment about what a person must look at; who has looked deletes the comment.
OPEN_MARK = "待核："
# The department of a duty or seat nobody could name yet.
UNKNOWN_KEY = "unknown"

_MARK_LINE = re.compile(rf"^\s*#\s*{OPEN_MARK}\s*(.*?)\s*$")


def open_marks(text: str) -> Iterator[tuple[int, str]]:
    """The marks left in a file, each with its line (from 1) and what it says."""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _MARK_LINE.match(line):
            yield number, match[1]


def is_draft(folder: Path) -> bool:
    """Whether anything in a pack still waits for a person."""
    return any(_waits(path) for path in folder.glob("*.toml"))


def _waits(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False  # whatever it is, reading the pack will say so
    return any(f'"{words}"' in text for words in PLACEHOLDERS) or any(True for _ in open_marks(text))
