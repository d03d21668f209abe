"""The keys of encrypted fields and of lookups: files in a folder outside database and backup.

A key is 32 random bytes in hexadecimal, in a file `<use>-<version>`; the highest version encrypts, every
version still present decrypts. Keys are never overwritten.
"""

import contextlib
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.conf import settings

Use = Literal["field", "lookup"]


class MissingKey(RuntimeError):
    """Data need a key that is not in the key folder (or not the right one)."""


def folder() -> Path:
    return Path(settings.KEY_FOLDER)


def versions(use: Use) -> list[int]:
    """The versions present, oldest first."""
    try:
        names = os.listdir(folder())
    except FileNotFoundError:
        return []
    found = (re.fullmatch(rf"{use}-([1-9][0-9]*)", name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def newest(use: Use) -> int:
    """The version that encrypts; the first one is made at first use."""
    present = versions(use)
    return present[-1] if present else make(use, 1)


def make(use: Use, version: int) -> int:
    """Make a key; of two processes that make the same one, both use the one that came first."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place / f".{use}-{version}.{secrets.token_hex(8)}"
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
        new.write(secrets.token_hex(32))
        new.flush()
        os.fsync(new.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, place / f"{use}-{version}")
    draft.unlink()
    return version


def key(use: Use, version: int) -> bytes:
    """One key; MissingKey says which file is wanted and where."""
    return _read(folder() / f"{use}-{version}")


@lru_cache(maxsize=64)
def _read(path: Path) -> bytes:
    try:
        found = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise MissingKey(
            f"The key {path.name} is not in {path.parent}; put it back from its own backup."
        ) from None
    except ValueError:
        raise MissingKey(f"The file {path} is damaged: it is no key.") from None
    if len(found) != 32:
        raise MissingKey(f"The file {path} is damaged: it is no key of 32 bytes.")
    return found


def retire(use: Use, version: int) -> None:
    """Take an old key out of use. Its file stays under another name: older backups still need it."""
    path = folder() / f"{use}-{version}"
    path.rename(folder() / f"retired-{use}-{version}")
    _read.cache_clear()
