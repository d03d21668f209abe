"""Training: courses, sessions planned and cancelled, who is to come, who was there, hours put right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Course, Employment, HourCorrection, Participation, Session
from tuoyu.workforce.models.training import MOST_HOURS
from tuoyu.workforce.permissions import (
    CORRECT_HOURS,
    ENROL,
    HOLD_SESSION,
    OPEN_COURSE,
    PLAN_SESSION,
    SIGN_IN,
    TRAINERS,
)
from tuoyu.workforce.training import employed_on, own_employment
from tuoyu.workforce.vocabulary import CourseKind, Presence


@dataclass(frozen=True)
class SessionGiven:
    """A session as its organiser plans it."""

    held_on: date
    place: str
    trainer: str
    hours: Decimal


@action
def open_course(*, by: Actor, title: str, kind: str, content: str = "") -> Course:
    """Offer a course: an office in its places, a head to the own staff."""
    require(by, OPEN_COURSE)
    wrong = []
    if not title.strip():
        wrong.append(Problem("请填写课程名称。", field="title"))
    if kind not in CourseKind.values:
        wrong.append(Problem("请选择课程类别。", field="kind"))
    if wrong:
        raise Refused(wrong)
    course = Course.objects.create(
        title=texts.tidy(title).strip()[:80],
        kind=kind,
        content=texts.tidy(content).strip(),
        opened_label=by.label,
        **_organiser(by),
    )
    audit.record(by, "course.opened", course, topic=course.topic, place=course.division_code,
                 after={"kind": kind})  # fmt: skip
    return course


def _organiser(by: Actor) -> dict[str, object]:
    """In whose name somebody opens a course: the office of the post, or the nursery headed."""
    for seat in by.seats_as(Role.OFFICER, Role.DEPARTMENT_LEAD):
        if seat.department in TRAINERS:
            return {"department": seat.department, "division_code": seat.division_code}
    headed = Institution.objects.filter(pk__in=[s.institution_id for s in by.seats_as(Role.NURSERY_HEAD)])
    if (nursery := headed.first()) is not None:
        return {"institution": nursery, "division_code": nursery.division_code}
    raise Refused("培训由卫生健康、人力资源社会保障部门或托育机构组织。", status=403)


@action
def plan_session(*, by: Actor, course: Course, given: SessionGiven) -> Session:
    """Hold a course on a day."""
    require(by, PLAN_SESSION, course)
    wrong = []
    for field, label in {"place": "地点", "trainer": "授课人"}.items():
        if not getattr(given, field).strip():
            wrong.append(Problem(f"请填写{label}。", field=field))
    if not 0 < given.hours <= MOST_HOURS:
        wrong.append(Problem(f"课时应大于0，不超过{MOST_HOURS}。", field="hours"))
    if wrong:
        raise Refused(wrong)
    session = Session.objects.create(
        course=course,
        held_on=given.held_on,
        place=texts.tidy(given.place).strip()[:120],
        trainer=texts.tidy(given.trainer).strip()[:60],
        hours=given.hours,
        planned_label=by.label,
    )
    _record(by, "session.planned", session, {"held_on": str(given.held_on), "hours": str(given.hours)})
    return session


@action
def cancel_session(*, by: Actor, session: Session, reason: str) -> Session:
    """A session does not take place, or does not count: nobody has hours of it."""
    require(by, HOLD_SESSION, session)
    if not reason.strip():
        raise Refused(Problem("请写明取消的理由。", field="reason"))
    changed = Session.objects.filter(pk=session.pk, cancelled_at=None).update(
        cancelled_at=clock.now(), cancelled_label=by.label, cancelled_reason=reason.strip()[:200]
    )
    if not changed:
        raise Overtaken("这一场刚刚已经取消。")
    session.refresh_from_db()
    _record(by, "session.cancelled", session, {}, note=reason.strip())
    return session


# ---------------------------------------------------------------- who is to come, who was there


@action
def enrol(*, by: Actor, session: Session, employments: Iterable[Employment]) -> int:
    """A head sends own staff to a session; how many are new to its list."""
    require(by, ENROL, session)
    held = _open(session)
    new = sum(_enrolled(by, held, one)[1] for one in _own_staff(by, held, employments))
    _record(by, "session.enrolled", held, {"new": new})
    return new


def _own_staff(by: Actor, session: Session, employments: Iterable[Employment]) -> list[Employment]:
    own = {seat.institution_id for seat in by.seats_as(Role.NURSERY_HEAD)}
    chosen = list(employments)
    working = employed_on(session.held_on).filter(institution__in=own, pk__in=[one.pk for one in chosen])
    found = list(working)
    if not found or len(found) != len(chosen):
        raise Refused(Problem("请选择培训当天在本机构工作的人员。", field="people"))
    return found


def _open(session: Session) -> Session:
    held = Session.objects.select_for_update().select_related("course").get(pk=session.pk)
    if held.cancelled:
        raise Refused("这一场已经取消。", status=409)
    return held


def _enrolled(by: Actor, session: Session, employment: Employment) -> tuple[Participation, bool]:
    return Participation.objects.get_or_create(
        session=session,
        person_id=employment.person_id,
        defaults={"institution_id": employment.institution_id, "enrolled_label": by.label},
    )


@action
def confirm_presence(*, by: Actor, session: Session, participations: Iterable[Participation]) -> int:
    """The organiser ticks who was there; how many of them had not signed in before."""
    require(by, HOLD_SESSION, session)
    held = _begun(session)
    keys = [one.pk for one in participations]
    rows = Participation.objects.filter(session=held, pk__in=keys)
    if not keys or rows.count() != len(set(keys)):
        raise Refused(Problem("请勾选到场人员。", field="people"))
    new = sum(_sign_in(by, held, one, Presence.LIST) for one in rows)
    _record(by, "session.presence_confirmed", held, {"new": new})
    return new


@action
def sign_in_by_code(*, by: Actor, session: Session) -> Participation:
    """Somebody who scanned the session's code signs in with the own account.

    Whose account it is the nursery's register says: the same telephone at the nursery of the seat.
    """
    require(by, SIGN_IN, session)
    held = _begun(session)
    if held.held_on != clock.today():
        raise Refused("只能在培训当天扫码签到；当天没有签到的，请组织者核对补记。", status=409)
    participation, _ = _enrolled(by, held, own_employment(by, held.held_on))
    if not _sign_in(by, held, participation, Presence.CODE):
        raise Overtaken("您已经签到，不用重复签到。")
    participation.refresh_from_db()
    _record(by, "session.signed_in", held, {"hours": str(held.hours)})
    return participation


def _begun(session: Session) -> Session:
    held = _open(session)
    if not held.begun:
        raise Refused(f"培训在{held.held_on}举行，还不能签到。", status=409)
    return held


def _sign_in(by: Actor, session: Session, participation: Participation, way: Presence) -> int:
    """Credit the session's hours once."""
    return Participation.objects.filter(pk=participation.pk, signed_in_at=None).update(
        signed_in_at=clock.now(), signed_in_label=by.label, presence=way, hours=session.hours
    )


@action
def correct_hours(*, by: Actor, participation: Participation, hours: Decimal, reason: str) -> HourCorrection:
    """Put right what somebody is credited with: left early, was not there after all."""
    require(by, CORRECT_HOURS, participation)
    wrong = []
    if not 0 <= hours <= MOST_HOURS:
        wrong.append(Problem(f"课时应在0到{MOST_HOURS}之间。", field="hours"))
    if not reason.strip():
        wrong.append(Problem("请写明更正的理由。", field="reason"))
    if wrong:
        raise Refused(wrong)
    held = Participation.objects.select_for_update().get(pk=participation.pk)
    if held.hours is None:
        raise Refused("此人还没有签到，没有可更正的课时。", status=409)
    correction = HourCorrection.objects.create(
        participation=held,
        hours_before=held.hours,
        hours_after=hours,
        reason=texts.tidy(reason).strip()[:200],
        corrected_label=by.label,
    )
    Participation.objects.filter(pk=held.pk).update(hours=hours)
    _record(by, "session.hours_corrected", held.session, {"participation": held.pk, "hours": str(hours)},
            note=correction.reason)  # fmt: skip
    return correction


def _record(by: Actor, verb: str, session: Session, after: dict[str, object], note: str = "") -> None:
    audit.record(by, verb, session, topic=session.course.topic, place=session.course.division_code,
                 after=after, note=note)  # fmt: skip
