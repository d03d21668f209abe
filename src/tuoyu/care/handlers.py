"""Care's part in cases of accountability: what is read before deciding, what the institution is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.care.models import Incident
from tuoyu.cases.models import Case, Step
from tuoyu.cases.notices import Words
from tuoyu.cases.procedures import DecisionOffered, FormPage, Material
from tuoyu.core.actor import Actor
from tuoyu.institutions import policy

CITED = ("incident.", "staff.", "ratio.", "video.", "emergency.")


OFFERED = (
    DecisionOffered("approve", "追究责任，办结", "在说明里写明追究谁的什么责任，告知机构"),
    DecisionOffered("defects", "要求机构说明", "写明要说明的内容和期限，机构答复后继续办理"),
    DecisionOffered("refuse", "不追究责任，办结", "须写明理由，告知机构"),
)


class AccountabilityHandler:
    """Who answers for a serious incident: the institution explains, the department decides."""

    words: Mapping[str, Words | None] = {
        "opened": lambda case, step: (
            "伤害事件已立案",
            f"“{case.subject_name}”报告的严重伤害事件已立案，办件编号 {case.number}。"
            "有关部门将了解情况，需要说明时会通知机构。",
        ),
        "step_approved": None,
        "returned": lambda case, step: (
            "需要说明情况",
            f"“{case.subject_name}”须就伤害事件作出说明，办件编号 {case.number}。"
            + (f"请在 {case.answer_due_on} 前答复。" if case.answer_due_on else ""),
        ),
        "resubmitted": None,
        "done": lambda case, step: (
            "伤害事件已办结",
            f"“{case.subject_name}”伤害事件的责任追究已办结，办件编号 {case.number}。",
        ),
    }

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Somebody answers for it, is asked first, or nobody does."""
        return OFFERED

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing: the incident keeps its case itself."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Nothing: what the department decided stands with its step."""

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """Nobody answers for it; the reasons stand with the case."""

    def on_returned(self, case: Case, by: Actor) -> None:
        """The institution may answer."""

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """Nothing: the incident stays reported."""

    def pages(self, case: Case) -> Sequence[FormPage]:
        """One page: what the institution answers."""
        return [FormPage("answer", "情况说明", (("text", "说明"),))]

    def material(self, case: Case, actor: Actor) -> Material:
        """The incident, and what the institution answered."""
        incident = Incident.objects.select_related("institution", "class_group").get(case=case)
        answers = list(case.submissions.order_by("round"))
        return Material("care/material.html", {"incident": incident, "answers": answers})

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """The rules a question may rest on."""
        book = policy.book_at(case.division_code, None, case.pack.digest)
        return [
            (rule.key, f"{getattr(rule, 'name', '') or rule.key}（{rule.source}）")
            for rule in book.rules
            if rule.key.startswith(CITED)
        ]

    def shown(self, page: str, field: str, value: Any) -> str:
        """An answer is words already."""
        return "" if value is None else str(value)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """Nothing: the reasons say it."""
        return None

    def applicant_url(self, case: Case) -> str:
        """Where the institution reads and answers."""
        return reverse("care:incident", args=[Incident.objects.values_list("pk", flat=True).get(case=case)])

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """What other departments are told; no person."""
        incident = Incident.objects.get(case=case)
        return {
            "case": case.number,
            "name": case.subject_name,
            "institution_id": incident.institution_id,
            "incident": f"{incident.get_kind_display()}，{incident.get_severity_display()}",
            "happened_on": incident.happened_at.date().isoformat(),
        }
