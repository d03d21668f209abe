"""A document somebody sends becomes a draft: read apart from the server, then kept without the file."""

import hashlib

from django.conf import settings

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.uploads import Handed, tidy_name
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.permissions import ADOPT_PACK
from tuoyu.policy import actions
from tuoyu.policy.models import PolicyDraft
from tuoyu.policy.reading import Unreadable
from tuoyu.policy.reading.apart import mark_apart

PASTED = "粘贴的文字"


def content_of(file: Handed) -> tuple[bytes, str]:
    """What a file holds and how it is called; Refused (413) when it is larger than an upload may be."""
    data = file.read(settings.UPLOAD_LIMIT + 1)
    if len(data) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise Refused(Problem(f"文件超过{limit}MB，不像一份政策文件，没有读取。", field="file"), status=413)
    return data, tidy_name(file.name or "")


def draft_from(*, division: Division, data: bytes, name: str, by: Actor) -> PolicyDraft:
    """Read a file's content (or pasted text) and make a draft of it.

    Refused with the reader's sentence where there is nothing to be read, or no clause in what was read:
    then nothing is kept.
    """
    require(by, ADOPT_PACK, division)
    field = "text" if name == PASTED else "file"
    if not data.strip():
        raise Refused(Problem("是空的，没有可以读的文字。", field=field))
    try:
        marked = mark_apart(data, name)
    except Unreadable as unreadable:
        raise Refused([Problem(p.message, field=field) for p in unreadable.problems]) from None
    if not marked.reading.clauses:
        said = "".join(marked.reading.warnings) or "没有读出条款。"
        fix = "请核对是不是政策文件正文，或把正文粘贴进来再试。"
        raise Refused(Problem(said, field=field, fix=fix))
    digest = hashlib.sha256(data).hexdigest()
    return actions.begin_draft(division=division, marked=marked, file_name=name, file_digest=digest, by=by)
