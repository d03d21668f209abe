"""Whoever was drawn and declares a conflict before the visit is replaced by the next of the same seed."""

from tuoyu.accounts.models import Membership
from tuoyu.accounts.queries import DECIDERS, leads_of
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.supervision.models import Assignment, Conflict, Draw, Inspection, Lot, StandIn
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.rules.draws import Pool, StandingIn
from tuoyu.supervision.vocabulary import InspectionState

TITLE = "检查人员调整"


@action
def stand_in(*, by: Actor, lot: Lot, conflict: Conflict) -> StandIn | None:
    """Replace at a visit that was drawn whom a conflict keeps away. None where nobody of the department is
    left: its leads are told that the round must be drawn anew. Overtaken when the visit has begun."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("plan").get(pk=lot.draw_id)
    inspection = Inspection.objects.select_for_update().get(pk=lot.inspection_id)
    if inspection.state != InspectionState.PLANNED:
        raise Overtaken("检查刚刚已经开始，请直接联系检查的部门。")
    assert draw.file is not None
    pool, seat = rules.read_pool(draw.pool), inspection.assignments.get(user=conflict.user_id)
    team = set(inspection.assignments.values_list("user", flat=True))
    away = _away(pool, conflict, seat.department)
    into = rules.next_instead(
        pool, draw.file["seed"], conflict.institution_id, seat.department, out=conflict.user_id,
        team=team, away=away,
    )  # fmt: skip
    if into is None:
        audit.record(by, "draw.nobody_left", draw, topic=draw.topic, place=draw.plan.division_code,
                     after={"inspection": inspection.number, "away": away})  # fmt: skip
        _tell_nobody_left(draw, inspection)
        return None
    Assignment.objects.filter(pk=seat.pk).update(user=into)
    made = StandIn.objects.create(
        lot=lot, department=seat.department, out_id=conflict.user_id, into_id=into, conflict=conflict,
        away=away, made_label=by.label,
    )  # fmt: skip
    told = StandingIn(
        conflict.institution_id, seat.department, conflict.user_id, into, tuple(away),
        made.made_at.astimezone(clock.BEIJING).isoformat(),
    )  # fmt: skip
    draw.file["stand_ins"] = [*draw.file.get("stand_ins", []), told.as_plain()]
    draw.save(update_fields=["file"])
    audit.record(by, "draw.inspector_replaced", draw, topic=draw.topic, place=draw.plan.division_code,
                 after=told.as_plain(), note="申报回避")  # fmt: skip
    place, number = inspection.division_code, inspection.number
    tell(conflict.user_id, TITLE, f"您已申报回避，检查 {number} 由他人接替。", place=place)
    tell(into, TITLE, f"有人申报回避，按抽取的顺序由您接替检查，编号 {number}。检查开始前不要告知机构。",
         place=place)  # fmt: skip
    return made


def _away(pool: Pool, conflict: Conflict, department: str) -> list[int]:
    """Who of a department cannot go to an institution: a conflict there, or no seat at the department."""
    people = [one.id for one in pool.inspectors if one.department == department]
    barred = Conflict.objects.filter(lifted_at=None, institution=conflict.institution_id, user__in=people)
    seated = Membership.objects.filter(
        role__in=DECIDERS, department=department, user__in=people, valid__contains=clock.today(),
        user__is_active=True,
    )  # fmt: skip
    left = set(people) - set(seated.values_list("user", flat=True))
    return sorted(set(barred.values_list("user", flat=True)) | left)


def _tell_nobody_left(draw: Draw, inspection: Inspection) -> None:
    words = f"检查 {inspection.number} 有人申报回避，名单里没有其他人可以接替。请作废这一轮重抽。"
    for user_id in leads_of(draw.plan.department, draw.plan.division_code):
        tell(user_id, TITLE, words, place=inspection.division_code)
