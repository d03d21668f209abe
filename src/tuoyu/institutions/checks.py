"""What must hold of institutions and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.institutions import facts
from tuoyu.institutions.models import ClassGroup, Fact, Institution


@check("institutions.columns_as_facts", "An institution's row says what its facts say of today")
def columns_as_facts() -> Iterator[str]:
    rows = Fact.objects.filter(period__contains=clock.today(), replaced_at=None)
    for fact in rows.select_related("institution", "institution__premises").iterator():
        column = facts.column_of(fact.key)
        if column is None:
            continue
        table, name = column
        row = fact.institution if table is Institution else getattr(fact.institution, "premises", None)
        if (facts.plain(getattr(row, name)) if row is not None else None) != fact.said:
            yield f"institution {fact.institution_id}: {fact.key} is not what fact {fact.pk} says"


@check("institutions.classes_as_facts", "A class is what its facts say of today")
def classes_as_facts() -> Iterator[str]:
    groups = {facts.class_key(group.pk): group for group in ClassGroup.objects.open_now().iterator()}
    rows = Fact.objects.filter(period__contains=clock.today(), replaced_at=None, key__startswith="class.")
    for fact in rows.iterator():
        group = groups.get(fact.key)
        if group is not None and facts.class_of(group) != fact.value:
            yield f"institution {fact.institution_id}: {fact.key} is not what fact {fact.pk} says"
