"""Writing down that the number of children a nursery may take has changed with its staff."""

from datetime import date, timedelta

from tuoyu.cases.notices import tell
from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken
from tuoyu.institutions import standing
from tuoyu.institutions.models import Institution
from tuoyu.workforce import registers
from tuoyu.workforce.permissions import KEEP_STAFF
from tuoyu.workforce.rules.live import Live, live_capacity

CHANGED = "institution.capacity_changed"


def changed_on(institution: Institution, day: date) -> tuple[Live, Live] | None:
    """The capacity on the eve and on the day, where what is sure differs; None where it does not."""
    register = registers.register_of(institution)
    books = registers.books_at(institution.division_code)
    eve, then = (
        live_capacity(register, registers.facts_of(institution, register, at), books(at), at)
        for at in (day - timedelta(days=1), day)
    )
    same = eve.filed or eve.sure.allowed == then.sure.allowed
    return None if same else (eve, then)


def is_told(institution: Institution, day: date) -> bool:
    """Whether the change of a day is written down already."""
    events = AuditEvent.objects.filter(topic=institution.topic, verb=CHANGED)
    return events.filter(after__day=str(day)).exists()


@action
def tell_capacity(*, by: Actor, institution: Institution, day: date, eve: Live, then: Live) -> int:
    """Write down the change of a day, and tell the heads; how many were told. Overtaken a second time."""
    require(by, KEEP_STAFF, institution)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    if is_told(held, day):
        raise Overtaken
    numbers = f"从{eve.sure.allowed or 0}人变为{then.sure.allowed or 0}人"
    reasons = [reason for reason in then.reasons if reason.since == day]
    why = "；".join(f"{reason.name}{reason.says}" for reason in reasons)
    heads = standing.heads_of(held.pk)
    for head in heads:
        tell(
            head,
            "可收托人数有变化",
            f"{day}起，“{held.name}”按在职人员和有效证书可收托的人数{numbers}。{why}",
            place=held.division_code,
        )
    after = {"day": str(day), "before": eve.sure.allowed, "now": then.sure.allowed}
    because = {"employments": [reason.worker for reason in reasons]}
    audit.record(by, CHANGED, held, topic=held.topic, place=held.division_code, after=after | because,
                 note=f"{day}起{numbers}")  # fmt: skip
    return len(heads)
