"""From a file to an import, and from a decided import to what is written.

Around the actions and in no transaction: reading takes a while, and each kind writes in its own way.
"""

import hashlib

from django.db import connections

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Refused
from tuoyu.core.spreadsheets import reading
from tuoyu.core.uploads import Handed
from tuoyu.imports.actions import content_of, fail, finish, keep
from tuoyu.imports.kinds import Importer, kind
from tuoyu.imports.models import Import
from tuoyu.imports.permissions import IMPORT

BROKE = "写入时出错。请重新上传同一文件：已经写入的不会重复写入。仍不成功的，请联系系统管理员。"


def read_file(*, file: Handed, importer: Importer, by: Actor) -> Import:
    """Read a file and keep what it says, to be decided on; the same file again is the same import.

    NotReadable with one sentence when there is nothing to be read: then nothing is kept.
    """
    require(by, IMPORT)
    data, name = reading.content_of(file)
    checked = importer.check(reading.read(data, importer.sheet(by)), by)
    digest = hashlib.sha256(data).hexdigest()
    return keep(by=by, importer=importer, checked=checked, file_name=name, file_digest=digest)


def carry_out(imported: Import, by: Actor) -> None:
    """Write the rows of an import that was decided; an import not to be written is left alone."""
    if imported.state != Import.State.WRITING:
        return
    found = content_of(imported)
    fresh = set(found.fresh) - found.read.wrong
    rows = [(number, row) for number, row in found.read.rows() if number in fresh]
    try:
        refused = kind(imported.kind).write(rows, by, lambda done: tell(imported.pk, done))
    except Refused as wrong:
        fail(by=by, imported=imported, why="；".join(problem.message for problem in wrong.problems))
    except Exception:
        fail(by=by, imported=imported, why=BROKE)
        raise
    else:
        finish(by=by, imported=imported, written=len(rows) - len({d.row for d in refused}), refused=refused)


def tell(pk: int, done: int) -> None:
    """Say how far an import is, at once: on a connection of its own, since the rows' transaction is open."""
    apart = connections.create_connection("default")
    try:
        with apart.cursor() as cursor:
            cursor.execute("UPDATE imports_progress SET done = %s WHERE of_id = %s", [done, pk])
    finally:
        apart.close()
