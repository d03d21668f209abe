"""Every value of an institution is written here: its row of today, and the fact with its time and ground.

Whoever changes what an institution is calls one of these within an action of its own, which writes the audit
event: `state_facts` for values (`state_new` for many that are new), `state_classes` for its classes,
`move_state` for registration and filing.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.db.models import Func, Value
from psycopg.types.range import DateRange

from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.copying import copy_objects, next_numbers
from tuoyu.core.transitions import move
from tuoyu.institutions import facts, provenance
from tuoyu.institutions.models import (
    Application,
    ClassGroup,
    Fact,
    FirstFacts,
    Institution,
    Premises,
)
from tuoyu.institutions.rules.periods import Place, place
from tuoyu.institutions.vocabulary import GroundKind

SEARCHED = ("pinyin", "initials", "search_keys")


@dataclass(frozen=True)
class Supplier:
    """Who said a value: a person of a department at a place, or (without a department) who applied."""

    label: str
    user_id: int | None = None
    department: str = ""
    division_code: str = ""

    @classmethod
    def applicant(cls, application: Application) -> "Supplier":
        """Whoever an application is of."""
        return cls(application.owner.name, application.owner_id)

    @classmethod
    def of(cls, by: Actor, step: Step | None = None) -> "Supplier":
        """Whoever acts; of the department of `step`, else of the only seat there is."""
        if step is not None:
            return cls(by.label, by.user_id, step.department, step.division_code)
        seats = [seat for seat in by.seats if seat.role is not Role.APPLICANT]
        seat = seats[0] if len(seats) == 1 else None
        office = (seat.department, seat.division_code) if seat else ("", "")
        return cls(by.label, by.user_id, *office)


@dataclass(frozen=True)
class Ground:
    """On what ground values are stated; by whose word, where that is not who writes them down."""

    kind: GroundKind
    case: Case | None = None
    supplier: Supplier | None = None


def state_facts(
    institution: Institution,
    values: Mapping[str, Any],
    *,
    ground: Ground,
    by: Actor,
    on: date | None = None,
) -> list[str]:
    """Let `values` (fact: value) hold of an institution from a day on, today when none is given.

    A value holds until the next day for which another was stated, in whatever order they are. The row, and
    what a search reads, are as the facts say of today; the names of what changed in it come back. ValueError
    when there is no such fact, or the day has not come.
    """
    return _state(institution, values, _standing(institution, values), ground, by, on)


def state_new(
    institutions: Sequence[Institution],
    *,
    ground: Ground,
    by: Actor,
    since: Mapping[str, str],
) -> None:
    """Write many institutions there were not before, what their columns say being their first facts.

    A fact holds from today, or from the day in the column that `since` names for it. They are one row an
    institution: a row a fact costs the database more than all else together.
    """
    numbers = next_numbers(Institution, len(institutions))
    for institution, number in zip(institutions, numbers, strict=True):
        institution.pk = number
        institution.fill_search()
    copy_objects(institutions)
    copy_objects([_first_facts(institution, ground, by, since) for institution in institutions])


def _first_facts(institution: Institution, ground: Ground, by: Actor, since: Mapping[str, str]) -> FirstFacts:
    """What the columns of a new institution say."""
    supplier = ground.supplier or Supplier.of(by)
    said = {key: facts.plain(getattr(institution, key)) for key in facts.COLUMNS}
    said = {key: value for key, value in said.items() if facts.is_given(value)}
    people = {key: str(said[key]) for key in facts.PERSONAL if key in said}
    return FirstFacts(
        institution=institution,
        said=said | dict.fromkeys(people),
        personal=json.dumps(people, ensure_ascii=False) if people else "",
        day=clock.today(),
        days={key: str(getattr(institution, column)) for key, column in since.items() if key in said},
        ground=ground.kind.value,
        supplier=supplier.label[:120],
        supplier_id=supplier.user_id,
        department=supplier.department,
        division_code=supplier.division_code,
        stated_at=clock.now(),
    )


def move_state(
    institution: Institution,
    field: str,
    *,
    from_: str | tuple[str, ...],
    to: str,
    ground: Ground,
    by: Actor,
    **also: Any,
) -> None:
    """Move registration or filing to another state, a fact with its day; Overtaken when it is not `from_`."""
    before = {field: facts.plain(getattr(institution, field))}
    move(institution, field=field, from_=from_, to=to, **also)
    _state(institution, {field: to}, before, ground, by, None)


def state_classes(
    institution: Institution,
    wanted: Sequence[Mapping[str, Any]],
    *,
    ground: Ground,
    by: Actor,
) -> list[str]:
    """Let the classes be `wanted` from today on; what is no longer among them is closed, not deleted.

    The places of the institution are theirs together. A class goes on as the one of the same name, else as
    one of the same type, so that what others hang on it stays. The keys of what changed come back.
    """
    today = clock.today()
    open_now = list(institution.classes.open_now().order_by("pk"))
    pairs = _paired(open_now, wanted)
    kept = {group.pk for group, _ in pairs if group is not None}
    closed = [group.pk for group in open_now if group.pk not in kept]
    ClassGroup.objects.filter(pk__in=closed).update(closed_on=today)
    values: dict[str, Any] = {"places": sum(said["places"] for said in wanted)}
    before = _standing(institution, values)
    for group, said in pairs:
        if group is None:
            group = ClassGroup.objects.create(institution=institution, opened_on=today, **said)
        else:
            before[facts.class_key(group.pk)] = facts.class_of(group)
            ClassGroup.objects.filter(pk=group.pk).update(**said)
        values[facts.class_key(group.pk)] = dict(said)
    changed = _state(institution, values, before, ground, by, None)
    return changed + [facts.class_key(pk) for pk in closed]


def _paired(
    there: Sequence[ClassGroup], wanted: Sequence[Mapping[str, Any]]
) -> list[tuple[ClassGroup | None, Mapping[str, Any]]]:
    """Each class that is wanted with the one that goes on as it."""
    left = list(there)
    found: dict[int, ClassGroup] = {}
    for of in ("name", "class_type"):
        for index, said in enumerate(wanted):
            same = next((group for group in left if getattr(group, of) == said[of]), None)
            if index not in found and same is not None:
                found[index] = same
                left.remove(same)
    return [(found.get(index), said) for index, said in enumerate(wanted)]


# ---------------------------------------------------------------- one writing


def _state(
    institution: Institution,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    ground: Ground,
    by: Actor,
    on: date | None,
) -> list[str]:
    """Write facts and columns; `before` holds what stood in the columns."""
    today = clock.today()
    day = on or today
    unknown = [key for key in values if not facts.is_key(key)]
    if unknown or day > today:
        raise ValueError(f"no such facts: {unknown}" if unknown else f"{day} has not come")
    # Of two who state at once the second waits, and reads what the first wrote.
    Institution.objects.select_for_update().only("pk").get(pk=institution.pk)
    said = {key: facts.plain(value) for key, value in values.items()}
    held = _held(institution, said)
    fresh: list[Fact] = []
    over: list[Fact] = []
    undone: list[Fact] = []
    changed: list[str] = []
    for key, value in said.items():
        rows = held.get(key, [])
        was = before[key] if key in before else _value_on(rows, today)
        if not rows and key in before and facts.is_given(was):
            there = _stood_there(institution, key, was, day)
            if was != value or there.period.lower is not None:
                fresh.append(there)
        if not rows and not facts.is_given(value) and not facts.is_given(was):
            continue
        spot = place([(row.period.lower, row.period.upper) for row in rows], day)
        if _says_the_same(rows, spot, value):
            continue
        if spot.inside is not None:
            (undone if spot.replaces else over).append(rows[spot.inside])
        fresh.append(_fact(institution, key, value, DateRange(day, spot.until), ground, by))
        if (spot.until is None or spot.until > today) and was != value:
            changed.append(key)
    _make_room(over, undone, day)
    Fact.objects.bulk_create(fresh)
    _write_columns(institution, {key: values[key] for key in changed})
    return sorted(changed)


def _standing(institution: Institution, keys: Iterable[str]) -> dict[str, Any]:
    """What stands in the columns today, of the facts that have one."""
    found: dict[str, Any] = {}
    wanted = {key: column for key in keys if (column := facts.column_of(key))}
    if any(table is Premises for table, _ in wanted.values()):
        premises = Premises.objects.filter(institution=institution.pk).first()
    else:
        premises = None
    for key, (table, name) in wanted.items():
        row = institution if table is Institution else premises
        found[key] = facts.plain(getattr(row, name)) if row is not None else None
    return found


def _held(institution: Institution, keys: Collection[str]) -> dict[str, list[Fact]]:
    """The facts there are under these keys, by their first day; the very first are written down for it."""
    rows = Fact.objects.filter(institution=institution.pk, key__in=keys, replaced_at=None)
    found: dict[str, list[Fact]] = {}
    for row in rows.order_by("period"):
        found.setdefault(row.key, []).append(row)
    first = FirstFacts.objects.filter(institution=institution.pk).first()
    said = first.as_facts() if first is not None else ()
    for row in Fact.objects.bulk_create(row for row in said if row.key in keys and row.key not in found):
        found[row.key] = [row]
    return found


def _value_on(rows: Iterable[Fact], day: date) -> Any:
    return next((row.said for row in rows if day in row.period), None)


def _says_the_same(rows: Sequence[Fact], spot: Place, value: Any) -> bool:
    """Whether the same was stated for the same day before: then the first to say it stays its source."""
    return spot.replaces and spot.inside is not None and rows[spot.inside].said == value


def _make_room(over: Sequence[Fact], undone: Sequence[Fact], day: date) -> None:
    """End on the day what was `over` then; what was `undone` began on the same, and has held on no day."""
    if over:
        until = Func(
            RangeStartsWith("period"), Value(day), function="daterange", output_field=DateRangeField()
        )
        Fact.objects.filter(pk__in=[row.pk for row in over]).update(period=until)
    if undone:
        rows = Fact.objects.filter(pk__in=[row.pk for row in undone])
        rows.update(period=DateRange(empty=True), replaced_at=clock.now())


def _stood_there(institution: Institution, key: str, value: Any, until: date) -> Fact:
    """What stood there before facts were kept, as far as it was derived until now (`provenance.derived`).

    Of a row written on the very day nothing is derived: its first facts are being stated.
    """
    new = institution.created_at.astimezone(clock.BEIJING).date() >= clock.today()
    found = None if new else provenance.derived(institution, key, until)
    if found is None:
        return _row(institution, key, value, DateRange(None, until), GroundKind.UNRECORDED)
    row = _row(institution, key, value, DateRange(found.since, until), found.ground)
    row.case_id, row.department, row.division_code = found.case_id, found.department, found.division_code
    return row


def _fact(
    institution: Institution, key: str, value: Any, period: DateRange, ground: Ground, by: Actor
) -> Fact:
    supplier = ground.supplier or Supplier.of(by)
    row = _row(institution, key, value, period, ground.kind)
    row.case = ground.case
    row.supplier, row.supplier_id = supplier.label[:120], supplier.user_id
    row.department, row.division_code = supplier.department, supplier.division_code
    return row


def _row(institution: Institution, key: str, value: Any, period: DateRange, kind: GroundKind) -> Fact:
    personal = key in facts.PERSONAL
    return Fact(
        institution=institution,
        key=key,
        value=None if personal else value,
        personal=str(value or "") if personal else "",
        period=period,
        ground=kind.value,
    )


def _write_columns(institution: Institution, values: Mapping[str, Any]) -> None:
    """Let the row of today be as the facts say, and what a search reads with it."""
    own: list[str] = []
    rooms: dict[str, Any] = {}
    for key, value in values.items():
        table, name = facts.column_of(key) or (None, "")
        if table is Institution:
            setattr(institution, name, value)
            own.append(name)
        elif table is Premises:
            rooms[name] = value
    if own:
        institution.save(update_fields=[*own, *(SEARCHED if "name" in own else ())])
    if rooms:
        Premises.objects.update_or_create(institution=institution, defaults=rooms)
