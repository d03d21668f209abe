"""Who may see and change applications, papers and institutions."""

from django.db.models import Q

from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import HEALTH, OFFICES, health_here, own_institution, own_places
from tuoyu.institutions.vocabulary import Kind

OWN = "own, or of one it acts for, within the mandate"
CONCERNED = "own places; others than health: those they registered, education kindergartens"
WINDOW = "filed at a window of own place"


def _own(actor: Actor, seat: Seat) -> Q:
    return actor.own("owner")


def _at_window(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(channel="window")


def _own_paper(actor: Actor, seat: Seat) -> Q:
    return actor.own("application__owner", at="application__")


def _paper_at_window(actor: Actor, seat: Seat) -> Q:
    return seat.covers("application__division_code") & Q(application__channel="window")


def _paper_of_case(actor: Actor, seat: Seat) -> Q:
    own = Step.objects.filter(seat.covers("division_code"), department=seat.department)
    return Q(application__case__in=own.exclude(state=Step.State.WAITING).values("case"))


def _concerned(actor: Actor, seat: Seat) -> Q:
    """Health sees every institution of its places, a registrar those it registered, education the
    kindergartens with classes."""
    here = seat.covers("division_code")
    if seat.department == HEALTH:
        return here
    own = Q(registrar=seat.department)
    return here & (own | Q(kind=Kind.KINDERGARTEN_CLASS) if seat.department == "education" else own)


HEADS = own_institution(Role.NURSERY_HEAD)
HEALTH_HERE = health_here(*OFFICES)

START = declare(
    "institutions.application.start",
    "发起设立、备案申请",
    grants=[Grant(Role.APPLICANT), Grant(Role.CLERK)],
)

VIEW_APPLICATION = declare(
    "institutions.application.view",
    "查看设立申请",
    model="institutions.Application",
    grants=[Grant(Role.APPLICANT, _own, OWN), Grant(Role.CLERK, _at_window, WINDOW)],
)

EDIT_APPLICATION = declare(
    "institutions.application.edit",
    "填写、提交、删除设立申请",
    model="institutions.Application",
    grants=[Grant(Role.APPLICANT, _own, OWN), Grant(Role.CLERK, _at_window, WINDOW)],
)

READ_PAPER = declare(
    "institutions.paper.read",
    "查看申请材料",
    model="institutions.Paper",
    grants=[
        Grant(Role.APPLICANT, _own_paper, OWN),
        Grant(Role.CLERK, _paper_at_window, WINDOW),
        Grant(Role.OFFICER, _paper_of_case, "own department has or had a step, own places"),
        Grant(Role.DEPARTMENT_LEAD, _paper_of_case, "own department has or had a step, own places"),
    ],
)

VIEW_INSTITUTION = declare(
    "institutions.view",
    "查看机构档案",
    model="institutions.Institution",
    grants=[
        *HEADS,
        *own_institution(Role.NURSERY_STAFF),
        Grant(Role.OFFICER, _concerned, CONCERNED),
        Grant(Role.DEPARTMENT_LEAD, _concerned, CONCERNED),
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

VIEW_HISTORY = declare(
    "institutions.history.view",
    "查看机构的历史",
    model="institutions.Institution",
    grants=[
        *HEADS,
        Grant(Role.OFFICER, _concerned, CONCERNED),
        Grant(Role.DEPARTMENT_LEAD, _concerned, CONCERNED),
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

VIEW_ASKED_AGAIN = declare(
    "institutions.asked_again.view",
    "查看重复填报",
    grants=[Grant(Role.JURISDICTION_LEAD), Grant(Role.SYSTEM_ADMIN)],
)

IMPORT_INSTITUTIONS = declare(
    "institutions.import",
    "导入平台启用前已备案的机构",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)

VIEW_UNFILED = declare(
    "institutions.unfiled.view",
    "查看已登记未备案机构",
    model="institutions.Institution",
    grants=[*HEALTH_HERE, *own_places(Role.JURISDICTION_LEAD)],
)

REMIND = declare(
    "institutions.remind",
    "提醒已登记机构备案",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)

OPEN_PLACES = declare(
    "institutions.places.open",
    "调整对外开放的托位",
    model="institutions.Institution",
    grants=HEADS,
)

CALL_OFF_SUSPENSION = declare(
    "institutions.suspension.call_off",
    "取消还没有开始的暂停服务",
    model="institutions.Institution",
    grants=[*HEADS, *HEALTH_HERE],
)

PAIR = declare(
    "institutions.pair",
    "与另一家机构结对",
    model="institutions.Institution",
    grants=HEADS,
)


VIEW_COUNTS = declare(
    "institutions.counts.view",
    "查看在托人数",
    model="institutions.Institution",
    grants=[*HEADS, *HEALTH_HERE],
)

STATE_COUNTS = declare(
    "institutions.counts.state",
    "登记、更正在托人数",
    model="institutions.Institution",
    grants=HEADS,
)

REPORT_REGISTRATION = declare(
    "institutions.registration.report",
    "报送登记信息",
    grants=[Grant(Role.REGISTRAR_SYSTEM)],
)
