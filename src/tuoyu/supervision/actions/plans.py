"""A year's plan: made from the pack, adopted and amended by a lead."""

from collections.abc import Sequence

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.supervision import queries
from tuoyu.supervision.models import Amendment, Plan
from tuoyu.supervision.permissions import ADOPT_PLAN, MAKE_PLAN
from tuoyu.supervision.vocabulary import DrawState

# How far off a year may be planned for: nobody makes a plan of long ago.
AHEAD = 1
# Once a month: what is typed by mistake is not ordered of a whole place.
MOST_A_YEAR = 12


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


@action
def amend_plan(*, by: Actor, plan: Plan, per_year: int, departments: Sequence[str], reason: str) -> Amendment:
    """Change within its year how often a plan inspects, and by whom; what it asked for before is kept.

    Never less than the pack asks for, and no department it names is left out. Refused for anything else, and
    (409) for a plan that is not adopted, whose year is over, or of which a frozen list waits to be drawn.
    """
    require(by, ADOPT_PLAN, plan)
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    _demand_amendable(held)
    named = list(dict.fromkeys(departments))
    said = texts.tidy(reason).strip()[:500]
    wrong = _wrong_amendment(held, per_year, named, said)
    if wrong:
        raise Refused(wrong)
    # The department that organises stays the first.
    named = [held.department, *(one for one in named if one != held.department)]
    made = Amendment.objects.create(
        plan=held,
        version=held.amendments.count() + 2,
        former_per_year=held.per_year,
        former_departments=held.departments,
        per_year=per_year,
        departments=named,
        reason=said,
        made_label=by.label,
    )
    before = {"per_year": held.per_year, "departments": held.departments}
    held.per_year, held.departments = per_year, named
    held.save(update_fields=["per_year", "departments"])
    plan.refresh_from_db()
    after = {"per_year": per_year, "departments": named, "version": made.version}
    audit.record(by, "plan.amended", held, topic=held.topic, place=held.division_code,
                 before=before, after=after, note=said)  # fmt: skip
    return made


def _demand_amendable(plan: Plan) -> None:
    if plan.adopted_at is None:
        raise Refused("计划还没有采用，不用变更。", status=409)
    if queries.is_over(plan):
        raise Refused("计划的年度已过，不能再变更。", status=409)
    if plan.draws.filter(state=DrawState.FROZEN).exists():
        raise Refused("已有按现在的计划封存的名单，请先抽取或作废，再变更计划。", status=409)


def _wrong_amendment(plan: Plan, per_year: int, departments: list[str], reason: str) -> list[Problem]:
    wrong = []
    demand = queries.demand_of(plan)
    least = int(demand.per_year.value) if demand else 1
    if not least <= per_year <= MOST_A_YEAR:
        wrong.append(Problem(f"每家每年应在{least}至{MOST_A_YEAR}次之间。", field="per_year",
                             source=demand.per_year.source if demand else ""))  # fmt: skip
    if missing := [one for one in (demand.parts if demand else (plan.department,)) if one not in departments]:
        names = "、".join(department_name(one, plan.division_code) for one in missing)
        wrong.append(Problem(f"文件要求参加的部门不能去掉：{names}。", field="departments",
                             source=demand.departments.source if demand else ""))  # fmt: skip
    if strange := set(departments) - set(queries.departments_at(plan)):
        wrong.append(Problem(f"本地没有这些部门：{'、'.join(sorted(strange))}。", field="departments"))
    if not reason:
        wrong.append(Problem("请写明变更的理由。", field="reason"))
    if not wrong and (per_year, departments) == (plan.per_year, plan.departments):
        wrong.append(Problem("没有变更。", field="per_year"))
    return wrong
