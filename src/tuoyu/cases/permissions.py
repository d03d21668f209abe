"""Who may see a case, and who may do what with it."""

from django.db.models import Q

from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_department, own_post


def _steps_here(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(seat.covers("division_code"), department=seat.department)
    return Q(pk__in=own.exclude(state=Step.State.WAITING).values("case"))


def _in_hand(actor: Actor) -> Q:
    """Of a restricted case an officer sees what was given to him or her, nothing else."""
    own = Q(assignee=actor.user_id, assignee__isnull=False)
    return Q(restricted=False) | own


def _steps_in_hand(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(_in_hand(actor), seat.covers("division_code"), department=seat.department)
    return Q(pk__in=own.exclude(state=Step.State.WAITING).values("case"))


def _department_in_hand(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department) & _in_hand(actor)


def _post_in_hand(actor: Actor, seat: Seat) -> Q:
    return Q(department=seat.department, division_code=seat.division_code) & _in_hand(actor)


def _places_open(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(restricted=False)


OPEN_OR_OWN = "unless restricted: then what is in hand"


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
        Grant(
            Role.OFFICER,
            _steps_in_hand,
            f"own department has or had a step, own places; {OPEN_OR_OWN}",
        ),
        Grant(Role.DEPARTMENT_LEAD, _steps_here, "own department has or had a step, own places"),
        Grant(Role.JURISDICTION_LEAD, _places_open, "own places, unless restricted"),
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
    grants=[
        Grant(Role.OFFICER, _department_in_hand, f"own department, own places; {OPEN_OR_OWN}"),
        *own_department(Role.DEPARTMENT_LEAD),
        Grant(Role.JURISDICTION_LEAD, _places_open, "own places, unless restricted"),
    ],
)

DECIDE = declare(
    "cases.decide",
    "办理本部门的环节",
    model="cases.Step",
    grants=[
        Grant(Role.OFFICER, _post_in_hand, f"own department at its own level; {OPEN_OR_OWN}"),
        *own_post(Role.DEPARTMENT_LEAD),
        Grant(Role.REGISTRAR_SYSTEM, _post_in_hand, f"own department at its own level; {OPEN_OR_OWN}"),
    ],
)

REASSIGN = declare(
    "cases.reassign",
    "转派本部门的环节",
    model="cases.Step",
    grants=own_post(Role.DEPARTMENT_LEAD),
)
