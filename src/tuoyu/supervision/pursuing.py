"""What the rules of a place say follows: a rectification that failed, and failing years in a row."""

from django.db.models import Q, QuerySet

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.transitions import move
from tuoyu.institutions import actions as institutions
from tuoyu.institutions.models import Institution, Publication
from tuoyu.institutions.vocabulary import Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.supervision import visits
from tuoyu.supervision.actions.rectifications import is_to_be_mended, open_rectification
from tuoyu.supervision.actions.sanctions import findings_of, open_sanction, recall
from tuoyu.supervision.models import (
    Correction,
    Finding,
    Inspection,
    Rectification,
    Sanction,
    SanctionedFinding,
)
from tuoyu.supervision.rules import consecutive
from tuoyu.supervision.vocabulary import IN_FORCE, InspectionState, Result, SanctionKind, SanctionState

YEARS = "supervision.failed_years_before_revocation"
ORIGINS, COUNTS = "supervision.year_result_origins", "supervision.year_result"
BAN_GROUNDS, LEADS_TO = "ban.grounds", "rectification.failed_leads_to"


def pursue_failure(*, by: Actor, rectification: Rectification, reason: str) -> Sanction | None:
    """What follows a rectification that failed, by the rules of the place: a ban on the grounds it names,
    else what it says (a penalty). A penalty that is not decided gives way to the ban; None when its findings
    are pursued already."""
    inspection = rectification.inspection
    findings = findings_of(inspection)
    book = jurisdictions.book(rectification.division_code)
    grounds = book.find(BAN_GROUNDS)
    kind, why = SanctionKind(str(book.get(LEADS_TO).value)), ""
    if grounds is not None and rectification.ground in grounds.value:
        kind = SanctionKind.BAN
        why = (
            f"{rectification.get_ground_display()}，责令整改后仍不合格（{reason}），依据{grounds.source}取缔"
        )
        for penalty in _undecided(Sanction.objects.filter(sanctioned__finding__in=findings)):
            cases.end_moot(by=by, case=penalty.case, reason="整改后仍不合格，改按取缔办理。")
    if SanctionedFinding.objects.filter(finding__in=findings, in_force=True).exists():
        return None
    return open_sanction(by=by, kind=kind, inspection=inspection, findings=findings, why=why)


def refer(*, by: Actor, inspection: Inspection) -> list[Sanction]:
    """Where a case is to be opened by the inspection's result, open one with each department that found
    something to be punished for, for its own findings; with the one that led where none did.

    What a re-check found is followed by the decision on the order it belongs to. Findings that are pursued
    already are not pursued twice.
    """
    if visits.result_of(inspection) != Result.REFER or not is_to_be_mended(inspection):
        return []
    findings = findings_of(inspection)
    found: dict[str, list[Finding]] = {one.department: [] for one in findings} or {inspection.department: []}
    held = set(
        SanctionedFinding.objects.filter(finding__in=findings, in_force=True).values_list(
            "finding", flat=True
        )
    )
    for one in findings:
        if one.pk not in held:
            found[one.department].append(one)
    begun = Sanction.objects.filter(inspection=inspection, kind=SanctionKind.PENALTY, state__in=IN_FORCE)
    going = set(begun.values_list("department", flat=True))
    return [
        open_sanction(
            by=by, kind=SanctionKind.PENALTY, inspection=inspection, findings=own, referred_to=department
        )
        for department, own in found.items()
        if department not in going
    ]


def follow_correction(*, by: Actor, correction: Correction) -> None:
    """What a changed result does to everything that rests on the former one.

    Passed after all, the order to mend ends and what was published with it is withdrawn with the reason;
    failed after all, the order is given now. What was being prepared ends, the institution told why; a
    decision in force is looked at again by whoever made it. A case is opened where the new result says so.
    """
    inspection = correction.inspection
    reason = (
        f"检查（编号 {inspection.number}）的结果由“{correction.get_former_display()}”变更为"
        f"“{correction.get_result_display()}”：{correction.reason}"
    )[:500]
    order = Rectification.objects.select_related("case").filter(inspection=inspection).first()
    if correction.result == Result.PASS and order is not None:
        _take_back(by, order, reason)
    if correction.result != Result.PASS and order is None and is_to_be_mended(inspection):
        open_rectification(by=by, inspection=inspection)
    earlier = Case.objects.filter(recall__correction__inspection=inspection).exclude(state__in=Case.ENDED)
    for case in earlier.order_by("pk"):
        cases.end_moot(by=by, case=case, reason=reason)
    resting = Sanction.objects.filter(state__in=IN_FORCE, pk__in=_no_longer_supported(correction))
    for sanction in resting.select_related("case", "institution").order_by("pk"):
        if sanction.state == SanctionState.DECIDED:
            recall(by=by, sanction=sanction, correction=correction)
        else:
            cases.end_moot(by=by, case=sanction.case, reason=reason)
    if correction.result != Result.PASS:
        _pursue_again(by, inspection, reason)
    refer(by=by, inspection=inspection)


def _pursue_again(by: Actor, recheck: Inspection, reason: str) -> None:
    """A re-check that fails after all: what followed the order that failed by it, and fell meanwhile, begins
    anew. Nothing where it still stands."""
    failed = Rectification.objects.filter(rechecks__inspection=recheck, case__state=Case.State.REFUSED)
    for order in failed.select_related("inspection__institution", "case"):
        pursue_failure(by=by, rectification=order, reason=reason)


def _no_longer_supported(correction: Correction) -> set[int]:
    """The sanctions that rested on what a result was before it was changed."""
    inspection = correction.inspection
    own = Q(inspection=inspection) & ~Q(kind=SanctionKind.REVOCATION)
    found = set[int]()
    if correction.result == Result.PASS:
        failed = Q(inspection__rectification__rechecks__inspection=inspection, referred=False)
        found |= set(Sanction.objects.filter(own | failed).values_list("pk", flat=True))
    elif correction.former == Result.REFER:
        found |= set(Sanction.objects.filter(own, referred=True).values_list("pk", flat=True))
    book = jurisdictions.book(inspection.division_code)
    if book.find(YEARS) is None:
        return found
    rows = Sanction.objects.filter(
        institution=inspection.institution, kind=SanctionKind.REVOCATION, years__contains=[inspection.year]
    )
    for sanction in rows:
        results = results_by_year(inspection.institution, book, taken_back_by=sanction)
        if any(results.get(year, True) for year in sanction.years):
            found.add(sanction.pk)
    return found


def _undecided(rows: QuerySet[Sanction]) -> list[Sanction]:
    """Those of `rows` that are being prepared."""
    open_ = rows.filter(state__in=[SanctionState.OPEN, SanctionState.NOTIFIED])
    return list(open_.select_related("case").distinct().order_by("pk"))


def _take_back(by: Actor, order: Rectification, reason: str) -> None:
    for publication in Publication.objects.filter(case=order.case, withdrawn_on=None):
        institutions.withdraw_publication(by=by, publication=publication, reason=reason)
    planned = Inspection.objects.filter(recheck_of__rectification=order, state=InspectionState.PLANNED)
    for recheck in planned:
        move(recheck, from_=InspectionState.PLANNED, to=InspectionState.CANCELLED)
        audit.record(by, "inspection.cancelled", recheck, topic=recheck.topic, place=recheck.division_code,
                     note=reason)  # fmt: skip
    if order.case.state not in Case.ENDED:
        cases.end_moot(by=by, case=order.case, reason=reason)


def pursue_failing_years(*, by: Actor, inspection: Inspection) -> Sanction | None:
    """Give the matter to whoever issued the registration, once the result of a year stands in a row of as
    many failing years as the place's rule says; None where it says nothing or the row is not reached."""
    book = jurisdictions.book(inspection.division_code)
    wanted = book.find(YEARS)
    institution = inspection.institution
    if wanted is None or institution.registration != Registration.REGISTERED:
        return None
    results = results_by_year(institution, book)
    if not consecutive.is_reached(results, inspection.year, wanted.value):
        return None
    rows = Sanction.objects.filter(institution=institution, kind=SanctionKind.REVOCATION)
    if _undecided(rows):
        return None
    if not _is_result_of(inspection, book):
        return None
    years = consecutive.failing_run(results, inspection.year)
    why = f"{'、'.join(map(str, years))}年连续不合格，依据{wanted.source}收回登记并公告"
    return open_sanction(by=by, kind=SanctionKind.REVOCATION, inspection=inspection, years=years, why=why)


def results_by_year(
    institution: Institution, book: RuleBook, *, taken_back_by: Sanction | None = None
) -> dict[int, bool]:
    """Whether an institution passed each year, as its place counts; of nothing before its last revocation,
    or, asked of a revocation, before the one that came before it."""
    origins, counts = _counting(book)
    taken_back = (
        Sanction.objects.filter(
            institution=institution, kind=SanctionKind.REVOCATION, state=SanctionState.DECIDED
        )
        .exclude(pk=taken_back_by.pk if taken_back_by else 0)
        .order_by("-decided_on")
        .values_list("case__closed_at", flat=True)
        .first()
    )
    rows = Inspection.objects.filter(institution=institution, confirmed_at__isnull=False)
    if taken_back is not None:
        rows = rows.filter(confirmed_at__gt=taken_back)
    seen = (
        consecutive.Seen(year, origin, at, result == Result.PASS)
        # A result that was wrong is no failure: what it was changed to counts.
        for year, origin, at, result in visits.with_standing(rows).values_list(
            "year", "origin", "confirmed_at", "standing"
        )
        if at is not None
    )
    return consecutive.year_results(seen, origins=origins, counts=counts)


def _counting(book: RuleBook) -> tuple[tuple[str, ...], str]:
    """Which inspections make a year's result, and which of several: parameters of the place."""
    origins = tuple(str(one) for one in book.get(ORIGINS).value)
    return origins, str(book.get(COUNTS).value)


def _is_result_of(inspection: Inspection, book: RuleBook) -> bool:
    """Whether this inspection is the one that makes its year's result."""
    origins, counts = _counting(book)
    rows = Inspection.objects.filter(
        institution=inspection.institution_id,
        year=inspection.year,
        origin__in=origins,
        confirmed_at__isnull=False,
    ).order_by("confirmed_at", "pk")
    made = rows.last() if counts == consecutive.LAST else rows.first()
    return made is not None and made.pk == inspection.pk
