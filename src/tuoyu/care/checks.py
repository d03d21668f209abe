"""What must always hold of nurseries' days and incidents, and SQL cannot say."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from tuoyu.care.models import ClassDay, DailyReturn, Incident
from tuoyu.care.vocabulary import ACCOUNTABLE
from tuoyu.core.checks import check


@check("care.days_say_one_thing", "A closed day has no classes, any other has some, all of its institution")
def days_say_one_thing() -> Iterator[str]:
    """Rows of classes hang on their return."""
    rows = ClassDay.objects.filter(daily_return=OuterRef("pk"))
    for one in DailyReturn.objects.filter(Exists(rows), closed=True).order_by("pk").iterator():
        yield f"daily return {one.pk} is closed and has classes"
    for one in DailyReturn.objects.filter(~Exists(rows), closed=False).order_by("pk").iterator():
        yield f"daily return {one.pk} is open and has no class"
    foreign = ClassDay.objects.filter(class_group__isnull=False)
    foreign = foreign.exclude(class_group__institution=F("daily_return__institution"))
    for row in foreign.order_by("pk").iterator():
        yield f"class day {row.pk}: class {row.class_group_id} is not of the institution"


@check("care.serious_incidents_have_a_case", "Somebody answers for every serious incident")
def serious_incidents_have_a_case() -> Iterator[str]:
    """The case opens with the report."""
    for one in Incident.objects.filter(severity__in=ACCOUNTABLE, case=None).order_by("pk").iterator():
        yield f"incident {one.pk} is {one.severity} and has no case"
