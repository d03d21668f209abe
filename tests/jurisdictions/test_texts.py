"""Texts and names of papers say what the rules say, on the day and at the place."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.packs import Pack, placeholders, read_packs
from tuoyu.jurisdictions.rulebook import RuleBook

ON = date(2026, 11, 22)
LEASE = {"key": "lease.min_years", "clause": "一", "force": "mandatory", "confidence": "high", "bound": "min"}


def book(on: date, *regional: dict[str, Any]) -> RuleBook:
    text = {"key": "receipt", "lines": ("租期{rule:lease.min_years}年。", "收{rule:words}。", "收到。")}
    lease = [
        LEASE | {"value": 3, "effective_from": date(2019, 1, 1), "effective_to": date(2025, 1, 1)},
        LEASE | {"value": 4, "effective_from": date(2025, 1, 1)},
    ]
    words = LEASE | {"key": "words", "value": ("甲", 2.5), "effective_from": date(2020, 1, 1)}
    paper = {"key": "lease", "name": "租期{rule:lease.min_years}年的合同"}
    cn = Pack.model_validate(
        {"code": "cn", "slug": "cn", "name": "全国", "level": "country"}
        | {"text": (text,), "rule": (*lease, words), "paper": (paper,)}
    )
    region = Pack.model_validate(
        {"code": "320100", "slug": "nanjing", "name": "南京市", "level": "city", "inherits": "cn"}
        | {"document": {"title": "方案"}, "rule": regional}
    )
    return RuleBook((region, cn), ("a", "b"), None, on)


def test_a_text_says_the_value_of_its_day() -> None:
    assert book(date(2024, 12, 31)).wording("receipt") == ("租期3年。", "收甲、2.5。", "收到。")
    assert book(date(2025, 1, 1)).wording("receipt")[0] == "租期4年。"


def test_a_text_says_what_the_nearer_document_demands() -> None:
    assert book(ON, LEASE | {"value": 5}).wording("receipt")[0] == "租期5年。"


def test_a_line_about_a_rule_not_in_force_is_left_out() -> None:
    assert book(date(2019, 6, 1)).wording("receipt") == ("租期3年。", "收到。")


def test_the_name_of_a_paper_says_it_too() -> None:
    assert [p.name for p in book(ON).papers()] == ["租期4年的合同"]
    assert [p.name for p in book(date(2018, 1, 1)).papers()] == ["租期规定年的合同"]


FIGURE = re.compile(r"[0-9]|[一二两三四五六七八九十百]+(名|人|年|岁|个月|天|日|次|小时|平方米)")


def test_no_text_and_no_paper_repeats_a_figure_of_a_rule() -> None:
    repeated = []
    for code, pack in read_packs(Path(settings.PACKS)).packs.items():
        texts = [line for text in pack.text for line in text.lines] + [paper.name for paper in pack.paper]
        plain = [placeholders.IN_BRACES.sub("", line) for line in texts]
        repeated += [(code, line) for line in plain if FIGURE.search(line)]
    assert repeated == []


@pytest.mark.django_db
def test_the_notices_of_the_nation_are_filled_everywhere() -> None:
    for place in ("370402", "320106001", "360702", "370323", "420102"):
        for key in ("conditions_notice", "conditions_notice.family_point", "commitment.family_point"):
            lines = queries.book(place, ON).wording(key)
            assert lines
            assert not [line for line in lines if "{" in line]
    lines = "".join(queries.book("320106", ON).wording("conditions_notice"))
    assert "租期不少于3年" in lines
    assert "乳儿班每班不超过10人" in lines
    assert "大专以上学历" in lines
