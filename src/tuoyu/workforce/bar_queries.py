"""Bars, answers and alerts as those see them who answer for them; names and numbers masked."""

from typing import Any

from django.db.models import QuerySet

from tuoyu.core import identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import can, visible_to
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.workforce import barring
from tuoyu.workforce.models import Bar, BarAlert, RecordCheck
from tuoyu.workforce.permissions import CORRECT_BAR, CORRECT_RECORD_CHECK, VIEW_BAR_ALERTS, VIEW_BARS
from tuoyu.workforce.vocabulary import BarKind, CheckResult

STORY = {"bar.recorded": "记录从业限制", "bar.corrected": "更正：此记录不再限制从业"}


def bars(actor: Actor, *, kind: str = "", state: str = "") -> QuerySet[Bar]:
    """The bars recorded in the actor's places, the newest first."""
    rows = visible_to(actor, VIEW_BARS, Bar.objects.select_related("correction"))
    if kind in BarKind.values:
        rows = rows.filter(kind=kind)
    if state in ("holds", "corrected"):
        rows = rows.filter(correction__isnull=state == "holds")
    return rows.order_by("-pk")


def shown(bar: Bar) -> dict[str, Any]:
    """A bar as a list and the API show it."""
    correction = getattr(bar, "correction", None)
    return {
        "id": bar.pk,
        "name": bar.masked_name,
        "identity": bar.masked_identity,
        "kind": bar.kind,
        "kind_label": bar.get_kind_display(),
        "role": bar.role,
        "role_label": bar.get_role_display(),
        "ground": bar.ground,
        "ground_label": bar.get_ground_display(),
        "document": bar.document,
        "number": bar.number,
        "decided_on": bar.decided_on,
        "authority": bar.authority,
        "division_code": bar.division_code,
        "office": department_name(bar.department, bar.division_code, full=True),
        "recorded_at": bar.recorded_at,
        "recorded_label": bar.recorded_label,
        "holds": correction is None,
        "corrected_at": correction.corrected_at if correction else None,
        "corrected_label": correction.corrected_label if correction else "",
        "correction_ground": correction.get_ground_display() if correction else "",
        "correction_reason": correction.reason if correction else "",
    }


def may_correct(actor: Actor, bar: Bar) -> bool:
    """Whether the actor may say the bar does not hold: never who recorded it."""
    holds = not hasattr(bar, "correction")
    return holds and bar.recorded_by != actor.user_id and can(actor, CORRECT_BAR, bar)


def story(bar: Bar) -> list[dict[str, Any]]:
    """What was done about a bar."""
    rows = AuditEvent.objects.filter(topic=bar.topic, verb__in=STORY).order_by("-pk")
    return [
        {
            "text": STORY[event.verb],
            "at": event.at,
            "who": event.actor_label,
            "note": event.note,
            "department": department_name(event.department, event.division_code) if event.department else "",
        }
        for event in rows
    ]


def hits(actor: Actor) -> QuerySet[RecordCheck]:
    """What institutions of the actor's places were told: there is a record; the newest first."""
    rows = RecordCheck.objects.filter(result=CheckResult.HIT)
    rows = rows.select_related("person", "institution", "correction")
    return visible_to(actor, CORRECT_RECORD_CHECK, rows).order_by("-pk")


def hit_shown(check: RecordCheck) -> dict[str, Any]:
    """An answer that there is a record, as a list and the API show it."""
    correction = getattr(check, "correction", None)
    return {
        "id": check.pk,
        "name": identifiers.mask_name(str(check.person.name)),
        "identity": check.person.masked_identity,
        "institution_id": check.institution_id,
        "institution": check.institution.name,
        "asked_on": check.asked_on,
        "answered_on": check.answered_on,
        "authority": check.authority,
        "holds": correction is None,
        "correction_ground": correction.get_ground_display() if correction else "",
        "correction_reason": correction.reason if correction else "",
        "corrected_at": correction.corrected_at if correction else None,
        "corrected_label": correction.corrected_label if correction else "",
    }


def alerts(actor: Actor) -> QuerySet[BarAlert]:
    """Who is barred and still employed, at the actor's own institution or in its places."""
    rows = visible_to(actor, VIEW_BAR_ALERTS, barring.standing_alerts())
    related = ("bar", "record_check", "employment__person", "employment__institution")
    return rows.select_related(*related).order_by("-pk")


def alert_shown(alert: BarAlert) -> dict[str, Any]:
    """An alert as a list and the API show it, with the rules it rests on."""
    employment = alert.employment
    place = employment.institution.division_code
    rules = barring.problems_at(place, [barring.hindrance_of(alert)])
    return {
        "id": alert.pk,
        "employment_id": employment.pk,
        "institution_id": employment.institution_id,
        "institution": employment.institution.name,
        "place": place_name(place),
        "name": identifiers.mask_name(str(employment.person.name)),
        "post": employment.post,
        "post_label": employment.get_post_display(),
        "raised_at": alert.raised_at,
        "sources": [rule.source for rule in rules],
    }
