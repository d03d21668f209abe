"""What is known of the honesty of two nurseries of a county: one breach shows, another was repaired."""

from typing import TYPE_CHECKING

from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.accounts.queries import heads_of
from tuoyu.cases import actions as cases
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.credit import actions
from tuoyu.credit.actions import Stated
from tuoyu.credit.models import CreditEvent
from tuoyu.credit.vocabulary import CreditClass, EventKind, ListKind, RequestKind
from tuoyu.institutions.models import Institution
from tuoyu.project.demo.people import Cast

if TYPE_CHECKING:
    from tuoyu.project.demo.playing import Days

SHOWN, BEFORE, REPAIRED = 18, 92, 8


def keep_credit(cast: Cast, days: "Days") -> None:
    """Record a breach of each of two nurseries that were public by then; the older one is repaired."""
    known = Institution.objects.filter(
        division_code__startswith=cast.place.county, public_since__lte=days.before(BEFORE)
    ).order_by("pk")[:2]
    if len(known) < 2:
        return
    shown, repaired = known
    with days.at(BEFORE, 60):
        old = _recorded(cast, repaired, "未按规定公示收费标准（演示）")
    with days.at(REPAIRED, 60):
        _repaired(cast, old)
        stated = Stated(EventKind.REWARD, CreditClass.NONE, "年度检查优秀（演示）", clock.today())
        actions.record_event(by=_office(cast), institution=repaired, stated=stated)
    with days.at(SHOWN, 60):
        _recorded(cast, shown, "监控录像保存不满规定天数，责令改正后逾期未改（演示）")
    with days.at(REPAIRED, 120):
        actions.put_on_list(
            by=_office(cast), institution=repaired, kind=ListKind.REWARD, reason="年度检查优秀（演示）"
        )


def _office(cast: Cast) -> Actor:
    return cast.officer("health", cast.place.county)


def _recorded(cast: Cast, institution: Institution, summary: str) -> CreditEvent:
    stated = Stated(EventKind.PUNISH, CreditClass.GENERAL, summary, clock.today(), "演示决定书")
    return actions.record_event(by=_office(cast), institution=institution, stated=stated)


def _repaired(cast: Cast, event: CreditEvent) -> None:
    head = actor_for(User.objects.get(pk=heads_of(event.institution_id)[0]))
    asked = actions.ask(
        by=head,
        event=event,
        kind=RequestKind.REPAIR,
        statement="收费标准已在门口和平台公示。（演示）",
        pledge="今后按规定公示收费，接受监督。（演示）",
    )
    step = asked.case.steps.get()
    cases.decide(by=cast.officer(step.department, step.division_code), step=step, decision="approve")
