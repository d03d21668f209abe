"""What whoever told something does afterwards, with number and code: look, say how content they are, ask the
office above. Nothing is kept of who they are or where they come from."""

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.complaints import floods, keys, queries, rules
from tuoyu.complaints.models import Attempt, Complaint, Review
from tuoyu.complaints.vocabulary import Satisfaction
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.jurisdictions import queries as jurisdictions

LONGEST_NOTE = 300


@action
def look_up(*, by: Actor, number: str, code: str) -> Complaint | None:
    """The complaint with this number and code, or None; a wrong code counts. Raises Refused (429) after too
    many, though the next be right."""
    number = number.replace("\x00", "").strip().upper()[:32]
    floods.hold(f"number:{number}", f"lookup:{by.address}")
    floods.check_codes(by.address, number)
    rows = Complaint.objects.select_related("case", "institution")
    found = rows.filter(case__number=number).first()
    right = found is not None and keys.is_code(found, code[:40])
    if not right:
        Attempt.objects.create(
            what=Attempt.What.WRONG_CODE,
            address_key=keys.address_key(by.address),
            number_key=keys.number_key(number),
        )
    audit.record(Actor.public(), "complaint.looked_up", found or Complaint(pk=0), after={"right": right})
    return found if right else None


@action
def rate(*, by: Actor, complaint: Complaint, satisfaction: str, note: str = "") -> Complaint:
    """Say how content one is with the answer, once. Overtaken the second time, Refused before an answer."""
    if satisfaction not in Satisfaction.values:
        raise Refused(Problem("请选择是否满意。", field="satisfaction"))
    if len(note) > LONGEST_NOTE:
        raise Refused(Problem(f"说明最多{LONGEST_NOTE}字。", field="note"))
    if complaint.answered_at is None:
        raise Refused("还没有答复，答复后再评价。", status=409)
    fresh = Complaint.objects.filter(pk=complaint.pk, satisfaction="", answered_at__isnull=False)
    now = clock.now()
    if not fresh.update(satisfaction=satisfaction, satisfaction_note=note.strip(), rated_at=now):
        raise Overtaken("您已经评价过了。")
    audit.record(
        Actor.public(), "complaint.rated", complaint, topic=complaint.case.topic,
        after={"satisfaction": satisfaction},
    )  # fmt: skip
    complaint.refresh_from_db()
    return complaint


@action
def ask_review(*, by: Actor, complaint: Complaint, reason: str) -> Review:
    """Ask the office above whoever answered to look at it, once, where the channel knows that and in time."""
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("case").get(pk=complaint.pk)
    if not reason.strip() or len(reason) > rules.LONGEST_TEXT:
        raise Refused(Problem(f"请写明不服的理由，最多{rules.LONGEST_TEXT}字。", field="reason"))
    if not queries.may_ask_review(complaint):
        raise Refused("这一渠道没有复查程序，或已超过期限，或已申请过。", status=409)
    answered = complaint.case.steps.get(kind=Step.Kind.HANDLING)
    case = cases.open_matter(
        by=Actor.public(),
        procedure="complaint_review",
        division_code=complaint.division_code,
        facts={"division_code": complaint.division_code},
        subject_name=complaint.case.subject_name,
        channel=Case.Channel.PUBLIC,
        restricted=complaint.case.restricted,
    )
    above = jurisdictions.authority_of(complaint.division_code, "city", answered.department).code
    step = case.steps.get(kind=Step.Kind.APPEAL)
    if (step.department, step.division_code) != (answered.department, above):
        cases.hand_over(
            by=Actor.system("复查"), step=step, department=answered.department, division_code=above,
            reason="由答复部门的上一级复查",
        )  # fmt: skip
    made = Review.objects.create(complaint=complaint, case=case, reason=reason.strip())
    audit.record(Actor.public(), "complaint.review_asked", made, topic=case.topic)
    return made
