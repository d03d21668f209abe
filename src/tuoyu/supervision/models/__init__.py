"""Tables of supervision."""

from tuoyu.supervision.models.inspections import Assignment, Finding, Inspection, Part
from tuoyu.supervision.models.plans import Amendment, Conflict, Draw, Lot, Plan, StandIn
from tuoyu.supervision.models.sanctions import (
    Proof,
    Recall,
    Recheck,
    Rectification,
    Review,
    Sanction,
    SanctionedFinding,
)
from tuoyu.supervision.models.visits import Answer, Correction, Evidence, Signature

__all__ = [
    "Amendment",
    "Answer",
    "Assignment",
    "Conflict",
    "Correction",
    "Draw",
    "Evidence",
    "Finding",
    "Inspection",
    "Lot",
    "Part",
    "Plan",
    "Proof",
    "Recall",
    "Recheck",
    "Rectification",
    "Review",
    "Sanction",
    "SanctionedFinding",
    "Signature",
    "StandIn",
]
