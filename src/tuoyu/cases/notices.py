"""What the parties of a case are told: in the program, and by text message where a gateway is set."""

from collections.abc import Callable, Iterable, Mapping

from django.conf import settings

from tuoyu.accounts.queries import heads_of
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.cases.procedures import handler_of
from tuoyu.core import outbox

Words = Callable[[Case, Step | None], tuple[str, str]]

WORDS: dict[str, Words] = {
    "opened": lambda case, step: (
        "申报已收到",
        f"“{case.subject_name}”的申报已收到，办件编号 {case.number}。各部门开始办理，进展会随时通知您。",
    ),
    "step_approved": lambda case, step: (
        f"{step.name if step else ''}已通过",
        f"“{case.subject_name}”的“{step.name if step else ''}”已通过，无需您操作，将自动进入下一环节。",
    ),
    "returned": lambda case, step: (
        "需要补正",
        f"各部门对“{case.subject_name}”的意见已汇总，一次告知：共"
        f" {case.remarks.filter(round=case.round).count()} 处需要补正。"
        "请按意见修改后重新提交，补正期间不计入办理时限。",
    ),
    "resubmitted": lambda case, step: (
        "补正材料已收到",
        f"“{case.subject_name}”的补正材料已收到，有关部门将继续办理。",
    ),
    "withdrawn": lambda case, step: ("申报已撤回", f"“{case.subject_name}”的申报已撤回，可随时重新申报。"),
    "moot": lambda case, step: ("办件已终止", f"“{case.subject_name}”的这件办件已终止。{case.reason}"),
    "refused": lambda case, step: (
        "不予通过",
        f"“{case.subject_name}”未获通过。理由：{case.reason}",
    ),
    "demanded": lambda case, step: (
        "须限期整改",
        f"“{case.subject_name}”有 {case.remarks.filter(round=case.round).count()} 处须整改，请在"
        f" {case.answer_due_on} 前整改并提交结果。办件编号 {case.number}。",
    ),
    "extended": lambda case, step: (
        "期限已延长",
        f"“{case.subject_name}”的整改期限延长到 {case.answer_due_on}。办件编号 {case.number}。",
    ),
    "done": lambda case, step: ("已办结", f"“{case.subject_name}”的各项手续已全部办结。"),
}


def tell_parties(case: Case, event: str, step: Step | None = None) -> None:
    """Tell the applicant, or those who head the institution that must answer, what happened to `case`.

    `event` is a key of WORDS; a handler may say it in `words` of its own, None for what is not told.
    """
    own: Mapping[str, Words | None] = getattr(handler_of(case), "words", {})
    words = own.get(event, WORDS[event])
    if words is None:
        return
    title, text = words(case, step)
    people = [case.applicant_id] if case.applicant_id else heads_of(case.respondent_id)
    for user_id in people:
        tell(user_id, title, text, place=case.division_code, case=case)


def tell(user_id: int, title: str, text: str, *, place: str, case: Case | None = None) -> None:
    """Tell a person something, about a case where there is one."""
    tell_each([(user_id, text)], title, place=place, case=case)


def tell_each(told: Iterable[tuple[int, str]], title: str, *, place: str, case: Case | None = None) -> None:
    """Tell each of many people something of their own, in one statement."""
    made = Notice.objects.bulk_create(
        Notice(user_id=user_id, case=case, title=title, text=text) for user_id, text in told
    )
    for notice in made if settings.SMS_URL else ():
        outbox.enqueue(
            key=f"notice:{notice.pk}",
            topic="sms",
            department="",
            division_code=place,
            payload={"user_id": notice.user_id, "text": f"{title}：{notice.text}"},
        )
