"""Every structure of real documents, in short documents of places that do not exist."""

import pytest
from invented import NAMES, OPINION, PLAN, PLAN_TARGETS, PLAN_UNITS, PROSE, REGULATION
from scoring import answer_of

from tuoyu.policy.reading import Reading, read_text


def kinds(reading: Reading) -> list[str]:
    return [noise.kind for noise in reading.noise]


def units(text: str) -> tuple[list[str], list[str]]:
    """Leads and responsible units of a bracket, read as part of a document."""
    reading = read_text(
        f"一、工作任务\n（一）建设机构。新建机构。{text}\n（二）加强监管。开展检查。\n二、保障措施\n"
    )
    (clause,) = [c for c in reading.clauses if c.id == "一.(一)"]
    return clause.lead, clause.responsible


def targets(sentence: str) -> list[tuple[str, object, object, str | None, str | None, str | None]]:
    reading = read_text(f"一、工作目标\n{sentence}\n二、保障措施\n加强领导，落实责任。\n")
    return [(t.comparator, t.value, t.value_max, t.unit, t.deadline, t.recurring) for t in reading.targets]


def test_a_plan_gives_its_clauses_with_leads_responsible_and_default_units() -> None:
    read = {
        c.id: {k: v for k in ("lead", "responsible", "default_responsible") if (v := getattr(c, k))}
        for c in read_text(PLAN).clauses
    }
    assert list(read) == list(PLAN_UNITS)
    assert read == PLAN_UNITS


def test_a_plan_gives_its_targets_with_figures_and_days() -> None:
    assert list(answer_of(read_text(PLAN)).targets) == PLAN_TARGETS


def test_a_plan_says_what_it_is_and_what_it_rests_on() -> None:
    reading = read_text(PLAN)
    assert reading.title == "青禾市托育服务发展工作方案"
    assert reading.document_number == "青政办发〔2031〕17号"
    assert (reading.issuer, reading.date) == ("青禾市人民政府办公室", "2031-03-05")
    assert [(b.title, b.number) for b in reading.basis] == [
        ("省人民政府关于发展托育服务的意见", "青河政发〔2030〕9号")
    ]


def test_headings_end_where_the_text_begins() -> None:
    headings = {c.id: c.heading for c in read_text(PLAN).clauses}
    assert headings["一"] == "工作目标"
    assert headings["二.(一).1"] == "建设托育机构"
    assert headings["二.(二).3#2"] == ""


def test_the_conference_in_a_clause_gives_seats() -> None:
    seats = [(s.role, s.post) for s in read_text(PLAN).seats]
    assert seats == [
        ("lead", "卫生健康部门"), ("member", "教育部门"), ("member", "民政部门"), ("member", "财政部门"),
    ]  # fmt: skip


def test_an_opinion_broken_over_lines_gives_title_number_date_and_units() -> None:
    reading = read_text(OPINION)
    assert reading.title == "石泉湾县人民政府办公室关于促进托育服务的实施意见"
    assert (reading.document_number, reading.date) == ("石政办发〔2032〕8号", "2032-06-18")
    assert reading.issuer == "石泉湾县人民政府办公室"
    assert [c.responsible for c in reading.clauses if c.responsible] == [
        ["县总工会", "县妇联"],
        ["县卫生健康局", "县市场监管局"],
    ]
    assert [t.value for t in reading.targets] == [1]


def test_annex_duties_are_found_with_and_without_a_mark_between() -> None:
    duties = {d.department: d.text for d in read_text(OPINION).duties}
    assert list(duties) == ["县总工会", "县委编办", "县教育和体育局", "县卫生健康局", "县供电公司"]
    assert duties["县卫生健康局"].endswith("负责卫生保健指导")
    assert "抄送" not in "".join(duties.values())


def test_a_roster_gives_posts_and_the_office() -> None:
    assert [(s.role, s.post) for s in read_text(OPINION).seats] == [
        ("convenor", "县政府副县长"),
        ("deputy_convenor", "县卫生健康局局长"),
        ("member", "县教育和体育局副局长"),
        ("member", "县公安局党委委员、一级警长"),
        ("member", "团县委副书记"),
        ("office", "县卫生健康局"),
    ]


def test_no_personal_name_leaves_the_reader() -> None:
    said = str(read_text(OPINION).as_json())
    assert [name for name in NAMES if name in said] == []


def test_a_name_in_running_text_is_hidden() -> None:
    reading = read_text(
        "一、组织领导\n领导小组办公室主任由韩雪原同志兼任。\n二、联系\n联系人：丁野，电话13900000000。\n"
    )
    said = str(reading.as_json())
    assert not any(private in said for private in ("韩雪原", "丁野", "13900000000"))


def test_a_regulation_is_numbered_by_chapters_and_articles() -> None:
    assert [c.id for c in read_text(REGULATION).clauses] == [
        "第一章", "第一章.第一条", "第一章.第二条", "第二章", "第二章.第三条", "第二章.第三条.(一)",
        "第二章.第三条.(二)", "第二章.第四条",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bracket", "lead", "responsible"),
    [
        ("（责任单位:县民政局、县妇联）", [], ["县民政局", "县妇联"]),
        ("（牵头单位：市教育局；配合单位：市财政局，各镇街）", ["市教育局"], ["市财政局", "各镇街"]),
        ("（责任单位：各市、州、县人民政府，省民政厅）", [], ["各市、州、县人民政府", "省民政厅"]),
        ("（责任单位：县公安局、县妇联等按职责分工负责）", [], ["县公安局", "县妇联"]),
        ("（市教育局牵头，市民政局、市妇联配合）", ["市教育局"], ["市民政局", "市妇联"]),
        ("（国家卫生健康委、教育部按职责分工负责）", [], ["国家卫生健康委", "教育部"]),
        ("【责任单位：区卫生健康局】", [], ["区卫生健康局"]),
        ("（责任\n单位：区卫生\n健康局、区民\n政局）", [], ["区卫生健康局", "区民政局"]),
        ("（以下简称机构）", [], []),
        ("（含技工院校）", [], []),
    ],
)
def test_brackets_give_leads_and_responsible_units(
    bracket: str, lead: list[str], responsible: list[str]
) -> None:
    assert units(bracket) == (lead, responsible)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全市至少建成1个示范机构。", (">=", 1, None, "个", None, None)),
        ("入托率超过30%。", (">", 30, None, "%", None, None)),
        ("持证率达到１００％。", (">=", 100, None, "%", None, None)),
        ("各县建成1—2个托育机构。", ("between", 1, 2, "个", None, None)),
        ("每班人数不超过20人。", ("<=", 20, None, "人", None, None)),
        ("2030年前建成5所托育机构。", ("=", 5, None, "所", "2029-12-31", None)),
        ("到2030年6月底前，新增托位不少于4.5个。", (">=", 4.5, None, "个", "2030-06-30", None)),
        ("每年组织不少于一次的检查。", (">=", 1, None, "次", None, "year")),
        ("按照每千人口不少于10个托位规划建设。", (">=", 10, None, "个托位", None, None)),
        ("到2030年，管理机制初步建立。", ("reached", None, None, None, "2030-12-31", None)),
        ("打造15分钟社区服务圈。", ("<=", 15, None, "分钟", None, None)),
    ],
)
def test_promises_are_found_with_comparator_figure_unit_and_day(
    sentence: str, expected: tuple[object, ...]
) -> None:
    assert targets(sentence) == [expected]


def test_ages_editions_and_document_numbers_are_no_targets() -> None:
    assert (
        targets(
            "招收2至3岁幼儿，依据《设计规范（2019年版）》（公告2019年第237号）执行，对12个月以下婴儿家长指导。"
        )
        == []
    )


def test_navigation_around_a_document_is_taken_out_and_noted() -> None:
    plain = read_text(OPINION.replace("联席会议组成", "名单")).clauses
    around = f"首页 > 政务公开\n更多\n{PLAN}来源：青禾市政府网站\n相关解读：\n热门词条\n"
    reading = read_text(around)
    assert answer_of(reading) == answer_of(read_text(PLAN))
    assert reading.title == "青禾市托育服务发展工作方案"
    assert kinds(reading).count("navigation") == 5
    assert plain


def test_a_missing_annex_is_said() -> None:
    reading = read_text(PLAN + "附件：青禾市托育服务职责分工\n")
    assert any("附件" in warning for warning in reading.warnings)


def test_a_missing_title_is_said() -> None:
    reading = read_text("一、目标\n建设机构。\n二、任务\n加强监管。\n")
    assert any("标题" in warning for warning in reading.warnings)


def test_a_text_without_structure_gives_a_warning_and_no_clause() -> None:
    reading = read_text(PROSE)
    assert (reading.clauses, reading.targets, reading.duties, reading.seats) == ([], [], [], [])
    assert reading.warnings


@pytest.mark.parametrize("text", ["", "\n\n", "hello world", "1. one\n2. two\n3. three\n"])
def test_what_is_no_chinese_document_is_refused(text: str) -> None:
    reading = read_text(text)
    assert (reading.clauses, bool(reading.warnings)) == ([], True)


def test_a_number_that_does_not_follow_stays_text() -> None:
    reading = read_text("一、目标\n建设机构。\n七、另说\n二、任务\n加强监管。\n")
    assert [c.id for c in reading.clauses] == ["一", "二"]
    assert "numbering" in kinds(reading)


def test_units_stand_also_without_a_bracket_lead_and_responsible_on_lines_of_their_own() -> None:
    reading = read_text(
        "一、保障用地\n各地要规划托育用地。\n牵头单位：省自然资源厅\n责任单位：省民政厅，各市（州）人民政府\n"
        "二、培养人才\n开展培训。责任单位：省教育厅、省总工会\n"
    )
    assert [(c.lead, c.responsible) for c in reading.clauses] == [
        (["省自然资源厅"], ["省民政厅", "各市（州）人民政府"]),
        ([], ["省教育厅", "省总工会"]),
    ]


def test_a_clause_of_one_sentence_is_looked_at_for_promises() -> None:
    reading = read_text("一、要求\n（一）2033年6月底前完成100%的备案。\n（二）每季度至少检查1次。\n")
    assert [(t.value, t.unit, t.deadline, t.recurring) for t in reading.targets] == [
        (100, "%", "2033-06-30", None),
        (1, "次", None, "quarter"),
    ]


def test_a_day_written_in_chinese_numerals_and_the_issuer_above_it_are_read() -> None:
    reading = read_text(
        "关于做好托育备案工作的通知\n一、范围\n全市的机构。\n二、要求\n按时完成。\n"
        "附件：1.清单\n2.承诺书\n青禾市卫生健康委员会\n二〇三三年三月十五日\n"
    )
    assert (reading.title, reading.issuer, reading.date) == (
        "关于做好托育备案工作的通知",
        "青禾市卫生健康委员会",
        "2033-03-15",
    )
