"""Child processes that never outlive what started them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

# The process that must be our parent: whoever starts a child says so here.
PARENT = "TUOYU_PARENT"


def end_with_parent() -> None:
    """End this process soon after the one that started it is gone, even if that one was killed, or was
    gone before we were ready to look."""
    parent = int(os.environ[PARENT])

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


@dataclass
class Child:
    """A child in a process group of its own, so that Ctrl-C reaches only us and we end it in our order."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)
    is_begun: bool = False

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, PARENT: str(os.getpid()), "TUOYU_DATABASE_ROLE": "app"},
                start_new_session=True,
            )
        self.is_begun = True

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        """Let it finish what it is at."""
        if self.is_begun and self.is_alive:
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for it to stop, then make it; nothing of its group is left."""
        if not self.is_begun:
            return
        if self.is_alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self._signal(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
