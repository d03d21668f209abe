"""Rules by date and place: which one holds, what it rests on, what contradicts it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.jurisdictions import rules
from tuoyu.jurisdictions.packs.schema import Pack
from tuoyu.jurisdictions.rulebook import RuleBook, RuleMissing, applies

ON = date(2026, 11, 22)


def rule(value: Any, **more: Any) -> dict[str, Any]:
    basics = {"key": "k", "value": value, "clause": "一", "force": "mandatory", "confidence": "high"}
    return basics | more


def book(*, national: list[dict[str, Any]], regional: list[dict[str, Any]], on: date = ON) -> RuleBook:
    cn = Pack(code="cn", slug="cn", name="全国", level="country", rule=tuple(map(_rule, national)))
    region = Pack.model_validate(
        {"code": "320100", "slug": "nanjing", "name": "南京市", "level": "city", "inherits": "cn"}
        | {"document": {"title": "方案", "number": "宁1号"}, "rule": tuple(map(_rule, regional))}
    )
    return RuleBook((region, cn), ("a", "b"), None, on)


def _rule(values: dict[str, Any]) -> Any:
    from tuoyu.jurisdictions.packs.schema import Rule

    return Rule.model_validate(values)


def test_a_rule_holds_from_its_day_until_the_day_it_ends() -> None:
    first = rule(1, effective_from=date(2020, 1, 1), effective_to=date(2021, 1, 1))
    second = rule(2, effective_from=date(2021, 1, 1))
    for day, value in ((date(2020, 12, 31), 1), (date(2021, 1, 1), 2)):
        assert book(national=[first, second], regional=[], on=day).get("k").value == value
    with pytest.raises(RuleMissing, match="2019-12-31"):
        book(national=[first, second], regional=[], on=date(2019, 12, 31)).get("k")


def test_a_regional_rule_that_says_so_replaces_the_national_one() -> None:
    found = book(national=[rule(10)], regional=[rule(12, overrides=True)]).get("k")
    assert (found.value, found.jurisdiction, found.conflicts) == (12, "320100", ())


@pytest.mark.parametrize(("bound", "regional", "holds"), [("max", 8, 8), ("max", 12, 10), ("min", 12, 12)])
def test_a_stricter_regional_rule_replaces_and_a_laxer_one_is_a_conflict(
    bound: str, regional: int, holds: int
) -> None:
    found = book(national=[rule(10, bound=bound)], regional=[rule(regional)]).get("k")
    assert found.value == holds
    assert [c.value for c in found.conflicts] == ([] if holds == regional else [regional])


def test_what_cannot_be_compared_is_shown_side_by_side() -> None:
    both = book(national=[rule(("托育服务",))], regional=[rule(("婴幼儿照护服务",))])
    assert both.get("k").value == ("托育服务",)
    assert [c.value for c in both.get("k").conflicts] == [("婴幼儿照护服务",)]
    assert [v.jurisdiction for v in both.all_of("k")] == ["320100", "cn"]


@given(st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(["max", "min", None]), st.booleans())
def test_the_rule_that_holds_is_never_laxer_unless_the_document_says_so(
    national: int, regional: int, bound: str | None, overrides: bool
) -> None:
    found = book(national=[rule(national, bound=bound)], regional=[rule(regional, overrides=overrides)]).get(
        "k"
    )
    said = {found.value, *(c.value for c in found.conflicts)}
    if overrides:
        assert found.value == regional
    elif bound:
        assert found.value == (min if bound == "max" else max)(national, regional)
    else:
        assert found.value == national
        assert said == {national, regional}


def test_the_source_names_the_document_its_number_and_the_clause() -> None:
    assert book(national=[], regional=[rule(1)]).get("k").source == "《方案》（宁1号）一"
    other = rule(1, document="办法", number="国1号", clause="第9条")
    assert book(national=[], regional=[other]).get("k").source == "《办法》（国1号）第9条"


@pytest.mark.parametrize(
    ("force", "confidence", "severity"),
    [("mandatory", "high", "block"), ("mandatory", "medium", "warn"), ("recommended", "high", "warn")],
)
def test_only_what_is_mandatory_and_certain_blocks(force: str, confidence: str, severity: str) -> None:
    one = rule(1, force=force, confidence=confidence)
    assert book(national=[one], regional=[]).get("k").severity == severity


def test_a_fact_not_known_meets_no_condition() -> None:
    assert applies({"nature": "nonprofit"}, {"nature": "nonprofit"})
    assert not applies({"nature": "nonprofit"}, {})
    assert applies({"kind": ("institution", "employer")}, {"kind": "employer"})
    assert applies({}, {})


@pytest.mark.usefixtures("packs")
def test_every_jurisdiction_inherits_the_national_rules() -> None:
    for place in ("370402", "320106001", "360702", "370323", "420102", "110101"):
        found = rules.get("filing.receipt_days", place, ON)
        assert (found.value, found.unit, found.jurisdiction) == (5, "working_day", "cn")


@pytest.mark.usefixtures("packs")
def test_conflicting_standards_are_shown_together() -> None:
    floors = rules.conflicts("floor", "320106", ON)
    assert len({f.document for f in floors}) >= 2
    assert {v.value for v in rules.conflicts("video", "320106", ON)} >= {30, 90}


@pytest.mark.usefixtures("packs")
def test_in_shizhong_either_scope_word_stands_with_its_source() -> None:
    found = rules.all_of("registration.scope_words", "370402", ON)
    assert {"婴幼儿照护服务", "托育服务"} <= {word for value in found for word in value.value}
    assert rules.get("registration.scope_words", "360702", ON).conflicts == ()


@pytest.mark.usefixtures("packs")
def test_a_rule_nobody_wrote_is_missing_by_name_and_place() -> None:
    with pytest.raises(RuleMissing, match=r"鼓楼区.*no\.such"):
        rules.get("no.such", "320106", ON)
    assert rules.find("no.such", "320106", ON) is None
