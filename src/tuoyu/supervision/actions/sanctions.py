"""What an authority does when nothing was mended: a penalty, the taking back of a registration, a ban.

The steps are those of the case; here is what each brings about, and what the institution may ask for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from tuoyu.accounts.queries import heads_of
from tuoyu.cases import actions as cases
from tuoyu.cases import clocks
from tuoyu.cases.models import Case, Step
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock, texts, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions import actions as institutions
from tuoyu.institutions.models import Publication
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleBook, RuleMissing
from tuoyu.supervision import hooks, visits
from tuoyu.supervision.actions.rectifications import facts_of
from tuoyu.supervision.models import (
    Correction,
    Finding,
    Inspection,
    Recall,
    Rectification,
    Review,
    Sanction,
    SanctionedFinding,
)
from tuoyu.supervision.permissions import (
    ANSWER_SANCTION,
    HANDLE_RECTIFICATION,
    HANDLE_SANCTION,
    OVERTURN_SANCTION,
)
from tuoyu.supervision.vocabulary import Result, SanctionKind, SanctionState, Severity

REVIEW, RECALL = "sanction_review", "sanction_recall"
WITHDRAW_DAYS = "penalty.withdraw_days"
PUBLICATIONS = {
    SanctionKind.PENALTY: Publication.Kind.PENALTY,
    SanctionKind.REVOCATION: Publication.Kind.REVOCATION,
    SanctionKind.BAN: Publication.Kind.BAN,
}
PUNISHED_ALREADY = "这些问题已经立案或者作过处理，同一问题不能处理两次。"


@dataclass(frozen=True)
class Decided:
    """What an officer decided: the measure in words, a fine where there is one, who is responsible."""

    measure: str
    amount: Decimal | None = None
    responsible_id: int | None = None


# ---------------------------------------------------------------- beginning


@action
def open_sanction(
    *,
    by: Actor,
    kind: SanctionKind,
    inspection: Inspection,
    findings: Sequence[Finding] = (),
    years: Sequence[int] = (),
    why: str = "",
    referred_to: str = "",
) -> Sanction:
    """Begin a case of a penalty, a revocation or a ban, after an inspection.

    What is proposed to be done without an officer's own words (`why`) is told the institution at once, with
    its right to be heard. `referred_to` is the department the inspection's result refers it to; any other is
    that of the department that led. Refused for findings that are held already, or where one of the kind is
    under way.
    """
    institution = inspection.institution
    case = cases.open_matter(
        by=by,
        procedure=str(kind),
        division_code=inspection.division_code,
        facts=facts_of(institution, referred_to or inspection.department),
        subject_name=institution.name,
        respondent_id=institution.pk,
    )
    step = case.steps.order_by("stage", "pk")[0]
    book = jurisdictions.book(inspection.division_code)
    today = clock.today()
    made = Sanction(
        kind=kind,
        case=case,
        institution=institution,
        inspection=inspection,
        department=step.department,
        division_code=step.division_code,
        years=list(years),
        referred=bool(referred_to),
        opened_on=today,
        decide_by=clocks.ends(today, book.get("penalty.decision_days").value, counts_all_days=True).on,
    )
    if why:
        _propose(made, why, book)
    _keep(made, findings)
    audit.record(by, "sanction.opened", made, topic=inspection.topic, place=made.division_code, note=why,
                 after={"kind": kind, "case": case.number, "findings": len(findings)})  # fmt: skip
    if why:
        _tell_proposed(made)
    return made


def _keep(made: Sanction, findings: Iterable[Finding]) -> None:
    """Write a sanction with its findings; the database lets each stand in one only."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            SanctionedFinding.objects.bulk_create(
                SanctionedFinding(sanction=made, finding=finding) for finding in findings
            )
    except IntegrityError as known:
        if "punished_once" not in str(known) and "at_a_time" not in str(known):
            raise
        said = PUNISHED_ALREADY if "punished_once" in str(known) else "这家机构已有一件在办，不能重复立案。"
        raise Refused(said, status=409) from known


def _propose(sanction: Sanction, measure: str, book: RuleBook) -> None:
    today = clock.today()
    until = workdays.add_working_days(today, book.get("penalty.hearing_request_days").value)
    sanction.state = SanctionState.NOTIFIED
    sanction.proposed, sanction.notified_on = measure, today
    sanction.hearing_until, sanction.hearing_provisional = until.on, until.provisional


def _tell_proposed(sanction: Sanction) -> None:
    _tell_heads(
        sanction,
        f"{sanction.get_kind_display()}事先告知",
        f"拟对“{sanction.institution.name}”作出：{sanction.proposed}。您可以陈述、申辩；要求听证的，请在"
        f" {sanction.hearing_until} 前提出。",
    )


@action
def open_penalty(
    *, by: Actor, rectification: Rectification, kind: SanctionKind = SanctionKind.PENALTY
) -> Sanction:
    """Begin a penalty (or, where the place has one, a ban) for what a rectification was ordered for, by an
    officer's decision. Refused where the place has no such procedure or the findings are held already."""
    require(by, HANDLE_RECTIFICATION, rectification)
    if visits.result_of(rectification.inspection) == Result.PASS:
        raise Refused("检查结果已变更为合格，不能据此立案。", status=409)
    if kind == SanctionKind.REVOCATION:
        raise Refused("收回登记由连续不合格的年度结果引起，不能在这里启动。")
    why = (
        ""
        if kind == SanctionKind.PENALTY
        else rectification.ground_reason or rectification.case.procedure_name
    )
    return open_sanction(
        by=by,
        kind=kind,
        inspection=rectification.inspection,
        findings=findings_of(rectification.inspection),
        why="" if kind == SanctionKind.PENALTY else why,
    )


def findings_of(inspection: Inspection) -> list[Finding]:
    """What an institution may be punished for."""
    return list(inspection.findings.exclude(severity=Severity.INFO))


# ---------------------------------------------------------------- deciding


@action
def notify_proposed(*, by: Actor, case: Case, step: Step, measure: str) -> Sanction:
    """Tell the institution what is to be done to it and until when it may ask to be heard."""
    sanction = _held(case)
    if not (said := texts.tidy(measure).strip()):
        raise Refused(Problem("请写明拟作出的处理。", field="measure"))
    if sanction.state != SanctionState.OPEN:
        raise Overtaken
    _propose(sanction, said, jurisdictions.book(sanction.division_code))
    sanction.save()
    audit.record(by, "sanction.notified", sanction, topic=sanction.topic, place=step.division_code,
                 after={"hearing_until": str(sanction.hearing_until)}, note=said)  # fmt: skip
    _tell_proposed(sanction)
    return sanction


@action
def decide_sanction(*, by: Actor, case: Case, step: Step, decided: Decided) -> Sanction:
    """Make the decision, once the institution has had its time to be heard.

    Refused before that, when a hearing it asked for was not held, without a measure, for a responsible
    person who never worked there, or whom the measure, which is made public, calls by name.
    """
    sanction = _held(case)
    wrong = list(_not_heard(sanction))
    if not (said := texts.tidy(decided.measure).strip()):
        wrong.append(Problem("请写明决定的内容。", field="measure"))
    if decided.amount is not None and decided.amount < 0:
        wrong.append(Problem("金额不能小于零。", field="amount"))
    worked = sanction.institution.employments.filter(person=decided.responsible_id).first()
    if decided.responsible_id is not None and worked is None:
        wrong.append(Problem("直接责任人应是这家机构的从业人员。", field="responsible"))
    if worked is not None and str(worked.name) in said.replace(sanction.institution.name, ""):
        wrong.append(Problem("决定内容会公示，不写个人姓名；直接责任人已另外选择。", field="measure"))
    if wrong:
        raise Refused(wrong, status=409 if not any(one.field for one in wrong) else 422)
    today = clock.today()
    days = jurisdictions.book(sanction.division_code).get("penalty.publish_days").value
    move(
        sanction,
        from_=SanctionState.NOTIFIED,
        to=SanctionState.DECIDED,
        measure=said,
        amount=decided.amount,
        responsible_id=decided.responsible_id,
        decided_on=today,
        publish_by=workdays.add_working_days(today, days).on,
    )
    audit.record(by, "sanction.decided", sanction, topic=sanction.topic, place=step.division_code,
                 after={"kind": sanction.kind, "measure": said})  # fmt: skip
    _tell_heads(
        sanction,
        f"{sanction.get_kind_display()}决定",
        f"对“{sanction.institution.name}”的决定：{said}。不服的可以申请复核，也可以依法申请行政复议或者提起行政诉讼。",
    )
    return sanction


def _tell_heads(sanction: Sanction, title: str, text: str) -> None:
    number = f"办件编号 {sanction.case.number}。"
    for user_id in heads_of(sanction.institution_id):
        tell(user_id, title, text + number, place=sanction.division_code, case=sanction.case)


def _not_heard(sanction: Sanction) -> Iterable[Problem]:
    if sanction.hearing_asked_at is not None:
        if sanction.hearing_held_on is None:
            yield Problem("机构申请了听证，听证后才能决定。", fix="请先举行听证并记录。")
    elif sanction.hearing_until is None:
        yield Problem("还没有告知机构拟作出的处理。")
    elif sanction.hearing_until >= clock.today():
        yield Problem(
            f"机构可以在{sanction.hearing_until}前（含当日）申请听证，期满后才能决定。",
            source=jurisdictions.book(sanction.division_code).get("penalty.hearing_request_days").source,
        )


@action
def deliver(*, by: Actor, case: Case, step: Step, delivered_on: date | None) -> Sanction:
    """Note that a penalty was delivered: with that it is final. Refused for a day that cannot be."""
    sanction = _held(case)
    if delivered_on is None or sanction.decided_on is None:
        raise Refused(Problem("请填写送达日期。", field="delivered_on"))
    if not sanction.decided_on <= delivered_on <= clock.today():
        raise Refused(Problem("送达日期应在决定之后、今天之前（含当日）。", field="delivered_on"))
    sanction.delivered_on = delivered_on
    sanction.save(update_fields=["delivered_on"])
    audit.record(by, "sanction.delivered", sanction, topic=sanction.topic, place=step.division_code,
                 after={"delivered_on": str(delivered_on)})  # fmt: skip
    hooks.tell_sanctioned(by, sanction)
    return sanction


@action
def take_back(*, by: Actor, case: Case, step: Step) -> Sanction:
    """Take the registration back and announce it: final at once."""
    sanction = decide_sanction(by=by, case=case, step=step, decided=Decided(_held(case).proposed))
    institutions.take_back_registration(by=by, institution=sanction.institution, case=case, step=step)
    return _announce(by, sanction)


@action
def ban(*, by: Actor, case: Case, step: Step) -> Sanction:
    """Close the institution down and announce it: final at once."""
    sanction = decide_sanction(by=by, case=case, step=step, decided=Decided(_held(case).proposed))
    institutions.close_down(by=by, institution=sanction.institution, case=case, step=step)
    return _announce(by, sanction)


def _announce(by: Actor, sanction: Sanction) -> Sanction:
    sanction.institution.refresh_from_db()
    _publish(by, sanction)
    hooks.tell_sanctioned(by, sanction)
    return sanction


@action
def drop(*, by: Actor, case: Case, reason: str) -> Sanction:
    """Let a sanction go before it is decided: its findings are free again."""
    sanction = _held(case)
    move(sanction, from_=(SanctionState.OPEN, SanctionState.NOTIFIED), to=SanctionState.DROPPED)
    sanction.sanctioned.update(in_force=False)
    audit.record(by, "sanction.dropped", sanction, topic=sanction.topic, place=sanction.division_code,
                 note=reason)  # fmt: skip
    return sanction


def _held(case: Case) -> Sanction:
    rows = Sanction.objects.select_for_update(of=("self",)).select_related("institution", "case")
    return rows.get(case=case)


# ---------------------------------------------------------------- being heard, publishing, overturning


@action
def ask_hearing(*, by: Actor, sanction: Sanction) -> Sanction:
    """Ask to be heard before the decision. Refused when the time is over, Overtaken when it was asked or
    decided already."""
    require(by, ANSWER_SANCTION, sanction)
    held = _held(sanction.case)
    if (
        held.state != SanctionState.NOTIFIED
        or held.hearing_asked_at is not None
        or held.hearing_until is None
    ):
        raise Overtaken("已经申请过听证，或者现在不能申请听证。")
    if held.hearing_until < clock.today():
        raise Refused(f"申请听证的期限（{held.hearing_until}）已过。", status=409)
    held.hearing_asked_at, held.hearing_asked_label = clock.now(), by.label
    held.save(update_fields=["hearing_asked_at", "hearing_asked_label"])
    audit.record(by, "sanction.hearing_asked", held, topic=held.topic, place=held.division_code)
    return held


@action
def record_hearing(*, by: Actor, sanction: Sanction, held_on: date, record: str) -> Sanction:
    """Write down the hearing that was held. Refused without a record or for a day that cannot be."""
    require(by, HANDLE_SANCTION, sanction)
    held = _held(sanction.case)
    said = texts.tidy(record).strip()
    if held.state != SanctionState.NOTIFIED or held.hearing_asked_at is None or held.hearing_held_on:
        raise Overtaken("没有要举行的听证，或者已经记录。")
    wrong = []
    if not said:
        wrong.append(Problem("请写明听证的情况和意见。", field="record"))
    if not held.opened_on <= held_on <= clock.today():
        wrong.append(Problem("听证日期应在立案之后、今天之前（含当日）。", field="held_on"))
    if wrong:
        raise Refused(wrong)
    held.hearing_held_on, held.hearing_record = held_on, said
    held.save(update_fields=["hearing_held_on", "hearing_record"])
    audit.record(by, "sanction.hearing_held", held, topic=held.topic, place=held.division_code,
                 after={"held_on": str(held_on)})  # fmt: skip
    return held


@action
def publish_sanction(*, by: Actor, sanction: Sanction) -> Publication:
    """Make a decision public. Refused before it is decided, Overtaken when it is public already."""
    require(by, HANDLE_SANCTION, sanction)
    held = _held(sanction.case)
    if held.state != SanctionState.DECIDED:
        raise Refused("没有有效的决定，不能公示。", status=409)
    return _publish(by, held)


def _publish(by: Actor, sanction: Sanction) -> Publication:
    book = jurisdictions.book(sanction.division_code)
    procedure = book.procedure(str(sanction.kind))
    return institutions.publicise(
        by=by,
        institution=sanction.institution,
        case=sanction.case,
        kind=PUBLICATIONS[SanctionKind(sanction.kind)],
        reasons=f"{procedure.name}（{sanction.decided_on}）：{sanction.measure}",
        clause=f"《{book.procedure_title(procedure)}》{procedure.clause}",
        department=sanction.department,
        division_code=sanction.division_code,
    )


@action
def ask_review(*, by: Actor, sanction: Sanction, reason: str) -> Review:
    """Ask that a decision be looked at again. Refused without a reason or a decision, Overtaken when it was
    asked before."""
    require(by, ANSWER_SANCTION, sanction)
    held = _held(sanction.case)
    said = texts.tidy(reason).strip()[:2000]
    if not said:
        raise Refused(Problem("请写明申请复核的理由。", field="reason"))
    if held.state != SanctionState.DECIDED:
        raise Refused("现在没有可以申请复核的决定。", status=409)
    if Review.objects.filter(sanction=held).exists():
        raise Overtaken("已经申请过复核。")
    case = cases.open_matter(
        by=by,
        procedure=REVIEW,
        division_code=held.institution.division_code,
        facts=facts_of(held.institution, held.department),
        subject_name=held.institution.name,
        respondent_id=held.institution_id,
    )
    made = Review.objects.create(sanction=held, case=case, reason=said, asked_label=by.label)
    audit.record(by, "sanction.review_asked", held, topic=held.topic, place=held.division_code, note=said)
    return made


@action
def recall(*, by: Actor, sanction: Sanction, correction: Correction) -> Recall:
    """Ask the department that made a decision to look at it again, because the result of an inspection it
    rests on was changed. Refused where no decision stands."""
    held = _held(sanction.case)
    if held.state != SanctionState.DECIDED:
        raise Refused("没有有效的决定，不用复查。", status=409)
    case = cases.open_matter(
        by=by,
        procedure=RECALL,
        division_code=held.institution.division_code,
        facts=facts_of(held.institution, held.department),
        subject_name=held.institution.name,
        respondent_id=held.institution_id,
    )
    made = Recall.objects.create(sanction=held, correction=correction, case=case)
    audit.record(by, "sanction.recalled", held, topic=held.topic, place=held.division_code,
                 after={"case": case.number}, note=correction.reason)  # fmt: skip
    return made


@action
def overturn(*, by: Actor, sanction: Sanction, reason: str, decided_on: date | None = None) -> Sanction:
    """Overturn a decision: what was published is withdrawn with the reasons, its findings are free again.

    `decided_on` is the day it was overturned, such as that of a court's judgment; today when none is named.
    What the decision did to a registration or a filing is not undone here: that is registered or filed anew.
    Refused without a reason or for a day that cannot be.
    """
    require(by, OVERTURN_SANCTION, sanction)
    today = clock.today()
    if decided_on is not None and not (sanction.decided_on or today) <= decided_on <= today:
        raise Refused(Problem("撤销的日期应在原决定之后、今天之前（含当日）。", field="decided_on"))
    return _overturn(by, sanction, reason, decided_on or today)


@action
def overturn_in(*, by: Actor, sanction: Sanction, case: Case, reason: str) -> Sanction:
    """Overturn a decision because a case in which it was looked at again, `case`, found so."""
    return _overturn(by, sanction, reason, clock.today(), found_in=case)


def _overturn(
    by: Actor, sanction: Sanction, reason: str, decided_on: date, found_in: Case | None = None
) -> Sanction:
    held = _held(sanction.case)
    said = texts.tidy(reason).strip()[:500]
    if not said:
        raise Refused(Problem("撤销须写明理由，撤回公示时公开说明。", field="reason"))
    days = jurisdictions.book(held.division_code).get(WITHDRAW_DAYS).value
    move(
        held,
        from_=SanctionState.DECIDED,
        to=SanctionState.OVERTURNED,
        overturned_on=decided_on,
        overturned_reason=said,
        withdraw_by=workdays.add_working_days(decided_on, days).on,
    )
    held.sanctioned.update(in_force=False)
    for publication in Publication.objects.filter(case=held.case, withdrawn_on=None):
        institutions.withdraw_publication(by=by, publication=publication, reason=said)
    audit.record(by, "sanction.overturned", held, topic=held.topic, place=held.division_code, note=said)
    hooks.tell_overturned(by, held)
    _end_with(by, held, said, but=found_in)
    _tell_heads(held, "处理决定已撤销", f"对“{held.institution.name}”的决定已撤销。理由：{said}。")
    return held


def _end_with(by: Actor, sanction: Sanction, reason: str, but: Case | None) -> None:
    """What was still to be done about a decision ends with it: its delivery, looking at it again."""
    about = Case.objects.filter(
        Q(sanction=sanction) | Q(review__sanction=sanction) | Q(recall__sanction=sanction)
    )
    for case in about.exclude(state__in=Case.ENDED).exclude(pk=but.pk if but else 0).order_by("pk"):
        cases.end_moot(by=by, case=case, reason=reason)


def has_procedure(division_code: str, kind: str) -> bool:
    """Whether a place knows such a procedure."""
    try:
        jurisdictions.book(division_code).procedure(kind)
    except RuleMissing:
        return False
    return True


def decided_from(result: Mapping[str, Any]) -> Decided:
    """A decision from what an officer typed; Refused for an amount or a person that is none."""
    amount, person = result.get("amount"), result.get("responsible")
    try:
        return Decided(
            str(result.get("measure") or ""),
            Decimal(str(amount)) if amount not in (None, "") else None,
            int(person) if person not in (None, "") else None,
        )
    except (ArithmeticError, ValueError, TypeError) as wrong:
        raise Refused(Problem("金额或责任人填写有误。", field="amount")) from wrong
