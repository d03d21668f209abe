"""Who is barred: asked only where a hire is handed in, and where a bar is recorded or undone.

There is no page and no operation that answers it: an answer would be a look-up of people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hash, keyed_hashes
from tuoyu.core.problems import Problem
from tuoyu.core.reaches import HEALTH
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.jurisdictions.rulebook import RuleBook, RuleValue
from tuoyu.workforce.models import Bar, BarAlert, Employment, HiringCheck, RecordCheck
from tuoyu.workforce.vocabulary import BarKind, BarRole, CheckResult

# The nation's rules bar somebody everywhere; a place's own clause is cited beside them.
LIFETIME, RECORD, OWN_CLAUSE = "ban.lifetime", "hiring.record_check", "staff.lifetime_bar"
PER_INSTITUTION, PER_PERSON = "hiring.checks_per_institution_per_day", "hiring.checks_per_person_per_day"
# While a nursery registers for the first time who works there.
AT_FIRST, FIRST_DAYS = "hiring.first_register_checks_per_day", "hiring.first_register_days"


@dataclass(frozen=True)
class Hindrance:
    """What stops a person: a bar, or an institution's answer that there is a record."""

    kind: BarKind
    role: BarRole
    bar: Bar | None = None
    record_check: RecordCheck | None = None


def hold(identity: str) -> None:
    """Until the transaction ends nobody else hires or bars this person: one comes after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bar:{keyed_hash(identity)}"]
        )


def bars_in_force() -> QuerySet[Bar]:
    """The bars that hold: every one that was not corrected, for good."""
    return Bar.objects.filter(correction__isnull=True)


def hits_in_force() -> QuerySet[RecordCheck]:
    """The answers of an authority that there is a record, where no office has corrected them."""
    return RecordCheck.objects.filter(result=CheckResult.HIT, correction__isnull=True)


def hindrances(identity: str) -> list[Hindrance]:
    """What stops the person with this identity number, wherever it was recorded."""
    keys = keyed_hashes(identity)
    found = [
        Hindrance(BarKind(bar.kind), BarRole(bar.role), bar=bar)
        for bar in bars_in_force().filter(identity_key__in=keys)
    ]
    return found + [
        Hindrance(BarKind.RECORD, BarRole.PERPETRATOR, record_check=check)
        for check in hits_in_force().filter(person__identity_key__in=keys)
    ]


def problems_at(division_code: str, found: Iterable[Hindrance]) -> list[Problem]:
    """Why somebody may not be hired at a place, by whose law, and whom to ask; never what happened."""
    book = jurisdictions.book(division_code)
    ask = department_name(HEALTH, division_code, full=True)
    fix = f"认为有误的，请其本人或贵机构向{ask}查询核实，不要自行打听。"
    said: dict[str, Problem] = {}
    for hindrance in found:
        for rule in rules_of(book, hindrance):
            message = "依法终身不得从事婴幼儿照护服务，不能录用。"
            if hindrance.kind == BarKind.RECORD:
                message = "依法不得在密切接触未成年人的单位工作，不能录用。"
            problem = Problem(message, field="identity", rule_key=rule.key, source=rule.source, fix=fix)
            said.setdefault(rule.source, problem)
    return list(said.values())


def sources_at(division_code: str) -> dict[str, str]:
    """For each kind of bar, where the nation's rule stands."""
    book = jurisdictions.book(division_code)
    return {BarKind.LIFETIME: book.get(LIFETIME).source, BarKind.RECORD: book.get(RECORD).source}


def rules_of(book: RuleBook, hindrance: Hindrance) -> list[RuleValue]:
    """The rules a refusal rests on: the nation's, and the place's own where it names such a person."""
    if hindrance.kind == BarKind.RECORD:
        return [book.get(RECORD)]
    own = book.find(OWN_CLAUSE)
    besides = [own] if own is not None and hindrance.role in own.value else []
    return [book.get(LIFETIME), *besides]


def employments_of(identity: str) -> QuerySet[Employment]:
    """Where the person works today or is to begin, with the institution."""
    ended = Q(period__endswith__isnull=False, period__endswith__lte=clock.today())
    rows = Employment.objects.filter(person__identity_key__in=keyed_hashes(identity)).exclude(ended)
    return rows.select_related("institution", "person").order_by("pk")


def hindrance_of(alert: BarAlert) -> Hindrance:
    """What an alert is about."""
    if alert.bar is not None:
        return Hindrance(BarKind(alert.bar.kind), BarRole(alert.bar.role), bar=alert.bar)
    return Hindrance(BarKind.RECORD, BarRole.PERPETRATOR, record_check=alert.record_check)


def standing_alerts() -> QuerySet[BarAlert]:
    """The alerts of somebody who is barred and still employed."""
    holds = Q(bar__isnull=False, bar__correction__isnull=True) | Q(
        record_check__isnull=False, record_check__correction__isnull=True
    )
    ended = Q(employment__period__endswith__isnull=False, employment__period__endswith__lte=clock.today())
    return BarAlert.objects.filter(holds).exclude(ended)


def asked_today(institution: Institution, by: Actor) -> tuple[int, int]:
    """How many hires the institution handed in within a day, and how many the person acting did."""
    rows = HiringCheck.objects.filter(checked_at__gt=_a_day_ago())
    return rows.filter(institution=institution).count(), rows.filter(checked_by=by.user_id).count()


def _a_day_ago() -> datetime:
    return clock.now() - timedelta(days=1)


def limits_for(institution: Institution) -> tuple[RuleValue, RuleValue]:
    """How many hires an institution, and how many a person, may hand in within a day.

    In the first days after its first hire an institution may hand in as many as a first register takes. It
    has those days once: what was asked is never forgotten.
    """
    book = jurisdictions.book(institution.division_code)
    first = HiringCheck.objects.filter(institution=institution).order_by("checked_at").first()
    begins = first.checked_at if first is not None else clock.now()
    at_first = clock.now() - begins < timedelta(days=book.get(FIRST_DAYS).value)
    return book.get(AT_FIRST if at_first else PER_INSTITUTION), book.get(PER_PERSON)
