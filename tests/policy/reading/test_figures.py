"""Promises as documents write them: comparators, ranges, shares, numerals in words, days."""

import pytest

from tuoyu.policy.reading import read_text

Promise = tuple[str, object, object, str | None, str | None, str | None]


def promises(sentence: str) -> list[Promise]:
    reading = read_text(f"一、工作目标\n{sentence}\n二、保障措施\n加强领导，落实责任。\n")
    return [(t.comparator, t.value, t.value_max, t.unit, t.deadline, t.recurring) for t in reading.targets]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("占比不低于百分之三十。", (">=", 30, None, "%", None, None)),
        ("满意度达到九成以上。", (">=", 90, None, "%", None, None)),
        ("死亡率降至千分之三点五以下。", ("<=", 3.5, None, "‰", None, None)),
        ("培训护理员1.2万人次以上。", (">=", 1.2, None, "万人次", None, None)),
        ("托位数量翻一番。", (">=", 2, None, "倍", None, None)),
        ("收费控制在1800元以内。", ("<=", 1800, None, "元", None, None)),
        ("建成助餐点180个左右。", ("=", 180, None, "个", None, None)),
        ("单园规模6～12班。", ("between", 6, 12, "班", None, None)),
        ("每年新建公办园3至5所。", ("between", 3, 5, "所", None, "year")),
        ("每个街道建设１－２个网点。", ("between", 1, 2, "个", None, None)),
        ("办理时限压缩至1个工作日。", ("<=", 1, None, "个工作日", None, None)),
        ("应当自登记之日起三十日内备案。", ("<=", 30, None, "日", None, None)),
        ("申请材料齐全的，5个工作日办结。", ("<=", 5, None, "个工作日", None, None)),
        ("监控录像保存不得少于90日。", (">=", 90, None, "日", None, None)),
        ("配备专职教师两名。", ("=", 2, None, "名", None, None)),
        ("每季度召开一次会议。", ("=", 1, None, "次", None, "quarter")),
        ("每周巡查不少于1次。", (">=", 1, None, "次", None, "week")),
        ("登记率100%。", ("=", 100, None, "%", None, None)),
        ("人均预期寿命提高到80岁左右。", (">=", 80, None, "岁", None, None)),
        ("完成3批次排查。", ("=", 3, None, "批次", None, None)),
        ("2033年实现街道全覆盖。", (">=", 100, None, "%", "2033-12-31", None)),
        ("2031年至2033年新增托位600个。", ("=", 600, None, "个", "2033-12-31", None)),
        ("困难家庭应改尽改。", ("reached", 100, None, "%", None, None)),
        ("到2033年，改造任务全面完成。", ("reached", None, None, None, "2033-12-31", None)),
    ],
)
def test_a_promise_is_read(sentence: str, expected: Promise) -> None:
    assert promises(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "为0—3岁婴幼儿提供服务。",
        "建立一人一档。",
        "完善“一老一小”服务体系。",
        "推行“一日办结”。",
        "近三年未发生安全事故。",
        "市教育局等5个部门参与。",
        "每月1日至20日不得检查。",
        "按照每千人口配置。",
        "纳入年度考核。",
        "依据第12号令执行。",
        "一次性告知需要补正的内容。",
    ],
)
def test_what_only_looks_like_a_promise_is_none(sentence: str) -> None:
    assert promises(sentence) == []


def test_each_figure_has_the_day_named_before_it() -> None:
    sentence = "到2031年，托位达到3个；到2033年，托位达到5个，每年培训不少于40学时，体系基本形成。"
    assert [(p[1], p[4]) for p in promises(sentence)] == [
        (3, "2031-12-31"), (5, "2033-12-31"), (40, None), (None, "2033-12-31"),
    ]  # fmt: skip


def test_months_of_one_year_each_have_their_figure() -> None:
    sentence = "兑现率2031年6月底达到40%、年底达到100%。"
    assert [(p[1], p[4]) for p in promises(sentence)] == [(40, "2031-06-30"), (100, "2031-12-31")]


def test_points_of_a_list_have_the_year_of_the_sentence_above_them() -> None:
    sentence = "到2033年，实现以下目标：\n——登记率达到100%。\n——建成机构3所。"
    assert [(p[1], p[4]) for p in promises(sentence)] == [(100, "2033-12-31"), (3, "2033-12-31")]


def test_what_a_clause_says_of_the_past_is_no_promise() -> None:
    reading = read_text(
        "一、发展基础\n在园幼儿由1.8万人增加到2.3万人。\n二、主要任务\n新增托位达到300个，落实责任。\n"
    )
    assert [t.clause for t in reading.targets] == ["二"]
