"""Every write of a complaint."""

from tuoyu.complaints.actions.handling import (
    answer,
    answer_review,
    extend,
    hand_over,
    reveal_reporter,
    triage,
)
from tuoyu.complaints.actions.intake import Receipt, ReportGiven, record, report, wrong_with
from tuoyu.complaints.actions.keeping import erase_contact
from tuoyu.complaints.actions.reporters import ask_review, look_up, rate

__all__ = [
    "Receipt",
    "ReportGiven",
    "answer",
    "answer_review",
    "ask_review",
    "erase_contact",
    "extend",
    "hand_over",
    "look_up",
    "rate",
    "record",
    "report",
    "reveal_reporter",
    "triage",
    "wrong_with",
]
