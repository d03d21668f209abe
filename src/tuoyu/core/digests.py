"""The hash suites: one name in the settings chooses SHA-256 or the national SM3."""

import hashlib
import hmac
from typing import Protocol

SUITES = ("sha256", "sm3")


class Digest(Protocol):
    """What both suites offer while they read."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def start(suite: str) -> Digest:
    """A digest in `suite`; ValueError for one that does not exist."""
    return hashlib.new(_known(suite))


def keyed(suite: str, key: bytes, data: bytes) -> bytes:
    """The HMAC of `data` in `suite`."""
    return hmac.digest(key, data, _known(suite))


def _known(suite: str) -> str:
    if suite not in SUITES:
        raise ValueError(f"there is no hash suite {suite!r}; there are {', '.join(SUITES)}")
    return suite
