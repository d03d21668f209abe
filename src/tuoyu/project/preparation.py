"""What has to be done before the first page can be served; each step does nothing when it is done."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console

from tuoyu.core.actor import Actor
from tuoyu.project import database
from tuoyu.project.loading import rarely_collected

console = Console(highlight=False, soft_wrap=True)


def prepare(*, demo: bool) -> None:
    """Tables, static files, packs and, at the first start, demonstration data."""
    if not is_migrated():
        with step("Creating the tables"):
            migrate()
    if not are_static_files_collected():
        with step("Collecting the static files"):
            collect_static_files()
    if load_packs := _optional("tuoyu.jurisdictions.actions", "load_packs"):
        with step("Loading the policy packs"):
            load_packs(by=Actor.system("up"))
    if demo and (fill := _optional("tuoyu.project.demo", "fill_if_empty")):
        with step("Looking after the demonstration data"):
            fill()


def is_migrated() -> bool:
    """Whether the database has every migration of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate() -> None:
    """Bring the tables up to this version, and let the application's role use what the owner makes."""
    app = database.app_role(settings.VAR)
    if database.is_external() and app:
        with connection.cursor() as cursor:
            for grant in database.grants(app, connection.settings_dict["USER"]):
                cursor.execute(grant)
    with rarely_collected():
        call_command("migrate", interactive=False, verbosity=0)


def are_static_files_collected() -> bool:
    """Whether what is served is what the source folders hold."""
    stamp = _static_stamp()
    return stamp.exists() and stamp.read_text() == _static_digest()


def collect_static_files() -> None:
    """Gather, name by content and compress the static files."""
    digest = _static_digest()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    _static_stamp().write_text(digest)


def _static_stamp() -> Path:
    return Path(settings.STATIC_ROOT).with_suffix(".stamp")


def _static_digest() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def demonstration_accounts() -> list[tuple[str, str, str]]:
    """Who can sign in to look around: label, name and password; empty without demonstration data."""
    accounts = _optional("tuoyu.project.demo", "accounts")
    return list(accounts()) if accounts else []


def has_people() -> bool:
    """Whether anybody can sign in."""
    return get_user_model().objects.exists()


@contextmanager
def step(words: str) -> Iterator[None]:
    """Show that something goes on, and how long it took when it was more than a moment."""
    began = time.monotonic()
    with console.status(f"{words} …"):
        yield
    took = time.monotonic() - began
    if took >= 1:
        console.print(f"{words}: done in {took:.1f} s")


def _optional(module: str, name: str) -> Callable[..., Any] | None:
    """A function of another room, where that room is built."""
    try:
        if find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    found: Callable[..., Any] | None = getattr(import_module(module), name, None)
    return found
