"""Bars to employment: recorded by the health authority, looked up when a hire is handed in, corrected."""

from django.db import connection

from tuoyu.accounts.queries import colleagues
from tuoyu.cases.notices import tell
from tuoyu.core import audit, identifiers, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.reaches import HEALTH
from tuoyu.institutions.models import Institution
from tuoyu.institutions.standing import heads_of
from tuoyu.workforce import alerts, barring, guards
from tuoyu.workforce.barring import Hindrance
from tuoyu.workforce.models import Bar, BarAlert, BarCorrection, Employment, HiringCheck, RecordCheck
from tuoyu.workforce.permissions import CORRECT_BAR, CORRECT_RECORD_CHECK, KEEP_STAFF, RECORD_BAR
from tuoyu.workforce.rules.bars import BarGiven, checked
from tuoyu.workforce.vocabulary import BarKind, BarRole, CheckOutcome, CorrectionGround


@action
def record_bar(*, by: Actor, given: BarGiven) -> Bar:
    """Record that somebody may not work in childcare; whoever employs the person is told the same moment."""
    require(by, RECORD_BAR)
    seat = _seat(by)
    identity = checked(given, barring.sources_at(seat.division_code))
    barring.hold(identity)
    known = [h.bar for h in barring.hindrances(identity) if h.bar is not None]
    if any(bar.number == given.number.strip() and bar.kind == given.kind for bar in known):
        raise Refused(Problem("依据这份文书已经记录过，不用重复记录。", field="number"), status=409)
    bar = Bar.objects.create(
        name=texts.tidy(given.name).strip(),
        identity=identity,
        kind=given.kind,
        role=given.role,
        ground=given.ground,
        document=texts.tidy(given.document).strip(),
        number=given.number.strip(),
        decided_on=given.decided_on,
        authority=texts.tidy(given.authority).strip(),
        division_code=seat.division_code,
        department=seat.department,
        recorded_by=by.user_id or 0,
        recorded_label=by.label,
    )
    told = _raise_alerts(identity, Hindrance(BarKind(bar.kind), BarRole(bar.role), bar=bar))
    stated = {"kind": bar.kind, "role": bar.role, "number": bar.number, "decided_on": str(bar.decided_on)}
    audit.record(by, "bar.recorded", bar, topic=bar.topic, place=bar.division_code, seat=seat,
                 after={**stated, "alerts": told})  # fmt: skip
    return bar


def _seat(by: Actor) -> Seat:
    """The post of the health authority somebody acts from."""
    held = [seat for seat in by.seats_as(Role.DEPARTMENT_LEAD, Role.OFFICER) if seat.department == HEALTH]
    if not held:
        raise Refused("从业限制由卫生健康部门记录和更正。", status=403)
    return held[0]


# ---------------------------------------------------------------- whom it concerns


@action
def alert_employers(*, by: Actor, record_check: RecordCheck) -> int:
    """An authority answered that there is a record: everybody who employs the person is told."""
    identity = str(record_check.person.identity)
    barring.hold(identity)
    hit = Hindrance(BarKind.RECORD, BarRole.PERPETRATOR, record_check=record_check)
    told = _raise_alerts(identity, hit)
    audit.record(by, "record_check.alerted", record_check, topic=f"record_check:{record_check.pk}",
                 after={"alerts": told})  # fmt: skip
    return told


def _raise_alerts(identity: str, found: Hindrance) -> int:
    employments = list(barring.employments_of(identity))
    for employment in employments:
        BarAlert.objects.create(bar=found.bar, record_check=found.record_check, employment=employment)
        _tell(employment, found)
    return len(employments)


def _tell(employment: Employment, found: Hindrance) -> None:
    institution = employment.institution
    sources = [p.source for p in barring.problems_at(institution.division_code, [found])]
    person = identifiers.mask_name(str(employment.person.name))
    who = f"“{institution.name}”的{employment.get_post_display()}{person}"
    what = "依法不得从事婴幼儿照护服务，须立即停止其工作并解除聘用"
    if found.record_check is not None:
        # Another institution asked; what it was told is told again only by the authority.
        what = "须立即停止工作并重新查询违法犯罪记录，有记录的解除聘用"
    text = f"{who}{what}。依据：{'、'.join(sources)}。"
    place = institution.division_code
    for user_id in dict.fromkeys([*heads_of(institution.pk), *_health_officers(place)]):
        tell(user_id, "须立即停止一名员工的工作", text, place=place)


def _health_officers(division_code: str) -> list[int]:
    """Who answers for health at a place: its county's people, else the city's, else the province's."""
    for length in (6, 4, 2):
        code = division_code[:length].ljust(6, "0")
        found = [user_id for user_id, _ in colleagues(HEALTH, code)]
        if found:
            return found
    return []


# ---------------------------------------------------------------- asked by handing in a hire


@action
def check_before_hiring(*, by: Actor, institution: Institution, identity: str) -> list[Problem]:
    """Look up whether the person a hire is handed in for is barred, and write down that it was asked.

    An action of its own, so that what was asked stays written when the hire is refused. The hire itself
    asks again under the lock (`barring.hold`). Returns why the person may not be hired; empty when nothing
    stands against it.
    """
    require(by, KEEP_STAFF, institution)
    guards.not_ended(institution)
    _one_question_at_a_time(institution, by)
    over = _over_limit(institution, by)
    found = [] if over else barring.hindrances(identity)
    outcome = CheckOutcome.LIMITED if over else CheckOutcome.BARRED if found else CheckOutcome.CLEAR
    check = HiringCheck.objects.create(
        institution=institution, outcome=outcome, checked_by=by.user_id, checked_label=by.label
    )
    audit.record(by, "hiring.checked", check, topic=f"hiring:{institution.pk}",
                 place=institution.division_code, after={"outcome": outcome.value})  # fmt: skip
    return over or barring.problems_at(institution.division_code, found)


def _one_question_at_a_time(institution: Institution, by: Actor) -> None:
    """Questions asked at once are counted one after the other."""
    with connection.cursor() as cursor:
        for key in (f"hiring:institution:{institution.pk}", f"hiring:person:{by.user_id}"):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _over_limit(institution: Institution, by: Actor) -> list[Problem]:
    if by.is_system:
        return []
    asked = barring.asked_today(institution, by)
    return [
        Problem(
            f"一天内提交的录用已满{rule.value}人次，为防止借录用查询他人，暂不能再提交。",
            rule_key=rule.key,
            source=rule.source,
            fix="请明天再提交；确需一次录用更多人员的，请与当地卫生健康部门联系。",
        )
        for rule, count in zip(barring.limits_for(institution), asked, strict=True)
        if count >= rule.value
    ]


# ---------------------------------------------------------------- corrected


@action
def correct_bar(*, by: Actor, bar: Bar, ground: str, reason: str) -> BarCorrection:
    """Say that a bar should not have been recorded: it stops nobody from now on, and stays to be read."""
    require(by, CORRECT_BAR, bar)
    if bar.recorded_by == by.user_id:
        raise Refused("记录人不能更正自己的记录，请由另一位负责人更正。", status=403)
    Bar.objects.select_for_update().get(pk=bar.pk)
    if BarCorrection.objects.filter(bar=bar).exists():
        raise Overtaken("这条记录刚刚已经更正。")
    correction = _correct(by, ground, reason, bar=bar)
    audit.record(by, "bar.corrected", bar, topic=bar.topic, place=correction.division_code,
                 seat=_seat(by), after={"ground": ground}, note=correction.reason)  # fmt: skip
    return correction


@action
def correct_record_check(*, by: Actor, record_check: RecordCheck, ground: str, reason: str) -> BarCorrection:
    """Say that an answer an institution wrote down, that there is a record, does not hold."""
    require(by, CORRECT_RECORD_CHECK, record_check)
    RecordCheck.objects.select_for_update().get(pk=record_check.pk)
    if BarCorrection.objects.filter(record_check=record_check).exists():
        raise Overtaken("这条查询结果刚刚已经更正。")
    correction = _correct(by, ground, reason, record_check=record_check)
    alerts.turned(record_check.institution_id)
    audit.record(by, "record_check.corrected", record_check, topic=f"record_check:{record_check.pk}",
                 place=correction.division_code, seat=_seat(by), after={"ground": ground},
                 note=correction.reason)  # fmt: skip
    return correction


def _correct(
    by: Actor, ground: str, reason: str, *, bar: Bar | None = None, record_check: RecordCheck | None = None
) -> BarCorrection:
    wrong = []
    if ground not in CorrectionGround.values:
        wrong.append(Problem("请选择更正的原因。", field="ground"))
    if not reason.strip():
        wrong.append(Problem("请写明更正的理由和依据。", field="reason"))
    if wrong:
        raise Refused(wrong)
    seat = _seat(by)
    return BarCorrection.objects.create(
        bar=bar,
        record_check=record_check,
        ground=ground,
        reason=texts.tidy(reason).strip(),
        division_code=seat.division_code,
        department=seat.department,
        corrected_by=by.user_id or 0,
        corrected_label=by.label,
    )
