"""What must always hold of the people who work in childcare, and SQL cannot say."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.core.lookups import keyed_hashes
from tuoyu.workforce import alerts, barring, queries
from tuoyu.workforce.models import AlertCount, BarAlert, ClassAssignment, Employment, Participation, Person


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


@check("workforce.full_time_once", "Nobody holds two full-time posts on the same day")
def full_time_once() -> Iterator[str]:
    """The database says so too; this finds what was written around it."""
    other = Employment.objects.filter(
        person=OuterRef("person"), full_time=True, period__overlap=OuterRef("period"), pk__gt=OuterRef("pk")
    )
    for one in Employment.objects.filter(Exists(other), full_time=True).order_by("pk").iterator():
        yield f"employment {one.pk}: person {one.person_id} holds another full-time post in the same time"


@check("workforce.assignments_lie_within", "A class is cared for by who works at its own institution then")
def assignments_lie_within() -> Iterator[str]:
    """Within the employment, and in a class of the same institution."""
    rows = ClassAssignment.objects.select_related("employment", "class_group").order_by("pk")
    outside = rows.exclude(period__contained_by=F("employment__period"))
    for one in outside.iterator():
        yield f"assignment {one.pk} reaches beyond employment {one.employment_id}"
    foreign = rows.filter(class_group__isnull=False).exclude(
        class_group__institution=F("employment__institution")
    )
    for one in foreign.iterator():
        yield f"assignment {one.pk}: class {one.class_group_id} is not of the institution that employs"


@check("workforce.nobody_with_a_hit_works_on", "Whoever is known there to have a record works there no more")
def nobody_with_a_hit_works_on() -> Iterator[str]:
    """Elsewhere an alert stands until that institution has ended it."""
    for hit in barring.hits_in_force().order_by("pk").iterator():
        rows = Employment.objects.filter(person=hit.person_id, institution=hit.institution_id)
        for one in rows.filter(period__contains=clock.today()):
            yield f"employment {one.pk} stands although record check {hit.pk} found a record"


@check("workforce.people_found_by_number", "Every person is found by the identity number")
def people_found_by_number() -> Iterator[str]:
    """The keyed hash beside an identity number is of that number, under a key still in use."""
    for person in Person.objects.order_by("pk").iterator():
        if person.identity_key not in keyed_hashes(str(person.identity)):
            yield f"person {person.pk} is not found by its identity number"


@check(
    "workforce.hours_equal_sign_ins",
    "Hours credited are those of the session, or of a correction",
)
def hours_equal_sign_ins() -> Iterator[str]:
    """The hours of a year are summed from sign-ins: none may say more than its session or its correction."""
    credited = Participation.objects.filter(signed_in_at__isnull=False).select_related("session")
    for one in credited.prefetch_related("corrections").iterator(chunk_size=500):
        corrections = list(one.corrections.all())
        right = corrections[-1].hours_after if corrections else one.session.hours
        if one.hours != right:
            yield f"participation {one.pk}: credited with {one.hours} hours, {right} would be right"


@check("workforce.alerts_are_counted", "What a badge says of an institution's alerts is what its board shows")
def alerts_are_counted() -> Iterator[str]:
    """Of those counted today and unchanged since."""
    due = set(alerts.to_count())
    rows = {one.pk: one for one in AlertCount.objects.filter(stale=False) if one.pk not in due}
    for one in queries.attention(rows):
        said, found = (rows[one.pk].broken, rows[one.pk].soon), (len(one.broken), len(one.soon))
        if said != found:
            yield f"institution {one.pk}: {said} alerts are said, there are {found}"
