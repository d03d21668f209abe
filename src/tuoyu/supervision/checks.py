"""What must always hold of draws and of what follows an inspection, and SQL cannot say."""

from collections.abc import Iterator

from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.institutions.models import Publication
from tuoyu.supervision.models import Draw, Inspection, Sanction
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.vocabulary import Result, SanctionState


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


@check(
    "supervision.failing_inspections_followed",
    "Every failing inspection has its order to mend, or is the re-check of one",
)
def every_failing_inspection_is_followed() -> Iterator[str]:
    """Nobody is forgotten."""
    rows = Inspection.objects.filter(state="confirmed", rectification=None, recheck_of=None)
    for one in rows.exclude(result=Result.PASS).order_by("pk").iterator():
        yield f"inspection {one.number} failed and nothing was ordered"


@check("supervision.sanctions_in_time", "Every sanction is decided and published by its day")
def sanctions_in_time() -> Iterator[str]:
    """A penalty is decided within the days of the law from its beginning, and published within its days."""
    today = clock.today()
    rows = Sanction.objects.select_related("case").order_by("pk")
    undecided = Q(state__in=[SanctionState.OPEN, SanctionState.NOTIFIED], decide_by__lt=today)
    for one in rows.filter(undecided).iterator():
        yield f"sanction of case {one.case.number} should have been decided by {one.decide_by}"
    public = Publication.objects.filter(kind__in=["penalty", "revocation", "ban"]).values("case")
    unpublished = rows.filter(state=SanctionState.DECIDED, publish_by__lt=today).exclude(case__in=public)
    for one in unpublished.iterator():
        yield f"sanction of case {one.case.number} should have been public by {one.publish_by}"


@check(
    "supervision.overturned_is_withdrawn",
    "What was published of an overturned decision is withdrawn",
)
def overturned_is_withdrawn() -> Iterator[str]:
    """Whoever reads the publications reads nothing that does not hold."""
    overturned = Sanction.objects.filter(state=SanctionState.OVERTURNED).values("case")
    for one in Publication.objects.filter(case__in=overturned, withdrawn_on=None).order_by("pk"):
        yield f"publication {one.pk} stands though its decision was overturned"
