"""Days to come, and packs whose files change."""

from datetime import UTC, datetime
from pathlib import Path


def at(day: int) -> datetime:
    return datetime(2026, 12, day, 4, tzinfo=UTC)


def change(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
