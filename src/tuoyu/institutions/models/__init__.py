"""Institutions and what is known of them; applications with their papers; what is issued and publicised."""

from tuoyu.institutions.models.applications import Application, Paper
from tuoyu.institutions.models.facts import Fact
from tuoyu.institutions.models.institutions import SHOWN, ClassGroup, Institution, Premises
from tuoyu.institutions.models.issued import Certificate, Publication

__all__ = [
    "SHOWN",
    "Application",
    "Certificate",
    "ClassGroup",
    "Fact",
    "Institution",
    "Paper",
    "Premises",
    "Publication",
]
