"""A tree taken out as a workbook and brought in again; what is wrong with one is said by row and column."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.people import browser, seated
from ratings import rated
from ratings.rated import BY
from tuoyu.accounts.actors import actor_for
from tuoyu.core.actor import Role
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.core.spreadsheets import reading
from tuoyu.core.spreadsheets.writing import filled
from tuoyu.ratings import actions, bringing, sheets
from tuoyu.ratings.models import IndicatorTree
from workforce.staff import GULOU

pytestmark = pytest.mark.django_db


def row(**changed: Any) -> dict[str, Any]:
    said = {
        "chapter": "1", "chapter_name": "办托条件", "chapter_points": 60, "aspect": "质量", "code": "1.1",
        "text": "环境", "points": 40, "veto": "",
    }  # fmt: skip
    return said | changed


def book(*rows: dict[str, Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile("tree.xlsx", filled(sheets.SHEET, rows))


def test_what_is_taken_out_comes_in_again_as_it_was_and_grades_stay() -> None:
    first = rated.adopted()
    draft = actions.draft_tree(by=BY, name="另一份", division_code=GULOU)
    kept = {"chapters": [], "grades": rated.CONTENT["grades"], "total": 100}
    draft = actions.write_tree(by=BY, tree=draft, content=kept, version=draft.version)
    file = SimpleUploadedFile("tree.xlsx", sheets.items_sheet(first))
    made = bringing.bring_items(by=BY, tree=draft, file=file, version=draft.version)
    assert made.content == {**kept, "chapters": rated.CONTENT["chapters"]}
    with pytest.raises(Overtaken):
        bringing.bring_items(by=BY, tree=made, file=book(row()), version=draft.version - 1)


def test_every_defect_is_named_by_row_and_column_and_nothing_is_brought_in() -> None:
    user = seated(Role.OFFICER, "health", GULOU)
    draft = actions.draft_tree(by=actor_for(user), name="区级")
    client, address = browser(user), f"/ratings/trees/{draft.pk}/items/bringing/"
    assert "下载表格" in client.get(address).content.decode()
    wrong = book(
        row(), row(code="1.2", chapter_name="别的名称"), row(code="甲", points=5),
        row(code="1.1", text="又一次"), row(code="1.5", veto="也许"), row(code="1.6", points=0),
    )  # fmt: skip
    answer = client.post(address, {"version": draft.version, "file": wrong})
    said = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "第3行“章名称”", "第1章的这一列与第2行不同", "第4行“编号”", "不是编号", "第5行“编号”",
        "第6行“一票否决”", "第7行“分值”", "没有导入",
    ):  # fmt: skip
        assert words in said, words
    assert client.post(address, {"version": draft.version}).status_code == 422
    broken = SimpleUploadedFile("tree.xlsx", b"no workbook")
    assert client.post(address, {"version": draft.version, "file": broken}).status_code == 422
    draft.refresh_from_db()
    assert draft.content["chapters"] == []
    good = {"version": draft.version, "file": book(row(), row(code="1.2", points=20, veto="是"))}
    assert client.post(address, good).status_code == 302
    draft.refresh_from_db()
    assert [item["veto"] for item in draft.content["chapters"][0]["items"]] == [False, True]
    taken = client.get(f"/api/v1/indicator-trees/{draft.pk}/items")
    assert taken.content[:2] == b"PK"
    stale = {"version": 1, "file": book(row())}
    assert client.post(f"/api/v1/indicator-trees/{draft.pk}/items", stale).status_code == 409


def test_no_other_office_brings_items_in_and_an_adopted_tree_takes_none() -> None:
    tree = rated.adopted(GULOU)
    officer = seated(Role.OFFICER, "health", GULOU)
    assert browser(officer).get(f"/ratings/trees/{tree.pk}/items/bringing/").status_code == 404
    with pytest.raises(Overtaken):
        bringing.bring_items(by=BY, tree=tree, file=book(row()), version=tree.version)
    draft = actions.draft_tree(by=BY, name="区级", division_code=GULOU)
    elsewhere = actor_for(seated(Role.OFFICER, "health", "320102"))
    broken = SimpleUploadedFile("tree.xlsx", b"no workbook")
    with pytest.raises(PermissionDenied):  # before anybody opens the file
        bringing.bring_items(by=elsewhere, tree=draft, file=broken, version=draft.version)
    with pytest.raises(Refused):
        bringing.bring_items(by=BY, tree=draft, file=book(), version=draft.version)
    assert IndicatorTree.objects.get(pk=draft.pk).content["chapters"] == []


def test_more_than_a_chapter_or_a_tree_can_hold_is_said_at_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_LINES", 2)
    monkeypatch.setattr(sheets, "MOST_CHAPTERS", 1)
    rows = [row(code=f"1.{n}") for n in range(3)] + [row(chapter="2", code="2.1")]
    data = filled(sheets.SHEET, rows)
    _, defects = sheets.chapters_of(reading.read(data, sheets.SHEET))
    assert [(one.row, one.code) for one in defects] == [(4, "too_many"), (5, "too_many")]
