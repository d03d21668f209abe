"""Work on what somebody sent, in a process of its own: it may take so long and so much memory, no more.

Whatever a file does to the process that reads it, the server goes on.
"""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence


class NotDone(Exception):
    """The other process did not do its work: "busy", "slow" or "broken"."""


class Apart:
    """A module to run as a process of its own, so many at once and each so long."""

    def __init__(self, module: str, *, seconds: float, at_once: int) -> None:
        self.module = module
        self.seconds = seconds
        self.free = threading.BoundedSemaphore(at_once)

    def run(self, arguments: Sequence[str], data: bytes, seconds: float | None = None) -> bytes:
        """What the module wrote, having been given `data`; NotDone when it came to nothing."""
        most = self.seconds if seconds is None else seconds
        if not self.free.acquire(timeout=most):
            raise NotDone("busy")
        try:
            done = subprocess.run(  # noqa: S603 - our own module, the file comes in by stdin
                [sys.executable, "-P", "-m", self.module, *arguments],
                input=data,
                capture_output=True,
                timeout=most,
                check=False,
                env=os.environ | {"PYTHONIOENCODING": "utf-8", "RUST_BACKTRACE": "0"},
            )
        except subprocess.TimeoutExpired:
            raise NotDone("slow") from None
        finally:
            self.free.release()
        if done.returncode != 0:
            raise NotDone("broken")
        return done.stdout


def hold_to(memory: int) -> None:
    """Called by the other process first: so many bytes of memory and no more, no core file, others first."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
