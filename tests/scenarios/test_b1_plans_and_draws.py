"""B1: what a document orders for a year is a plan; who is inspected, and by whom, a draw says that anybody
can repeat; what the plan lacks is a number and a list.

Nanjing wants one 双随机 inspection of each institution a year, Shizhong one joint inspection by its
departments, Yiyuan patrols by several offices with the township, Jiangxi and Hubei inspections without a
number (one a year is a local parameter, shown as such).
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accounts.people import browser
from journeys import AT, At, text_of
from supervision import rounds
from tuoyu.core import clock
from tuoyu.core.problems import Refused
from tuoyu.supervision.commands import app
from tuoyu.supervision.jobs import publish_rounds
from tuoyu.supervision.models import Inspection
from workforce import staff

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Ordered:
    """What a document orders."""

    kind: str
    clause: str
    departments: int
    local: bool


ORDERED = {
    "N": Ordered("random", "四.(四)", 1, False),
    "S": Ordered("joint", "二.(四).3", 7, True),
    "J": Ordered("special", "二.(二).2", 1, True),
    "Y": Ordered("patrol", "二.(六).11", 6, True),
    "H": Ordered("joint", "二.(三).14", 4, True),
}
everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter],
            id=letter,
            marks=pytest.mark.scenario("B1", AT[letter].jurisdiction, clauses=[ordered.clause]),
        )
        for letter, ordered in ORDERED.items()
    ],
)
YEAR = 2025


@everywhere
def test_the_year_closes_with_nine_of_ten_inspected_and_one_overdue_by_the_clause(
    at: At, tmp_path: Path
) -> None:
    ordered = ORDERED[at.letter]
    with clock.set_to(rounds.at_noon(date(YEAR, 3, 3))):
        ten = [staff.nursery(at.county, registered_on=date(2024, 6, 1)) for _ in range(10)]
        office = browser(rounds.desk("health", at.county))
        offered = office.get("/api/v1/inspection-plans/offers", {"year": YEAR}).json()
        assert [(one["kind"], len(one["departments"]), one["per_year"]) for one in offered] == [
            (ordered.kind, ordered.departments, 1)
        ]
        assert ordered.clause in offered[0]["source"]
        plan = rounds.plan(at.county, ordered.kind, YEAR)
        draw = rounds.drawn(plan, 9, closes_on=date(YEAR, 11, 30))
    inspections = list(Inspection.objects.filter(lot__draw=draw).order_by("lot__place"))
    for inspection in inspections:
        assert inspection.parts.count() == ordered.departments
        assert inspection.assignments.count() == 2 * ordered.departments
        rounds.confirmed(inspection, at=rounds.at_noon(date(YEAR, 9, 1)))
    with clock.set_to(rounds.at_noon(date(YEAR, 12, 31))):
        office = browser(rounds.desk("health", at.county))
        assert "还差1家" in text_of(office, f"/supervision/plans/{plan.pk}/")
    with clock.set_to(rounds.at_noon(date(YEAR + 1, 1, 1))):
        office = browser(rounds.desk("health", at.county))
        page = text_of(office, f"/supervision/plans/{plan.pk}/")
        assert "逾期1家" in page
        assert ordered.clause in page
        told = office.get(f"/api/v1/inspection-plans/{plan.pk}/lacking").json()["rows"]
        (missed,) = {one.pk for one in ten} - {one.institution_id for one in inspections}
        assert [(one["id"], one["overdue"], ordered.clause in one["source"]) for one in told] == [
            (missed, True, True)
        ]
        # What anybody who was not there can repeat.
        publish_rounds(0)
        family = browser()
        assert rounds.GULOU not in family.get("/draws/").content.decode()
        answer = family.get(f"/draws/{draw.pk}/draw.json")
        file = tmp_path / "draw.json"
        file.write_bytes(answer.content)
        result = CliRunner().invoke(app, ["verify", str(file)])
        assert (result.exit_code, "相符" in result.output) == (0, True)
        told_file = json.loads(answer.content)
        assert told_file["drawn"] == draw.file["drawn"]
        told_file["drawn"][0], told_file["drawn"][1] = told_file["drawn"][1], told_file["drawn"][0]
        file.write_text(json.dumps(told_file))
        assert CliRunner().invoke(app, ["verify", str(file)]).exit_code == 1


@everywhere
def test_from_the_plan_to_the_draw_on_the_pages_and_no_nursery_or_family_sees_it_before(at: At) -> None:
    ordered, year = ORDERED[at.letter], clock.today().year
    nursery = staff.nursery(at.county, registered_on=date(2024, 6, 1))
    office = browser(rounds.desk("health", at.county))
    chosen = {"year": year, "division_code": at.county, "kind": ordered.kind}
    assert ordered.clause in text_of(office, "/supervision/plans/")
    address = office.post("/supervision/plans/new/", chosen)["Location"]
    pk = int(address.split("/")[3])
    rounds.staffed(plan := rounds.Plan.objects.get(pk=pk))
    lead = browser(rounds.desk("health", at.county, rounds.Role.DEPARTMENT_LEAD))
    assert lead.post(f"{address}adoption/").status_code == 302
    if ordered.local:
        assert "本地参数" in text_of(office, address)
    moment = clock.now() + timedelta(hours=9)
    given = {
        "count": 1, "seed_source": "双色球第2026138期", "closes_on": str(clock.today() + timedelta(days=20)),
        "seed_moment": moment.astimezone(clock.BEIJING).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    page = office.post(f"{address}draws/new/", given)["Location"]
    assert "名单已封存" in text_of(office, page)
    assert office.post(f"{page}lots/", {"value": rounds.VALUE}).status_code == 409
    draw = plan.draws.get()
    with clock.set_to(moment + timedelta(minutes=9)):
        witness = browser(rounds.desk("education", at.county))
        seen = text_of(witness, "/supervision/witnessing/")
        assert draw.pool_sha256 in seen
        assert nursery.name not in seen
        assert witness.post(f"/supervision/witnessing/{draw.pk}/", {"value": rounds.VALUE}).status_code == 302
        office = browser(rounds.desk("health", at.county))
        assert office.post(f"{page}lots/", {"value": rounds.VALUE}).status_code == 302
        assert nursery.name in text_of(office, page)
        head = browser(staff.head_user(nursery))
        for hidden in (page, address, "/supervision/plans/", "/supervision/witnessing/"):
            assert head.get(hidden).status_code in (403, 404)
        assert head.get(f"/draws/{draw.pk}/").status_code == 404
        assert browser().get(f"/api/v1/draw-rounds/{draw.pk}/file").status_code == 404
        record = text_of(head, f"/institutions/{nursery.pk}/")
        assert "双随机" not in record
        lead = browser(rounds.desk("health", at.county, rounds.Role.DEPARTMENT_LEAD))
        assert lead.post(f"{page}replacement/", {"reason": "名单有误"}).status_code == 302
        assert "名单有误" in text_of(lead, address)


@pytest.mark.scenario("B1", "320100", clauses=["四.(四)"])
def test_a_city_and_its_district_draw_each_for_their_own_places() -> None:
    """The district answers for its institutions; the neighbour's are in no pool of it."""
    mine = staff.nursery(rounds.GULOU, registered_on=date(2024, 6, 1))
    staff.nursery("320102", registered_on=date(2024, 6, 1))
    draw = rounds.frozen(rounds.plan(), 1)
    assert draw.pool_size == 1
    assert f'"id":{mine.pk},' in draw.pool
    with pytest.raises(Refused):
        rounds.frozen(rounds.plan("320102"), 2)
