"""Hiring, placing in a class, ending: what an institution writes about who works there."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, Value

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.workforce import guards
from tuoyu.workforce.actions.bars import check_before_hiring
from tuoyu.workforce.events import record, topic_of
from tuoyu.workforce.models import ClassAssignment, Employment, Person, RecordCheck
from tuoyu.workforce.permissions import KEEP_STAFF, VIEW_PAPERS
from tuoyu.workforce.rules.hiring import Hiring
from tuoyu.workforce.rules.mending import Mending
from tuoyu.workforce.vocabulary import CheckOccasion, Post

IN_CLASS = (Post.CARER,)


def hire(*, by: Actor, institution: Institution, said: Hiring) -> Employment:
    """Employ a person, found or made by the identity number; `said` comes from `rules.hiring.read_hiring`.

    Refused when the person is barred, when it already holds the same post there, or a full-time post
    anywhere, in the same time. That it was asked whether the person is barred stays written though the hire
    is refused: so these are two actions, and whoever calls this within a transaction of its own loses that.
    """
    against = check_before_hiring(by=by, institution=institution, identity=said.identity)
    if against:
        raise Refused(against, status=409)
    return _employ(by=by, institution=institution, said=said)


@action
def _employ(*, by: Actor, institution: Institution, said: Hiring) -> Employment:
    guards.before_hiring(said.identity, institution, said.post, by)
    person = _person(said)
    employment = Employment(
        person=person,
        institution=institution,
        name=said.name,
        phone=said.phone,
        education=said.education,
        post=said.post,
        contract=said.contract,
        full_time=said.full_time,
        period=DateRange(said.starts_on, None),
        contract_until=said.contract_until,
        experience_years=said.experience_years,
        hired_label=by.label,
    )
    _create(employment)
    if said.check_answered_on is not None and said.check_result:
        RecordCheck.objects.create(
            person=person,
            institution=institution,
            occasion=CheckOccasion.HIRING,
            asked_on=said.check_asked_on or said.check_answered_on,
            answered_on=said.check_answered_on,
            authority=said.check_authority,
            reference=said.check_reference,
            result=said.check_result,
            recorded_label=by.label,
        )
    begun = {"post": said.post, "contract": said.contract, "full_time": said.full_time}
    record(by, "employment.begun", employment, after=begun | {"from": str(said.starts_on)})
    return employment


def _person(said: Hiring) -> Person:
    """The person of the identity number; of two who make it at once, the second finds the first's."""
    found = Person.objects.filter(identity_key__in=keyed_hashes(said.identity)).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Person.objects.create(name=said.name, identity=said.identity)
    except IntegrityError:
        return Person.objects.get(identity_key__in=keyed_hashes(said.identity))


CLASHES = {
    "employment_same_post_once": (
        "此人在本机构已登记为同一岗位，时间有重叠。",
        "请查看名册；要改内容的，在其页面上改。",
    ),
    "employment_full_time_once": (
        "此人在这段时间已登记有全职岗位，一个人同时只能有一个全职岗位。",
        "请与本人核对；确为兼职的，“是否全职”填“否”；已从别处离职的，请其先在原机构办结离职登记。",
    ),
}


def _create(employment: Employment) -> None:
    """Write it; what clashes with another is told without saying where."""
    try:
        with transaction.atomic():
            employment.save(force_insert=True)
    except IntegrityError as error:
        for name, (message, fix) in CLASHES.items():
            if name in str(error):
                raise Refused(Problem(message, field="identity", fix=fix), status=409) from error
        raise


@action
def mend_employment(*, by: Actor, employment: Employment, said: Mending) -> Employment:
    """Correct or complete what the institution knows of somebody: telephone, education, years, contract."""
    require(by, KEEP_STAFF, employment.institution)
    before = {
        name: _plain(getattr(employment, name))
        for name in ("education", "experience_years", "contract_until")
    }
    for name, value in vars(said).items():
        setattr(employment, name, value)
    employment.save(update_fields=list(vars(said)))
    after = {name: _plain(getattr(employment, name)) for name in before}
    record(by, "employment.mended", employment, before=before, after=after)
    return employment


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value


@action
def end_employment(*, by: Actor, employment: Employment, last_day: date, reason: str) -> Employment:
    """Let somebody's work end with `last_day`; classes are left with it. Overtaken when it has ended."""
    require(by, KEEP_STAFF, employment.institution)
    if not reason.strip():
        raise Refused(Problem("请填写离职原因。", field="reason"))
    if last_day < employment.starts_on:
        raise Refused(Problem("最后工作日早于入职日期。", field="last_day", fix="请修改日期。"))
    return _end(by, employment, last_day, reason.strip()[:200])


def _end(by: Actor, employment: Employment, last_day: date, reason: str) -> Employment:
    ended = Employment.objects.filter(pk=employment.pk, ended_at=None).update(
        period=DateRange(employment.starts_on, last_day + timedelta(days=1)),
        ended_at=clock.now(),
        ended_label=by.label,
        end_reason=reason,
    )
    if not ended:
        raise Overtaken("此人的离职已经登记过了。")
    _leave_classes(employment, last_day + timedelta(days=1))
    record(by, "employment.ended", employment, after={"last_day": str(last_day)}, note=reason)
    employment.refresh_from_db()
    return employment


@action
def end_at_once(*, by: Actor, employment: Employment, last_day: date, reason: str) -> Employment:
    """End an employment because the law says so, one too whose end was to come later."""
    require(by, KEEP_STAFF, employment.institution)
    Employment.objects.filter(pk=employment.pk).update(ended_at=None, ended_label="", end_reason="")
    return _end(by, employment, last_day, reason)


def _leave_classes(employment: Employment, day: date) -> None:
    """In no class from `day` on."""
    assignments = ClassAssignment.objects.filter(employment=employment)
    assignments.filter(period__startswith__gte=day).delete()
    begins = Func(F("period"), function="lower", output_field=DateField())
    until = Func(begins, Value(day), function="daterange", output_field=DateRangeField())
    assignments.filter(period__contains=day).update(period=until)


@action
def assign_to_class(
    *, by: Actor, employment: Employment, class_group: ClassGroup | None, from_day: date
) -> ClassAssignment | None:
    """Let a carer be in one class from a day on, or, with none, in no class."""
    require(by, KEEP_STAFF, employment.institution)
    held = Employment.objects.select_for_update().get(pk=employment.pk)
    if held.post not in IN_CLASS:
        raise Refused("只有保育人员可以安排到班级。")
    if class_group is not None and not held.institution.classes.open_now().filter(pk=class_group.pk):
        raise Refused(Problem("本机构没有这个班级。", field="class_group"))
    if from_day < held.starts_on or (held.ends_on is not None and from_day >= held.ends_on):
        raise Refused(Problem("日期不在此人的任职期间内。", field="from_day", fix="请修改日期。"))
    _leave_classes(held, from_day)
    made = None
    if class_group is not None:
        made = ClassAssignment.objects.create(
            employment=held,
            class_group=class_group,
            class_name=class_group.name,
            period=DateRange(from_day, held.ends_on),
        )
    placed = {"class": class_group.name if class_group else "", "from": str(from_day)}
    record(by, "employment.assigned", held, after=placed)
    return made


@action
def reveal_identity(*, by: Actor, employment: Employment) -> str:
    """The identity number in clear; that it was read is written down."""
    require(by, VIEW_PAPERS, employment.institution)
    audit.read(by, employment, ["identity"], topic=topic_of(employment))
    return str(employment.person.identity)
