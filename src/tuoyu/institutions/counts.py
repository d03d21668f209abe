"""How many children are enrolled, class by class: what stands, on a day and last, and all that was stated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.problems import Problem
from tuoyu.institutions import policy
from tuoyu.institutions.held import Held
from tuoyu.institutions.history import Told
from tuoyu.institutions.matters import CHILDREN_COUNT
from tuoyu.institutions.models import ClassGroup, EnrolmentCount, Institution
from tuoyu.institutions.permissions import VIEW_COUNTS
from tuoyu.institutions.rules.counts import over_places


def statements(actor: Actor, institution_id: int) -> QuerySet[EnrolmentCount]:
    """Every count that was stated for an institution, the latest day first, corrected ones with them."""
    seen = visible_to(actor, VIEW_COUNTS, Institution.objects.filter(pk=institution_id))
    rows = EnrolmentCount.objects.filter(class_group__institution__in=seen).select_related("class_group")
    return rows.order_by("-day", "class_group_id", "-pk")


def address_of(institution_id: int) -> str:
    """Where the counts of an institution are shown."""
    return reverse("institutions:counts", args=[institution_id])


def rows_of(actor: Actor, institution_id: int) -> QuerySet[EnrolmentCount] | None:
    """What the tab of an institution counts; None for whom there is no such tab."""
    if not can(actor, VIEW_COUNTS):
        return None
    return statements(actor, institution_id).filter(replaced_at=None)


def standing_on(groups: Iterable[ClassGroup], day: date) -> dict[int, EnrolmentCount]:
    """The count of each of these classes that stands for a day, where one was stated."""
    rows = EnrolmentCount.objects.filter(class_group__in=groups, day=day, replaced_at=None)
    return {row.class_group_id: row for row in rows}


def last(column: str) -> Subquery:
    """A column of the last day's count of a class, in a query of classes."""
    rows = EnrolmentCount.objects.filter(class_group=OuterRef("pk"), replaced_at=None)
    return Subquery(rows.order_by("-day").values(column)[:1])


@dataclass(frozen=True)
class Enrolled:
    """How many children were enrolled on the last day counted; `left_out` classes were not counted then."""

    enrolled: int
    on: date
    left_out: int = 0


def enrolled_of(classes: Iterable[Mapping[str, Any]]) -> Enrolled | None:
    """The sum over rows of classes with `enrolled` and `counted_on`; None when nobody counted."""
    rows = [(row["enrolled"], row["counted_on"]) for row in classes]
    days = [day for _, day in rows if day is not None]
    if not days:
        return None
    on = max(days)
    counted = [number for number, day in rows if day == on]
    return Enrolled(sum(counted), date.fromisoformat(str(on)), len(rows) - len(counted))


def last_of(actor: Actor, institution: Institution) -> list[dict[str, Any]]:
    """The classes of today with the last count of each, and what it goes beyond; empty where not to see."""
    seen = visible_to(actor, VIEW_COUNTS, Institution.objects.filter(pk=institution.pk))
    rows = ClassGroup.objects.open_now().filter(institution__in=seen).order_by("pk")
    told = rows.values(
        "id", "name", "class_type", "places", enrolled=last("enrolled"), counted_on=last("day")
    )
    return [{**row, "problems": over(institution.division_code, row)} for row in told]


def over(division_code: str, row: Mapping[str, Any], day: date | None = None) -> list[Problem]:
    """What a count goes beyond, by the rules of its day; nothing where nobody counted."""
    if row["enrolled"] is None:
        return []
    book = policy.book_at(division_code, day or row["counted_on"])
    return over_places(row["name"], row["class_type"], row["places"], row["enrolled"], book)


REGISTER = "在托登记"


def children_held(institution: Institution, on: date) -> dict[str, Held]:
    """How many children are enrolled, by the last count up to a day; nothing unless every class has it."""
    groups = list(institution.classes.open_on(on))
    rows = EnrolmentCount.objects.filter(class_group__in=groups, day__lte=on, replaced_at=None)
    day = rows.order_by("-day").values_list("day", flat=True).first()
    counted = list(rows.filter(day=day).values_list("enrolled", flat=True)) if day else []
    if day is None or len(counted) < len(groups):
        return {}
    return {CHILDREN_COUNT: Held(sum(counted), REGISTER, day, address_of(institution.pk))}


HEADS = ("班级", "在托人数", "登记")


def told_of(actor: Actor, institution: Institution, day: date) -> Told | None:
    """How many were enrolled on a day of the past: the last count of each class there was, up to that day."""
    if not can(actor, VIEW_COUNTS):
        return None
    rows = statements(actor, institution.pk).filter(
        replaced_at=None, day__lte=day, class_group__in=ClassGroup.objects.open_on(day)
    )
    latest = rows.order_by("class_group_id", "-day").distinct("class_group_id")
    said = latest.values_list("class_group__name", "enrolled", "day")
    return Told(
        HEADS,
        [(name, str(number), f"{on:%Y-%m-%d}") for name, number, on in said],
        empty="到这一天还没有登记在托人数。",
    )
