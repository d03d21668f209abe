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
from tuoyu.workforce.actions.service import certify_service, decide_service, enter_service
from tuoyu.workforce.actions.training import (
    cancel_session,
    confirm_presence,
    correct_hours,
    enrol,
    open_course,
    plan_session,
    sign_in_by_code,
)

__all__ = [
    "alert_employers",
    "assign_to_class",
    "cancel_session",
    "certify_service",
    "check_before_hiring",
    "confirm_presence",
    "correct_bar",
    "correct_hours",
    "correct_record_check",
    "decide_service",
    "end_employment",
    "enrol",
    "enter_service",
    "find_person",
    "hire",
    "mend_employment",
    "open_course",
    "plan_session",
    "record_bar",
    "record_check_answered",
    "record_check_asked",
    "record_qualification",
    "reveal_identity",
    "sign_in_by_code",
    "tell_capacity",
    "withdraw_qualification",
]
