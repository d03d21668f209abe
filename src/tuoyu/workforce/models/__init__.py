"""People who work in childcare, what they are employed for, and what they have shown of themselves."""

from tuoyu.workforce.models.alerts import AlertCount
from tuoyu.workforce.models.bars import Bar, BarAlert, BarCorrection, HiringCheck
from tuoyu.workforce.models.people import ClassAssignment, Employment, Person, Qualification, RecordCheck
from tuoyu.workforce.models.service import ServicePeriod
from tuoyu.workforce.models.training import Course, HourCorrection, Participation, Session

__all__ = [
    "AlertCount",
    "Bar",
    "BarAlert",
    "BarCorrection",
    "ClassAssignment",
    "Course",
    "Employment",
    "HiringCheck",
    "HourCorrection",
    "Participation",
    "Person",
    "Qualification",
    "RecordCheck",
    "ServicePeriod",
    "Session",
]
