"""Reads of alerts, for pages and the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Value

from tuoyu.alerts.models import Alert
from tuoyu.alerts.permissions import HANDLE_ALERT, VIEW_ALERTS
from tuoyu.alerts.vocabulary import STANDING, State
from tuoyu.care.queries import case_name
from tuoyu.care.vocabulary import Disease
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, column_of, columns, visible_to
from tuoyu.workforce.vocabulary import QualificationKind


@dataclass(frozen=True)
class Narrowed:
    """How the board is narrowed; each field is a parameter of the address."""

    rule: str = ""
    state: str = ""
    place: str = ""
    text: str = ""
    institution: int | None = None


def alerts(actor: Actor, narrowed: Narrowed) -> QuerySet[Alert]:
    """The alerts within reach, those standing unless a state is named; the overdue first, then by clock."""
    rows = visible_to(actor, VIEW_ALERTS, Alert.objects.all())
    standing = narrowed.state not in State.values
    rows = rows.filter(state__in=STANDING) if standing else rows.filter(state=narrowed.state)
    if narrowed.rule:
        rows = rows.filter(rule=narrowed.rule)
    if narrowed.place:
        rows = rows.filter(division_code__startswith=narrowed.place)
    if narrowed.text:
        rows = rows.filter(institution__name__icontains=narrowed.text)
    if narrowed.institution is not None:
        rows = rows.filter(institution=narrowed.institution)
    rows = rows.annotate(**columns(actor, (HANDLE_ALERT,), Alert.objects.filter(pk=OuterRef("pk"))))
    rows = rows.select_related("institution", "class_group")
    by_clock = (F("due_at").asc(nulls_last=True), "pk")
    return rows.order_by(*by_clock) if standing else rows.order_by("-ended_at", "-pk")


def seen(actor: Actor, rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of `rows` within reach."""
    return visible_to(actor, VIEW_ALERTS, rows).select_related("institution", "class_group")


def counted(actor: Actor) -> dict[str, int]:
    """How many alerts within reach stand, and how many of them are overdue."""
    return visible_to(actor, VIEW_ALERTS, Alert.objects.filter(state__in=STANDING)).aggregate(
        standing=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=clock.now()))
    )


def waiting(actor: Actor) -> QuerySet[Alert, Any] | None:
    """What stands within reach, as the navigation counts it; None where the actor sees no alerts."""
    if not can(actor, VIEW_ALERTS):
        return None
    rows = visible_to(actor, VIEW_ALERTS, Alert.objects.filter(state__in=STANDING))
    return rows.annotate(number=Value(1))


def rules_of(actor: Actor) -> list[tuple[str, str]]:
    """The rules of which something stands within reach, with their names."""
    rows = visible_to(actor, VIEW_ALERTS, Alert.objects.filter(state__in=STANDING))
    return list(rows.order_by("rule").values_list("rule", "name").distinct())


def alerts_at(actor: Actor, institution_id: int) -> QuerySet[Alert] | None:
    """What stands at an institution; None for whom alerts are not to see."""
    if not can(actor, VIEW_ALERTS):
        return None
    rows = visible_to(actor, VIEW_ALERTS, Alert.objects.filter(institution=institution_id))
    return rows.filter(state__in=STANDING)


# Who it is about, the register of the institution says.
OF_STAFF = ("staff_lacking", "certificates_lapsed", "health_checks_missing", "record_checks_missing")


def may_handle(alert: Alert) -> bool:
    """Whether the actor the alerts were asked for may act on this one."""
    return bool(getattr(alert, column_of(HANDLE_ALERT), False))


def in_words(alert: Alert) -> str:
    """What was found, in a line: figures, no names."""
    say = SAYS.get(alert.rule.partition(".")[0])
    return say(alert, alert.details) if say else ""


def _staffing(alert: Alert, d: dict[str, Any]) -> str:
    return f"到园{d['children']}人，在岗保育人员{d['carers']}名，1名至多照护{d['per_carer']:g}人"


def _morning(alert: Alert, d: dict[str, Any]) -> str:
    if not d["said"]:
        return f"到园{d['children']}人，没有填写晨检"
    return f"到园{d['children']}人，{d['unseen']}人没有晨检"


def _missing(alert: Alert, d: dict[str, Any]) -> str:
    return f"{'、'.join(d['days'])}，共{len(d['days'])}天"


def _papers(alert: Alert, d: dict[str, Any]) -> str:
    return f"{QualificationKind(alert.subject).label}，{d['people']}人"


def _lacking(alert: Alert, d: dict[str, Any]) -> str:
    return "".join(point["says"] for point in d["lacking"])


def _people(alert: Alert, d: dict[str, Any]) -> str:
    return f"{d['people']}人"


def _cluster(alert: Alert, d: dict[str, Any]) -> str:
    return f"{case_name(d['symptom'], '')}{d['cases']}例，单日最多{d['most_a_day']}例；应离园{d['cases']}人"


def _disease(alert: Alert, d: dict[str, Any]) -> str:
    return f"{Disease(d['disease']).label}{d['cases']}例；应离园{d['cases']}人"


Say = Callable[[Alert, dict[str, Any]], str]
SAYS: dict[str, Say] = {
    "staffing": _staffing,
    "morning_check": _morning,
    "entry_check": lambda alert, d: f"到园{d['children']}人，{d['unseen']}人没有入托体检",
    "return_missing": _missing,
    "certificates_lapsed": _papers,
    "health_checks_missing": _papers,
    "record_checks_missing": _people,
    "staff_lacking": _lacking,
    "cluster": _cluster,
    "disease": _disease,
    "inspection_overdue": lambda alert, d: f"检查{d['number']}，原定{d['scheduled_on']}",
    "inspection_of_year": lambda alert, d: f"{d['year']}年完成{d['inspected']}次，应有{d['wanted']}次",
    "rectification_overdue": lambda alert, d: f"办件{d['case']}，应于{d['due_on']}前答复",
}


def told(alert: Alert) -> dict[str, Any]:
    """An alert as plain data."""
    return {
        "id": alert.pk,
        "institution_id": alert.institution_id,
        "institution": alert.institution.name,
        "division_code": alert.division_code,
        "class_name": alert.class_group.name if alert.class_group else "",
        "rule": alert.rule,
        "subject": alert.subject,
        "name": alert.name,
        "source": alert.source,
        "says": in_words(alert),
        "details": alert.details,
        "first_day": alert.first_day,
        "last_day": alert.last_day,
        "addressees": alert.addressees,
        "state": alert.state,
        "raised_at": alert.raised_at,
        "due_at": alert.due_at,
        "provisional": alert.provisional,
        "overdue": alert.is_overdue,
        "acknowledged_label": alert.acknowledged_label,
        "ended_at": alert.ended_at,
        "ended_label": alert.ended_label,
        "ending": alert.ending,
    }


def exclusions_on(alerts_found: list[Alert]) -> list[tuple[str, int]]:
    """Who is to stay away, as class and number, over the clusters that stand; nobody's name."""
    return [
        (alert.class_group.name if alert.class_group else "全机构", int(alert.details["cases"]))
        for alert in alerts_found
        if alert.rule.partition(".")[0] in ("cluster", "disease")
    ]
