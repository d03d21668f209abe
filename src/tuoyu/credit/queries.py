"""What pages, the API and cases read of credit; where an event stands is worked out for the day."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tuoyu.accounts.models import User
from tuoyu.cases import queries as cases
from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import can, reach_of, visible_to
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.core.problems import Refused
from tuoyu.credit import periods
from tuoyu.credit.models import CreditEvent, CreditRequest, ListEntry, OwnFile
from tuoyu.credit.permissions import ASK_REPAIR, VIEW_CREDIT, VIEW_CREDIT_FILE, VIEW_PERSON_FILE
from tuoyu.credit.vocabulary import EventKind, RequestKind, RequestState, Standing
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.workforce import training

GRANTED = CreditRequest.objects.filter(
    event=OuterRef("pk"), kind=RequestKind.REPAIR, state=RequestState.GRANTED
)
STORY = {
    "credit.recorded": "记入",
    "credit.corrected": "更正：此信息不再有效",
    "credit.request_asked": "提出申请",
    "credit.repaired": "准予修复",
    "credit.request_refused": "申请未获准许",
    "credit.over": "期满，不再公示和共享",
}


def with_standing(rows: QuerySet[CreditEvent]) -> QuerySet[CreditEvent]:
    """Events with what their standing is worked out from, in the one query."""
    return rows.select_related("institution", "person", "correction", "case").annotate(
        repaired_on=Subquery(GRANTED.values("answered_on")[:1])
    )


def events() -> QuerySet[CreditEvent]:
    """Every event, ready to be shown."""
    return with_standing(CreditEvent.objects.all())


def standing_of(event: CreditEvent, day: date | None = None) -> Standing:
    """Where an event stands today, or on a day."""
    if not hasattr(event, "repaired_on"):
        event = events().get(pk=event.pk)
    correction = getattr(event, "correction", None)
    return periods.standing(
        day or clock.today(),
        until=event.until,
        is_public=event.is_public,
        repaired_on=getattr(event, "repaired_on", None),
        withdrawn_on=correction.made_on if correction else None,
    )


def standing_is(standing: Standing, day: date) -> Q:
    """The same as a condition, for rows of `CreditEvent`."""
    withdrawn = Q(correction__made_on__lte=day)
    repaired = Q(Exists(GRANTED.filter(answered_on__lte=day)))
    over = Q(until__lte=day)
    counts = ~withdrawn & ~repaired & (Q(until__isnull=True) | Q(until__gt=day))
    return {
        Standing.WITHDRAWN: withdrawn,
        Standing.REPAIRED: ~withdrawn & repaired,
        Standing.OVER: ~withdrawn & ~repaired & over,
        Standing.SHOWN: counts & Q(is_public=True),
        Standing.KEPT: counts & Q(is_public=False),
    }[standing]


# ---------------------------------------------------------------- events


def board(
    actor: Actor, *, kind: str = "", standing: str = "", institution_id: int | None = None
) -> QuerySet[CreditEvent]:
    """The events the actor may see, the latest first."""
    rows = visible_to(actor, VIEW_CREDIT, events())
    if kind in EventKind.values:
        rows = rows.filter(kind=kind)
    if standing in Standing.values:
        rows = rows.filter(standing_is(Standing(standing), clock.today()))
    if institution_id:
        rows = rows.filter(institution=institution_id)
    return rows.order_by("-decided_on", "-pk")


def counted_at(actor: Actor, institution_id: int) -> QuerySet[CreditEvent] | None:
    """What the tab of an institution counts: what the actor may see and is neither over nor undone."""
    if reach_of(actor, VIEW_CREDIT) is None or not can(actor, VIEW_CREDIT_FILE):
        return None
    today = clock.today()
    counts = standing_is(Standing.SHOWN, today) | standing_is(Standing.KEPT, today)
    return visible_to(actor, VIEW_CREDIT, CreditEvent.objects.filter(institution=institution_id)).filter(
        counts
    )


def people_of(actor: Actor) -> QuerySet[CreditEvent]:
    """The events about people that the actor may open."""
    return visible_to(actor, VIEW_PERSON_FILE, events())


def own(actor: Actor) -> Q | None:
    """Which events are about somebody signed in, where that can be told: as who works at the nursery of the
    seat, or by what the account has shown (`open_own_file`).

    Only those at nurseries that keep the account's proved telephone of that person. Whoever writes a
    telephone into a register learns by it nothing but what that nursery was told itself.
    """
    files = OwnFile.objects.filter(user=OuterRef("pk"))
    shape = JSONObject(person="person_id", institution__in="institutions")
    accounts = User.objects.annotate(files=ArraySubquery(files.values_list(shape)))
    account = accounts.filter(pk=actor.user_id or 0).first()
    for file in account.files if account else ():
        return Q(**file)
    if account is None or account.phone_proved_at is None:
        return None
    try:
        employed = training.employment_of(account, actor)
    except Refused:
        return None
    return Q(person=employed.person_id, institution=employed.institution_id)


def askable(actor: Actor) -> QuerySet[CreditEvent]:
    """The events whose subject the actor is, or speaks for."""
    about_institution = visible_to(actor, ASK_REPAIR, CreditEvent.objects.all())
    return events().filter(Q(pk__in=about_institution.values("pk")) | (own(actor) or Q(pk__in=[])))


def shown(event: CreditEvent) -> dict[str, Any]:
    """An event as a list, a page and the API show it; a person masked."""
    standing = standing_of(event)
    correction = getattr(event, "correction", None)
    person = identifiers.mask_name(str(event.person.name)) if event.person else ""
    return {
        "id": event.pk,
        "institution_id": event.institution_id,
        "institution": event.institution.name,
        "person_id": event.person_id,
        "person": person,
        "subject": f"{event.institution.name}：{person}" if person else event.institution.name,
        "kind": event.kind,
        "kind_label": event.get_kind_display(),
        "credit_class": event.credit_class,
        "class_label": event.get_credit_class_display() if event.kind == EventKind.PUNISH else "",
        "summary": event.summary,
        "document": event.document,
        "decided_on": event.decided_on,
        "until": event.until,
        "last_day": event.last_day,
        "repairable_on": event.repairable_on,
        "is_public": event.is_public,
        "publish_reason": event.publish_reason,
        "office": department_name(event.department, event.division_code, full=True),
        "place": place_name(event.division_code),
        "division_code": event.division_code,
        "standing": standing.value,
        "standing_label": str(standing.label),
        "repaired_on": getattr(event, "repaired_on", None),
        "withdrawn_on": correction.made_on if correction else None,
        "withdrawn_ground": correction.get_ground_display() if correction else "",
        "withdrawn_reason": correction.reason if correction else "",
        "case_number": event.case.number if event.case else "",
        "replaces_id": event.replaces_id,
    }


def story(event: CreditEvent) -> list[dict[str, Any]]:
    """What was done about an event."""
    rows = AuditEvent.objects.filter(topic=event.topic, verb__in=STORY).order_by("-pk")
    return [
        {"text": STORY[row.verb], "at": row.at, "who": row.actor_label, "note": row.note,
         "department": department_name(row.department, row.division_code) if row.department else ""}
        for row in rows
    ]  # fmt: skip


def requests_of(event: CreditEvent, actor: Actor) -> list[dict[str, Any]]:
    """What was asked about an event, the latest first, each with the page of its case for the actor."""
    rows = event.requests.select_related("case").annotate(**cases.ways_in(actor))
    return [{**request_shown(one), "page": cases.page_of_case(vars(one))} for one in rows]


def request_shown(one: CreditRequest) -> dict[str, Any]:
    """A request as its pages and the API show it."""
    return {
        "id": one.pk,
        "event_id": one.event_id,
        "kind": one.kind,
        "kind_label": one.get_kind_display(),
        "state": one.state,
        "state_label": one.get_state_display(),
        "statement": one.statement,
        "pledge": one.pledge,
        "asked_on": one.asked_on,
        "answered_on": one.answered_on,
        "answer": one.answer,
        "case_number": one.case.number,
    }


# ---------------------------------------------------------------- what the public reads


def events_there() -> QuerySet[CreditEvent]:
    """The events, shown or not, about the institution of an outer query itself."""
    return CreditEvent.objects.filter(institution=OuterRef("pk"), person__isnull=True)


def entries_there() -> QuerySet[ListEntry]:
    """The entries, in force or not, of the institution of an outer query."""
    return ListEntry.objects.filter(institution=OuterRef("pk"))


def public_file(institution_id: int) -> list[dict[str, Any]]:
    """What shows today of an institution; of people never anything."""
    found = _shown_of_one(clock.today()).all(institution=institution_id)
    pledges = dict(
        CreditRequest.objects.filter(
            event__in=[one.pk for one in found], kind=RequestKind.REPAIR, state=RequestState.OPEN
        ).values_list("event", "pledge")
    )
    return [shown(one) | {"pledge": pledges.get(one.pk, "")} for one in found]


@lru_cache(maxsize=2)
def _shown_of_one(day: date) -> Prepared[CreditEvent]:
    """Written once a day: every public page of an institution asks."""
    rows = events().filter(institution=Blank("institution"), person__isnull=True)
    return Prepared(rows.filter(standing_is(Standing.SHOWN, day)).order_by("-decided_on", "-pk")[:20])


def in_force(rows: QuerySet[ListEntry], day: date) -> QuerySet[ListEntry]:
    """The entries that count on a day: not taken off, and what they rest on still counts."""
    counting = CreditEvent.objects.filter(standing_is(Standing.SHOWN, day))
    return rows.filter(
        Q(event__isnull=True) | Q(event__in=counting.values("pk")),
        removed_on__isnull=True,
        placed_on__lte=day,
    )


def lists(*, place: str = "", kind: str = "") -> QuerySet[ListEntry]:
    """The entries that count today of institutions the public knows, the latest first."""
    rows = _listed(clock.today())
    if place:
        rows = rows.filter(division_code__startswith=place)
    if kind:
        rows = rows.filter(kind=kind)
    return rows


def _listed(day: date) -> QuerySet[ListEntry]:
    rows = in_force(ListEntry.objects.select_related("institution", "event"), day)
    return rows.filter(institution__filing__in=FILED).order_by("-placed_on", "-pk")


def listed_of(institution_id: int) -> list[dict[str, Any]]:
    """The latest of the entries that count today of one institution, as lists show them."""
    found = _listed_of_one(clock.today()).all(institution=institution_id)
    return [entry_shown(one) for one in found]


@lru_cache(maxsize=2)
def _listed_of_one(day: date) -> Prepared[ListEntry]:
    return Prepared(_listed(day).filter(institution=Blank("institution"))[:10])


def entries_of(institution: Institution) -> list[dict[str, Any]]:
    """Every entry there was of an institution, with whether it counts today."""
    counts = Exists(in_force(ListEntry.objects.filter(pk=OuterRef("pk")), clock.today()))
    rows = ListEntry.objects.filter(institution=institution).select_related("institution")
    return [entry_shown(one) | {"counts": one.counts} for one in rows.annotate(counts=counts)]


def entry_shown(one: ListEntry) -> dict[str, Any]:
    """An entry as lists and the API show it."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "kind_label": one.get_kind_display(),
        "institution_id": one.institution_id,
        "institution": one.institution.name,
        "place": place_name(one.division_code),
        "division_code": one.division_code,
        "event_id": one.event_id,
        "reason": one.reason,
        "conclusion": one.conclusion,
        "office": department_name(one.department, one.division_code, full=True),
        "placed_on": one.placed_on,
        "removed_on": one.removed_on,
        "removed_reason": one.removed_reason,
    }
