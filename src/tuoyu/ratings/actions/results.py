"""From the agency's scores to a published result: told, objected to, approved, published, withdrawn."""

from tuoyu.accounts.queries import heads_of
from tuoyu.cases.models import Case
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.ratings import policy, queries, rules
from tuoyu.ratings.actions.assessments import held_row, to_agency
from tuoyu.ratings.models import Assessment, Objection, Score
from tuoyu.ratings.permissions import ASSESS_SELF, CONDUCT, WITHDRAW_RESULT
from tuoyu.ratings.vocabulary import UNDER_WAY, Side, State


@action
def tell_result(*, by: Actor, assessment: Assessment) -> Assessment:
    """Tell the institution what the agency scored, and until when it may object."""
    require(by, CONDUCT, assessment)
    held = held_row(assessment, State.CHECKING)
    ends = policy.deadline_at(held.division_code, "objection_days")
    move(held, from_=State.CHECKING, to=State.TOLD, told_at=clock.now(), objection_until=ends.on)
    audit.record(by, "assessment.told", held, topic=held.topic, after={"until": ends.on.isoformat()},
                 place=held.division_code)  # fmt: skip
    _tell(held, "评估结果已告知", f"请核对，有异议的请在 {ends.on} 前提出；没有异议可直接确认。")
    return held


@action
def send_back(*, by: Actor, assessment: Assessment, reason: str) -> Assessment:
    """Send the scores back to the agency before the institution is told. Raises Refused without a reason."""
    require(by, CONDUCT, assessment)
    reason = _said(reason, "退回重评须写明理由。")
    held = held_row(assessment, State.CHECKING)
    to_agency(held, State.CHECKING)
    audit.record(by, "assessment.sent_back", held, topic=held.topic, note=reason, place=held.division_code)
    _tell_agency(held, reason)
    return held


@action
def accept(*, by: Actor, assessment: Assessment) -> Assessment:
    """The institution has nothing against the result. Raises Refused when it objected or said so already."""
    require(by, ASSESS_SELF, assessment)
    held = held_row(assessment, State.TOLD)
    if held.accepted_at or held.objections.filter(answered_at=None).exists():
        raise Refused("已经确认过，或还有异议未答复。", status=409)
    move(held, from_=State.TOLD, to=State.TOLD, accepted_at=clock.now())
    audit.record(by, "assessment.accepted", held, topic=held.topic, place=held.division_code)
    return held


@action
def object_to(*, by: Actor, assessment: Assessment, text: str) -> Objection:
    """The institution objects to what it was told. Raises Refused without reasons, after the last day, when
    it accepted the result, or has an objection open."""
    require(by, ASSESS_SELF, assessment)
    text = texts.tidy(text).strip()[:2000]
    if not text:
        raise Refused(Problem("请写明异议和理由。", field="text"))
    held = held_row(assessment, State.TOLD)
    if held.accepted_at is not None:
        raise Refused("您已确认没有异议。", status=409)
    if held.objection_until is None or held.objection_until < clock.today():
        raise Refused("提出异议的期限已过。", status=409)
    if held.objections.filter(answered_at=None).exists():
        raise Refused("已有一份异议等待答复。", status=409)
    made = Objection.objects.create(assessment=held, text=text, made_label=by.label[:120])
    audit.record(by, "assessment.objected", held, topic=held.topic, note=text, place=held.division_code)
    return made


@action
def answer_objection(*, by: Actor, assessment: Assessment, upheld: bool, answer: str) -> Assessment:
    """Answer the open objection: upheld, the agency scores anew; else the result stands as it was told.

    Raises Refused without reasons or when there is none open.
    """
    require(by, CONDUCT, assessment)
    answer = _said(answer, "答复异议须写明理由。", field="answer")[:2000]
    held = held_row(assessment, State.TOLD)
    rows = held.objections.filter(answered_at=None)
    answered = {
        "upheld": upheld,
        "answer": answer,
        "answered_at": clock.now(),
        "answered_label": by.label[:120],
    }
    if rows.update(**answered) != 1:
        raise Refused("没有等待答复的异议。", status=409)
    if upheld:
        to_agency(held, State.TOLD, told_at=None, objection_until=None)
        _tell_agency(held, answer)
    audit.record(by, "assessment.objection_answered", held, topic=held.topic, after={"upheld": upheld},
                 note=answer, place=held.division_code)  # fmt: skip
    _tell(held, "异议已答复", ("异议成立，由评估机构重新评分。" if upheld else "异议不成立。") + answer)
    return held


@action
def approve_check(*, by: Actor, case: Case) -> Assessment:
    """What the approval of the check brings about: the result waits for its approval.

    Raises Refused before the institution was told, while it may still object, or has not been answered.
    """
    held = held_row(Assessment.objects.get(case=case), State.CHECKING, State.TOLD)
    _check_independent(by, held)
    if held.state == State.CHECKING:
        raise Refused("请先把评估结果告知机构，再通过这一环节。", status=409)
    if held.objections.filter(answered_at=None).exists():
        raise Refused("机构的异议还没有答复。", status=409)
    if held.accepted_at is None and held.objection_until and held.objection_until >= clock.today():
        raise Refused(f"机构在 {held.objection_until} 前可以提出异议，期满或机构确认后再通过。", status=409)
    move(held, from_=State.TOLD, to=State.APPROVING)
    audit.record(by, "assessment.checked", held, topic=held.topic, place=held.division_code)
    return held


@action
def publish(*, by: Actor, case: Case) -> Assessment:
    """What the approval of the result brings about: total and grade are public, and stand in the place of
    those before. Raises Refused for somebody who scored it."""
    held = held_row(Assessment.objects.get(case=case), State.APPROVING)
    _check_independent(by, held)
    found = rules.result_of(held.tree.tree, queries.scores_of(held, Side.EXPERT))
    now, label = clock.now(), by.label[:120]
    before = Assessment.objects.filter(
        institution=held.institution_id, state=State.PUBLISHED, superseded_at=None
    )
    before.update(superseded_at=now)
    move(
        held, from_=State.APPROVING, to=State.PUBLISHED, total=found.total,
        grade=found.grade.name if found.grade else "", stars=found.grade.stars if found.grade else 0,
        vetoed=list(found.vetoed), published_at=now, published_label=label,
    )  # fmt: skip
    audit.record(
        by, "assessment.published", held, topic=held.topic, place=held.division_code,
        after={"total": str(held.total), "grade": held.grade, "vetoed": held.vetoed},
    )  # fmt: skip
    _tell(held, "评估结果已公布", f"总分{held.total}，{held.grade or '不评定等级'}。")
    return held


def _check_independent(by: Actor, held: Assessment) -> None:
    """Who scored, for either side, does not decide over the scores."""
    rows = Score.objects.filter(assessment=held, said_by=by.user_id)
    if by.user_id is not None and rows.exists():
        raise Refused("您参加了本次评分，应当回避，请由同事办理。", status=403)


@action
def end_refused(*, by: Actor, case: Case, reason: str) -> Assessment:
    """What a refusal brings about: the assessment ends without a result."""
    held = held_row(Assessment.objects.get(case=case), *UNDER_WAY)
    move(held, from_=UNDER_WAY, to=State.REFUSED, ended_at=clock.now(), end_reason=reason[:500])
    audit.record(by, "assessment.refused", held, topic=held.topic, note=reason, place=held.division_code)
    return held


@action
def note_ended(*, by: Actor, case: Case) -> Assessment:
    """What the end of its case brings about, where the assessment has not ended with it."""
    held = Assessment.objects.select_for_update().get(case=case)
    if held.state in UNDER_WAY:
        move(held, from_=UNDER_WAY, to=State.CALLED_OFF, ended_at=clock.now(), end_reason=case.reason[:500])
    audit.record(by, "assessment.case_ended", held, topic=held.topic, place=held.division_code)
    return held


@action
def withdraw_result(*, by: Actor, assessment: Assessment, reason: str) -> Assessment:
    """Take a published result back, with the reason, which stays to be read; no earlier one comes back.

    Raises Refused without a reason, Overtaken when it is not published or no longer stands.
    """
    require(by, WITHDRAW_RESULT, assessment)
    reason = _said(reason, "撤下结果须写明理由。")[:500]
    held = held_row(assessment, State.PUBLISHED)
    move(held, from_=State.PUBLISHED, to=State.WITHDRAWN, ended_at=clock.now(), end_reason=reason)
    audit.record(by, "assessment.withdrawn", held, topic=held.topic, note=reason, place=held.division_code)
    _tell(held, "评估结果已撤下", reason)
    return held


def _said(text: str, missing: str, field: str = "reason") -> str:
    said = texts.tidy(text).strip()
    if not said:
        raise Refused(Problem(missing, field=field))
    return said


def _tell(held: Assessment, title: str, text: str) -> None:
    for user_id in heads_of(held.institution_id):
        tell(user_id, title, f"“{held.institution.name}”{held.year}年评估：{text}", place=held.division_code)


def _tell_agency(held: Assessment, reason: str) -> None:
    for user_id in held.agency.assessors.filter(ended_at=None).values_list("user", flat=True):
        tell(user_id, "评分被退回", f"“{held.institution.name}”{held.year}年评估请重新评分。{reason}",
             place=held.division_code)  # fmt: skip
