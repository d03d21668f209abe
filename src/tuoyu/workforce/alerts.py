"""How much of each register is not kept: counted, so that pages and watches need not look through it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.institutions.models import SHOWN, ClassGroup, Institution
from tuoyu.workforce import barring, queries
from tuoyu.workforce.models import AlertCount, BarAlert, Employment
from tuoyu.workforce.permissions import VIEW_BAR_ALERTS, VIEW_PAPERS
from tuoyu.workforce.rules.staffing import OF_RECORDS, Finding

# So many registers are looked through in one go of the worker, each in about three milliseconds.
AT_ONCE = 2000
AN_HOUR = timedelta(hours=1)


def turned(institution_id: int) -> None:
    """The register of an institution has changed: what was counted is to be counted again."""
    AlertCount.objects.bulk_create(
        [AlertCount(institution_id=institution_id, stale=True)],
        update_conflicts=True,
        unique_fields=["institution"],
        update_fields=["stale"],
    )


def to_count() -> list[int]:
    """The institutions to be counted: those never counted, those that changed, everybody as a day begins,
    and those whose classes opened or closed today each hour."""
    known = AlertCount.objects.values("institution")
    new = Employment.objects.exclude(institution__in=known).values_list("institution", flat=True)
    today, now = clock.today(), clock.now()
    begun = datetime.combine(today, time(), tzinfo=clock.BEIJING)
    classes = ClassGroup.objects.filter(Q(opened_on=today) | Q(closed_on=today)).values("institution")
    old = AlertCount.objects.filter(
        Q(stale=True)
        | Q(counted_at__lt=begun)
        | Q(institution__in=classes, counted_at__lt=now - AN_HOUR)
    )  # fmt: skip
    found = [*new.order_by().distinct()[:AT_ONCE], *old.values_list("pk", flat=True)[:AT_ONCE]]
    return found[:AT_ONCE]


def count(institutions: Iterable[int]) -> int:
    """Count the alerts of these institutions; how many were counted. What changes meanwhile stays stale."""
    done = 0
    for pk in institutions:
        with transaction.atomic():
            AlertCount.objects.get_or_create(institution_id=pk)
            held = AlertCount.objects.select_for_update().get(pk=pk)
            for one in queries.attention([pk]):
                held.broken, held.soon = len(one.broken), len(one.soon)
                held.lacking = [_told(point) for point in one.broken if is_lack(point)]
            held.counted_at, held.stale = clock.now(), False
            held.save()
        done += 1
    return done


def is_lack(point: Finding) -> bool:
    """Whether a point that is not kept says that somebody or something is lacking at the institution. Papers
    and yearly questions are watched for themselves, and who may not be employed has a board of its own."""
    return point.hard and not point.paper and point.rule_key not in OF_RECORDS


def _told(point: Finding) -> dict[str, str]:
    return {"says": point.says, "source": point.source}


def waiting(actor: Actor) -> QuerySet[AlertCount] | None:
    """The institutions with alerts on the actor's board, each with its `number`; None without a board."""
    if not can(actor, VIEW_PAPERS):
        return None
    seen = visible_to(actor, VIEW_PAPERS, Institution.objects.filter(SHOWN))
    rows = AlertCount.objects.annotate(number=F("broken") + F("soon"))
    return rows.filter(institution__in=seen, number__gt=0)


def barred_waiting(actor: Actor) -> QuerySet[BarAlert] | None:
    """Who is barred and still employed, each as one; None without such a board."""
    if not can(actor, VIEW_BAR_ALERTS):
        return None
    return visible_to(actor, VIEW_BAR_ALERTS, barring.standing_alerts()).annotate(number=Value(1))
