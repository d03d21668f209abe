"""Tables in a text: parted by tabs, drawn with lines, or with each cell on a line of its own."""

import pytest

from tuoyu.policy.reading import Reading, read_text

BODY = "一、目标\n建设机构，落实责任。\n二、任务\n加强监管。\n附件\n重点任务分工表\n"
ROWS = [
    ["序号", "重点任务", "牵头单位", "责任单位", "完成时限"],
    ["1", "建设公办机构", "市发展改革委", "市财政局、市教育局", "2033年底"],
    ["2", "开展联合检查", "市卫生健康委", "市公安局", "每年"],
]
DUTIES = [
    ("市发展改革委", "建设公办机构"), ("市财政局", "建设公办机构"), ("市教育局", "建设公办机构"),
    ("市卫生健康委", "开展联合检查"), ("市公安局", "开展联合检查"),
]  # fmt: skip
TABBED = "\n".join("\t".join(row) for row in ROWS)
SPACED = "\n".join("      ".join(row) for row in ROWS)
DRAWN = "┌──┬──┐\n" + "\n├──┼──┤\n".join("│" + "│".join(row) + "│" for row in ROWS) + "\n└──┴──┘"
MARKED = "\n".join("| " + " | ".join(row) + " |" for row in [ROWS[0], ["---"] * 5, *ROWS[1:]])
STACKED = "\n".join(cell for row in ROWS for cell in row)


def duties(reading: Reading) -> list[tuple[str, str]]:
    return [(duty.department, duty.text) for duty in reading.duties]


@pytest.mark.parametrize(
    "table", [TABBED, SPACED, DRAWN, MARKED, STACKED], ids=["tabs", "blanks", "drawn", "bars", "stacked"]
)
def test_a_table_of_tasks_gives_duties_and_no_clause(table: str) -> None:
    reading = read_text(f"{BODY}{table}\n")
    assert duties(reading) == DUTIES
    assert [c.id for c in reading.clauses] == ["一", "二"]


def test_a_table_of_units_gives_their_duties() -> None:
    reading = read_text(
        "一、目标\n建设机构，落实责任。\n二、任务\n加强监管。\n附件\n部门\t主要职责\n县教育局\t负责培养人才。\n县民政局\t负责登记。\n"
    )
    assert duties(reading) == [("县教育局", "负责培养人才。"), ("县民政局", "负责登记。")]


@pytest.mark.parametrize(
    "header", ["联席会议职务\t姓名\t单位及职务", "职务\t姓名\t所在单位及职务", "角色\t姓名\t职务"]
)
def test_a_table_of_persons_tells_what_they_are_there_from_their_posts(header: str) -> None:
    reading = read_text(
        f"一、目标\n建设机构，落实责任。\n二、任务\n加强监管。\n附件\n{header}\n召集人\t林晚舟\t县政府副县长\n"
        "副召集人\t季青\t县教育局局长\n成员\t南星河\t县财政局总会计师\n"
    )
    assert [(seat.role, seat.post) for seat in reading.seats] == [
        ("convenor", "县政府副县长"), ("deputy_convenor", "县教育局局长"), ("member", "县财政局总会计师"),
    ]  # fmt: skip
    assert not any(name in str(reading.as_json()) for name in ("林晚舟", "季青", "南星河"))


def test_a_table_of_indicators_gives_promises_of_the_clause_it_stands_in() -> None:
    reading = read_text(
        "一、目标\n建设机构，落实责任。\n专栏1　主要指标\n"
        "序号\t指标名称\t单位\t2031年现状值\t2035年目标值\t属性\n1\t每千人口托位数\t个\t3.1\t≥4.6\t预期性\n"
        "2\t普惠托位占比（%）\t\t50\t65以上\t约束性\n二、任务\n加强监管。\n"
    )
    assert [(t.clause, t.text, t.comparator, t.value, t.unit, t.deadline) for t in reading.targets] == [
        ("一", "每千人口托位数", ">=", 4.6, "个", "2035-12-31"),
        ("一", "普惠托位占比（%）", ">=", 65, "%", "2035-12-31"),
    ]


def test_a_table_whose_columns_say_nothing_known_stays_text() -> None:
    reading = read_text("一、目标\n建设机构。\n颜色\t大小\n红\t小\n二、任务\n加强监管，落实责任。\n")
    assert "红" in reading.clauses[0].text
