"""The complaints' part in their cases: what sorting and answering bring about, and what officers read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.cases.models import Case, Step
from tuoyu.cases.procedures import DecisionOffered, FormPage, Material
from tuoyu.complaints import actions, queries
from tuoyu.complaints.forms import AnswerForm, ReviewAnswerForm, TriageForm
from tuoyu.complaints.models import Complaint
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused

TRIAGE = (
    DecisionOffered("approve", "分办", "确定类别、机构和承办部门；涉嫌侵害儿童的立即核查"),
    DecisionOffered("refuse", "不予受理", "理由会告知提出人"),
)
HANDLING = (DecisionOffered("approve", "答复", "写明查证结果和答复，提出人凭编号和查询码可见"),)


class ComplaintHandler:
    """A complaint: sorted, handled, answered. Nobody applied, and the institution is told nothing."""

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing yet: the complaint is written after its case."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Sorting names the kind, the institution and who handles it; handling answers."""
        if step.kind == Step.Kind.TRIAGE:
            actions.triage(by=by, case=case, step=step, result=result)
        elif step.kind == Step.Kind.HANDLING:
            actions.answer(by=by, case=case, result=result)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """Not taken up: the tracker shows the reason."""

    def on_returned(self, case: Case, by: Actor) -> None:
        """Nobody could mend it."""
        raise Refused("投诉举报不退回补正，请分办、答复或写明理由不予受理。", status=409)

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """Nothing hangs on it."""

    def pages(self, case: Case) -> Sequence[FormPage]:
        """No form a remark could be pinned to."""
        return ()

    def material(self, case: Case, actor: Actor) -> Material:
        """The complaint; that a restricted one was read is written down."""
        complaint = queries.whole(actor).get(case=case)
        return Material("complaints/_complaint.html", queries.material(actor, complaint))

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """No remarks, no rules for them."""
        return ()

    def shown(self, page: str, field: str, value: Any) -> str:
        """Nothing is handed in again."""
        return str(value)

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Sort it or do not take it up; answer it."""
        return TRIAGE if step.kind == Step.Kind.TRIAGE else HANDLING

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """What sorting and answering must state."""
        if step.kind == Step.Kind.TRIAGE:
            return TriageForm(data, step=step, complaint=queries.of_case(step.case))
        return AnswerForm(data)

    def applicant_url(self, case: Case) -> str:
        """Whoever told it looks it up by number and code."""
        return reverse("complaints:tracker")

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """Nothing of who told it."""
        return {"case": case.number, "name": Complaint.objects.get(case=case).about}


class ReviewHandler(ComplaintHandler):
    """The office above looks at an answer again."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """What it says is kept beside the first answer."""
        actions.answer_review(by=by, case=case, result=result)

    def material(self, case: Case, actor: Actor) -> Material:
        """The complaint, its answer, and why whoever told it is not content."""
        complaint = queries.whole(actor).get(review__case=case)
        return Material("complaints/_complaint.html", queries.material(actor, complaint))

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Answer it."""
        return (DecisionOffered("approve", "作出复查意见", "提出人凭原编号和查询码可见"),)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """The words of the review."""
        return ReviewAnswerForm(data)

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """Nothing of who told it."""
        return {"case": case.number}
