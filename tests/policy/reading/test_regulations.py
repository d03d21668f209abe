"""Regulations: chapters, sections, articles and their items; who passed them and when."""

import pytest

from tuoyu.policy.reading import read_text
from tuoyu.policy.reading.numerals import chinese_number, numeral

ORDER = """青禾市人民政府令
第12号
《青禾市托育机构管理办法》已经市政府常务会议审议通过，现予公布，自2033年1月1日起施行。
市长　沈听澜
2032年10月8日

青禾市托育机构管理办法
目　录
第一章　总则
第二章　设立
第一节　条件
第二节　备案
第三章　附则
第一章　总则
第一条　为了规范托育机构，根据《中华人民共和国人口法》，制定本办法。
第二章　设立
第一节　条件
第二条　设立托育机构，应当具备下列条件：
（一）有场地；
（二）有人员。
第二节　备案
第三条（备案）　机构应当自登记之日起三十日内备案，并依照本办法
第二条的规定提交材料。
第三章　附则
第四条　本办法自2033年1月1日起施行。
"""
IDS = [
    "第一章", "第一章.第一条", "第二章", "第二章.第一节", "第二章.第一节.第二条", "第二章.第一节.第二条.(一)",
    "第二章.第一节.第二条.(二)", "第二章.第二节", "第二章.第二节.第三条", "第三章", "第三章.第四条",
]  # fmt: skip


def test_an_order_gives_chapters_sections_articles_and_items() -> None:
    reading = read_text(ORDER)
    assert [c.id for c in reading.clauses] == IDS
    assert {c.id: c.heading for c in reading.clauses}["第二章.第二节.第三条"] == "备案"
    assert sum(noise.kind == "contents" for noise in reading.noise) == 6


def test_an_order_says_who_gave_it_its_number_and_what_it_rests_on() -> None:
    reading = read_text(ORDER)
    assert (reading.title, reading.issuer) == ("青禾市托育机构管理办法", "青禾市人民政府")
    assert (reading.document_number, reading.date) == ("青禾市人民政府令第12号", "2032-10-08")
    assert [basis.title for basis in reading.basis] == ["中华人民共和国人口法"]
    assert "沈听澜" not in str(reading.as_json())


def test_a_regulation_says_which_congress_passed_it() -> None:
    reading = read_text(
        "青禾市养老服务条例\n（2032年6月5日青禾市第七届人民代表大会常务委员会第三次会议通过）\n"
        "第一条　为了发展养老服务，制定本条例。\n第二条　各级人民政府应当加强保障。\n"
    )
    assert (reading.title, reading.issuer, reading.date) == (
        "青禾市养老服务条例", "青禾市人民代表大会常务委员会", "2032-06-05",
    )  # fmt: skip


def test_a_regulation_run_together_is_read_like_one_with_lines() -> None:
    together = "".join(line.replace("　", "") for line in ORDER[ORDER.rindex("第一章") :].split("\n"))
    assert [c.id for c in read_text(together).clauses] == IDS


@pytest.mark.parametrize("count", [10, 20, 110, 121])
def test_articles_count_beyond_a_hundred(count: int) -> None:
    text = "\n".join(f"第{numeral(n)}条　机构应当落实责任。" for n in range(1, count + 1))
    assert read_text(text).clauses[-1].id == f"第{numeral(count)}条"
    assert len(read_text(text).clauses) == count


def test_numerals_are_read_as_they_are_written() -> None:
    assert all(chinese_number(numeral(n)) == n for n in range(1, 10_000))
    assert (chinese_number("二〇三五"), chinese_number("三万五千"), chinese_number("甲")) == (
        2035,
        35_000,
        None,
    )
