"""Filing: receipt and notice, the visit that follows, and what is made public. A filing is no licence."""

import secrets
from typing import Any

from django.db.models import Q, QuerySet

from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import documents, policy, queries
from tuoyu.institutions.actions.facts import Ground, Supplier, move_state
from tuoyu.institutions.actions.filing_alone import make_head
from tuoyu.institutions.actions.kindergartens import record_kindergarten
from tuoyu.institutions.actions.provision import open_as_applied
from tuoyu.institutions.actions.registrations import take_over
from tuoyu.institutions.models import Application, Certificate, Institution, Publication
from tuoyu.institutions.vocabulary import MAY_FILE, Filing, GroundKind, Registration
from tuoyu.jurisdictions.names import department_name

REGISTRATION_FIRST = "registration.push_to"
CHANGE_KEEPS_NUMBER = "filing.change_keeps_number"


@action
def issue_receipt(*, by: Actor, case: Case, step: Step) -> Institution:
    """File the institution of a case: receipt, conditions notice, and the public entry."""
    record_kindergarten(by, case, step)
    institution = registered_institution(case, step)
    application = Application.objects.select_related("case__pack").get(case=case)
    read = queries.facts_of(application)
    changed = take_over(institution, application, read, by=by)
    open_as_applied(institution, read)
    before, today = institution.filing, clock.today()
    number = _receipt_number(institution, case)
    move_state(
        institution,
        "filing",
        ground=_ground(by, case, step),
        by=by,
        from_=MAY_FILE,
        to=Filing.RECEIPT_ISSUED,
        receipt_number=number,
        receipt_issued_on=today,
        public_since=today,
        verified_on=None,
        filing_ended_on=None,
    )
    _replace_papers(institution)
    make_head(application, institution, "备案")
    Publication.objects.create(
        institution=institution,
        case=case,
        kind=Publication.Kind.FILING,
        clause=step.source or step.clause,
        department=step.department,
        division_code=step.division_code,
        published_on=today,
        published_label=by.label,
    )
    for kind in (Certificate.Kind.RECEIPT, Certificate.Kind.CONDITIONS_NOTICE):
        _issue(by, institution, case, step, kind, number)
    _record(by, "institution.filed", institution, step, {"filing": before},
            {"receipt": number, "changed": changed})  # fmt: skip
    return institution


def _ground(by: Actor, case: Case, step: Step) -> Ground:
    return Ground(GroundKind.FILING, case, Supplier.of(by, step))


def _replace_papers(institution: Institution) -> None:
    """Of an earlier filing nothing stays good beside the new receipt."""
    earlier = Certificate.objects.filter(institution=institution, cancelled_on=None)
    earlier.filter(kind__in=(Certificate.Kind.RECEIPT, Certificate.Kind.CONDITIONS_NOTICE)).update(
        cancelled_on=clock.today(), cancelled_reason="机构已重新备案，以新的备案回执为准。"
    )


def is_receipt_outdated(institution: Institution) -> bool:
    """Whether no good receipt of an institution says what is so now; who holds such a one needs no other."""
    good = _good_receipts(institution).order_by("-pk").first()
    return good is None or not documents.says_what_is_so(good)


def _good_receipts(institution: Institution) -> QuerySet[Certificate]:
    return Certificate.objects.filter(
        institution=institution, kind=Certificate.Kind.RECEIPT, cancelled_on=None
    )


@action
def reissue_receipt(*, by: Actor, institution: Institution, case: Case, step: Step) -> Certificate:
    """Issue the receipt anew after a change; the one before stays, marked as replaced by it."""
    good = _good_receipts(institution).select_for_update()
    before = good.order_by("-pk").first()
    number = _number_after_change(institution, case)
    if not policy.is_so_at(institution.division_code, CHANGE_KEEPS_NUMBER):
        institution.receipt_number = number
        institution.save(update_fields=["receipt_number"])
    made = _issue(by, institution, case, step, Certificate.Kind.RECEIPT, number)
    good.exclude(pk=made.pk).update(
        cancelled_on=clock.today(), cancelled_reason="备案信息已变更，换发新的备案回执。", replaced_by=made
    )
    _record(by, "institution.receipt_reissued", institution, step,
            {"receipt": before.number if before else None}, {"receipt": number})  # fmt: skip
    return made


def _number_after_change(institution: Institution, case: Case) -> str:
    """The filing's number with how often the receipt was issued, where the number stays; else a new one."""
    if not policy.is_so_at(institution.division_code, CHANGE_KEEPS_NUMBER):
        return _receipt_number(institution, case)
    kept = institution.receipt_number or _receipt_number(institution, case)
    issued = Certificate.objects.filter(
        Q(number=kept) | Q(number__startswith=f"{kept}-"),
        institution=institution,
        kind=Certificate.Kind.RECEIPT,
    )
    # A receipt from before the platform is not among them, and was issued all the same.
    return f"{kept}-{max(issued.count(), 1) + 1}"


def registered_institution(case: Case, step: Step) -> Institution:
    """The institution of a case; Refused, with the clause, as long as it is not registered."""
    application = Application.objects.select_related("institution").filter(case=case).first()
    institution = application.institution if application else None
    if institution is None or institution.registration != Registration.REGISTERED:
        raise Refused(
            Problem(
                "机构还没有完成法人登记，不能备案。",
                source=step.source or policy.source_at(case.division_code, REGISTRATION_FIRST),
                rule_key=REGISTRATION_FIRST,
                fix="请先到登记机关完成登记。",
            ),
            status=409,
        )
    return institution


@action
def accept_verification(*, by: Actor, case: Case, step: Step) -> Institution:
    """The visit found nothing against it: the filing is normal."""
    institution = registered_institution(case, step)
    changed = []
    if step.round > 1:
        # The visit was made again because the application was mended: it holds what is there now.
        mended = Application.objects.select_related("case__pack").get(case=case)
        changed = take_over(institution, mended, queries.facts_of(mended), by=by)
    before = institution.filing
    move_state(
        institution,
        "filing",
        ground=_ground(by, case, step),
        by=by,
        from_=(Filing.RECEIPT_ISSUED, Filing.RECTIFICATION),
        to=Filing.NORMAL,
        verified_on=clock.today(),
    )
    _record(by, "institution.verified", institution, step, {"filing": before},
            {"filing": "normal", "changed": changed})  # fmt: skip
    return institution


@action
def demand_rectification(*, by: Actor, case: Case, step: Step) -> Institution:
    """The visit found defects that can be mended: the institution mends them in time."""
    institution = registered_institution(case, step)
    before = institution.filing
    move_state(
        institution,
        "filing",
        ground=_ground(by, case, step),
        by=by,
        from_=(Filing.RECEIPT_ISSUED, Filing.RECTIFICATION),
        to=Filing.RECTIFICATION,
    )
    after = {"filing": "rectification"}
    _record(by, "institution.rectification_demanded", institution, step, {"filing": before}, after)
    return institution


@action
def publish_nonconforming(*, by: Actor, case: Case, step: Step, reasons: str) -> Institution:
    """The institution does not conform: notified with reasons, published, its receipt no longer good."""
    institution = registered_institution(case, step)
    if not reasons.strip():
        raise Refused(Problem("公示不符合备案要求须写明理由。", field="reason"))
    before, today = institution.filing, clock.today()
    move_state(
        institution,
        "filing",
        ground=_ground(by, case, step),
        by=by,
        from_=(Filing.RECEIPT_ISSUED, Filing.RECTIFICATION),
        to=Filing.PUBLISHED_NONCONFORMING,
        verified_on=today,
    )
    Publication.objects.create(
        institution=institution,
        case=case,
        kind=Publication.Kind.NONCONFORMITY,
        reasons=reasons.strip(),
        clause=step.source or step.clause,
        department=step.department,
        division_code=step.division_code,
        published_on=today,
        published_label=by.label,
    )
    Certificate.objects.filter(
        institution=institution, kind=Certificate.Kind.RECEIPT, cancelled_on=None
    ).update(cancelled_on=today, cancelled_reason="经现场核实不符合备案要求，已公示。")
    _issue(by, institution, case, step, Certificate.Kind.REFUSAL_NOTICE, f"{institution.receipt_number}-F",
           reasons=reasons.strip())  # fmt: skip
    _record(by, "institution.published_nonconforming", institution, step, {"filing": before},
            {"filing": institution.filing}, reasons)  # fmt: skip
    return institution


def _receipt_number(institution: Institution, case: Case) -> str:
    """One a case, and so one an institution: the county, the year, the case's serial."""
    return f"托备{institution.division_code[:6]}{clock.today():%Y}{case.pk:06d}"


def _issue(
    by: Actor,
    institution: Institution,
    case: Case,
    step: Step,
    kind: Certificate.Kind,
    number: str,
    reasons: str = "",
) -> Certificate:
    code = secrets.token_hex(8)
    issuer = department_name(step.department, step.division_code, full=True)
    full = number if kind != Certificate.Kind.CONDITIONS_NOTICE else f"{number}-G"
    content = documents.content_of(
        kind, institution, number=full, issuer=issuer, issued_on=clock.today(), code=code, reasons=reasons
    )
    stored = documents.printed(kind, content, by=by, name=f"{kind.label}{full}.pdf")
    return Certificate.objects.create(
        number=full,
        kind=kind,
        institution=institution,
        case=case,
        code=code,
        issued_on=clock.today(),
        issuer=issuer,
        content=content,
        digest=stored.sha256,
        file=stored,
    )


def _record(
    by: Actor,
    verb: str,
    institution: Institution,
    step: Step,
    before: dict[str, Any],
    after: dict[str, Any],
    note: str = "",
) -> None:
    audit.record(by, verb, institution, topic=institution.topic, place=step.division_code, before=before,
                 after=after, note=note)  # fmt: skip
