"""The Jinja2 environment: what is missing fails, and dates, sums and names are written one way."""

from datetime import UTC, date, datetime
from decimal import Decimal

import jinja2
import pytest
from django.template import engines
from django.test import RequestFactory

from tuoyu.core import clock
from tuoyu.core.problems import Problem
from tuoyu.project import templating


def drawn(source: str, **context: object) -> str:
    text: str = engines["jinja2"].from_string(source).render(context)
    return text


def test_a_name_that_is_missing_fails_instead_of_showing_nothing() -> None:
    with pytest.raises(jinja2.UndefinedError):
        drawn("{{ nobody }}")


def test_text_is_escaped() -> None:
    assert drawn("{{ name }}", name="<script>") == "&lt;script&gt;"


@pytest.mark.parametrize(
    ("written", "value", "expected"),
    [
        ("{{ v|date_cn }}", date(2026, 11, 2), "2026年11月2日"),
        ("{{ v|date }}", date(2026, 11, 2), "2026-11-02"),
        ("{{ v|date_cn }}", None, "—"),
        ("{{ v|money }}", Decimal("3280"), "3,280.00元"),
        ("{{ v|money }}", Decimal("0.005"), "0.01元"),
        ("{{ v|share }}", 0.95, "95.0%"),
        ("{{ v|share }}", None, "—"),
        ("{{ v|masked_phone }}", "13812345678", "138****5678"),
        ("{{ v|masked_phone }}", "110", "***"),
        ("{{ v|masked_id }}", "320106199001011234", "320***********1234"),
        ("{{ v|masked_id }}", None, "—"),
        ("{{ v|thin }}", "共 12 件，见 GB 50016 第 3 条", "共12件，见GB 50016第3条"),
        ("{{ v|nobr }}", "<王>", '<span class="nobr">&lt;王&gt;</span>'),
    ],
)
def test_filters_write_as_the_house_does(written: str, value: object, expected: str) -> None:
    assert drawn(written, v=value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-22 至 长期", True),
        ("鼓楼区市场监管局", True),
        ("江苏省南京市鼓楼区热河南路街道", False),
        (None, False),
        (12, False),
    ],
)
def test_what_is_short_stays_on_one_line(value: object, expected: bool) -> None:
    assert (templating.environment().from_string("{{ v is short }}").render(v=value)) == str(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(date(2026, 11, 22), True), ("2026-11-22", True), ("2026-11-22 起", False), (7, False)],
)
def test_a_date_in_a_table_is_never_broken(value: object, expected: bool) -> None:
    assert (templating.environment().from_string("{{ v is day }}").render(v=value)) == str(expected)


def test_a_moment_late_in_the_day_abroad_is_the_next_day_in_china() -> None:
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert drawn("{{ v|moment }} {{ v|date }}", v=late) == "2026-11-22 00:30 2026-11-22"


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 11, 20), ("overdue", 2)),
        (date(2026, 11, 22), ("soon", 0)),
        (date(2026, 11, 24), ("soon", 2)),
        (date(2026, 11, 25), ("normal", 3)),
        (None, ("normal", 0)),
    ],
)
def test_a_deadline_is_normal_then_soon_then_overdue(due: date | None, expected: tuple[str, int]) -> None:
    with clock.set_to(datetime(2026, 11, 22, 4, tzinfo=UTC)):
        assert templating.clock_of(due) == expected


def test_a_query_keeps_what_it_does_not_change() -> None:
    request = RequestFactory().get("/", {"q": "小树苗", "page": "3"})
    assert templating.with_query(request, page=None, state="filed") == (
        "?q=%E5%B0%8F%E6%A0%91%E8%8B%97&state=filed"
    )


def test_a_sentence_a_problem_and_a_mapping_are_all_problems() -> None:
    problems = templating.as_problems(
        ["缺一项材料。", Problem("面积不足。", field="area"), {"message": "超龄。"}]
    )
    assert [p["message"] for p in problems] == ["缺一项材料。", "面积不足。", "超龄。"]
    assert [p["field"] for p in problems] == ["", "area", ""]
    assert templating.as_problems("") == []


def test_choices_are_drawn_in_groups_escaped_and_without_the_empty_one() -> None:
    offered = [("", "不限"), ("a", "甲 & 乙"), ("组", [("b", "<丙>"), (3, "丁")])]
    assert templating.options_of(offered, 3) == (
        '<option value="a">甲 &amp; 乙</option>\n'
        '<optgroup label="组"><option value="b">&lt;丙&gt;</option>\n'
        '<option value="3" selected>丁</option></optgroup>'
    )
    assert "selected" not in templating.options_of(offered, "")
