"""What must hold of institutions and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.core.models import OutboxMessage
from tuoyu.institutions import facts, situation
from tuoyu.institutions.models import (
    Application,
    Certificate,
    ClassGroup,
    Fact,
    FirstFacts,
    Institution,
    YearlyResult,
)
from tuoyu.institutions.vocabulary import AFTER_FILING, Filing


@check("institutions.columns_as_facts", "An institution's row says what its facts say of today")
def columns_as_facts() -> Iterator[str]:
    rows = Fact.objects.filter(period__contains=clock.today(), replaced_at=None)
    for fact in rows.select_related("institution", "institution__premises").iterator():
        if _differs(fact.institution, fact):
            yield f"institution {fact.institution_id}: {fact.key} is not what fact {fact.pk} says"
    written = set(
        Fact.objects.filter(institution__first_facts__isnull=False).values_list("institution", "key")
    )
    taken_in = FirstFacts.objects.select_related("institution", "institution__premises")
    for first in taken_in.iterator():
        for fact in first.as_facts():
            if (first.pk, fact.key) not in written and _differs(first.institution, fact):
                yield f"institution {first.pk}: {fact.key} is not what was first said of it"


def _differs(institution: Institution, fact: Fact) -> bool:
    """Whether the column of a fact, if there is one, says something else."""
    column = facts.column_of(fact.key)
    if column is None:
        return False
    table, name = column
    row = institution if table is Institution else getattr(institution, "premises", None)
    return bool((facts.plain(getattr(row, name)) if row is not None else None) != fact.said)


@check("institutions.classes_as_facts", "A class is what its facts say of today")
def classes_as_facts() -> Iterator[str]:
    groups = {facts.class_key(group.pk): group for group in ClassGroup.objects.open_now().iterator()}
    rows = Fact.objects.filter(period__contains=clock.today(), replaced_at=None, key__startswith="class.")
    for fact in rows.iterator():
        group = groups.get(fact.key)
        if group is not None and facts.class_of(group) != fact.value:
            yield f"institution {fact.institution_id}: {fact.key} is not what fact {fact.pk} says"


@check(
    "institutions.cancelled_is_ended",
    "A cancelled filing has no good receipt, and nothing of it is under way",
)
def cancelled_is_ended() -> Iterator[str]:
    good = Certificate.objects.filter(
        institution__filing=Filing.CANCELLED, kind=Certificate.Kind.RECEIPT, cancelled_on=None
    )
    for number, pk in good.values_list("number", "institution").order_by("pk"):
        yield f"institution {pk}: its filing is cancelled and receipt {number} is still good"
    left = Application.objects.filter(
        institution__filing=Filing.CANCELLED, procedure__in=AFTER_FILING, state__in=situation.UNDER_WAY
    )
    for number, pk in left.values_list("case__number", "institution").order_by("pk"):
        yield f"institution {pk}: its filing is cancelled and case {number} is still under way"


@check(
    "institutions.cancelled_is_told", "Of a cancelled filing every office is told that its procedure names"
)
def cancelled_is_told() -> Iterator[str]:
    done = Step.objects.filter(kind=Step.Kind.CANCELLATION, state=Step.State.APPROVED)
    for case_id, key, offices in done.order_by("pk").values_list("case", "key", "push_to"):
        for office in offices:
            if not OutboxMessage.objects.filter(key=f"case:{case_id}:{key}:{office}").exists():
                yield f"case {case_id}: the filing was cancelled and {office} was not told"


@check("institutions.yearly_results_decided", "What came of a year is what its case came to")
def yearly_results_decided() -> Iterator[str]:
    for pk, result, state in YearlyResult.objects.order_by("pk").values_list("pk", "result", "case__state"):
        wanted = Case.State.REFUSED if result == YearlyResult.Result.FAILED else Case.State.DONE
        if state != wanted:
            yield f"yearly result {pk} is {result}, but its case is {state}"
