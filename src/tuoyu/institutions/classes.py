"""The application in which a nursery's classes are asked for, and what it would say with more of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.institutions import life, matters, pages, queries
from tuoyu.institutions.actions.after_filing import unsaved
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.vocabulary import CHANGE

CLASSES = "classes"
Row = Mapping[str, str]


def asking_for_classes(actor: Actor, institution: Institution) -> Application | None:
    """What `actor` may still fill in and that asks for the classes: a filing, or a change that can."""
    rows = Application.objects.filter(
        institution=institution, owner=actor.user_id, state__in=Application.EDITABLE
    ).select_related("institution", "case__pack")
    open_ = list(rows.order_by("-pk"))
    asking = [one for one in open_ if queries.form_of(one).page(CLASSES) is not None]
    drafts = [one for one in open_ if one.procedure == CHANGE and one.case is None]
    return next(iter([*asking, *drafts]), None)


def with_classes(actor: Actor, institution: Institution, rows: Sequence[Row]) -> tuple[Application, int]:
    """What the application would say with these classes after those it has, and how many it has; not written.

    Refused with what stands against a change, where none is begun yet.
    """
    found = asking_for_classes(actor, institution)
    if found is None:
        if wrong := life.obstacles(institution, CHANGE, actor.user_id or 0):
            raise Refused(wrong, status=409)
        found = unsaved(institution, CHANGE, actor.user_id or 0)
    if found.procedure == CHANGE:
        found.data = {**found.data, matters.CHOSEN.key: chosen(found)}
    there = classes_in(found)
    found.data = {**found.data, CLASSES: {**(found.data.get(CLASSES) or {}), "rows": [*there, *rows]}}
    return found, len(there)


def classes_in(application: Application) -> list[dict[str, Any]]:
    """The classes an application says, or stands on where a change did not touch them."""
    return queries.rows_typed(application, pages.CLASSES)


def name_of(row: Mapping[str, Any], index: int) -> str:
    """What a class is called where nobody named it."""
    return str(row.get("name") or f"第{index + 1}班")


def chosen(change: Application) -> dict[str, Any]:
    """What a change says of its items, the classes among them."""
    said = change.data.get(matters.CHOSEN.key) or {}
    return {**said, "items": sorted({*change.items, CLASSES})}
