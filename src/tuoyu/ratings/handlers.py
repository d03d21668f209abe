"""The part of this room in its cases: the check of what an agency scored, and the approval of the result."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.cases.models import Case, Step
from tuoyu.cases.notices import Words
from tuoyu.cases.procedures import DecisionOffered, FormPage, Material
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.ratings import actions, queries, rules
from tuoyu.ratings.models import Assessment
from tuoyu.ratings.vocabulary import Side


class AssessmentHandler:
    """Checking and approving a result. The institution is told by the assessment itself."""

    words: Mapping[str, Words | None] = {
        "opened": None,
        "step_approved": None,
        "done": None,
        "moot": None,
        "refused": lambda case, step: (
            "评估未通过审核",
            f"“{case.subject_name}”的评估未通过审核，本次没有结果。理由：{case.reason}",
        ),
    }

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """No third way: what is to be scored again goes back to the agency on the assessment's own page."""
        if step.kind == Step.Kind.ASSESSMENT:
            return (
                DecisionOffered("approve", "核对通过", "结果已告知机构、没有未答复的异议后，进入审核"),
                DecisionOffered("refuse", "不予通过", "评估终止，本次没有结果，须写明理由"),
            )
        return (
            DecisionOffered("approve", "审核通过并公布", "总分和等级立即向社会公布"),
            DecisionOffered("refuse", "不予通过", "评估终止，本次没有结果，须写明理由"),
        )

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing yet: the assessment notes its case itself."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """The check lets the result go on; its approval publishes it."""
        if step.kind == Step.Kind.ASSESSMENT:
            actions.approve_check(by=by, case=case)
        else:
            actions.publish(by=by, case=case)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """The assessment ends without a result."""
        actions.end_refused(by=by, case=case, reason=reason)

    def on_returned(self, case: Case, by: Actor) -> None:
        """Scores go back to the agency, not to the institution, and on the assessment's own page."""
        raise Refused("评估不退回机构补正。需要重新评分的，请在评估页面退回评估机构，并写明理由。")

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """The assessment ends with its case."""
        actions.note_ended(by=by, case=case)

    def pages(self, case: Case) -> Sequence[FormPage]:
        """Nothing was handed in to which a remark could be pinned."""
        return ()

    def material(self, case: Case, actor: Actor) -> Material:
        """What both sides scored, item by item, and what that comes to."""
        rows = Assessment.objects.select_related("tree", "agency", "institution")
        found = rows.get(case=case)
        tree = found.tree.tree
        own, expert = queries.told_of(found, Side.SELF), queries.told_of(found, Side.EXPERT)
        context = {
            "assessment": found,
            "chapters": queries.compared(tree.chapters, own, expert),
            "result": rules.result_of(tree, expert),
            "own": rules.result_of(tree, own),
            "objections": list(found.objections.all()),
        }
        return Material("ratings/material.html", context)

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """Nothing is remarked here."""
        return ()

    def shown(self, page: str, field: str, value: Any) -> str:
        """Nothing is handed in again."""
        return "" if value is None else str(value)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """Nothing: the scores say it all."""
        return None

    def applicant_url(self, case: Case) -> str:
        """Where the institution reads its assessment."""
        return reverse("ratings:assessment", args=[Assessment.objects.get(case=case).pk])

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """What is pushed to other departments: the result that is public."""
        found = Assessment.objects.get(case=case)
        return {"case": case.number, "name": case.subject_name, "year": found.year, "grade": found.grade}
