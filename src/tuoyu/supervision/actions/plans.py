"""A year's plan: made from the pack, adopted by a lead."""

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import queries
from tuoyu.supervision.models import Plan
from tuoyu.supervision.permissions import ADOPT_PLAN, MAKE_PLAN

# How far off a year may be planned for: nobody makes a plan of long ago.
AHEAD = 1


@action
def make_plan(*, by: Actor, year: int, division_code: str, kind: str) -> Plan:
    """Make the plan that the pack orders of the actor's office for a year; numbers and departments are its.

    Raises Refused (409) when the pack orders no such inspection there, or the plan is made already.
    """
    require(by, MAKE_PLAN)
    this = clock.today().year
    if not this - 1 <= year <= this + AHEAD:
        raise Refused(Problem(f"只能编制{this - 1}至{this + AHEAD}年的计划。", field="year"))
    offered = [
        one
        for one in queries.offers(by, year)
        if one.seat.division_code == division_code and str(one.demand.kind) == kind
    ]
    if not offered:
        raise Refused("本地文件没有要求本部门组织这种检查，或者这一年的计划已经编制。", status=409)
    demand = offered[0].demand
    plan = Plan.objects.create(
        year=year,
        division_code=division_code,
        department=demand.organiser,
        kind=demand.kind,
        per_year=demand.per_year.value,
        departments=list(demand.parts),
        source=demand.per_year.source,
        departments_source=demand.departments.source,
        pack=jurisdictions.version_for_case(division_code),
        created_label=by.label,
    )
    audit.record(by, "plan.made", plan, topic=plan.topic, place=division_code,
                 after={"year": year, "kind": kind, "per_year": plan.per_year})  # fmt: skip
    return plan


@action
def adopt_plan(*, by: Actor, plan: Plan) -> Plan:
    """The plan is in force: draws may be made for it."""
    require(by, ADOPT_PLAN, plan)
    changed = Plan.objects.filter(pk=plan.pk, adopted_at=None).update(
        adopted_at=clock.now(), adopted_label=by.label
    )
    if not changed:
        raise Overtaken("这份计划刚刚已经采用。")
    plan.refresh_from_db()
    audit.record(by, "plan.adopted", plan, topic=plan.topic, place=plan.division_code)
    return plan
