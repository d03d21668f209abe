"""A phone that shows what was sent to it."""

from pathlib import Path

import pytest
from django.core.cache import cache


class Phone:
    """What text messages say, by the file they go to."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def texts(self, number: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if f" {number} " in line]

    def code(self, number: str) -> str:
        """The latest code sent to `number`."""
        return self.texts(number)[-1].split("验证码是 ")[1][:6]


@pytest.fixture
def phone(settings: object, tmp_path: Path) -> Phone:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    settings.SMS_URL = ""  # type: ignore[attr-defined]
    return Phone(tmp_path / "sms.log")


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def quick_hashes(settings: object) -> None:
    """Argon2 is slow on purpose, and its slowness is not what these tests ask about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
