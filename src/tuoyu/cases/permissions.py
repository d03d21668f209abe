"""Who may see a case, and who may do what with it."""

from django.db.models import Q

from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_department, own_places, own_post


def _steps_here(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(seat.covers("division_code"), department=seat.department)
    return Q(pk__in=own.exclude(state=Step.State.WAITING).values("case"))


def _own(actor: Actor, seat: Seat) -> Q:
    return actor.own("applicant")


def _answers_for(actor: Actor, seat: Seat) -> Q:
    return Q(respondent=seat.institution_id, respondent__isnull=False)


def _filed_at_this_window(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(channel="window")


# Departments' remarks reach the applicant only when they go back together: the applicant, and the clerk
# who files for one, follow a case by MEND and never see this.
VIEW = declare(
    "cases.view",
    "查看办件的部门意见和办理经过",
    model="cases.Case",
    grants=[
        Grant(Role.OFFICER, _steps_here, "own department has or had a step, own places"),
        Grant(Role.DEPARTMENT_LEAD, _steps_here, "own department has or had a step, own places"),
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

MEND = declare(
    "cases.mend",
    "补正、撤回自己的办件",
    model="cases.Case",
    grants=[
        Grant(Role.APPLICANT, _own, "own, or of one it acts for, within the mandate"),
        Grant(Role.NURSERY_HEAD, _answers_for, "own institution must answer"),
        Grant(Role.CLERK, _filed_at_this_window, "filed at a window of own place"),
    ],
)

INBOX = declare(
    "cases.inbox",
    "查看待办",
    model="cases.Step",
    grants=[*own_department(Role.OFFICER, Role.DEPARTMENT_LEAD), *own_places(Role.JURISDICTION_LEAD)],
)

DECIDE = declare(
    "cases.decide",
    "办理本部门的环节",
    model="cases.Step",
    grants=own_post(Role.OFFICER, Role.DEPARTMENT_LEAD, Role.REGISTRAR_SYSTEM),
)

REASSIGN = declare(
    "cases.reassign",
    "转派本部门的环节",
    model="cases.Step",
    grants=own_post(Role.DEPARTMENT_LEAD),
)
