"""Places: every county, codes no longer in use, streets where a pack is in force, and who decides."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from tuoyu.core.actor import Actor
from tuoyu.core.identifiers import identity_number
from tuoyu.jurisdictions import actions, atlas, queries
from tuoyu.jurisdictions.models import AuthorityOverride, Division
from tuoyu.jurisdictions.packs.schema import prefix_of

ON = date(2026, 11, 22)
STREETS = {"370402": 11, "3201": 95, "36": 1500, "370323": 12, "42": 1000}


@pytest.mark.django_db
def test_the_table_is_copied_once_and_changed_only_where_it_differs() -> None:
    by = Actor.system("测试")
    actions.load_divisions(by=by)
    assert Division.objects.count() == len(atlas.places())
    assert not actions.divisions_differ()
    assert actions.load_divisions(by=by) == 0
    Division.objects.filter(code="320106").update(full_name="别的")
    assert actions.divisions_differ()
    assert actions.load_divisions(by=by) == 1
    assert Division.objects.get(code="320106").full_name == "江苏省南京市鼓楼区"


@pytest.mark.parametrize("prefix", STREETS)
def test_streets_are_there_where_a_pack_is_in_force(prefix: str) -> None:
    streets = [p for p in atlas.places().values() if p.level == "street" and p.code.startswith(prefix)]
    assert len(streets) >= STREETS[prefix]


def test_every_county_of_today_and_every_abolished_code_is_there() -> None:
    counties = [p for p in atlas.places().values() if p.level == "county" and not p.functional]
    assert len([c for c in counties if not c.abolished]) == 2847
    assert len([c for c in counties if c.abolished]) > 3000
    assert atlas.places()["110221"].abolished_year == 1999


def test_an_identity_number_of_an_abolished_county_is_accepted() -> None:
    body = "11022119800101001"
    assert identity_number(body + ric.calc_check_digit(body + "0")).division_code == "110221"


def test_a_zone_of_our_own_is_no_division_of_an_identity_number() -> None:
    assert not atlas.is_division("320190")
    assert not atlas.is_division("999999")
    assert atlas.is_division("320106")


@given(st.sampled_from(sorted(atlas.places())))
def test_every_place_lies_within_all_that_is_above_it(code: str) -> None:
    line = queries.chain(code)
    assert line[0].code == code
    assert line[-1].level == "province"
    for place in line:
        assert place.code.startswith(place.prefix)
        assert place.prefix == prefix_of(place.code)
        if place.level != "province" and not place.abolished:
            assert place.full_name.startswith(line[-1].name)


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(
    ("place", "level", "authority"),
    [
        ("320106001", "county", "320106"),
        ("320106001", "city", "320100"),
        ("320106001", "province", "320000"),
        ("320111001", "county", "320190"),  # given to the new area
        ("320111004", "county", "320111"),  # kept by the district
        ("320111001", "city", "320100"),
        ("429004101", "county", "429004"),
        ("429004101", "city", "420000"),  # directly under the province
        ("110101", "city", "110000"),  # a municipality
    ],
)
def test_who_decides_over_a_place(place: str, level: str, authority: str) -> None:
    assert queries.authority_of(place, level, "health", ON).code == authority


@pytest.mark.usefixtures("packs")
def test_an_exception_holds_only_in_its_time() -> None:
    assert queries.authority_of("320111001", "county", "health", date(2020, 12, 29)).code == "320111"


@pytest.mark.usefixtures("packs")
def test_an_exception_for_one_department_leaves_the_others() -> None:
    override = AuthorityOverride.objects.filter(place_prefix="320111001")
    override.update(department="health")
    assert queries.authority_of("320111001", "county", "health", ON).code == "320190"
    assert queries.authority_of("320111001", "county", "tax", ON).code == "320111"


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(
    ("seat", "place", "reaches"),
    [
        ("", "320106001", True),
        ("3201", "320111001", True),
        ("320106", "320106001", True),
        ("320106", "320105001", False),
        ("320111", "320111004", True),
        ("320111", "320111001", False),
        ("320190", "320111001", True),
        ("320190", "320111004", False),
    ],
)
def test_how_far_a_seat_reaches(seat: str, place: str, reaches: bool) -> None:
    assert queries.covers(seat, place, on=ON) is reaches


@pytest.mark.usefixtures("packs")
def test_a_zone_reaches_the_streets_given_to_it() -> None:
    assert "320116010" in queries.place_prefixes("320190", ON)
    assert queries.place_prefixes("320106", ON) == ("320106",)


@pytest.mark.parametrize("asked", ["鼓楼区", "gulouqu", "glq", "320106", "南京市鼓楼"])
def test_a_place_is_found_by_name_pinyin_initials_or_code(asked: str) -> None:
    assert "320106" in [p.code for p in queries.search(asked)]


def test_a_search_keeps_to_its_bounds() -> None:
    assert {p.code for p in queries.search("鼓楼区", within="3201", level="county")} == {"320106"}
    assert queries.search("") == ()
    assert all(not p.abolished for p in queries.search("下关区"))


def test_a_code_nobody_knows_is_said_to_be_unknown() -> None:
    with pytest.raises(queries.DivisionUnknown, match="999999"):
        queries.division_of("999999")
