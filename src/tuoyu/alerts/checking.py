"""The checks that a pack's watches name: each is one query over all institutions of a scope.

A check reads from `scope` (id, kind, division_code, public_since) and gives rows of `institution_id`,
`class_group_id`, `subject`, `last_day`, `details`, and `holds`: true where the rule is not kept on the day,
false where it is known to be kept. What can be known neither way has no row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.cases.models import Case
from tuoyu.core import workdays
from tuoyu.institutions.models import ClassGroup, Institution, Suspension
from tuoyu.institutions.vocabulary import Kind
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.supervision.models import Inspection, Plan
from tuoyu.supervision.rules.plans import ORDERED, day_of
from tuoyu.supervision.vocabulary import PlanKind
from tuoyu.workforce.models import AlertCount, BarCorrection, Employment, Qualification, RecordCheck
from tuoyu.workforce.rules.certificates import MONTHS
from tuoyu.workforce.rules.staffing import FAMILY_PAPERS, PAPERS


@dataclass(frozen=True)
class Asked:
    """For a place and a day: the values of the rules a watch names (those in force), its other parameters."""

    day: date
    values: Mapping[str, Any]
    given: Mapping[str, Any]
    book: RuleBook


@dataclass(frozen=True)
class Query:
    """A check for one scope: its text, and its parameters by name. `silence_ends` when what is not among the
    rows is known to be kept."""

    text: str
    parameters: Mapping[str, Any]
    silence_ends: bool


Check = Callable[[Asked], Query | None]
CHECKS: dict[str, Check] = {}


def check(key: str) -> Callable[[Check], Check]:
    """Register a check under the key packs name it by; ValueError when it is taken."""

    def register(function: Check) -> Check:
        if key in CHECKS:
            raise ValueError(f"check {key} is registered twice")
        CHECKS[key] = function
        return function

    return register


def table(model: type[Model]) -> str:
    """The table of a model, quoted."""
    return f'"{model._meta.db_table}"'


RETURNS, DAYS, CASES = table(DailyReturn), table(ClassDay), table(NewCases)
CLASSES, FAMILY = table(ClassGroup), Kind.FAMILY_POINT.value


@check("staffing")
def staffing(asked: Asked) -> Query | None:
    """Fewer carers present in a class than the ratio asks for the children there (`care.rules.is_short`)."""
    ratios = {key: float(value) for key, value in asked.values.items()}
    if not ratios:
        return None
    text = f"""
        SELECT s.id AS institution_id, d.class_group_id, '' AS subject, %(day)s::date AS last_day,
               jsonb_build_object('class', g.name, 'children', d.children, 'carers', d.carers,
                                  'per_carer', ratio.per) AS details,
               d.carers * ratio.per < d.children AS holds
        FROM scope s
        JOIN {RETURNS} r ON r.institution_id = s.id AND r.day = %(day)s AND r.current
        JOIN {DAYS} d ON d.daily_return_id = r.id
        LEFT JOIN {CLASSES} g ON g.id = d.class_group_id
        JOIN unnest(%(types)s::text[], %(pers)s::float8[]) AS ratio(type, per)
          ON ratio.type = CASE WHEN s.kind = '{FAMILY}' THEN '{FAMILY}' ELSE g.class_type END
    """
    return Query(text, {"types": list(ratios), "pers": list(ratios.values())}, silence_ends=False)


@check("morning_check")
def morning_check(asked: Asked) -> Query | None:
    """Children in a class who had no morning check; none had one where the return says nothing of it."""
    if not asked.values.get("required"):
        return None
    return _seen_by_nobody("d.children - coalesce(d.checked, 0)", "true")


@check("entry_check")
def entry_check(asked: Asked) -> Query | None:
    """Children in a class without the health check that comes before the first day. What a return does not
    say is not known."""
    if not asked.values.get("required"):
        return None
    return _seen_by_nobody("d.unexamined", "d.unexamined IS NOT NULL")


def _seen_by_nobody(number: str, known: str) -> Query:
    text = f"""
        SELECT s.id AS institution_id, d.class_group_id, '' AS subject, %(day)s::date AS last_day,
               jsonb_build_object('class', g.name, 'children', d.children, 'unseen', {number},
                                  'said', d.checked IS NOT NULL) AS details,
               {number} > 0 AS holds
        FROM scope s
        JOIN {RETURNS} r ON r.institution_id = s.id AND r.day = %(day)s AND r.current
        JOIN {DAYS} d ON d.daily_return_id = r.id AND {known}
        LEFT JOIN {CLASSES} g ON g.id = d.class_group_id
    """
    return Query(text, {}, silence_ends=False)


@check("return_missing")
def return_missing(asked: Asked) -> Query | None:
    """A working day of late on which a nursery was to be open and has stated nothing."""
    if "days_back" not in asked.values:
        return None
    days = working_days(asked.day, int(asked.values["days_back"]))
    suspended = table(Suspension)
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, '' AS subject,
               max(open.day) AS last_day,
               jsonb_build_object('days', jsonb_agg(open.day ORDER BY open.day)) AS details, true AS holds
        FROM scope s JOIN unnest(%(days)s::date[]) AS open(day) ON open.day >= s.public_since
        WHERE NOT EXISTS (
            SELECT 1 FROM {RETURNS} r WHERE r.institution_id = s.id AND r.day = open.day AND r.current)
          AND NOT EXISTS (
            SELECT 1 FROM {suspended} p WHERE p.institution_id = s.id AND p.days @> open.day
              AND p.called_off_on IS NULL AND (p.resumed_on IS NULL OR open.day < p.resumed_on))
        GROUP BY s.id
    """
    return Query(text, {"days": days}, silence_ends=True)


def working_days(day: date, back: int) -> list[date]:
    """The working days of so many up to and with a day."""
    with workdays.held():
        days = [day - timedelta(days=n) for n in reversed(range(back))]
        return [one for one in days if workdays.is_workday(one)[0]]


@check("papers")
def papers(asked: Asked) -> Query | None:
    """People at work whose paper is good no longer, or, with `missing`, who never showed one.

    The papers are those that rules in force ask for, as the staff register reckons (`Worker.shows`).
    """
    wanted = [
        (post, str(kind), family)
        for family, rows in ((False, PAPERS), (True, FAMILY_PAPERS))
        for key, post, kind in rows
        if asked.book.find(key) is not None and asked.given.get("kind", kind) == kind
    ]
    if not wanted:
        return None
    shown = f"""SELECT 1 FROM {table(Qualification)} q WHERE q.person_id = e.person_id
        AND q.recorded_for_id = s.id AND q.kind = wanted.kind AND q.issued_on <= %(day)s"""
    good = f"""{shown} AND (q.expires_on IS NULL OR q.expires_on >= %(day)s)
        AND (q.withdrawn_at IS NULL OR (q.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)"""
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, wanted.kind AS subject,
               %(day)s::date AS last_day,
               jsonb_build_object('people', count(DISTINCT e.person_id),
                                  'employments', jsonb_agg(DISTINCT e.id)) AS details,
               true AS holds
        FROM scope s
        JOIN {table(Employment)} e ON e.institution_id = s.id AND e.period @> %(day)s::date
        JOIN unnest(%(posts)s::text[], %(kinds)s::text[], %(families)s::bool[])
             AS wanted(post, kind, family)
          ON wanted.post IN ('', e.post) AND wanted.family = (s.kind = '{FAMILY}')
        WHERE NOT EXISTS ({good}) AND {"NOT " if asked.given.get("missing") else ""}EXISTS ({shown})
        GROUP BY s.id, wanted.kind
    """
    posts, kinds, families = (list(column) for column in zip(*wanted, strict=True))
    return Query(text, {"posts": posts, "kinds": kinds, "families": families}, silence_ends=True)


@check("staff_lacking")
def staff_lacking(asked: Asked) -> Query | None:
    """Posts and ratios that the staff register does not fill, as it was counted since the day began; a
    register that has changed and was not counted again says nothing."""
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, '' AS subject,
               %(day)s::date AS last_day, jsonb_build_object('lacking', c.lacking) AS details,
               c.lacking <> '[]'::jsonb AS holds
        FROM scope s JOIN {table(AlertCount)} c ON c.institution_id = s.id
        WHERE NOT c.stale AND (c.counted_at AT TIME ZONE 'Asia/Shanghai')::date >= %(day)s
    """
    return Query(text, {}, silence_ends=False)


@check("record_checks")
def record_checks(asked: Asked) -> Query | None:
    """People at work about whose record of offences nobody has been asked for longer than the law lets."""
    if "per_year" not in asked.values:
        return None
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, '' AS subject,
               %(day)s::date AS last_day,
               jsonb_build_object('people', count(DISTINCT e.person_id),
                                  'employments', jsonb_agg(DISTINCT e.id)) AS details,
               true AS holds
        FROM scope s
        JOIN {table(Employment)} e ON e.institution_id = s.id AND e.period @> %(day)s::date
        LEFT JOIN LATERAL (
            SELECT max(c.answered_on) AS last FROM {table(RecordCheck)} c
            WHERE c.person_id = e.person_id AND c.institution_id = s.id AND c.result = 'clear'
              AND c.answered_on <= %(day)s
              AND NOT EXISTS (SELECT 1 FROM {table(BarCorrection)} x WHERE x.record_check_id = c.id)
        ) answered ON true
        WHERE answered.last IS NULL
           OR %(day)s > (answered.last + make_interval(months => %(months)s))::date
        GROUP BY s.id
    """
    months = MONTHS // max(1, int(asked.values["per_year"]))
    return Query(text, {"months": months}, silence_ends=True)


@check("cluster")
def cluster(asked: Asked) -> Query | None:
    """Like new cases in one class, so many on a day or so many over three (`care.rules.cluster_day`)."""
    if not {"same_day", "three_days", "symptoms"} <= asked.values.keys():
        return None
    text = f"""
        WITH like_cases AS (
            SELECT s.id, d.class_group_id, n.symptom, r.day, sum(n.number) AS cases
            FROM scope s
            JOIN {RETURNS} r ON r.institution_id = s.id AND r.current
                 AND r.day BETWEEN %(day)s::date - 2 AND %(day)s
            JOIN {DAYS} d ON d.daily_return_id = r.id
            JOIN {CASES} n ON n.class_day_id = d.id AND n.symptom = ANY(%(symptoms)s::text[])
            GROUP BY s.id, d.class_group_id, n.symptom, r.day
        )
        SELECT l.id AS institution_id, l.class_group_id, l.symptom AS subject, max(l.day) AS last_day,
               jsonb_build_object('symptom', l.symptom, 'class', max(g.name), 'cases', sum(l.cases),
                                  'most_a_day', max(l.cases), 'days', jsonb_agg(l.day ORDER BY l.day))
                 AS details,
               true AS holds
        FROM like_cases l LEFT JOIN {CLASSES} g ON g.id = l.class_group_id
        GROUP BY l.id, l.class_group_id, l.symptom
        HAVING max(l.cases) >= %(same_day)s OR sum(l.cases) >= %(three_days)s
    """
    return Query(text, dict(asked.values), silence_ends=False)


@check("disease")
def disease(asked: Asked) -> Query | None:
    """Cases of one disease, as a medical body named it, in a class or in the institution within some days."""
    text = f"""
        WITH cases AS (
            SELECT s.id, d.class_group_id, g.name, r.day, n.number
            FROM scope s
            JOIN {RETURNS} r ON r.institution_id = s.id AND r.current
                 AND r.day BETWEEN %(day)s::date - %(days)s + 1 AND %(day)s
            JOIN {DAYS} d ON d.daily_return_id = r.id
            JOIN {CASES} n ON n.class_day_id = d.id AND n.disease = %(disease)s::text
            LEFT JOIN {CLASSES} g ON g.id = d.class_group_id
        )
        SELECT id AS institution_id, NULL::bigint AS class_group_id, %(disease)s::text AS subject,
               max(day) AS last_day,
               jsonb_build_object('disease', %(disease)s::text, 'cases', sum(number)) AS details,
               true AS holds
        FROM cases GROUP BY id HAVING sum(number) >= %(institution)s
        UNION ALL
        SELECT id, class_group_id, %(disease)s::text, max(day),
               jsonb_build_object('disease', %(disease)s::text, 'class', max(name), 'cases', sum(number)),
               true
        FROM cases WHERE class_group_id IS NOT NULL AND %(class)s > 0
        GROUP BY id, class_group_id HAVING sum(number) >= %(class)s
    """
    return Query(text, dict(asked.given), silence_ends=False)


@check("inspection_overdue")
def inspection_overdue(asked: Asked) -> Query | None:
    """An inspection whose day is past and which was not done."""
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, i.number AS subject,
               %(day)s::date AS last_day,
               jsonb_build_object('number', i.number, 'scheduled_on', i.scheduled_on) AS details,
               true AS holds
        FROM scope s JOIN {table(Inspection)} i ON i.institution_id = s.id
        WHERE i.state IN ('planned', 'underway') AND i.scheduled_on < %(day)s
    """
    return Query(text, {}, silence_ends=True)


@check("inspection_of_year")
def inspection_of_year(asked: Asked) -> Query | None:
    """Fewer inspections than promised in the last whole year: what the adopted plan of the place lacks, and
    where nobody adopted one, what the document asks for at what was filed all the year."""
    if "per_year" not in asked.values:
        return None
    kind = PlanKind(asked.given.get("kind", PlanKind.RANDOM))
    year = (asked.day + timedelta(days=1)).year - 1
    plans = Plan.objects.filter(year=year, kind=kind, adopted_at__isnull=False)
    here = [p for p in plans.order_by("pk") if p.division_code.startswith(asked.book.pack.prefix)]
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, %(year)s::text AS subject,
               %(day)s::date AS last_day,
               jsonb_build_object('year', %(year)s::int, 'inspected', done.number, 'wanted', wanted.number)
                 AS details,
               true AS holds
        FROM scope s JOIN {table(Institution)} registered ON registered.id = s.id
        LEFT JOIN LATERAL (
            SELECT p.number, p.department FROM unnest(%(prefixes)s::text[], %(numbers)s::int[],
                   %(departments)s::text[]) AS p(prefix, number, department)
            WHERE s.division_code LIKE p.prefix || '%%' ORDER BY length(p.prefix) DESC LIMIT 1
        ) plan ON true
        CROSS JOIN LATERAL (SELECT coalesce(plan.number, %(per_year)s::int) AS number) wanted
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS number FROM {table(Inspection)} i
            WHERE i.institution_id = s.id AND i.year = %(year)s AND i.state = 'confirmed'
              AND i.origin = %(origin)s AND i.department = coalesce(plan.department, i.department)
        ) done
        WHERE done.number < wanted.number
          AND CASE WHEN plan.number IS NULL THEN s.public_since <= %(first)s
              ELSE registered.registered_on <= %(last)s
               AND (registered.deregistered_on IS NULL OR registered.deregistered_on > %(last)s) END
    """
    return Query(
        text,
        {
            "year": year,
            "first": date(year, 1, 1),
            "last": day_of(year),
            "per_year": int(asked.values["per_year"]),
            "origin": ORDERED[kind].origin.value,
            "prefixes": [prefix_of(p.division_code) for p in here],
            "numbers": [p.per_year for p in here],
            "departments": [p.department for p in here],
        },
        silence_ends=True,
    )


@check("rectification_overdue")
def rectification_overdue(asked: Asked) -> Query | None:
    """A case that is with the institution after the last day on which it was to answer."""
    text = f"""
        SELECT s.id AS institution_id, NULL::bigint AS class_group_id, c.number AS subject,
               %(day)s::date AS last_day,
               jsonb_build_object('case', c.number, 'procedure', c.procedure_name, 'due_on', c.answer_due_on)
                 AS details,
               true AS holds
        FROM scope s JOIN {table(Case)} c ON c.respondent_id = s.id
        WHERE c.state = 'returned' AND c.answer_due_on < %(day)s
    """
    return Query(text, {}, silence_ends=True)
