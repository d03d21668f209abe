"""A county with one of everything, and those who have no business with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from care import stated
from complaints.told import told
from exchange.callers import seated, token_of
from imports import sheets
from institutions import desk
from policy.county import drafted
from ratings import rated
from supervision import inspected, rounds, visiting
from tuoyu.accounts.models import AgentAuthorisation, ApiClient, Invitation, Membership
from tuoyu.alerts.live import SYSTEM, look_now
from tuoyu.alerts.models import Alert
from tuoyu.care.models import Incident
from tuoyu.cases.models import Case
from tuoyu.complaints.models import Complaint
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import OutboxMessage, StoredFile
from tuoyu.credit.actions import Stated, ask, put_on_list, record_event
from tuoyu.credit.models import CreditRequest, ListEntry
from tuoyu.credit.vocabulary import CreditClass, EventKind, ListKind, RequestKind
from tuoyu.exchange.models import Connector
from tuoyu.imports.models import Import
from tuoyu.institutions.models import Application, Certificate, Institution, Paper
from tuoyu.jurisdictions.models import DivisionSetting
from tuoyu.policy.models import PolicyDraft
from tuoyu.ratings import actions as ratings
from tuoyu.ratings.models import Assessor, IndicatorTree
from tuoyu.ratings.models import Evidence as Shown
from tuoyu.supervision.actions import add_proof, declare_conflict, open_penalty
from tuoyu.supervision.models import Conflict, Draw, Evidence, Proof, Rectification, Sanction
from tuoyu.workforce.actions import confirm_presence, record_bar
from tuoyu.workforce.models import Bar, Employment, Participation, Qualification, RecordCheck, ServicePeriod
from workforce import barred, trained
from workforce import staff as nurseries

OUTSIDERS = ("stranger", "applicant", "neighbour", "system", "security", "audit")
# What looking, or being sent away, may write.
MAY_CHANGE = {"core.AuditEvent", "accounts.BrowserSession"}
# Large, and loaded before: nobody writes them from a page.
NOT_COMPARED = {"jurisdictions.Division", "jurisdictions.PackVersion"}


@dataclass
class Town:
    """Ids of real things in 鼓楼区, by the name of the argument in an address."""

    filed: Institution
    case: Case
    draft: Application
    submitted: Application
    paper: Paper
    certificate: Certificate
    message: OutboxMessage
    connector: Connector
    client: ApiClient
    invitation: Invitation
    authorisation: AgentAuthorisation
    seat: Membership
    unfiled: Institution
    policy: PolicyDraft
    brought: Import
    bar: Bar
    hit: RecordCheck
    employed: Employment
    qualification: Qualification
    attended: Participation
    served: ServicePeriod
    ordered: Rectification
    proof: Proof
    sanction: Sanction
    harmed: Incident
    complaint: Complaint
    drawn: Draw
    conflict: Conflict
    credited: CreditRequest
    listed: ListEntry
    alert: Alert
    tree: IndicatorTree
    scores_for: Assessor
    shown: Shown
    seen: Evidence


def built() -> Town:
    """One nursery filed, one under way, one draft; a seat, a token, an invitation, an agent."""
    head = desk.applicant("园长甲")
    done = desk.approve(desk.registered(desk.submitted(head)), "filing")
    other = desk.applicant("申办人乙")
    draft = desk.fill(other, desk.begun(other))
    under_way = desk.submitted(other)
    seat = Membership.objects.get(user=seated(Role.OFFICER, "health", desk.GULOU))
    lead = seated(Role.DEPARTMENT_LEAD, "health", desk.GULOU)
    admin = seated(Role.SYSTEM_ADMIN, "", desk.GULOU)
    token_of("civil_affairs", desk.GULOU)
    today = clock.today()
    filed = Institution.objects.get(applications__case=done)
    submitted = Application.objects.get(case=under_way)
    letter = StoredFile.objects.filter(purpose__startswith="application").first()
    ordered = inspected.ordered(filed)
    employed = nurseries.carer(nurseries.head(filed), filed, 1, filed.classes.first())
    return Town(
        filed=filed,
        unfiled=Institution.objects.create(
            name="未备案的", kind="institution", nature="nonprofit", legal_form="social_service_org",
            division_code=desk.GULOU, registration="registered", registrar="civil_affairs",
            registered_on=today, source_system="民政系统", source_id="1",
        ),
        case=under_way,
        draft=draft,
        submitted=submitted,
        paper=submitted.papers.all()[0],
        certificate=Certificate.objects.filter(institution=filed)[0],
        message=OutboxMessage.objects.filter(department="health")[0],
        connector=Connector.objects.create(
            department="health", division_code=desk.GULOU, address="https://a.example/", secret="x",
            set_by_label="甲",
        ),
        client=ApiClient.objects.get(department="civil_affairs", division_code=desk.GULOU),
        invitation=Invitation.objects.create(
            token_hash="0" * 64, username="newcomer", name="新人", role=Role.OFFICER, department="health",
            division_code=desk.GULOU, valid=(today, None), invited_by=admin,
            expires_at=clock.now() + timedelta(days=3),
        ),
        authorisation=AgentAuthorisation.objects.create(
            principal_id=head.user_id, agent=lead, agent_named=lead.username, scope="设立", letter=letter,
            valid=(today, date(2099, 1, 1)), state="active", answered_at=clock.now(),
        ),
        seat=seat,
        policy=drafted(desk.GULOU),
        brought=sheets.brought(lead, "institutions", sheets.nursery(1), sheets.nursery(2, name="=甲")),
        bar=record_bar(by=barred.health(), given=barred.given(barred.identity(1))),
        hit=barred.hit(filed, barred.identity(2)),
        employed=employed,
        qualification=employed.person.qualifications.all()[0],
        attended=_attended(filed),
        served=_served(filed),
        ordered=ordered,
        proof=add_proof(
            by=inspected.head(filed), rectification=ordered, finding=ordered.inspection.findings.all()[0],
            file=desk.image(),
        ),
        sanction=open_penalty(by=inspected.office(), rectification=ordered),
        harmed=stated.incident(nurseries.head(filed), filed),
        complaint=told(filed, reporter_name="王某某")[0],
        drawn=_drawn(),
        conflict=declare_conflict(
            by=rounds.by("health"), user_id=seat.user_id, institution=filed, reason="亲属在该机构任职"
        ),
        credited=_credited(filed),
        listed=_listed(filed),
        alert=_alert(filed),
        **_rated(filed),
        seen=_seen(filed),
    )  # fmt: skip


def _drawn() -> Draw:
    """A round that was drawn just now, and is not over."""
    return rounds.drawn(rounds.plan(), 1, seed_moment=clock.now() + timedelta(seconds=1))


def _rated(filed: Institution) -> dict[str, Any]:
    """A draft of the county's own, an agency with an assessor, and an assessment with a file shown in it."""
    rated.adopted()
    agency = rated.agency(desk.GULOU)
    rated.assessor_user(agency)
    one = rated.begun(filed, agency)
    shown = ratings.add_evidence(by=nurseries.head(filed), assessment=one, code="1.1", file=desk.image())
    tree = ratings.draft_tree(by=rated.BY, name="区级标准", division_code=desk.GULOU)
    return {"tree": tree, "scores_for": agency.assessors.get(), "shown": shown}


def _seen(filed: Institution) -> Evidence:
    """Inspectors are there, and took a photograph."""
    one, other = visiting.inspector(), visiting.inspector()
    made = visiting.begun(visiting.scheduled((one, "health"), (other, "health"), nursery=filed), one)
    return visiting.photographed(made, one)


def _served(filed: Institution) -> ServicePeriod:
    """Somebody of a hospital served there and has a certificate of it."""
    return barred.served(barred.employed(filed, barred.identity(4)))


def _credited(filed: Institution) -> CreditRequest:
    """A breach was recorded of the nursery, and its head objects."""
    stated = Stated(EventKind.PUNISH, CreditClass.GENERAL, "台账不全", clock.today())
    event = record_event(by=barred.health(), institution=filed, stated=stated)
    return ask(by=nurseries.head(filed), event=event, kind=RequestKind.OBJECTION, statement="不实")


def _listed(filed: Institution) -> ListEntry:
    """The nursery is on a list of its place."""
    return put_on_list(by=barred.health(), institution=filed, kind=ListKind.REWARD, reason="检查合格")


def _alert(filed: Institution) -> Alert:
    """Children of one class fell ill, which health and the disease control are told at once."""
    stated.day(nurseries.head(filed), filed, cases={"rash": 3})
    look_now(SYSTEM, filed)
    return Alert.objects.get(institution=filed, rule="cluster")


def _attended(filed: Institution) -> Participation:
    """Somebody of the nursery was at a session today."""
    employment = barred.employed(filed, barred.identity(3))
    session = trained.session(trained.office(), "skill")
    made = Participation.objects.create(
        session=session, person_id=employment.person_id, institution=filed, enrolled_label="园长"
    )
    confirm_presence(by=trained.office(), session=session, participations=[made])
    return made


def outsiders() -> dict[str, Client]:
    """A browser for each of those who have no business in this county."""
    people = {
        "stranger": None,
        "applicant": desk.person("路人"),
        "neighbour": seated(Role.OFFICER, "health", desk.XUANWU),
        "system": seated(Role.SYSTEM_ADMIN, "", desk.XUANWU),
        "security": seated(Role.SECURITY_ADMIN, "", desk.XUANWU),
        "audit": seated(Role.AUDIT_ADMIN, "", desk.XUANWU),
    }
    browsers = {}
    for name, user in people.items():
        browsers[name] = Client(raise_request_exception=True)
        if user is not None:
            browsers[name].force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
    return browsers


def digests() -> dict[str, Any]:
    """Each of our tables, as one number of rows and one digest of them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            label = model._meta.label
            ours = model.__module__.startswith("tuoyu.") and label not in MAY_CHANGE | NOT_COMPARED
            if ours and not model._meta.proxy and model._meta.managed:
                cursor.execute(
                    "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) "
                    f'FROM "{model._meta.db_table}" AS t'
                )
                found[label] = cursor.fetchone()
    assert DivisionSetting._meta.label in found
    return found
