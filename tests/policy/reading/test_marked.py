"""The source beside its reading: what was kept, what was struck out, where clauses begin, names nowhere."""

import re

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import NAMES, OPINION, PLAN, PROSE, REGULATION

from tuoyu.policy.reading import Marked, Reading, mark_bytes, mark_text
from tuoyu.policy.reading.characters import tidied
from tuoyu.policy.reading.names import HIDDEN

few = settings(max_examples=40, deadline=None)
CONTACT = "联系人：韩雪原，电话：13812345678。\n"


def whole(marked: Marked) -> str:
    return "".join(segment.text for segment in marked.segments)


def struck(marked: Marked, kind: str) -> str:
    return "".join(segment.text for segment in marked.segments if segment.struck == kind)


def anchors(marked: Marked) -> dict[str, str]:
    return {segment.clause: segment.text for segment in marked.segments if segment.clause}


@few
@given(st.sampled_from((PLAN, REGULATION, PROSE)), st.data())
def test_the_segments_together_are_the_source(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(0, 4))):
        added = data.draw(st.sampled_from(["— 3 —", "网站首页 > 政务公开", "十二、", "（", "", "鳄谅循"]))
        lines.insert(data.draw(st.integers(0, len(lines))), added)
    source = "\n".join(lines) * data.draw(st.integers(1, 2))
    assert whole(mark_text(source)) == tidied(source, Reading())


@few
@given(st.sampled_from(("s2t", "s2tw", "s2twp", "s2hk")), st.integers(1, 2))
def test_the_source_is_shown_in_its_own_script(conversion: str, times: int) -> None:
    source = opencc.OpenCC(conversion).convert(PLAN * times)
    marked = mark_text(source)
    assert whole(marked) == tidied(source, Reading())
    assert struck(marked, "repeated").replace("\n", "") == (
        tidied(opencc.OpenCC(conversion).convert(PLAN), Reading()).replace("\n", "") if times == 2 else ""
    )


def test_every_clause_begins_somewhere_in_the_source() -> None:
    for text in (PLAN, OPINION, REGULATION, opencc.OpenCC("s2twp").convert(PLAN)):
        marked = mark_text(text)
        found = anchors(marked)
        assert [clause.id for clause in marked.reading.clauses] == [key for key in found if key != "附件"]
    assert anchors(mark_text(PLAN))["二.(一).2"].startswith("2.支持幼儿园办托班")
    assert anchors(mark_text(PLAN))["二.(二).3#2"].startswith("鼓励职业院校")
    assert anchors(mark_text(OPINION))["附件"].startswith("附件：1.联席会议")


def test_noise_is_struck_out_with_its_kind() -> None:
    body = PLAN.replace("二、重点工作", "— 3 —\n二、重点工作")
    marked = mark_text("网站首页 > 政务公开\n" + body + "打印本页 关闭窗口\n")
    assert struck(marked, "page mark").strip() == "— 3 —"
    assert "网站首页" in struck(marked, "navigation")
    assert "重点工作" not in struck(marked, "page mark") + struck(marked, "navigation")


def test_a_second_copy_is_struck_out_and_what_spoiled_the_first_too() -> None:
    marked = mark_text(PLAN.replace("闲置房屋", "闲置鳄谅循房屋") + PLAN)
    assert struck(marked, "difference") == "鳄谅循"
    assert len(struck(marked, "repeated")) > len(PLAN) * 0.9


def test_what_is_suspect_is_marked_and_kept() -> None:
    marked = mark_text(PLAN.replace("闲置房屋", "闲置鳄谅循房屋"))
    assert [segment.text for segment in marked.segments if segment.suspect] == ["鳄谅循"]
    assert not any(segment.struck for segment in marked.segments if segment.suspect)


@few
@given(st.booleans(), st.booleans(), st.sampled_from(("", "s2t", "s2twp")), st.booleans())
def test_names_and_telephones_are_hidden_in_all_of_the_source(
    doubled: bool, spoiled: bool, conversion: str, contact: bool
) -> None:
    text = OPINION.replace("附件 2", (CONTACT if contact else "") + "附件 2")
    text = text + (text.replace("韩雪原", "韩鳄谅雪原") if spoiled else text) if doubled else text
    marked = mark_text(opencc.OpenCC(conversion).convert(text) if conversion else text)
    shown = re.sub(r"\s", "", opencc.OpenCC("t2s").convert(whole(marked)))
    for name in (*NAMES, "13812345678"):
        assert re.sub(r"\s", "", name) not in shown
    assert whole(marked).count(HIDDEN) >= 5


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize(
    "lines",
    [
        "组长：韩雪原",
        "成员：丁野 欧远舟 贺晴",
        "组 长：韩雪原（县政府副县长）",
        "成员：丁 野、龙清越",
        "签发人：韩雪原",
        "姓名 职务\n韩雪原 县政府副县长\n丁野 县教育局局长\n贺晴\n县公安局副局长",
        "召集人\t韩雪原\t县政府副县长\n成员\t丁野\t县教育局局长",
        "组 长：县政府副县长 韩雪原\n副组长：县教育局局长 丁 野\n县民政局副局长 龙清越",
        "成立领导小组，由县长韩雪原任组长，贺晴、龙清越、欧远舟为成员。",
        "联 系 人：丁 野 13812345678",
        "（联系人及电话：韩雪原，13812345678）",
        "参加人员：韩雪原、丁野、欧远舟",
    ],
)
def test_names_of_a_roster_the_reader_does_not_know_are_hidden_too(lines: str, place: str) -> None:
    marked = mark_text(f"{lines}\n{PLAN}" if place == "before" else f"{PLAN}附件\n名单\n{lines}\n")
    shown = re.sub(r"\s", "", whole(marked) + str(marked.reading.as_json()))
    assert not [name for name in (*NAMES, "13812345678") if re.sub(r"\s", "", name) in shown]


def test_no_word_of_the_document_is_taken_for_a_name() -> None:
    for text in (PLAN, REGULATION, PROSE):
        assert HIDDEN not in whole(mark_text(text))
    broken = "\n".join(PLAN[at : at + 23] for at in range(0, len(PLAN), 23))
    assert HIDDEN not in whole(mark_text(broken))


def test_what_is_no_document_is_shown_as_it_is() -> None:
    marked = mark_text(PROSE)
    assert whole(marked) == PROSE
    assert anchors(marked) == {}


def test_a_file_is_marked_like_its_text() -> None:
    assert mark_bytes(PLAN.encode("gb18030"), "a.txt").segments == mark_text(PLAN).segments
