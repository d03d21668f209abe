"""What a file says is kept, decided on once, and its end noted; `carrying` reads and writes around these."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Defect
from tuoyu.core.transitions import move
from tuoyu.imports.kinds import Checked, Difference, Importer
from tuoyu.imports.models import Import, Progress
from tuoyu.imports.permissions import IMPORT

State = Import.State


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
        "warnings": [list(asdict(one).values()) for one in checked.warnings],
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


@action
def forget(*, by: Actor, imported: Import) -> Import:
    """Let go what an old file said; one that nobody decided on is put aside with that."""
    require(by, IMPORT, imported)
    now = State.DISCARDED if imported.state == State.CHECKED else imported.state
    move(imported, field="state", from_=imported.state, to=now, content=None)
    audit.record(by, "import.forgotten", imported, after={"kind": imported.kind, "state": now})
    return imported


@action
def finish(*, by: Actor, imported: Import, written: int, refused: Sequence[Defect]) -> None:
    """Note that an import is written; what was refused at the last joins the rows with defects."""
    found = content_of(imported)
    both = replace(found, read=found.read.with_defects(refused))
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


def content_of(imported: Import) -> Checked:
    """What an import says; empty when it has gone."""
    if not imported.content:
        return Checked(Read((), {}), frozenset())
    told = json.loads(str(imported.content))
    differences = tuple(Difference(*one) for one in told["differences"])
    warnings = tuple(Defect(*one) for one in told.get("warnings", ()))
    return Checked(Read.from_json(told["read"]), frozenset(told["fresh"]), differences, warnings)
