"""Tables of supervision."""

from tuoyu.supervision.models.inspections import Assignment, Finding, Inspection, Part

__all__ = ["Assignment", "Finding", "Inspection", "Part"]
