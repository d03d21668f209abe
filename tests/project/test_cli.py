"""`tuoyu`: finds its commands, and says what went wrong in one sentence."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

from typer import Typer

from installations import Installation
from tuoyu.project.cli import MOUNTS


def tuoyu(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tuoyu.project.cli", *words],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_the_list_of_commands_loads_none_of_them() -> None:
    listing = (
        "import sys; sys.argv = ['tuoyu', '--help']\n"
        "from tuoyu.project.cli import main\n"
        "main()\n"
        "print('django' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "False"
    for name in ("up", "packs", "coverage", "check", "backup", "restore"):
        assert f"\n  {name} " in said


def test_a_command_explains_itself_without_a_database(installation: Installation) -> None:
    for name in ("up", "packs"):
        assert "Usage" in installation.done(name, "--help")
    assert not (installation.var / "database.users").exists()


def test_every_command_is_written_where_the_list_says() -> None:
    here = {name: mount for name, mount in MOUNTS.items() if find_spec(mount.module)}
    assert set(here) >= {"up", "packs", "coverage", "check", "admin", "backup", "restore", "manage"}
    for mount in here.values():
        assert isinstance(import_module(mount.module).app, Typer)


def test_an_unknown_command_is_one_sentence() -> None:
    wrong = tuoyu("fly")
    assert wrong.returncode == 2
    assert wrong.stderr.strip() == "tuoyu knows no command 'fly'; `tuoyu --help` lists them."


def test_a_database_without_tables_is_one_sentence(installation: Installation) -> None:
    wrong = installation.run("backup")
    assert wrong.returncode == 1
    assert wrong.stderr.strip() == "The database has no tables yet: run `tuoyu up` first."
