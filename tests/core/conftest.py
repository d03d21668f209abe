"""What the kernel's tests share."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tuoyu.core import keyring
from tuoyu.core.actor import Actor, Role, Seat


@pytest.fixture
def system() -> Actor:
    return Actor.system("test")


@pytest.fixture
def officer() -> Actor:
    seat = Seat(Role.OFFICER, department="health", prefixes=("320106",), division_code="320106")
    return Actor(label="陈某", user_id=7, seats=(seat,), address="192.0.2.1")


@pytest.fixture
def auditor() -> Actor:
    return Actor(label="审计", user_id=8, seats=(Seat(Role.AUDIT_ADMIN, prefixes=("",)),))


@pytest.fixture(autouse=True)
def own_folders_each(settings: Settings, tmp_path: Path) -> None:
    """Each test of the kernel begins without keys, files and anchors."""
    settings.KEY_FOLDER = tmp_path / "keys"
    settings.UPLOADS = tmp_path / "uploads"
    settings.AUDIT_ANCHORS = tmp_path / "anchors"
    keyring._read.cache_clear()
