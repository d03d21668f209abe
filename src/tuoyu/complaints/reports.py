"""What a report of harm to a child sets off at once, before anybody has sorted anything.

The law wants it told without delay (未成年人保护法 art. 11): the departments a rule names get a message that
says where and what, not who told it and not the text, which may give that away; they ask by the number.
"""

from tuoyu.accounts.queries import colleagues, leads_of
from tuoyu.cases.models import Step
from tuoyu.cases.notices import tell
from tuoyu.complaints.models import Complaint
from tuoyu.core import outbox
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import place_name

TOPIC = "complaint.harm"


def act_at_once(complaint: Complaint) -> None:
    """Tell the departments the law names, and those of health who will sort it."""
    report_harm(complaint)
    step = complaint.case.steps.get(kind=Step.Kind.TRIAGE)
    leads = leads_of(step.department, step.division_code)
    if not leads:
        # Where health has no head, somebody must see it all the same.
        first = colleagues(step.department, step.division_code)[:1]
        Step.objects.filter(pk=step.pk).update(assignee=first[0][0] if first else None)
        leads = [pk for pk, _ in first]
    for user_id in leads:
        tell(
            user_id,
            "收到涉嫌侵害儿童的举报",
            f"编号 {complaint.case.number}，请立即分办并安排核查。只有您和您指派的人员能看到。",
            place=complaint.division_code,
            case=complaint.case,
        )


def report_harm(complaint: Complaint) -> None:
    """Report to the departments that the rule names; told twice it is one message."""
    place = complaint.division_code
    rule = jurisdictions.book(place).get("complaint.report_harm_to")
    institution = complaint.institution
    for department in rule.value:
        outbox.enqueue(
            key=f"{complaint.case.topic}:harm:{department}",
            topic=TOPIC,
            department=department,
            division_code=jurisdictions.authority_of(place, "county", department).code,
            payload={
                "case": complaint.case.number,
                "name": complaint.about,
                "address": place_name(place) + (institution.address if institution else ""),
                "division_code": place,
                "what": "涉嫌侵害儿童，依法报告；内容请凭编号向卫生健康部门了解。",
                "source": rule.source,
            },
        )
