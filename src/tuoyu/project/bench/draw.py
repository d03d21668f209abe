"""`tuoyu bench draw`: what a plan of every institution lacks, its list frozen, the lots drawn and the
inspections written, beside `ORDER BY random()` and a bare COPY of as many rows; all undone afterwards."""

from datetime import date, timedelta

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.accounts.models import Membership, User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.project.bench import aims
from tuoyu.project.bench.measuring import Spent, once, timed, undone
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage
from tuoyu.supervision import actions, queries
from tuoyu.supervision.actions.draws import Given
from tuoyu.supervision.models import Draw, Plan
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.vocabulary import PlanKind

DRAWN, INSPECTORS = 10_000, 400
VALUE = "03 11 17 20 25 32 07"


def run(stage: Stage, report: Report, requests: int) -> None:
    """Plan and draw once for the whole country; `requests` plays no part."""
    with undone():
        plan, organiser, witness = _made()
        progress, counting = timed(lambda: queries.progress(plan))
        size = progress["lacking"]
        drawn = min(DRAWN, size)
        given = Given(
            drawn,
            "双色球",
            clock.now() + timedelta(hours=1),
            clock.today() + timedelta(days=30),
        )
        draw, freezing = timed(lambda: actions.freeze_draw(by=organiser, plan=plan, given=given))
        with clock.set_to(given.seed_moment):
            actions.witness_draw(by=witness, draw=draw, value=VALUE)
            done, drawing = timed(lambda: actions.draw_lots(by=organiser, draw=draw, value=VALUE))
        wrong, verifying = timed(lambda: rules.wrong_in(done.file))
        _, everybody = timed(lambda: _everybody(draw))
        _, floor = timed(lambda: _floor(drawn))
    whole = Spent(*map(sum, zip(counting, freezing, drawing, strict=True)))
    report.groups[f"A draw of {drawn:,} among {size:,} institutions"] = {
        "what the plan lacks": once("what the plan lacks", counting),
        "freezing": once("freezing", freezing),
        "drawing and writing": once("drawing and writing", drawing),
        "in all": once("in all", whole),
        "verifying the file": once("verifying the file", verifying),
        "floor": once("floor", floor),
    }
    report.notes.append(
        f"{whole.took:.1f} s in all, {whole.took / floor.took:,.0f} times ORDER BY random() "
        f"and a bare COPY of {drawn:,} rows ({floor.took * 1000:.0f} ms); "
        f"{'the file matches' if not wrong else wrong[0]}. "
        f"The arithmetic alone of a draw of all {size:,}: {everybody.took:.1f} s."
    )
    report.aims.append(aims.seconds(f"planning and drawing for {size:,}", whole.took, aims.DRAW_SECONDS))


def _made() -> tuple[Plan, Actor, Actor]:
    """A plan for every place, its inspectors, who organises and who witnesses."""
    people = User.objects.bulk_create(
        User(username=f"bench.inspector.{n}", name=f"检查人员{n}", origin=User.Origin.DEMONSTRATION)
        for n in range(INSPECTORS)
    )
    since = DateRange(date(2020, 1, 1), None)
    Membership.objects.bulk_create(
        Membership(user=one, role=Role.OFFICER, department="health", division_code="110101", valid=since)
        for one in people
    )
    plan = Plan.objects.create(
        year=clock.today().year,
        division_code="",
        department="health",
        kind=PlanKind.RANDOM,
        per_year=1,
        departments=["health"],
        source="测量",
        departments_source="测量",
        pack=PackVersion.objects.filter(code="cn").latest("pk"),
        created_label="测量",
        adopted_at=clock.now(),
        adopted_label="测量",
    )
    return plan, _seated("health", people[0].pk), _seated("education", people[1].pk)


def _seated(department: str, pk: int) -> Actor:
    return Actor("抽取测量", pk, (Seat(Role.OFFICER, department, ("",), "", membership_id=1),))


def _everybody(draw: Draw) -> None:
    """Every institution of the list, in the order a seed gives, each with its inspectors."""
    pool = rules.read_pool(draw.pool)
    every = rules.Pool(**{**vars(pool), "count": len(pool.institutions)})
    rules.drawn(every, rules.seed_of(draw.pool_sha256, VALUE))


def _floor(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, division_code FROM institutions_institution WHERE registration = 'registered' "
            "ORDER BY random() LIMIT %s",
            [count],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "CREATE TEMPORARY TABLE lots ON COMMIT DROP AS SELECT id, division_code "
            "FROM institutions_institution WITH NO DATA"
        )
        with cursor.copy("COPY lots FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
