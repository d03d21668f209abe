"""An authority ends an institution: takes its registration back or closes it down; and makes public what it
decided."""

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import situation
from tuoyu.institutions.actions.facts import Ground, Supplier, move_state
from tuoyu.institutions.models import Application, Certificate, Institution, Publication
from tuoyu.institutions.vocabulary import FILED, Filing, GroundKind, Registration

ENDED = "{words}（{day}），备案同时终止。"


@action
def take_back_registration(*, by: Actor, institution: Institution, case: Case, step: Step) -> Institution:
    """Let the registrar take back a registration: the institution leaves the directory and the map, its
    receipt is good no longer, its history stays. Raises Overtaken when it is registered no more."""
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    _end_filing(by=by, institution=held, case=case, step=step, words="登记机关收回登记")
    move_state(
        held,
        "registration",
        from_=Registration.REGISTERED,
        to=Registration.CANCELLED,
        ground=Ground(GroundKind.REGISTRATION, case, Supplier.of(by, step)),
        by=by,
        deregistered_on=clock.today(),
    )
    audit.record(by, "institution.registration_taken_back", held, topic=held.topic, place=step.division_code,
                 before={"registration": "registered"}, after={"registration": "cancelled"})  # fmt: skip
    return held


@action
def close_down(*, by: Actor, institution: Institution, case: Case, step: Step) -> Institution:
    """Let an authority close an institution down, filed or not, registered or not."""
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    before = held.filing
    _end_filing(by=by, institution=held, case=case, step=step, words=step.name)
    audit.record(by, "institution.closed_down", held, topic=held.topic, place=step.division_code,
                 before={"filing": before}, after={"filing": held.filing})  # fmt: skip
    return held


@action
def publicise(
    *,
    by: Actor,
    institution: Institution,
    case: Case,
    kind: Publication.Kind,
    reasons: str,
    clause: str,
    department: str,
    division_code: str,
) -> Publication:
    """Make public what was decided in a case. Raises Overtaken when it is public already."""
    made, fresh = Publication.objects.get_or_create(
        case=case,
        kind=kind,
        defaults={
            "institution": institution,
            "reasons": reasons,
            "clause": clause[:200],
            "department": department,
            "division_code": division_code,
            "published_on": clock.today(),
            "published_label": by.label,
        },
    )
    if not fresh:
        raise Overtaken("已经公示，不用再次公示。")
    audit.record(by, "institution.publicised", institution, topic=institution.topic, place=division_code,
                 after={"kind": kind, "case": case.number})  # fmt: skip
    return made


@action
def withdraw_publication(*, by: Actor, publication: Publication, reason: str) -> Publication:
    """Withdraw what was published, with the reasons; it stays, marked as withdrawn. Refused without a reason,
    Overtaken when it was withdrawn already."""
    said = reason.strip()[:500]
    if not said:
        raise Refused(Problem("撤回公示须公开说明理由。", field="reason"))
    standing_rows = Publication.objects.filter(pk=publication.pk, withdrawn_on=None)
    if standing_rows.update(
        withdrawn_on=clock.today(), withdrawn_reason=said, withdrawn_label=by.label
    ) != 1:  # fmt: skip
        raise Overtaken("这条公示已经撤回。")
    publication.refresh_from_db()
    audit.record(by, "institution.publication_withdrawn", publication.institution,
                 topic=publication.institution.topic, place=publication.division_code,
                 before={"kind": publication.kind}, note=said)  # fmt: skip
    return publication


def _end_filing(*, by: Actor, institution: Institution, case: Case, step: Step, words: str) -> None:
    """What was under way for the institution ends with its filing."""
    reason = ENDED.format(words=words, day=clock.today())
    under_way = Application.objects.filter(institution=institution, state__in=situation.UNDER_WAY)
    for one in under_way.exclude(case=None).select_related("case").order_by("case"):
        if one.case is not None:
            cases.end_moot(by=by, case=one.case, reason=reason)
    ended = (*FILED, Filing.PUBLISHED_NONCONFORMING)
    if institution.filing not in ended:
        return
    today = clock.today()
    move_state(
        institution,
        "filing",
        from_=ended,
        to=Filing.CANCELLED,
        ground=Ground(GroundKind.FILING, case, Supplier.of(by, step)),
        by=by,
        filing_ended_on=today,
    )
    good = Certificate.objects.filter(institution=institution, cancelled_on=None)
    good.filter(kind__in=Certificate.OF_THE_FILING).exclude(kind=Certificate.Kind.REFUSAL_NOTICE).update(
        cancelled_on=today, cancelled_reason=reason
    )
    audit.record(by, "institution.filing_ended", institution, topic=institution.topic,
                 place=step.division_code, after={"filing": "cancelled"}, note=reason)  # fmt: skip
