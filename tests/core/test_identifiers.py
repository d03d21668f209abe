import string
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from tuoyu.core import clock, identifiers
from tuoyu.core.identifiers import (
    USCC_ALPHABET,
    _organisation_check,
    credit_code,
    identity_number,
    mask_id,
    mask_name,
    mask_phone,
    mobile,
)
from tuoyu.core.problems import Refused


@pytest.fixture(autouse=True)
def _no_division_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_division_known", [])


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    body = f"{draw(st.integers(110000, 659000))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + ric.calc_check_digit(body + "0")


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    front = draw(st.text(USCC_ALPHABET, min_size=2, max_size=2)) + f"{draw(st.integers(110000, 659000))}"
    body = draw(st.text(USCC_ALPHABET, min_size=8, max_size=8))
    code = front + body + _organisation_check(body)
    return code + uscc.calc_check_digit(code)


@pytest.mark.parametrize(
    ("text", "number", "sex"),
    [
        ("11010519491231002X", "11010519491231002X", "female"),
        ("440524188001010014", "440524188001010014", "male"),
        (" 110105 19491231 002x ", "11010519491231002X", "female"),
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X", "female"),
    ],
)
def test_an_identity_number_is_read_as_people_type_it(text: str, number: str, sex: str) -> None:
    found = identity_number(text)
    assert (found.number, found.sex) == (number, sex)


def test_an_identity_number_says_birth_date_and_division() -> None:
    found = identity_number("11010519491231002X")
    assert (found.born_on, found.division_code) == (date(1949, 12, 31), "110105")
    assert "19491231" not in repr(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("110105491231002", "旧版15位"),
        ("", "18位，现在是0位"),
        ("11010519491231002", "现在是17位"),
        ("1101051949123100X2", "前17位应为数字"),
        ("110105194912310021", "校验位"),
        ("1101O519491231002X", "前17位应为数字"),
        ("11010519491231002Ⅹ2", "现在是19位"),
    ],
)
def test_a_wrong_identity_number_is_told_what_to_look_at(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        identity_number(text, field="head_id")
    assert refused.value.problems[0].field == "head_id"


@pytest.mark.parametrize(
    ("birth", "says"), [("20250229", "不存在"), ("20251301", "不存在"), ("20990101", "晚于今天")]
)
def test_a_birth_date_must_exist_and_have_come(birth: str, says: str) -> None:
    body = f"110105{birth}002"
    with pytest.raises(Refused, match=says):
        identity_number(body + ric.calc_check_digit(body + "0"))


def test_a_child_born_today_has_a_number_and_tomorrow_none() -> None:
    body = "11010520260301002"
    number = body + ric.calc_check_digit(body + "0")
    with clock.set_to(datetime(2026, 2, 28, 16, 30, tzinfo=UTC)):  # already 1 March in Beijing
        assert identity_number(number).born_on == date(2026, 3, 1)
    with clock.set_to(datetime(2026, 2, 28, 15, 30, tzinfo=UTC)), pytest.raises(Refused, match="晚于今天"):
        identity_number(number)


def test_the_division_table_decides_abolished_codes_included() -> None:
    known = {"110105"}.__contains__
    assert identity_number("11010519491231002X", known=known)
    with pytest.raises(Refused, match="行政区划"):
        identity_number("440524188001010014", known=known)


def test_the_installed_division_table_is_asked() -> None:
    identifiers.know_divisions_with(lambda code: code == "440524")
    assert identity_number("440524188001010014")
    with pytest.raises(Refused, match="行政区划"):
        identity_number("11010519491231002X")


def test_a_county_the_library_breaks_on_is_read() -> None:
    for division in ("469001", "429004", "659001", "110228", "320107"):
        body = f"{division}19900307123"
        assert identity_number(body + ric.calc_check_digit(body + "0")).division_code == division


@given(number=identity_numbers(), place=st.integers(0, 17), by=st.integers(1, 9))
def test_any_single_changed_digit_of_an_identity_number_is_refused(number: str, place: int, by: int) -> None:
    old = 10 if number[place] == "X" else int(number[place])
    new = (old + by) % (11 if place == 17 else 10)
    changed = number[:place] + ("X" if new == 10 else str(new)) + number[place + 1 :]
    identity_number(number)
    with pytest.raises(Refused):
        identity_number(changed)


@given(number=identity_numbers(), place=st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Refused):
            identity_number(swapped)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    for read in (identity_number, credit_code, mobile):
        with suppress(Refused):
            read(text)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341L", " 91350100m000100y43", "９１３５０１００M000100Y43"]
)
def test_a_credit_code_is_read_as_people_type_it(code: str) -> None:
    assert credit_code(code) in {"91350100M000100Y43", "91110000600037341L"}


@pytest.mark.parametrize("front", ["N2", "Y1", "A1", "52", "12"])
def test_a_credit_code_may_begin_with_letters(front: str) -> None:
    code = f"{front}320106D2143569X"
    assert credit_code(code + uscc.calc_check_digit(code))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91350100M000100Y4", "现在是17位"),
        ("91350100M000100Y4I", "不含“I”"),
        ("91350100M000100Y44", "校验位不符"),
        ("913501A0M000100Y43", "第3至8位"),
    ],
)
def test_a_wrong_credit_code_is_told_what_to_look_at(code: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        credit_code(code)


def test_the_organisation_code_inside_is_checked_too() -> None:
    code = "91320106D21435690"
    with pytest.raises(Refused, match="组织机构代码"):
        credit_code(code + uscc.calc_check_digit(code))


@pytest.mark.parametrize(("body", "check"), [("D2143569", "X"), ("60003734", "1")])
def test_the_check_of_an_organisation_code(body: str, check: str) -> None:
    assert _organisation_check(body) == check


@given(code=credit_codes(), place=st.integers(0, 17), other=st.sampled_from(USCC_ALPHABET))
def test_any_single_changed_place_of_a_credit_code_is_refused(code: str, place: int, other: str) -> None:
    assert credit_code(code) == code
    if other != code[place]:
        with pytest.raises(Refused):
            credit_code(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "text", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "8613812345678", "１３８１２３４５６７８"]
)
def test_a_mobile_number_is_read_as_people_type_it(text: str) -> None:
    assert mobile(text) == "13812345678"


@pytest.mark.parametrize(
    "text", ["12812345678", "1381234567", "138123456789", "025-83212345", "", "1381234567a"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="手机号"):
        mobile(text)


def test_masks_show_what_tells_people_apart_and_no_more() -> None:
    assert mask_id("11010519491231002X") == "110***********002X"
    assert mask_phone("13812345678") == "138****5678"
    assert [mask_name(n) for n in ("张三", "欧阳小明", "李", "")] == ["张*", "欧***", "李*", ""]


@given(st.text(string.digits, max_size=10))
def test_a_short_number_is_hidden_whole(text: str) -> None:
    assert mask_id(text) == "*" * len(text)
