"""Who plans, draws, inspects, orders that something be mended, mends it, punishes; and who reads of it."""

from django.db.models import Q

from tuoyu.accounts.models import Membership
from tuoyu.cases.models import Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import OFFICES, own_department, own_institution, own_places, own_post
from tuoyu.supervision.models import Assignment, Part
from tuoyu.supervision.vocabulary import InspectionState

CONCERNED = "organised by own department or with its part, own places"
OTHERS = "of another department, own places"


def _concerned(actor: Actor, seat: Seat) -> Q:
    own = Q(department=seat.department) | Q(departments__contains=[seat.department])
    return seat.covers("division_code") & own


def _own_draw(actor: Actor, seat: Seat) -> Q:
    return Q(plan__department=seat.department, plan__division_code=seat.division_code)


def _draw_of_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("plan__division_code") & Q(plan__department=seat.department)


def _draw_of_another(actor: Actor, seat: Seat) -> Q:
    return seat.covers("plan__division_code") & ~Q(plan__department=seat.department)


def _own_conflict(actor: Actor, seat: Seat) -> Q:
    return Q(user=actor.user_id or 0)


def _conflict_here(actor: Actor, seat: Seat) -> Q:
    """Of those who have a seat at the lead's own office today."""
    colleagues = Membership.objects.filter(
        department=seat.department, division_code=seat.division_code, valid__contains=clock.today()
    )
    return Q(user__in=colleagues.values("user"))


VIEW_PLAN = declare(
    "supervision.plan.view",
    "查看检查计划",
    model="supervision.Plan",
    grants=[
        *[Grant(role, _concerned, CONCERNED) for role in OFFICES],
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

MAKE_PLAN = declare(
    "supervision.plan.make",
    "编制检查计划",
    grants=[Grant(role, relation="own department at its own level") for role in OFFICES],
)

ADOPT_PLAN = declare(
    "supervision.plan.adopt",
    "采用、变更检查计划",
    model="supervision.Plan",
    grants=own_post(Role.DEPARTMENT_LEAD),
)

FREEZE_DRAW = declare(
    "supervision.draw.freeze",
    "封存抽取名单",
    model="supervision.Plan",
    grants=own_post(*OFFICES),
)

VIEW_DRAW = declare(
    "supervision.draw.view",
    "查看双随机抽取",
    model="supervision.Draw",
    grants=[
        *[Grant(role, _draw_of_department, "of own department, own places") for role in OFFICES],
        *own_places(Role.JURISDICTION_LEAD, at="plan__division_code"),
    ],
)

DRAW_LOTS = declare(
    "supervision.draw.lots",
    "录入种子、抽取",
    model="supervision.Draw",
    grants=[Grant(role, _own_draw, "own department at its own level") for role in OFFICES],
)

REPLACE_DRAW = declare(
    "supervision.draw.replace",
    "作废重抽",
    model="supervision.Draw",
    grants=[Grant(Role.DEPARTMENT_LEAD, _own_draw, "own department at its own level")],
)

# A witness sees what is to be witnessed, never who is in the pool.
WITNESS_DRAW = declare(
    "supervision.draw.witness",
    "见证双随机抽取",
    model="supervision.Draw",
    grants=[Grant(role, _draw_of_another, OTHERS) for role in OFFICES],
)

SCHEDULE = declare(
    "supervision.inspection.schedule",
    "安排检查",
    grants=[Grant(role, relation="own department, own places") for role in OFFICES],
)

DECLARE_CONFLICT = declare(
    "supervision.conflict.declare",
    "申报回避",
    grants=[Grant(role, relation="oneself; a lead also for the own office") for role in OFFICES],
)

VIEW_CONFLICTS = declare(
    "supervision.conflict.view",
    "查看回避申报",
    model="supervision.Conflict",
    grants=[
        Grant(Role.OFFICER, _own_conflict, "own"),
        Grant(Role.DEPARTMENT_LEAD, _own_conflict, "own"),
        Grant(Role.DEPARTMENT_LEAD, _conflict_here, "of the own office"),
    ],
)

LIFT_CONFLICT = declare(
    "supervision.conflict.lift",
    "解除回避",
    model="supervision.Conflict",
    grants=[Grant(Role.DEPARTMENT_LEAD, _conflict_here, "of the own office")],
)


# ---------------------------------------------------------------- after an inspection


def _inspected_by(seat: Seat, inspection: str) -> Q:
    """Of an inspection the seat's department took part in, in its places."""
    parts = Part.objects.filter(seat.covers("division_code"), department=seat.department)
    return Q(**{f"{inspection}__in": parts.values("inspection")})


def _rectification_of_part(actor: Actor, seat: Seat) -> Q:
    own = Q(department=seat.department) | _inspected_by(seat, "inspection")
    return seat.covers("division_code") & own


def _sanction_concerned(actor: Actor, seat: Seat) -> Q:
    steps = Step.objects.filter(seat.covers("division_code"), department=seat.department)
    taken = Q(case__in=steps.exclude(state=Step.State.WAITING).values("case"))
    return (seat.covers("division_code") & Q(department=seat.department)) | taken | (
        seat.covers("division_code") & _inspected_by(seat, "inspection")
    )  # fmt: skip


VIEW_RECTIFICATION = declare(
    "supervision.rectification.view",
    "查看限期整改",
    model="supervision.Rectification",
    grants=[
        *[Grant(role, _rectification_of_part, "departments taking part, own places") for role in OFFICES],
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

HANDLE_RECTIFICATION = declare(
    "supervision.rectification.handle",
    "延期、逾期处理、安排复查、公示检查不合格",
    model="supervision.Rectification",
    grants=own_department(*OFFICES),
)

ANSWER_RECTIFICATION = declare(
    "supervision.rectification.answer",
    "整改并提交结果",
    model="supervision.Rectification",
    grants=own_institution(Role.NURSERY_HEAD, at="institution"),
)

VIEW_SANCTION = declare(
    "supervision.sanction.view",
    "查看处罚、收回登记、取缔",
    model="supervision.Sanction",
    grants=[
        *[
            Grant(role, _sanction_concerned, "own department decides, or took part in the inspection")
            for role in OFFICES
        ],
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

HANDLE_SANCTION = declare(
    "supervision.sanction.handle",
    "记录听证、公示处理决定",
    model="supervision.Sanction",
    grants=own_department(*OFFICES),
)

OVERTURN_SANCTION = declare(
    "supervision.sanction.overturn",
    "撤销处理决定并撤回公示",
    model="supervision.Sanction",
    grants=own_department(Role.DEPARTMENT_LEAD),
)

ANSWER_SANCTION = declare(
    "supervision.sanction.answer",
    "申请听证、申请复核",
    model="supervision.Sanction",
    grants=own_institution(Role.NURSERY_HEAD, at="institution"),
)


# ---------------------------------------------------------------- inspections

BEGUN = (InspectionState.UNDERWAY, InspectionState.CONFIRMED)


def _taking_part(actor: Actor, seat: Seat) -> Q:
    """Every department that looks at a part sees the whole: one inspection, one result."""
    parts = Part.objects.filter(department=seat.department).values("inspection")
    return seat.covers("division_code") & Q(pk__in=parts)


def _assigned(actor: Actor, seat: Seat) -> Q:
    return Q(pk__in=Assignment.objects.filter(user=actor.user_id).values("inspection"))


def _leading(actor: Actor, seat: Seat) -> Q:
    return _assigned(actor, seat) & Q(department=seat.department)


def _begun_at_own(actor: Actor, seat: Seat) -> Q:
    """Nothing before it begins: what is planned, and why, a nursery does not know."""
    return Q(institution=seat.institution_id, state__in=BEGUN)


VIEW_AT = declare(
    "supervision.institution.view",
    "查看一家机构的检查",
    model="institutions.Institution",
    grants=[
        *own_places(*OFFICES, Role.JURISDICTION_LEAD),
        *own_institution(Role.NURSERY_HEAD, Role.NURSERY_STAFF),
    ],
)

VIEW_INSPECTION = declare(
    "supervision.inspection.view",
    "查看检查",
    model="supervision.Inspection",
    grants=[
        *[Grant(role, _taking_part, "departments taking part, own places") for role in OFFICES],
        *[Grant(role, _assigned, "own assignment") for role in OFFICES],
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

INSPECT = declare(
    "supervision.inspection.carry_out",
    "现场检查",
    model="supervision.Inspection",
    grants=[Grant(role, _assigned, "own assignment") for role in OFFICES],
)

CONFIRM = declare(
    "supervision.inspection.confirm",
    "确认检查结果",
    model="supervision.Inspection",
    grants=[
        *[Grant(role, _leading, "own assignment, of the department that leads") for role in OFFICES],
        *own_department(Role.DEPARTMENT_LEAD),
    ],
)

PUBLISH = declare(
    "supervision.inspection.publish",
    "公布检查结果",
    model="supervision.Inspection",
    grants=own_department(*OFFICES),
)

CORRECT = declare(
    "supervision.inspection.correct",
    "变更已确认的检查结果",
    model="supervision.Inspection",
    grants=own_department(Role.DEPARTMENT_LEAD),
)

VIEW_NOTICE = declare(
    "supervision.notice.view",
    "查看对本机构的检查通知和结果",
    model="supervision.Inspection",
    grants=[
        Grant(role, _begun_at_own, "own institution, once begun")
        for role in (Role.NURSERY_HEAD, Role.NURSERY_STAFF)
    ],
)
