"""Files made to do harm, and files that are not what they seem: one clear sentence, in bounded time."""

import io
import random
import time
import zipfile
from pathlib import Path

import pytest
from invented import PLAN
from making import docx, pdf, written
from scoring import answer_of

from tuoyu.policy.reading import Unreadable, read_file, read_text
from tuoyu.policy.reading.model import Reading
from tuoyu.policy.reading.numerals import numeral
from tuoyu.policy.reading.sources import text_of_bytes


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_file(path)
    sentence = str(caught.value)
    assert sentence.endswith("。")
    return sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_any_common_encoding(tmp_path: Path, encoding: str) -> None:
    reading = read_file(written(tmp_path, "plan.txt", PLAN.encode(encoding)))
    assert answer_of(reading) == answer_of(read_text(PLAN))
    assert (encoding == "utf-8") == all(noise.kind != "encoding" for noise in reading.noise)


def test_a_docx_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    reading = read_file(written(tmp_path, "plan.docx", docx(PLAN.split("\n"))))
    assert answer_of(reading) == answer_of(read_text(PLAN))


def test_nulls_and_controls_are_taken_out_and_noted() -> None:
    reading = read_text(PLAN.replace("卫生", "卫\x00生").replace("托育", "托\u200b育"))
    assert answer_of(reading) == answer_of(read_text(PLAN))
    assert any(noise.kind == "control" for noise in reading.noise)


def test_a_text_of_fifty_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "long.txt", "托育服务。".encode() * (50 * 1024 * 1024 // 15))
    start = time.process_time()
    assert "上限" in refused(path)
    assert time.process_time() - start < 2


def test_a_docx_that_is_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = docx([], xml=b"<a>" + b" " * (60 * 1024 * 1024) + b"</a>")
    assert "压缩炸弹" in refused(written(tmp_path, "bomb.docx", bomb))


def test_a_docx_with_entities_or_without_end_is_refused(tmp_path: Path) -> None:
    entities = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "实体" in refused(written(tmp_path, "entities.docx", docx([], xml=entities)))
    deep = b"<a>" * 5000 + b"</a>" * 5000
    assert "嵌套" in refused(written(tmp_path, "deep.docx", docx([], xml=deep)))
    assert "损坏" in refused(written(tmp_path, "broken.docx", docx([], xml=b"<a><b></a>")))


def test_a_zip_that_is_no_docx_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("other.txt", "x")
    assert "docx" in refused(written(tmp_path, "other.docx", file.getvalue()))
    assert "docx" in refused(written(tmp_path, "cut.docx", file.getvalue()[:20]))


def test_a_pdf_without_text_is_told_from_one_with_text(tmp_path: Path) -> None:
    assert "没有文字" in refused(written(tmp_path, "empty.pdf", pdf("#rect(width: 5cm)")))
    assert "pdf" in refused(written(tmp_path, "broken.pdf", b"%PDF-1.7 nothing"))
    lines = "\n\n".join(f"line {n} of a text that is no Chinese document" for n in range(9))
    reading = read_file(written(tmp_path, "english.pdf", pdf(lines)))
    assert (reading.clauses, bool(reading.warnings)) == ([], True)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Unreadable):
        text_of_bytes(bytes(range(128, 256)) * 200, "noise.bin", Reading())
    with pytest.raises(Unreadable, match="docx"):
        text_of_bytes(b"\xd0\xcf\x11\xe0" + bytes(100), "old.doc", Reading())


def test_a_document_of_twenty_pages_takes_less_than_two_seconds() -> None:
    words = ["托育机构", "备案登记", "安全监管", "人才培训", "社区设施", "财政补助", "家庭指导", "卫生保健"]
    chance = random.Random(7)

    def sentence() -> str:
        return "，".join(f"{a}与{b}统筹推进" for a, b in (chance.sample(words, 2) for _ in range(4))) + "。"

    text = "".join(
        f"{numeral(n)}、任务{numeral(n)}\n"
        + "".join(
            f"（{numeral(k)}）事项{numeral(n * k)}。{sentence()}（责任单位：市教育局）\n" for k in range(1, 7)
        )
        for n in range(1, 52)
    )
    assert len(text) > 15_000
    start = time.process_time()
    reading = read_text(text)
    assert time.process_time() - start < 2
    assert len(reading.clauses) > 300


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    refused(tmp_path / "none.txt")
    refused(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "（" * 20_000,
        "一、" * 20_000,
        "一、总则\n" + "（一" * 10_000 + "\n二、其他\n",
        "一、总则\n" + "县" * 60_000 + "\n二、其他\n附件\n职责分工\n" + "县局" * 20_000,
        "一、总则\n" + "不少于" * 20_000 + "\n二、其他\n",
        "一、总则\n以下均需" + "各区政府、" * 10_000 + "\n二、其他\n",
        "一、总则\n（责任单位：" + "市教育局、" * 10_000 + "）\n二、其他\n",
        "一、总则\n二、其他\n附件\n成员：" + "王小明县民政局局长" * 5_000,
        "\n" * 100_000,
        "《" * 30_000 + "一、总则\n二、其他\n",
        "托育服务发展" * 20_000,
        "一、总则\n二、其他\n" + "负责" * 30_000,
        "一、总则\n落实责任\n二、其他\n组长：" + "王小明 县民政局局长\n" * 5_000,
        "一、总则\n落实责任\n二、其他\n" + "组长：" * 20_000,
        "一、总则\n落实责任\n二、其他\n" + "序号\t任务\t牵头单位\n" * 5_000,
        "一、总则\n落实责任\n二、其他\n序号\n任务\n牵头单位\n" + "1\n建设\n市教育局\n" * 5_000,
        "一、总则\n落实责任" + "三" * 50_000 + "\n二、其他\n",
        "一、总则\n落实责任" + "20" * 30_000 + "\n二、其他\n",
        "一、总则\n落实责任" + "2033年底前建成3所，" * 8_000 + "\n二、其他\n",
        "一、总则\n落实责任" + "\n责任单位：市教育局、市民政局" * 6_000 + "\n二、其他\n",
        "一、总则\n落实责任\n二、其他\n附件\n" + "部门职责\n" * 10_000,
        "目录\n" + "第一章\n" * 20_000,
        "第一条" * 30_000,
        "|一|二|三|\n" * 10_000,
        " \n" * 100_000 + "一、总则\n落实责任\n二、其他\n",
        "由县长任组长，" * 10_000 + "\n一、总则\n落实责任\n二、其他\n",
        "一、总则\n落实责任" + "跪谎吼棍，" * 20_000 + "\n二、其他\n",
    ],
    ids=range(27),
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    start = time.process_time()
    read_text(text)
    assert time.process_time() - start < 5
