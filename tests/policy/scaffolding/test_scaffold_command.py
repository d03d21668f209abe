"""`tuoyu policy scaffold` at a terminal: what it writes, says and never overwrites; and `tuoyu packs check`
on what it wrote."""

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from known import ROOT, finished
from typer.testing import CliRunner
from unseen import PLAN

from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.commands import app as packs_app
from tuoyu.policy.commands import app


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A copy of the packs that a draft may be written into."""
    settings.PACKS = Path(shutil.copytree(ROOT / "packs", tmp_path / "packs"))
    return Path(settings.PACKS)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "计划.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


def scaffold(*words: object) -> Result:
    return CliRunner().invoke(app, ["scaffold", *map(str, words)])


def check(*words: object) -> Result:
    return CliRunner().invoke(packs_app, ["check", *map(str, words)])


def test_a_draft_lies_among_the_packs_under_its_code_and_name(folder: Path, document: Path) -> None:
    told = scaffold(document, "--code", "330106")
    assert told.exit_code == 0, told.output
    written = sorted(path.name for path in (folder / "330106-xihu").iterdir())
    assert written == ["clauses.toml", "conference.toml", "departments.toml", "pack.toml", "targets.toml"]
    for words in (
        "杭州市西湖区，继承 cn",
        "条款 24",
        "区国资委",
        "沿用已有指标",
        "待人核对",
        "tuoyu packs check",
    ):
        assert words in told.output


def test_no_database_is_asked(folder: Path, document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a draft needs no connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert scaffold(document, "--code", "330106").exit_code == 0


def test_check_names_what_is_missing_by_file_and_line(folder: Path, document: Path) -> None:
    scaffold(document, "--code", "330106")
    found = check("--json")
    assert found.exit_code == 1
    errors = json.loads(found.stdout)["errors"]
    assert {error["file"].partition("/")[0] for error in errors} == {"330106-xihu"}
    lines = (folder / "330106-xihu/clauses.toml").read_text(encoding="utf-8").split("\n")
    open_summaries = [e for e in errors if "待概括" in e["message"] and e["file"].endswith("clauses.toml")]
    assert len(open_summaries) == 24
    assert all(lines[error["line"] - 1] == 'summary = "待概括"' for error in open_summaries)
    marks = [e for e in errors if "还有待核" in e["message"] and e["file"].endswith("clauses.toml")]
    assert marks
    assert all(lines[error["line"] - 1].startswith("# 待核：") for error in marks)
    assert any("词汇表里没有“区国资委”" in error["message"] for error in errors)


def test_once_a_person_looked_at_everything_check_passes(folder: Path, document: Path) -> None:
    scaffold(document, "--code", "330106")
    finished(folder / "330106-xihu")
    found = check("--json")
    assert found.exit_code == 0, found.output
    assert "330106" in [told["code"] for told in json.loads(found.stdout)["jurisdictions"]]


def test_a_single_mark_left_is_enough_to_fail(folder: Path, document: Path) -> None:
    scaffold(document, "--code", "330106")
    finished(folder / "330106-xihu")
    clauses = folder / "330106-xihu/clauses.toml"
    clauses.write_text("# 待核：再看一眼。\n" + clauses.read_text(encoding="utf-8"), encoding="utf-8")
    found = check()
    assert found.exit_code == 1
    assert "330106-xihu/clauses.toml:1: 还有待核：再看一眼。" in found.output


def test_a_draft_elsewhere_is_checked_against_the_packs(tmp_path: Path, document: Path) -> None:
    away = tmp_path / "草稿"
    assert "tuoyu packs check" in scaffold(document, "--code", "330106", "--to", away).output
    assert check(away).exit_code == 1
    finished(away)
    found = check(away)
    assert found.exit_code == 0, found.output
    assert "330106 杭州市西湖区" in found.output


def test_a_new_draft_of_a_place_is_checked_in_the_place_of_its_pack(tmp_path: Path, document: Path) -> None:
    scaffold(document, "--code", "320100", "--to", tmp_path / "new")
    finished(tmp_path / "new")
    found = check(tmp_path / "new")
    assert found.exit_code == 0, found.output
    assert "西湖区普惠托育服务三年行动计划" in found.output


def test_check_refuses_a_folder_that_is_none(tmp_path: Path) -> None:
    assert "不是文件夹" in check(tmp_path / "nowhere").output


def test_an_earlier_draft_is_kept_unless_told_otherwise(folder: Path, document: Path) -> None:
    scaffold(document, "--code", "330106")
    clauses = folder / "330106-xihu/clauses.toml"
    clauses.write_text("# 我的改动\n" + clauses.read_text(encoding="utf-8"), encoding="utf-8")
    told = scaffold(document, "--code", "330106")
    assert told.exit_code == 1
    assert "没有改动" in told.output
    assert clauses.read_text(encoding="utf-8").startswith("# 我的改动")
    assert scaffold(document, "--code", "330106", "--force").exit_code == 0
    assert not clauses.read_text(encoding="utf-8").startswith("# 我的改动")


@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_finished_pack_is_never_overwritten(folder: Path, document: Path, more: list[str]) -> None:
    before = (folder / "320100-nanjing/clauses.toml").read_bytes()
    told = scaffold(document, "--code", "320100", *more)
    assert told.exit_code == 1
    assert "没有改动" in told.output
    assert (folder / "320100-nanjing/clauses.toml").read_bytes() == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, document: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    assert scaffold(document, "--code", "330106", "--to", tmp_path / "mine", "--force").exit_code == 1
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert scaffold(document, "--code", "330106", "--to", document).exit_code == 1
    assert document.read_text(encoding="utf-8") == PLAN


@pytest.mark.parametrize("code", ["999999", "320106001", "../../etc", "x"])
def test_a_code_that_is_no_division_writes_nothing(folder: Path, document: Path, code: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    told = scaffold(document, "--code", code)
    assert isinstance(told.exception, Refused)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_file_that_cannot_be_read_writes_nothing(folder: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    prose = tmp_path / "prose.txt"
    prose.write_text("春天到了，孩子们在院子里玩耍。", encoding="utf-8")
    for file in (prose, tmp_path / "none.txt"):
        assert isinstance(scaffold(file, "--code", "330106").exception, Refused)
    assert sorted(path.name for path in folder.iterdir()) == before
