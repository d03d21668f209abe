"""What must always hold of complaints, and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.accounts.queries import leads_of
from tuoyu.cases.models import Step
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.vocabulary import URGENT
from tuoyu.core.checks import check
from tuoyu.core.models import OutboxMessage


@check("complaints.somebody_sees_it", "A report that few may see is seen by somebody")
def somebody_sees_it() -> Iterator[str]:
    """Who has its step in hand, or the head of that department."""
    free = Step.objects.filter(restricted=True, state=Step.State.ACTIVE, assignee__isnull=True)
    for step in free.select_related("case").iterator():
        if not leads_of(step.department, step.division_code):
            yield f"case {step.case.number}: nobody has {step.key} in hand and the department has no head"


@check("complaints.harm_is_reported", "Whoever the law names was told of each report of harm to a child")
def harm_is_reported() -> Iterator[str]:
    """A message was written with the complaint, or when it was sorted."""
    told = OutboxMessage.objects.filter(topic="complaint.harm")
    for one in Complaint.objects.filter(kind__in=URGENT).select_related("case").iterator():
        if not told.filter(key__startswith=f"{one.case.topic}:harm:").exists():
            yield f"complaint {one.case.number}: harm to a child, and nobody was told"


@check("complaints.harm_is_inspected", "A report of harm that was sorted has its inspection")
def harm_is_inspected() -> Iterator[str]:
    """Where the institution is known here."""
    rows = Complaint.objects.filter(kind__in=URGENT, institution__isnull=False, inspection__isnull=True)
    sorted_out = Step.objects.filter(kind=Step.Kind.TRIAGE, state=Step.State.APPROVED)
    for one in rows.filter(case__in=sorted_out.values("case")).select_related("case").iterator():
        yield f"complaint {one.case.number}: sorted, and no inspection"
