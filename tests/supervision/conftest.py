"""The policy packs."""

import pytest


@pytest.fixture
def packs(db: None) -> None:
    """The policy packs of the repository are in force (the database of the tests begins with them)."""
