"""Reminding a nursery of what it owes each year."""

from tuoyu.cases.notices import tell
from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Overtaken
from tuoyu.institutions import standing
from tuoyu.institutions.models import Institution
from tuoyu.institutions.yearly import Due

REMINDED_YEARLY = "institution.yearly_reminded"


def is_reminded(institution_id: int, due: Due) -> bool:
    """Whether the heads were told of this already, as it stands now: coming, or overdue."""
    return AuditEvent.objects.filter(
        topic=f"institution:{institution_id}",
        verb=REMINDED_YEARLY,
        after__contains={"procedure": due.procedure, "year": due.year, "overdue": due.overdue},
    ).exists()


@action
def remind_yearly(*, by: Actor, institution: Institution, due: Due) -> int:
    """Tell the heads what is due or overdue; how many were told. Once before and once after its last day.

    Overtaken when they were told meanwhile.
    """
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    if is_reminded(held.pk, due):
        raise Overtaken
    heads = standing.heads_of(held.pk)
    for user_id in heads:
        tell(
            user_id,
            f"{due.name}{'已超期' if due.overdue else '即将到期'}",
            f"“{held.name}”的{due.in_words}。请在“已备案机构办事”中办理，已经掌握的情况不用再填。",
            place=held.division_code,
        )
    audit.record(by, REMINDED_YEARLY, held, topic=held.topic, place=held.division_code, note=due.in_words,
                 after={"procedure": due.procedure, "year": due.year, "overdue": due.overdue,
                        "told": len(heads)})  # fmt: skip
    return len(heads)
