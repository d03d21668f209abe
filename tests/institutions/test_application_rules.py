"""What follows from an application's facts: every problem at once, and how many children may be taken."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.institutions import pages, rules
from tuoyu.institutions.rules import Book, ClassFacts, Facts
from tuoyu.institutions.rules.checks import needed
from tuoyu.jurisdictions.packs.reading import read_packs
from tuoyu.jurisdictions.rulebook import RuleBook

DAY = date(2026, 11, 22)
PACKS = {pack.code: pack for pack in read_packs(Path(__file__).parents[2] / "packs").packs.values()}


def book_of(*codes: str) -> Book:
    held = RuleBook(tuple(PACKS[code] for code in codes), codes, None, DAY)
    return Book.of(one for rule in held.in_force() for one in (rule, *rule.conflicts))


NATION = book_of("cn")
SHIZHONG = book_of("370402", "cn")


@dataclass(frozen=True)
class Said:
    """A rule as a test words it."""

    key: str
    value: Any
    clause: str = "第1条"
    source: str = "《试验规则》第1条"
    force: str = "mandatory"
    confidence: str = "high"
    conflict_group: str = ""
    note: str = ""


def facts(data: dict[str, Any] | None = None, **about: Any) -> Facts:
    fixed = {
        "kind": "institution",
        "nature": "nonprofit",
        "legal_form": "social_service_org",
        "division_code": "320106",
    }
    return rules.read(data or {}, **(fixed | about))


def messages(problems: list[Any], field: str) -> str:
    return "".join(p.message for p in problems if p.field == field)


def found(data: dict[str, Any], book: Book = NATION, **about: Any) -> list[Any]:
    return rules.problems(facts(data, **about), book, DAY)


def test_an_empty_application_names_every_page_at_once() -> None:
    problems = found({}, identity_wrong=None)
    assert {p.page for p in problems} >= {"basics", "premises", "classes", "staff", "commitment"}
    assert all(p.severity == "block" for p in problems)


def test_a_recommended_standard_warns_and_says_so_while_a_mandatory_one_blocks() -> None:
    problems = found({"premises": {"observation_area": "5"}})
    by_rule = {p.rule_key: p for p in problems if p.field == "observation_area"}
    assert by_rule["observation_room.min_area.hygiene"].severity == "block"
    assert by_rule["observation_room.min_area.jgj39"].severity == "warn"
    assert by_rule["observation_room.min_area.jgj39"].message.startswith("（推荐）")


def test_the_three_standards_on_floors_each_say_their_own() -> None:
    problems = [p for p in found({"premises": {"floor": "4"}}) if p.field == "floor"]
    assert {p.rule_key for p in problems} == {"floor.max.fire", "floor.max.jgj39", "floor.max.wst821"}
    assert {p.severity for p in problems} == {"warn"}


def test_in_shizhong_either_scope_word_passes_and_where_none_stands_both_rules_are_named() -> None:
    for scope in ("婴幼儿照护服务", "托育服务"):
        assert not messages(found({"basics": {"business_scope": scope}}, SHIZHONG), "business_scope")
    [problem] = [
        p for p in found({"basics": {"business_scope": "教育咨询"}}, SHIZHONG) if p.field == "business_scope"
    ]
    assert "“婴幼儿照护服务”" in problem.message
    assert "“托育服务”" in problem.message
    assert "；" in problem.source


def test_elsewhere_the_national_scope_word_is_required_and_the_name_word_only_encouraged() -> None:
    problems = found({"basics": {"business_scope": "婴幼儿照护", "name": "小星星中心"}})
    severity = {p.field: p.severity for p in problems if p.rule_key.startswith("registration.")}
    assert severity == {"business_scope": "block", "name": "warn"}


@pytest.mark.parametrize(
    ("ends", "enough"), [("2029-11-20", False), ("2029-11-21", True), ("2029-11-22", True)]
)
def test_a_lease_is_long_enough_from_its_first_day_to_its_last(ends: str, enough: bool) -> None:
    typed = {"premises": {"tenure": "leased", "lease_from": "2026-11-22", "lease_to": ends}}
    assert ("租期不足" not in messages(found(typed), "lease_to")) is enough


def test_a_lease_that_has_run_out_is_no_right_to_the_place() -> None:
    typed = {"premises": {"tenure": "leased", "lease_from": "2020-01-01", "lease_to": "2025-01-01"}}
    assert "已经到期" in messages(found(typed), "lease_to")


def slot(**about: Any) -> pages.Slot:
    return pages.Slot(
        **({"key": "food_permit", "label": "食品经营许可证", "required_when": {"meals": True}} | about)
    )


@pytest.mark.parametrize(("meals", "answer"), [("yes", True), ("no", False), ("", None)])
def test_a_food_permit_is_needed_only_with_meals_and_nobody_guesses(meals: str, answer: bool | None) -> None:
    assert needed(slot(), facts({"basics": {"serves_meals": meals}})) is answer


def test_a_paper_that_has_run_out_is_named_with_its_source() -> None:
    typed = {"basics": {"serves_meals": "yes"}, "papers": {"food_permit_expires_on": "2026-11-21"}}
    read = facts(typed, slots=[slot(source="《管理规范》第4条")], files={"food_permit": 1})
    [problem] = [p for p in rules.problems(read, NATION, DAY) if "有效期" in p.message]
    assert problem.source == "《管理规范》第4条"


@pytest.mark.parametrize("typed", ["2026-02-30", "去年", "20261122", "2026-13-01"])
def test_a_date_that_is_none_is_shown_as_a_problem_and_not_lost(typed: str) -> None:
    data = {"premises": {"tenure": "leased", "lease_from": typed}}
    assert "看不懂" in messages(found(data), "lease_from")


@pytest.mark.parametrize("phone", ["13800138000", "025-83330000", "400-800-8000", "+86 138 0013 8000"])
def test_telephone_numbers_of_every_usual_kind_are_taken(phone: str) -> None:
    assert not messages(found({"basics": {"contact_phone": phone}}), "contact_phone")


@pytest.mark.parametrize("phone", ["12", "=1+1", "138001380000", "２３"])
def test_what_is_no_telephone_number_is_refused(phone: str) -> None:
    assert "不是有效的号码" in messages(found({"basics": {"contact_phone": phone}}), "contact_phone")


def one_class(**said: str) -> dict[str, Any]:
    return {"classes": {"rows": [{"class_type": "toddler_small"} | said]}}


def test_the_limit_that_binds_is_named() -> None:
    capacity = rules.licensable_capacity(facts(one_class(carers="2", places="15")), NATION)
    [part] = capacity.classes
    assert part.allowed == 10
    assert [limit.name for limit in part.binding] == ["人员配比"]
    assert "第20条" in part.binding[0].source


def test_two_limits_that_bind_alike_are_both_named() -> None:
    [part] = rules.licensable_capacity(facts(one_class(carers="3")), NATION).classes
    assert {limit.name for limit in part.binding} == {"班额", "人员配比"}


def test_the_building_code_only_advises() -> None:
    typed = one_class(carers="3", sleep_area="20", activity_area="20")
    capacity = rules.licensable_capacity(facts(typed), NATION)
    assert (capacity.allowed, capacity.advised) == (15, 0)


def test_as_long_as_carers_are_not_known_the_answer_is_only_an_upper_bound() -> None:
    capacity = rules.licensable_capacity(facts(one_class()), NATION)
    assert (capacity.allowed, capacity.certain) == (15, False)


def test_a_family_point_takes_five_at_most_and_three_a_carer() -> None:
    typed = {"classes": {"children": "6", "carers": "2"}, "premises": {"building_area": "40"}}
    read = facts(typed, kind="family_point")
    capacity = rules.licensable_capacity(read, NATION)
    assert capacity.allowed == 5
    assert capacity.advised == 4
    assert any(p.rule_key == "family_point.max_children" for p in rules.problems(read, NATION, DAY))


def test_a_place_that_sets_square_metres_a_child_is_heeded_without_new_code() -> None:
    own = Book.of([Said("premises.area_per_child", 3), Said("class.toddler_small.max_children", 15)])
    [part] = rules.licensable_capacity(facts(one_class(sleep_area="10", activity_area="11")), own).classes
    assert part.allowed == 7


NUMBERS = st.one_of(st.none(), st.integers(0, 80))
AREAS = st.one_of(st.none(), st.floats(0, 500))
TYPES = st.sampled_from(["infant", "toddler_small", "toddler_large", "mixed"])
ROWS = st.builds(
    ClassFacts, class_type=st.one_of(st.none(), TYPES), places=NUMBERS, carers=NUMBERS,
    sleep_area=AREAS, activity_area=AREAS,
)  # fmt: skip


@given(st.lists(ROWS, max_size=6), AREAS)
def test_the_capacity_never_exceeds_any_limit(rows: list[ClassFacts], outdoor: float | None) -> None:
    base = facts()
    read = replace(base, classes=tuple(rows), values={**base.values, "premises.outdoor_area": outdoor})
    capacity = rules.licensable_capacity(read, NATION)
    for part in capacity.classes:
        for limit in part.limits:
            if limit.allows is not None:
                assert part.advised is not None
                assert part.advised <= limit.allows
                assert not limit.hard or (part.allowed is not None and part.allowed <= limit.allows)
    if capacity.allowed is not None and capacity.advised is not None:
        assert capacity.advised <= capacity.allowed


@given(ROWS, st.integers(0, 40), st.floats(0, 100))
def test_more_staff_or_more_room_never_lowers_the_capacity(row: ClassFacts, staff: int, room: float) -> None:
    better = replace(
        row,
        carers=None if row.carers is None else row.carers + staff,
        sleep_area=None if row.sleep_area is None else row.sleep_area + room,
        activity_area=None if row.activity_area is None else row.activity_area + room,
    )
    before, after = (
        rules.licensable_capacity(replace(facts(), classes=(one,)), NATION) for one in (row, better)
    )
    assert (after.allowed is None) == (before.allowed is None)
    if before.allowed is not None and after.allowed is not None:
        assert after.allowed >= before.allowed
    if before.advised is not None and after.advised is not None:
        assert after.advised >= before.advised


TYPED = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)  # fmt: skip
KINDS = st.sampled_from(["institution", "family_point", "kindergarten_class", "employer"])


@st.composite
def anything_typed(draw: st.DrawFn) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for page in pages.FILLED:
        data[page.key] = {f.key: draw(TYPED) for f in page.fields if draw(st.booleans())}
    data["classes"]["rows"] = draw(
        st.one_of(
            TYPED, st.lists(st.fixed_dictionaries({f.key: TYPED for f in pages.ROW_FIELDS}), max_size=3)
        )
    )
    return data


@given(anything_typed(), KINDS)
def test_whatever_is_typed_or_missing_gives_problems_and_never_an_error(
    data: dict[str, Any], kind: str
) -> None:
    read = facts(data, kind=kind, slots=[slot()])
    assert isinstance(rules.problems(read, NATION, DAY), list)
    rules.licensable_capacity(read, SHIZHONG)
