"""A file is read and kept, decided on once, and written by the worker with progress that is true."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, connections, transaction

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.spreadsheets import reading
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Defect
from tuoyu.core.transitions import move
from tuoyu.core.uploads import Handed
from tuoyu.imports.kinds import Checked, Difference, Importer, kind
from tuoyu.imports.models import Import, Progress
from tuoyu.imports.permissions import IMPORT

State = Import.State


def read_file(*, file: Handed, importer: Importer, by: Actor) -> Import:
    """Read a file and keep what it says, to be decided on; the same file again is the same import.

    NotReadable with one sentence when there is nothing to be read: then nothing is kept.
    """
    require(by, IMPORT)
    data, name = reading.content_of(file)
    checked = importer.check(reading.read(data, importer.sheet(by)), by)
    digest = hashlib.sha256(data).hexdigest()
    return keep(by=by, importer=importer, checked=checked, file_name=name, file_digest=digest)


@action
def keep(*, by: Actor, importer: Importer, checked: Checked, file_name: str, file_digest: str) -> Import:
    """Keep what a file says; one that is open already with the same content is checked anew."""
    seats = [seat for seat in by.seats if seat.membership_id]
    made = Import(
        kind=importer.key,
        owner_id=by.user_id or 0,
        seats=[seat.membership_id for seat in seats],
        division_code=seats[0].division_code if seats else "",
        file_name=file_name[:120],
        file_digest=file_digest,
        **_told(checked),
    )
    made = _one_open(made)
    Progress.objects.get_or_create(of=made)
    counts = {"kind": made.kind, "rows": made.rows, "wrong": made.wrong, "new": made.fresh}
    audit.record(by, "import.read", made, after=counts)
    return made


def _told(checked: Checked) -> dict[str, Any]:
    content = {
        "read": checked.read.as_json(),
        "fresh": sorted(checked.fresh),
        "differences": [list(asdict(one).values()) for one in checked.differences],
    }
    return {
        "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        "rows": len(checked.read.numbers),
        "wrong": len(checked.read.wrong),
        "fresh": len(checked.fresh - checked.read.wrong),
    }


def _one_open(made: Import) -> Import:
    """`made` written, or the one that is open with the same file."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
        return made
    except IntegrityError:
        there = Import.objects.select_for_update().get(
            owner=made.owner, kind=made.kind, file_digest=made.file_digest, state__in=Import.OPEN
        )
    if there.state == State.CHECKED:
        for name in ("content", "rows", "wrong", "fresh", "seats"):
            setattr(there, name, getattr(made, name))
        there.save(update_fields=["content", "rows", "wrong", "fresh", "seats"])
    return there


@action
def decide(*, by: Actor, imported: Import, only_good: bool = False) -> Import:
    """Let the rows be written: all of them, or (`only_good`) those with nothing wrong. Decided once.

    The worker writes them; Overtaken when somebody, or another click, decided before.
    """
    require(by, IMPORT, imported)
    if imported.state != State.CHECKED:
        raise Overtaken("这次导入已经处理过了，没有重复写入。")
    if imported.wrong and not only_good:
        raise Refused(
            Problem(
                f"还有{imported.wrong}行有问题，没有写入。",
                fix="请下载有问题的行，改好后重新上传；或选择只写入没有问题的行。",
            )
        )
    if not imported.fresh:
        raise Refused("没有需要写入的行：都已在平台上，或都有问题。")
    move(imported, field="state", from_=State.CHECKED, to=State.WRITING, only_good=only_good,
         decided_at=clock.now())  # fmt: skip
    Progress.objects.filter(of=imported).update(done=0)
    audit.record(by, "import.decided", imported, after={"kind": imported.kind, "only_good": only_good})
    from tuoyu.imports.jobs import write_import

    write_import.configure(lock=f"import-{imported.pk}").defer(pk=imported.pk)
    return imported


@action
def discard(*, by: Actor, imported: Import) -> Import:
    """Put an import aside: nothing of it is written, and what was read goes."""
    require(by, IMPORT, imported)
    move(imported, field="state", from_=(State.CHECKED, State.FAILED), to=State.DISCARDED, content=None)
    audit.record(by, "import.discarded", imported, after={"kind": imported.kind})
    return imported


# ---------------------------------------------------------------- what the worker does


def carry_out(imported: Import, by: Actor) -> None:
    """Write the rows of an import that was decided; an import not to be written is left alone."""
    if imported.state != State.WRITING:
        return
    found = content_of(imported)
    fresh = set(found.fresh) - found.read.wrong
    rows = [(number, row) for number, row in found.read.rows() if number in fresh]
    try:
        refused = kind(imported.kind).write(rows, by, lambda done: tell(imported.pk, done))
    except Refused as wrong:
        fail(by=by, imported=imported, why="；".join(problem.message for problem in wrong.problems))
    except Exception:
        fail(
            by=by, imported=imported, why="写入时出错，没有写成。请重新上传后再试，仍不成功请联系系统管理员。"
        )
        raise
    else:
        finish(by=by, imported=imported, written=len(rows) - len({d.row for d in refused}), refused=refused)


@action
def finish(*, by: Actor, imported: Import, written: int, refused: Sequence[Defect]) -> None:
    """Note that an import is written; what was refused at the last joins the rows with defects."""
    found = content_of(imported)
    both = Checked(found.read.with_defects(refused), found.fresh, found.differences)
    told = _told(both)
    move(imported, field="state", from_=State.WRITING, to=State.WRITTEN, written=written,
         finished_at=clock.now(), content=told["content"], wrong=told["wrong"])  # fmt: skip
    Progress.objects.filter(of=imported).update(done=written)
    after = {"kind": imported.kind, "written": written, "refused": len(refused)}
    audit.record(by, "import.written", imported, after=after)


@action
def fail(*, by: Actor, imported: Import, why: str) -> None:
    """Note that an import came to nothing."""
    move(imported, field="state", from_=State.WRITING, to=State.FAILED, failure=why, finished_at=clock.now())
    audit.record(by, "import.failed", imported, after={"kind": imported.kind}, note=why)


def tell(pk: int, done: int) -> None:
    """Say how far an import is, at once: on a connection of its own, since the rows' transaction is open."""
    apart = connections.create_connection("default")
    try:
        with apart.cursor() as cursor:
            cursor.execute("UPDATE imports_progress SET done = %s WHERE of_id = %s", [done, pk])
    finally:
        apart.close()


def content_of(imported: Import) -> Checked:
    """What an import says; empty when it has gone."""
    if not imported.content:
        return Checked(Read((), {}), frozenset())
    told = json.loads(str(imported.content))
    differences = tuple(Difference(*one) for one in told["differences"])
    return Checked(Read.from_json(told["read"]), frozenset(told["fresh"]), differences)
