"""What has happened to those who work at a nursery of the demonstration: they were trained, a nurse served,
somebody must be let go. Where no document of the place asks for a thing, it has not happened there."""

from datetime import date, timedelta
from decimal import Decimal

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions.names import place_name
from tuoyu.project.demo import words
from tuoyu.project.demo.people import Cast
from tuoyu.project.demo.playing import Days
from tuoyu.workforce import actions, service
from tuoyu.workforce.actions.service import ServiceGiven
from tuoyu.workforce.actions.training import SessionGiven
from tuoyu.workforce.models import Employment, Session
from tuoyu.workforce.rules.bars import BarGiven
from tuoyu.workforce.training import needs_at
from tuoyu.workforce.vocabulary import BarGround, BarKind, BarRole, CourseKind, Post, Profession

# Title, kind, working days before today on which it was held, hours.
HELD = (
    ("回应性照护与早期发展", CourseKind.SKILL, 60, "8"),
    ("婴幼儿意外伤害预防与急救", CourseKind.SKILL, 24, "6"),
    ("托育从业人员职业行为准则", CourseKind.ETHICS, 12, "4"),
)
TO_COME = ("发育迟缓的早期识别", CourseKind.SKILL, "6")


def live(institution: Institution, head: Actor, cast: Cast, days: Days) -> None:
    """Everything of the life of a nursery's staff, through the actions of those who write it down."""
    office = cast.officer("health", cast.place.county)
    staff = list(institution.employments.order_by("pk"))
    if needs_at(institution.division_code, clock.today().year):
        _train(staff, head, office, days)
        _bar(staff, office, cast, days)
    if service.rule_at(institution.division_code):
        _serve(staff, head, office, days)


def _train(staff: list[Employment], head: Actor, office: Actor, days: Days) -> None:
    """Sessions of which everybody but the last missed none, and one to come with two on its list."""
    for title, kind, ago, hours in HELD:
        with days.at(ago) as day:
            there = [one for one in staff if one.starts_on <= day]
            session = _session(office, title, kind, day, hours)
            actions.enrol(by=head, session=session, employments=there)
            present = session.participations.order_by("pk")[: max(1, len(there) - 1)]
            actions.confirm_presence(by=office, session=session, participations=present)
    title, kind, hours = TO_COME
    session = _session(office, title, kind, clock.today() + timedelta(days=14), hours)
    actions.enrol(by=head, session=session, employments=staff[:2])


def _session(office: Actor, title: str, kind: str, day: date, hours: str) -> Session:
    course = actions.open_course(by=office, title=title, kind=kind)
    given = SessionGiven(day, "妇幼保健院三楼教室（演示）", "演示讲师", Decimal(hours))
    return actions.plan_session(by=office, course=course, given=given)


def _serve(staff: list[Employment], head: Actor, office: Actor, days: Days) -> None:
    """The nurse's time: one period confirmed, the next one waiting for the office."""
    nurse = next(one for one in staff if one.post == Post.HEALTH)
    for first, last, confirmed in ((50, 46, True), (20, 16, False)):
        said = ServiceGiven(
            Profession.NURSE, "人民医院儿科（演示）", days.before(first), days.before(last), Decimal(32)
        )
        period = actions.enter_service(by=head, employment=nurse, given=said)
        if confirmed:
            actions.decide_service(by=office, period=period, confirmed=True)


def _bar(staff: list[Employment], office: Actor, cast: Cast, days: Days) -> None:
    """Two people may not work in childcare; one of them is employed here and must be let go."""
    county = cast.place.county
    employed = next(one for one in reversed(staff) if one.post == Post.CARER)
    stranger = (words.person(77), words.identity(county, 977))
    people = (stranger, (str(employed.person.name), str(employed.person.identity)))
    for number, (name, identity) in enumerate(people, start=1):
        decided = days.before(10 * number)
        given = BarGiven(
            name=name,
            identity=identity,
            kind=BarKind.LIFETIME,
            role=BarRole.PERPETRATOR,
            ground=BarGround.ABUSE,
            document="行政处罚决定书（演示）",
            number=f"演示罚〔{decided.year}〕{number}号",
            decided_on=decided,
            authority=f"{place_name(county)}卫生健康委员会（演示）",
        )
        actions.record_bar(by=office, given=given)
