"""A pack with a mistake: each is found at its file and line, with what to do, and nothing is loaded."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import actions
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.jurisdictions.packs import PacksInvalid, read_packs

SOMEBODY = Actor.system("测试")
PACK = """code = "110101"
slug = "mine"
name = "东城区"
level = "county"
inherits = "cn"
[document]
title = "方案"
"""
CLAUSE = """[[clause]]
id = "一"
kind = "section"
heading = "总则"
summary = "我们的话"
"""
RULE = """[[rule]]
key = "visit.days"
value = 5
unit = "day"
clause = "一"
force = "local"
confidence = "high"
"""
OUTLINE = """[[assessment]]
key = "local"
version = "1"
name = "标准"
document = "标准"
force = "local"
confidence = "high"
total = 10

[[assessment.chapter]]
code = "1"
name = "章"
points = 10
item = [{ code = "1.1", text = "项", points = 4 }]

"""
STEP = """[[procedure.step]]
key = "{key}"
name = "步"
kind = "check"
department = "health"
clause = "一"
"""
PROCEDURE = """[[procedure]]
key = "mine"
name = "事"
clause = "一"
"""
ROUTE = '[[procedure.route]]\nname = "registration"\nclause = "一"\n'

# What is broken: the file, its text, the line that must be named, and words the sentence must hold.
MISTAKES: dict[str, tuple[str, str, int, str]] = {
    "a missing key": ("clauses.toml", CLAUSE.replace('heading = "总则"\n', ""), 1, "缺少 heading"),
    "an unknown key": ("clauses.toml", CLAUSE + 'colour = "red"\n', 6, "不认识的键 colour"),
    "a wrong type": ("clauses.toml", CLAUSE + 'lead = "省政府"\n', 6, "lead 的类型不对"),
    "a wrong type in a list": ("clauses.toml", CLAUSE + "lead = [\n  1,\n]\n", 7, "类型不对"),
    "an unknown kind": ("clauses.toml", CLAUSE.replace("section", "chapter"), 3, "chapter"),
    "an empty text": ("clauses.toml", CLAUSE.replace("我们的话", ""), 5, "summary 不能为空"),
    "the same clause twice": ("clauses.toml", CLAUSE + "\n" + CLAUSE, 7, "条款编号 一 重复"),
    "words left open": ("clauses.toml", CLAUSE.replace("我们的话", "待概括"), 5, "还是“待概括”"),
    "a fact left open": ("clauses.toml", CLAUSE.replace("总则", "待填写"), 4, "还是“待填写”"),
    "a mark nobody looked at": ("clauses.toml", CLAUSE + "# 待核：能力 A1。\n", 6, "还有待核：能力 A1。"),
    "a duty whose department is open": (
        "duties.toml",
        '[[duty]]\ndepartment = "区卫生健康局"\nkey = "unknown"\nsummary = "话"\n',
        3,
        "key 还没有定",
    ),
    "an unknown unit": (
        "clauses.toml",
        CLAUSE + 'responsible = ["县财政局", "区魔法局"]\n',
        6,
        "区魔法局",
    ),
    "an unknown capability": ("clauses.toml", CLAUSE + 'capabilities = ["A99"]\n', 6, "A99"),
    "declaratory and bound": (
        "clauses.toml",
        CLAUSE + 'declaratory = true\ncapabilities = ["A1"]\n',
        6,
        "宣示性条款不对应能力",
    ),
    "a date that does not exist": (
        "rules.toml",
        RULE + 'effective_from = "2020-13-01"\n',
        8,
        "不是正确的日期",
    ),
    "a range that ends before it begins": (
        "rules.toml",
        RULE + "effective_from = 2021-01-01\neffective_to = 2020-01-01\n",
        1,
        "effective_to 必须晚于",
    ),
    "two rules at the same time": (
        "rules.toml",
        RULE + "effective_from = 2020-01-01\n" + RULE + "effective_from = 2021-01-01\n",
        9,
        "有效期重叠",
    ),
    "a rule without a clause": ("rules.toml", RULE.replace('clause = "一"\n', ""), 1, "缺少 clause"),
    "a rule that cites a clause we do not have": ("rules.toml", RULE.replace("一", "九"), 5, "没有条款 九"),
    "a text that asks for a rule nobody wrote": (
        "texts.toml",
        '[[text]]\nkey = "receipt"\nlines = [\n  "收到。",\n  "租期{rule:lease.years}年。",\n]\n',
        5,
        "没有规则 lease.years",
    ),
    "a text that asks for something else": (
        "texts.toml",
        '[[text]]\nkey = "receipt"\nlines = ["租期{lease.min_years}年。"]\n',
        3,
        "花括号里只能写 rule:",
    ),
    "a text that leaves a brace open": (
        "texts.toml",
        '[[text]]\nkey = "receipt"\nlines = ["租期{rule:lease.min_years年。"]\n',
        3,
        "没有成对",
    ),
    "an assessment whose chapters are not its total": (
        "assessment.toml",
        OUTLINE.replace("total = 10", "total = 11"),
        8,
        "与总分 11 不符",
    ),
    "an item above the points of its chapter": (
        "assessment.toml",
        OUTLINE.replace("points = 4", "points = 40"),
        13,
        "超过本章的 10 分",
    ),
    "an item under another chapter": (
        "assessment.toml",
        OUTLINE.replace('"1.1"', '"2.1"'),
        14,
        "应以 1. 开头",
    ),
    "an item whose code is markup": ("assessment.toml", OUTLINE.replace('"1.1"', '"<b>"'), 14, "写法"),
    "a grade above the total": (
        "assessment.toml",
        OUTLINE + '[[assessment.grade]]\nname = "五星"\nat_least = 11\n',
        18,
        "超过总分 10",
    ),
    "grades from low to high": (
        "assessment.toml",
        OUTLINE
        + '[[assessment.grade]]\nname = "一星"\nat_least = 1\n'
        + '[[assessment.grade]]\nname = "五星"\nat_least = 9\n',
        21,
        "由高到低",
    ),
    "points that are half": ("assessment.toml", OUTLINE.replace("points = 4", "points = 4.5"), 14, "整数"),
    "a text that says yes": (
        "texts.toml",
        '[[text]]\nkey = "receipt"\nlines = ["户外场地{rule:outdoor.required}。"]\n',
        3,
        "只有是或否",
    ),
    "a paper named by a rule nobody wrote": (
        "papers.toml",
        '[[paper]]\nkey = "lease"\nname = "租期{rule:no.such}年的合同"\n',
        3,
        "没有规则 no.such",
    ),
    "an unknown unit of measure": ("rules.toml", RULE.replace('"day"', '"fortnight"'), 4, "fortnight"),
    "a number nobody can use": ("rules.toml", RULE.replace("5", "inf"), 1, "nan、inf"),
    "a target that cites a clause we do not have": (
        "targets.toml",
        '[[target]]\nclause = "五"\nindicator = "x"\ncomparator = "reached"\ntext = "话"\n',
        2,
        "没有条款 五",
    ),
    "a target without its figure": (
        "targets.toml",
        '[[target]]\nclause = "一"\nindicator = "x"\ncomparator = ">="\ntext = "话"\n',
        1,
        "要写 value",
    ),
    "a duty of an unknown department": (
        "duties.toml",
        '[[duty]]\ndepartment = "区卫生健康局"\nkey = "wizards"\nsummary = "话"\n',
        3,
        "不认识的部门 wizards",
    ),
    "a step that waits for none": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + 'after = ["zz"]\n',
        11,
        "没有步骤 zz",
    ),
    "steps that wait for each other": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + 'after = ["b"]\n' + STEP.format(key="b") + 'after = ["a"]\n',
        1,
        "绕成了圈",
    ),
    "a condition nobody knows": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + 'when = { weather = "fine" }\n',
        11,
        "不认识的条件 weather",
    ),
    "a step that cites a clause we do not have": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a").replace('clause = "一"', 'clause = "八"'),
        10,
        "没有条款 八",
    ),
    "a clock that no rule sets": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + 'working_days = { rule = "no.such" }\n',
        11,
        "没有规则 no.such",
    ),
    "two registrars and nobody who decides": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + ROUTE + 'offers = ["health", "education"]\n',
        11,
        "没有写 setting",
    ),
    "two registrars and no setting in force": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + ROUTE + 'offers = ["health", "education"]\nsetting = "who"\n',
        11,
        "没有生效的设定 who",
    ),
    "a route that leaves out legal forms": (
        "procedures.toml",
        PROCEDURE + STEP.format(key="a") + ROUTE + 'offers = ["health"]\nlegal_form = "enterprise"\n',
        1,
        "没有写 public_institution、social_service_org",
    ),
    "text that is not TOML": ("rules.toml", RULE + "key = = 5\n", 8, "不是正确的 TOML"),
    "nesting without end": ("rules.toml", "a = " + "[" * 5000 + "]" * 5000, 1, "嵌套过深"),
    "a file for another program": ("extra.toml", "a = 1\n", 1, "不认识的文件"),
    "a giant": ("rules.toml", "# " + "x" * 600_000, 1, "文件过大"),
}


@pytest.fixture
def broken(folder: Path) -> Callable[[str, str], Path]:
    """Write a pack of one's own beside the others, one file of it as given."""

    def write(file: str, text: str) -> Path:
        mine = folder / "110101-mine"
        mine.mkdir()
        (mine / "pack.toml").write_text(PACK, encoding="utf-8")
        (mine / "clauses.toml").write_text(CLAUSE, encoding="utf-8")
        (mine / file).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_at_its_line(mistake: str, broken: Callable[[str, str], Path]) -> None:
    file, text, line, words = MISTAKES[mistake]
    errors = read_packs(broken(file, text)).errors
    assert [(e.file, e.line) for e in errors] == [(f"110101-mine/{file}", line)], errors
    assert words in errors[0].message


def test_the_packs_of_the_repository_have_no_mistake() -> None:
    assert read_packs(Path(__file__).parents[2] / "packs").errors == []


def test_a_pack_of_its_own_without_mistakes_is_accepted(broken: Callable[[str, str], Path]) -> None:
    assert read_packs(broken("rules.toml", RULE)).errors == []


def test_every_mistake_is_told_at_once(broken: Callable[[str, str], Path]) -> None:
    text = CLAUSE.replace("section", "chapter") + 'capabilities = ["A99"]\n' + CLAUSE + 'colour = "red"\n'
    errors = read_packs(broken("clauses.toml", text)).errors
    assert {e.line for e in errors} == {3, 12}


def test_a_setting_that_ended_decides_nothing(broken: Callable[[str, str], Path]) -> None:
    route = ROUTE + 'offers = ["health", "education"]\nsetting = "who"\n'
    folder = broken("procedures.toml", PROCEDURE + STEP.format(key="a") + route)
    setting = '[[setting]]\nkey = "who"\ndivision = "110101"\nvalue = "health"\neffective_to = 2026-01-01\n'
    (folder / "110101-mine/settings.toml").write_text(setting, encoding="utf-8")
    with clock.set_to(datetime(2025, 12, 31, tzinfo=UTC)):
        assert read_packs(folder).errors == []
    with clock.set_to(datetime(2026, 1, 2, tzinfo=UTC)):
        assert "没有生效的设定" in read_packs(folder).errors[0].message


def test_a_setting_outside_the_offers_is_a_mistake(broken: Callable[[str, str], Path]) -> None:
    route = ROUTE + 'offers = ["health", "education"]\nsetting = "who"\n'
    folder = broken("procedures.toml", PROCEDURE + STEP.format(key="a") + route)
    setting = '[[setting]]\nkey = "who"\ndivision = "110101"\nvalue = "finance"\n'
    (folder / "110101-mine/settings.toml").write_text(setting, encoding="utf-8")
    assert "不在可选的登记机关" in read_packs(folder).errors[0].message


def test_a_file_that_is_not_utf8_is_one_clear_sentence(folder: Path) -> None:
    (folder / "cn/rules.toml").write_bytes("编号".encode("gbk"))
    errors = read_packs(folder).errors
    assert [str(e) for e in errors if e.file == "cn/rules.toml"] == [
        "cn/rules.toml:1: 不是 UTF-8 文本，请另存为 UTF-8"
    ]


def test_an_empty_folder_says_that_there_are_no_packs(tmp_path: Path) -> None:
    assert "没有政策包" in read_packs(tmp_path).errors[0].message


def test_packs_that_inherit_from_each_other_are_refused(folder: Path) -> None:
    for code, other in (("320100-nanjing", "360000"), ("360000-jiangxi", "320100")):
        file = folder / code / "pack.toml"
        file.write_text(
            file.read_text().replace('inherits = "cn"', f'inherits = "{other}"'), encoding="utf-8"
        )
    assert any("绕成了圈" in e.message for e in read_packs(folder).errors)


@pytest.mark.django_db
def test_a_mistake_loads_nothing(broken: Callable[[str, str], Path]) -> None:
    folder = broken("rules.toml", RULE.replace("5", '["a", {}]'))
    before = PackVersion.objects.count()
    with pytest.raises(PacksInvalid, match=r"110101-mine/rules.toml:3"):
        actions.load_packs(root=folder, by=SOMEBODY)
    assert PackVersion.objects.count() == before
