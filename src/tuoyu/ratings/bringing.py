"""A workbook of chapters and items is read, outside any transaction, and put into a draft by its action."""

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Refused
from tuoyu.core.spreadsheets import reading
from tuoyu.core.uploads import Handed
from tuoyu.ratings import actions, sheets
from tuoyu.ratings.models import IndicatorTree
from tuoyu.ratings.permissions import DRAFT_TREE


def bring_items(*, by: Actor, tree: IndicatorTree, file: Handed, version: int) -> IndicatorTree:
    """Put the chapters and items of a workbook in the place of those of a draft; grades and total stay.

    Raises NotReadable, Refused with every defect by row and column, and as `write_tree` does; then nothing
    is changed.
    """
    require(by, DRAFT_TREE, tree)
    data, _ = reading.content_of(file)
    chapters, defects = sheets.chapters_of(reading.read(data, sheets.SHEET))
    if defects:
        raise Refused([defect.as_problem() for defect in defects])
    return actions.write_tree(
        by=by, tree=tree, content={**tree.content, "chapters": chapters}, version=version
    )
