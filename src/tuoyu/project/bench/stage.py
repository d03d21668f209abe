"""Where a benchmark runs: a database of its own with data of a size, the web application in this process,
and a bare connection beside it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.middleware.csrf import CSRF_SECRET_LENGTH
from psycopg_pool import ConnectionPool

from tuoyu.accounts.models import User
from tuoyu.project import database, preparation
from tuoyu.project.demo import databases, write
from tuoyu.project.demo.bulk.statements import MODELS
from tuoyu.project.demo.bulk.tables import table
from tuoyu.project.demo.writing import Progress
from tuoyu.project.trouble import Trouble

# What a browser was given with the first page.
CSRF_SECRET = "b" * CSRF_SECRET_LENGTH


@contextmanager
def built(size: str, progress: Progress) -> Iterator["Stage"]:
    """The stage of a size; its database is kept from run to run."""
    name = f"tuoyu_bench_{size}"
    with databases.using(name):
        write(size, progress)
        progress("Making ready", 0, 1)
        _settle()
        if not preparation.are_static_files_collected():
            preparation.collect_static_files()
        kept = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update({**database.connection(settings.VAR, "app"), "NAME": name})
        stage = Stage(name)
        try:
            yield stage
        finally:
            stage.close()
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            connection.settings_dict.update(kept)


def _settle() -> None:
    """Tidy up after the loading now, or the server does it by itself while it is measured."""
    with connection.cursor() as cursor:
        for model in MODELS:
            cursor.execute(f"VACUUM {table(model)}")


class Stage:
    """The web application with its whole middleware, and the floor: the same server, psycopg alone."""

    def __init__(self, name: str) -> None:
        self.application: WSGIHandler = get_wsgi_application()
        parameters = {**database.parameters(settings.VAR, "app"), "dbname": name}
        self.pool: ConnectionPool[Any] = ConnectionPool(
            kwargs={**parameters, "autocommit": True, "prepare_threshold": 5},
            min_size=1,
            max_size=4,
            open=True,
            check=ConnectionPool.check_connection,
        )

    def close(self) -> None:
        """Let go of the bare connections."""
        self.pool.close()

    def rows(self, statements: list[tuple[str, list[Any]]]) -> int:
        """Ask `statements` on a bare connection; how many rows came back in all."""
        count = 0
        with self.pool.connection() as bare:
            for text, parameters in statements:
                count += len(bare.execute(text, parameters).fetchall())
        return count

    def one(self, text: str, parameters: list[Any] | None = None) -> Any:
        """The first row of an answer."""
        with self.pool.connection() as bare:
            return bare.execute(text, parameters or []).fetchone()

    def all(self, text: str, parameters: list[Any] | None = None) -> list[Any]:
        """Every row of an answer."""
        with self.pool.connection() as bare:
            return list(bare.execute(text, parameters or []).fetchall())

    def get(self, address: str, session: str = "") -> int:
        """Ask the application for an address as a browser would that has been here before; how many bytes
        came back.

        Raises Trouble for anything but 200: a page that fails quickly is not fast.
        """
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000", "HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        if session:
            names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
            environ["HTTP_COOKIE"] = f"{names[0]}={session}; {names[1]}={CSRF_SECRET}"
        answered: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            answered.append(status)

        answer = self.application(environ, start)
        try:
            size = sum(len(part) for part in answer)
        finally:
            answer.close()
        if not answered[0].startswith("200"):
            raise Trouble(f"{address} answered {answered[0]} instead of 200.")
        return size


def signed_in(user: User) -> str:
    """The key of a session in which `user` is signed in."""
    from tuoyu.accounts.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
