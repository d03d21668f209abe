"""What the rules of a place say follows: a rectification that failed, and failing years in a row."""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core.actor import Actor
from tuoyu.institutions import actions as institutions
from tuoyu.institutions.models import Institution, Publication
from tuoyu.institutions.vocabulary import Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.supervision.actions.rectifications import is_to_be_mended, open_rectification
from tuoyu.supervision.actions.sanctions import findings_of, open_sanction
from tuoyu.supervision.models import Correction, Inspection, Rectification, Sanction, SanctionedFinding
from tuoyu.supervision.rules import consecutive
from tuoyu.supervision.vocabulary import Result, SanctionKind, SanctionState

YEARS = "supervision.failed_years_before_revocation"
ORIGINS, COUNTS = "supervision.year_result_origins", "supervision.year_result"
BAN_GROUNDS, LEADS_TO = "ban.grounds", "rectification.failed_leads_to"


def pursue_failure(*, by: Actor, rectification: Rectification, reason: str) -> Sanction | None:
    """What follows a rectification that failed, by the rules of the place: a ban on the grounds it names,
    else what it says (a penalty). None when its findings are pursued already."""
    inspection = rectification.inspection
    findings = findings_of(inspection)
    if SanctionedFinding.objects.filter(finding__in=findings, in_force=True).exists():
        return None
    book = jurisdictions.book(rectification.division_code)
    grounds = book.find(BAN_GROUNDS)
    if grounds is not None and rectification.ground in grounds.value:
        why = (
            f"{rectification.get_ground_display()}，责令整改后仍不合格（{reason}），依据{grounds.source}取缔"
        )
        return open_sanction(by=by, kind=SanctionKind.BAN, inspection=inspection, findings=findings, why=why)
    kind = SanctionKind(str(book.get(LEADS_TO).value))
    return open_sanction(by=by, kind=kind, inspection=inspection, findings=findings)


def follow_correction(*, by: Actor, correction: Correction) -> Rectification | None:
    """What a changed result does to the order to mend: passed after all, the order ends and what was
    published with it is withdrawn with the reason; failed after all, the order is given now."""
    inspection = correction.inspection
    order = Rectification.objects.select_related("case").filter(inspection=inspection).first()
    if correction.result == Result.PASS:
        if order is not None:
            _take_back(by, order, f"检查结果已变更为合格：{correction.reason}")
        return order
    if order is None and is_to_be_mended(inspection):
        return open_rectification(by=by, inspection=inspection)
    return order


def _take_back(by: Actor, order: Rectification, reason: str) -> None:
    for publication in Publication.objects.filter(case=order.case, withdrawn_on=None):
        institutions.withdraw_publication(by=by, publication=publication, reason=reason)
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
    if rows.filter(state__in=[SanctionState.OPEN, SanctionState.NOTIFIED]).exists():
        return None
    if not _is_result_of(inspection, book):
        return None
    years = consecutive.failing_run(results, inspection.year)
    why = f"{'、'.join(map(str, years))}年连续不合格，依据{wanted.source}收回登记并公告"
    return open_sanction(by=by, kind=SanctionKind.REVOCATION, inspection=inspection, years=years, why=why)


def results_by_year(institution: Institution, book: RuleBook) -> dict[int, bool]:
    """Whether an institution passed each year, as its place counts; of nothing before its last revocation."""
    origins, counts = _counting(book)
    taken_back = (
        Sanction.objects.filter(
            institution=institution, kind=SanctionKind.REVOCATION, state=SanctionState.DECIDED
        )
        .order_by("-decided_on")
        .values_list("case__closed_at", flat=True)
        .first()
    )
    rows = Inspection.objects.filter(institution=institution, confirmed_at__isnull=False)
    # A result that was wrong is no failure: what it was changed to counts.
    changed = Correction.objects.filter(inspection=OuterRef("pk")).order_by("-pk").values("result")[:1]
    if taken_back is not None:
        rows = rows.filter(confirmed_at__gt=taken_back)
    seen = (
        consecutive.Seen(year, origin, at, result == Result.PASS)
        for year, origin, at, result in rows.annotate(
            standing=Coalesce(Subquery(changed), F("result"))
        ).values_list("year", "origin", "confirmed_at", "standing")
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
