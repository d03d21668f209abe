"""A small demonstration in one county: something to see on every page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from accounts.people import actor
from complaints.told import answered, sorted_out, told
from imports import sheets
from policy.county import drafted
from supervision import inspected, rounds, visiting
from tuoyu.accounts import actions as accounts
from tuoyu.accounts.models import User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.alerts.models import Alert
from tuoyu.care.models import Incident
from tuoyu.cases.models import Case, Step
from tuoyu.complaints.models import Complaint
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Role
from tuoyu.credit.actions import Stated, ask, record_event, write_event
from tuoyu.credit.models import CreditEvent, CreditRequest
from tuoyu.credit.vocabulary import CreditClass, EventKind, RequestKind
from tuoyu.imports.models import Import
from tuoyu.institutions.models import Application, Certificate, Institution, Paper, Suspension
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.policy import actions as policies
from tuoyu.policy.models import PolicyDraft
from tuoyu.project.demo import marks, playing, ratings
from tuoyu.project.demo.people import BY, Cast, accounts_room
from tuoyu.project.demo.places import PLACES
from tuoyu.ratings.actions import draft_tree
from tuoyu.ratings.models import Assessment, IndicatorTree
from tuoyu.supervision import actions as supervision
from tuoyu.supervision.actions import declare_conflict, open_penalty
from tuoyu.supervision.jobs import publish_rounds
from tuoyu.supervision.models import Draw, Inspection, Rectification, Sanction
from tuoyu.workforce.actions import confirm_presence, record_bar
from tuoyu.workforce.models import Bar, Employment, Participation
from workforce import barred, trained
from workforce import staff as nurseries

GULOU = next(place for place in PLACES if place.county == "320106")
# Of the demonstration's stories those that look different.
TOLD = [
    one
    for one in playing.STORIES
    if one.ends in ("rectify", "nonconforming", "some", "returned")
    or (one.verified and one.who == "applicant")
    or (one.filed and not one.verified)
]


@dataclass(frozen=True)
class Town:
    """What the stories left behind."""

    application: Application
    draft: Application
    returned: Case
    open_case: Case
    institution: Institution
    unfiled: Institution
    certificate: Certificate
    paper: Paper
    invitation: str
    policy: PolicyDraft
    brought: Import
    bar: Bar
    employed: Employment
    attended: Participation
    inspected: Inspection
    pause: Suspension
    harmed: Incident
    published: Draw
    credited: CreditRequest
    responsible: CreditEvent
    alert: Alert
    complaint: Complaint
    ordered: Rectification
    sanction: Sanction
    rated: dict[str, Assessment]
    tree: IndicatorTree

    @staticmethod
    def user(username: str) -> User:
        """A demonstration account."""
        return User.objects.get(username=username)


def built(monkeypatch: pytest.MonkeyPatch) -> Town:
    """Play the stories."""
    monkeypatch.setattr(playing, "STORIES", TOLD)
    marks.demand_demonstration()
    with workdays.held(), jurisdictions.remembering():
        accounts_room().make_accounts()
        county = playing.County(GULOU, Cast(GULOU, 2), 2, playing.Days(clock.today()))
        assert len(list(county.play())) == len(TOLD)
    mine = Application.objects.filter(owner__username="nanjing-applicant")
    waiting = Case.objects.filter(steps__state=Step.State.ACTIVE, steps__department="health")
    return Town(
        application=mine.filter(case__state=Case.State.DONE).earliest("pk"),
        draft=mine.filter(case=None).earliest("pk"),
        returned=Case.objects.get(state=Case.State.RETURNED, applicant__username="nanjing-applicant"),
        open_case=waiting.earliest("pk"),
        institution=Institution.objects.filter(public_since__isnull=False).earliest("pk"),
        unfiled=Institution.objects.filter(filing="none").earliest("pk"),
        certificate=Certificate.objects.earliest("pk"),
        paper=Paper.objects.earliest("pk"),
        invitation=_invitation(),
        policy=_policy(),
        brought=_brought(),
        bar=_bar(),
        employed=_employed(),
        attended=_attended(),
        inspected=_inspected(),
        pause=_pause(mine.filter(case__state=Case.State.DONE).earliest("pk")),
        harmed=Incident.objects.earliest("pk"),
        published=_published(),
        credited=(credited := _credited(mine.filter(case__state=Case.State.DONE).earliest("pk"))),
        responsible=_responsible(credited.event.institution),
        alert=Alert.objects.filter(rule="cluster").earliest("pk"),
        complaint=_complaint(),
        ordered=(ordered := _ordered()),
        sanction=open_penalty(by=inspected.office(), rectification=ordered),
        rated=_rated(),
        tree=draft_tree(by=BY, name="新的星级标准", outline="wst821", division_code=ratings.WHERE),
    )


def _rated() -> dict[str, Assessment]:
    """One assessment filled in, one scored, one published."""
    filed = Institution.objects.filter(filing__in=FILED).order_by("pk")
    return ratings.rate(list(filed[:3]), Cast(GULOU, 3), playing.Days(clock.today()))


def _inspected() -> Inspection:
    """The applicant's nursery was inspected, with a defect, and everybody may read it."""
    mine = Application.objects.filter(owner__username="nanjing-applicant", case__state=Case.State.DONE)
    nursery = Institution.objects.get(pk=mine.earliest("pk").institution_id)
    made = visiting.confirmed("fire.manager", nursery=nursery)
    return supervision.publish(by=actor(User.objects.get(username="nanjing-health")), inspection=made)


def _brought() -> Import:
    rows = sheets.nursery(1), sheets.nursery(2, name="=甲", places="六十")
    return sheets.brought(User.objects.get(username="nanjing-health"), "institutions", *rows)


def _invitation() -> str:
    by = actor(User.objects.get(username="nanjing-system"))
    seat = SeatGiven(Role.OFFICER, "health", GULOU.county)
    given: dict[str, Any] = {"username": "newcomer", "name": "新同事", "phone": "13900000009"}
    return str(accounts.invite(by=by, seat=seat, **given)[1])


def _bar() -> Bar:
    """Somebody who is employed may not be; an answer of the police stands against somebody else."""
    institution = Institution.objects.filter(public_since__isnull=False).earliest("pk")
    barred.employed(institution, barred.identity(1))
    barred.hit(institution, barred.identity(2))
    return record_bar(by=barred.health(GULOU.county), given=barred.given(barred.identity(1)))


def _pause(application: Application) -> Suspension:
    """A suspension that is still to come."""
    first = clock.today() + timedelta(days=20)
    return Suspension.objects.create(
        institution=application.institution,
        case=application.case,
        days=(first, first + timedelta(days=10)),
        reason="房屋维修",
        children=12,
        children_to="转到邻近托育园",
    )


def _credited(application: Application) -> CreditRequest:
    """A breach was recorded of a nursery, and its head objects."""
    institution = application.institution
    assert institution is not None
    stated = Stated(EventKind.PUNISH, CreditClass.GENERAL, "台账不全", clock.today())
    event = record_event(by=barred.health(GULOU.county), institution=institution, stated=stated)
    by = actor(User.objects.get(username="nanjing-applicant"))
    return ask(by=by, event=event, kind=RequestKind.OBJECTION, statement="情况不实")


def _responsible(institution: Institution) -> CreditEvent:
    """Somebody answers for a breach."""
    person = barred.employed(institution, barred.identity(15)).person
    stated = Stated(EventKind.PUNISH, CreditClass.GENERAL, "台账不全", clock.today())
    return write_event(
        by=barred.health(GULOU.county), institution=institution, person=person, stated=stated,
        department="health",
    )  # fmt: skip


def _employed() -> Employment:
    """A carer with every paper in the first class, and a cook without any."""
    institution = Institution.objects.filter(public_since__isnull=False).earliest("pk")
    by = nurseries.head(institution)
    nurseries.hired(by, institution, 2, post="cook")
    return nurseries.carer(by, institution, 1, institution.classes.first())


def _attended() -> Participation:
    """Somebody of the nursery was at a session today; somebody else is still to come."""
    nursery = Institution.objects.filter(public_since__isnull=False).earliest("pk")
    by = actor(User.objects.get(username="nanjing-health"))
    session = trained.session(by, "skill", title="婴幼儿回应性照护")
    came, _ = (
        Participation.objects.create(
            session=session,
            person_id=barred.employed(nursery, barred.identity(number), name).person_id,
            institution=nursery,
            enrolled_label="园长",
        )
        for number, name in ((3, "陈某某"), (4, "赵某某"))
    )
    confirm_presence(by=by, session=session, participations=[came])
    barred.served(barred.employed(nursery, barred.identity(5), "宋某某"))
    return came


def _complaint() -> Complaint:
    """One that is answered, by somebody who left a telephone number; another waits."""
    nursery = Institution.objects.filter(public_since__isnull=False).earliest("pk")
    told(nursery, kind="fees")
    by = actor(User.objects.get(username="nanjing-health"))
    first, _ = told(nursery, reporter_name="王某某", reporter_phone="13800138000")
    return answered(sorted_out(first, by), by)


def _ordered() -> Rectification:
    """A joint inspection found two things to mend."""
    return inspected.ordered(Institution.objects.filter(public_since__isnull=False).earliest("pk"))


def _published() -> Draw:
    """A round that is over, and one whose list is frozen."""
    nursery = Institution.objects.filter(public_since__isnull=False).earliest("pk")
    lead = actor(User.objects.get(username="nanjing-health-lead"))
    declare_conflict(by=lead, user_id=int(lead.user_id or 0), institution=nursery, reason="配偶在该机构任职")
    with clock.set_to(clock.now() - timedelta(days=9)):
        plan = rounds.plan(GULOU.county)
        draw = rounds.drawn(plan, 1, closes_on=clock.today() + timedelta(days=3))
    with clock.set_to(clock.now() - timedelta(days=1)):
        rounds.frozen(plan, 1)
    publish_rounds(0)
    return draw


def _policy() -> PolicyDraft:
    """A document that was read for the county, with one clause corrected and one left out."""
    lead = User.objects.get(username="nanjing-lead")
    draft = drafted(GULOU.county, by=lead)
    words = {"heading": "照护家庭", "summary": "让家里有人带孩子", "responsible": ["区总工会"]}
    policies.correct(draft=draft, key="clause-3", given=words, seen=1, by=actor(lead))
    policies.remove_part(draft=draft, key="duty-1", seen=2, by=actor(lead))
    return PolicyDraft.objects.get(pk=draft.pk)
