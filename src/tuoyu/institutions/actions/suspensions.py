"""A suspension called off before its first day: the nursery goes on, and whoever was told hears of it."""

from tuoyu.cases.models import Step
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock, outbox
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import standing
from tuoyu.institutions.models import Institution, Suspension
from tuoyu.institutions.permissions import CALL_OFF_SUSPENSION

TOPIC = "suspension.called_off"
LONGEST = 200


@action
def call_off_suspension(*, by: Actor, suspension: Suspension, reason: str) -> Suspension:
    """Call off a suspension that has not begun; families read of it no more, the record keeps it.

    Refused without a reason, and once it has begun: then service is resumed. Overtaken when somebody called
    it off first.
    """
    require(by, CALL_OFF_SUSPENSION, suspension.institution)
    said = reason.strip()
    if not said:
        raise Refused(Problem("请写明为什么取消暂停。", field="reason"))
    if len(said) > LONGEST:
        raise Refused(Problem(f"原因最多{LONGEST}字。", field="reason"))
    institution = Institution.objects.select_for_update().get(pk=suspension.institution_id)
    held = Suspension.objects.select_for_update().get(pk=suspension.pk)
    if held.called_off_on is not None:
        raise Overtaken("这次暂停已经取消，不用再办。")
    if held.days.lower <= clock.today():
        raise Refused(Problem("暂停已经开始，不能取消。", fix="要提前恢复的，请办理恢复服务。"), status=409)
    today = clock.today()
    left = Suspension.objects.filter(pk=held.pk, called_off_on=None)
    left.update(called_off_on=today, called_off_reason=said, called_off_label=by.label)
    held.refresh_from_db()
    _tell(institution, held)
    audit.record(by, "institution.suspension_called_off", institution, topic=institution.topic,
                 place=institution.division_code, note=said,
                 before={"from": str(held.days.lower), "to": str(held.last_day)},
                 after={"called_off_on": str(today)})  # fmt: skip
    return held


def _tell(institution: Institution, suspension: Suspension) -> None:
    """Who asked for it, who heads the institution, the office that took note of it, and who was told."""
    days = f"{suspension.days.lower}至{suspension.last_day}"
    text = f"“{institution.name}”原定{days}的暂停服务已经取消，照常服务。原因：{suspension.called_off_reason}"
    case = suspension.case
    applicant = [case.applicant_id] if case.applicant_id else []
    for user_id in {*applicant, *standing.heads_of(institution.pk)}:
        tell(user_id, "暂停服务已取消", text, place=institution.division_code, case=case)
    offices = {(step.department, step.division_code) for step in case.steps.filter(kind=Step.Kind.SUSPENSION)}
    told = OutboxMessage.objects.filter(key__startswith=f"{case.topic}:", topic="suspension.approved")
    offices |= set(told.values_list("department", "division_code"))
    for department, place in sorted(offices):
        outbox.enqueue(
            key=f"suspension:{suspension.pk}:called_off:{department}:{place}",
            topic=TOPIC,
            department=department,
            division_code=place,
            payload={
                "case": case.number,
                "name": institution.name,
                "institution_id": institution.pk,
                "uscc": institution.uscc,
                "days": days,
                "reason": suspension.called_off_reason,
            },
        )
