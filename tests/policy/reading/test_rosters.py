"""Rosters as documents lay them out: names before posts and after them; none of the names gets out."""

import pytest

from tuoyu.policy.reading import Reading, read_text

BODY = "一、工作目标\n建设机构，落实责任。\n二、保障措施\n加强领导。\n"
POSTS = [
    ("convenor", "县政府副县长"), ("deputy_convenor", "县政府办公室副主任"), ("member", "县财政局总会计师"),
    ("member", "县教育局党组成员、学前教育中心主任"),
]  # fmt: skip
NAMES = ("沈听澜", "季青", "欧阳晓", "南星河")
NAME_FIRST = """附件
领导小组成员名单
组　长：沈听澜　县政府副县长
副组长：季　青　县政府办公室副主任
成　员：欧阳晓　县财政局总会计师
　　　　南星河　县教育局党组成员、学前教育中心主任
"""
POST_FIRST = """附件
领导小组成员名单
组　长：县政府副县长　　　　　沈听澜
副组长：县政府办公室副主任　　季　青
成　员：县财政局总会计师　　　欧阳晓
　　　　县教育局党组成员、学前教育中心主任　南星河
"""
BROKEN = """附件
领导小组成员名单
组　长：县政府副
县长　　　　　沈听
澜
副组长：县政府办公室副主任　　季
青
成　员：县财政局总会计
师　　　欧阳晓
　　　　县教育局党组成员、学前教育中心主任　南星河
"""
BRACKETED = """附件
领导小组成员名单
组长：沈听澜（县政府副县长）
副组长：季青（县政府办公室副主任）
成员：欧阳晓（县财政局总会计师）、南星河（县教育局党组成员、学前教育中心主任）
"""
NO_BLANKS = """附件
领导小组成员名单
组长：县政府副县长沈听澜
副组长：县政府办公室副主任季青
成员：县财政局总会计师欧阳晓、县教育局党组成员、学前教育中心主任南星河
"""
NO_COLONS = """附件
领导小组成员名单
组 长 沈听澜 县政府副县长
副组长 季青 县政府办公室副主任
成 员 欧阳晓 县财政局总会计师
 南星河 县教育局党组成员、学前教育中心主任
"""


def seats(reading: Reading) -> list[tuple[str, str]]:
    return [(seat.role, seat.post) for seat in reading.seats]


@pytest.mark.parametrize(
    "roster", [NAME_FIRST, POST_FIRST, BROKEN, BRACKETED, NO_COLONS],
    ids=["name first", "post first", "broken lines", "brackets", "no colons"],
)  # fmt: skip
def test_a_roster_gives_its_posts_and_no_name(roster: str) -> None:
    reading = read_text(BODY + roster)
    assert seats(reading) == POSTS
    assert [name for name in NAMES if name in str(reading.as_json()).replace(" ", "")] == []


def test_names_may_stand_right_behind_their_posts() -> None:
    reading = read_text(BODY + NO_BLANKS.replace("南星河", "何星河"))
    assert seats(reading) == POSTS
    assert not any(name in str(reading.as_json()) for name in (*NAMES, "何星河"))


def test_a_roster_may_stand_in_a_clause() -> None:
    reading = read_text(
        "一、组成人员\n召集人：沈听澜　副区长\n成　员：季　青　区民政局局长\n"
        "联席会议办公室设在区民政局，季青同志兼任办公室主任。\n二、职责\n负责统筹工作，落实任务。\n"
    )
    assert seats(reading) == [("convenor", "副区长"), ("member", "区民政局局长"), ("office", "区民政局")]
    assert "季青" not in str(reading.as_json())


def test_posts_alone_are_a_roster_too() -> None:
    reading = read_text(
        BODY + "附件\n组　长：分管副县长\n副组长：县卫生健康局局长\n成　员：县教育局、县民政局分管负责同志\n"
    )
    assert seats(reading) == [
        ("convenor", "分管副县长"), ("deputy_convenor", "县卫生健康局局长"),
        ("member", "县教育局分管负责同志"), ("member", "县民政局分管负责同志"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("成立由区长任组长、分管副区长任副组长的领导小组，办公室设在区商务局。",
         [("convenor", "区长"), ("deputy_convenor", "分管副区长"), ("office", "区商务局")]),
        ("成立由副县长沈听澜任组长的专班，专班办公室设在县教育局。",
         [("convenor", "副县长"), ("office", "县教育局")]),
        ("建立由区民政局、区卫生健康局牵头的联席会议机制，区财政局、区公安局参与。",
         [("lead", "区民政局"), ("lead", "区卫生健康局"), ("member", "区财政局"), ("member", "区公安局")]),
        ("由管委会分管领导任召集人，社会事业局、财政局为成员单位，联席会议办公室设在社会事业局。",
         [("convenor", "管委会分管领导"), ("member", "社会事业局"), ("member", "财政局"),
          ("office", "社会事业局")]),
        ("各部门要加强领导，主要负责同志亲自抓。", []),
    ],
)  # fmt: skip
def test_a_sentence_may_set_up_a_group(sentence: str, expected: list[tuple[str, str]]) -> None:
    reading = read_text(f"一、工作目标\n建设机构，落实责任。\n二、保障措施\n{sentence}\n")
    assert seats(reading) == expected
    assert "沈听澜" not in str(reading.as_json())


def test_names_after_labels_are_hidden() -> None:
    reading = read_text(
        "撰稿：谷雨　审核：立夏\n" + BODY + "市长　沈听澜\n2031年3月4日\n编辑｜小满　校对｜芒种　审核｜白露\n"
    )
    said = str(reading.as_json())
    assert [name for name in ("谷雨", "立夏", "沈听澜", "小满", "芒种", "白露") if name in said] == []


def test_a_leader_in_a_bracket_of_units_is_no_unit_and_is_hidden() -> None:
    reading = read_text(
        "一、任务\n（一）建设机构。新建机构。（沈听澜；县教育局牵头，县财政局配合）\n"
        "（二）加强监管。开展检查。（责任领导：季青；责任单位：县公安局；完成时限：2033年6月底前）\n二、保障\n落实责任。\n"
    )
    assert [(c.lead, c.responsible) for c in reading.clauses if c.responsible] == [
        (["县教育局"], ["县财政局"]),
        ([], ["县公安局"]),
    ]
    assert not any(name in str(reading.as_json()) for name in ("沈听澜", "季青"))
