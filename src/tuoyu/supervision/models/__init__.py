"""Tables of supervision."""

from tuoyu.supervision.models.inspections import Assignment, Finding, Inspection, Part
from tuoyu.supervision.models.plans import Conflict, Draw, Lot, Plan

__all__ = ["Assignment", "Conflict", "Draw", "Finding", "Inspection", "Lot", "Part", "Plan"]
