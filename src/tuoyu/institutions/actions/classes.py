"""Classes brought in together: into the application that asks for them, as a form would put them there."""

from collections.abc import Sequence

from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.institutions import matters
from tuoyu.institutions.actions.after_filing import start_after_filing
from tuoyu.institutions.actions.applications import MOST_ROWS, save_page
from tuoyu.institutions.classes import CLASSES, Row, asking_for_classes, chosen, classes_in, name_of
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.vocabulary import CHANGE


@action
def bring_classes(*, by: Actor, institution: Institution, rows: Sequence[Row]) -> Application:
    """Put classes into the application that asks for them, begun where there is none; those named there
    already stay as they are. It is handed in, checked and decided like one that was typed."""
    found = asking_for_classes(by, institution)
    if found is None:
        found = start_after_filing(by=by, owner_id=by.user_id or 0, institution=institution, procedure=CHANGE)
    if found.procedure == CHANGE and found.case is None:
        found = save_page(
            by=by, application=found, page=matters.CHOSEN.key, typed=chosen(found), version=found.version
        )
    there = classes_in(found)
    names = {name_of(row, index) for index, row in enumerate(there)}
    fresh = [row for row in rows if row["name"] not in names]
    if len(there) + len(fresh) > MOST_ROWS:
        raise Refused(f"一次申请最多填写{MOST_ROWS}个班，没有写入。")
    typed = {**(found.data.get(CLASSES) or {}), "rows": [*there, *fresh]}
    return save_page(by=by, application=found, page=CLASSES, typed=typed, version=found.version)
