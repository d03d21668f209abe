"""An incident is reported; for a serious one the institution answers in a case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tuoyu.care import queries
from tuoyu.care.models import Incident
from tuoyu.care.permissions import ANSWER_INCIDENT, REPORT_INCIDENT
from tuoyu.care.rules import MOST, NAMES_SOMEBODY
from tuoyu.care.vocabulary import ACCOUNTABLE, Harm, Severity, Spot
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED

ACCOUNTABILITY = "accountability"


@dataclass(frozen=True)
class IncidentGiven:
    """What happened, as it is reported; `room` is the class it happened in, where it was in one."""

    kind: str
    severity: str
    spot: str
    happened_at: datetime
    hurt: int
    what: str
    measures: str
    room: int | None = None


@action
def report_incident(*, by: Actor, institution: Institution, given: IncidentGiven) -> Incident:
    """Report an incident; from a serious one on, a case of accountability opens in the same moment.

    Raises Refused for what is missing or cannot be, or where words name somebody by a number.
    """
    require(by, REPORT_INCIDENT, institution)
    wrong = _wrong(institution, given)
    if wrong:
        raise Refused(wrong)
    rule = queries.report_hours(institution.division_code)
    due = given.happened_at + timedelta(hours=int(rule.value)) if rule else None
    made = Incident.objects.create(
        institution=institution,
        division_code=institution.division_code,
        class_group_id=given.room,
        kind=given.kind,
        severity=given.severity,
        spot=given.spot,
        happened_at=given.happened_at,
        hurt=given.hurt,
        what=texts.tidy(given.what).strip(),
        measures=texts.tidy(given.measures).strip(),
        reported_by_id=by.user_id,
        reported_label=by.label,
        department=next(
            (seat.department for seat in by.seats_as(Role.OFFICER, Role.DEPARTMENT_LEAD) if seat.department),
            "",
        ),
        report_due_at=due,
        report_source=rule.source[:200] if rule else "",
    )
    after = {"kind": made.kind, "severity": made.severity, "hurt": made.hurt, "late": made.is_late}
    audit.record(by, "incident.reported", made, topic=made.topic, place=made.division_code, after=after)
    if made.severity in ACCOUNTABLE:
        _open_case(by, made)
    return made


def _open_case(by: Actor, incident: Incident) -> None:
    institution = incident.institution
    incident.case = cases.open_matter(
        by=by,
        procedure=ACCOUNTABILITY,
        division_code=incident.division_code,
        facts={"kind": institution.kind, "incident": incident.pk},
        subject_name=institution.name,
        respondent_id=institution.pk,
    )
    incident.save(update_fields=["case"])


@action
def answer_incident(*, by: Actor, incident: Incident, text: str) -> Incident:
    """The institution answers what the department wants to know of a serious incident.

    Raises Refused without words, or when nothing is asked at present (409).
    """
    require(by, ANSWER_INCIDENT, incident)
    case = incident.case
    if case is None or case.state != Case.State.RETURNED:
        raise Refused("目前没有需要说明的内容。", status=409)
    said = texts.tidy(text).strip()
    if not said:
        raise Refused(Problem("请写明情况说明。", field="text"))
    if NAMES_SOMEBODY.search(said):
        raise Refused(_names_somebody("text"))
    cases.resubmit(by=by, case=case, data={"answer": {"text": said}}, facts=case.facts)
    audit.record(by, "incident.answered", incident, topic=incident.topic, place=incident.division_code)
    return incident


def _office(by: Actor) -> str:
    """The department of an officer who reports; empty for a nursery's head."""
    return next((seat.department for seat in by.seats_as(Role.OFFICER, Role.DEPARTMENT_LEAD)), "")


def _wrong(institution: Institution, given: IncidentGiven) -> list[Problem]:
    found = [] if institution.filing in FILED else [Problem("机构没有备案，不能在这里报告。")]
    for name, value, words in (
        ("kind", given.kind, Harm.values),
        ("severity", given.severity, Severity.values),
        ("spot", given.spot, Spot.values),
    ):
        if value not in words:
            found.append(Problem("没有这个选项，请重新选择。", field=name))
    if given.happened_at > clock.now():
        found.append(Problem("发生时间在现在以后。", field="happened_at"))
    if not 0 <= given.hurt <= MOST:
        found.append(Problem(f"受伤人数应在0到{MOST}之间。", field="hurt"))
    elif given.hurt == 0 and given.severity != Severity.MINOR:
        found.append(Problem("送医、重伤或死亡的，受伤人数至少为1。", field="hurt"))
    return found + _wrong_words(given) + _wrong_room(institution, given)


def _wrong_words(given: IncidentGiven) -> list[Problem]:
    found = []
    for name, text, missing in (
        ("what", given.what, "请写明经过。"),
        ("measures", given.measures, "请写明已采取的措施。"),
    ):
        if not texts.tidy(text).strip():
            found.append(Problem(missing, field=name))
        elif NAMES_SOMEBODY.search(text):
            found.append(_names_somebody(name))
    return found


def _wrong_room(institution: Institution, given: IncidentGiven) -> list[Problem]:
    day = given.happened_at.astimezone(clock.BEIJING).date()
    rooms = {room.key for room in queries.rooms_of(institution, day)}
    if given.room is None or given.room in rooms:
        return []
    return [Problem("这不是当天本机构的班级。", field="room")]


def _names_somebody(field: str) -> Problem:
    return Problem(
        "文字里有身份证号或手机号。", field=field, fix="请去掉；不写孩子和家长的姓名、证件号和电话。"
    )
