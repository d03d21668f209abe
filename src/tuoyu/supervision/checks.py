"""What must always hold of draws, and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.core.checks import check
from tuoyu.supervision.models import Draw
from tuoyu.supervision.rules import draws as rules


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
