"""What a draft says of a document: head, units, clauses, targets, duties, seats, and what it leaves open."""

from dataclasses import replace
from typing import Any

import pytest
from known import packs
from unseen import MEASURES, OPINION, PLAN, PLAN_KEYS

from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.packs import Pack
from tuoyu.policy.reading import Reading, read_text
from tuoyu.policy.reading.model import Clause, Duty, Seat, Target
from tuoyu.policy.scaffolding import Draft, draft_of, marks_of, slug_of

WEST_LAKE = "330106"
COUNTY = """青山县人民政府办公室关于发展托育服务的实施意见
青政办发〔2031〕9号
一、工作目标
到2032年，全县建成2所示范托育机构。
二、主要任务
（一）规范登记备案。机构登记后向县卫生健康局备案。（责任单位：县卫生健康局、县民宗局、各乡镇人民政府、街道办事处）
（二）加强宣传。宣传科学育儿知识。（责任单位：县融媒体中心）
（三）落实产假。
青山县人民政府办公室
2031年5月6日
附件：部门职责分工
县卫生健康局：组织制定政策，指导卫生保健。
县气象局：负责灾害预警。
"""


def drafted(text: str, code: str = WEST_LAKE, known: Any = None) -> Draft:
    return draft_of(read_text(text), code=code, packs=known or packs())


def marked(draft: Draft) -> dict[str, str]:
    return {mark.where: mark.message for mark in draft.marks}


def test_the_head_comes_from_the_atlas_and_the_document() -> None:
    content = drafted(PLAN).content
    assert {key: content[key] for key in ("code", "slug", "name", "level", "inherits")} == {
        "code": "330106", "slug": "xihu", "name": "杭州市西湖区", "level": "county", "inherits": "cn",
    }  # fmt: skip
    assert content["document"]["title"] == "西湖区普惠托育服务三年行动计划"
    assert content["document"]["kind"] == "行动计划"
    assert content["document"]["date"] == "2031-04-08"
    assert content["document"]["basis"] == [{"title": "杭州市托育服务条例"}]


@pytest.mark.parametrize(("code", "above"), [("360100", "360000"), ("320106", "320100"), ("330100", "cn")])
def test_a_draft_inherits_from_the_nearest_pack_above(code: str, above: str) -> None:
    assert drafted(PLAN, code).content["inherits"] == above


def test_a_place_never_inherits_from_its_own_pack() -> None:
    assert drafted(PLAN, "320100").content["inherits"] == "cn"


@pytest.mark.parametrize(
    ("code", "slug"),
    [("320100", "nanjing"), ("370402", "shizhong"), ("420000", "hubei"), ("320190", "jiangbei"),
     ("540000", "xizang"), ("150100", "huhehaote")],
)  # fmt: skip
def test_the_folder_is_called_after_the_place_without_its_level(code: str, slug: str) -> None:
    assert slug_of(places()[code]) == slug


@pytest.mark.parametrize("code", ["999999", "3301", "", "320106001", "330106 "])
def test_what_is_no_division_is_refused(code: str) -> None:
    with pytest.raises(Refused, match="不是省、市、县级"):
        drafted(PLAN, code)


def test_a_division_that_is_no_more_is_refused() -> None:
    gone = next(p.code for p in places().values() if p.abolished and p.level == "county")
    with pytest.raises(Refused, match="已撤销"):
        drafted(PLAN, gone)


def test_a_document_without_clauses_is_refused() -> None:
    with pytest.raises(Refused, match="没有读出条款"):
        draft_of(Reading(), code=WEST_LAKE, packs=packs())


def test_without_the_national_pack_nothing_can_be_drafted() -> None:
    with pytest.raises(Refused, match="没有全国政策包"):
        drafted(PLAN, known={"320100": packs()["320100"]})


def test_a_document_of_another_place_is_marked() -> None:
    assert "西湖" in marked(drafted(COUNTY))["document issuer"]


def test_what_the_head_lacks_is_marked_and_left_open() -> None:
    draft = draft_of(replace(read_text(COUNTY), title="", issuer="", date="", document_number=""),
                     code=WEST_LAKE, packs=packs())  # fmt: skip
    assert draft.content["document"] == {"title": "待填写"}
    assert {"document title", "document issuer", "document date", "document number"} <= marked(draft).keys()


# ---------------------------------------------------------------- units


def test_units_go_to_the_departments_a_person_would_name() -> None:
    draft = drafted(PLAN)
    found = {form: name["key"] for name in draft.content["name_of"] for form in name["forms"]}
    missed = {unit for unit, key in PLAN_KEYS.items() if found.get(unit) != key}
    assert missed <= {"区数据局"}
    assert all(f"department {unit} key" in marked(draft) for unit in PLAN_KEYS if unit not in found)


def test_an_unknown_unit_is_marked_with_those_nearest_and_bound_to_nothing() -> None:
    draft = drafted(PLAN)
    assert "最接近的是大数据管理部门（big_data）" in marked(draft)["department 区数据局 key"]
    assert "没有相近的" in marked(draft)["department 区国资委 key"]


def test_a_unit_taken_for_another_by_likeness_is_marked() -> None:
    draft = drafted(PLAN)
    assert "natural_resources" in marked(draft)["department 市规划和自然资源局西湖分局 key"]
    assert "department 区卫健局 key" not in marked(draft)


@pytest.mark.parametrize(
    "written",
    ["各区县（市）人民政府", "各县（市、区）人民政府", "各乡镇（街道）", "各镇街", "各功能区管委会",
     "各市、州、县人民政府", "各乡镇人民政府、街道办事处", "各设区市人民政府"],
)  # fmt: skip
def test_a_list_of_places_is_one_government_below(written: str) -> None:
    reading = Reading(clauses=[Clause("一", "section", "任务", "做事。", responsible=[written])])
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert [(name["key"], name["display"]) for name in draft.content["name_of"]] == [
        ("lower_government", written)
    ]
    assert not [mark for mark in draft.marks if mark.kind == "department"]


@pytest.mark.parametrize(
    ("written", "key"),
    [("市市场监管局", "market_regulation"), ("市市监局", "market_regulation"), ("州卫生健康委", "health"),
     ("自治区教育厅", "education"), ("国家税务总局西湖区税务局", "tax"), ("团市委", "youth_league"),
     ("浙江省卫生健康委员会", "health"), ("区体育局", None), ("市医疗保障局", None), ("县农业农村局", None)],
)  # fmt: skip
def test_level_and_place_are_taken_off_once(written: str, key: str | None) -> None:
    reading = Reading(clauses=[Clause("一", "section", "任务", "做事。", lead=[written])])
    names = draft_of(reading, code=WEST_LAKE, packs=packs()).content.get("name_of", [])
    assert [name["key"] for name in names] == ([key] if key else [])


def test_what_a_city_calls_a_department_of_its_districts_is_kept() -> None:
    reading = Reading(
        clauses=[Clause("一", "section", "登记", "经区卫生健康部门同意后登记。", responsible=["市卫健委"])]
    )
    (name,) = draft_of(reading, code="330100", packs=packs()).content["name_of"]
    assert name["lower"] == "区卫生健康部门"


# ---------------------------------------------------------------- clauses


def test_no_sentence_of_the_document_is_carried_over() -> None:
    for text in (PLAN, OPINION, MEASURES):
        draft = drafted(text)
        sentences = {part for part in text.replace("\n", "").split("。") if len(part) > 24}
        carried = repr(draft.content) + repr(draft.marks)
        assert not [sentence for sentence in sentences if sentence in carried]
        assert {clause["summary"] for clause in draft.content["clause"]} == {"待概括"}


def test_headings_that_group_are_declaratory_and_orders_are_not() -> None:
    clauses = {clause["id"]: clause for clause in drafted(PLAN).content["clause"]}
    assert {id_ for id_, clause in clauses.items() if clause.get("declaratory")} == {
        "二", "二.(一)", "二.(二)", "二.(三)", "二.(四)", "三",
    }  # fmt: skip
    assert clauses["二.(四).13"]["capabilities"] == ["D4"]


def test_each_proposal_says_why() -> None:
    marks = marked(drafted(PLAN))
    assert "D4（家庭假期与重返岗位）有“产假”" in marks["clause 二.(四).13 capabilities"]
    assert any("与江西省 二.(三).5 相近" in message for message in marks.values())


def test_a_clause_without_a_heading_asks_for_one() -> None:
    (article,) = [c for c in drafted(MEASURES).content["clause"] if c["id"] == "第三章.第九条"]
    assert article["heading"] == "待概括"
    assert "标题待概括" in marked(drafted(MEASURES))["clause 第三章.第九条 heading"]


def test_a_number_given_twice_is_marked_and_written_once() -> None:
    clause = Clause("一", "section", "任务", "做事。")
    draft = draft_of(Reading(clauses=[clause, clause]), code=WEST_LAKE, packs=packs())
    assert [c["id"] for c in draft.content["clause"]] == ["一"]
    assert "重复" in marked(draft)["clause 一 id"]


# ---------------------------------------------------------------- targets


def test_a_target_takes_the_indicator_other_packs_use() -> None:
    draft = drafted(COUNTY)
    (target,) = draft.content["target"]
    assert target == {
        "clause": "一", "indicator": "demo.institutions", "comparator": "=", "value": 2, "unit": "所",
        "deadline": "2032-12-31", "scope": "全县", "text": "待概括",
    }  # fmt: skip
    assert "也用它" in marked(draft)["target 1 indicator"]


def test_figures_are_carried_and_what_counts_decides_the_indicator() -> None:
    found = {(t["indicator"], t.get("value"), t.get("period")) for t in drafted(OPINION).content["target"]}
    assert {("places.per_thousand", 8, None), ("training.hours", 72, "year")} <= found
    assert ("places.amount", 200, "month") in found


def test_targets_that_nobody_has_get_names_apart() -> None:
    targets = [Target("一", "安装监控", ">=", value, unit="台") for value in (3, 5)]
    reading = Reading(clauses=[Clause("一", "section", "任务", "做事。")], targets=targets)
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert [t["indicator"] for t in draft.content["target"]] == ["other.total", "other.total_2"]
    assert "暂拟" in marked(draft)["target 2 indicator"]


def test_two_targets_of_one_indicator_and_time_are_told_apart_by_a_person() -> None:
    targets = [Target("一", f"建成{n}所示范机构", ">=", n, unit="所", deadline="2030-12-31") for n in (2, 3)]
    reading = Reading(clauses=[Clause("一", "section", "任务", "做事。")], targets=targets)
    marks = marked(draft_of(reading, code=WEST_LAKE, packs=packs()))
    assert "同名" not in marks["target 1 indicator"]
    assert "前面已有同名、同期限的一项" in marks["target 2 indicator"]


@pytest.mark.parametrize(
    "target",
    [Target("一", "话", ">="), Target("一", "话", "between", 1), Target("一", "话", "about", 3),
     Target("一", "话", ">=", float("nan")), Target("一", "话", "<", float("inf"))],
)  # fmt: skip
def test_a_figure_that_was_half_read_is_marked(target: Target) -> None:
    reading = Reading(clauses=[Clause("一", "section", "任务", "做事。")], targets=[target])
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert draft.content["target"][0]["comparator"] == "reached"
    assert "不完整" in marked(draft)["target 1 comparator"]


def test_a_target_of_a_clause_nobody_read_is_left_out_and_said() -> None:
    reading = Reading(
        clauses=[Clause("一", "section", "任务", "做事。")], targets=[Target("九", "话", "reached")]
    )
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert "target" not in draft.content
    assert "九" in marked(draft)["document targets"]


# ---------------------------------------------------------------- duties, seats, settings, gaps


def test_a_duty_is_divided_into_what_can_be_done_by_itself() -> None:
    reading = Reading(
        clauses=[Clause("一", "section", "任务", "做事。")],
        duties=[
            Duty("县卫生健康局", "组织制定政策规范，指导卫生保健；负责备案管理。"),
            Duty("县气象局", "灾害预警工作。"),
        ],
    )
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert [duty["key"] for duty in draft.content["duty"]] == ["health", "health", "health", "unknown"]
    assert "第 3 项职责（以“负责备案管理”开头）" in marked(draft)["duty 3 summary"]
    assert "duty 4 key" in marked(draft)


def test_a_seat_goes_to_the_department_its_post_begins_with() -> None:
    posts = ["县政府副县长", "县卫生健康局党组成员、副局长", "团县委书记", "县供销社主任"]
    reading = Reading(
        clauses=[Clause("一", "section", "任务", "做事。")], seats=[Seat("member", post) for post in posts]
    )
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    assert [seat.get("key") for seat in draft.content["seat"]] == [None, "health", "youth_league", None]
    assert [mark.where for mark in draft.marks if mark.kind == "seat"] == ["seat 4 key"]


def test_a_choice_nobody_above_made_is_proposed_and_marked() -> None:
    open_choice = dict(packs())
    jiangxi = open_choice["360000"]
    open_choice["360000"] = jiangxi.model_copy(update={"setting": ()})
    draft = drafted(PLAN, "361000", open_choice)
    assert {(s["key"], s["value"], s["division"]) for s in draft.content["setting"]} == {
        ("registrar.public_institution", "establishment", "361000"),
        ("registrar.social_service_org", "establishment", "361000"),
    }
    assert "留给本地决定" in marked(draft)["setting registrar.social_service_org value"]
    assert "setting" not in drafted(PLAN, "361000").content


def test_what_the_document_leaves_open_becomes_a_gap() -> None:
    gaps = {(gap["clause"], gap.get("department")) for gap in drafted(COUNTY).content["gap"]}
    assert ("二.(三)", None) in gaps


def test_whoever_registers_is_pointed_to_the_procedure_above() -> None:
    assert "沿用全国的" in marked(drafted(COUNTY))["procedure establishment clause"]


# ---------------------------------------------------------------- marks found again


def test_marks_are_found_again_in_what_was_corrected() -> None:
    reading = read_text(COUNTY)
    draft = draft_of(reading, code=WEST_LAKE, packs=packs())
    content = draft.content
    before = {mark.where for mark in marks_of(content, reading, packs=packs())}
    assert {"clause 一 summary", "department 县民宗局 key", "target 1 text"} <= before
    content["clause"][0]["summary"] = "我的话"
    content["name_of"].append({"key": "civil_affairs", "forms": ["县民宗局"], "display": "县民宗局"})
    lost = content["clause"].pop()
    after = {mark.where for mark in marks_of(content, reading, packs=packs())}
    assert before - after == {
        "clause 一 summary",
        "department 县民宗局 key",
        f"clause {lost['id']} summary",
    } | ({f"clause {lost['id']} heading"} & before)
    assert after - before == {f"clause {lost['id']} id"}


def test_a_draft_is_a_pack_by_its_form() -> None:
    for text in (PLAN, OPINION, MEASURES, COUNTY):
        content = drafted(text).content
        pack = Pack.model_validate(content, strict=False)
        assert pack.model_dump(mode="json", exclude_defaults=True) == content
