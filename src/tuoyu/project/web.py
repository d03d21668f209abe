"""The web server's process: `python -m tuoyu.project.web HOST PORT`."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces

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
    ).serve()


if __name__ == "__main__":
    end_with_parent()
    os.environ[PARENT] = str(os.getpid())
    serve(sys.argv[1], int(sys.argv[2]))
