"""What is written of alerts: evaluated, acknowledged, resolved."""

from collections.abc import Iterable
from datetime import date

from tuoyu.accounts.models import Membership
from tuoyu.alerts.evaluating import Outcome, Scope, evaluate_scope
from tuoyu.alerts.models import Alert
from tuoyu.alerts.permissions import EVALUATE, HANDLE_ALERT
from tuoyu.alerts.vocabulary import STANDING, State
from tuoyu.cases.models import Notice
from tuoyu.core import audit, clock, outbox, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions.models import Institution


@action
def evaluate(*, by: Actor, scope: Scope, day: date) -> Outcome:
    """Look for everything that is watched at the places of a scope on a day; again it changes nothing."""
    outcome = evaluate_scope(scope, day, label=by.label)
    _tell(by, outcome, scope)
    _say_so(by, scope.book.pack.code, day, outcome)
    return outcome


@action
def evaluate_one(
    *, by: Actor, institution: Institution, scope: Scope, day: date, only: Iterable[str] = ()
) -> Outcome:
    """The same for one institution, by who answers for its place."""
    require(by, EVALUATE, institution)
    outcome = evaluate_scope(scope, day, institution=institution.pk, only=only, label=by.label)
    _tell(by, outcome, scope)
    _say_so(by, f"institution:{institution.pk}", day, outcome)
    return outcome


def _say_so(by: Actor, where: str, day: date, outcome: Outcome) -> None:
    after = {
        "where": where,
        "day": str(day),
        "raised": len(outcome.raised),
        "ended": len(outcome.ended),
        "kept": outcome.kept,
    }
    audit.record(by, "alerts.evaluated", Alert(pk=0), after=after)


def _tell(by: Actor, outcome: Outcome, scope: Scope) -> None:
    """Those raised: an event each, a notice to the heads, a message to departments where the pack says so."""
    raised = Alert.objects.in_bulk(outcome.raised)
    ended = Alert.objects.filter(pk__in=outcome.ended)
    told = [(alert, alert.topic, {"rule": alert.rule, "subject": alert.subject}) for alert in raised.values()]
    if told:
        audit.record_each(by, "alert.raised", told)
    over = [(alert, alert.topic, {"rule": alert.rule, "how": alert.ending}) for alert in ended]
    if over:
        audit.record_each(by, "alert.ended", over)
    _notify_heads([alert for alert in raised.values() if alert.told])
    pushed = {watch.key for watch in scope.book.watches() if watch.pushed}
    for alert in raised.values():
        if alert.rule in pushed:
            push(alert)


def _notify_heads(alerts: list[Alert]) -> None:
    places = {alert.institution_id for alert in alerts}
    seats = Membership.objects.filter(
        role=Role.NURSERY_HEAD,
        institution_id__in=places,
        valid__contains=clock.today(),
        user__is_active=True,
    )
    heads: dict[int | None, set[int]] = {}
    for institution, user in seats.values_list("institution_id", "user_id"):
        heads.setdefault(institution, set()).add(user)
    Notice.objects.bulk_create(
        Notice(user_id=user, title=f"预警：{alert.name}", text=_in_words(alert))
        for alert in alerts
        for user in sorted(heads.get(alert.institution_id, ()))
    )


def _in_words(alert: Alert) -> str:
    where = f"“{alert.details['class']}”" if alert.details.get("class") else ""
    return f"{where}{alert.last_day}：{alert.name}。依据：{alert.source}。请在“预警”里查看并处理。"


def push(alert: Alert) -> None:
    """Send it to each department it is for: the class, the figures, and those kept away, by number."""
    institution = alert.institution
    for department in alert.addressees:
        outbox.enqueue(
            key=f"alert:{alert.pk}:{department}",
            topic="alert.raised",
            department=department,
            division_code=alert.division_code[:6],
            payload={
                "alert": alert.pk,
                "name": institution.name,
                "institution_id": institution.pk,
                "what": alert.name,
                "class": alert.details.get("class") or "",
                "excluded": excluded(alert),
                "due_at": alert.due_at.isoformat() if alert.due_at else "",
            },
        )


def excluded(alert: Alert) -> str:
    """Who is to stay away, by class and number; nobody's name. Empty where the alert is of no illness."""
    cases = alert.details.get("cases")
    return f"{alert.details.get('class') or '全机构'}{cases}人" if cases else ""


@action
def acknowledge(*, by: Actor, alert: Alert) -> Alert:
    """Take an alert in hand. Raises Overtaken when somebody did, or it is over."""
    require(by, HANDLE_ALERT, alert)
    move(
        alert,
        from_=State.OPEN,
        to=State.ACKNOWLEDGED,
        acknowledged_at=clock.now(),
        acknowledged_by_id=by.user_id,
        acknowledged_label=by.label,
    )
    audit.record(by, "alert.acknowledged", alert, topic=alert.topic, place=alert.division_code)
    return alert


@action
def resolve(*, by: Actor, alert: Alert, note: str) -> Alert:
    """End an alert because it was dealt with; `note` says how. What is found later is a new alert.

    Raises Refused without a note, Overtaken when it is over.
    """
    require(by, HANDLE_ALERT, alert)
    said = texts.tidy(note).strip()
    if not said:
        raise Refused(Problem("请写明如何处理的。", field="note"))
    move(
        alert,
        from_=tuple(STANDING),
        to=State.RESOLVED,
        ended_at=clock.now(),
        ended_by_id=by.user_id,
        ended_label=by.label,
        ending=said,
    )
    audit.record(by, "alert.resolved", alert, topic=alert.topic, place=alert.division_code, note=said)
    return alert
