"""What a page, a printer or a scraper put around and into a document: taken out and listed."""

import pytest
from invented import PLAN
from scoring import answer_of

from tuoyu.policy.reading import Reading, read_text


def listed(reading: Reading, kind: str) -> list[str]:
    return [noise.text for noise in reading.noise if noise.kind == kind]


def test_a_page_with_a_box_of_facts_gives_number_and_date() -> None:
    reading = read_text(
        "首页 > 政务公开\n索 引 号：QH-2031-1　　发文日期：2031年03月05日\n"
        "文　　号：青政办发〔2031〕17号\n访问量：231\n关于加强托育服务的意见\n"
        "各区人民政府：\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
        "相关附件：\n打印 关闭\n网站地图\n"
    )
    assert (reading.document_number, reading.date) == ("青政办发〔2031〕17号", "2031-03-05")
    assert reading.title == "关于加强托育服务的意见"
    assert len(listed(reading, "navigation")) == 7


def test_a_title_with_a_word_of_web_pages_stays_the_title() -> None:
    reading = read_text(
        "青禾市2031年政务公开工作要点\n一、目标\n加强公开。\n二、任务\n完善制度，落实责任。\n"
    )
    assert reading.title == "青禾市2031年政务公开工作要点"


def test_numbers_of_pages_that_stand_alone_are_taken_out() -> None:
    lines = PLAN.split("\n")
    long = "加强监管，完善托育服务管理制度，落实安全责任，保障婴幼儿健康，推进机构规范发展。" * 5
    text = "\n".join([*lines[:11], "1", *lines[11:], long[:60], "2", long[60:]])
    assert listed(read_text(text), "page mark") == ["1", "2"]


def test_what_is_printed_beneath_a_document_is_listed_and_gives_no_date() -> None:
    reading = read_text(
        "关于加强托育服务的通知\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
        "青禾市教育局\n2031年3月5日\n"
        "抄送：市委各部门。\n青禾市教育局办公室 2031年3月9日印发\n"
    )
    assert reading.date == "2031-03-05"
    assert len(listed(reading, "imprint")) == 2


def test_a_text_that_ran_together_on_one_line_is_read_like_one_with_lines() -> None:
    begin = PLAN.index("一、工作目标")
    body = (
        PLAN[begin:].replace("一、工作目标\n", "一、工作目标。").replace("二、重点工作\n", "二、重点工作。")
    )
    body = body.replace("三、保障措施\n", "三、保障措施。").replace("\n", "")
    reading = read_text(PLAN[:begin] + body)
    assert answer_of(reading) == answer_of(read_text(PLAN))


def test_a_heading_broken_over_two_lines_is_whole() -> None:
    reading = read_text(
        "　　一、健全支持\n政策体系\n　　（一）强化财政金\n融政策\n　　加大投入，落实责任。\n"
        "　　（二）优化服务\n　　加强监管。\n　　（三）抓好落实\n　　完善制度。\n"
    )
    assert [c.heading for c in reading.clauses] == [
        "健全支持政策体系", "强化财政金融政策", "优化服务", "抓好落实",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "一周食谱\n一、星期一\n早餐：小米粥\n加餐：苹果\n二、星期二\n早餐：山药粥\n加餐：酸奶\n每日饮奶不少于400毫升。\n",
        "第三章　雨夜\n一、二、三……她在心里数着。\n（一）\n第二天雨停了。\n（二）\n“他走了。”有人说。\n",
        "托育知识试卷\n一、选择题\n1.托育机构应当落实的制度是什么？\n2.备案部门是哪个单位？\n二、判断题\n1.机构应当登记。\n",
        "材料\n1. 高筋面粉 300克\n2. 酵母 4克\n3. 鸡蛋 1个\n做法\n1. 揉至光滑，发酵1小时。\n2. 烤15分钟。\n",
    ],
    ids=["menu", "novel", "exam", "recipe"],
)
def test_what_is_numbered_and_no_policy_gives_a_warning_and_no_clause(text: str) -> None:
    reading = read_text(text)
    assert (reading.clauses, reading.targets, bool(reading.warnings)) == ([], [], True)


def test_words_that_are_ours_too_stay_in_a_text_that_only_changed_its_script() -> None:
    import opencc

    plain = "一、目标\n建立健康档案，新增托位，提升品质。\n二、任务\n加强监管，落实责任，提交资料。\n"
    reading = read_text(opencc.OpenCC("s2tw").convert(plain))
    assert (
        "".join(c.text for c in reading.clauses)
        == "建立健康档案，新增托位，提升品质。加强监管，落实责任，提交资料。"
    )


def test_joint_issuers_give_the_first() -> None:
    reading = read_text(
        "青禾市教育局　青禾市财政局\n关于印发青禾市课后服务方案的通知\n青教发〔2031〕3号\n各学校：\n"
        "青禾市教育局　青禾市财政局\n"
        "2031年3月5日\n青禾市课后服务方案\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
    )
    assert reading.issuer == "青禾市教育局"


def test_how_characters_are_read_is_taken_out_of_brackets_behind_them() -> None:
    sounded = (
        PLAN.replace("单位", "单（dān）位").replace("托育", "托育（yu）").replace("工作", "工（gong）作")
    )
    reading = read_text(sounded)
    assert answer_of(reading) == answer_of(read_text(PLAN))
    (said,) = listed(reading, "sound")
    assert "夹注的拼音" in said


def test_a_measure_or_a_letter_in_brackets_is_no_sound() -> None:
    text = "关于加强托育的意见\n一、目标\n距离（km）、甲类（a）。\n二、任务\n加强监管，落实责任。\n"
    assert "距离（km）、甲类（a）。" in read_text(text).clauses[0].text


def test_a_title_in_title_marks_on_its_own_line_is_the_title() -> None:
    reading = read_text(
        "青政办发〔2031〕17号《青禾市人民政府办公室关于加强托育服务的实施意见》\n"
        "《青禾市人民政府办公室关于加强托育服务的实施意见》\n青政办发〔2031〕17号\n各区人民政府：\n"
        "一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
    )
    assert reading.title == "青禾市人民政府办公室关于加强托育服务的实施意见"
    assert reading.issuer == "青禾市人民政府办公室"
    assert reading.document_number == "青政办发〔2031〕17号"


def test_a_number_that_only_the_page_tells_is_the_document_s() -> None:
    reading = read_text(
        "• 制发机关： 青禾市人民政府办公室\n• 文件字号： 青政办发【2031】10号\n• 成文日期：2031-04-19\n"
        "关于加强托育服务的实施意见\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
    )
    assert reading.document_number == "青政办发〔2031〕10号"


def test_a_word_of_the_page_beneath_the_title_is_none_of_it() -> None:
    reading = read_text(
        "青禾市人民政府办公室关于加强托育服务的实施意见\n政策\n政策文号：青政办发〔2031〕10号\n"
        "各区人民政府：\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
    )
    assert reading.title == "青禾市人民政府办公室关于加强托育服务的实施意见"
    assert reading.issuer == "青禾市人民政府办公室"


def test_a_number_among_the_fields_of_a_page_is_the_document_s() -> None:
    reading = read_text(
        "无障碍\n索引号：7/2031-4 时效：现行有效\n公开方式 主动公开 文号 青政办规〔2031〕4号\n首页 > 文件\n"
        "关于加强托育服务的实施意见\n一、目标\n建设机构。\n二、任务\n加强监管，落实责任。\n"
    )
    assert reading.document_number == "青政办规〔2031〕4号"
