"""Courses, sessions and who was there, made quickly."""

from datetime import date
from decimal import Decimal

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.workforce import actions
from tuoyu.workforce.actions.training import SessionGiven
from tuoyu.workforce.models import Employment, Session


def office(department: str = "health", place: str = "320106", role: Role = Role.OFFICER) -> Actor:
    """An officer who organises training."""
    name = f"trainer-{role}-{department}-{place}"
    found = User.objects.filter(username=name).first()
    return actor_for(found or seated(role, department, place, username=name))


def session(by: Actor, kind: str, hours: float = 8, held_on: date | None = None, title: str = "") -> Session:
    """A session of a new course, today unless another day is said."""
    course = actions.open_course(by=by, title=title or f"{kind}培训", kind=kind)
    given = SessionGiven(held_on or clock.today(), "会议室", "李老师", Decimal(str(hours)))
    return actions.plan_session(by=by, course=course, given=given)


def attended(by: Actor, head: Actor, employment: Employment, kind: str, hours: float) -> Session:
    """Somebody was sent to a session, and the organiser found the person there."""
    made = session(by, kind, hours)
    actions.enrol(by=head, session=made, employments=[employment])
    actions.confirm_presence(by=by, session=made, participations=made.participations.all())
    return made
