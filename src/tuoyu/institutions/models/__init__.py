"""Institutions and what is known of them; applications with their papers; what is issued and publicised;
who stands behind a place."""

from tuoyu.institutions.models.applications import Application, Paper
from tuoyu.institutions.models.asking import AskedAgain
from tuoyu.institutions.models.counts import EnrolmentCount
from tuoyu.institutions.models.facts import Fact, FirstFacts
from tuoyu.institutions.models.institutions import SHOWN, ClassGroup, Institution, Premises
from tuoyu.institutions.models.issued import Certificate, Publication
from tuoyu.institutions.models.life import Suspension, YearlyResult
from tuoyu.institutions.models.provision import EmployerSite, OpenedPlaces, Pairing, Partner

__all__ = [
    "SHOWN",
    "Application",
    "AskedAgain",
    "Certificate",
    "ClassGroup",
    "EmployerSite",
    "EnrolmentCount",
    "Fact",
    "FirstFacts",
    "Institution",
    "OpenedPlaces",
    "Pairing",
    "Paper",
    "Partner",
    "Premises",
    "Publication",
    "Suspension",
    "YearlyResult",
]
