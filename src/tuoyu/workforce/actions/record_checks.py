"""Asking about a person's record of offences, and the answer (未成年人保护法 62)."""

from datetime import date, timedelta

from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.workforce.actions.bars import alert_employers
from tuoyu.workforce.actions.employments import end_at_once
from tuoyu.workforce.events import record
from tuoyu.workforce.models import Employment, RecordCheck
from tuoyu.workforce.permissions import KEEP_STAFF
from tuoyu.workforce.vocabulary import CheckOccasion, CheckResult


@action
def record_check_asked(
    *, by: Actor, employment: Employment, asked_on: date, authority: str = ""
) -> RecordCheck:
    """The institution asked about somebody it employs, as it must every year."""
    require(by, KEEP_STAFF, employment.institution)
    if asked_on > clock.today():
        raise Refused(Problem("提出日期在今天以后。", field="asked_on"))
    if asked_on < employment.starts_on:
        raise Refused(Problem("提出日期早于入职日期。", field="asked_on"))
    Employment.objects.select_for_update().get(pk=employment.pk)
    mine = RecordCheck.objects.filter(person=employment.person_id, institution=employment.institution_id)
    if mine.filter(answered_on=None).exists():
        raise Refused("已有一次查询还没有答复，请先登记答复。", status=409)
    made = RecordCheck.objects.create(
        person_id=employment.person_id,
        institution=employment.institution,
        occasion=CheckOccasion.YEARLY,
        asked_on=asked_on,
        authority=authority.strip()[:120],
        recorded_label=by.label,
    )
    record(by, "record_check.asked", employment, after={"check": made.pk, "asked_on": str(asked_on)})
    return made


@action
def record_check_answered(
    *,
    by: Actor,
    employment: Employment,
    check: RecordCheck,
    answered_on: date,
    authority: str,
    result: str,
    reference: str = "",
) -> RecordCheck:
    """The authority answered. Where there is a record, the person does not work here any more from the day
    of the answer on, and whoever else employs it is told to look at once."""
    require(by, KEEP_STAFF, employment.institution)
    if result not in CheckResult.values:
        raise Refused(Problem("请选择查询结果。", field="result"))
    if not authority.strip():
        raise Refused(Problem("请填写答复的机关。", field="authority"))
    if not check.asked_on <= answered_on <= clock.today():
        raise Refused(Problem("答复日期应在提出日期之后、今天之前。", field="answered_on"))
    done = RecordCheck.objects.filter(
        pk=check.pk, person=employment.person_id, institution=employment.institution_id, answered_on=None
    ).update(
        answered_on=answered_on,
        authority=authority.strip()[:120],
        reference=reference.strip()[:80],
        result=result,
    )
    if not done:
        raise Overtaken("这次查询的答复已经登记过了。")
    record(by, "record_check.answered", employment, after={"check": check.pk, "result": result})
    check.refresh_from_db()
    if result == CheckResult.HIT:
        _part(by, employment, answered_on)
        alert_employers(by=by, record_check=check)
    return check


def _part(by: Actor, employment: Employment, answered_on: date) -> None:
    """Here the work ends before the day of the answer; elsewhere it is not ours to end."""
    here = Employment.objects.filter(person=employment.person_id, institution=employment.institution_id)
    last_day = answered_on - timedelta(days=1)
    for one in here.filter(Q(period__endswith=None) | Q(period__endswith__gt=answered_on)):
        end_at_once(
            by=by,
            employment=one,
            last_day=max(one.starts_on, last_day),
            reason="违法犯罪记录查询结果为“有记录”",
        )
