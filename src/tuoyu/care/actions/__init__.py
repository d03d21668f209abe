"""What is written of a nursery's day."""

from tuoyu.care.actions.days import state_day
from tuoyu.care.actions.incidents import IncidentGiven, answer_incident, report_incident

__all__ = ["IncidentGiven", "answer_incident", "report_incident", "state_day"]
