"""The one result of an inspection: confirmed, made public, and changed later only with its trace."""

from datetime import date

from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock, texts, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions.standing import heads_of
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import clocks, hooks, visits
from tuoyu.supervision.models import Correction, Finding, Inspection
from tuoyu.supervision.permissions import CONFIRM, CORRECT, PUBLISH
from tuoyu.supervision.vocabulary import InspectionState, Result, Severity, Verdict

WITHDRAW_DAYS = "penalty.withdraw_days"


@action
def confirm(*, by: Actor, inspection: Inspection, result: Result) -> Inspection:
    """Confirm what the visit found: its defects become findings, and the day of publication is set.

    Refused with every reason why it is not ready: parts not done, too few inspectors, signatures missing or
    older than an answer, a result that the defects do not allow. Raises Overtaken when somebody was first.
    """
    require(by, CONFIRM, inspection)
    held = Inspection.objects.select_for_update(of=("self",)).select_related("institution").get(
        pk=inspection.pk
    )  # fmt: skip
    if held.state != InspectionState.UNDERWAY:
        raise Overtaken("检查不在进行中，可能已有人先确认了结果。请刷新后查看。")
    visit = visits.visit_of(held)
    wrong = visits.unready(visit)
    if result not in visit.results:
        allowed = "、".join(str(one.label) for one in visit.results)
        wrong.append(Problem(f"按检查表的答复，结果只能是：{allowed}。", field="result"))
    if wrong:
        raise Refused(wrong)
    due = clocks.publish_due(held.division_code, clock.today())
    findings = Finding.objects.bulk_create(
        Finding(
            inspection=held,
            department=item["department"],
            item=item["key"],
            text=f"{item['text']}：不符合。{visit.answers[item['key']].note}",
            rule_key=item["rule"],
            source=item["source"][:200],
            severity=Severity(item["severity"]),
        )
        for item in held.items
        if item["key"] in visit.answers and visit.answers[item["key"]].verdict == Verdict.DEFECT
    )
    move(
        held,
        from_=InspectionState.UNDERWAY,
        to=InspectionState.CONFIRMED,
        result=result,
        confirmed_at=clock.now(),
        confirmed_by_id=by.user_id,
        confirmed_label=by.label,
        publish_due_on=due.on,
    )
    after = {"result": result, "findings": len(findings), "publish_due_on": str(due.on)}
    audit.record(by, "inspection.confirmed", held, topic=held.topic, place=held.division_code, after=after)
    _tell(
        held,
        "检查结果",
        f"结果为“{Result(result).label}”，"
        + (f"共 {len(findings)} 处不符合。" if findings else "没有不符合项。")
        + "请在“检查”里查看。",
    )
    hooks.tell_confirmed(by, held)
    return held


def _tell(inspection: Inspection, title: str, text: str) -> None:
    about = f"“{inspection.institution.name}”的检查（编号 {inspection.number}）"
    for user_id in heads_of(inspection.institution_id):
        tell(user_id, title, f"{about}{text}", place=inspection.division_code)


@action
def publish(*, by: Actor, inspection: Inspection) -> Inspection:
    """Show the confirmed result to everybody. Raises Overtaken when it is not confirmed or public already."""
    require(by, PUBLISH, inspection)
    rows = Inspection.objects.filter(
        pk=inspection.pk, state=InspectionState.CONFIRMED, published_at__isnull=True
    )
    if rows.update(published_at=clock.now()) != 1:
        raise Overtaken("检查结果还没有确认，或已经公布。请刷新后查看。")
    inspection.refresh_from_db()
    audit.record(by, "inspection.published", inspection, topic=inspection.topic,
                 place=inspection.division_code, after={"result": inspection.result})  # fmt: skip
    return inspection


@action
def correct(
    *, by: Actor, inspection: Inspection, result: Result, reason: str, decided_on: date
) -> Correction:
    """Change a confirmed result: what was published is withdrawn with the reasons, and stays as a trace.

    Refused without a reason, for a result that stands already, or for a day that cannot be.
    """
    require(by, CORRECT, inspection)
    held = Inspection.objects.select_for_update(of=("self",)).select_related("institution").get(
        pk=inspection.pk
    )  # fmt: skip
    former = visits.result_of(held)
    if held.state != InspectionState.CONFIRMED or held.confirmed_at is None:
        raise Refused("检查结果还没有确认，不用变更。", status=409)
    said = texts.tidy(reason).strip()[:500]
    wrong = []
    if not said:
        wrong.append(Problem("请写明变更的理由，公布时一并说明。", field="reason"))
    if result == former:
        wrong.append(Problem("变更后的结果与现在的结果相同。", field="result"))
    confirmed_on = held.confirmed_at.astimezone(clock.BEIJING).date()
    if not confirmed_on <= decided_on <= clock.today():
        wrong.append(Problem("变更决定的日期应在结果确认之后、今天之前（含当日）。", field="decided_on"))
    if wrong:
        raise Refused(wrong)
    days = jurisdictions.book(held.division_code).get(WITHDRAW_DAYS).value
    made = Correction.objects.create(
        inspection=held,
        former=former,
        result=result,
        reason=said,
        decided_on=decided_on,
        due_on=workdays.add_working_days(decided_on, days).on,
        made_label=by.label,
    )
    audit.record(
        by,
        "inspection.corrected",
        held,
        topic=held.topic,
        place=held.division_code,
        before={"result": former},
        after={"result": result, "decided_on": str(decided_on)},
        note=said,
    )
    _tell(
        held,
        "检查结果已变更",
        f"结果由“{Result(former).label}”变更为“{Result(result).label}”。理由：{said}",
    )
    hooks.tell_corrected(by, made)
    return made
