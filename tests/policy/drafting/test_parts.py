"""A draft comes apart into parts that keep their keys, and is laid together again into the same pack."""

from pathlib import Path

import pytest

from policy.county import COUNTY, TEXT
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.packs import read_packs
from tuoyu.jurisdictions.packs.content import read_content
from tuoyu.policy.drafting import faults, fields, marks, parts
from tuoyu.policy.drafting.changes import changes_of
from tuoyu.policy.reading import read_text
from tuoyu.policy.scaffolding import draft_of

ROOT = Path(__file__).resolve().parents[3]
PACKS = read_packs(ROOT / "packs").packs
READING = read_text(TEXT)
DRAFT = draft_of(READING, code=COUNTY, packs=PACKS)
UNITS = ("区总工会", "区妇联", "区卫生健康局", "区科技局")


def fresh() -> parts.Parts:
    return parts.taken_apart(DRAFT.content, UNITS)


def by_key(whole: parts.Parts) -> dict[str, parts.Part]:
    return {part.key: part for part in whole}


def test_what_was_taken_apart_is_laid_together_the_same() -> None:
    whole = parts.parts_of([part.as_json() for part in fresh()])
    assert parts.laid_together(whole).content == DRAFT.content


def test_each_entry_knows_its_part() -> None:
    whole = parts.changed(fresh(), "clause-1", 2, gone=True)
    laid = parts.laid_together(whole)
    assert [clause["id"] for clause in laid.content["clause"]] == ["二", "二.(一)", "二.(二)"]
    assert laid.part_at(("clause", 0, "responsible", 1)) == ("clause-2", "responsible")
    assert laid.part_at(("document", "title")) == ("head", "title")
    assert laid.part_at(("document", "basis", 0, "title")) == ("head", "basis")
    assert laid.part_at(("name_of", 2, "key")) == ("departments", "")
    assert laid.part_at(("slug",)) == ("head", "slug")


def test_a_clause_that_was_missed_stands_where_its_number_belongs() -> None:
    whole, key = parts.added(fresh(), "clause", {"id": "二.(一)#2", "kind": "paragraph"}, 2)
    order = [part.data["id"] for part in whole if part.section == "clause"]
    assert (key, order) == ("clause-5", ["一", "二", "二.(一)", "二.(一)#2", "二.(二)"])
    whole, _ = parts.added(whole, "clause", {"id": "三", "kind": "section"}, 3)
    assert [part.data["id"] for part in whole if part.section == "clause"][-1] == "三"
    whole, key = parts.added(whole, "setting", {"key": "a.b"}, 4)
    assert key == "setting-1"


def test_an_earlier_pack_of_the_place_lends_its_rules_with_its_document_named() -> None:
    nanjing = PACKS["320100"]
    draft = draft_of(READING, code="320100", packs=PACKS)
    laid = parts.laid_together(parts.taken_apart(draft.content, UNITS, nanjing)).content
    assert laid["procedure"][0]["document"] == nanjing.title
    assert {step["document"] for step in laid["procedure"][0]["step"]} >= {nanjing.title}
    assert len(laid["checklist"]) == len(nanjing.checklist)


@pytest.mark.parametrize(
    ("section", "given", "wrong"),
    [
        ("clause", {"kind": "chapter"}, "kind"),
        ("clause", {"id": ""}, "id"),
        ("clause", {"summary": "甲" * 2001}, "summary"),
        ("clause", {"responsible": "区妇联"}, "responsible"),
        ("clause", {"responsible": ["甲"] * 61}, "responsible"),
        ("clause", {"declaratory": "yes"}, "declaratory"),
        ("clause", {"colour": "red"}, "colour"),
        ("target", {"indicator": "指标"}, "indicator"),
        ("target", {"value": float("nan")}, "value"),
        ("target", {"value": True}, "value"),
        ("target", {"deadline": "2035年"}, "deadline"),
        ("head", {"slug": "Zhang Gong"}, "slug"),
        ("head", {"basis": [5]}, "basis"),
        ("clause", {"heading": "甲\x07"}, "heading"),
        ("clause", {"heading": "甲\ud800"}, "heading"),
    ],
)
def test_what_may_not_be_written_is_refused_by_its_field(section: str, given: dict, wrong: str) -> None:  # type: ignore[type-arg]
    before = next(part.data for part in fresh() if part.section == section)
    with pytest.raises(Refused) as refused:
        fields.taken(section, given, before)
    assert [problem.field for problem in refused.value.problems] == [wrong]


def test_what_is_left_empty_goes_or_says_that_it_is_to_be_written() -> None:
    data = fields.taken(
        "clause", {"summary": " ", "responsible": [], "declaratory": False}, {"id": "一", "kind": "item"}
    )
    assert data == {"id": "一", "kind": "item", "summary": "待概括", "heading": "待概括"}
    assert fields.taken("target", {"value": 0}, by_key(fresh())["target-1"].data)["value"] == 0


def test_what_was_written_in_files_is_said_in_words() -> None:
    told = marks.noted(DRAFT.marks, fresh())
    assert {mark.key for mark in told} >= {"departments", "clause-1", "target-1", "duty-1", "gap-1", "head"}
    for word in (".toml", "[[", "capabilities", "declaratory", "scope", " = ", "reached"):
        assert not [mark.message for mark in told if word in mark.message], word


def test_every_mark_finds_its_way_back_into_the_files() -> None:
    whole = fresh()
    noted = marks.noted(DRAFT.marks, whole)
    back = {mark.where for mark in marks.written(noted, parts.laid_together(whole), whole)}
    kept = {mark.where for mark in DRAFT.marks if mark.kind not in ("procedure", "document")}
    assert kept <= back


def test_changes_are_told_part_by_part_before_and_after() -> None:
    before = fresh()
    data = by_key(before)["clause-3"].data
    after = parts.changed(before, "clause-3", 2, data=data | {"responsible": ["区妇联"], "summary": "好"})
    after = parts.changed(after, "duty-1", 3, gone=True)
    after, _ = parts.added(after, "seat", {"role": "member", "post": "区民政局局长"}, 4)
    units = by_key(after)["departments"].data
    moved = [[unit, "big_data" if unit == "区科技局" else key] for unit, key in units["units"]]
    after = parts.changed(after, "departments", 5, data=units | {"units": moved})
    found = {change.key: change for change in changes_of(before, after, lambda key: f"部门{key}")}
    assert {key: change.what for key, change in found.items()} == {
        "departments": "changed", "clause-3": "changed", "duty-1": "removed", "seat-5": "added",
    }  # fmt: skip
    rows = {row.field: row for row in found["clause-3"].rows}
    assert (rows["responsible"].before, rows["responsible"].after) == ("区总工会、区妇联", "区妇联")
    assert (rows["summary"].before, rows["summary"].filled) == ("（空）", True)
    assert found["departments"].rows[0].after == "部门big_data"
    assert not found["departments"].corrected
    assert changes_of(before, before, str) == ()


@pytest.mark.parametrize("code", ["320100", "370323", "370402"])
def test_what_a_pack_lends_is_lent_whole_with_what_decides_it(code: str) -> None:
    draft = draft_of(READING, code=code, packs=PACKS)
    laid = parts.laid_together(parts.taken_apart(draft.content, UNITS, PACKS[code]))
    _, found = read_content(laid.content, PACKS)
    told = [
        fault.message for fault in found if fault.path[0] in ("procedure", "setting", "rule", "checklist")
    ]
    assert told == []


def test_a_place_that_lost_its_decision_is_told_without_naming_files() -> None:
    yiyuan = PACKS["370323"].model_copy(update={"setting": ()})
    draft = draft_of(READING, code="370323", packs=PACKS)
    whole = parts.taken_apart(draft.content, UNITS, yiyuan)
    laid = parts.laid_together(whole)
    _, found = read_content(laid.content, PACKS)
    told = [p.message for p in faults.problems_of(laid, whole, found, ())]
    assert any("请添加一条本地设定 registrar.enterprise" in message for message in told)
    assert not [message for message in told if ".toml" in message or "packs/" in message]
