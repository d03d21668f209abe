"""The policy packs; photographs of a test go to a folder of its own; passwords cost nothing."""

from typing import Any

import pytest


@pytest.fixture
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
