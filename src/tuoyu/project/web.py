"""The web server's process: `python -m tuoyu.project.web HOST PORT`."""

import os
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces

# Loaded here, before the workers part from this process: they share it, and one that takes another's place
# answers at once.
from tuoyu.project import wsgi
from tuoyu.project.processes import PARENT, end_with_parent


def serve(host: str, port: int) -> None:
    """Serve until told to stop. WSGI, never ASGI: the ORM is synchronous."""
    Granian(
        "tuoyu.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=os.cpu_count() or 1,
        blocking_threads=4,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve(target_loader=_of_a_worker)


def _of_a_worker(target: str) -> Any:
    """What one worker serves; it ends when the process that began it does."""
    end_with_parent()
    return wsgi.application


if __name__ == "__main__":
    end_with_parent()
    os.environ[PARENT] = str(os.getpid())
    serve(sys.argv[1], int(sys.argv[2]))
