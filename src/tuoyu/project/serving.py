"""`tuoyu up`: database, tables, packs, worker and web server; one Ctrl-C ends them all."""

import fcntl
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections

from tuoyu.project import database, preparation
from tuoyu.project.preparation import console, step
from tuoyu.project.processes import Child
from tuoyu.project.trouble import Trouble

app = typer.Typer(add_completion=False)

READY_WITHIN = 60
STOP_WITHIN = 8
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AlreadyRunning(Exception):
    """This installation is up already, at the address in the message."""


class ChildFailed(Trouble):
    """A process that must run does not."""


@app.command()
def up(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    demo: Annotated[bool, typer.Option(help="Make demonstration data at the first start.")] = True,
) -> None:
    """Start the database, the worker and the web server, and say where.

    The first start makes the tables, loads the policy packs and, without --no-demo, makes demonstration
    data. Ctrl-C stops everything.
    """
    # Ctrl-C too: what a shell starts in the background inherits it ignored, and could not be stopped by it.
    for number in STOPPING:
        signal.signal(number, _as_interrupt)
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104
    os.environ.setdefault("TUOYU_ADDRESS", address)
    try:
        with _only_one(address):
            _check_port(host, port)
            with _database():
                preparation.prepare(demo=demo)
                connections.close_all()
                _serve(host, port, address)
    except AlreadyRunning as running:
        console.print(f"Tuoyu is already running at {running}.")
    except KeyboardInterrupt:
        console.print("Stopped.")


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _database() -> Iterator[None]:
    holding = database.held(settings.VAR)
    with step("Starting the database"):
        holding.__enter__()
    try:
        yield
    finally:
        holding.__exit__(None, None, None)


@contextmanager
def _only_one(address: str) -> Iterator[None]:
    """Whoever holds the lock is the one that runs; a killed one has let go of it."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with open(settings.VAR / "up", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"{address}\n")
        lock.flush()
        yield


def _check_port(host: str, port: int) -> None:
    """Say so before anything is started when the port is taken. Children of a killed run may hold it for
    a moment longer."""
    for attempt in range(20):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                reason = error.strerror
        if attempt < 19:
            time.sleep(0.2)
    raise Trouble(f"Port {port} on {host} cannot be used ({reason}); choose another with --port.")


def _serve(host: str, port: int, address: str) -> None:
    log = settings.VAR / "log"
    web = Child("web server", ["tuoyu.project.web", host, str(port)], log / "web.log")
    worker = Child("worker", ["tuoyu.project.worker"], log / "worker.log")
    children = [web, worker]
    try:
        with step("Starting the web server"):
            web.start()
            _wait_until_ready(host, port, children)
        # Not earlier: on two cores the two would only slow each other down.
        worker.start()
        _greet(address)
        connections.close_all()
        while True:
            _check_alive(children)
            time.sleep(0.3)
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end(STOP_WITHIN)


def _wait_until_ready(host: str, port: int, children: list[Child]) -> None:
    end = time.monotonic() + READY_WITHIN
    reach = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    while time.monotonic() < end:
        _check_alive(children)
        try:
            asking = http.client.HTTPConnection(reach, port, timeout=READY_WITHIN)
            asking.request("HEAD", "/", headers={"Host": f"localhost:{port}"})
            asking.getresponse()
            return
        except OSError:
            time.sleep(0.1)
    raise ChildFailed(f"The web server did not answer within {READY_WITHIN} seconds; see {children[0].log}.")


def _check_alive(children: list[Child]) -> None:
    for child in children:
        if child.is_begun and not child.is_alive:
            raise ChildFailed(
                f"The {child.name} stopped ({_how(child.process.returncode)}), so everything was stopped; "
                f"its last words: {_last_words(child.log)} (in {child.log})."
            )


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "none"


def _greet(address: str) -> None:
    accounts = preparation.demonstration_accounts()
    if accounts:
        console.print("Demonstration accounts:")
        width = max(len(name) for _, name, _ in accounts)
        for label, name, password in accounts:
            console.print(f"  {name:<{width}}  {password}  {label}", highlight=False)
    elif not preparation.has_people():
        console.print("Nobody can sign in yet: `tuoyu admin create` makes the first administrator.")
    # Last, so that a long list of accounts does not push it off the screen.
    console.print(f"\n[bold]Tuoyu runs at {address}[/bold]   Ctrl-C stops it.")
