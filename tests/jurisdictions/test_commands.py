"""`tuoyu packs` and `tuoyu coverage` at a terminal and read by a program."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tuoyu.jurisdictions.commands import app
from tuoyu.policy.coverage import app as coverage_app

SHOWN = {
    "clauses": "id kind heading summary lead responsible default_responsible departments capabilities state",
    "targets": "clause indicator comparator value value_max unit deadline period scope",
    "duties": "department summary",
    "seats": "role post department",
}


def run(*words: str, of=app, code: int = 0) -> str:
    result = CliRunner().invoke(of, words)
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("code", ["320100", "320100-nanjing", "370402", "360000", "370323", "420000-hubei"])
def test_show_prints_exactly_what_was_asked_for(code: str) -> None:
    shown = json.loads(run("show", code, "--json"))
    assert list(shown) == list(SHOWN)
    for section, keys in SHOWN.items():
        assert all(list(entry) == keys.split() for entry in shown[section])
    assert shown["clauses"]
    assert shown["targets"]


def test_in_nanjing_the_clause_on_talent_names_five_departments_and_two_defaults() -> None:
    clauses = {c["id"]: c for c in json.loads(run("show", "320100", "--json"))["clauses"]}
    talent = clauses["三.(三).4"]
    assert len(talent["responsible"]) == 5
    assert talent["default_responsible"] == ["江北新区管委会", "各区政府"]
    assert len(talent["departments"]) == 7


def test_show_on_a_day_adds_the_rules_in_force_then() -> None:
    rules = {r["key"]: r for r in json.loads(run("show", "320100", "--json", "--on", "2026-11-22"))["rules"]}
    assert rules["lease.min_years"]["value"] == 3
    before = json.loads(run("show", "320100", "--json", "--on", "2019-01-01"))["rules"]
    assert "lease.min_years" not in {r["key"] for r in before}


@pytest.mark.parametrize(
    ("words", "said"), [(("show", "999999"), "没有政策包"), (("show", "320100", "--on", "soon"), "不是日期")]
)
def test_what_cannot_be_shown_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    assert said in run(*words, code=1)


def test_a_person_can_read_a_pack_too() -> None:
    assert "责任单位：" in run("show", "420000")


def test_check_lists_each_jurisdiction_by_state() -> None:
    told = json.loads(run("check", "--json"))
    assert told["errors"] == []
    assert [j["code"] for j in told["jurisdictions"]] == ["320100", "360000", "370323", "370402", "420000"]
    for jurisdiction in told["jurisdictions"]:
        assert sum(len(ids) for ids in jurisdiction["states"].values()) == jurisdiction["clauses"]
    assert "宣示性条款" in run("check")


def test_check_names_file_and_line_and_fails(folder: Path) -> None:
    (folder / "cn/units.toml").write_text("[[unit]]\nkey = 5\n", encoding="utf-8")
    assert "cn/units.toml:2: key 的类型不对" in run("check", "--packs", str(folder), code=1)
    assert json.loads(run("check", "--packs", str(folder), "--json", code=1))["errors"][0]["line"] == 1


@pytest.mark.django_db
def test_load_says_which_versions_are_in_force(folder: Path) -> None:
    assert run("load", "--packs", str(folder)).count("起") == 6


def test_coverage_lists_every_clause_of_every_jurisdiction() -> None:
    rows = json.loads(run("--json", of=coverage_app))["clauses"]
    assert {row["jurisdiction"] for row in rows} == {"320100", "360000", "370323", "370402", "420000"}
    assert all(list(row) == ["jurisdiction", "id", "capabilities", "scenarios", "state"] for row in rows)
    assert "江西省" in run(of=coverage_app)
