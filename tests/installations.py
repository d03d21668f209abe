"""Installations of their own for tests that start, stop, kill and restore whole ones."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

import psycopg

from tuoyu.project import database

# Two slow cores shared with other tests: what takes seconds may take a minute.
PATIENCE = 120


@dataclass(frozen=True)
class Installation:
    """One installation in a folder of its own, driven from outside through its command line."""

    var: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TUOYU_") and k != "DATABASE_URL"}
        return {**kept, "TUOYU_VAR": str(self.var), "COLUMNS": "200"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`tuoyu WORDS`, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tuoyu.project.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )

    def done(self, *words: str) -> str:
        """`tuoyu WORDS`, which must go well; what it printed."""
        finished = self.run(*words)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    @contextmanager
    def up(self, port: int) -> Iterator["Running"]:
        """`tuoyu up` on `port`, ready; ended at the end of the block, however it goes.

        It is started as a script starts things in the background, with Ctrl-C ignored: the harder case.
        """
        log = self.var.with_suffix(".out")
        with open(log, "w") as out:
            process = subprocess.Popen(
                ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-m", "tuoyu.project.cli",
                 "up", "--no-demo", "--port", str(port)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        running = Running(process, log, port)
        try:
            running.wait_until_ready()
            yield running
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def query(self, statement: str, who: database.Role = "owner") -> list[tuple]:
        """Ask the database directly, as one of its roles. It must be running."""
        with psycopg.connect(**database.parameters(self.var, who), autocommit=True) as server:
            asked = server.execute(statement)
            return asked.fetchall() if asked.description else []

    def is_database_running(self) -> bool:
        """Whether a server process works on this installation's data."""
        note = database.Home.of(self.var).data / "postmaster.pid"
        return note.exists() and is_alive(int(note.read_text().split()[0]))

    def remove(self) -> None:
        """Stop and take away what lies outside `var`."""
        database.stop(self.var)
        shutil.rmtree(database.Home.of(self.var).folder, ignore_errors=True)


@dataclass(frozen=True)
class Running:
    """A `tuoyu up` that was started."""

    process: subprocess.Popen
    log: Path
    port: int

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        wait_for(lambda: "Tuoyu runs at" in self.said or self.process.poll() is not None, lambda: self.said)
        assert self.process.poll() is None, self.said

    def children(self, module: str) -> list[int]:
        """The processes of `python -m MODULE` below this one."""
        return [pid for pid, parent, line in processes() if parent == self.process.pid and module in line]


def processes() -> list[tuple[int, int, str]]:
    """Every live process: its number, its parent's, its command line."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 3) for line in listed.splitlines())
    return [(int(r[0]), int(r[1]), r[3]) for r in rows if len(r) == 4 and not r[2].startswith("Z")]


def is_alive(pid: int) -> bool:
    return any(number == pid for number, _, _ in processes())


def wait_for(holds, otherwise=lambda: "") -> None:
    """Wait until `holds()`; fail with what `otherwise` says when it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain. {otherwise()}"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hold(var: str, told: Event, go: Event) -> None:
    """For a process of its own: hold the database until told to let go."""
    with database.held(Path(var)):
        told.set()
        go.wait(PATIENCE)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
