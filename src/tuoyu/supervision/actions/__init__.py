"""Every write of supervision."""

from tuoyu.supervision.actions.conflicts import declare_conflict, lift_conflict
from tuoyu.supervision.actions.draws import (
    draw_lots,
    freeze_draw,
    publish_draw,
    replace_draw,
    witness_draw,
)
from tuoyu.supervision.actions.inspections import schedule, schedule_many
from tuoyu.supervision.actions.plans import adopt_plan, make_plan

__all__ = [
    "adopt_plan",
    "declare_conflict",
    "draw_lots",
    "freeze_draw",
    "lift_conflict",
    "make_plan",
    "publish_draw",
    "replace_draw",
    "schedule",
    "schedule_many",
    "witness_draw",
]
