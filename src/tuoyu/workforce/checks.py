"""What must always hold of the people who work in childcare, and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.core.checks import check
from tuoyu.workforce import barring
from tuoyu.workforce.models import BarAlert


@check("workforce.barred_and_employed_is_alerted", "Whoever is barred and still employed has an alert")
def barred_and_employed_is_alerted() -> Iterator[str]:
    """A person is found by decrypting: while keys change, two keyed hashes of one number differ."""
    for bar in barring.bars_in_force().iterator():
        alerted = set(BarAlert.objects.filter(bar=bar).values_list("employment", flat=True))
        for employment in barring.employments_of(str(bar.identity)):
            if employment.pk not in alerted:
                yield f"bar {bar.pk}: employment {employment.pk} stands and nobody was told"
    for hit in barring.hits_in_force().select_related("person").iterator():
        alerted = set(BarAlert.objects.filter(record_check=hit).values_list("employment", flat=True))
        for employment in barring.employments_of(str(hit.person.identity)):
            if employment.pk not in alerted:
                yield f"record check {hit.pk}: employment {employment.pk} stands and nobody was told"
