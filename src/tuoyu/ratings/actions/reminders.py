"""Whoever must act on an assessment is reminded once that the day for it is over."""

from collections.abc import Iterable

from tuoyu.accounts.queries import colleagues, heads_of, leads_of
from tuoyu.cases.notices import tell
from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.core.reaches import HEALTH
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.ratings import queries
from tuoyu.ratings.models import Assessment, Reminder

Of = Reminder.Of


@action
def remind(*, by: Actor, assessment: Assessment) -> Reminder:
    """Tell whoever must act, and health, that the day is over. Raises Overtaken when it is not, or when they
    were told already."""
    over = queries.overdue_of(assessment)
    if over is None:
        raise Overtaken
    made, fresh = Reminder.objects.get_or_create(assessment=assessment, of=over.of, due_on=over.due_on)
    if not fresh:
        raise Overtaken
    name = f"“{assessment.institution.name}”{assessment.year}年评估"
    what = {Of.SELF: "自评", Of.SCORING: "评分", Of.OFFICE: "核对审核"}[over.of]
    _tell(_who_acts(assessment, over.of), f"{what}已逾期",
          f"{name}的{what}应在 {over.due_on} 前完成，请尽快办理。", assessment)  # fmt: skip
    if over.of != Of.OFFICE:
        _tell(_health(assessment), "评估逾期",
              f"{name}的{what}应在 {over.due_on} 前完成，至今没有提交，请督促。", assessment)  # fmt: skip
    audit.record(
        by, "assessment.reminded", assessment, topic=assessment.topic, place=assessment.division_code,
        after={"of": str(over.of), "due_on": over.due_on.isoformat()},
    )  # fmt: skip
    return made


def _who_acts(assessment: Assessment, of: Reminder.Of) -> Iterable[int]:
    if of == Of.SELF:
        return heads_of(assessment.institution_id)
    if of == Of.SCORING:
        return assessment.agency.assessors.filter(ended_at=None).values_list("user", flat=True)
    return _health(assessment)


def _health(assessment: Assessment) -> list[int]:
    """The heads of the health department of the place; where it has none, everybody who decides there."""
    place = jurisdictions.authority_of(assessment.division_code, "county", HEALTH).code
    return leads_of(HEALTH, place) or [pk for pk, _ in colleagues(HEALTH, place)]


def _tell(people: Iterable[int], title: str, text: str, assessment: Assessment) -> None:
    for user_id in people:
        tell(user_id, title, text, place=assessment.division_code)
