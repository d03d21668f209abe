"""The daily return: stated once, corrected by a new statement."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from tuoyu.care import hooks, queries
from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.care.permissions import STATE_DAY
from tuoyu.care.rules import ReturnGiven, RoomKnown, totals, wrong
from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED


@action
def state_day(
    *, by: Actor, institution: Institution, day: date, given: ReturnGiven, reason: str = ""
) -> DailyReturn:
    """State what a day was like; the same again writes nothing, other figures correct it and need a reason.

    Raises Refused for a day to come or too long ago, figures that cannot be, or a correction without a
    reason (409); Overtaken when somebody stated the same day meanwhile.
    """
    require(by, STATE_DAY, institution)
    rooms = queries.rooms_of(institution, day)
    problems = _wrong_day(institution, day) or wrong(given, rooms)
    if problems:
        raise Refused(problems)
    before = queries.current_of(institution, day)
    why = texts.tidy(reason).strip()[:200]
    if before is not None and queries.given_of(before) == given:
        audit.record(by, "day.stated_again", before, topic=_topic(institution), after={"day": str(day)})
        return before
    if before is not None:
        _set_aside(before, why)
    made = _written(
        DailyReturn(
            institution=institution,
            day=day,
            closed=given.closed,
            replaces=before,
            reason=why if before else "",
            stated_by_id=by.user_id,
            stated_label=by.label,
        )
    )
    _write_classes(made, given, rooms)
    children, carers, cases = totals(given.classes)
    audit.record(
        by,
        "day.corrected" if before else "day.stated",
        made,
        topic=_topic(institution),
        place=institution.division_code,
        after={
            "day": str(day),
            "closed": given.closed,
            "children": children,
            "carers": carers,
            "cases": cases,
        },
        note=made.reason,
    )
    for told in hooks.after_a_day:
        told(by, institution, day)
    return made


def _topic(institution: Institution) -> str:
    return f"institution:{institution.pk}:days"


def _wrong_day(institution: Institution, day: date) -> list[Problem]:
    today = clock.today()
    if institution.filing not in FILED:
        return [Problem("机构没有备案，不需要报送。", field="day")]
    if day > today:
        return [Problem("不能提前报送以后的日子。", field="day")]
    rule = queries.days_back(institution.division_code, today)
    if rule is not None and day < today - timedelta(days=int(rule.value)):
        says = f"只能补报、更正最近{rule.value}天的情况。"
        return [Problem(says, field="day", rule_key=rule.key, source=rule.source)]
    return []


def _set_aside(before: DailyReturn, reason: str) -> None:
    if not reason:
        raise Refused(
            Problem("这一天已经报送过。", field="reason", fix="要更正的，请写明原因，原来的报送仍会保留。"),
            status=409,
        )
    if DailyReturn.objects.filter(pk=before.pk, current=True).update(current=False) != 1:
        raise Overtaken


def _written(made: DailyReturn) -> DailyReturn:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "daily_return_once_a_day" not in str(error):
            raise
        raise Overtaken("这一天刚刚已由同事报送，请刷新后查看。") from error
    return made


def _write_classes(made: DailyReturn, given: ReturnGiven, rooms: list[RoomKnown]) -> None:
    enrolled = {room.key: room.enrolled for room in rooms}
    rows = ClassDay.objects.bulk_create(
        ClassDay(
            daily_return=made,
            class_group_id=one.room,
            children=one.children,
            carers=one.carers,
            enrolled=enrolled[one.room],
            checked=one.checked,
            unexamined=one.unexamined,
        )
        for one in given.classes
    )
    NewCases.objects.bulk_create(
        NewCases(class_day=row, symptom=case.symptom, disease=case.disease, number=case.number)
        for row, one in zip(rows, given.classes, strict=True)
        for case in one.cases
    )
