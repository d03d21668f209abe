"""What every test shares: the database the tests run in."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase

import emptying
from copies import Original
from installations import Installation
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.actions import load_packs
from tuoyu.project import database

# Write down how the scenarios ended, for `tuoyu coverage`; bring a browser.
pytest_plugins = ["coverage_plugin", "chromium"]

# Hundreds of thousands of small things live as long as the tests do; looking for circles among them again and
# again took a tenth of the time.
gc.set_threshold(100_000, 50, 100)

# A GET that writes is a failure.
settings.GUARD_READS = True

# How long an example takes on a busy machine says nothing about the program.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# Tests need no collected static files: addresses stay as they are in the source.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole installations first, browsers as soon as tests may commit: what takes minutes does not begin when
    all else is over, while the other worker has nothing left to do."""
    marks = {item: {mark.name for mark in item.iter_markers()} for item in items}
    commits = next((at for at, item in enumerate(items) if "browser" in marks[item]), 0)
    turns = {
        item: (0, "fault" not in marks[item])
        if "xdist_group" in marks[item]
        else (1 + (at >= commits), "browser" not in marks[item])
        for at, item in enumerate(items)
    }
    items.sort(key=turns.__getitem__)


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """The server, running as long as anybody's tests do."""
    with database.held(settings.VAR):
        yield


@pytest.fixture(scope="session")
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Original | None:
    """What the databases of several workers are copied from; a single process makes its own."""
    if not hasattr(request.config, "workerinput"):
        return None
    return Original(tmp_path_factory.getbasetemp().parent / "original-database")


@pytest.fixture(scope="session")
def my_turn(database_server: None, original: Original | None) -> Iterator[ExitStack]:
    """While it is open no other worker makes a database."""
    with ExitStack() as turn:
        if original:
            turn.enter_context(original.one_at_a_time())
        yield turn


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, my_turn: ExitStack, original: Original | None
) -> None:
    """Tests run as the owner, who may make databases, and without a pool, which would keep them open."""
    mine = settings.DATABASES["default"]["TEST"]
    settings.DATABASES["default"].update(
        database.connection(settings.VAR, "owner"), TEST=mine, CONN_MAX_AGE=60
    )
    if original and original.name:
        mine["TEMPLATE"] = original.name


@pytest.fixture(scope="session")
def django_db_setup(
    my_turn: ExitStack, original: Original | None, django_db_setup: None, django_db_blocker
) -> Iterator[None]:
    """pytest-django's own set-up, once the server answers, with places and policy packs loaded: reading
    them for each test would take longer than the tests. Tests that commit are tidied up after."""
    with django_db_blocker.unblock():
        load_packs(by=Actor.system("测试"))
        emptying.forget_events()
        brought = emptying.what_migrations_brought()
        if original:
            original.keep()
    my_turn.close()
    TransactionTestCase._fixture_teardown = lambda self: emptying.delete_what_a_test_added(brought)
    yield
    with django_db_blocker.unblock():
        if original:
            original.drop()


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys, uploads and anchors of tests never lie beside those of an installation."""
    kept = {name: getattr(settings, name) for name in ("KEY_FOLDER", "UPLOADS", "AUDIT_ANCHORS")}
    for name in kept:
        setattr(settings, name, tmp_path_factory.mktemp("own") / name.lower())
    yield
    for name, place in kept.items():
        setattr(settings, name, place)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """A request ends when its answer has been read to the end. An answer that a test leaves unread must not
    leave what it asked to the next test, whose database knows other packs."""
    jurisdictions.end_request()


@pytest.fixture(scope="session")
def shared_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for the tests of the group `installations`, which leave it stopped: making the tables takes longer
    than any of them."""
    own = Installation(tmp_path_factory.mktemp("shared") / "var")
    own.var.mkdir()
    yield own
    own.remove()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty installation of its own, for tests that start and stop whole ones."""
    own = Installation(tmp_path / "var")
    own.var.mkdir()
    yield own
    own.remove()
