"""Registration: what a registrar decided becomes an institution, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, clock, identifiers, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import facts, queries, rules
from tuoyu.institutions.actions.facts import Ground, Supplier, state_classes, state_facts
from tuoyu.institutions.actions.filing_alone import make_head
from tuoyu.institutions.actions.provision import write_provision
from tuoyu.institutions.forms import RegistrationForm
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.permissions import REPORT_REGISTRATION
from tuoyu.institutions.rules.wording import is_formula
from tuoyu.institutions.said import classes_of, said_of
from tuoyu.institutions.vocabulary import (
    FORMS_OF_NATURE,
    GroundKind,
    Kind,
    LegalForm,
    Nature,
    Registration,
)
from tuoyu.jurisdictions.atlas import places

# What the registrar's decision says, and what of the registration the applicant had said.
REGISTRAR_SAYS = ("registration", "filing", "registrar", "registration_number", "uscc", "registered_on")
SAID_AT_FIRST = ("name", "kind", "nature", "legal_form", "business_scope")


@dataclass(frozen=True)
class Registered:
    """What a registrar's own system tells: its id for the record, and the registration itself."""

    source_system: str
    source_id: str
    name: str
    uscc: str
    registration_number: str
    registered_on: date
    division_code: str
    case_number: str = ""
    kind: str = Kind.INSTITUTION
    nature: str = Nature.NONPROFIT
    legal_form: str = LegalForm.SOCIAL_SERVICE_ORG
    address: str = ""
    representative: str = ""
    business_scope: str = ""


@action
def register(*, by: Actor, case: Case, step: Step, result: Mapping[str, Any]) -> Institution:
    """Make the institution of a case, now registered, and its applicant the head of it.

    `result` is what the registrar states (number, credit code, day), from the inbox or from its system.
    """
    form = RegistrationForm(result)
    if not form.is_valid():
        raise Refused(problems_of(form))
    application = Application.objects.select_for_update().filter(case=case).first()
    if application is None:
        raise Refused("这件办件没有申请表，不能登记。", status=409)
    if application.institution is not None:
        raise Overtaken("这件办件已经登记过了。")
    read = queries.facts_of(application)
    institution = _institution_of(application, read, step, form.cleaned_data, result)
    create(institution)
    _state_first(institution, application, read, step, by)
    application.institution = institution
    application.save(update_fields=["institution"])
    make_head(application, institution, "法人登记")
    audit.record(by, "institution.registered", institution, topic=institution.topic, place=step.division_code,
                 after=_told(institution))  # fmt: skip
    return institution


def problems_of(form: RegistrationForm) -> list[Problem]:
    """What a form found wrong, as problems."""
    return [Problem(str(error), field=name) for name, errors in form.errors.items() for error in errors]


def _institution_of(
    application: Application,
    read: rules.Facts,
    step: Step,
    stated: Mapping[str, Any],
    result: Mapping[str, Any],
) -> Institution:
    said = said_of(application, read)
    columns = {key: value for key, value in said.items() if key in facts.COLUMNS}
    return Institution(
        **columns,
        **_settled(application, read, step, stated),
        registration=Registration.REGISTERED,
        source_system=str(result.get("source_system") or "")[:40],
        source_id=str(result.get("source_id") or "")[:80],
    )


def _settled(
    application: Application, read: rules.Facts, step: Step, stated: Mapping[str, Any]
) -> dict[str, Any]:
    """What the registration settles: the choices an application began with, and what the registrar states."""
    return {
        "name": application.name,
        "kind": application.kind,
        "nature": application.nature,
        "legal_form": application.legal_form,
        "business_scope": read.text("basics.business_scope"),
        "registrar": step.department,
        "registration_number": stated["registration_number"],
        "uscc": stated["uscc"],
        "registered_on": stated["registered_on"],
    }


def _state_first(
    institution: Institution, application: Application, read: rules.Facts, step: Step, by: Actor
) -> None:
    """Write down what the registrar states and what the applicant says, each as supplied by who said it."""
    said = said_of(application, read) | {key: getattr(institution, key) for key in SAID_AT_FIRST}
    office = {key: getattr(institution, key) for key in REGISTRAR_SAYS}
    ground = Ground(GroundKind.REGISTRATION, step.case, Supplier.of(by, step))
    state_facts(institution, office, ground=ground, by=by)
    ground = Ground(GroundKind.REGISTRATION, step.case, Supplier.applicant(application))
    state_given(institution, application, read, said, ground=ground, by=by)


def state_given(
    institution: Institution,
    application: Application,
    read: rules.Facts,
    said: Mapping[str, Any],
    *,
    ground: Ground,
    by: Actor,
) -> None:
    """Write down for the first time what an application, as it was `read`, says: rooms and classes too."""
    given = {key: value for key, value in said.items() if facts.is_given(facts.plain(value))}
    state_facts(institution, given, ground=ground, by=by)
    state_classes(institution, classes_of(application, read), ground=ground, by=by)
    write_provision(institution, read)


def create(institution: Institution) -> None:
    """Write a new institution; Refused when its credit code or its source is another's."""
    try:
        with transaction.atomic():
            institution.save(force_insert=True)
    except IntegrityError as error:
        if "institution_uscc_once" in str(error):
            raise Refused(
                Problem(
                    "这个统一社会信用代码已经登记在另一家机构名下，请核对。",
                    field="uscc",
                    fix="如登记信息已先行推送，请申办人撤回本件，改从“已经登记，只办备案”申请。",
                ),
                status=409,
            ) from error
        if "institution_source_once" in str(error):
            raise Refused("这条登记信息已经报送过，对应另一家机构。", status=409) from error
        raise


def take_over(
    institution: Institution, application: Application, read: rules.Facts, *, by: Actor
) -> list[str]:
    """Let the institution be as its application, as it was `read`, says now; the names of what changed.

    Name, credit code and scope stay as they were registered.
    """
    said = said_of(application, read)
    if not institution.business_scope:
        said["business_scope"] = read.text("basics.business_scope")
    ground = Ground(GroundKind.FILING, application.case, Supplier.applicant(application))
    write_provision(institution, read)
    changed = state_facts(institution, said, ground=ground, by=by)
    return changed + state_classes(institution, classes_of(application, read), ground=ground, by=by)


@action
def report_registration(*, by: Actor, told: Registered) -> tuple[Institution, bool]:
    """Take what a registrar's system reports; told twice it is one record and the same answer.

    With an open case waiting for this registrar, the report decides its registration step, as the inbox
    would. Without one the institution stands as registered but not filed. The flag says whether anything
    was new.
    """
    require(by, REPORT_REGISTRATION)
    seat = _seat_for(by, told.division_code)
    _one_at_a_time(told)
    known = Institution.objects.select_for_update().filter(
        source_system=told.source_system, source_id=told.source_id
    ).first()  # fmt: skip
    if known is not None:
        if known.registrar != seat.department or not seat.covers_place(known.division_code):
            raise Refused("这个来源编号已由其他登记机关使用，请核对。", status=409)
        _check_same(known, told)
        audit.record(by, "institution.registration_repeated", known, topic=known.topic)
        return known, False
    step = _waiting_step(told, seat)
    if step is not None:
        cases.decide(by=by, step=step, decision="approve", result=_result_of(told))
        return Institution.objects.get(source_system=told.source_system, source_id=told.source_id), True
    return _register_alone(by, told, seat.department), True


def _one_at_a_time(told: Registered) -> None:
    """Of two identical reports at once the second waits and then finds the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{told.source_system}:{told.source_id}"],
        )


def _seat_for(by: Actor, division_code: str) -> Seat:
    place = places().get(division_code)
    if place is None or place.level not in ("county", "street"):
        raise Refused(Problem("没有这个区划代码，或不到县级。", field="division_code"))
    for seat in by.seats_as(Role.REGISTRAR_SYSTEM):
        if seat.covers_place(division_code):
            return seat
    raise Refused("这个地方不归该登记机关管。", status=403)


def _check_same(known: Institution, told: Registered) -> None:
    stated = {
        "uscc": identifiers.normalised(told.uscc),
        "registration_number": told.registration_number.strip(),
        "registered_on": told.registered_on,
    }
    wrong = [name for name, value in stated.items() if getattr(known, name) != value]
    if wrong:
        raise Refused(
            [Problem("与此前报送的内容不一致；登记变更请走变更流程。", field=name) for name in wrong],
            status=409,
        )


def _waiting_step(told: Registered, seat: Seat) -> Step | None:
    """The open registration step the report answers: by case number, else by name and place."""
    steps = Step.objects.filter(
        kind=Step.Kind.REGISTRATION,
        department=seat.department,
        division_code=seat.division_code,
    )
    if told.case_number:
        step = steps.filter(case__number=told.case_number).first()
        if step is None:
            raise Refused(Problem("没有这个编号的办件在本机关登记。", field="case_number"), status=404)
        if texts.tidy(told.name).strip() != step.case.subject_name:
            raise Refused(Problem("名称与这件办件的机构名称不一致，请核对编号。", field="name"), status=409)
        return step
    # One that still waits is meant too: deciding it is refused with what must come before.
    named = steps.filter(
        state__in=[Step.State.ACTIVE, Step.State.WAITING],
        case__subject_name=told.name,
        case__division_code__startswith=told.division_code[:6],
    )
    found = list(named[:2])
    return found[0] if len(found) == 1 else None


def _result_of(told: Registered) -> dict[str, Any]:
    return {
        "registration_number": told.registration_number,
        "uscc": told.uscc,
        "registered_on": told.registered_on.isoformat(),
        "source_system": told.source_system,
        "source_id": told.source_id,
    }


def _register_alone(by: Actor, told: Registered, department: str) -> Institution:
    form = RegistrationForm(_result_of(told))
    wrong = [] if form.is_valid() else problems_of(form)
    if not told.name.strip() or is_formula(told.name):
        wrong.append(Problem("缺少机构名称，或名称以“=”“+”“-”“@”开头。", field="name"))
    if told.nature not in Nature.values or told.legal_form not in FORMS_OF_NATURE.get(told.nature, ()):
        wrong.append(Problem("机构性质与组织形式不符。", field="legal_form"))
    if wrong:
        raise Refused(wrong)
    institution = Institution(
        name=texts.tidy(told.name).strip()[:120],
        kind=told.kind,
        nature=told.nature,
        legal_form=told.legal_form,
        division_code=told.division_code,
        address=texts.tidy(told.address)[:200],
        representative=texts.tidy(told.representative)[:60],
        business_scope=texts.tidy(told.business_scope),
        registration=Registration.REGISTERED,
        registrar=department,
        registration_number=form.cleaned_data["registration_number"],
        uscc=form.cleaned_data["uscc"],
        registered_on=form.cleaned_data["registered_on"],
        source_system=told.source_system[:40],
        source_id=told.source_id[:80],
        created_at=clock.now(),
    )
    create(institution)
    said = {
        key: value for key in facts.COLUMNS if facts.is_given(facts.plain(value := getattr(institution, key)))
    }
    supplier = Supplier(by.label, by.user_id, department, told.division_code[:6])
    state_facts(institution, said, ground=Ground(GroundKind.REGISTRAR_REPORT, supplier=supplier), by=by)
    audit.record(by, "institution.registered", institution, topic=institution.topic,
                 place=told.division_code, after=_told(institution))  # fmt: skip
    return institution


def _told(institution: Institution) -> dict[str, Any]:
    return {
        "name": institution.name,
        "uscc": institution.uscc,
        "registration_number": institution.registration_number,
        "registered_on": str(institution.registered_on),
        "source": f"{institution.source_system}:{institution.source_id}".strip(":"),
    }
