"""What is done to a text on its way must not change what is read of it."""

import re

import opencc
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import CODE, OPINION, PLAN, TASKS
from scoring import answer_of

from tuoyu.policy.reading import read_text

DOCUMENTS = (PLAN, OPINION, CODE, TASKS)
ANSWERS = {text: answer_of(read_text(text)) for text in DOCUMENTS}
HAN = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile("第.[章节条]")
# Spoiled, they announce no person any more; that is for whoever reads over it.
ANNOUNCED = re.compile("责任领导")
# Characters no policy document uses; put into words they are what a scraped page is spoiled with.
JUNK = "悼纹埋堡谅腿翻盛循汗捆糊鳄"
WIDE = str.maketrans("0123456789,:;()%", "０１２３４５６７８９，：；（）％")
NARROW = str.maketrans("，：；（）％", ",:;()%")

documents = st.sampled_from(DOCUMENTS)
few = settings(max_examples=40, deadline=None)
junk = st.text(alphabet=JUNK, min_size=2, max_size=4)


def breakable(text: str) -> list[int]:
    """Where a line may break: anywhere, save in a roster of persons or a row of a table."""
    roster = text.find("成员名单\n") if text == TASKS else text.find("组成人员名单\n召")
    roster = len(text) if roster < 0 else roster
    after = len(text) if text == TASKS else text.find("附件 2")
    return [at for at in range(1, len(text)) if at < roster or at > after]


@few
@given(documents, st.data())
def test_page_marks_change_nothing(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    for number in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(1, len(lines)))
        mark = data.draw(st.sampled_from(["— {} —", "- {} -", "第 {} 页", "第{}页 共9页"]))
        lines.insert(at, mark.format(number + 1))
    reading = read_text("\n".join(lines))
    assert answer_of(reading) == ANSWERS[text]
    assert any(noise.kind == "page mark" for noise in reading.noise)


@few
@given(documents, st.data())
def test_lines_broken_anywhere_change_nothing(text: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.sampled_from(breakable(text)), max_size=12))
    broken = "".join(("\n" if at in places else "") + char for at, char in enumerate(text))
    assert answer_of(read_text(broken)) == ANSWERS[text]


@few
@given(st.integers(18, 40))
def test_lines_broken_at_a_width_change_nothing(width: int) -> None:
    lines = [line[at : at + width] for line in PLAN.split("\n") for at in range(0, len(line) or 1, width)]
    assert answer_of(read_text("\n\n".join(lines))) == ANSWERS[PLAN]


@few
@given(documents, st.data())
def test_a_text_given_twice_changes_nothing(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    start = data.draw(st.integers(0, len(lines) * 2 // 3))
    reading = read_text(text + "\n" + "\n".join(lines[start:]))
    assert answer_of(reading) == ANSWERS[text]
    assert any(noise.kind == "repeated" for noise in reading.noise)


@few
@given(documents, st.sampled_from(["s2t", "s2tw", "s2twp", "s2hk"]))
def test_the_script_changes_nothing(text: str, conversion: str) -> None:
    reading = read_text(opencc.OpenCC(conversion).convert(text))
    assert answer_of(reading) == ANSWERS[text]
    assert reading.script == "traditional"


@few
@given(documents, st.data())
def test_widths_change_nothing(text: str, data: st.DataObject) -> None:
    lines = [
        line.translate(data.draw(st.sampled_from([WIDE, NARROW, {}]))) if line else line
        for line in text.split("\n")
    ]
    assert answer_of(read_text("\n".join(lines))) == ANSWERS[text]


@few
@given(documents, junk, st.data())
def test_junk_in_one_of_two_copies_changes_nothing(text: str, put_in: str, data: st.DataObject) -> None:
    spoiled = spoil(text, put_in, data)
    copies = [spoiled, text] if data.draw(st.booleans()) else [text, spoiled]
    reading = read_text("\n".join(copies))
    assert answer_of(reading) == ANSWERS[text]
    assert put_in not in "".join(clause.text for clause in reading.clauses)
    assert any(put_in in noise.text for noise in reading.noise)


@few
@given(documents, junk, st.data())
def test_junk_elsewhere_leaves_ids_units_and_figures_and_is_listed(
    text: str, put_in: str, data: st.DataObject
) -> None:
    reading = read_text(spoil(text, put_in, data))
    answer = answer_of(reading)
    assert answer.ids == ANSWERS[text].ids
    assert answer.units == ANSWERS[text].units
    assert [t[2:5] for t in answer.targets] == [t[2:5] for t in ANSWERS[text].targets]
    assert any(put_in in noise.text for noise in reading.noise if noise.kind in ("suspect", "junk"))


def spoil(text: str, put_in: str, data: st.DataObject) -> str:
    """Junk inside a word of a clause, where two characters of the script stand together."""
    begin, end = text.index("第一条" if text == CODE else "一、"), text.find("附件")
    end = len(text) if end < 0 else end
    apart = (*NUMBER.finditer(text), *ANNOUNCED.finditer(text))
    kept = {at for found in apart for at in range(found.start(), found.end())}
    inside = [at for at in range(begin + 3, end) if HAN.match(text[at - 1]) and HAN.match(text[at])]
    inside = [at for at in inside if at not in kept]
    at = data.draw(st.sampled_from(inside))
    return text[:at] + put_in + text[at:]
