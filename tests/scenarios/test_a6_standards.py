"""A6: the check before submission, by the standards in force on its day; whatever is wrong, at once."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from journeys import AT, At, Journey, each, everywhere, marked, said, text_of
from tuoyu.core import clock
from tuoyu.jurisdictions import queries as jurisdictions

pytestmark = pytest.mark.django_db
BOUND = "NSJH"


def on(year: int, month: int, day: int) -> datetime:
    """Ten in the morning in Beijing."""
    return datetime(year, month, day, 2, tzinfo=UTC)


def rules_of(journey: Journey, page: str, field: str) -> dict[str, str]:
    """The rules one field breaks today, each with how much it weighs."""
    found = [p for p in journey.problems() if (p["page"], p["field"]) == (page, field)]
    return {p["rule_key"]: p["severity"] for p in found}


# ---------------------------------------------------------------- the version of the day

# A standard takes effect: what was typed, its first day, the rule and how much it weighs.
TAKES_EFFECT = [
    ("premises", "video_days", "20", date(2022, 1, 31), "video.days.fire", "warn"),
    ("staff", "health_staff", "0", date(2022, 8, 7), "health_staff.min", "block"),
    ("premises", "observation_area", "5", date(2022, 8, 7), "observation_room.min_area.hygiene", "block"),
    ("premises", "floor", "4", date(2024, 4, 1), "floor.max.wst821", "warn"),
]


@everywhere("A6", BOUND)
def test_a_standard_counts_from_the_day_it_takes_effect(at: At) -> None:
    journey = Journey(at).begin()
    for page, field, typed, day, rule, weight in TAKES_EFFECT:
        journey.type(page, {field: typed})
        with clock.set_to(on(day.year, day.month, day.day)):
            assert rules_of(journey, page, field).get(rule) == weight, rule
        # Midnight in Beijing has not yet struck.
        with clock.set_to(on(day.year, day.month, day.day) - timedelta(hours=10, minutes=1)):
            assert rule not in rules_of(journey, page, field), rule


@everywhere("A6", BOUND)
def test_the_same_application_is_stopped_on_the_day_and_passes_on_its_eve(at: At) -> None:
    with clock.set_to(on(2022, 8, 6)):
        journey = Journey(at).fill(staff={"health_staff": "0"})
        assert [p for p in journey.problems() if p["severity"] == "block"] == []
    with clock.set_to(on(2022, 8, 7)):
        answer = journey.submit()
        assert answer.status_code == 422
        assert "卫生评价基本标准" in said(answer)
        assert journey.application.state == "draft"
    with clock.set_to(on(2022, 8, 6)):
        assert journey.submit().status_code == 302


@marked("A6", "J")
def test_a_case_is_measured_to_its_end_by_the_standards_it_began_under() -> None:
    with clock.set_to(on(2022, 8, 5)):
        journey = Journey(AT["J"]).hand_in(staff={"health_staff": "0"}).approve("registration")
    with clock.set_to(on(2022, 8, 10)):
        journey.decide("filing", "defects", "premises.floor: 请核对楼层。")
        assert rules_of(journey, "staff", "health_staff") == {}
        assert journey.submit().status_code == 302


CHECKLISTS = [
    (date(2021, 10, 8), "2019-12", "nanjing-2020-12"),
    (date(2022, 1, 30), "2019-12", "nanjing-2020-12"),
    (date(2022, 1, 31), "2022-01", "nanjing-2022-01"),
    (date(2022, 8, 7), "2022-08", "nanjing-2022-08"),
    (date(2024, 3, 31), "2022-08", "nanjing-2022-08"),
    (date(2024, 4, 1), "2024-04", "nanjing-2024-04"),
]


@everywhere("A6", BOUND)
def test_the_checklist_of_a_visit_is_the_version_in_force_that_day(at: At) -> None:
    for day, national, nanjing in CHECKLISTS:
        found = jurisdictions.book(at.county, day).checklist("filing_verification")
        assert found.version == (nanjing if at.letter == "N" else national)
        if at.letter == "N":
            # Nanjing's covers the seven fields of its clause, and says so at each item.
            covered = {item.key.partition(".")[0] for item in found.item}
            assert covered == {
                "premises",
                "equipment",
                "staffing",
                "fire",
                "health_care",
                "care",
                "supervision",
            }
            assert {item.clause for item in found.item} == {at.standards}


# ---------------------------------------------------------------- everything at once

# What is typed, and the problem it must make: page, field, rule, and the document that says so.
WRONG = [
    ("basics", {"business_scope": "家庭育儿咨询"}, "business_scope", "registration.scope_words", ""),
    ("premises", {"lease_to": "2027-12-31"}, "lease_to", "lease.min_years", "设置标准（试行）》"),
    ("premises", {"basement": "yes"}, "basement", "premises.basement_forbidden", "建筑设计规范"),
    (
        "premises",
        {"outdoor_area": "0", "outdoor_nearby": "no"},
        "outdoor_area",
        "outdoor.required",
        "设置标准（试行）》",
    ),
    ("premises", {"video_days": "60"}, "video_days", "video.days.norm", "管理规范（试行）》"),
    (
        "classes",
        {"row-0-places": "16", "row-0-carers": "4"},
        "row-0-places",
        "class.toddler_small.max_children",
        "设置标准",
    ),
    ("classes", {"row-1-carers": "1"}, "row-1-places", "ratio.toddler_large", "设置标准"),
    ("staff", {"head_education": "高中"}, "head_education", "head.education", "设置标准（试行）》"),
    ("staff", {"head_years": "2"}, "head_years", "head.experience_years", "设置标准（试行）》"),
    ("staff", {"guards": "0"}, "guards", "guard.min", "设置标准（试行）》"),
    ("staff", {"records_checked": "no"}, "records_checked", "staff.clean_record", "管理规范（试行）》"),
]


@everywhere("A6", BOUND)
def test_every_problem_is_told_at_once_with_page_field_rule_and_clause(at: At) -> None:
    changed: dict[str, dict[str, str]] = {}
    for page, typed, *_ in WRONG:
        changed[page] = changed.get(page, {}) | typed
    with clock.set_to(on(2026, 6, 1)):
        journey = Journey(at).fill(**changed)
        blocking = [p for p in journey.problems() if p["severity"] == "block"]
        answer = journey.submit()
    assert {(p["page"], p["field"], p["rule_key"]) for p in blocking} == {
        (page, field, rule) for page, _, field, rule, _ in WRONG
    }
    for problem in blocking:
        document = next(d for _, _, field, rule, d in WRONG if rule == problem["rule_key"])
        assert document in problem["source"]
        # Behind the document and its number: article, section or clause.
        assert re.search(r"[》）](第.+条|条号待核|\d[\d.]*|三\.\(二\)\.2|二\.\(四\)\.1)", problem["source"])
        assert problem["fix"] or problem["message"]
    assert answer.status_code == 422
    assert all(problem["message"] in said(answer) for problem in blocking)
    assert journey.application.case is None


@marked("A6", "N")
def test_a_missing_paper_is_a_problem_of_its_slot_and_food_asks_for_its_permit_only_with_meals() -> None:
    journey = Journey(AT["N"]).begin()
    wanted = {p["field"] for p in journey.problems() if p["page"] == "papers"}
    assert "fire_proof" in wanted
    assert "food_permit" not in wanted
    journey.type("basics", {"serves_meals": "yes"})
    assert "food_permit" in {p["field"] for p in journey.problems() if p["page"] == "papers"}


# ---------------------------------------------------------------- what contradicts, what is only recommended


@everywhere("A6", BOUND)
def test_standards_that_contradict_each_other_are_shown_together(at: At) -> None:
    with clock.set_to(on(2026, 6, 1)):
        journey = Journey(at).begin()
        page = text_of(journey.client, f"/apply/{journey.pk}/review/")
    floors = page.partition("婴幼儿用房楼层</h3>")[2].partition("</ul>")[0]
    for document in ("建筑设计规范", "消防安全指南", "质量评估标准"):
        assert document in floors
    videos = page.partition("监控录像保存天数</h3>")[2].partition("</ul>")[0]
    assert "<strong>90" in videos
    assert "<strong>30" in videos
    assert "管理规范" in videos
    assert "消防安全指南" in videos


@each(
    "A6",
    "at, floor, rules",
    [
        (x, *row)
        for x in BOUND
        for row in (
            ("2", {"floor.max.jgj39"}),
            ("4", {"floor.max.jgj39", "floor.max.fire", "floor.max.wst821"}),
        )
    ],
)
def test_what_is_only_recommended_warns_and_does_not_stop(at: At, floor: str, rules: set[str]) -> None:
    with clock.set_to(on(2026, 6, 1)):
        journey = Journey(at).fill(premises={"floor": floor, "observation_area": "8"})
        found = rules_of(journey, "premises", "floor")
        assert rules <= set(found)
        assert set(found.values()) == {"warn"}
        room = rules_of(journey, "premises", "observation_area")
        assert room == {"observation_room.min_area.jgj39": "warn"}
        messages = [p["message"] for p in journey.problems() if p["field"] in ("floor", "observation_area")]
        assert all(m.startswith(("（推荐）", "（指导）", "（待核实）")) for m in messages)
        assert journey.submit().status_code == 302
