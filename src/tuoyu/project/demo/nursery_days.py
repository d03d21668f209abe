"""Three weeks at the nurseries of the demonstration whose staff is known: on the last day a class was short of
carers and another had three children with a rash; some days before, a child fell badly."""

from datetime import date, timedelta

from tuoyu.alerts.actions import evaluate_one
from tuoyu.alerts.live import scope_of
from tuoyu.care.actions import IncidentGiven, report_incident
from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.care.queries import rooms_of
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.workforce import alerts as counting

# How many of a class stayed at home, day by day in turn.
AWAY = (0, 1, 2, 1, 0, 3, 1)


@action
def keep_days(*, by: Actor, institution: Institution, days: list[date]) -> int:
    """Write down the returns of these days, the latest first, all at once; how many there are."""
    groups = list(institution.classes.open_now().order_by("pk"))
    most = {room.key: room.expected for room in rooms_of(institution, days[0])}
    returns = DailyReturn.objects.bulk_create(
        DailyReturn(institution=institution, day=day, stated_label=by.label) for day in days
    )
    rows = ClassDay.objects.bulk_create(
        _class_day(one, group, most[group.pk], turn + place, worst=turn == place == 0)
        for turn, one in enumerate(returns)
        for place, group in enumerate(groups)
    )
    last = rows[: len(groups)]
    cases = [NewCases(class_day=last[-1], symptom="rash", number=3)]
    cases += [NewCases(class_day=row, symptom="fever", number=1) for row in rows[len(groups) :: 7]]
    NewCases.objects.bulk_create(cases)
    audit.record(by, "day.demonstrated", institution, topic=f"institution:{institution.pk}:days",
                 after={"days": len(returns)})  # fmt: skip
    return len(returns)


def _class_day(stated: DailyReturn, group: ClassGroup, most: int, turn: int, *, worst: bool) -> ClassDay:
    """On the last day the first class was short of carers, and two of its children had no morning check."""
    children = max(1, most - AWAY[turn % len(AWAY)])
    return ClassDay(
        daily_return=stated,
        class_group=group,
        children=children,
        carers=1 if worst else group.carers,
        checked=max(0, children - 2) if worst else children,
        unexamined=0,
    )


def report_fall(by: Actor, institution: Institution) -> None:
    """A bad fall, reported the same day: a case of accountability opens."""
    given = IncidentGiven(
        kind="fall",
        severity="serious",
        spot="stairs",
        happened_at=clock.now() - timedelta(hours=1),
        hurt=1,
        what="午间下楼时一名孩子踩空跌落，前臂骨折。（演示）",
        measures="立即送医并通知家长，封闭该处楼梯，全园排查防滑设施。（演示）",
    )
    report_incident(by=by, institution=institution, given=given)


def look(by: Actor, institution: Institution, day: date) -> None:
    """Look for everything that is watched, as the day closed."""
    counting.count([institution.pk])
    scope = scope_of(institution, clock.today())
    evaluate_one(by=by, institution=institution, scope=scope, day=day)
