"""Databases beside the installation's own, on the same server: for a large demonstration, for measuring."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tuoyu.core.actor import Actor
from tuoyu.project import database, preparation
from tuoyu.project.trouble import Trouble

NAMES = re.compile(r"[a-z][a-z0-9_]{0,40}")


@contextmanager
def using(name: str) -> Iterator[None]:
    """Within the block this process works in the database `name`, which is made where there is none."""
    make(name)
    kept = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        prepare()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def make(name: str) -> bool:
    """Make an empty database on the server this installation uses; whether there was none."""
    if not NAMES.fullmatch(name):
        raise Trouble(f"{name!r} is no name for a database: small letters, digits and _ only.")
    with psycopg.connect(**database.parameters(settings.VAR, "owner"), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1").format(sql.Identifier(name)))
    return True


def prepare() -> None:
    """Tables and packs as an installation has them."""
    from tuoyu.jurisdictions.actions import load_packs

    if not preparation.is_migrated():
        preparation.migrate()
    load_packs(by=Actor.system("演示数据"))
