"""`tuoyu bench alerts`: everything watched, over every institution, beside the plain SQL of the checks.

A fortnight of returns is made by SQL in the transaction that is measured, and undone with it: one in fifty
classes short of carers, one institution in fifty without a return, one class in five hundred with a cluster.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from tuoyu.alerts.actions import evaluate
from tuoyu.alerts.checking import CHECKS, table
from tuoyu.alerts.evaluating import asked_of, scope_parameters, scope_text, scopes
from tuoyu.alerts.live import SYSTEM
from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.core import clock, workdays
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.bench import aims
from tuoyu.project.bench.measuring import Measured
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage

DAYS = 14
RETURNS, CLASS_DAYS, CASES = table(DailyReturn), table(ClassDay), table(NewCases)
MAKE = (
    f"""
    INSERT INTO {RETURNS} (institution_id, day, closed, current, reason, stated_at, stated_label)
    SELECT i.id, d.day, false, true, '', now(), '测量'
    FROM {table(Institution)} i CROSS JOIN unnest(%(days)s::date[]) AS d(day)
    WHERE i.filing = ANY(%(filed)s) AND (i.id + (d.day - date '2020-01-01')) %% 50 <> 0
    ON CONFLICT DO NOTHING
    """,
    f"""
    INSERT INTO {CLASS_DAYS} (daily_return_id, class_group_id, children, carers, checked, unexamined)
    SELECT r.id, g.id, 8, CASE WHEN (g.id + (r.day - date '2020-01-01')) %% 50 = 0 THEN 1 ELSE 3 END,
           CASE WHEN (g.id + (r.day - date '2020-01-01')) %% 200 = 7 THEN 6 ELSE 8 END,
           CASE WHEN g.id %% 400 = 9 THEN 1 ELSE 0 END
    FROM {RETURNS} r JOIN {table(ClassGroup)} g ON g.institution_id = r.institution_id AND g.closed_on IS NULL
    WHERE r.stated_label = '测量'
    """,
    f"""
    INSERT INTO {CASES} (class_day_id, symptom, disease, number)
    SELECT c.id, 'rash', '', CASE WHEN c.class_group_id %% 500 = 0 THEN 3 ELSE 1 END
    FROM {CLASS_DAYS} c WHERE c.id %% 25 = 0 OR c.class_group_id %% 500 = 0
    ON CONFLICT DO NOTHING
    """,
    f"ANALYZE {RETURNS}, {CLASS_DAYS}, {CASES}",
)


def run(stage: Stage, report: Report, requests: int) -> None:
    """Measure one evening; `requests` plays no part."""
    day = clock.today()
    with transaction.atomic(), workdays.held(), jurisdictions.remembering():
        report.data |= _made(day)
        floor = _timed(lambda: _plain(day))
        began = time.perf_counter()
        outcomes = [evaluate(by=SYSTEM, scope=scope, day=day) for scope in scopes(day)]
        first = time.perf_counter() - began
        again = _timed(lambda: [evaluate(by=SYSTEM, scope=scope, day=day) for scope in scopes(day)])
        transaction.set_rollback(True)
    raised = sum(len(outcome.raised) for outcome in outcomes)
    report.data["alerts raised"] = raised
    report.groups["Everything watched, one evening"] = {
        "first evening": _once("first evening", first),
        "again": _once("again", again),
        "floor": _once("floor", floor),
    }
    report.notes.append(
        f"{raised:,} alerts raised with their events in {first:.1f} s, again without a change in"
        f" {again:.1f} s; the plain SQL of the checks takes {floor:.1f} s."
    )
    report.aims.append(aims.seconds("all alert rules over every institution", first, aims.ALERT_SECONDS))
    report.aims.append(aims.seconds("the same evening again", again, aims.ALERT_SECONDS))


def _made(day: date) -> dict[str, int]:
    parameters: dict[str, Any] = {
        "days": [day - timedelta(days=n) for n in range(DAYS)],
        "filed": [state.value for state in FILED],
    }
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for text in MAKE:
            cursor.execute(text, parameters)
            made.append(cursor.rowcount)
    return {"daily returns": made[0], "classes' days": made[1], "new cases": made[2]}


def _plain(day: date) -> int:
    """The checks' own queries, counted and nothing written."""
    count = 0
    with connection.cursor() as cursor:
        for scope in scopes(day):
            for watch in scope.book.watches():
                query = CHECKS[watch.check](asked_of(scope, watch, day))
                if query is None:
                    continue
                where = scope_text(scope, None)
                cursor.execute(
                    "WITH scope AS MATERIALIZED (SELECT i.id, i.kind, i.division_code, i.public_since"
                    f" FROM {table(Institution)} i WHERE {where}), found AS ({query.text})"
                    " SELECT count(*) FROM found WHERE holds",
                    {**query.parameters, **scope_parameters(scope, None), "day": day},
                )
                count += cursor.fetchone()[0]
    return count


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _once(name: str, took: float) -> Measured:
    return Measured(name, 1, round(1 / took, 3), round(took * 1000, 1), round(took * 1000, 1), 0.0)
