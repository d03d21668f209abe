"""Writing what was imported, all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError

from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can
from tuoyu.core.problems import Refused
from tuoyu.core.reaches import of_health
from tuoyu.institutions.actions.facts import Ground, state_new
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import IMPORT_INSTITUTIONS
from tuoyu.institutions.vocabulary import GroundKind, Registration

# The mark of an institution that came by a file: where its record comes from.
SOURCE = "import"
AT_A_TIME = 1000
# From which day a fact holds, where a column says.
SINCE = {"registration": "registered_on", "filing": "receipt_issued_on"}


@action
def import_filed_before(*, by: Actor, rows: Sequence[Mapping[str, Any]], tell: Callable[[int], None]) -> int:
    """Write institutions that were filed before the platform came; how many were new.

    What another import wrote in the meantime is left as it is. Each has an event of its own, so that its
    story begins with it.
    """
    if not can(by, IMPORT_INSTITUTIONS) or not all(_is_here(by, row) for row in rows):
        raise Refused("有的机构不在您负责的地区，没有写入。", status=403)
    known = set(
        Institution.objects.filter(uscc__in=[row["uscc"] for row in rows]).values_list("uscc", flat=True)
    )
    fresh = [row for row in rows if row["uscc"] not in known]
    for start in range(0, len(fresh), AT_A_TIME):
        made = [_made(row) for row in fresh[start : start + AT_A_TIME]]
        try:
            state_new(made, ground=Ground(GroundKind.IMPORT), by=by, since=SINCE)
        except IntegrityError:
            raise Refused(
                "刚刚有人写入了相同的信用代码或回执号，没有写入，请重新上传核对。", status=409
            ) from None
        audit.record_each(by, "institution.imported", [(one, one.topic, _told(one)) for one in made])
        tell(start + len(made))
    if not fresh:
        audit.record(by, "institution.import_repeated", Institution(pk=0), after={"rows": len(rows)})
    return len(fresh)


def _told(institution: Institution) -> dict[str, Any]:
    return {"name": institution.name, "uscc": institution.uscc, "receipt": institution.receipt_number}


def _is_here(by: Actor, row: Mapping[str, Any]) -> bool:
    return any(of_health(seat) and seat.covers_place(row["division_code"]) for seat in by.seats)


def _made(row: Mapping[str, Any]) -> Institution:
    return Institution(
        **row, registration=Registration.REGISTERED, source_system=SOURCE, source_id=row["uscc"]
    )
