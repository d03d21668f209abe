"""Every write of the workforce app."""

from tuoyu.workforce.actions.bars import (
    alert_employers,
    check_before_hiring,
    correct_bar,
    correct_record_check,
    record_bar,
)
from tuoyu.workforce.actions.capacity import tell_capacity
from tuoyu.workforce.actions.employments import (
    assign_to_class,
    end_employment,
    hire,
    mend_employment,
    reveal_identity,
)
from tuoyu.workforce.actions.finding import find_person
from tuoyu.workforce.actions.qualifications import record_qualification, withdraw_qualification
from tuoyu.workforce.actions.record_checks import record_check_answered, record_check_asked

__all__ = [
    "alert_employers",
    "assign_to_class",
    "check_before_hiring",
    "correct_bar",
    "correct_record_check",
    "end_employment",
    "find_person",
    "hire",
    "mend_employment",
    "record_bar",
    "record_check_answered",
    "record_check_asked",
    "record_qualification",
    "reveal_identity",
    "tell_capacity",
    "withdraw_qualification",
]
