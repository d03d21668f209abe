"""Encryption of single values. `CIPHER_SUITE` chooses AES-256-GCM or the national SM4-GCM.

A value is stored as `v<key>:<suite>:<nonce, text and tag in base64>`, so that key and suite may change
while old values stay readable. The associated data name the field it belongs to: a value moved to another
column does not open.
"""

import base64
import binascii
import os
import re
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tuoyu.core import keyring

NONCE = 12
TAG = 16
STORED = re.compile(r"v([1-9][0-9]*):([a-z0-9]+):([A-Za-z0-9_-]+=*)")


class CannotDecrypt(RuntimeError):
    """A stored value does not open: its key is wrong, or the value was tampered with."""


class Cipher(Protocol):
    """An authenticated cipher; a further suite implements these and enters SUITES."""

    key_length: int

    def seal(self, key: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        """Encrypted text with its tag at the end."""
        ...

    def open(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        """What was sealed; InvalidTag when anything differs."""
        ...


class AesGcm:
    """AES-256-GCM."""

    key_length = 32

    def seal(self, key: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        return AESGCM(key).encrypt(nonce, plain, associated)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        return AESGCM(key).decrypt(nonce, sealed, associated)


class Sm4Gcm:
    """SM4-GCM (GB/T 32907)."""

    key_length = 16

    def seal(self, key: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        encryptor = BlockCipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        text, tag = sealed[:-TAG], sealed[-TAG:]
        if len(tag) != TAG:
            raise InvalidTag
        decryptor = BlockCipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated)
        return decryptor.update(text) + decryptor.finalize()


SUITES: dict[str, Cipher] = {"aes": AesGcm(), "sm4": Sm4Gcm()}


def encrypt(plain: str, context: str) -> str:
    """`plain` under the newest key and the suite of the settings, bound to `context` (table.field)."""
    version, suite = keyring.newest("field"), settings.CIPHER_SUITE
    nonce = os.urandom(NONCE)
    sealed = _suite(suite).seal(_key(version, suite), nonce, plain.encode(), context.encode())
    return f"v{version}:{suite}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """What was encrypted; CannotDecrypt or MissingKey otherwise, never the stored text itself."""
    match = STORED.fullmatch(stored)
    if match is None:
        raise CannotDecrypt(f"{context} holds a value that is not encrypted.")
    version, suite = int(match[1]), match[2]
    key = _key(version, suite)
    try:
        raw = base64.urlsafe_b64decode(match[3])
        return _suite(suite).open(key, raw[:NONCE], raw[NONCE:], context.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise CannotDecrypt(
            f"A value in {context} does not open: the key field-{version} in {keyring.folder()} is not the"
            " one it was encrypted with, or the value was changed."
        ) from None


def prefix() -> str:
    """How a value that is encrypted as it should be now begins."""
    return f"v{keyring.newest('field')}:{settings.CIPHER_SUITE}:"


def _suite(name: str) -> Cipher:
    if name not in SUITES:
        raise CannotDecrypt(f"There is no cipher suite {name!r}; there are {', '.join(SUITES)}.")
    return SUITES[name]


def _key(version: int, suite: str) -> bytes:
    return _derived(keyring.key("field", version), suite, _suite(suite).key_length)


@lru_cache(maxsize=64)
def _derived(key: bytes, suite: str, length: int) -> bytes:
    """Each suite has a key of its own, derived from the one in the file."""
    return HKDF(SHA256(), length, salt=None, info=f"tuoyu field {suite}".encode()).derive(key)
