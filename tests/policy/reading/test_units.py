"""Units as documents name them, and who of them leads."""

import pytest

from tuoyu.policy.reading import read_text


def units(bracket: str) -> tuple[list[str], list[str]]:
    reading = read_text(
        f"一、工作任务\n（一）建设机构。新建机构。{bracket}\n（二）加强监管。开展检查。\n二、保障措施\n"
    )
    (clause,) = [c for c in reading.clauses if c.id == "一.(一)"]
    assert clause.text == "新建机构。"
    return clause.lead, clause.responsible


@pytest.mark.parametrize(
    ("bracket", "lead", "responsible"),
    [
        ("（市民政局牵头，市公安局配合，各镇街参与）", ["市民政局"], ["市公安局", "各镇街"]),
        ("（市民政局、市教育局牵头，市直有关部门配合，2033年底前完成）", ["市民政局", "市教育局"],
         ["市直有关部门"]),
        ("（市大数据中心负责，市商务局协助）", [], ["市大数据中心", "市商务局"]),
        ("（市教育局会同各街道办事处负责）", [], ["市教育局", "各街道办事处"]),
        ("（市商务局牵头，各县（市、区）人民政府等参与）", ["市商务局"], ["各县（市、区）人民政府"]),
        ("（市教育局牵头，各市、县（市、区）人民政府配合）", ["市教育局"], ["各市、县（市、区）人民政府"]),
        ("〔牵头单位：市税务局；责任单位：市财政局〕", ["市税务局"], ["市财政局"]),
        ("[牵头单位：市税务局；责任单位：市财政局]", ["市税务局"], ["市财政局"]),
        ("\n牵头单位：市教育局\n配合单位：市财政局、各县区", ["市教育局"], ["市财政局", "各县区"]),
        ("\n牵头单位：学前教育股\n配合单位：安全股、督导室", ["学前教育股"], ["安全股", "督导室"]),
        ("\n责任科室：规划科；配合单位：市妇幼保健院", [], ["规划科", "市妇幼保健院"]),
        ("责任单位：市教育局、市财\n政局", [], ["市教育局", "市财政局"]),
        ("（责任单位：市教育局、市财政局。排在第一位的为牵头单位，下同）", [], ["市教育局", "市财政局"]),
        ("（责任单位：市教育局；完成时限：2033年6月底）", [], ["市教育局"]),
        ("（牵头单位：县卫生健康局；责任单位：县委组织部、宣传部，城关镇）", ["县卫生健康局"],
         ["县委组织部", "宣传部", "城关镇"]),
    ],
)  # fmt: skip
def test_units_and_leads_are_read(bracket: str, lead: list[str], responsible: list[str]) -> None:
    assert units(bracket) == (lead, responsible)


@pytest.mark.parametrize(
    "added",
    [
        "以下均需各乡镇人民政府落实，不再逐项列出",
        "以下各项均由各乡镇人民政府按职责落实，不再一一列出",
        "以下任务均由各乡镇人民政府具体落实，不再逐一列出",
        "以下任务各乡镇人民政府均为责任单位，不再列出",
    ],
)
def test_units_are_added_to_all_that_follows(added: str) -> None:
    reading = read_text(
        f"一、任务\n（一）建设机构。新建机构。（责任单位：县教育局。{added}）\n"
        "（二）加强监管。开展检查。（责任单位：县公安局）\n二、保障\n落实责任。\n"
    )
    assert reading.clauses[2].default_responsible == ["各乡镇人民政府"]
    assert reading.clauses[1].responsible == ["县教育局", "各乡镇人民政府"]


def test_units_stand_between_two_sentences_of_the_last_clause() -> None:
    reading = read_text(
        "一、任务\n建设机构。\n二、附则\n各单位要落实任务。责任单位：县教育局、县财政局\n本意见自2033年1月1日起施行。\n"
    )
    assert reading.clauses[-1].responsible == ["县教育局", "县财政局"]
    assert reading.clauses[-1].text == "各单位要落实任务。本意见自2033年1月1日起施行。"


def test_duties_are_read_under_numbers_and_for_several_units_at_once() -> None:
    reading = read_text(
        "一、任务\n建设机构。\n二、保障\n落实责任。\n附件\n有关单位职责\n（一）县教育局。负责牵头协调。\n"
        "（二）县商务局、县公安局。查处违法行为。\n三、县民政局\n依法登记机构。\n县财政局落实补助资金。\n"
    )
    assert [(d.department, d.text) for d in reading.duties] == [
        ("县教育局", "负责牵头协调"),
        ("县商务局、县公安局", "查处违法行为"),
        ("县民政局", "依法登记机构"),
        ("县财政局", "落实补助资金"),
    ]
