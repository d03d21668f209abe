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
from tuoyu.supervision.actions.plans import adopt_plan, amend_plan, make_plan
from tuoyu.supervision.actions.rectifications import (
    add_proof,
    answer,
    extend_rectification,
    open_rectification,
    order_recheck,
    pass_over_silence,
    publish_failing,
    state_ground,
)
from tuoyu.supervision.actions.reminders import remind_of_publishing
from tuoyu.supervision.actions.results import confirm, correct, publish
from tuoyu.supervision.actions.sanctions import (
    ask_hearing,
    ask_review,
    open_penalty,
    overturn,
    publish_sanction,
    recall,
    record_hearing,
)
from tuoyu.supervision.actions.visits import (
    AnswerGiven,
    Mark,
    Received,
    SignatureGiven,
    VisitTold,
    add_evidence,
    begin,
    receive,
)

__all__ = [
    "AnswerGiven",
    "Mark",
    "Received",
    "SignatureGiven",
    "VisitTold",
    "add_evidence",
    "add_proof",
    "adopt_plan",
    "amend_plan",
    "answer",
    "ask_hearing",
    "ask_review",
    "begin",
    "confirm",
    "correct",
    "declare_conflict",
    "draw_lots",
    "extend_rectification",
    "freeze_draw",
    "lift_conflict",
    "make_plan",
    "open_penalty",
    "open_rectification",
    "order_recheck",
    "overturn",
    "pass_over_silence",
    "publish",
    "publish_draw",
    "publish_failing",
    "publish_sanction",
    "recall",
    "receive",
    "record_hearing",
    "remind_of_publishing",
    "replace_draw",
    "schedule",
    "schedule_many",
    "state_ground",
    "witness_draw",
]
