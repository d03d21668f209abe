"""Every write of the room: trees, agencies, assessments and their results."""

from tuoyu.ratings.actions.agencies import add_agency, end_agency, let_assessor_go, name_assessor
from tuoyu.ratings.actions.assessments import (
    add_evidence,
    begin,
    call_off,
    hand_in_scores,
    hand_in_self,
    remove_evidence,
    save_scores,
    save_self,
)
from tuoyu.ratings.actions.reminders import remind
from tuoyu.ratings.actions.results import (
    accept,
    answer_objection,
    approve_check,
    end_refused,
    note_ended,
    object_to,
    publish,
    send_back,
    tell_result,
    withdraw_result,
)
from tuoyu.ratings.actions.trees import adopt_tree, discard_tree, draft_tree, write_tree

__all__ = [
    "accept",
    "add_agency",
    "add_evidence",
    "adopt_tree",
    "answer_objection",
    "approve_check",
    "begin",
    "call_off",
    "discard_tree",
    "draft_tree",
    "end_agency",
    "end_refused",
    "hand_in_scores",
    "hand_in_self",
    "let_assessor_go",
    "name_assessor",
    "note_ended",
    "object_to",
    "publish",
    "remind",
    "remove_evidence",
    "save_scores",
    "save_self",
    "send_back",
    "tell_result",
    "withdraw_result",
    "write_tree",
]
