"""People who work in childcare, what they are employed for, and what they have shown of themselves."""

from tuoyu.workforce.models.bars import Bar, BarAlert, BarCorrection, HiringCheck
from tuoyu.workforce.models.people import ClassAssignment, Employment, Person, Qualification, RecordCheck

__all__ = [
    "Bar",
    "BarAlert",
    "BarCorrection",
    "ClassAssignment",
    "Employment",
    "HiringCheck",
    "Person",
    "Qualification",
    "RecordCheck",
]
