"""What pages and the API read of complaints."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from tuoyu.cases.models import Case, Step
from tuoyu.cases.permissions import VIEW as VIEW_CASE
from tuoyu.complaints import rules
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.permissions import EXTEND, REVEAL, VIEW, VIEW_PART
from tuoyu.complaints.vocabulary import ArrivedBy, ComplaintKind, Satisfaction, Stage
from tuoyu.core import audit, clock
from tuoyu.core.actor import Actor
from tuoyu.core.along import Along, bringing, brought
from tuoyu.core.permissions import Permission, can, column_of, columns, visible_to
from tuoyu.institutions.queries import Narrowed, directory
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.jurisdictions.rulebook import RuleValue

MOST_FOUND = 8


# ---------------------------------------------------------------- what the rules of a place say


def handler_for(kind: str, place: str) -> str:
    """Which department handles complaints of this kind, unless who sorts it says otherwise."""
    return str(jurisdictions.book(place).get(f"complaint.handled_by.{kind}").value)


def handlers(place: str) -> list[tuple[str, str]]:
    """The departments that handle complaints at a place, with their names."""
    book = jurisdictions.book(place)
    keys = dict.fromkeys(str(rule.value) for rule in book.all_of("complaint.handled_by.*"))
    return [(key, department_name(key, place)) for key in keys]


def review_days(complaint: Complaint) -> int | None:
    """Within how many days the office above may be asked; None where the channel knows no review."""
    key = f"complaint.{complaint.arrived_by}_review_request_days"
    rule = jurisdictions.book(complaint.division_code).find(key)
    return int(rule.value) if rule else None


def extension_rule(complaint: Complaint) -> RuleValue | None:
    """By how many days handling may be made longer, and which clause says so; None where the channel does
    not know it."""
    key = f"complaint.{complaint.arrived_by}_extension_days"
    return jurisdictions.book(complaint.division_code).find(key)


def may_ask_review(complaint: Complaint) -> bool:
    """Whether whoever told it may still ask the office above."""
    if complaint.answered_at is None or hasattr(complaint, "review"):
        return False
    answered = complaint.answered_at.astimezone(clock.BEIJING).date()
    return rules.may_be_reviewed(answered, review_days(complaint), clock.today())


# ---------------------------------------------------------------- the public


def found(text: str) -> list[dict[str, Any]]:
    """Public institutions whose name or address has this text: a few, to choose from."""
    text = text.replace("\x00", "").strip()[:60]
    if not text:
        return []
    rows = list(directory(Narrowed(text=text))[:MOST_FOUND])
    return [
        {"id": row["id"], "name": row["name"], "address": place_name(row["division_code"]) + row["address"]}
        for row in rows
    ]


def chosen(pk: int | None) -> dict[str, Any] | None:
    """The public institution with this id."""
    if pk is None or not 0 < pk < 2**63:
        return None
    row = directory(Narrowed()).filter(pk=pk).first()
    if row is None:
        return None
    return {
        "id": row["id"],
        "name": row["name"],
        "address": place_name(row["division_code"]) + row["address"],
    }


def counties() -> list[tuple[str, list[tuple[str, str]]]]:
    """The counties that this installation serves, by city, to choose one."""
    return _counties(tuple(pack.prefix for pack in jurisdictions.jurisdictions()))


@lru_cache(maxsize=8)
def _counties(prefixes: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for place in sorted(places().values(), key=lambda one: one.code):
        if place.level == "county" and place.code.startswith(prefixes):
            grouped.setdefault(place_name(place.parent), []).append((place.code, place.name))
    return list(grouped.items())


def progress(complaint: Complaint) -> dict[str, Any]:
    """What whoever told it may know: how far it has come, by when, what was answered. No officer's name."""
    case, steps = complaint.case, steps_of(complaint)
    now = next((step for step in steps if step.state == Step.State.ACTIVE), None)
    stage = _stage_of(case, now)
    review = getattr(complaint, "review", None)
    longer = getattr(complaint, "extension", None)
    return {
        "number": case.number,
        "about": complaint.about,
        "kind": complaint.kind_stated,
        "kind_label": ComplaintKind(complaint.kind_stated).label,
        "received_on": complaint.received_on,
        "stage": stage,
        "stage_label": Stage(stage).label,
        "office": department_name(now.department, now.division_code, full=True) if now else "",
        "due_on": now.due_on if now else None,
        "provisional": now is not None and now.provisional,
        "extended_to": longer.due_on if longer else None,
        "extension_reason": longer.reason if longer else "",
        "extension_source": longer.source if longer else "",
        "reason": case.reason if stage == Stage.NOT_TAKEN else "",
        "conclusion": complaint.get_conclusion_display(),
        "answer": complaint.answer,
        "answered_at": complaint.answered_at,
        "satisfaction": complaint.satisfaction,
        "satisfaction_label": complaint.get_satisfaction_display(),
        "may_rate": complaint.answered_at is not None and not complaint.satisfaction,
        "may_ask_review": may_ask_review(complaint),
        "review_asked_at": review.asked_at if review else None,
        "review_answer": review.answer if review else "",
        "steps": _steps(stage),
    }


def _steps(stage: str) -> list[dict[str, str]]:
    """What is done, what is under way, what is to come."""
    done = {Stage.TRIAGE: 1, Stage.HANDLING: 2, Stage.ANSWERED: 4}.get(Stage(stage), 1)
    return [
        {"label": label, "state": "done" if number < done else "now" if number == done else "todo"}
        for number, label in enumerate(("已收到", "分办", "处理", "答复"))
    ]


def _stage_of(case: Case, now: Step | None) -> str:
    if case.state == Case.State.REFUSED:
        return Stage.NOT_TAKEN
    if case.state == Case.State.DONE:
        return Stage.ANSWERED
    return Stage.TRIAGE if now is not None and now.kind == Step.Kind.TRIAGE else Stage.HANDLING


# ---------------------------------------------------------------- the office


STEPS = Along(Complaint, "step_rows", Step.objects.filter(case=OuterRef("case")).order_by("stage", "pk"))
FILES = Along(Complaint, "attachments", also={"file": ("kind",)})


def of_case(case: Case) -> Complaint:
    """The complaint of a case."""
    return Complaint.objects.select_related("case", "institution", "inspection").get(case=case)


def whole(actor: Actor) -> QuerySet[Complaint]:
    """Complaints with all that is told of one to `actor`, and what it may do with each."""
    rows = Complaint.objects.select_related(
        "case", "institution", "inspection", "review__case", "extension"
    ).annotate(
        **columns(actor, [REVEAL, EXTEND], Complaint.objects.filter(pk=OuterRef("pk"))),
        **columns(actor, [VIEW_CASE], Case.objects.filter(pk=OuterRef("case"))),
    )
    return bringing(rows, STEPS, FILES)


def steps_of(complaint: Complaint) -> list[Step]:
    """The steps of a complaint, in order."""
    if STEPS.at in vars(complaint):
        brought(complaint, STEPS)
    came: list[Step] | None = vars(complaint).get(STEPS.name)
    return list(complaint.case.steps.order_by("stage", "pk")) if came is None else came


def _may(complaint: Complaint, permission: Permission) -> bool:
    """What a column of `whole` says."""
    return bool(getattr(complaint, column_of(permission), False))


def complaints(
    actor: Actor, *, stage: str = "", kind: str = "", text: str = "", satisfaction: str = ""
) -> QuerySet[Complaint, Any]:
    """The complaints the actor may see, the newest first, as rows of values."""
    active = Step.objects.filter(case=OuterRef("case"), state=Step.State.ACTIVE).order_by("pk")
    rows = visible_to(actor, VIEW, Complaint.objects.all()).annotate(
        step_kind=Subquery(active.values("kind")[:1]), due_on=Subquery(active.values("due_on")[:1])
    )
    if kind in ComplaintKind.values:
        rows = rows.filter(kind=kind)
    if satisfaction in Satisfaction.values:
        rows = rows.filter(satisfaction=satisfaction)
    rows = rows.filter(_stages().get(stage, Q()))
    if text:
        named = Q(institution__name__icontains=text) | Q(described__icontains=text)
        rows = rows.filter(Q(case__number__startswith=text.upper()) | named)
    return rows.order_by("-pk").values(
        "id", "case__number", "case__state", "case__restricted", "kind", "arrived_by", "institution__name",
        "described", "division_code", "received_on", "step_kind", "due_on", "answered_at", "conclusion",
        "satisfaction",
    )  # fmt: skip


def of_institution(actor: Actor, institution_id: int) -> QuerySet[Complaint, Any] | None:
    """What the tab of an institution counts and lists; None for whom there is no such tab."""
    if not can(actor, VIEW_PART):
        return None
    return complaints(actor).filter(institution=institution_id)


def _stages() -> dict[str, Q]:
    opened = Q(case__state=Case.State.OPEN)
    return {
        Stage.TRIAGE: opened & Q(step_kind=Step.Kind.TRIAGE),
        Stage.HANDLING: opened & Q(step_kind=Step.Kind.HANDLING),
        Stage.ANSWERED: Q(answered_at__isnull=False),
        Stage.NOT_TAKEN: Q(case__state=Case.State.REFUSED),
        "overdue": Q(due_on__lt=clock.today()),
    }


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the list in words."""
    stage = (
        Stage.NOT_TAKEN
        if row["case__state"] == Case.State.REFUSED
        else Stage.ANSWERED
        if row["answered_at"]
        else Stage.TRIAGE
        if row["step_kind"] == Step.Kind.TRIAGE
        else Stage.HANDLING
    )
    return {
        "number": row["case__number"],
        "kind": row["kind"],
        "kind_label": str(ComplaintKind(row["kind"]).label),
        "arrived_by": row["arrived_by"],
        "arrived_by_label": str(ArrivedBy(row["arrived_by"]).label),
        "about": row["institution__name"] or row["described"],
        "division_code": row["division_code"],
        "place": place_name(row["division_code"]),
        "received_on": row["received_on"],
        "stage": str(stage),
        "stage_label": str(stage.label),
        "due_on": row["due_on"],
        "restricted": row["case__restricted"],
        "satisfaction": row["satisfaction"],
        "satisfaction_label": str(Satisfaction(row["satisfaction"]).label) if row["satisfaction"] else "",
    }


def record(actor: Actor, number: str) -> Complaint | None:
    """The complaint with this number, if the actor may see it; `whole`."""
    return visible_to(actor, VIEW, whole(actor)).filter(case__number=number).first()


def material(actor: Actor, complaint: Complaint) -> dict[str, Any]:
    """A complaint, fetched `whole`, as those read it who act on it; that a restricted one was read is written
    down."""
    if complaint.case.restricted:
        audit.read(actor, complaint, ["text"], topic=complaint.case.topic)
    contact = not complaint.anonymous and complaint.contact_erased_at is None
    return {
        "complaint": complaint,
        "place": place_name(complaint.division_code),
        "files": list(brought(complaint, FILES).attachments.all()),
        "may_reveal": contact and _may(complaint, REVEAL),
        "opens_case": _may(complaint, VIEW_CASE),
        "extension": getattr(complaint, "extension", None),
        "review": getattr(complaint, "review", None),
    }


def may_extend(complaint: Complaint, now: Step | None) -> RuleValue | None:
    """The rule by which whoever fetched a complaint `whole` may still make the days of the step `now` longer;
    None where that may not be: EXTEND reaches only what is being handled."""
    rule = extension_rule(complaint)
    if now is None or now.due_on is None or now.due_on < clock.today():
        return None
    if hasattr(complaint, "extension"):
        return None
    return rule if _may(complaint, EXTEND) else None


def figures(actor: Actor) -> dict[str, Any]:
    """How many of each kind, how many answered in time, how content people are; of what the actor sees.

    Counts so small that they would tell of one person are not told.
    """
    seen = visible_to(actor, VIEW, Complaint.objects.all()).order_by()
    late = Step.objects.filter(
        case=OuterRef("case"), kind=Step.Kind.HANDLING, decided_at__date__gt=F("due_on")
    )
    counted = seen.annotate(late=Exists(late)).aggregate(
        all=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        in_time=Count("pk", filter=Q(answered_at__isnull=False, late=False)),
        rated=Count("pk", filter=~Q(satisfaction="")),
        content=Count("pk", filter=Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIRLY])),
        **{kind: Count("pk", filter=Q(kind=kind)) for kind in ComplaintKind.values},
    )
    smallest = _smallest(actor)
    return {
        "all": counted["all"],
        "kinds": [
            {"kind": kind, "label": str(label), "count": rules.suppressed(counted[kind], smallest)}
            for kind, label in ComplaintKind.choices
            if counted[kind]
        ],
        "in_time": rules.share(counted["in_time"], counted["answered"], smallest),
        "satisfied": rules.share(counted["content"], counted["rated"], smallest),
    }


def _smallest(actor: Actor) -> int:
    place = next((seat.division_code for seat in actor.seats if seat.division_code), "")
    rule = jurisdictions.book(place).find("complaint.small_cell") if place else None
    return int(rule.value) if rule else 1


# ---------------------------------------------------------------- jobs and checks


def contacts_to_erase() -> list[Complaint]:
    """Complaints whose reporters need not be known any more: ended so many days ago, and no review open."""
    rows = Complaint.objects.filter(
        anonymous=False, contact_erased_at__isnull=True, case__closed_at__isnull=False
    ).exclude(review__answered_at__isnull=True, review__isnull=False)
    return [one for one in rows.select_related("case").iterator() if _is_over(one)]


def _is_over(complaint: Complaint) -> bool:
    days = int(jurisdictions.book(complaint.division_code).get("complaint.contact_kept_days").value)
    closed = complaint.case.closed_at
    return closed is not None and closed + timedelta(days=days) < clock.now()
