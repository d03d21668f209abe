"""Inspections that are to be: who inspects whom. What happens on the visit is beside this."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from tuoyu.accounts.models import Membership
from tuoyu.accounts.queries import DECIDERS
from tuoyu.cases.notices import tell_each
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.copying import copy_objects, next_numbers
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.reaches import OFFICES
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.supervision.models import Assignment, Inspection, Part
from tuoyu.supervision.permissions import SCHEDULE
from tuoyu.supervision.vocabulary import Origin


@dataclass(frozen=True)
class Visit:
    """An institution, and whom each department sends there."""

    institution: int
    parts: Mapping[str, Sequence[int]]


@action
def schedule(
    *,
    by: Actor,
    institution: Institution,
    origin: Origin,
    department: str,
    division_code: str,
    year: int,
    parts: Mapping[str, Sequence[int]],
    scheduled_on: date | None = None,
    reason: str = "",
) -> Inspection:
    """Have an institution inspected: `parts` says whom each department sends.

    Raises Refused where a department sends fewer than the law wants, or somebody sits in two parts; 403 for
    an office whose places it is not. The nursery is told nothing.
    """
    visits = [Visit(institution.pk, parts)]
    return _scheduled(
        by, visits, origin=origin, department=department, division_code=division_code, year=year,
        scheduled_on=scheduled_on, reason=reason,
    )[0]  # fmt: skip


@action
def schedule_many(
    *, by: Actor, visits: Sequence[Visit], origin: Origin, department: str, division_code: str, year: int
) -> list[Inspection]:
    """The same for many institutions at once, in a handful of statements."""
    return _scheduled(
        by, visits, origin=origin, department=department, division_code=division_code, year=year
    )


def _scheduled(
    by: Actor,
    visits: Sequence[Visit],
    *,
    origin: Origin,
    department: str,
    division_code: str,
    year: int,
    scheduled_on: date | None = None,
    reason: str = "",
) -> list[Inspection]:
    require(by, SCHEDULE)
    if not by.is_system and not any(
        seat.department == department and seat.covers_place(division_code) for seat in by.seats_as(*OFFICES)
    ):
        raise Refused("只能安排本部门在本辖区的检查。", status=403)
    _check_teams(visits, division_code)
    places = dict(
        Institution.objects.filter(pk__in=[one.institution for one in visits]).values_list(
            "pk", "division_code"
        )
    )
    numbers, serials = next_numbers(Inspection, len(visits)), _serials(len(visits))
    now = clock.now()
    made = [
        Inspection(
            pk=pk,
            number=f"JC{division_code[:6]}{year}{serial:07d}",
            institution_id=visit.institution,
            division_code=places[visit.institution],
            department=department,
            origin=origin,
            year=year,
            scheduled_on=scheduled_on,
            reason=reason,
            created_at=now,
            created_label=by.label,
        )
        for pk, serial, visit in zip(numbers, serials, visits, strict=True)
    ]
    copy_objects(made)
    parts, people = [], []
    for inspection, visit in zip(made, visits, strict=True):
        for key, sent in visit.parts.items():
            parts.append(
                Part(inspection_id=inspection.pk, department=key, division_code=inspection.division_code)
            )
            people += [Assignment(inspection_id=inspection.pk, user_id=pk, department=key) for pk in sent]
    copy_objects(parts)
    copy_objects(people)
    _tell_inspectors(made, people)
    audit.record_each(
        by,
        "inspection.scheduled",
        ((one, one.topic, {"institution": one.institution_id, "origin": str(origin)}) for one in made),
    )
    return made


def _tell_inspectors(made: Sequence[Inspection], people: Sequence[Assignment]) -> None:
    """Tell each inspector once, of one visit or of how many; never what brought it, and no nursery."""
    named = {one.pk: one for one in made}
    visits: dict[int, list[Inspection]] = defaultdict(list)
    for one in people:
        visits[one.user_id].append(named[one.inspection_id])
    names = dict(
        Institution.objects.filter(
            pk__in=[one.institution_id for some in visits.values() if len(some) == 1 for one in some]
        ).values_list("pk", "name")
    )
    told = []
    for user_id, some in visits.items():
        first, which = some[0], f"{len(some)} 家机构"
        if len(some) == 1:
            which = f"“{names[first.institution_id]}”（编号 {first.number}）"
        told.append((user_id, f"安排您检查{which}。检查开始前不要告知机构。"))
    tell_each(told, "检查任务", place=made[0].division_code if made else "")


def _check_teams(visits: Sequence[Visit], division_code: str) -> None:
    """At least as many as the law wants from each department, each of them at a desk of it."""
    least = jurisdictions.book(division_code).get("inspectors.min")
    named = {(department, pk) for visit in visits for department, sent in visit.parts.items() for pk in sent}
    seats = Membership.objects.filter(
        role__in=DECIDERS, user__in={pk for _, pk in named}, valid__contains=clock.today()
    )
    strangers = named - set(seats.values_list("department", "user"))
    for department, _ in strangers:
        name = department_name(department, division_code)
        raise Refused(Problem(f"所列检查人员不是{name}的在岗人员。", field="inspectors"))
    for visit in visits:
        for department, sent in visit.parts.items():
            if len(sent) < least.value:
                name = department_name(department, division_code)
                raise Refused(
                    Problem(
                        f"{name}应至少派{least.value}名检查人员，现在是{len(sent)}名。",
                        rule_key=least.key,
                        source=least.source,
                        field="inspectors",
                    )
                )
        everybody = [person for sent in visit.parts.values() for person in sent]
        if not everybody:
            raise Refused(Problem("请写明由哪个部门的谁去检查。", field="inspectors"))
        if len(set(everybody)) != len(everybody):
            raise Refused(Problem("同一名检查人员不能在一次检查里列两次。", field="inspectors"))


def _serials(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('supervision_inspection_number') FROM generate_series(1, %s)", [count])
        return [serial for (serial,) in cursor.fetchall()]
