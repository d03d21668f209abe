"""Packs: those of the repository loaded into the database, and a small one to break."""

import shutil
from pathlib import Path

import pytest

from tuoyu.core.actor import Actor

ROOT = Path(__file__).resolve().parents[2]
SOMEBODY = Actor.system("测试")


@pytest.fixture
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packs that a test may change."""
    return Path(shutil.copytree(ROOT / "packs", tmp_path / "packs"))
