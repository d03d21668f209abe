"""What must always hold of draws and of what follows an inspection, and SQL cannot say."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Left

from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.institutions.models import Publication
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import boards, visits
from tuoyu.supervision.actions.sanctions import PUBLICATIONS
from tuoyu.supervision.models import Assignment, Draw, Inspection, Rectification, Sanction, SanctionedFinding
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.visits import INSPECTORS
from tuoyu.supervision.vocabulary import IN_FORCE, InspectionState, Result, SanctionState


@check("supervision.draws_follow_from_their_seed", "Whoever is inspected by lot follows from list and seed")
def draws_follow_from_their_seed() -> Iterator[str]:
    """Each list is the one that was hashed, each result the one its seed gives, each inspection of it."""
    for draw in Draw.objects.select_related("plan").order_by("pk").iterator(chunk_size=20):
        if rules.digest(draw.pool) != draw.pool_sha256:
            yield f"draw {draw.pk}: the list is not the one that was hashed"
        if draw.file is None:
            continue
        yield from (f"draw {draw.pk}: {sentence}" for sentence in rules.wrong_in(draw.file))
        if draw.file["pool"] != draw.pool or draw.file["value"] != draw.value:
            yield f"draw {draw.pk}: its file is of another list or value"
        drawn = [one["institution"] for one in draw.file["drawn"]]
        made = list(draw.lots.order_by("place").values_list("inspection__institution", flat=True))
        if made != drawn:
            yield f"draw {draw.pk}: its inspections are not of the institutions drawn"
        teams = rules.teams_of(draw.file["drawn"], draw.file.get("stand_ins", []))
        sent: dict[int, set[int]] = {pk: set() for pk in teams}
        people = Assignment.objects.filter(inspection__lot__draw=draw)
        for institution, user in people.values_list("inspection__institution", "user"):
            sent.setdefault(institution, set()).add(user)
        if sent != teams:
            yield f"draw {draw.pk}: its inspectors are not those that were drawn or stand in for them"


@check(
    "supervision.failing_inspections_followed",
    "Every failing inspection has its order to mend, or is the re-check of one; every referral its case",
)
def every_failing_inspection_is_followed() -> Iterator[str]:
    """Nobody is forgotten; what a result was changed to counts."""
    over = (Case.State.DONE, Case.State.WITHDRAWN)
    followed = Q(recheck_of__isnull=False) & ~Q(recheck_of__rectification__case__state__in=over)
    rows = visits.with_standing(Inspection.objects.filter(state=InspectionState.CONFIRMED)).exclude(followed)
    failing = rows.exclude(standing=Result.PASS).order_by("pk")
    for one in failing.filter(rectification=None).iterator():
        yield f"inspection {one.number} failed and nothing was ordered"
    for one in failing.filter(standing=Result.REFER, sanctions=None).iterator():
        yield f"inspection {one.number} was referred and no case was begun"


@check("supervision.results_in_time", "Every confirmed result is public by its day")
def results_in_time() -> Iterator[str]:
    """The night publishes what is due; what it left is told."""
    rows = Inspection.objects.filter(
        state=InspectionState.CONFIRMED, published_at=None, publish_due_on__lt=clock.today()
    )
    for one in rows.order_by("pk").iterator():
        yield f"the result of inspection {one.number} should have been public by {one.publish_due_on}"


@check("supervision.orders_in_time", "Every order to mend is answered or gone on with, and looked at again")
def orders_in_time() -> Iterator[str]:
    """The night goes on with what was not answered; whoever must look again has days for it."""
    today = clock.today()
    rows = Rectification.objects.select_related("case").order_by("pk")
    # What ran out yesterday is gone on with in the coming night.
    silent = Q(case__state=Case.State.RETURNED, case__answer_due_on__lt=today - timedelta(days=1))
    for one in rows.filter(silent).iterator():
        yield f"order {one.case.number} ran out on {one.case.answer_due_on} and nobody went on with it"
    steps = Step.objects.filter(case__rectification__isnull=False, state=Step.State.ACTIVE, due_on__lt=today)
    for step in steps.select_related("case").order_by("pk").iterator():
        yield f"order {step.case.number} should have been looked at again by {step.due_on}"


@check("supervision.inspectors", "Nobody inspects alone")
def nobody_inspects_alone() -> Iterator[str]:
    """Each inspection has as many inspectors as the law wants."""
    standing = Inspection.objects.exclude(state=InspectionState.CANCELLED)
    rows = standing.annotate(sent=Count("assignments"), county=Left("division_code", 6))
    places = set(standing.order_by().values_list(Left("division_code", 6), flat=True).distinct())
    least = {place: int(jurisdictions.book(place).get(INSPECTORS).value) for place in places}
    few = rows.filter(sent__lt=max(least.values(), default=0)).order_by("pk")
    for one in few.iterator():
        if one.sent < least[one.county]:
            yield f"inspection {one.number} has {one.sent} inspectors of {least[one.county]}"


@check("supervision.punished_once", "No finding stands in two sanctions; each stands as its sanction does")
def nobody_is_punished_twice() -> Iterator[str]:
    """A finding is held by a sanction as long as that is being prepared or in force."""
    held = SanctionedFinding.objects.filter(sanction__state__in=IN_FORCE)
    twice = held.values("finding").annotate(times=Count("sanction")).filter(times__gt=1)
    for row in twice.order_by("finding"):
        yield f"finding {row['finding']} stands in {row['times']} sanctions"
    let_go = held.filter(in_force=False) | SanctionedFinding.objects.filter(in_force=True).exclude(
        sanction__state__in=IN_FORCE
    )
    for one in let_go.select_related("sanction__case").order_by("pk"):
        yield f"finding {one.finding_id} does not stand as the sanction of case {one.sanction.case.number}"


@check("supervision.sanctions_in_time", "Every sanction is decided, published and looked at again by its day")
def sanctions_in_time() -> Iterator[str]:
    """A penalty is decided within the days of the law from its beginning, and published within its days; one
    whose inspection was corrected is looked at again within the days for withdrawing it."""
    today = clock.today()
    rows = Sanction.objects.select_related("case").order_by("pk")
    undecided = Q(state__in=[SanctionState.OPEN, SanctionState.NOTIFIED], decide_by__lt=today)
    for one in rows.filter(undecided).iterator():
        yield f"sanction of case {one.case.number} should have been decided by {one.decide_by}"
    for one in boards.unpublished(rows).filter(publish_by__lt=today).iterator():
        yield f"sanction of case {one.case.number} should have been public by {one.publish_by}"
    recalls = Step.objects.filter(case__recall__isnull=False, state=Step.State.ACTIVE, due_on__lt=today)
    for step in recalls.select_related("case").order_by("pk").iterator():
        yield f"case {step.case.number}: a decision should have been looked at again by {step.due_on}"


@check(
    "supervision.overturned_is_withdrawn",
    "What was published of an overturned decision, or of a result that did not stand, is withdrawn",
)
def overturned_is_withdrawn() -> Iterator[str]:
    """Whoever reads the publications reads nothing that does not hold."""
    public = Publication.objects.filter(withdrawn_on=None).order_by("pk")
    for one in public.filter(case__sanction__state=SanctionState.OVERTURNED):
        yield f"publication {one.pk} stands though its decision was overturned"
    passed = visits.with_standing(Inspection.objects.exclude(corrections=None)).filter(standing=Result.PASS)
    for one in public.filter(kind=Publication.Kind.INSPECTION, case__rectification__inspection__in=passed):
        yield f"publication {one.pk} stands though the result was changed to a pass"


@check("supervision.published_was_decided", "Everything published of supervision has its decision")
def published_was_decided() -> Iterator[str]:
    """Each publication leads to the order or the decision behind it, of the same institution and kind."""
    public = Publication.objects.filter(withdrawn_on=None).order_by("pk")
    same = Q(case__rectification__institution=F("institution"))
    for one in public.filter(kind=Publication.Kind.INSPECTION).exclude(same):
        yield f"publication {one.pk} of an inspection has no order behind it"
    for kind, published in PUBLICATIONS.items():
        stands = Q(
            case__sanction__kind=kind,
            case__sanction__institution=F("institution"),
            case__sanction__state__in=[SanctionState.DECIDED, SanctionState.OVERTURNED],
        )
        for one in public.filter(kind=published).exclude(stands):
            yield f"publication {one.pk} ({published}) has no decision behind it"
