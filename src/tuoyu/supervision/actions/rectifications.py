"""The order to mend: begun by a failing inspection, answered by the institution, looked at again."""

from collections.abc import Iterable, Mapping
from datetime import date

from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case
from tuoyu.core import audit, clock, texts, uploads, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.uploads import Handed
from tuoyu.institutions import actions as institutions
from tuoyu.institutions.models import Institution, Publication
from tuoyu.institutions.vocabulary import Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import visits
from tuoyu.supervision.actions.inspections import schedule
from tuoyu.supervision.models import Finding, Inspection, Proof, Recheck, Rectification
from tuoyu.supervision.permissions import ANSWER_RECTIFICATION, HANDLE_RECTIFICATION
from tuoyu.supervision.vocabulary import Ground, InspectionState, Origin, Result, Severity

RECTIFICATION = "rectification"
DAYS, AT_ONCE, PUBLISH_DAYS = (
    "rectification.days",
    "rectification.published_at_once",
    "inspection.publish_days",
)
MENDED = "mended"
LONGEST = 1000
MOST_PROOFS = 6


def facts_of(institution: Institution, department: str) -> dict[str, str]:
    """What decides who takes the steps of a case that an inspection began."""
    return {
        "kind": institution.kind,
        "legal_form": institution.legal_form,
        "nature": institution.nature,
        "registrar": institution.registrar,
        "inspecting": department,
    }


def field_of(finding_id: int) -> str:
    """The name a finding has in what the institution hands in."""
    return f"finding_{finding_id}"


def day_to_mend(division_code: str) -> workdays.Deadline:
    """The last day to mend what is ordered today; Deadline says when its year is not yet published."""
    days = jurisdictions.book(division_code).get(DAYS).value
    return workdays.add_working_days(clock.today(), days)


def is_to_be_mended(inspection: Inspection) -> bool:
    """Whether an order to mend must follow: it failed, and was not the re-check of an order that it is the
    reason to go on with, or that failed by it."""
    failing = visits.result_of(inspection) not in ("", Result.PASS)
    over = (Case.State.DONE, Case.State.WITHDRAWN)
    rechecked = Recheck.objects.filter(inspection=inspection).exclude(rectification__case__state__in=over)
    return failing and not rechecked.exists()


@action
def open_rectification(*, by: Actor, inspection: Inspection) -> Rectification:
    """Order the institution to mend what a confirmed inspection found.

    Where the place wants it the failing result is published with it. Refused for an inspection that is not
    confirmed or needs none, Overtaken when the order stands already.
    """
    held = Inspection.objects.select_related("institution").select_for_update(of=("self",)).get(
        pk=inspection.pk
    )  # fmt: skip
    if held.state != InspectionState.CONFIRMED:
        raise Refused("检查结果还没有确认，不能责令整改。", status=409)
    if not is_to_be_mended(held):
        raise Refused("检查合格，或者是整改的复查，不另外责令整改。", status=409)
    if Rectification.objects.filter(inspection=held).exists():
        raise Overtaken("这次检查已经责令整改。")
    due = day_to_mend(held.division_code).on
    case = cases.demand(
        by=by,
        procedure=RECTIFICATION,
        division_code=held.division_code,
        facts=facts_of(held.institution, held.department),
        subject_name=held.institution.name,
        respondent_id=held.institution_id,
        remarks=_remarks(held),
        answer_due_on=due,
    )
    ground, office = _ground_known(held.institution), case.steps.order_by("stage", "pk")[0]
    made = Rectification.objects.create(
        inspection=held,
        case=case,
        institution=held.institution,
        department=office.department,
        division_code=office.division_code,
        first_due_on=due,
        ground=ground,
        ground_reason="" if ground == Ground.ORDINARY else "机构没有法人登记",
        ground_label="" if ground == Ground.ORDINARY else by.label,
    )
    audit.record(by, "rectification.opened", made, topic=held.topic, place=held.division_code,
                 after={"case": case.number, "answer_due_on": str(due)})  # fmt: skip
    if jurisdictions.book(held.division_code).find(AT_ONCE):
        _publish(by, made)
    return made


def _ground_known(institution: Institution) -> Ground:
    unregistered = institution.registration == Registration.UNREGISTERED
    return Ground.UNREGISTERED if unregistered else Ground.ORDINARY


def _remarks(inspection: Inspection) -> list[RemarkGiven]:
    findings = inspection.findings.exclude(severity=Severity.INFO)
    return [
        RemarkGiven(one.text, MENDED, field_of(one.pk), one.source, one.rule_key) for one in findings
    ] or [
        RemarkGiven(
            f"检查（编号 {inspection.number}）结果为“{_result_in_words(inspection)}”，按检查记录整改。"
        )
    ]


@action
def add_proof(*, by: Actor, rectification: Rectification, finding: Finding, file: Handed) -> Proof:
    """Keep a file that shows a finding was mended; it goes in with the next answer.

    Refused when it belongs to another inspection, when there are too many, or nothing is to be answered now.
    """
    require(by, ANSWER_RECTIFICATION, rectification)
    case = Case.objects.select_for_update().get(pk=rectification.case_id)
    if finding.inspection_id != rectification.inspection_id:
        raise Refused("这一处不属于这次整改。", status=404)
    if case.state != Case.State.RETURNED:
        raise Overtaken("整改结果已经提交或整改已经结束，不能再补文件。")
    kept = Proof.objects.filter(rectification=rectification, finding=finding, round=case.round + 1)
    if kept.count() >= MOST_PROOFS:
        raise Refused(Problem(f"每一处最多上传{MOST_PROOFS}个文件。", field=field_of(finding.pk)))
    made = Proof.objects.create(
        rectification=rectification,
        finding=finding,
        round=case.round + 1,
        file=uploads.store(file=file, by=by, purpose="rectification"),
        made_label=by.label,
    )
    audit.record(by, "rectification.proof_added", made, topic=rectification.topic,
                 place=rectification.division_code, after={"finding": finding.pk})  # fmt: skip
    return made


@action
def answer(*, by: Actor, rectification: Rectification, told: Mapping[int, str]) -> Rectification:
    """Hand in what was done about every finding. Refused with one problem for each that says nothing."""
    require(by, ANSWER_RECTIFICATION, rectification)
    case = Case.objects.select_for_update().get(pk=rectification.case_id)
    if case.state != Case.State.RETURNED:
        raise Overtaken("整改结果已经提交或整改已经结束。请刷新后查看。")
    said = {
        finding.pk: texts.tidy(told.get(finding.pk, "")).strip()
        for finding in rectification.inspection.findings.exclude(severity=Severity.INFO)
    }
    wrong = [
        Problem("请写明这一处是怎样整改的。", page=MENDED, field=field_of(pk))
        for pk, text in said.items()
        if not text
    ] + [
        Problem(f"整改说明最多{LONGEST}字。", page=MENDED, field=field_of(pk))
        for pk, text in said.items()
        if len(text) > LONGEST
    ]
    if wrong:
        raise Refused(wrong)
    cases.resubmit(
        by=by,
        case=case,
        data={MENDED: {field_of(pk): text for pk, text in said.items()}},
        facts=case.facts,
    )
    rectification.case = case
    return rectification


@action
def extend_rectification(
    *, by: Actor, rectification: Rectification, until: date, reason: str
) -> Rectification:
    """Give the institution more time, for a reason; Refused and Overtaken as `cases.extend` is."""
    require(by, HANDLE_RECTIFICATION, rectification)
    rectification.case = cases.extend(by=by, case=rectification.case, until=until, reason=reason)
    return rectification


@action
def pass_over_silence(*, by: Actor, rectification: Rectification, reason: str) -> Rectification:
    """Let the re-check begin though the institution did not answer in time. Refused while there is time."""
    if by.user_id is not None:
        require(by, HANDLE_RECTIFICATION, rectification)
    rectification.case = cases.go_on(by=by, case=rectification.case, reason=reason or "期满没有提交整改结果")
    return rectification


@action
def state_ground(*, by: Actor, rectification: Rectification, ground: Ground, reason: str) -> Rectification:
    """Say what makes this more than an ordinary rectification, or that nothing does. Refused without a
    reason, Overtaken when the rectification has ended."""
    require(by, HANDLE_RECTIFICATION, rectification)
    said = texts.tidy(reason).strip()[:500]
    if not said:
        raise Refused(Problem("请写明认定的理由。", field="reason"))
    case = Case.objects.select_for_update().get(pk=rectification.case_id)
    if case.state in Case.ENDED:
        raise Overtaken("整改已经结束，不能再认定。")
    before = rectification.ground
    rectification.ground, rectification.ground_reason = ground, said
    rectification.ground_label = by.label
    rectification.save(update_fields=["ground", "ground_reason", "ground_label"])
    audit.record(by, "rectification.ground_stated", rectification, topic=rectification.topic,
                 place=rectification.division_code, before={"ground": before}, after={"ground": ground},
                 note=said)  # fmt: skip
    return rectification


@action
def order_recheck(
    *,
    by: Actor,
    rectification: Rectification,
    inspectors: Iterable[int],
    scheduled_on: date,
) -> Recheck:
    """Order an inspection that looks whether it was mended. Refused with too few inspectors, for a day that
    is past, when one is under way, or when the rectification has ended."""
    require(by, HANDLE_RECTIFICATION, rectification)
    case = Case.objects.select_for_update().get(pk=rectification.case_id)
    if case.state in Case.ENDED:
        raise Overtaken("整改已经结束，不用再复查。")
    if open_recheck(rectification) is not None:
        raise Refused("已经安排了一次复查，还没有结果。", status=409)
    if scheduled_on < clock.today():
        raise Refused(Problem("复查日期不能早于今天。", field="scheduled_on"))
    made = schedule(
        by=by,
        institution=rectification.institution,
        origin=Origin.RECHECK,
        department=rectification.department,
        division_code=rectification.division_code,
        year=scheduled_on.year,
        parts={rectification.department: sorted(set(inspectors))},
        scheduled_on=scheduled_on,
        reason=f"复查整改，办件编号 {case.number}",
    )
    return Recheck.objects.create(rectification=rectification, inspection=made)


def open_recheck(rectification: Rectification) -> Inspection | None:
    """The re-check that has no result yet."""
    return Inspection.objects.filter(
        recheck_of__rectification=rectification,
        state__in=[InspectionState.PLANNED, InspectionState.UNDERWAY],
    ).first()


def last_recheck(rectification: Rectification) -> Inspection | None:
    """The re-check that was confirmed last."""
    rows = Inspection.objects.filter(recheck_of__rectification=rectification, confirmed_at__isnull=False)
    return rows.order_by("-confirmed_at").first()


@action
def publish_failing(*, by: Actor, rectification: Rectification) -> Publication:
    """Make a failing result public, with what was found wrong. Overtaken when it is public already."""
    require(by, HANDLE_RECTIFICATION, rectification)
    return _publish(by, rectification)


def _publish(by: Actor, rectification: Rectification) -> Publication:
    inspection = rectification.inspection
    made = institutions.publicise(
        by=by,
        institution=rectification.institution,
        case=rectification.case,
        kind=Publication.Kind.INSPECTION,
        reasons=published_reasons(inspection, rectification.case.answer_due_on),
        clause=basis_of(rectification.division_code),
        department=rectification.department,
        division_code=rectification.division_code,
    )
    Inspection.objects.filter(pk=inspection.pk, published_at__isnull=True).update(published_at=clock.now())
    return made


def published_reasons(inspection: Inspection, due_on: date | None) -> str:
    """What everybody reads of a failing result: which items, never an inspector's own notes nor what brought
    the inspection."""
    asked = {item.get("key"): str(item.get("text", "")) for item in inspection.items}
    items = [
        asked.get(one.item) or one.text.partition("：")[0]
        for one in inspection.findings.exclude(severity=Severity.INFO)
    ]
    listed = "；".join(items) if items else "见检查结果"
    until = f"责令 {due_on} 前整改。" if due_on else ""
    return f"检查结果为“{_result_in_words(inspection)}”，不符合项：{listed}。{until}"


def _result_in_words(inspection: Inspection) -> str:
    return str(Result(visits.result_of(inspection)).label)


def basis_of(division_code: str) -> str:
    """The rule that makes a failing result public: the place's own, else the national one."""
    book = jurisdictions.book(division_code)
    return (book.find(AT_ONCE) or book.get(PUBLISH_DAYS)).source
