"""Who may write trees, entrust agencies, and see, score, decide and object to assessments.

An assessor sees what was given to the agency and is in its hands, and of an institution nothing else.
"""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import OFFICES, health_here, of_health, own_institution, own_places
from tuoyu.ratings.vocabulary import AT_AGENCY, State, TreeState

GIVEN = "given to the agency one scores for, while it is there or checked"


def _own_post(actor: Actor, seat: Seat) -> Q:
    return Q(division_code=seat.division_code)


def _adopted_or_here(actor: Actor, seat: Seat) -> Q:
    return Q(state=TreeState.ADOPTED) | seat.covers("division_code")


def _adopted(actor: Actor, seat: Seat) -> Q:
    return Q(state=TreeState.ADOPTED)


def _at_own_agency(actor: Actor, at: str = "") -> Q:
    return Q(**{
        f"{at}agency__assessors__user": actor.user_id, f"{at}agency__assessors__ended_at__isnull": True,
        f"{at}agency__ended_on__isnull": True,
    })  # fmt: skip


def _given(actor: Actor, seat: Seat) -> Q:
    return _at_own_agency(actor) & Q(state__in=AT_AGENCY)


def _to_score(actor: Actor, seat: Seat) -> Q:
    return _at_own_agency(actor) & Q(state=State.SCORING)


def _given_evidence(actor: Actor, seat: Seat) -> Q:
    return _at_own_agency(actor, "assessment__") & Q(assessment__state__in=AT_AGENCY)


HEADS = own_institution(Role.NURSERY_HEAD, at="institution")
HEALTH_HERE = health_here(*OFFICES)
LEADS = (Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD)

VIEW_TREES = declare(
    "ratings.trees.view",
    "查看评估标准",
    model="ratings.IndicatorTree",
    grants=[
        *[Grant(r, _adopted_or_here, "adopted, or of own places", of=of_health) for r in OFFICES],
        Grant(Role.JURISDICTION_LEAD, _adopted_or_here, "adopted, or of own places"),
        Grant(Role.NURSERY_HEAD, _adopted, "adopted"),
        Grant(Role.ASSESSOR, _adopted, "adopted"),
    ],
)

DRAFT_TREE = declare(
    "ratings.trees.draft",
    "起草、修改本地评估标准",
    model="ratings.IndicatorTree",
    grants=[
        Grant(role, _own_post, "health at its own level", of=of_health)
        for role in (*OFFICES, Role.JURISDICTION_LEAD)
    ],
)

ADOPT_TREE = declare(
    "ratings.trees.adopt",
    "采用本地评估标准",
    model="ratings.IndicatorTree",
    grants=[Grant(role, _own_post, "health at its own level", of=of_health) for role in LEADS],
)

MANAGE_AGENCIES = declare(
    "ratings.agencies.manage",
    "管理受托评估的机构和评估人员",
    model="ratings.Agency",
    grants=[*HEALTH_HERE, *health_here(Role.JURISDICTION_LEAD)],
)

VIEW_ASSESSMENTS = declare(
    "ratings.assessments.view",
    "查看评估",
    model="ratings.Assessment",
    grants=[
        *HEADS,
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

BEGIN_ASSESSMENT = declare(
    "ratings.assessments.begin",
    "发起评估",
    model="institutions.Institution",
    grants=HEALTH_HERE,
)

CONDUCT = declare(
    "ratings.assessments.conduct",
    "告知评估结果、答复异议、退回重评、终止评估",
    model="ratings.Assessment",
    grants=HEALTH_HERE,
)

WITHDRAW_RESULT = declare(
    "ratings.assessments.withdraw",
    "撤下已公布的评估结果",
    model="ratings.Assessment",
    grants=health_here(Role.DEPARTMENT_LEAD),
)

ASSESS_SELF = declare(
    "ratings.assessments.assess_self",
    "自评、提交证明、提出异议",
    model="ratings.Assessment",
    grants=HEADS,
)

VIEW_GIVEN = declare(
    "ratings.assessments.given",
    "查看交给本机构评分的评估",
    model="ratings.Assessment",
    grants=[Grant(Role.ASSESSOR, _given, GIVEN)],
)

SCORE = declare(
    "ratings.assessments.score",
    "评分",
    model="ratings.Assessment",
    grants=[Grant(Role.ASSESSOR, _to_score, "given to the agency one scores for, while it is there")],
)

READ_EVIDENCE = declare(
    "ratings.evidence.read",
    "查看评估的证明材料",
    model="ratings.Evidence",
    grants=[
        *own_institution(Role.NURSERY_HEAD, at="assessment__institution"),
        *health_here(*OFFICES, at="assessment__division_code"),
        Grant(Role.ASSESSOR, _given_evidence, GIVEN),
    ],
)

VIEW_PART = declare(
    "ratings.part.view",
    "查看机构的评估记录",
    model="institutions.Institution",
    grants=[
        *own_institution(Role.NURSERY_HEAD),
        *HEALTH_HERE,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)
