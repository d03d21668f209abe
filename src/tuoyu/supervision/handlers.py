"""Supervision's part in its cases: what is read before deciding, and what each decision brings about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.cases.models import Case, Step
from tuoyu.cases.notices import Words
from tuoyu.cases.procedures import DecisionOffered, FormPage, Material
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import boards, visits
from tuoyu.supervision.actions import rectifications, sanctions
from tuoyu.supervision.models import Recall, Rectification, Review, Sanction
from tuoyu.supervision.pursuing import pursue_failure
from tuoyu.supervision.sanction_forms import DecisionMadeForm, DeliveryForm, ProposalForm
from tuoyu.supervision.vocabulary import Result, SanctionState, Severity

CITED = (
    "penalty.",
    "rectification.",
    "staff.",
    "ratio.",
    "fire.",
    "hygiene.",
    "class.",
    "premises.",
    "video.",
)


DROP = DecisionOffered("refuse", "不予处理", "本件终止，须写明理由，告知机构")
RECHECK = (
    DecisionOffered("approve", "整改合格", "整改结束，告知机构"),
    DecisionOffered("defects", "还须整改", "写明还有什么没有改好，另定期限"),
    DecisionOffered("refuse", "整改不合格", "按当地规定立案处理，须写明理由，告知机构"),
)
NOTICE = DecisionOffered("approve", "告知机构", "告知拟作出的处罚和听证权利")
DECISION = DecisionOffered("approve", "作出决定", "立即生效，告知机构")
DELIVERY = (DecisionOffered("approve", "已送达", "处罚生效，本件办结"),)
REVOKE = DecisionOffered("approve", "收回登记并公告", "机构退出公开名录，公告所有人可见")
CLOSE = DecisionOffered("approve", "取缔并公告", "机构退出公开名录，公告所有人可见")
WITH = ("case", "inspection", "institution")
REVIEW = (
    DecisionOffered("approve", "撤销原决定", "撤回公示并说明理由"),
    DecisionOffered("refuse", "维持原决定", "须写明理由，告知机构"),
)


class FollowUp:
    """What the cases after an inspection have in common."""

    words: Mapping[str, Words | None] = {"opened": None, "step_approved": None, "resubmitted": None}

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing: what the case is about keeps its case itself."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Nothing unless a kind of case says so."""

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """Nothing unless a kind of case says so."""

    def on_returned(self, case: Case, by: Actor) -> None:
        """Never: sending back is not among what is offered."""

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """Nothing unless a kind of case says so."""

    def pages(self, case: Case) -> Sequence[FormPage]:
        """Nothing was handed in."""
        return ()

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """The rules of supervision that a remark may rest on."""
        rules = jurisdictions.book(case.division_code, None, case.pack).in_force()
        return [
            (rule.key, f"{rule.name or rule.key}（{rule.source}）")
            for rule in rules
            if rule.key.startswith(CITED)
        ]

    def shown(self, page: str, field: str, value: Any) -> str:
        """What was handed in is words already."""
        return "" if value is None else str(value)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """Nothing: an approval says it all."""
        return None

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """What other departments are told; no person."""
        return {"case": case.number, "name": case.subject_name, "institution_id": case.respondent_id}


class RectificationHandler(FollowUp):
    """The order to mend: approved when mended, defects when not yet, refused when it failed."""

    words: Mapping[str, Words | None] = {
        "step_approved": None,
        "returned": lambda case, step: (
            "整改还没有到位",
            f"“{case.subject_name}”经复查还有 {case.remarks.filter(round=case.round).count()} 处须整改，请在"
            f" {case.answer_due_on} 前整改并提交结果。办件编号 {case.number}。",
        ),
        "resubmitted": lambda case, step: (
            "整改结果已收到",
            f"“{case.subject_name}”的整改结果已收到，部门将复查。办件编号 {case.number}。",
        ),
        "refused": lambda case, step: (
            "整改不合格",
            f"“{case.subject_name}”整改不合格。理由：{case.reason} 部门将依法处理。办件编号 {case.number}。",
        ),
        "done": lambda case, step: (
            "整改合格",
            f"“{case.subject_name}”的整改已经合格。办件编号 {case.number}。",
        ),
    }

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """It is mended; not while a re-check has no result, or found otherwise."""
        found = Rectification.objects.get(case=case)
        _demand_recheck_done(found)
        last = rectifications.last_recheck(found)
        if last is not None and visits.result_of(last) != Result.PASS:
            raise Refused("最近一次复查的结果不是合格，不能认定已经整改到位。", status=409)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """It failed: what the rules of the place say follows."""
        found = Rectification.objects.select_related("inspection__institution").get(case=case)
        _demand_recheck_done(found)
        pursue_failure(by=by, rectification=found, reason=reason)

    def on_returned(self, case: Case, by: Actor) -> None:
        """Not mended yet: another day, the usual one unless the officer named one."""
        if case.answer_due_on is None:
            case.answer_due_on = rectifications.day_to_mend(case.division_code).on
            case.save(update_fields=["answer_due_on"])

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Mended, not yet, or not."""
        return RECHECK

    def pages(self, case: Case) -> Sequence[FormPage]:
        """One page, each finding a field of it."""
        found = Rectification.objects.select_related("inspection").get(case=case)
        rows = found.inspection.findings.exclude(severity=Severity.INFO)
        fields = tuple((rectifications.field_of(one.pk), one.text[:60]) for one in rows)
        return [FormPage(rectifications.MENDED, "整改情况", fields)]

    def material(self, case: Case, actor: Actor) -> Material:
        """Each finding with what was done about it, and the re-checks."""
        found = Rectification.objects.select_related("inspection", "institution").get(case=case)
        return Material("supervision/material_rectification.html", boards.rectification_told(found))

    def applicant_url(self, case: Case) -> str:
        """Where the head reads and answers."""
        found = Rectification.objects.values_list("pk", flat=True).get(case=case)
        return reverse("supervision:own_rectification", args=[found])


def _demand_recheck_done(found: Rectification) -> None:
    under_way = rectifications.open_recheck(found)
    if under_way is not None:
        raise Refused(f"复查（编号 {under_way.number}）还没有结果，请先确认复查结果。", status=409)


class SanctionHandler(FollowUp):
    """A penalty: told, decided, delivered."""

    words: Mapping[str, Words | None] = {
        "opened": None,
        "step_approved": None,
        "refused": lambda case, step: (
            "不予处理",
            f"“{case.subject_name}”的{case.procedure_name}不再继续。理由：{case.reason}"
            f" 办件编号 {case.number}。",
        ),
        "done": None,
    }

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Tell what is proposed, make the decision, or note its delivery."""
        form = self.result_form(step, result)
        if form is not None and not form.is_valid():
            raise Refused(boards.problems_of(form))
        given = form.cleaned_data if form is not None else {}
        if step.key == "notice":
            sanctions.notify_proposed(by=by, case=case, step=step, measure=given["measure"])
        elif step.key == "decision":
            sanctions.decide_sanction(by=by, case=case, step=step, decided=sanctions.decided_from(given))
        elif step.key == "delivery":
            sanctions.deliver(by=by, case=case, step=step, delivered_on=given["delivered_on"])

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """Nothing is done to the institution."""
        sanctions.drop(by=by, case=case, reason=reason)

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Go on or let go; what was decided is only delivered."""
        return {"notice": (NOTICE, DROP), "decision": (DECISION, DROP)}.get(step.key, DELIVERY)

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """What was not decided is let go with its case."""
        if Sanction.objects.filter(
            case=case, state__in=[SanctionState.OPEN, SanctionState.NOTIFIED]
        ).exists():
            sanctions.drop(by=by, case=case, reason=case.reason)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """What is proposed; what is decided; when it was delivered."""
        if step.key == "notice":
            return ProposalForm(data)
        if step.key == "decision":
            sanction = Sanction.objects.filter(case=step.case_id).first()
            return DecisionMadeForm(data, sanction=sanction)
        if step.key == "delivery":
            return DeliveryForm(data)
        return None

    def material(self, case: Case, actor: Actor) -> Material:
        """What it rests on, what is proposed, whether to be heard was asked; the law's frame."""
        found = Sanction.objects.select_related("inspection", "institution", "case").get(case=case)
        return Material("supervision/material_sanction.html", boards.sanction_told(found))

    def applicant_url(self, case: Case) -> str:
        """Where the head reads it, asks to be heard or for a review."""
        found = Sanction.objects.values_list("pk", flat=True).get(case=case)
        return reverse("supervision:own_sanction", args=[found])

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """Beside who it is: what was decided."""
        found = Sanction.objects.get(case=case)
        told = super().payload(case, step)
        return told | {"kind": found.kind, "measure": found.measure, "decided_on": str(found.decided_on)}


class RevocationHandler(SanctionHandler):
    """The registrar takes a registration back."""

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Take it back or let it go."""
        return (REVOKE, DROP)

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Taken back and announced, in one."""
        sanctions.take_back(by=by, case=case, step=step)


class BanHandler(SanctionHandler):
    """The authority closes an institution down."""

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Close it down or let it go."""
        return (CLOSE, DROP)

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Closed down and announced, in one."""
        sanctions.ban(by=by, case=case, step=step)


class ReviewHandler(FollowUp):
    """A decision is looked at again: approved, it is overturned; refused, it stands."""

    words: Mapping[str, Words | None] = {
        "opened": lambda case, step: (
            "复核申请已收到",
            f"“{case.subject_name}”的复核申请已收到，由原经办人以外的人员复核。办件编号 {case.number}。",
        ),
        "step_approved": None,
        "refused": lambda case, step: (
            "复核维持原决定",
            f"“{case.subject_name}”申请复核的决定予以维持。理由：{case.reason} 仍不服的可以依法申请行政复议"
            f"或者提起行政诉讼。办件编号 {case.number}。",
        ),
        "done": lambda case, step: (
            "复核撤销原决定",
            f"“{case.subject_name}”申请复核的决定已经撤销。办件编号 {case.number}。",
        ),
    }

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """The decision does not hold."""
        sanction = self._not_by_its_maker(case, by)
        reason = step.reason.strip() or f"经{case.procedure_name}撤销（{case.number}）"
        sanctions.overturn_in(by=by, sanction=sanction, case=case, reason=reason)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """The decision stands."""
        self._not_by_its_maker(case, by)

    def offered(self, step: Step) -> Sequence[DecisionOffered]:
        """Overturn or uphold."""
        return REVIEW

    def looked_at(self, case: Case) -> tuple[Sanction, dict[str, Any]]:
        """The decision, and why it is to be looked at again."""
        review = Review.objects.select_related(*(f"sanction__{one}" for one in WITH)).get(case=case)
        return review.sanction, {"review": review}

    def _not_by_its_maker(self, case: Case, by: Actor) -> Sanction:
        sanction, _ = self.looked_at(case)
        made = Step.objects.filter(case=sanction.case_id, decided_by__isnull=False)
        if by.user_id is not None and made.filter(decided_by=by.user_id).exists():
            raise Refused("您办理过原决定，应由其他人员复核。", status=403)
        return sanction

    def material(self, case: Case, actor: Actor) -> Material:
        """The decision, and why it is to be looked at again."""
        sanction, why = self.looked_at(case)
        return Material("supervision/material_sanction.html", boards.sanction_told(sanction) | why)

    def applicant_url(self, case: Case) -> str:
        """Where the head reads the decision."""
        sanction, _ = self.looked_at(case)
        return reverse("supervision:own_sanction", args=[sanction.pk])


class RecallHandler(ReviewHandler):
    """The result a decision rests on was changed: its department looks at it again, of itself."""

    words: Mapping[str, Words | None] = {
        "opened": lambda case, step: (
            "处理决定正在复查",
            f"对“{case.subject_name}”的一项处理决定所依据的检查结果已变更，作出决定的部门正在复查，结果会通知您。"
            f"办件编号 {case.number}。",
        ),
        "step_approved": None,
        "refused": lambda case, step: (
            "复查维持原决定",
            f"对“{case.subject_name}”的处理决定经复查予以维持。理由：{case.reason} 不服的可以申请复核，也可以"
            f"依法申请行政复议或者提起行政诉讼。办件编号 {case.number}。",
        ),
        "done": None,
    }

    def looked_at(self, case: Case) -> tuple[Sanction, dict[str, Any]]:
        """The decision, and what was changed."""
        rows = Recall.objects.select_related("correction", *(f"sanction__{one}" for one in WITH))
        recall = rows.get(case=case)
        return recall.sanction, {"recall": recall}
