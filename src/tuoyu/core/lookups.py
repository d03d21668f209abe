"""Finding an encrypted value without decrypting: a keyed hash beside it.

    person = Person.objects.filter(identity_lookup__in=keyed_hashes(number)).first()

The hash has a key and a version of its own. While a rotation is under way rows of two versions stand side
by side, so look up with `keyed_hashes`; `keyed_hash` is what is written.
"""

import base64

from django.conf import settings

from tuoyu.core import digests, keyring
from tuoyu.core.identifiers import normalised


def keyed_hash(value: str) -> str:
    """The keyed hash of `value` (normalised: width, case and blanks do not matter) as stored now."""
    return _hash(value, keyring.newest("lookup"))


def keyed_hashes(value: str) -> list[str]:
    """The hash of `value` under every key still in use: what to look for."""
    keyring.newest("lookup")
    return [_hash(value, version) for version in keyring.versions("lookup")]


def prefix() -> str:
    """How a hash that is stored as it should be now begins."""
    return f"v{keyring.newest('lookup')}:{settings.HASH_SUITE}:"


def _hash(value: str, version: int) -> str:
    suite = settings.HASH_SUITE
    key = keyring.key("lookup", version)
    code = base64.urlsafe_b64encode(digests.keyed(suite, key, normalised(value).encode()))
    return f"v{version}:{suite}:{code.decode().rstrip('=')}"
