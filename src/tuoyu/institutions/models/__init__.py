"""Institutions, their premises and classes; applications with their papers; what is issued and publicised."""

from tuoyu.institutions.models.applications import Application, Paper
from tuoyu.institutions.models.institutions import SHOWN, ClassGroup, Institution, Premises
from tuoyu.institutions.models.issued import Certificate, Publication

__all__ = [
    "SHOWN",
    "Application",
    "Certificate",
    "ClassGroup",
    "Institution",
    "Paper",
    "Premises",
    "Publication",
]
