"""The policy packs, a folder for uploads, and no other network than this machine's own."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.conftest import Phone


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""


@pytest.fixture
def phone(settings: Any, tmp_path: Any) -> Phone:
    """Text messages go to a file of the test's own."""
    settings.VAR, settings.SMS_URL = tmp_path, ""
    return Phone(tmp_path / "sms.log")


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """Passwords that cost little to check, and nobody locked out by the test before."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
