"""Certificates: recorded with their paper, withdrawn with a reason."""

from tuoyu.core import clock, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import policy
from tuoyu.workforce.events import record
from tuoyu.workforce.models import Employment, Qualification
from tuoyu.workforce.permissions import KEEP_STAFF
from tuoyu.workforce.rules.certificates import Certificate, last_good_day


@action
def record_qualification(
    *, by: Actor, employment: Employment, said: Certificate, file: uploads.Handed | None = None
) -> Qualification:
    """Record a certificate that somebody showed the institution; its paper is kept with it.

    How long a health certificate is good at most, the rule of the yearly check says.
    """
    require(by, KEEP_STAFF, employment.institution)
    book = policy.book_at(employment.institution.division_code)
    said = last_good_day(said, book)
    same = Qualification.objects.filter(
        person=employment.person_id, recorded_for=employment.institution_id, withdrawn_at=None,
        kind=said.kind, number=said.number, issued_on=said.issued_on,
    )  # fmt: skip
    if same.exists():
        raise Refused(Problem("这张证书已经登记过。", field="number"), status=409)
    stored = uploads.store(by=by, file=file, purpose="qualification") if file is not None else None
    made = Qualification.objects.create(
        person_id=employment.person_id,
        kind=said.kind,
        issuer=said.issuer,
        number=said.number,
        issued_on=said.issued_on,
        expires_on=said.expires_on,
        file=stored,
        recorded_for=employment.institution,
        recorded_label=by.label,
    )
    days = {"issued_on": str(made.issued_on), "expires_on": str(made.expires_on or "")}
    record(by, "qualification.recorded", employment,
           after={"qualification": made.pk, "kind": made.kind} | days)  # fmt: skip
    return made


@action
def withdraw_qualification(
    *, by: Actor, employment: Employment, qualification: Qualification, reason: str
) -> Qualification:
    """A certificate was recorded wrongly, or is not good any more: from today on it counts for nothing."""
    require(by, KEEP_STAFF, employment.institution)
    if not reason.strip():
        raise Refused(Problem("请填写撤下理由。", field="reason"))
    done = Qualification.objects.filter(
        pk=qualification.pk,
        person=employment.person_id,
        recorded_for=employment.institution_id,
        withdrawn_at=None,
    ).update(withdrawn_at=clock.now(), withdrawn_label=by.label, withdrawn_reason=reason.strip()[:200])
    if not done:
        raise Overtaken("这张证书已经撤下。")
    record(by, "qualification.withdrawn", employment, after={"qualification": qualification.pk}, note=reason)
    qualification.refresh_from_db()
    return qualification
