"""Who sees a complaint, who records one, who learns who told it. No nursery is granted anything here."""

from dataclasses import replace

from django.db.models import Q

from tuoyu.cases import permissions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare, reach_of
from tuoyu.core.reaches import OFFICES, own_places
from tuoyu.supervision.models import Assignment

TAKES_PART = "sees the case"
ACTS = "sees the case, or inspects because of it"


def _case_seen(actor: Actor, seat: Seat) -> Q:
    reach = reach_of(replace(actor, seats=(seat,)), cases.VIEW)
    return Q(pk__in=[]) if reach is None else Q(case__in=Case.objects.filter(reach).values("pk"))


def _case_seen_or_inspects(actor: Actor, seat: Seat) -> Q:
    sent = Assignment.objects.filter(user=actor.user_id, user__isnull=False, department=seat.department)
    return _case_seen(actor, seat) | Q(inspection__in=sent.values("inspection"))


def _in_hand(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(
        assignee=actor.user_id, assignee__isnull=False, department=seat.department
    ).exclude(state=Step.State.WAITING)
    return Q(case__in=own.values("case"))


def _department_has_step(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(department=seat.department, division_code=seat.division_code)
    return Q(case__in=own.exclude(state=Step.State.WAITING).values("case"))


def _department_handles(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(
        kind=Step.Kind.HANDLING, department=seat.department, division_code=seat.division_code
    )
    return Q(case__in=own.exclude(state=Step.State.WAITING).values("case"))


VIEW = declare(
    "complaints.view",
    "查看投诉举报",
    model="complaints.Complaint",
    grants=[
        Grant(Role.OFFICER, _case_seen_or_inspects, ACTS),
        Grant(Role.DEPARTMENT_LEAD, _case_seen_or_inspects, ACTS),
        Grant(Role.JURISDICTION_LEAD, _case_seen, TAKES_PART),
    ],
)

REVEAL = declare(
    "complaints.reveal",
    "查看投诉举报人的姓名和电话",
    model="complaints.Complaint",
    grants=[
        Grant(Role.OFFICER, _in_hand, "has a step of it in hand"),
        Grant(Role.DEPARTMENT_LEAD, _department_has_step, "own department at its own level has a step"),
    ],
)

RECORD = declare(
    "complaints.record",
    "登记电话、来信、热线转来的投诉举报",
    grants=[Grant(Role.OFFICER, relation="own places"), Grant(Role.DEPARTMENT_LEAD, relation="own places")],
)

EXTEND = declare(
    "complaints.extend",
    "延长投诉举报的办理期限",
    model="complaints.Complaint",
    grants=[Grant(Role.DEPARTMENT_LEAD, _department_handles, "own department at its own level handles it")],
)

# Which of an institution's complaints somebody sees there, VIEW says.
VIEW_PART = declare(
    "complaints.part.view",
    "查看机构的投诉举报",
    model="institutions.Institution",
    grants=own_places(*OFFICES, Role.JURISDICTION_LEAD),
)
