"""Tables of supervision."""

from tuoyu.supervision.models.inspections import Assignment, Finding, Inspection, Part
from tuoyu.supervision.models.plans import Conflict, Draw, Lot, Plan
from tuoyu.supervision.models.sanctions import (
    Proof,
    Recheck,
    Rectification,
    Review,
    Sanction,
    SanctionedFinding,
)

__all__ = [
    "Assignment",
    "Conflict",
    "Draw",
    "Finding",
    "Inspection",
    "Lot",
    "Part",
    "Plan",
    "Proof",
    "Recheck",
    "Rectification",
    "Review",
    "Sanction",
    "SanctionedFinding",
]
