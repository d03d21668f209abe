"""Audit events: who did what to what, before and after, in the transaction that did it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import Model

from tuoyu.core import clock
from tuoyu.core.actions import note_event
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.copying import copy_objects
from tuoyu.core.models import AuditEvent
from tuoyu.core.prepared import PreparedInsert


def record(
    by: Actor,
    verb: str,
    obj: Model,
    *,
    topic: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    seat: Seat | None = None,
    place: str = "",
) -> AuditEvent:
    """Write one event. `verb` is dotted English (`case.decided`); `topic` threads a story (`case:12`).

    `before` and `after` hold what changed, never a child's or an identity number in clear.
    """
    event = _event(by, verb, obj, topic, before or {}, after or {}, note, seat or _only_seat(by), place)
    _insert().write(event)
    note_event(verb)
    return event


def record_each(by: Actor, verb: str, told: Iterable[tuple[Model, str, dict[str, Any]]]) -> None:
    """Write one event for each of `told` (what, its topic, what changed), where many change at once."""
    post = _only_seat(by)
    copy_objects([_event(by, verb, obj, topic, {}, after, "", post, "") for obj, topic, after in told])
    note_event(verb)


@cache
def _insert() -> PreparedInsert:
    return PreparedInsert(AuditEvent)


def _event(
    by: Actor,
    verb: str,
    obj: Model,
    topic: str,
    before: dict[str, Any],
    after: dict[str, Any],
    note: str,
    post: Seat | None,
    place: str,
) -> AuditEvent:
    return AuditEvent(
        at=clock.now(),
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_label=by.label,
        role=post.role.value if post else "",
        department=post.department if post else "",
        division_code=place or _place(by, post, obj),
        verb=verb,
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        topic=topic,
        before=before,
        after=after,
        note=note,
        address=by.address,
    )


def read(by: Actor, obj: Model, fields: Iterable[str], *, topic: str = "", note: str = "") -> AuditEvent:
    """Write that somebody read personal data in clear (个人信息保护法 51, 未成年人网络保护条例 36)."""
    return record(by, "personal.read", obj, topic=topic, after={"fields": sorted(fields)}, note=note)


def _place(by: Actor, post: Seat | None, obj: Model) -> str:
    """Whose auditor sees the event: that of the post acted from, else of the thing acted on."""
    acted_from = {post.division_code} if post else {seat.division_code for seat in by.seats} - {""}
    where = acted_from.pop() if len(acted_from) == 1 else ""
    return where or str(getattr(obj, "division_code", ""))[:12]


def _only_seat(by: Actor) -> Seat | None:
    """The one post somebody holds; that everybody is an applicant as well is none."""
    held = [seat for seat in by.seats if seat.role is not Role.APPLICANT] or by.seats
    return held[0] if len(held) == 1 else None
