"""The engine: every change of a case, in one transaction, by somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from tuoyu.accounts.queries import colleagues, has_left_post
from tuoyu.cases import clocks, notices, rules
from tuoyu.cases.models import Case, Notice, Remark, Step, Submission
from tuoyu.cases.permissions import DECIDE, MEND, REASSIGN
from tuoyu.cases.plans import StepPlan, frozen_facts, handed_on, other_hands, plan, replanned
from tuoyu.cases.procedures import handler_of, offered_at
from tuoyu.core import audit, clock, outbox
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move

DECISIONS = {
    "approve": Step.State.APPROVED,
    "defects": Step.State.DEFECTIVE,
    "refuse": Step.State.REFUSED,
}


@dataclass(frozen=True)
class RemarkGiven:
    """A defect an officer found: where, what, and the rule it rests on."""

    text: str
    page: str = ""
    field: str = ""
    source: str = ""
    rule_key: str = ""


@action
def open_case(
    *,
    by: Actor,
    procedure: str,
    division_code: str,
    facts: Mapping[str, Any],
    subject_name: str,
    applicant_id: int,
    channel: str,
    data: Mapping[str, Any],
) -> Case:
    """Open a case under the pack in force today, with its steps planned and the first of them begun.

    Raises Refused when the place has no such procedure or the facts lead to no department.
    """
    case = _opened(by, procedure, division_code, facts, subject_name, channel, applicant_id=applicant_id)
    Submission.objects.create(case=case, round=1, data=dict(data), handed_in_label=by.label)
    _begin(case, by)
    return case


@action
def open_matter(
    *,
    by: Actor,
    procedure: str,
    division_code: str,
    facts: Mapping[str, Any],
    subject_name: str,
    respondent_id: int | None = None,
    channel: str = Case.Channel.OFFICE,
    restricted: bool = False,
) -> Case:
    """Open a case that nobody applied for: an office begins it, or one of the public brought it.

    Its first steps begin at once. Raises Refused as `open_case` does.
    """
    case = _opened(
        by, procedure, division_code, facts, subject_name, channel,
        respondent_id=respondent_id, restricted=restricted,
    )  # fmt: skip
    _begin(case, by)
    return case


@action
def demand(
    *,
    by: Actor,
    procedure: str,
    division_code: str,
    facts: Mapping[str, Any],
    subject_name: str,
    respondent_id: int,
    remarks: Sequence[RemarkGiven],
    answer_due_on: date,
) -> Case:
    """Open a case that begins with what an institution must mend, each remark pinned to what was found, by a
    day; its steps begin when it has answered (`resubmit`), or its time is over (`go_on`).

    Raises Refused without a remark, and as `open_case` does.
    """
    if not remarks:
        raise Refused(Problem("请至少写明一处需要整改的内容。", field="remarks"))
    case = _opened(by, procedure, division_code, facts, subject_name, "office", respondent_id=respondent_id)
    move(case, from_=Case.State.OPEN, to=Case.State.RETURNED, answer_due_on=answer_due_on)
    first = case.steps.order_by("stage", "pk")[0]
    _keep_remarks(case, first, by, remarks)
    handler_of(case).on_opened(case, by)
    notices.tell_parties(case, "demanded")
    return case


@action
def extend(*, by: Actor, case: Case, until: date, reason: str) -> Case:
    """Give the respondent of a returned case until a later day. Raises Refused without a reason or when the
    day is no later, Overtaken when the case is no longer with the respondent."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not reason.strip():
        raise Refused(Problem("延期须写明理由。", field="reason"))
    before = case.answer_due_on
    if before is None or until <= before:
        raise Refused(Problem("延长后的期限须晚于原来的期限。", field="until"))
    move(case, from_=Case.State.RETURNED, to=Case.State.RETURNED, answer_due_on=until)
    audit.record(
        by,
        "case.extended",
        case,
        topic=case.topic,
        before={"answer_due_on": before.isoformat()},
        after={"answer_due_on": until.isoformat()},
        note=reason,
    )
    notices.tell_parties(case, "extended")
    return case


@action
def go_on(*, by: Actor, case: Case, reason: str) -> Case:
    """Go on with a returned case whose respondent has not answered in time; the steps look at it as it is.

    Raises Refused while there is time left, Overtaken when it has been answered.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.answer_due_on is None or case.answer_due_on >= clock.today():
        raise Refused("答复期限未到，不能继续办理。", status=409)
    move(case, from_=Case.State.RETURNED, to=Case.State.OPEN, round=case.round + 1, answer_due_on=None)
    audit.record(by, "case.unanswered", case, topic=case.topic, after={"round": case.round}, note=reason)
    _look_again(case, by, ())
    return case


def _opened(
    by: Actor,
    procedure: str,
    division_code: str,
    facts: Mapping[str, Any],
    subject_name: str,
    channel: str,
    *,
    applicant_id: int | None = None,
    respondent_id: int | None = None,
    restricted: bool = False,
) -> Case:
    course = plan(procedure, division_code, facts, clock.today())
    case = Case.objects.create(
        number=_next_number(division_code),
        procedure=procedure,
        procedure_name=course.name,
        jurisdiction_code=course.jurisdiction_code,
        pack_id=course.pack_id,
        division_code=division_code,
        subject_name=subject_name,
        applicant_id=applicant_id,
        respondent_id=respondent_id,
        filed_by_id=by.user_id or applicant_id,
        channel=channel,
        restricted=restricted,
        facts=dict(facts),
    )
    _write_steps(case, course.steps)
    told = {**facts, "number": case.number, "channel": channel}
    audit.record(by, "case.opened", case, topic=case.topic, after=told)
    return case


def _begin(case: Case, by: Actor) -> None:
    handler_of(case).on_opened(case, by)
    _begin_ready(case, by)
    notices.tell_parties(case, "opened")


def _keep_remarks(case: Case, step: Step, by: Actor, remarks: Sequence[RemarkGiven]) -> None:
    Remark.objects.bulk_create(
        Remark(case=case, step=step, round=case.round, made_label=by.label, **asdict(remark))
        for remark in remarks
    )


@action
def decide(
    *,
    by: Actor,
    step: Step,
    decision: str,
    reason: str = "",
    remarks: Sequence[RemarkGiven] = (),
    result: Mapping[str, Any] | None = None,
    answer_due_on: date | None = None,
) -> Case:
    """Decide a step: approve it, name its defects, or refuse it with reasons.

    Defects are kept until every department of the round has answered and then go back together; with
    `answer_due_on` whoever must answer has until that day.
    Raises Overtaken when somebody decided first, Refused when the decision lacks what it needs.
    """
    if decision not in DECISIONS:
        raise Refused("没有这样的办理结果，请重新选择。")
    # Two departments deciding at once must not both think the other still looks.
    case = Case.objects.select_for_update().get(pk=step.case_id)
    step = Step.objects.select_for_update().get(pk=step.pk)
    require(by, DECIDE, step)
    if case.applicant_id in by.owner_ids:
        raise Refused("本件由您本人或您代办的人申办，您应当回避，请由同事办理。", status=403)
    _check_decidable(case, step)
    offered = offered_at(handler_of(case), step)
    if offered and decision not in {one.value for one in offered}:
        raise Refused("这一环节没有这样的办理结果，请重新选择。")
    _check_decision(step, decision, reason, remarks)
    if decision == "defects" and answer_due_on is not None and answer_due_on < clock.today():
        raise Refused(Problem("答复的期限不能早于今天。", field="answer_due_on"))
    if by.user_id is not None and _is_in_other_hands(step, by):
        raise Overtaken("这一环节已由同事接办，请先请部门负责人转派。")
    move(
        step,
        from_=Step.State.ACTIVE,
        to=DECISIONS[decision],
        decided_at=clock.now(),
        decided_by_id=by.user_id,
        decided_label=by.label,
        reason=reason,
        assignee_id=by.user_id or step.assignee_id,
    )
    _keep_remarks(case, step, by, remarks)
    if decision == "defects" and answer_due_on is not None and case.respondent_id is not None:
        case.answer_due_on = answer_due_on
        case.save(update_fields=["answer_due_on"])
    audit.record(
        by,
        "case.step_" + DECISIONS[decision],
        step,
        topic=case.topic,
        before={"state": "active"},
        after={"state": step.state, "step": step.name, "remarks": [r.text for r in remarks]},
        note=reason,
        place=step.division_code,
    )
    if decision == "refuse":
        _refuse(case, step, by, reason)
        return case
    if decision == "approve":
        handler_of(case).on_approved(case, step, by, result or {})
        _push(case, step)
        notices.tell_parties(case, "step_approved", step)
    _follow(case, by)
    return case


@action
def resubmit(
    *, by: Actor, case: Case, data: Mapping[str, Any], facts: Mapping[str, Any], division_code: str = ""
) -> Case:
    """Hand in a mended case; the departments that found defects, or whose pages changed, look again.

    `division_code` is where it lies now, when that was made more precise or corrected. Raises Refused when
    what decided the route has been changed, or others decide at the new place: that needs a new application.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    require(by, MEND, case)
    place = division_code or case.division_code
    _check_route_unchanged(case, facts)
    _check_hands_unchanged(case, place)
    last = case.submissions.order_by("-round").first()
    changes = rules.changes(last.data if last else {}, data)
    move(
        case,
        from_=Case.State.RETURNED,
        to=Case.State.OPEN,
        round=case.round + 1,
        facts=dict(facts),
        division_code=place,
        answer_due_on=None,
    )
    Submission.objects.create(case=case, round=case.round, data=dict(data), handed_in_label=by.label)
    _look_again(case, by, {change.page for change in changes})
    audit.record(
        by,
        "case.resubmitted",
        case,
        topic=case.topic,
        after={"round": case.round, "changed": [f"{c.page}.{c.field}" for c in changes]},
    )
    notices.tell_parties(case, "resubmitted")
    return case


def _look_again(case: Case, by: Actor, changed_pages: Iterable[str]) -> None:
    again = rules.reopened(_views(case), changed_pages)
    for step in case.steps.filter(key__in=again):
        _reopen(step, case.round)
    if not again:
        # Nobody has looked yet: it began with what had to be answered.
        _begin_ready(case, by)


@action
def withdraw(*, by: Actor, case: Case, reason: str) -> Case:
    """Withdraw an open or returned case; it ends, and its steps with it. Raises Overtaken if it has ended."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    require(by, MEND, case)
    if case.applicant_id is None:
        raise Refused("这件不是您申办的，不能撤回。", status=409)
    done = case.steps.filter(state=Step.State.APPROVED, kind__in=Step.DONE_WITH)
    for kind in done.values_list("kind", flat=True):
        raise Refused(Step.DONE_WITH[Step.Kind(kind)], status=409)
    _end(case, Case.State.WITHDRAWN, reason)
    audit.record(by, "case.withdrawn", case, topic=case.topic, note=reason)
    handler_of(case).on_withdrawn(case, by)
    notices.tell_parties(case, "withdrawn")
    return case


@action
def end_moot(*, by: Actor, case: Case, reason: str) -> Case:
    """End an open or returned case because what it was for is no more; the applicant is told why."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    _end(case, Case.State.WITHDRAWN, reason)
    audit.record(by, "case.moot", case, topic=case.topic, note=reason)
    handler_of(case).on_withdrawn(case, by)
    notices.tell_parties(case, "moot")
    return case


@action
def take(*, by: Actor, step: Step) -> Step:
    """Take a step of one's own department in hand; of two who take it, one wins."""
    require(by, DECIDE, step)
    # What somebody took whose seat has ended meanwhile is free.
    holder = Step.objects.values_list("assignee", flat=True).get(pk=step.pk)
    gone = holder if _has_left(step, holder) else None
    free = Step.objects.filter(pk=step.pk, state=Step.State.ACTIVE, assignee=gone)
    if free.update(assignee=by.user_id) != 1:
        raise Overtaken("这一环节刚刚已有同事接办。")
    step.refresh_from_db()
    audit.record(by, "case.step_taken", step, topic=f"case:{step.case_id}", place=step.division_code)
    return step


@action
def hand_over(
    *,
    by: Actor,
    step: Step,
    department: str,
    division_code: str,
    reason: str = "",
    assignee_id: int | None = None,
) -> Step:
    """Give a step to another department, whose inbox it is then in; its clock runs on.

    One that is under way is given away by who may decide it, with a reason; one that waits, by whoever
    decides what it waits for. Raises Refused without the reason, Overtaken once it is decided.
    """
    if step.state == Step.State.ACTIVE:
        require(by, DECIDE, step)
        if not reason.strip():
            raise Refused(Problem("转办须写明理由。", field="reason"))
    before = {"department": step.department, "division_code": step.division_code}
    after = {"department": department, "division_code": division_code}
    kept = (Step.State.WAITING, Step.State.ACTIVE)
    move(step, from_=kept, to=Step.State(step.state), **after, assignee_id=assignee_id)
    audit.record(
        by, "case.step_handed_over", step, topic=f"case:{step.case_id}", before=before,
        after=after | {"step": step.name}, note=reason, place=step.division_code,
    )  # fmt: skip
    return step


@action
def lengthen(*, by: Actor, step: Step, days: int, reason: str) -> Step:
    """Give a step under way more days, counted as its clock counts them. Whether and how often that is
    allowed the caller has asked a rule. Raises Refused without a reason, Overtaken when no clock runs."""
    if not reason.strip():
        raise Refused(Problem("延期须写明理由。", field="reason"))
    step = Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if step.state != Step.State.ACTIVE or step.clock_days is None or step.clock_from is None:
        raise Overtaken
    before, longer = step.due_on, step.clock_days + days
    deadline = clocks.ends(step.clock_from, longer, counts_all_days=step.counts_all_days)
    move(step, from_=Step.State.ACTIVE, to=Step.State.ACTIVE, clock_days=longer, due_on=deadline.on,
         provisional=deadline.provisional)  # fmt: skip
    audit.record(
        by, "case.step_lengthened", step, topic=f"case:{step.case_id}",
        before={"due_on": before.isoformat() if before else None},
        after={"due_on": deadline.on.isoformat(), "step": step.name}, note=reason, place=step.division_code,
    )  # fmt: skip
    return step


@action
def restrict(*, by: Actor, case: Case, restricted: bool) -> Case:
    """Show a case to those only who have a step of it in hand and the heads of their departments; or to
    their whole departments again."""
    case.restricted = restricted
    case.save(update_fields=["restricted"])
    case.steps.update(restricted=restricted)
    audit.record(by, "case.restricted", case, topic=case.topic, after={"restricted": restricted})
    return case


@action
def reassign(*, by: Actor, step: Step, to_user_id: int | None, reason: str) -> Step:
    """Give an active step to a colleague, or back to the department's inbox (`to_user_id` None)."""
    require(by, REASSIGN, step)
    if to_user_id is not None and to_user_id not in dict(colleagues(step.department, step.division_code)):
        raise Refused(Problem("只能转给本部门在岗的同事。", field="to_user_id"))
    before = step.assignee_id
    move(step, from_=Step.State.ACTIVE, to=Step.State.ACTIVE, assignee_id=to_user_id)
    audit.record(
        by,
        "case.step_reassigned",
        step,
        topic=f"case:{step.case_id}",
        before={"assignee": before},
        after={"assignee": to_user_id},
        note=reason,
        place=step.division_code,
    )
    return step


def _has_left(step: Step, user_id: int | None) -> bool:
    return user_id is not None and has_left_post(user_id, step.department, step.division_code)


def _is_in_other_hands(step: Step, by: Actor) -> bool:
    return step.assignee_id not in (None, by.user_id) and not _has_left(step, step.assignee_id)


def _check_decidable(case: Case, step: Step) -> None:
    if step.state == Step.State.WAITING:
        names = {s.key: s for s in case.steps.all()}
        missing = [names[k] for k in step.after if k in names and names[k].state != Step.State.APPROVED]
        raise Refused(
            [
                Problem(
                    f"“{step.name}”还不能办理：须先完成“{before.name}”。",
                    source=before.source or before.clause,
                    fix=f"请等待“{before.name}”办结。",
                )
                for before in missing
            ]
            or Problem(f"“{step.name}”还不能办理。"),
            status=409,
        )
    if step.state != Step.State.ACTIVE or case.state != Case.State.OPEN:
        raise Overtaken


def _check_decision(step: Step, decision: str, reason: str, remarks: Sequence[RemarkGiven]) -> None:
    if decision == "defects" and not remarks:
        raise Refused(Problem("请至少写明一处需要补正的内容。", field="remarks"))
    if decision != "defects" and remarks:
        raise Refused(Problem("补正意见只能随“需补正”一起提出。", field="remarks"))
    if any(not remark.text.strip() for remark in remarks):
        raise Refused(Problem("有一条补正意见没有内容。", field="remarks"))
    if decision == "refuse" and not reason.strip():
        raise Refused(Problem("不予通过须写明理由。", field="reason"))
    if decision == "refuse" and step.kind == Step.Kind.CHECK:
        raise Refused("联合查验只提出补正意见，一次汇总退回，不单独作出不予通过的决定。")


def _check_route_unchanged(case: Case, facts: Mapping[str, Any]) -> None:
    for name in frozen_facts(case):
        if facts.get(name) != case.facts.get(name):
            raise Refused(
                Problem(
                    "机构性质、组织形式和所在地决定由哪些部门办理，办理中不能更改。",
                    page="basics",
                    field=name,
                    fix="请撤回本件，按新的情况重新申报。",
                ),
                status=409,
            )


def _check_hands_unchanged(case: Case, place: str) -> None:
    """A street of the same county may belong to a zone with authorities of its own."""
    if place != case.division_code and (elsewhere := handed_on(case.steps.all(), replanned(case, place))):
        raise Refused(other_hands(elsewhere, place), status=409)


def _follow(case: Case, by: Actor) -> None:
    course = rules.course(_views(case))
    if course == "return":
        _return(case, by)
    elif course == "advance":
        _begin_ready(case, by)
    elif course == "done":
        _end(case, Case.State.DONE, "")
        audit.record(by, "case.done", case, topic=case.topic)
        notices.tell_parties(case, "done")
    else:
        # Another department still looks; a branch that waits only for this one may begin.
        _begin_ready(case, by)


def _return(case: Case, by: Actor) -> None:
    move(case, from_=Case.State.OPEN, to=Case.State.RETURNED)
    today = clock.today()
    for step in case.steps.filter(state=Step.State.DEFECTIVE):
        left = None if step.due_on is None else clocks.days_left(step, today)
        step.paused_on, step.clock_days = today, left
        step.save(update_fields=["paused_on", "clock_days"])
    remarks = case.remarks.filter(round=case.round).count()
    audit.record(
        Actor.system("汇总退回"),
        "case.returned",
        case,
        topic=case.topic,
        after={"round": case.round, "remarks": remarks},
    )
    handler_of(case).on_returned(case, by)
    notices.tell_parties(case, "returned")


def _refuse(case: Case, step: Step, by: Actor, reason: str) -> None:
    _end(case, Case.State.REFUSED, reason)
    handler_of(case).on_refused(case, step, by, reason)
    audit.record(by, "case.refused", case, topic=case.topic, note=reason, place=step.division_code)
    notices.tell_parties(case, "refused")


def _end(case: Case, state: str, reason: str) -> None:
    move(
        case,
        from_=(Case.State.OPEN, Case.State.RETURNED),
        to=state,
        closed_at=clock.now(),
        reason=reason,
        answer_due_on=None,
    )
    case.steps.filter(state__in=[Step.State.WAITING, Step.State.ACTIVE]).update(state=Step.State.CANCELLED)


def _begin_ready(case: Case, by: Actor) -> None:
    for step in case.steps.filter(key__in=rules.ready(_views(case))):
        _start_clock(step, step.clock_days, _clock_begins(case, step))
        move(step, from_=Step.State.WAITING, to=Step.State.ACTIVE, **_clock_fields(step))
        audit.record(
            by,
            "case.step_begun",
            step,
            topic=case.topic,
            after={"step": step.name, "due_on": step.due_on.isoformat() if step.due_on else None},
            place=step.division_code,
        )


def _reopen(step: Step, round_: int) -> None:
    _start_clock(step, step.clock_days, clock.today())
    move(
        step,
        from_=(Step.State.DEFECTIVE, Step.State.APPROVED),
        to=Step.State.ACTIVE,
        round=round_,
        paused_on=None,
        decided_at=None,
        decided_by_id=None,
        decided_label="",
        reason="",
        **_clock_fields(step),
    )


def _clock_begins(case: Case, step: Step) -> date:
    anchor = case.steps.filter(key=step.clock_of).first() if step.clock_of else None
    return anchor.clock_from if anchor and anchor.clock_from else clock.today()


def _start_clock(step: Step, days: int | None, begins: date) -> None:
    step.started_at = step.started_at or clock.now()
    step.clock_from, step.clock_days = begins, days
    if days is None:
        step.due_on, step.provisional = None, False
        return
    deadline = clocks.ends(begins, days, counts_all_days=step.counts_all_days)
    step.due_on, step.provisional = deadline.on, deadline.provisional


def _clock_fields(step: Step) -> dict[str, Any]:
    names = ("started_at", "clock_from", "clock_days", "due_on", "provisional")
    return {name: getattr(step, name) for name in names}


def _write_steps(case: Case, planned: Sequence[StepPlan]) -> None:
    stage = rules.stages({step.key: step.after for step in planned})
    Step.objects.bulk_create(
        Step(
            case=case,
            key=step.key,
            name=step.name,
            kind=step.kind,
            department=step.department,
            division_code=step.division_code,
            stage=stage[step.key],
            after=list(step.after),
            reviews=list(step.reviews),
            push_to=list(step.push_to),
            clause=step.clause,
            source=step.source,
            clock_days=step.working_days,
            counts_all_days=step.counts_all_days,
            restricted=case.restricted,
            clock_of=step.clock_from,
        )
        for step in planned
    )


def _push(case: Case, step: Step) -> None:
    for department in step.push_to:
        outbox.enqueue(
            key=f"{case.topic}:{step.key}:{department}",
            topic=f"{step.kind}.approved",
            department=department,
            division_code=step.division_code,
            payload=handler_of(case).payload(case, step),
        )


def _views(case: Case) -> list[rules.StepView]:
    rows = case.steps.values_list("key", "state", "stage", "after", "reviews")
    return [rules.StepView(k, s, stage, tuple(after), tuple(reviews)) for k, s, stage, after, reviews in rows]


def _next_number(division_code: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        (serial,) = cursor.fetchone()
    return f"TY{division_code[:6]}{clock.today():%Y}{serial:07d}"


@action
def read_notices(*, by: Actor) -> int:
    """Mark every notice of the one who acts as read; how many there were."""
    rows = Notice.objects.filter(user=by.user_id, read_at__isnull=True)
    marked = rows.update(read_at=clock.now())
    audit.record(by, "notices.read", Notice(pk=0), after={"count": marked})
    return marked
