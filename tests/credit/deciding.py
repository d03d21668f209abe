"""Decisions that are final, as credit is told of them, and who asks and answers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.credit import actions, following
from tuoyu.credit.models import CreditEvent
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.workforce.models import Person


@dataclass
class Decided:
    """What credit reads of a sanction."""

    case: Case
    kind: str
    measure: str
    department: str
    division_code: str
    decided_on: date | None


def office(place: str, role: Role = Role.OFFICER, department: str = "health", name: str = "") -> Actor:
    """Somebody of an office of a place."""
    username = name or f"{role}-{department}-{place}"
    known = User.objects.filter(username=username).first()
    return actor_for(known or seated(role, department, place, username=username))


def decided(institution: Institution, kind: str = "penalty", on: date | None = None) -> Decided:
    """A sanction that is final."""
    place, today = institution.division_code, clock.today()
    case = Case.objects.create(
        number=f"CF{institution.pk}-{Case.objects.count()}",
        procedure="penalty",
        procedure_name="行政处罚",
        jurisdiction_code=place,
        pack=jurisdictions.version_for_case(place, today),
        division_code=place,
        subject_name=institution.name,
        respondent=institution,
        channel="office",
        state="done",
        closed_at=clock.now(),
    )
    return Decided(case, kind, "警告，罚款5000元", "health", place, on or today)


def sanctioned(
    institution: Institution, person: Person | None = None, kind: str = "penalty", on: date | None = None
) -> CreditEvent:
    """The institution's event of a sanction that is final."""
    sanction = decided(institution, kind, on)
    following.record_sanction(Actor.system("测试"), institution, person, sanction)
    return CreditEvent.objects.get(case=sanction.case, person=None)


def answered(case: Case, decision: str = "approve", reason: str = "", by: Actor | None = None) -> Case:
    """An office answers a request."""
    step = Step.objects.get(case=case, state="active")
    who = by or office(case.division_code, Role.DEPARTMENT_LEAD, name=f"answers-{case.division_code}")
    return cases.decide(by=who, step=step, decision=decision, reason=reason)


def repair(by: Actor, event: CreditEvent, **changed: Any) -> Case:
    """The subject asks that an event be repaired."""
    said = {"statement": "已全部改正，罚款已缴", "pledge": "今后守信经营"} | changed
    return actions.ask(by=by, event=event, kind=actions.RequestKind.REPAIR, **said).case
