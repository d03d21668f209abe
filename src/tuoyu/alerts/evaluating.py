"""All watches over all institutions of a day, in a statement for each watch and each jurisdiction.

To be called inside an action, which writes the audit events.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tuoyu.alerts.checking import CHECKS, Asked, table
from tuoyu.alerts.models import Alert
from tuoyu.alerts.vocabulary import STANDING
from tuoyu.core import clock, workdays
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.jurisdictions.packs.schema import Watch
from tuoyu.jurisdictions.rulebook import RuleBook, cited

CLOSES = "care.day_closes_hour"


@dataclass(frozen=True)
class Scope:
    """The places where one pack's rules hold: below its prefix and below no nearer pack's."""

    book: RuleBook
    prefix: str
    nearer: tuple[str, ...]
    pack_id: int


def scopes(day: date) -> Iterator[Scope]:
    """Every jurisdiction with a pack in force, the whole country's rest among them."""
    packs = jurisdictions.packs_in_force(day)
    numbers = dict(PackVersion.objects.values_list("digest", "pk"))
    for code, pack in packs.items():
        nearer = tuple(
            other.prefix
            for other in packs.values()
            if other.prefix != pack.prefix and other.prefix.startswith(pack.prefix)
        )
        book = jurisdictions.book(code, day)
        yield Scope(book, pack.prefix, nearer, numbers[book.digest])


def closed_days(at: datetime) -> dict[str, date]:
    """The last day that has closed, by the code of each pack in force at a moment: the local rule says at
    which hour a day closes."""
    local = at.astimezone(clock.BEIJING)
    found = {}
    for scope in scopes(local.date()):
        rule = scope.book.find(CLOSES)
        closed = rule is not None and local.hour >= int(rule.value)
        found[scope.book.pack.code] = local.date() - timedelta(days=not closed)
    return found


@dataclass
class Outcome:
    """What an evaluation did: the alerts raised and those that ended by themselves."""

    raised: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    kept: int = 0


def evaluate_scope(
    scope: Scope, day: date, *, institution: int | None = None, only: Iterable[str] = (), label: str
) -> Outcome:
    """Look for everything that is watched at the places of a scope, or at one institution of it; `only`
    narrows to some checks."""
    outcome, wanted = Outcome(), set(only)
    for watch in scope.book.watches():
        if not wanted or watch.check in wanted:
            _evaluate(scope, watch, day, institution, label, outcome)
    if not wanted:
        _end_moot(scope, institution, label, outcome)
    return outcome


def asked_of(scope: Scope, watch: Watch, day: date) -> Asked:
    """A watch's rules as they stand at a place on a day; those not in force are left out."""
    found = {name: scope.book.find(key) for name, key in watch.rules.items()}
    values = {name: _plain(rule.value) for name, rule in found.items() if rule is not None}
    return Asked(day, values, {name: _plain(value) for name, value in watch.given.items()}, scope.book)


def _plain(value: Any) -> Any:
    """A list as the database takes it."""
    return list(value) if isinstance(value, tuple) else value


def _evaluate(
    scope: Scope, watch: Watch, day: date, institution: int | None, label: str, outcome: Outcome
) -> None:
    query = CHECKS[watch.check](asked_of(scope, watch, day))
    if query is None:
        return
    due_at, provisional = due_of(scope, watch)
    parameters = {
        **query.parameters,
        **scope_parameters(scope, institution),
        "day": day,
        "watch": watch.key,
        "name": watch.name,
        "source": source_of(scope, watch),
        "pack": scope.pack_id,
        "addressees": list(watch.addressees),
        "told": watch.told,
        "now": clock.now(),
        "due_at": due_at,
        "provisional": provisional,
        "label": label,
        "ends": watch.ends_by_itself,
        "silence_ends": query.silence_ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(found=query.text, scope=scope_text(scope, institution)), parameters)
        raised, ended, kept = cursor.fetchone()
    outcome.raised += raised or []
    outcome.ended += ended or []
    outcome.kept += kept


def scope_text(scope: Scope, institution: int | None) -> str:
    """The condition on institutions `i` of a scope, by parameters of `scope_parameters`."""
    text = "i.filing = ANY(%(filed)s) AND i.division_code LIKE %(prefix)s AND i.public_since <= %(day)s"
    if scope.nearer:
        text += " AND NOT i.division_code LIKE ANY(%(nearer)s)"
    return text if institution is None else f"{text} AND i.id = %(institution)s"


def scope_parameters(scope: Scope, institution: int | None) -> Mapping[str, Any]:
    """The parameters of `scope_text`, by name."""
    return {
        "filed": [state.value for state in FILED],
        "prefix": f"{scope.prefix}%",
        "nearer": [f"{prefix}%" for prefix in scope.nearer],
        "institution": institution,
    }


def source_of(scope: Scope, watch: Watch) -> str:
    """Where the rule stands, and the clauses of the place's own document on the same matter."""
    title = watch.document or next(
        (pack.title for pack in scope.book.packs if watch in pack.watch), scope.book.pack.title
    )
    sources = [cited(title, watch.clause, watch.number)]
    sources += [
        f"《{document}》{clause}"
        for document, clause in scope.book.clauses_on(watch.capability)
        if (document, clause) != (title, watch.clause)
    ]
    return "；".join(sources)[:400]


def running(scope: Scope, watch: Watch, first: date, last: date) -> QuerySet[Alert]:
    """What stands of a watch in a scope with a clock that rests on the days from `first` to `last`."""
    rows = Alert.objects.filter(
        state__in=STANDING, rule=watch.key, division_code__startswith=scope.prefix,
        raised_at__date__lte=last, due_at__date__gte=first,
    )  # fmt: skip
    for prefix in scope.nearer:
        rows = rows.exclude(division_code__startswith=prefix)
    return rows


def due_of(scope: Scope, watch: Watch, raised_on: date | None = None) -> tuple[datetime | None, bool]:
    """Until when whoever is addressed must act on what is raised now (or was, on a day), and whether the
    calendar for it is yet to be published. Hours run from the moment, working days to the end of the last."""
    if watch.hours is not None and (rule := scope.book.find(watch.hours.rule)) is not None:
        return clock.now() + timedelta(hours=float(rule.value)), False
    if watch.working_days is not None and (rule := scope.book.find(watch.working_days.rule)) is not None:
        deadline = workdays.add_working_days(raised_on or clock.today(), int(rule.value))
        return datetime.combine(deadline.on, time.max, clock.BEIJING), deadline.provisional
    return None, False


ALERTS, INSTITUTIONS = table(Alert), table(Institution)
STANDS = "a.state IN ('open', 'acknowledged')"

# What holds and stands already is brought up to date, what holds and does not is raised, what stands and is
# known to be kept again ends. Somebody's having dealt with it covers what was known then and nothing later.
# Many alerts are held against many findings here, and the server cannot know how many: a FULL JOIN is never
# done each against each, and every other join goes by the key of a table.
STATEMENT = f"""
WITH scope AS MATERIALIZED (
    SELECT i.id, i.kind, i.division_code, i.public_since FROM {INSTITUTIONS} i WHERE {{scope}}
), found AS MATERIALIZED ({{found}}
), standing AS MATERIALIZED (
    SELECT a.id, a.institution_id, a.class_group_id, a.subject, a.last_day
    FROM {ALERTS} a JOIN {INSTITUTIONS} i ON i.id = a.institution_id
    WHERE {STANDS} AND a.rule = %(watch)s::text AND {{scope}}
), compared AS MATERIALIZED (
    SELECT a.id AS standing, a.last_day AS stands_until, f.*
    FROM standing a FULL JOIN found f ON a.institution_id = f.institution_id AND a.subject = f.subject
        AND COALESCE(a.class_group_id, 0) = COALESCE(f.class_group_id, 0)
), kept AS (
    UPDATE {ALERTS} t SET last_day = greatest(t.last_day, c.last_day), details = c.details
    FROM compared c WHERE t.id = c.standing AND c.holds AND t.state IN ('open', 'acknowledged')
    RETURNING t.id
), ended AS (
    UPDATE {ALERTS} t SET state = 'ended', ended_at = %(now)s, ended_label = %(label)s::text,
           ending = '核查时已符合规定'
    FROM compared c
    WHERE t.id = c.standing AND t.state IN ('open', 'acknowledged') AND %(ends)s
      AND CASE WHEN %(silence_ends)s THEN c.holds IS NOT TRUE
          ELSE c.stands_until <= %(day)s AND NOT c.holds END
    RETURNING t.id
), raised AS (
    INSERT INTO {ALERTS} (institution_id, division_code, class_group_id, rule, subject, name,
        source, pack_id,
        first_day, last_day, details, addressees, told, state, raised_at, due_at, provisional,
        acknowledged_label, ended_label, ending)
    SELECT i.id, i.division_code, f.class_group_id, %(watch)s::text, f.subject, %(name)s::text,
        %(source)s::text, %(pack)s, f.last_day, f.last_day, f.details, %(addressees)s::text[], %(told)s,
        'open', %(now)s, %(due_at)s::timestamptz, %(provisional)s, '', '', ''
    FROM compared f JOIN {INSTITUTIONS} i ON i.id = f.institution_id
    WHERE f.standing IS NULL AND f.holds
      AND NOT EXISTS (SELECT 1 FROM {ALERTS} a
                      WHERE a.institution_id = f.institution_id AND a.rule = %(watch)s::text
                        AND a.subject = f.subject AND a.class_group_id IS NOT DISTINCT FROM f.class_group_id
                        AND a.state = 'resolved' AND a.last_day >= f.last_day)
    ORDER BY i.id, f.class_group_id, f.subject
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT (SELECT array_agg(id ORDER BY id) FROM raised), (SELECT array_agg(id ORDER BY id) FROM ended),
       (SELECT count(*) FROM kept)
"""

MOOT = f"""
WITH ended AS (
    UPDATE {ALERTS} t SET state = 'ended', ended_at = %(now)s, ended_label = %(label)s::text,
           ending = CASE WHEN i.filing = ANY(%(filed)s) THEN '班级已撤销' ELSE '机构已不在备案状态' END
    FROM {ALERTS} a JOIN {INSTITUTIONS} i ON i.id = a.institution_id
    LEFT JOIN {table(ClassGroup)} g ON g.id = a.class_group_id
    WHERE t.id = a.id AND {STANDS} AND i.division_code LIKE %(prefix)s
      AND (%(institution)s::bigint IS NULL OR i.id = %(institution)s)
      AND (NOT i.filing = ANY(%(filed)s) OR g.closed_on IS NOT NULL)
    RETURNING t.id
)
SELECT array_agg(id ORDER BY id) FROM ended
"""


def _end_moot(scope: Scope, institution: int | None, label: str, outcome: Outcome) -> None:
    """What stands of an institution that is filed no longer, or of a class that is no more, is moot."""
    parameters = {**scope_parameters(scope, institution), "now": clock.now(), "label": label}
    with connection.cursor() as cursor:
        cursor.execute(MOOT, parameters)
        (ended,) = cursor.fetchone()
    outcome.ended += ended or []
