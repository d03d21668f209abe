"""The policy packs, a folder for uploads, and no other network than this machine's own."""

from typing import Any

import pytest

from tuoyu.core.actor import Actor
from tuoyu.jurisdictions.actions import load_divisions, load_packs


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def packs(db: None) -> None:
    load_divisions(by=Actor.system("测试"))
    load_packs(by=Actor.system("测试"))
