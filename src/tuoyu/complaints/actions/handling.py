"""What officers do with a complaint: sort it, hand it over, answer it, learn who told it."""

from collections.abc import Mapping
from typing import Any

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.complaints import queries, reports
from tuoyu.complaints.forms import AnswerForm, ReviewAnswerForm, TriageForm
from tuoyu.complaints.models import Complaint, Extension, Review
from tuoyu.complaints.permissions import EXTEND, REVEAL, VIEW
from tuoyu.complaints.vocabulary import URGENT
from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleValue
from tuoyu.supervision.actions.inspections import schedule
from tuoyu.supervision.vocabulary import Origin

LONGEST_REASON = 500


@action
def triage(*, by: Actor, case: Case, step: Step, result: Mapping[str, Any]) -> Complaint:
    """Say what a complaint is, of whom, and who handles it; what puts a child in danger becomes an inspection
    at once. Part of deciding its step; raises Refused with what is missing.
    """
    complaint = Complaint.objects.select_related("institution", "case").get(case=case)
    form = TriageForm(dict(result), step=step, complaint=complaint)
    said = _cleaned(form)
    urgent = said["kind"] in URGENT
    before = {"kind": complaint.kind, "institution": complaint.institution_id}
    complaint.kind, complaint.institution = said["kind"], form.meant
    complaint.save(update_fields=["kind", "institution"])
    if urgent != case.restricted:
        cases.restrict(by=by, case=case, restricted=urgent)
    if urgent:
        reports.report_harm(complaint)
    sent = [int(pk) for pk in said["inspectors"]]
    if sent and complaint.institution is not None:
        _inspect(by, complaint, step, sent)
    _give_to(by, case, said["department"], sent[0] if urgent and sent else None)
    audit.record(
        by,
        "complaint.sorted",
        complaint,
        topic=case.topic,
        before=before,
        after={"kind": complaint.kind, "institution": complaint.institution_id, "inspectors": len(sent)},
    )
    return complaint


def _inspect(by: Actor, complaint: Complaint, step: Step, sent: list[int]) -> None:
    """The reason stays here: an inspection's own record is read by more people than this."""
    assert complaint.institution is not None
    complaint.inspection = schedule(
        by=by,
        institution=complaint.institution,
        origin=Origin.REPORT,
        department=step.department,
        division_code=step.division_code,
        year=clock.today().year,
        parts={step.department: sent},
        scheduled_on=clock.today(),
    )
    complaint.save(update_fields=["inspection"])


def _give_to(by: Actor, case: Case, department: str, assignee_id: int | None) -> None:
    step = case.steps.get(kind=Step.Kind.HANDLING)
    authority = jurisdictions.authority_of(case.division_code, "county", department).code
    if (department, authority) != (step.department, step.division_code) or assignee_id:
        cases.hand_over(
            by=by, step=step, department=department, division_code=authority, assignee_id=assignee_id
        )


@action
def hand_over(*, by: Actor, complaint: Complaint, department: str, reason: str) -> Step:
    """Give the handling to another department, because it is not one's own business; the clock runs on.

    Raises Refused for a report of harm, which stays with health, for a department that is none here, and
    without a reason; Overtaken when it is not under way.
    """
    require(by, VIEW, complaint)
    case = Case.objects.select_for_update().get(pk=complaint.case_id)
    step = case.steps.filter(kind=Step.Kind.HANDLING, state=Step.State.ACTIVE).first()
    if step is None:
        raise Overtaken("这件投诉不在处理中，不能转办。")
    if case.restricted:
        raise Refused("涉嫌侵害儿童的举报由卫生健康部门办理，不能转办。", status=409)
    if department not in dict(queries.handlers(case.division_code)):
        raise Refused(Problem("请选择承办部门。", field="department"))
    authority = jurisdictions.authority_of(case.division_code, "county", department).code
    return cases.hand_over(by=by, step=step, department=department, division_code=authority, reason=reason)


@action
def extend(*, by: Actor, complaint: Complaint, days: int, reason: str) -> Extension:
    """Make the days of handling longer, once, by no more than the rule of the channel allows; whoever told
    it reads the reason.

    Raises Refused where the channel knows no extension, for too many days, without a reason, the second
    time or when the days are over; Overtaken when it is not being handled.
    """
    require(by, EXTEND, complaint)
    # The lock keeps a second extension out until this one is written.
    held = Complaint.objects.select_for_update(of=("self",)).select_related("case").get(pk=complaint.pk)
    step = held.case.steps.filter(kind=Step.Kind.HANDLING, state=Step.State.ACTIVE).first()
    if step is None or step.due_on is None:
        raise Overtaken("这件投诉不在处理中，不能延期。")
    rule, reason = queries.extension_rule(held), texts.tidy(reason).strip()
    if rule is None:
        raise Refused("这一渠道的规定里没有延期，请在期限内答复。", status=409)
    if Extension.objects.filter(complaint=held).exists():
        raise Refused(Problem("已经延长过一次，不能再延长。", source=rule.source), status=409)
    if step.due_on < clock.today():
        raise Refused("办理期限已过，不能再延长，请尽快答复。", status=409)
    _check_extension(days, reason, rule)
    longer = cases.lengthen(by=by, step=step, days=days, reason=reason)
    assert longer.due_on is not None
    made = Extension.objects.create(
        complaint=held, days=days, due_before=step.due_on, due_on=longer.due_on, reason=reason,
        source=rule.source[:200], made_label=by.label[:120],
    )  # fmt: skip
    audit.record(by, "complaint.extended", held, topic=held.case.topic, after={"days": days}, note=reason)
    return made


def _check_extension(days: int, reason: str, rule: RuleValue) -> None:
    wrong = []
    if not 1 <= days <= int(rule.value):
        said = f"最多延长{rule.value}天。"
        wrong.append(Problem(said, field="days", rule_key=rule.key, source=rule.source))
    if not reason:
        wrong.append(Problem("延期须写明理由，提出人会看到。", field="reason"))
    elif len(reason) > LONGEST_REASON:
        wrong.append(Problem(f"理由最多{LONGEST_REASON}字。", field="reason"))
    if wrong:
        raise Refused(wrong)


@action
def answer(*, by: Actor, case: Case, result: Mapping[str, Any]) -> Complaint:
    """Keep what was found and what is answered. Part of deciding the handling."""
    complaint = Complaint.objects.get(case=case)
    said = _cleaned(AnswerForm(dict(result)))
    complaint.conclusion, complaint.found = said["conclusion"], said["found"]
    complaint.answer, complaint.answered_at = said["answer"], clock.now()
    complaint.save(update_fields=["conclusion", "found", "answer", "answered_at"])
    audit.record(
        by, "complaint.answered", complaint, topic=case.topic, after={"conclusion": complaint.conclusion}
    )
    return complaint


@action
def answer_review(*, by: Actor, case: Case, result: Mapping[str, Any]) -> Review:
    """Keep what the office above says of an answer. Part of deciding the review."""
    review = Review.objects.get(case=case)
    review.answer, review.answered_at = _cleaned(ReviewAnswerForm(dict(result)))["answer"], clock.now()
    review.save(update_fields=["answer", "answered_at"])
    audit.record(by, "complaint.reviewed", review, topic=case.topic)
    return review


@action
def reveal_reporter(*, by: Actor, complaint: Complaint, reason: str) -> tuple[str, str]:
    """Name and telephone in clear, for a reason that is written down with who read them.

    Raises Refused without a reason, or where there is nothing to read.
    """
    require(by, REVEAL, complaint)
    if not reason.strip():
        raise Refused(Problem("查看举报人须写明理由。", field="reason"))
    if complaint.anonymous or complaint.contact_erased_at:
        raise Refused("这件投诉没有留下联系方式，或已按期删除。", status=409)
    audit.record(
        by,
        "complaint.reporter_read",
        complaint,
        topic=complaint.case.topic,
        after={"fields": ["reporter_name", "reporter_phone"]},
        note=reason.strip(),
        place=complaint.division_code,
    )
    return str(complaint.reporter_name), str(complaint.reporter_phone)


def _cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        wrong = [(name, str(error)) for name, errors in form.errors.items() for error in errors]
        raise Refused([Problem(text, field="" if name == "__all__" else name) for name, text in wrong])
    return dict(form.cleaned_data)
