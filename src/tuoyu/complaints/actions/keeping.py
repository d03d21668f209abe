"""What is of no more use goes: who told it, after the days of the rule. What was told and answered stays."""

from tuoyu.complaints.models import Complaint
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor


@action
def erase_contact(*, by: Actor, complaint: Complaint) -> None:
    """Forget who told it (个人信息保护法 art. 47)."""
    complaint.reporter_name = complaint.reporter_phone = ""
    complaint.contact_erased_at = clock.now()
    complaint.save(update_fields=["reporter_name", "reporter_phone", "contact_erased_at"])
    audit.record(by, "complaint.contact_erased", complaint, topic=complaint.case.topic)
