"""Inspections of each county: one that passed and is public, one that failed, one under way, one to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.project.demo.people import BY, Cast
from tuoyu.project.demo.places import Place
from tuoyu.project.demo.playing import Days
from tuoyu.supervision import actions, visits
from tuoyu.supervision.models import Inspection
from tuoyu.supervision.vocabulary import Origin, Result, Side, Verdict

NOTES = {
    "fire.manager": "没有任命文件，问到的人说不清由谁负责。（演示）",
    "health_care.disinfection": "上周有两天没有消毒记录。（演示）",
}
SIGNED = [
    [[60, 120], [90, 60], [120, 130], [150, 70], [180, 120]],
    [[220, 60], [220, 140]],
    [[200, 95], [260, 90]],
]


@dataclass(frozen=True)
class Told:
    """How one inspection went, in working days before today; `answered` is the share of items answered."""

    began: int | None
    answered: float = 1.0
    result: Result | None = None
    wrong: tuple[str, ...] = ()
    public: bool = False
    joint: bool = False


STORIES = (
    Told(24, result=Result.PASS, public=True),
    Told(9, result=Result.RECTIFY, wrong=tuple(NOTES), joint=True),
    Told(0, answered=0.4),
    Told(None),
)


def visit(place: Place, cast: Cast, days: Days) -> int:
    """Play the inspections of a county at its filed institutions; how many there were."""
    filed = Institution.objects.filter(filing="normal", division_code__startswith=place.county)
    played = list(zip(STORIES, filed.order_by("pk"), strict=False))
    for told, institution in played:
        _play(told, institution, place, cast, days)
    return len(played)


def _play(told: Told, institution: Institution, place: Place, cast: Cast, days: Days) -> None:
    lead, county = cast.officer("health", place.county), place.county
    teams = {"health": [lead, cast.lead("health", county)]}
    if told.joint:
        teams["fire_rescue"] = [cast.officer("fire_rescue", county), cast.lead("fire_rescue", county)]
    sent = {department: [int(who.user_id or 0) for who in team] for department, team in teams.items()}
    made = actions.schedule(
        by=BY,
        institution=institution,
        origin=Origin.JOINT if told.joint else Origin.SPECIAL,
        department="health",
        division_code=county,
        year=clock.today().year,
        parts=sent,
        scheduled_on=days.before(told.began or 0),
    )
    if told.began is None:
        return
    with days.at(told.began, 120):
        actions.begin(by=lead, inspection=made)
        for team in teams.values():
            _answer(made, team[0], told)
        if told.result is None:
            return
        _sign(made, lead)
        actions.confirm(by=lead, inspection=made, result=told.result)
    if told.public:
        with days.at(max(0, told.began - 12), 30):
            actions.publish(by=lead, inspection=made)


def _answer(made: Inspection, by: Actor, told: Told) -> None:
    now, items = clock.now(), visits.for_phone(visits.visit_of(made), by)["items"]
    given = [
        actions.AnswerGiven(
            key=uuid4(),
            item=item["key"],
            verdict=Verdict.DEFECT if item["key"] in told.wrong else Verdict.OK,
            note=NOTES[item["key"]] if item["key"] in told.wrong else "",
            said_at=now,
        )
        for item in items[: int(len(items) * told.answered)]
    ]
    finished = actions.Mark(uuid4(), now) if told.result else None
    sent = actions.VisitTold(sent_at=now, answers=given, finished=finished)
    actions.receive(by=by, inspection=made, told=sent)


def _sign(made: Inspection, by: Actor) -> None:
    now = clock.now()
    strokes: Sequence[Sequence[Sequence[int]]] = SIGNED
    signed = [
        actions.SignatureGiven(uuid4(), Side.INSPECTOR, now, assignment=one.pk, strokes=strokes)
        for one in made.assignments.all()
    ]
    theirs = actions.SignatureGiven(
        uuid4(), Side.INSTITUTION, now, name="机构负责人（演示）", strokes=strokes
    )
    actions.receive(by=by, inspection=made, told=actions.VisitTold(sent_at=now, signatures=[*signed, theirs]))
