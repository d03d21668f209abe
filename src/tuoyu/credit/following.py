"""What supervision decided, followed into the files of those it is about."""

from datetime import date
from typing import Protocol

from tuoyu.cases.models import Case
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.credit import terms
from tuoyu.credit.actions import Stated, withdraw_event, write_event
from tuoyu.credit.models import CreditEvent
from tuoyu.credit.vocabulary import EventKind, Ground
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Person


class Decision(Protocol):
    """What credit reads of a sanction that is final."""

    kind: str
    case: Case
    measure: str
    department: str
    division_code: str
    decided_on: date | None


def record_sanction(by: Actor, institution: Institution, person: Person | None, sanction: Decision) -> None:
    """Write a final sanction into the file of the institution and of the person responsible, once each.

    Nothing is written before there are rules of how long it counts.
    """
    if sanction.decided_on is None:
        raise Refused("没有决定日期，不能记入信用档案。", status=409)
    credit_class = terms.class_of(sanction.division_code, sanction.kind)
    if terms.terms_at(institution.division_code, credit_class) is None:
        return
    stated = Stated(
        EventKind.PUNISH,
        credit_class,
        sanction.measure[:500],
        sanction.decided_on,
        sanction.case.number,
    )
    for subject in (None, person) if person is not None else (None,):
        if not CreditEvent.objects.filter(
            case=sanction.case, person=subject, institution=institution
        ).exists():
            write_event(by=by, institution=institution, person=subject, stated=stated, case=sanction.case,
                        department=sanction.department)  # fmt: skip


def withdraw_overturned(by: Actor, sanction: Decision, reason: str) -> None:
    """A sanction was overturned: what it wrote into any file does not hold."""
    for event in CreditEvent.objects.filter(case=sanction.case, correction__isnull=True):
        withdraw_event(by=by, event=event, ground=Ground.OVERTURNED, reason=reason)
