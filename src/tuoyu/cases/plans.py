"""Which steps a case takes, and who takes them: read from the policy pack in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.problems import Problem, Refused
from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.jurisdictions.packs.schema import Procedure
from tuoyu.jurisdictions.packs.schema import Step as PackStep
from tuoyu.jurisdictions.rulebook import NoRegistrar, RuleBook, RuleMissing, cited, steps_for


@dataclass(frozen=True)
class StepPlan:
    """One step as it will be taken: by which department of which division, within how many working days (all
    days, where `counts_all_days`)."""

    key: str
    name: str
    kind: str
    department: str
    division_code: str
    after: tuple[str, ...]
    reviews: tuple[str, ...]
    push_to: tuple[str, ...]
    working_days: int | None
    clock_from: str
    clause: str
    source: str
    counts_all_days: bool = False


@dataclass(frozen=True)
class Plan:
    """A procedure applied to one applicant at one place, under one pack version."""

    name: str
    jurisdiction_code: str
    pack_id: int
    steps: tuple[StepPlan, ...]


def plan(procedure: str, division_code: str, facts: Mapping[str, Any], on: date) -> Plan:
    """The plan of a case that begins on `on`.

    Raises Refused when the place has no such procedure, or nobody is named to take a step.
    """
    try:
        version = queries.version_at(division_code, on)
        rules = queries.book(division_code, on, version.digest)
        found = rules.procedure(procedure)
        steps = tuple(
            _planned(found, step, after, rules, facts, division_code)
            for step, after in steps_for(found, facts)
        )
    except queries.DivisionUnknown as unknown:
        raise Refused(
            Problem("没有这个所在地，请重新选择。", page="basics", field="division_code")
        ) from unknown
    except (queries.PackMissing, RuleMissing, NoRegistrar) as missing:
        raise Refused(
            Problem(f"这里还不能受理：{missing}", page="basics", field="division_code")
        ) from missing
    return Plan(found.name, version.code, version.pk, steps)


def _planned(
    procedure: Procedure,
    step: PackStep,
    after: tuple[str, ...],
    rules: RuleBook,
    facts: Mapping[str, Any],
    place: str,
) -> StepPlan:
    handling = queries.resolve_department(step, facts, place, rules.on, of=procedure, rules=rules)
    limit = rules.get(step.working_days.rule) if step.working_days else None
    days = limit.value if limit else None
    return StepPlan(
        key=step.key,
        name=step.name,
        kind=step.kind,
        department=handling.department,
        division_code=handling.authority,
        after=after,
        reviews=step.reviews,
        push_to=tuple(rules.named(one, facts, procedure.name) for one in step.push_to),
        working_days=int(days) if isinstance(days, (int, float)) else None,
        clock_from=step.clock_from,
        clause=handling.clause,
        source=cited(handling.document, handling.clause),
        counts_all_days=limit is not None and limit.unit == "day",
    )


def handed_on(before: Iterable[Step | StepPlan], after: Iterable[StepPlan]) -> tuple[StepPlan, ...]:
    """The steps that are planned to be taken by somebody else than before, or were not to be taken at all."""
    known = {step.key: (step.department, step.division_code) for step in before}
    return tuple(step for step in after if known.get(step.key) != (step.department, step.division_code))


def replanned(case: Case, place: str) -> tuple[StepPlan, ...]:
    """The steps `case` would take at another place, by the rules and the day it began under.

    Raises Refused when the place has no such procedure, or nobody is named to take a step there.
    """
    on = case.opened_at.astimezone(clock.BEIJING).date()
    try:
        rules = queries.book(place, on, case.pack)
        found = rules.procedure(case.procedure)
        return tuple(
            _planned(found, step, after, rules, case.facts, place)
            for step, after in steps_for(found, case.facts)
        )
    except (queries.DivisionUnknown, queries.PackMissing, RuleMissing, NoRegistrar) as missing:
        raise Refused(Problem(f"这里不能受理：{missing}", page="basics", field="street")) from missing


def other_hands(steps: Iterable[StepPlan], place: str) -> Problem:
    """What to tell an applicant who chose a street where others decide."""
    named = list(steps)
    whose = "、".join(
        f"“{step.name}”由{department_name(step.department, step.division_code, full=True)}办理"
        for step in named
    )
    return Problem(
        f"{place_name(place)}的{whose}，与原来的地点不是同一个机关，不能改到那里。",
        page="basics",
        field="street",
        source="；".join(dict.fromkeys(step.source for step in named)),
        fix="请改回原来的乡镇（街道）；确实要换到那里的，请按新的地点重新申报。",
    )


def frozen_facts(case: Case) -> tuple[str, ...]:
    """The facts that decided the route of `case` and so may not change while it runs."""
    rules = queries.book(case.division_code, case.opened_at.astimezone(clock.BEIJING).date(), case.pack)
    found = rules.procedure(case.procedure)
    asked = {fact for step in found.step for fact in step.when}
    return tuple(sorted(asked | {"nature", "legal_form", "kind", "division_code"}))
