"""The one program `tuoyu`: finds the command asked for, and loads nothing else.

Each app keeps its commands in its own `commands.py` as a typer application called `app`.
"""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import typer
from typer.main import get_command, get_group

from tuoyu.project import database
from tuoyu.project.loading import loading
from tuoyu.project.trouble import Trouble


@dataclass(frozen=True)
class Mount:
    """One word after `tuoyu`: where it is written, and what it needs before it runs.

    `offline` names the subcommands that need no database, or is True where none does.
    """

    module: str
    help: str
    group: bool = False
    offline: bool | tuple[str, ...] = ()
    role: database.Role = "app"


MOUNTS = {
    "up": Mount(
        "tuoyu.project.serving", "Start everything and print the address.", offline=True, role="owner"
    ),
    "packs": Mount(
        "tuoyu.jurisdictions.commands", "Check and show policy packs.", group=True, offline=("check", "show")
    ),
    "policy": Mount(
        "tuoyu.policy.commands", "Read a policy document, draft a pack from it.", group=True, offline=True
    ),
    "coverage": Mount(
        "tuoyu.policy.coverage", "Which clause works where, by the last test run.", offline=True
    ),
    "demo": Mount("tuoyu.project.demo.commands", "Make demonstration data.", role="owner"),
    "check": Mount("tuoyu.core.checks_command", "Check what must always hold."),
    "draw": Mount("tuoyu.supervision.commands", "Verify a draw of inspections.", group=True, offline=True),
    "audit": Mount("tuoyu.core.commands", "Verify the audit chain.", group=True),
    "keys": Mount("tuoyu.core.keys_command", "List, rotate and retire keys.", group=True),
    "admin": Mount("tuoyu.accounts.commands", "Make the first administrator.", group=True),
    "backup": Mount("tuoyu.project.backup", "Write database and uploads to one file.", role="owner"),
    "restore": Mount("tuoyu.project.restore", "Read a backup into an empty installation.", role="owner"),
    "bench": Mount("tuoyu.project.bench.commands", "Measure pages against their floor.", role="owner"),
    "manage": Mount("tuoyu.project.manage", "Run one of Django's own commands.", role="owner"),
}


def main() -> None:
    """Run the command named first; anything that goes wrong is one sentence and a non-zero exit."""
    words = sys.argv[1:]
    if not words or words[0] in {"--help", "-h", "help"}:
        _introduce()
        return
    mount = MOUNTS.get(words[0])
    if mount is None or not _is_here(mount):
        _say(f"tuoyu knows no command {words[0]!r}; `tuoyu --help` lists them.")
        sys.exit(2)
    # Settings are read once: as whom this process works must be known before.
    os.environ["TUOYU_DATABASE_ROLE"] = mount.role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")
    try:
        with _database_for(mount, words):
            _run(mount, words)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("TUOYU_DEBUG") == "1":
            raise
        _say(_sentence(error))
        sys.exit(1)


def _run(mount: Mount, words: list[str]) -> None:
    with loading():
        _prepare_django()
        module = import_module(mount.module)
    command = get_group(module.app) if mount.group else get_command(module.app)
    command(args=words[1:], prog_name=f"tuoyu {words[0]}")


def _prepare_django() -> None:
    import django
    from django.conf import settings

    # One command, one thread: a pool would only keep connections open.
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    django.setup()


def _database_for(mount: Mount, words: list[str]) -> AbstractContextManager[None]:
    if (
        mount.offline is True
        or "--help" in words
        or (mount.offline and words[1:2] and words[1] in mount.offline)
    ):
        return nullcontext()
    from django.conf import settings

    return database.held(settings.VAR)


def _introduce() -> None:
    typer.echo("Usage: tuoyu COMMAND [ARGUMENTS]\n\nThe childcare platform of a jurisdiction.\n\nCommands:")
    for name, mount in MOUNTS.items():
        if _is_here(mount):
            typer.echo(f"  {name:<10} {mount.help}")
    typer.echo("\n`tuoyu COMMAND --help` says more about one.")


def _is_here(mount: Mount) -> bool:
    try:
        return find_spec(mount.module) is not None
    except ModuleNotFoundError:
        return False


def _sentence(error: Exception) -> str:
    """What went wrong, for a person who did not write this program."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db.utils import OperationalError, ProgrammingError
    from psycopg.errors import UndefinedTable

    from tuoyu.core.problems import Refused

    if isinstance(error, UndefinedTable) or (
        isinstance(error, ProgrammingError) and isinstance(error.__cause__, UndefinedTable)
    ):
        return "The database has no tables yet: run `tuoyu up` first."
    if isinstance(error, OperationalError):
        return f"The database does not answer: {str(error).strip().splitlines()[-1]}"
    if isinstance(error, Trouble | Refused | CommandError | ImproperlyConfigured):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return f"This should not have happened: {type(error).__name__}: {error} (TUOYU_DEBUG=1 shows where)."


def _say(sentence: str) -> None:
    typer.secho(sentence, err=True, fg=typer.colors.RED)


if __name__ == "__main__":
    main()
