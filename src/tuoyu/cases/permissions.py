"""Who may see a case, and who may do what with it."""

from django.db.models import Q

from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare


def _steps_here(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(seat.covers("division_code"), department=seat.department)
    return Q(pk__in=own.exclude(state=Step.State.WAITING).values("case"))


def _own(actor: Actor, seat: Seat) -> Q:
    return actor.own("applicant")


def _filed_at_this_window(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(channel="window")


def _post(actor: Actor, seat: Seat) -> Q:
    return Q(department=seat.department, division_code=seat.division_code)


def _in_view(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department)


# Departments' remarks reach the applicant only when they go back together: the applicant, and the clerk
# who files for one, follow a case by MEND and never see this.
VIEW = declare(
    "cases.view",
    "查看办件的部门意见和办理经过",
    model="cases.Case",
    grants=[
        Grant(Role.OFFICER, _steps_here, "own department has or had a step, own places"),
        Grant(Role.DEPARTMENT_LEAD, _steps_here, "own department has or had a step, own places"),
        Grant(Role.JURISDICTION_LEAD, lambda a, s: s.covers("division_code"), "own places"),
    ],
)

MEND = declare(
    "cases.mend",
    "补正、撤回自己的办件",
    model="cases.Case",
    grants=[
        Grant(Role.APPLICANT, _own, "own, or of one it acts for, within the mandate"),
        Grant(Role.CLERK, _filed_at_this_window, "filed at a window of own place"),
    ],
)

INBOX = declare(
    "cases.inbox",
    "查看待办",
    model="cases.Step",
    grants=[
        Grant(Role.OFFICER, _in_view, "own department, own places"),
        Grant(Role.DEPARTMENT_LEAD, _in_view, "own department, own places"),
        Grant(Role.JURISDICTION_LEAD, lambda a, s: s.covers("division_code"), "own places"),
    ],
)

DECIDE = declare(
    "cases.decide",
    "办理本部门的环节",
    model="cases.Step",
    grants=[
        Grant(Role.OFFICER, _post, "own department at its own level"),
        Grant(Role.DEPARTMENT_LEAD, _post, "own department at its own level"),
        Grant(Role.REGISTRAR_SYSTEM, _post, "own department at its own level"),
    ],
)

REASSIGN = declare(
    "cases.reassign",
    "转派本部门的环节",
    model="cases.Step",
    grants=[Grant(Role.DEPARTMENT_LEAD, _post, "own department at its own level")],
)
