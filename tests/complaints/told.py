"""What somebody tells of a nursery, and the people of the county's health office who act on it."""

import itertools
from typing import Any

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Step
from tuoyu.complaints import actions
from tuoyu.complaints.actions import Receipt, ReportGiven
from tuoyu.complaints.models import Complaint
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions.models import Institution

GULOU = "320106"
TEXT = "午睡时老师打孩子的手。"
_numbers = itertools.count(1)


def given(nursery: Institution | None = None, **changed: Any) -> ReportGiven:
    """A complaint with nothing missing; anonymous."""
    which: dict[str, Any] = {"described": "某小区3号楼", "division_code": GULOU}
    if nursery is not None:
        which = {"institution_id": nursery.pk}
    said = {"token": f"token-of-a-form-{next(_numbers):05d}", "kind": "food", "text": TEXT}
    return ReportGiven(**(said | which | changed))


def told(nursery: Institution | None = None, **changed: Any) -> tuple[Complaint, Receipt]:
    """It came in by the public form."""
    receipt = actions.report(by=Actor.public("203.0.113.7"), given=given(nursery, **changed))
    return Complaint.objects.select_related("case").get(case__number=receipt.number), receipt


def sits(role: Role, department: str = "health", place: str = GULOU, name: str = "") -> User:
    """Somebody at a desk; asked twice it is the same person."""
    username = name or f"c-{role}-{department}-{place}".lower()
    return User.objects.filter(username=username).first() or seated(
        role, department, place, username=username
    )


def officer(name: str = "", place: str = GULOU, department: str = "health") -> Actor:
    return actor_for(sits(Role.OFFICER, department, place, name))


def lead(place: str = GULOU, department: str = "health") -> Actor:
    return actor_for(sits(Role.DEPARTMENT_LEAD, department, place))


def step(complaint: Complaint, kind: str) -> Step:
    return complaint.case.steps.get(kind=kind)


def sorted_out(complaint: Complaint, by: Actor | None = None, **result: Any) -> Complaint:
    """Its triage is decided."""
    said = {
        "kind": complaint.kind,
        "institution": complaint.institution.name if complaint.institution else "",
        "department": "health",
        "inspectors": [],
    } | result
    cases.decide(by=by or lead(), step=step(complaint, "triage"), decision="approve", result=said)
    return Complaint.objects.select_related("case", "inspection").get(pk=complaint.pk)


def answered(complaint: Complaint, by: Actor | None = None, **result: Any) -> Complaint:
    """It is answered."""
    said = {"conclusion": "substantiated", "found": "查看了监控。", "answer": "已责令改正。"} | result
    cases.decide(by=by or lead(), step=step(complaint, "handling"), decision="approve", result=said)
    return Complaint.objects.select_related("case").get(pk=complaint.pk)
