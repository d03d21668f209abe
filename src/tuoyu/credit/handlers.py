"""Credit's part in its cases: repair, and objections to what is recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.cases.models import Case, Step
from tuoyu.cases.notices import Words
from tuoyu.cases.procedures import DecisionOffered, FormPage, Material
from tuoyu.core.actor import Actor
from tuoyu.credit import actions, queries, terms
from tuoyu.credit.models import CreditRequest
from tuoyu.credit.vocabulary import RequestKind

OFFERED = {
    RequestKind.REPAIR: (
        DecisionOffered("approve", "准予修复", "停止公示、共享和使用，告知申请人"),
        DecisionOffered("refuse", "不予修复", "须写明理由，申请人可以再次申请"),
    ),
    RequestKind.OBJECTION: (
        DecisionOffered("approve", "异议成立", "撤销这条信息，停止公示、共享和使用"),
        DecisionOffered("refuse", "异议不成立", "须写明理由，信息不变"),
    ),
}


class RequestHandler:
    """A request is granted or refused as it stands; it is not sent back to be mended."""

    words: Mapping[str, Words | None] = {
        "opened": lambda case, step: (
            "申请已收到",
            f"“{case.subject_name}”的{case.procedure_name}申请已收到，办件编号 {case.number}。",
        ),
        "step_approved": None,
        "refused": lambda case, step: (
            f"{case.procedure_name}未获准许",
            f"“{case.subject_name}”的{case.procedure_name}申请未获准许。理由：{case.reason}",
        ),
        "done": lambda case, step: (
            f"{case.procedure_name}已办结",
            f"“{case.subject_name}”的{case.procedure_name}申请已经准许，有关信息不再公示、共享和使用。",
        ),
    }

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Grant or refuse."""
        return OFFERED[RequestKind(_request(step.case).kind)]

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing: the request keeps its case itself."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Repaired, or withdrawn because it was mistaken."""
        if _request(case).kind == RequestKind.REPAIR:
            actions.grant_repair(by=by, case=case)
        else:
            actions.uphold_objection(by=by, case=case, reason=step.reason.strip())

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """The event stays as it is."""
        actions.refuse_request(by=by, case=case, reason=reason)

    def on_returned(self, case: Case, by: Actor) -> None:
        """Never: sending back is not among what is offered."""

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """The request ends with its case."""
        actions.drop_request(by=by, case=case)

    def pages(self, case: Case) -> Sequence[FormPage]:
        """What was stated."""
        return [FormPage("credit", "申请", (("statement", "情况和理由"), ("pledge", "公开承诺")))]

    def material(self, case: Case, actor: Actor) -> Material:
        """The event, what is asked, and from when it may be repaired."""
        found = _request(case)
        event = queries.events().get(pk=found.event_id)
        context = {
            "request_made": queries.request_shown(found),
            "row": queries.shown(event),
            "rules": terms.rules_at(event.division_code, event.credit_class),
        }
        return Material("credit/material.html", context)

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """The rules of the class of the event."""
        event = _request(case).event
        rules = terms.rules_at(event.division_code, event.credit_class)
        return [(rule.key, f"{rule.name}（{rule.source}）") for rule in rules]

    def shown(self, page: str, field: str, value: Any) -> str:
        """What was handed in is words already."""
        return "" if value is None else str(value)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """Nothing: an approval says it all."""
        return None

    def applicant_url(self, case: Case) -> str:
        """Where whoever asked reads how it stands."""
        return reverse("credit:request", args=[_request(case).pk])

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """Nobody is pushed anything but the platform."""
        return {"case": case.number, "name": case.subject_name}


def _request(case: Case) -> CreditRequest:
    return CreditRequest.objects.select_related("event", "case").get(case=case)
