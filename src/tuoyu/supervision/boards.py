"""What pages, the API and cases read of rectifications and sanctions. A list is one query, a record a few."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from tuoyu.cases.models import Case, Remark, Step, Submission
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor, Role
from tuoyu.core.along import Along, bringing, whole
from tuoyu.core.permissions import Permission, can, visible_to
from tuoyu.core.problems import Problem
from tuoyu.institutions.models import Publication
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.supervision import visits
from tuoyu.supervision.actions.rectifications import MENDED, field_of
from tuoyu.supervision.actions.sanctions import PUBLICATIONS
from tuoyu.supervision.models import Finding, Inspection, Proof, Recall, Rectification, Sanction
from tuoyu.supervision.permissions import ANSWER_RECTIFICATION, VIEW_RECTIFICATION, VIEW_SANCTION
from tuoyu.supervision.vocabulary import Ground, Result, SanctionKind, SanctionState, Severity

RECTIFYING = [
    ("waiting", "整改中"),
    ("overdue", "已超期"),
    ("rechecking", "待复查"),
    ("mended", "已合格"),
    ("failed", "不合格"),
    ("corrected", "复查改判合格"),
    ("moot", "已终止"),
]
RECALLED, UNPUBLISHED = "recalled", "unpublished"
IS_PUBLIC = Exists(Publication.objects.filter(case=OuterRef("case"), kind__in=list(PUBLICATIONS.values())))
RECALL_STATES = {
    Case.State.OPEN: "正在复查",
    Case.State.RETURNED: "正在复查",
    Case.State.DONE: "撤销",
    Case.State.REFUSED: "维持",
    Case.State.WITHDRAWN: "已终止",
}
GUIDANCE = ("penalty.refusal_min", "penalty.refusal_max", "penalty.serious_min", "penalty.serious_max")


@dataclass(frozen=True)
class Narrowed:
    """How a board is narrowed; each field is a parameter of the address."""

    state: str = ""
    place: str = ""
    text: str = ""


def with_recheck(rows: QuerySet[Rectification]) -> QuerySet[Any]:
    """Orders with the result that stands of the re-check confirmed last, as `recheck`; empty without one."""
    looked = Inspection.objects.filter(recheck_of__rectification=OuterRef("pk"), confirmed_at__isnull=False)
    standing = visits.with_standing(looked.order_by("-confirmed_at")).values("standing")
    return rows.annotate(recheck=Coalesce(Subquery(standing[:1]), Value("")))


def _states() -> dict[str, Q]:
    returned, today = Q(case__state=Case.State.RETURNED), clock.today()
    failed = Q(case__state=Case.State.REFUSED)
    return {
        "waiting": returned,
        "overdue": returned & Q(case__answer_due_on__lt=today),
        "rechecking": Q(case__state=Case.State.OPEN),
        "mended": Q(case__state=Case.State.DONE),
        "failed": failed & ~Q(recheck=Result.PASS),
        "corrected": failed & Q(recheck=Result.PASS),
        "moot": Q(case__state=Case.State.WITHDRAWN),
    }


def rectifications(actor: Actor, narrowed: Narrowed) -> QuerySet[Rectification, Any]:
    """The rectifications `actor` may see, those with the least time first, as rows of values."""
    seen = with_recheck(visible_to(actor, VIEW_RECTIFICATION, Rectification.objects.all()))
    return _rectification_rows(_narrowed(seen, narrowed).filter(_states().get(narrowed.state, Q())))


def _rectification_rows(rows: QuerySet[Any]) -> QuerySet[Rectification, Any]:
    ordered = rows.order_by(F("case__answer_due_on").asc(nulls_last=True), "-pk")
    return ordered.values(
        "id", "institution_id", "institution__name", "institution__division_code",
        "division_code", "department", "ground", "first_due_on",
        "case__number", "case__state", "case__answer_due_on", "case__round", "inspection__number",
        "inspection__origin", "inspection__result", "recheck",
    )  # fmt: skip


def _narrowed(rows: QuerySet[Any], narrowed: Narrowed) -> QuerySet[Any]:
    if narrowed.place:
        rows = rows.filter(institution__division_code__startswith=prefix_of(narrowed.place))
    if narrowed.text:
        named = Q(institution__name__icontains=narrowed.text)
        rows = rows.filter(named | Q(case__number__startswith=narrowed.text.upper()))
    return rows


def rectifying_state(row: dict[str, Any]) -> tuple[str, str]:
    """How far a row of `rectifications` has come: key and words. One that failed by a re-check whose result
    was changed to a pass has not failed, though its case has ended."""
    state, due = row["case__state"], row["case__answer_due_on"]
    key = {
        Case.State.RETURNED: "overdue" if due and due < clock.today() else "waiting",
        Case.State.OPEN: "rechecking",
        Case.State.DONE: "mended",
        Case.State.REFUSED: "corrected" if row["recheck"] == Result.PASS else "failed",
        Case.State.WITHDRAWN: "moot",
    }[state]
    return key, dict(RECTIFYING)[key]


def sanctions(actor: Actor, narrowed: Narrowed, kind: str = "") -> QuerySet[Sanction, Any]:
    """The sanctions `actor` may see, the newest first, as rows of values."""
    rows = _narrowed(visible_to(actor, VIEW_SANCTION, Sanction.objects.all()), narrowed)
    if narrowed.state == RECALLED:
        rows = rows.filter(recalls__case__state=Case.State.OPEN)
    if narrowed.state == UNPUBLISHED:
        rows = unpublished(rows)
    if narrowed.state in SanctionState.values:
        rows = rows.filter(state=narrowed.state)
    if kind in SanctionKind.values:
        rows = rows.filter(kind=kind)
    return _sanction_rows(rows)


def unpublished(rows: QuerySet[Sanction]) -> QuerySet[Sanction]:
    """Those of `rows` that are decided, in force and not made public."""
    return rows.filter(state=SanctionState.DECIDED, publish_by__isnull=False).exclude(IS_PUBLIC)


def near_publishing() -> QuerySet[Sanction]:
    """Decisions that are not public and whose last day for it is near or over, the most urgent first."""
    soon = workdays.add_working_days(clock.today(), settings.CLOCK_SOON_WORKING_DAYS).on
    rows = unpublished(Sanction.objects.filter(publish_by__lte=soon))
    return rows.select_related("case", "institution").order_by("publish_by", "pk")


def is_publishable(sanction: Sanction) -> bool:
    """Whether an unpublished decision may become public of itself: it was delivered, and its department is
    not just looking at it again."""
    recalled = sanction.recalls.filter(case__state=Case.State.OPEN)
    return sanction.delivered_on is not None and not recalled.exists()


def _sanction_rows(rows: QuerySet[Sanction]) -> QuerySet[Sanction, Any]:
    recalls = Step.objects.filter(case__recall__sanction=OuterRef("pk"), state=Step.State.ACTIVE)
    return rows.annotate(
        recall_due_on=Subquery(recalls.values("due_on")[:1]), published=IS_PUBLIC
    ).order_by("-pk").values(
        "id", "kind", "state", "institution_id", "institution__name", "institution__division_code",
        "division_code", "department",
        "opened_on", "decide_by", "hearing_until", "decided_on", "delivered_on", "publish_by", "years",
        "published", "overturned_on", "withdraw_by", "recall_due_on", "case__number", "inspection__number",
    )  # fmt: skip


def rectifications_at(
    actor: Actor, pk: int, permission: Permission = VIEW_RECTIFICATION
) -> QuerySet[Any, Any]:
    """The rectifications of one institution that `actor` may see."""
    rows = visible_to(actor, permission, Rectification.objects.filter(institution=pk))
    return _rectification_rows(with_recheck(rows))


def sanctions_at(actor: Actor, pk: int, permission: Permission = VIEW_SANCTION) -> QuerySet[Any, Any]:
    """The sanctions of one institution that `actor` may see."""
    return _sanction_rows(visible_to(actor, permission, Sanction.objects.filter(institution=pk)))


def follow_up_at(actor: Actor, pk: int) -> QuerySet[Any, Any] | None:
    """What the tab of an institution counts: its rectifications; None for whom it is no business."""
    if any(seat.institution_id == pk and seat.role is Role.NURSERY_HEAD for seat in actor.seats):
        return visible_to(actor, ANSWER_RECTIFICATION, Rectification.objects.filter(institution=pk))
    if not can(actor, VIEW_RECTIFICATION):
        return None
    return visible_to(actor, VIEW_RECTIFICATION, Rectification.objects.filter(institution=pk))


def sanction_dressed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of sanctions in words; `clock_on` is the day by which it has to be decided, looked at again or
    made public, `clock_label` which of these."""
    due, what = _next_day(row)
    return row | {
        "kind_label": SanctionKind(row["kind"]).label,
        "state_label": SanctionState(row["state"]).label,
        "place": place_name(row["institution__division_code"]),
        "office": department_name(row["department"], row["division_code"]),
        "clock_on": due,
        "clock_label": what,
    }


def _next_day(row: dict[str, Any]) -> tuple[date | None, str]:
    if row["state"] in (SanctionState.OPEN, SanctionState.NOTIFIED):
        return row["decide_by"], "作出决定"
    if row["recall_due_on"] is not None:
        return row["recall_due_on"], "复查决定"
    if row["state"] == SanctionState.DECIDED and not row["published"]:
        return row["publish_by"], "公示"
    return None, ""


def today() -> date:
    """Today, for what a page compares with it."""
    return clock.today()


RECTIFICATION = (
    Along(Rectification, "handed_in", Submission.objects.filter(case=OuterRef("case")).order_by("round")),
    Along(Rectification, "proofs", also={"file": ("name",)}),
    Along(
        Rectification,
        "to_mend",
        Finding.objects.filter(inspection=OuterRef("inspection")).exclude(severity=Severity.INFO),
    ),
    Along(
        Rectification,
        "rechecked_by",
        Inspection.objects.filter(recheck_of__rectification=OuterRef("pk")).order_by("recheck_of__pk"),
    ),
    Along(Rectification, "published", Publication.objects.filter(case=OuterRef("case"))),
    Along(
        Rectification,
        "remarks",
        Remark.objects.filter(case=OuterRef("case"), round=OuterRef("case__round")).order_by("pk"),
    ),
)


def whole_rectifications() -> QuerySet[Rectification]:
    """Rectifications with all that `rectification_told` tells of one."""
    rows = with_recheck(Rectification.objects.select_related("case", "inspection", "institution"))
    return bringing(rows, *RECTIFICATION)


def rectification_told(found: Rectification) -> dict[str, Any]:
    """One rectification: its findings with what was done about each, files, re-checks, what is public, and
    the remarks its next answer is to heed."""
    found = whole(found, whole_rectifications(), *RECTIFICATION)
    along, proofs = vars(found), list(found.proofs.all())
    stands = {"case__state": found.case.state, "case__answer_due_on": found.case.answer_due_on}
    return {
        "rectification": found,
        "case": found.case,
        "state": rectifying_state(stands | {"recheck": along["recheck"]}),
        "inspection": found.inspection,
        "ground": Ground(found.ground).label,
        "findings": [_finding_told(one, along["handed_in"], proofs) for one in along["to_mend"]],
        "rechecks": along["rechecked_by"],
        "publications": along["published"],
        "remarks": along["remarks"],
    }


def _finding_told(one: Finding, submissions: list[Any], proofs: list[Any]) -> dict[str, Any]:
    field = field_of(one.pk)
    answers = [
        {
            "round": handed.round,
            "text": handed.data.get(MENDED, {}).get(field, ""),
            "at": handed.handed_in_at,
            "proofs": [p for p in proofs if p.finding_id == one.pk and p.round == handed.round],
        }
        for handed in submissions
    ]
    rounds = {handed.round for handed in submissions}
    return {
        "finding": one,
        "field": field,
        "answers": answers,
        "kept": [p for p in proofs if p.finding_id == one.pk and p.round not in rounds],
    }


def proof_of(actor: Actor, pk: int) -> Proof:
    """A file of a rectification that `actor` may see or must answer; 404 for anybody else."""
    kept = Proof.objects.select_related("file", "rectification")
    seen = visible_to(actor, VIEW_RECTIFICATION, Rectification.objects.all()) | visible_to(
        actor, ANSWER_RECTIFICATION, Rectification.objects.all()
    )
    return get_object_or_404(kept.filter(rectification__in=seen.values("pk")), pk=pk)


SANCTION = (
    Along(
        Sanction,
        "punished",
        Finding.objects.filter(sanctioned__sanction=OuterRef("pk")).order_by("sanctioned__pk"),
    ),
    Along(Sanction, "published", Publication.objects.filter(case=OuterRef("case"))),
    Along(
        Sanction,
        "recalls",
        also={"case": ("number", "state"), "correction": ("former", "result", "reason")},
    ),
    Along(
        Sanction,
        "recall_steps",
        Step.objects.filter(case__recall__sanction=OuterRef("pk")).order_by("pk"),
    ),
)


def whole_sanctions() -> QuerySet[Sanction]:
    """Sanctions with all that `sanction_told` tells of one."""
    rows = Sanction.objects.select_related("case", "inspection", "institution", "responsible", "review")
    return bringing(rows, *SANCTION)


def sanction_told(found: Sanction) -> dict[str, Any]:
    """One sanction: what it rests on, its days, what is public, and the frame the law gives, as guidance."""
    found = whole(found, whole_sanctions(), *SANCTION)
    along = vars(found)
    steps = {step.case_id: step for step in along["recall_steps"]}
    book = jurisdictions.book(found.institution.division_code)
    return {
        "sanction": found,
        "case": found.case,
        "inspection": found.inspection,
        "findings": along["punished"],
        "guidance": [rule for key in GUIDANCE if (rule := book.find(key)) is not None]
        if found.kind == SanctionKind.PENALTY
        else [],
        "publications": along["published"],
        "review": getattr(found, "review", None),
        "recall": None,
        "recalls": [_recall_told(one, steps.get(one.case_id)) for one in found.recalls.all()],
        "withdrawn_late": _withdrawn_late(found, along["published"]),
        "today": clock.today(),
    }


def _recall_told(one: Recall, step: Step | None) -> dict[str, Any]:
    return {
        "case_number": one.case.number,
        "state": one.case.state,
        "state_label": RECALL_STATES[Case.State(one.case.state)],
        "due_on": step.due_on if step else None,
        "provisional": step is not None and step.provisional,
        "asked_at": one.asked_at,
        "former_label": one.correction.get_former_display(),
        "result_label": one.correction.get_result_display(),
        "reason": one.correction.reason,
    }


def _withdrawn_late(found: Sanction, published: list[Publication]) -> bool:
    """Whether what was published of an overturned decision was withdrawn after its days."""
    due = found.withdraw_by
    return due is not None and any(one.withdrawn_on and one.withdrawn_on > due for one in published)


def problems_of(form: forms.Form) -> list[Problem]:
    """What a form found wrong, as problems."""
    return [Problem(str(error), field=name) for name, errors in form.errors.items() for error in errors]
