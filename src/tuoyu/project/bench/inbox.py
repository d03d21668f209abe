"""`tuoyu bench inbox`: an officer's inbox of some hundred steps, a province's lead's of some ten thousand,
and the page of one case."""

from typing import Any

from tuoyu.accounts.models import Membership, User
from tuoyu.cases.models import Case, Step
from tuoyu.core.actor import Role
from tuoyu.project.bench import aims
from tuoyu.project.bench.measuring import in_turn, queries_of
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage, signed_in
from tuoyu.project.demo.people import BY, engage

PAGES = 3
API = "/api/v1/inbox"
OFFICERS_STEPS, LEADS_STEPS = 100, 10_000
COUNT = "SELECT count(*) FROM (SELECT 1 FROM cases_step s WHERE {where} LIMIT 10001) t"
LIST = """
    SELECT s.id, s.key, s.name, s.department, s.division_code, s.started_at, s.due_on, s.provisional,
           s.assignee_id, u.name, c.number, c.subject_name, c.procedure_name, c.channel, c.round,
           c.division_code
    FROM cases_step s JOIN cases_case c ON c.id = s.case_id LEFT JOIN accounts_user u ON u.id = s.assignee_id
    WHERE {where} ORDER BY s.due_on NULLS LAST, s.id LIMIT 21 OFFSET %s
"""
ONE = (
    "SELECT c.*, a.name FROM cases_case c JOIN accounts_user a ON a.id = c.applicant_id WHERE c.number = %s",
    "SELECT s.* FROM cases_step s JOIN cases_case c ON c.id = s.case_id WHERE c.number = %s"
    " ORDER BY s.stage, s.id",
    "SELECT r.* FROM cases_remark r JOIN cases_case c ON c.id = r.case_id WHERE c.number = %s ORDER BY r.id",
    "SELECT h.* FROM cases_submission h JOIN cases_case c ON c.id = h.case_id WHERE c.number = %s"
    " ORDER BY h.round",
    "SELECT a.* FROM institutions_application a JOIN cases_case c ON c.id = a.case_id WHERE c.number = %s",
    "SELECT e.at, e.actor_label, e.verb, e.after, e.note FROM core_auditevent e WHERE e.topic ="
    " (SELECT 'case:' || c.id FROM cases_case c WHERE c.number = %s) ORDER BY e.id",
)


def run(stage: Stage, report: Report, requests: int) -> None:
    """Measure the inbox."""
    seat, held = _officer()
    report.notes.append(f"The officer: {seat.department} of {seat.division_code}, {held:,} active steps.")
    officer = signed_in(seat.user)
    where = "s.state = 'active' AND s.department = %s AND s.division_code LIKE %s"
    _list(
        stage,
        report,
        requests,
        "officer's inbox",
        officer,
        where,
        [seat.department, seat.division_code + "%"],
    )
    province, below = _province()
    report.notes.append(f"The lead: province {province}, {below:,} active steps.")
    lead = signed_in(_lead(province))
    where = "s.state = 'active' AND s.division_code LIKE %s"
    _list(stage, report, requests, "lead's inbox", lead, where, [province[:2] + "%"])
    _queries_for_rows(stage, report, officer)
    _case(stage, report, requests, officer, seat)


def _list(
    stage: Stage, report: Report, requests: int, what: str, session: str, where: str, scope: list[Any]
) -> None:
    count, rows = COUNT.format(where=where), LIST.format(where=where)
    found = in_turn(
        {
            "page": lambda n: stage.get(f"/inbox/?page={n % PAGES + 1}", session),
            "API": lambda n: stage.get(f"{API}?page={n % PAGES + 1}", session),
            "floor": lambda n: stage.rows([(count, scope), (rows, [*scope, n % PAGES * 20])]),
        },
        requests,
        counted=("page", "API"),
    )
    report.groups[f"The {what}, 20 rows with their count"] = found
    report.aims.append(aims.share(what, found["page"].per_second, found["floor"].per_second))
    report.aims.append(aims.queries(what, found["page"].queries or 0))


def _queries_for_rows(stage: Stage, report: Report, session: str) -> None:
    """Two officers: one with the fewest steps there are, one with many."""
    seat, held = _officer(1)
    quiet = signed_in(seat.user)
    one = queries_of(lambda n: stage.get("/inbox/", quiet), 0)
    fifty = queries_of(lambda n: stage.get("/inbox/?size=50", session), 0)
    report.notes.append(f"Queries of the inbox: {one} for {held} rows, {fifty} for up to 50 rows.")
    report.aims.append(aims.same_queries("inbox", one, fifty))


def _case(stage: Stage, report: Report, requests: int, session: str, seat: Membership) -> None:
    numbers = _numbers(seat)
    found = in_turn(
        {
            "page": lambda n: stage.get(f"/cases/{numbers[n % len(numbers)]}/", session),
            "API": lambda n: stage.get(f"/api/v1/cases/{numbers[n % len(numbers)]}", session),
            "floor": lambda n: stage.rows([(text, [numbers[n % len(numbers)]]) for text in ONE]),
        },
        requests,
        counted=("page", "API"),
    )
    report.groups["One case with its steps, remarks, application and story"] = found
    report.aims.append(aims.share("case page", found["page"].per_second, found["floor"].per_second))
    report.aims.append(aims.queries("case page", found["page"].queries or 0))


def _numbers(seat: Membership) -> list[str]:
    active = Step.objects.filter(state="active", department=seat.department, division_code=seat.division_code)
    return list(
        Case.objects.filter(pk__in=active.values("case"))
        .order_by("pk")
        .values_list("number", flat=True)[:100]
    )


def _officer(steps: int = OFFICERS_STEPS) -> tuple[Membership, int]:
    """The officer whose inbox comes nearest to so many steps."""
    text = """
        SELECT m.id, s.held FROM accounts_membership m JOIN (
            SELECT department, division_code, count(*) AS held FROM cases_step
            WHERE state = 'active' GROUP BY 1, 2
        ) s ON s.department = m.department AND s.division_code = m.division_code
        WHERE m.role = 'officer' ORDER BY abs(s.held - %s), m.id LIMIT 1
    """
    pk, held = _row(text, [steps])
    return Membership.objects.select_related("user").get(pk=pk), int(held)


def _province() -> tuple[str, int]:
    """The province whose lead has nearest to ten thousand steps below."""
    text = """
        SELECT left(division_code, 2), count(*) FROM cases_step WHERE state = 'active' GROUP BY 1
        ORDER BY abs(count(*) - %s), 1 LIMIT 1
    """
    prefix, held = _row(text, [LEADS_STEPS])
    return f"{prefix}0000", int(held)


def _lead(province: str) -> User:
    """The lead of a province, made for the benchmark where there is none."""
    from tuoyu.accounts.actions import give_seat
    from tuoyu.accounts.rules import SeatGiven

    seat = Membership.objects.filter(role=Role.JURISDICTION_LEAD, division_code=province).first()
    if seat is not None:
        return seat.user
    user = engage(by=BY, username=f"demo.lead.{province}", name="牵头负责人（演示）")
    give_seat(by=BY, user=user, seat=SeatGiven(Role.JURISDICTION_LEAD, "health", province))
    return user


def _row(text: str, parameters: list[Any]) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchone()
