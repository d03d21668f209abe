"""Who may see and keep the staff register of an institution, and the bars to employment."""

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import HEALTH, OFFICES, health_here, of_health, own_institution, own_places
from tuoyu.institutions.models import Institution

HEADS = own_institution(Role.NURSERY_HEAD)
STAFF = own_institution(Role.NURSERY_STAFF)
HEALTH_HERE = health_here(*OFFICES)

VIEW_STAFF = declare(
    "workforce.staff.view",
    "查看从业人员名册",
    model="institutions.Institution",
    grants=[*HEADS, *STAFF, *HEALTH_HERE],
)

VIEW_PAPERS = declare(
    "workforce.papers.view",
    "查看从业人员的证书、查询结果和身份证号",
    model="institutions.Institution",
    grants=[*HEADS, *HEALTH_HERE],
)

KEEP_STAFF = declare(
    "workforce.staff.keep",
    "登记、变更从业人员",
    model="institutions.Institution",
    grants=HEADS,
)

VIEW_FIGURES = declare(
    "workforce.figures.view",
    "查看从业人员统计",
    model="institutions.Institution",
    grants=[
        *HEADS,
        *STAFF,
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

FIND_PERSON = declare(
    "workforce.person.find",
    "按身份证号查找辖区从业人员",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)


# ---------------------------------------------------------------- bars to employment


RECORD_BAR = declare(
    "workforce.bar.record",
    "记录从业限制",
    grants=[Grant(role, relation="health", of=of_health) for role in OFFICES],
)

# Those who record do not read what others recorded: the list is for who answers for it, and who audits.
VIEW_BARS = declare(
    "workforce.bar.view",
    "查看从业限制记录",
    model="workforce.Bar",
    grants=[*health_here(Role.DEPARTMENT_LEAD), *own_places(Role.AUDIT_ADMIN)],
)

CORRECT_BAR = declare(
    "workforce.bar.correct",
    "更正从业限制记录",
    model="workforce.Bar",
    grants=health_here(Role.DEPARTMENT_LEAD),
)

CORRECT_RECORD_CHECK = declare(
    "workforce.record_check.correct",
    "更正机构登记的违法犯罪记录查询结果",
    model="workforce.RecordCheck",
    grants=health_here(Role.DEPARTMENT_LEAD, at="institution__division_code"),
)

VIEW_BAR_ALERTS = declare(
    "workforce.bar_alert.view",
    "查看须解除聘用的提醒",
    model="workforce.BarAlert",
    grants=[
        *own_institution(Role.NURSERY_HEAD, at="employment__institution"),
        *health_here(*OFFICES, at="employment__institution__division_code"),
    ],
)


# ---------------------------------------------------------------- training

TRAINERS = ("health", "hr_social_security")
# The province, the city, the county and the street an institution lies in.
PLACES_ABOVE = (
    Concat(Left("division_code", 2), Value("0000")),
    Concat(Left("division_code", 4), Value("00")),
    Left("division_code", 6),
    F("division_code"),
)


def _trains(seat: Seat) -> bool:
    return seat.department in TRAINERS


def _own_course(actor: Actor, seat: Seat) -> Q:
    return Q(course__department=seat.department, course__division_code=seat.division_code)


def _internal_course(actor: Actor, seat: Seat) -> Q:
    return Q(course__institution=seat.institution_id)


def _course_here(actor: Actor, seat: Seat) -> Q:
    """Health sees every course of its places, another office its own department's."""
    here = seat.covers("course__division_code")
    return here if seat.department == HEALTH else here & Q(course__department=seat.department)


def _course_for_us(actor: Actor, seat: Seat) -> Q:
    """What the nursery holds itself, and what offices offer at its place."""
    here = Institution.objects.filter(pk=seat.institution_id or 0)
    offered = Q(pk__in=[])
    for place in PLACES_ABOVE:
        offered |= Q(course__division_code__in=here.annotate(place_above=place).values("place_above"))
    return _internal_course(actor, seat) | Q(course__institution__isnull=True) & offered


def _participation_of_own_course(actor: Actor, seat: Seat) -> Q:
    return Q(session__course__department=seat.department, session__course__division_code=seat.division_code)


def _participation_of_internal_course(actor: Actor, seat: Seat) -> Q:
    return Q(session__course__institution=seat.institution_id)


OWN_COURSE = "own department at its own level"

OPEN_COURSE = declare(
    "workforce.course.open",
    "开设培训课程",
    grants=[
        Grant(Role.NURSERY_HEAD),
        *[Grant(role, relation="health, human resources", of=_trains) for role in OFFICES],
    ],
)

PLAN_SESSION = declare(
    "workforce.course.plan",
    "安排培训场次",
    model="workforce.Course",
    grants=[
        Grant(Role.NURSERY_HEAD, lambda actor, seat: Q(institution=seat.institution_id), "own institution's"),
        *[
            Grant(
                role,
                lambda actor, seat: Q(department=seat.department, division_code=seat.division_code),
                OWN_COURSE,
                of=_trains,
            )
            for role in OFFICES
        ],
    ],
)

VIEW_SESSIONS = declare(
    "workforce.session.view",
    "查看培训",
    model="workforce.Session",
    grants=[
        *[Grant(role, _course_for_us, "own, or offered at its place") for role in
          (Role.NURSERY_HEAD, Role.NURSERY_STAFF)],
        *[Grant(role, _course_here, "health: own places; human resources: own department there", of=_trains)
          for role in OFFICES],
    ],
)  # fmt: skip

HOLD_SESSION = declare(
    "workforce.session.hold",
    "组织培训、核对到场、取消培训",
    model="workforce.Session",
    grants=[
        Grant(Role.NURSERY_HEAD, _internal_course, "own institution's"),
        *[Grant(role, _own_course, OWN_COURSE, of=_trains) for role in OFFICES],
    ],
)

CORRECT_HOURS = declare(
    "workforce.hours.correct",
    "更正课时",
    model="workforce.Participation",
    grants=[
        Grant(Role.NURSERY_HEAD, _participation_of_internal_course, "own institution's course"),
        *[Grant(role, _participation_of_own_course, OWN_COURSE, of=_trains) for role in OFFICES],
    ],
)

ENROL = declare(
    "workforce.training.enrol",
    "为本机构人员报名",
    model="workforce.Session",
    grants=[Grant(Role.NURSERY_HEAD, _course_for_us, "own, or offered at its place")],
)

SIGN_IN = declare(
    "workforce.training.sign_in",
    "培训签到",
    model="workforce.Session",
    grants=[
        Grant(role, _course_for_us, "own, or offered at its place")
        for role in (Role.NURSERY_HEAD, Role.NURSERY_STAFF)
    ],
)

VIEW_HOURS = declare(
    "workforce.hours.view",
    "查看培训课时",
    model="institutions.Institution",
    grants=[
        *HEADS,
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)


# ---------------------------------------------------------------- service of medical staff


VIEW_SERVICE = declare(
    "workforce.service.view",
    "查看医护人员服务时长",
    model="institutions.Institution",
    grants=[*HEADS, *HEALTH_HERE],
)

ENTER_SERVICE = declare(
    "workforce.service.enter",
    "登记医护人员服务时长、申请时长证明",
    model="institutions.Institution",
    grants=HEADS,
)

CONFIRM_SERVICE = declare(
    "workforce.service.confirm",
    "确认医护人员服务时长",
    model="workforce.ServicePeriod",
    grants=health_here(*OFFICES, at="employment__institution__division_code"),
)
