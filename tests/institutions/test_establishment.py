"""From an application to a filed institution the public may see."""

import pytest

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, queries
from tuoyu.institutions.models import Application, Certificate, Institution, Publication

from institutions import desk


def test_a_filled_application_has_no_blocking_problem(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    assert [p for p in queries.problems_of(application) if p.severity == "block"] == []
