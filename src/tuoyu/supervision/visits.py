"""Reads of inspections: lists, one visit as it stands, what its result waits for, what is public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from tuoyu.core import along, clock
from tuoyu.core.actor import Actor
from tuoyu.core.along import Along, bringing, brought
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Problem
from tuoyu.institutions.models import Fact, Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.supervision.models import Answer, Assignment, Correction, Evidence, Inspection, Signature
from tuoyu.supervision.permissions import VIEW_INSPECTION, VIEW_NOTICE
from tuoyu.supervision.rules.checklists import checklist_for, items_of
from tuoyu.supervision.rules.visits import counting, in_conflict, results_left
from tuoyu.supervision.vocabulary import InspectionState, Origin, Result, Verdict

INSPECTORS = "inspectors.min"
PUBLIC = Q(state=InspectionState.CONFIRMED, published_at__isnull=False)
MOST_AT_ONE = 100
OPEN = (InspectionState.PLANNED, InspectionState.UNDERWAY)
MEALS = "basics.serves_meals"


def office_of(department: str, division_code: str) -> str:
    """The office that inspects somewhere."""
    return department_name(department, division_code)


# ---------------------------------------------------------------- the checklist of a visit


def items_on(inspection: Inspection, on: date) -> list[dict[str, Any]]:
    """The items of an inspection by the checklist in force on a day, each with who answers it."""
    book = jurisdictions.book(inspection.division_code, on)
    return items_of(
        checklist_for(book, inspection.institution.kind),
        book,
        known=_known(inspection.institution),
        departments=[part.department for part in inspection.parts.all()],
        lead=inspection.department,
    )


def _known(institution: Institution) -> dict[str, Any]:
    """The facts a checklist asks about, as far as they are known."""
    known: dict[str, Any] = {}
    served = Fact.objects.filter(institution=OuterRef("pk"), key=MEALS, period__contains=clock.today())
    row = (
        Institution.objects.filter(pk=institution.pk)
        .values_list("premises__tenure", Subquery(served.values("value")[:1]))
        .get()
    )
    tenure, meals = row
    if tenure:
        known["tenure"] = tenure
    if meals is not None:
        known["meals"] = meals in (True, "yes")
    return known


# ---------------------------------------------------------------- one visit


@dataclass(frozen=True)
class Visit:
    """One inspection with everything inspectors brought back; `answers` are those that count."""

    inspection: Inspection
    items: list[dict[str, Any]]
    answers: Mapping[str, Answer]
    given: Mapping[str, list[Answer]]
    conflicts: frozenset[str]
    evidence: list[Evidence]
    signatures: list[Signature]
    assignments: list[Assignment]
    results: list[Result]

    @property
    def defects(self) -> list[dict[str, Any]]:
        """The items that were found wrong."""
        return [
            item
            for item in self.items
            if item["key"] in self.answers and self.answers[item["key"]].verdict == Verdict.DEFECT
        ]

    def signature_of(self, assignment: Assignment | None) -> Signature | None:
        """The latest of an inspector, or, for None, of the institution."""
        of = assignment.pk if assignment else None
        return next((one for one in reversed(self.signatures) if one.assignment_id == of), None)


TOLD = (
    Along(Inspection, "parts"),
    Along(Inspection, "findings"),
    Along(Inspection, "corrections"),
    Along(Inspection, "assignments", also={"user": ("name",)}),
)
WHOLE = (
    *TOLD,
    Along(Inspection, "signatures"),
    Along(Inspection, "answers", Answer.objects.filter(part__inspection=OuterRef("pk"))),
    Along(Inspection, "evidence", Evidence.objects.filter(part__inspection=OuterRef("pk"))),
)


def whole(rows: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Inspections, each with its institution and everything of its visit, for `visit_of`; in one query."""
    return bringing(rows.select_related("institution"), *WHOLE)


def visit_of(inspection: Inspection) -> Visit:
    """The visit as it stands; before it begins with the checklist that would hold today."""
    inspection = along.whole(inspection, whole(Inspection.objects.all()), *WHOLE)
    answers: list[Answer] = vars(inspection)["answers"]
    items = inspection.items or items_on(inspection, clock.today())
    counted = counting(answers)
    given: dict[str, list[Answer]] = {}
    for answer in answers:
        given.setdefault(answer.item, []).append(answer)
    return Visit(
        inspection=inspection,
        items=items,
        answers=counted,
        given=given,
        conflicts=frozenset(in_conflict(answers)),
        evidence=vars(inspection)["evidence"],
        signatures=list(inspection.signatures.all()),
        assignments=list(inspection.assignments.all()),
        results=results_left(items, counted),
    )


def unready(visit: Visit) -> list[Problem]:
    """Why the result cannot be confirmed yet; nothing when it can."""
    inspection = visit.inspection
    wrong = [
        Problem(f"{office_of(part.department, part.division_code)}的检查部分还没有完成。")
        for part in inspection.parts.all()
        if part.done_at is None
    ]
    rule = jurisdictions.book(inspection.division_code).get(INSPECTORS)
    if len(visit.assignments) < rule.value:
        few = f"检查人员只有 {len(visit.assignments)} 人，不得少于 {rule.value} 人。"
        wrong.append(Problem(few, rule_key=rule.key, source=rule.source))
    last = max((one.said_at for one in visit.answers.values()), default=None)
    for assignment in (*visit.assignments, None):
        who = assignment.user.name if assignment else "被检查机构"
        signature = visit.signature_of(assignment)
        if signature is None:
            wrong.append(
                Problem(f"{who}还没有签字。", fix="" if assignment else "拒绝签字的，写明理由和见证人。")
            )
        elif last is not None and signature.signed_at < last:
            wrong.append(Problem(f"{who}签字之后又改了答复，请重新签字。"))
    return wrong


def result_of(inspection: Inspection) -> str:
    """The result that stands: the confirmed one, or what it was changed to last; empty before."""
    changed = [one.result for one in inspection.corrections.all()]
    return changed[-1] if changed else inspection.result


def with_standing(rows: QuerySet[Inspection]) -> QuerySet[Any]:
    """The same as a column, `standing`, of each of `rows`."""
    changed = Correction.objects.filter(inspection=OuterRef("pk")).order_by("-pk").values("result")[:1]
    return rows.annotate(standing=Coalesce(Subquery(changed), F("result")))


# ---------------------------------------------------------------- lists

LISTED = (
    "id", "number", "institution_id", "institution__name", "division_code", "department", "origin", "year",
    "scheduled_on", "state", "result", "begun_at", "confirmed_at", "publish_due_on", "published_at",
)  # fmt: skip


def inspections(
    actor: Actor, *, mine: bool = False, state: str = "", text: str = ""
) -> QuerySet[Inspection, dict[str, Any]]:
    """The inspections one may see, those to be done first; `mine` are those one carries out."""
    rows = visible_to(actor, VIEW_INSPECTION, Inspection.objects.all())
    if mine:
        rows = rows.filter(pk__in=Assignment.objects.filter(user=actor.user_id).values("inspection"))
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state in InspectionState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(institution__name__icontains=text) | Q(number=text))
    listed: QuerySet[Inspection, dict[str, Any]] = rows.order_by("-pk").values(*LISTED)
    return listed


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A listed inspection with its states as a person reads them."""
    return row | {
        "institution": row["institution__name"],
        "state_label": str(InspectionState(row["state"]).label),
        "result_label": str(Result(row["result"]).label) if row["result"] else "",
        "origin_label": str(Origin(row["origin"]).label),
        "office": office_of(row["department"], row["division_code"]),
    }


def to_do(actor: Actor) -> QuerySet[Inspection]:
    """What an inspector has still to do, today's first; `whole`."""
    rows = Inspection.objects.filter(
        state__in=OPEN, pk__in=Assignment.objects.filter(user=actor.user_id).values("inspection")
    )
    return whole(rows.order_by("scheduled_on", "pk"))


def seen_at(actor: Actor, institution_id: int) -> QuerySet[Inspection]:
    """The inspections of one institution that one may see: an office its own, the nursery what has begun."""
    seen = visible_to(actor, VIEW_INSPECTION, Inspection.objects.filter(institution=institution_id))
    begun = visible_to(actor, VIEW_NOTICE, Inspection.objects.filter(institution=institution_id))
    return seen | begun


def at_institution(actor: Actor, institution_id: int) -> list[dict[str, Any]]:
    """The same as they are told, the latest first; a hundred at most."""
    rows = bringing(seen_at(actor, institution_id).select_related("institution"), *TOLD)
    return [told(brought(one, *TOLD)) for one in rows.order_by("-pk")[:MOST_AT_ONE]]


# ---------------------------------------------------------------- what a phone is given


def for_phone(visit: Visit, by: Actor) -> dict[str, Any]:
    """One visit as an inspector's phone keeps it: the items of the own department, and what stands there."""
    inspection = visit.inspection
    mine = next(one for one in visit.assignments if one.user_id == by.user_id)
    part = next(one for one in inspection.parts.all() if one.department == mine.department)
    institution = inspection.institution
    return {
        "id": inspection.pk,
        "number": inspection.number,
        "institution": institution.name,
        "address": f"{place_name(institution.division_code)}{institution.address}",
        "state": inspection.state,
        "scheduled_on": inspection.scheduled_on,
        "begun_at": inspection.begun_at,
        "department": office_of(part.department, part.division_code),
        "done": part.done_at is not None,
        "items": [item for item in visit.items if item["department"] == part.department],
        "answers": {
            key: answer_told(one, key in visit.conflicts)
            for key, one in visit.answers.items() if one.part_id == part.pk
        },
        "photos": [{"key": one.key, "item": one.item} for one in visit.evidence if one.part_id == part.pk],
        "signers": [
            {"assignment": one.pk, "name": one.user.name, "signed": _signed(visit.signature_of(one))}
            for one in visit.assignments
        ],
        "institution_signed": _signed(visit.signature_of(None)),
        "others": [
            {"department": office_of(one.department, one.division_code), "done": bool(one.done_at)}
            for one in inspection.parts.all() if one.pk != part.pk
        ],
    }  # fmt: skip


def answer_told(one: Answer, conflict: bool) -> dict[str, Any]:
    """An answer that counts, with who gave it and whether another contradicts it."""
    return {
        "key": one.key,
        "verdict": one.verdict,
        "note": one.note,
        "by": one.user_label,
        "said_at": one.said_at,
        "conflict": conflict,
    }


def _signed(signature: Signature | None) -> str:
    if signature is None:
        return ""
    return "refused" if signature.refused else "signed"


# ---------------------------------------------------------------- what the nursery and the public see


def told(inspection: Inspection) -> dict[str, Any]:
    """An inspection as the nursery may know it: that it began, the result and the findings once confirmed.

    What brought the inspectors, and answers under way, are no part of it.
    """
    prefetch_related_objects([inspection], "parts", "findings", "corrections", "assignments__user")
    confirmed = inspection.state == InspectionState.CONFIRMED
    sections = {item["key"]: item["section"] for item in inspection.items}
    return {
        "id": inspection.pk,
        "number": inspection.number,
        "institution_id": inspection.institution_id,
        "institution": inspection.institution.name,
        "offices": [office_of(p.department, p.division_code) for p in inspection.parts.all()],
        "inspectors": [one.user.name for one in inspection.assignments.all()],
        "begun_on": _day(inspection.begun_at),
        "state": inspection.state,
        "state_label": str(InspectionState(inspection.state).label),
        "result": inspection.result,
        "result_label": str(Result(inspection.result).label) if inspection.result else "",
        "confirmed_on": _day(inspection.confirmed_at),
        "published_on": _day(inspection.published_at),
        "findings": [
            {
                "item": one.item, "section": sections.get(one.item, ""), "text": one.text,
                "source": one.source, "severity": one.severity, "severity_label": one.get_severity_display(),
            }
            for one in inspection.findings.all()
        ] if confirmed else [],
        "corrections": [corrected(one) for one in inspection.corrections.all()],
    }  # fmt: skip


def corrected(one: Correction) -> dict[str, Any]:
    """A correction in words."""
    return {
        "former": one.former,
        "former_label": one.get_former_display(),
        "result": one.result,
        "result_label": one.get_result_display(),
        "reason": one.reason,
        "decided_on": one.decided_on,
        "made_on": _day(one.made_at),
        "due_on": one.due_on,
        "late": bool((made := _day(one.made_at)) and made > one.due_on),
    }


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.BEIJING).date() if moment else None


# Nobody is named.
PUBLISHED = (Along(Inspection, "parts"), Along(Inspection, "findings"), Along(Inspection, "corrections"))


def results(*, place: str = "", institution: int | None = None) -> QuerySet[Inspection]:
    """What has been published, the latest first; `place` is a division, with those below it."""
    rows = Inspection.objects.filter(PUBLIC)
    if place:
        rows = rows.filter(division_code__startswith=prefix_of(place))
    if institution is not None:
        rows = rows.filter(institution=institution)
    return bringing(rows.select_related("institution"), *PUBLISHED).order_by("-published_at", "-pk")


def published(inspection: Inspection) -> dict[str, Any]:
    """One of `results` as everybody reads it: the words of the checklist, nobody named."""
    brought(inspection, *PUBLISHED)
    words = {item["key"]: item["text"] for item in inspection.items}
    sections = {item["key"]: item["section"] for item in inspection.items}
    return {
        "number": inspection.number,
        "institution_id": inspection.institution_id,
        "institution": inspection.institution.name,
        "place": place_name(inspection.division_code[:6]),
        "offices": [office_of(p.department, p.division_code) for p in inspection.parts.all()],
        "inspected_on": _day(inspection.begun_at),
        "confirmed_on": _day(inspection.confirmed_at),
        "published_on": _day(inspection.published_at),
        "result": inspection.result,
        "result_label": str(Result(inspection.result).label),
        "found": [
            {"section": sections.get(one.item, ""), "text": words.get(one.item, ""), "source": one.source}
            for one in inspection.findings.all()
        ],
        "corrections": [corrected(one) for one in inspection.corrections.all()],
    }
