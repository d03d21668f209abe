"""Reads of nurseries' days and of what went wrong, for pages and the API."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tuoyu.care.models import ClassDay, DailyReturn, Incident, NewCases
from tuoyu.care.permissions import VIEW_DAYS, VIEW_INCIDENT
from tuoyu.care.rules import CasesGiven, ClassGiven, ReturnGiven, RoomKnown
from tuoyu.care.vocabulary import Disease, Symptom
from tuoyu.core.actor import Actor
from tuoyu.core.along import Along, bringing, brought
from tuoyu.core.permissions import can, visible_to
from tuoyu.institutions import policy
from tuoyu.institutions.models import SHOWN, EnrolmentCount, Institution
from tuoyu.institutions.rules.book import RuleLike

DAYS_BACK, REPORT_HOURS = "care.return_back_days", "incident.report_hours"


def days_back(division_code: str, on: date) -> RuleLike | None:
    """The rule on how long a day may still be stated or put right at a place."""
    return policy.book_at(division_code, on).get(DAYS_BACK)


def report_hours(division_code: str) -> RuleLike | None:
    """The rule on how soon an incident is to be reported at a place."""
    return policy.book_at(division_code).get(REPORT_HOURS)


def rooms_of(institution: Institution, day: date) -> list[RoomKnown]:
    """The classes an institution has on a day; one without a name where it has none."""
    counts = EnrolmentCount.objects.filter(class_group=OuterRef("pk"), replaced_at=None, day__lte=day)
    groups = institution.classes.open_on(day).order_by("pk")
    rows = groups.values_list(
        "pk", "name", "class_type", "places", Subquery(counts.order_by("-day").values("enrolled")[:1])
    )
    found = [RoomKnown(*row) for row in rows]
    return found or [RoomKnown(None, "本点", "", institution.places)]


# ---------------------------------------------------------------- one day


DAY = (
    Along(DailyReturn, "classes", also={"class_group": ("name",)}),
    Along(DailyReturn, "new_cases", NewCases.objects.filter(class_day__daily_return=OuterRef("pk"))),
)


def whole_days(rows: QuerySet[DailyReturn]) -> QuerySet[DailyReturn]:
    """Days with their classes and new cases, as `told` and `given_of` read them; in one query."""
    return bringing(rows, *DAY)


def current_of(institution: Institution, day: date) -> DailyReturn | None:
    """What holds of a day, None where it was not stated."""
    rows = DailyReturn.objects.filter(institution=institution, day=day, current=True)
    return whole_days(rows).first()


def last_before(institution: Institution, day: date) -> DailyReturn | None:
    """The last day before that was stated and on which there were children."""
    rows = DailyReturn.objects.filter(institution=institution, day__lt=day, current=True, closed=False)
    return whole_days(rows.order_by("-day")).first()


def statements_of(institution: Institution, day: date) -> list[DailyReturn]:
    """Every statement of a day, the latest first."""
    return list(whole_days(DailyReturn.objects.filter(institution=institution, day=day).order_by("-pk")))


def _cases_of(stated: DailyReturn) -> dict[int, list[NewCases]]:
    """The new cases of a day, by the row of their class; asked for where they did not come along."""
    if DAY[0].at in vars(stated):
        brought(stated, *DAY)
    came = vars(stated).get("new_cases")
    found: dict[int, list[NewCases]] = defaultdict(list)
    for case in NewCases.objects.filter(class_day__daily_return=stated) if came is None else came:
        found[case.class_day_id].append(case)
    return found


def given_of(stated: DailyReturn) -> ReturnGiven:
    """A day as it was stated."""
    cases = _cases_of(stated)
    return ReturnGiven(
        stated.closed,
        tuple(
            ClassGiven(
                row.class_group_id,
                row.children,
                row.carers,
                tuple(CasesGiven(case.symptom, case.number, case.disease) for case in cases[row.pk]),
                row.checked,
                row.unexamined,
            )
            for row in stated.classes.all()
        ),
    )


def told(stated: DailyReturn) -> dict[str, Any]:
    """A day in words, for a page and the API."""
    cases = _cases_of(stated)
    return {
        "id": stated.pk,
        "day": stated.day,
        "closed": stated.closed,
        "current": stated.current,
        "reason": stated.reason,
        "stated_at": stated.stated_at,
        "stated_label": stated.stated_label,
        "classes": [
            {
                "class_id": row.class_group_id,
                "name": row.class_group.name if row.class_group else "本点",
                "children": row.children,
                "carers": row.carers,
                "enrolled": row.enrolled,
                "checked": row.checked,
                "unexamined": row.unexamined,
                "cases": [
                    {"symptom": case.symptom, "disease": case.disease, "number": case.number}
                    for case in cases[row.pk]
                ],
            }
            for row in stated.classes.all()
        ],
    }


def cases_in_words(row: dict[str, Any]) -> str:
    """The new cases of a class on a day in words; empty where there is none."""
    return "、".join(
        f"{case_name(case['symptom'], case['disease'])}{case['number']}例" for case in row["cases"]
    )


def case_name(symptom: str, disease: str) -> str:
    """What new cases are called: the symptom, and the disease where a medical body named one."""
    diagnosed = f"（{Disease(disease).label}）" if disease else ""
    return f"{Symptom(symptom).label}{diagnosed}"


# ---------------------------------------------------------------- lists


def days_at(actor: Actor, institution_id: int) -> QuerySet[DailyReturn] | None:
    """The days stated at an institution, the latest first; None for whom they are not to see."""
    if not can(actor, VIEW_DAYS):
        return None
    seen = visible_to(actor, VIEW_DAYS, Institution.objects.filter(pk=institution_id))
    return DailyReturn.objects.filter(institution__in=seen, current=True)


def with_totals(rows: QuerySet[DailyReturn]) -> QuerySet[DailyReturn, Any]:
    """Days with how many children, carers and new cases there were in all."""
    return rows.annotate(**_totals(OuterRef("pk"))).order_by("-day", "-pk")


def _totals(of: Any) -> dict[str, Coalesce]:
    classes = ClassDay.objects.filter(daily_return=of).order_by().values("daily_return")
    cases = NewCases.objects.filter(class_day__daily_return=of).order_by()
    ill = cases.values("class_day__daily_return").annotate(n=Sum("number")).values("n")
    return {
        "children": Coalesce(Subquery(classes.annotate(n=Sum("children")).values("n")), 0),
        "carers": Coalesce(Subquery(classes.annotate(n=Sum("carers")).values("n")), 0),
        "ill": Coalesce(Subquery(ill), 0),
    }


@dataclass(frozen=True)
class DayAsked:
    """How the list of a day is narrowed; each field is a parameter of the address."""

    day: date
    state: str = ""
    text: str = ""


STATES = {"missing": "未报送", "stated": "已报送", "closed": "未开园", "ill": "有新发病例"}


def on_day(actor: Actor, asked: DayAsked) -> QuerySet[Institution, Any]:
    """Filed institutions within reach with what they stated of a day, as rows of values."""
    stated = DailyReturn.objects.filter(institution=OuterRef("pk"), day=asked.day, current=True)
    rows = visible_to(actor, VIEW_DAYS, Institution.objects.filter(SHOWN, public_since__lte=asked.day))
    if asked.text:
        rows = rows.filter(Q(name__icontains=asked.text))
    if asked.state == "missing":
        rows = rows.exclude(Exists(stated))
    elif asked.state in ("stated", "closed"):
        rows = rows.filter(Exists(stated.filter(closed=asked.state == "closed")))
    elif asked.state == "ill":
        rows = rows.filter(Exists(stated.filter(classes__cases__isnull=False)))
    return (
        rows.annotate(
            return_id=Subquery(stated.values("pk")),
            closed=Subquery(stated.values("closed")),
            stated_at=Subquery(stated.values("stated_at")),
        )
        .annotate(**_totals(OuterRef("return_id")))
        .order_by("pk")
        .values(
            "id", "name", "division_code", "return_id", "closed", "stated_at", "children", "carers", "ill"
        )
    )


def incidents(actor: Actor, *, severity: str = "", institution_id: int | None = None) -> QuerySet[Incident]:
    """The incidents within reach, the latest first."""
    rows = visible_to(actor, VIEW_INCIDENT, Incident.objects.all())
    if severity:
        rows = rows.filter(severity=severity)
    if institution_id is not None:
        rows = rows.filter(institution=institution_id)
    return rows.select_related("institution", "class_group", "case").order_by("-pk")


def incidents_at(actor: Actor, institution_id: int) -> QuerySet[Incident] | None:
    """The incidents at an institution; None for whom they are not to see."""
    if not can(actor, VIEW_INCIDENT):
        return None
    return visible_to(actor, VIEW_INCIDENT, Incident.objects.filter(institution=institution_id))


def incident_told(incident: Incident) -> dict[str, Any]:
    """An incident as plain data."""
    return {
        "id": incident.pk,
        "institution_id": incident.institution_id,
        "institution": incident.institution.name,
        "division_code": incident.division_code,
        "class_id": incident.class_group_id,
        "class_name": incident.class_group.name if incident.class_group else "",
        "kind": incident.kind,
        "severity": incident.severity,
        "spot": incident.spot,
        "happened_at": incident.happened_at,
        "hurt": incident.hurt,
        "what": incident.what,
        "measures": incident.measures,
        "reported_at": incident.reported_at,
        "reported_label": incident.reported_label,
        "report_due_at": incident.report_due_at,
        "late": incident.is_late,
        "case": incident.case.number if incident.case else "",
    }


def counted_on(actor: Actor, day: date) -> dict[str, int]:
    """How many institutions within reach have not stated a day, have, or were closed."""
    stated = DailyReturn.objects.filter(institution=OuterRef("pk"), day=day, current=True)
    rows = visible_to(actor, VIEW_DAYS, Institution.objects.filter(SHOWN, public_since__lte=day))
    return rows.annotate(was_closed=Subquery(stated.values("closed"))).aggregate(
        missing=Count("pk", filter=Q(was_closed=None)),
        stated=Count("pk", filter=Q(was_closed=False)),
        closed=Count("pk", filter=Q(was_closed=True)),
    )
