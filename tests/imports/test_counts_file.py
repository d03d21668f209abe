"""Counts from a file: classes from the drop-down, each wrong cell told, nothing corrected by a file."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.people import actor, browser
from imports.sheets import brought, file_of
from institutions.test_counts import state, there
from tuoyu.core import clock
from tuoyu.imports import actions, jobs, kinds
from tuoyu.imports.models import Import
from tuoyu.institutions.models import ClassGroup, EnrolmentCount
from workforce.staff import head_user

pytestmark = pytest.mark.django_db


def row(name: str = "小一班", enrolled: Any = 12, days_ago: int = 0) -> dict[str, Any]:
    return {"class": name, "day": str(clock.today() - timedelta(days=days_ago)), "enrolled": enrolled}


def written(found: Import, **choices: bool) -> Import:
    actions.decide(by=actor(found.owner), imported=found, **choices)
    jobs.write_import(found.pk)
    found.refresh_from_db()
    return found


def test_the_drop_down_has_the_classes_of_the_own_nursery_told_apart() -> None:
    institution, _ = there(), there()
    ClassGroup.objects.create(institution=institution, name="小一班", class_type="mixed", places=9)
    column = kinds.kind("counts").sheet(actor(head_user(institution))).column("class")
    assert column.options == ("小一班（第1班）", "小二班", "小一班（第3班）")


def test_a_year_of_counts_is_written_and_once_more_changes_nothing() -> None:
    institution = there()
    user = head_user(institution)
    done = written(brought(user, "counts", row(), row("小二班", 0), row(days_ago=1, enrolled=11)))
    assert (done.state, done.written, done.wrong) == ("written", 3, 0)
    assert set(EnrolmentCount.objects.values_list("enrolled", "imported")) == {
        (12, True), (0, True), (11, True)
    }  # fmt: skip
    again = brought(user, "counts", row(), row("小二班", 1))
    assert (again.fresh, again.wrong) == (0, 0)
    (difference,) = actions.content_of(again).differences
    assert (difference.row, difference.known, difference.said) == (3, "0", "1")


def test_each_wrong_cell_is_told_by_row_column_and_code_and_what_is_over_is_pointed_out() -> None:
    found = brought(
        head_user(there()), "counts",
        row("大班"), row(enrolled="十二"), row(enrolled=-1), row(days_ago=-1), row(days_ago=40),
        row(), row(), row("小二班", 14), {**row("小二班", 3), "day": "2026-02-30"},
    )  # fmt: skip
    content = actions.content_of(found)
    assert [(d.row, d.column, d.code) for d in content.read.defects] == [
        (2, "班级", "not_offered"),
        (3, "在托人数", "not_number"),
        (4, "在托人数", "out_of_range"),
        (5, "日期", "day_to_come"),
        (6, "日期", "class_not_open"),
        (8, "班级", "twice"),
        (10, "日期", "no_such_day"),
    ]
    assert all(defect.fix for defect in content.read.defects)
    assert [(d.row, d.code) for d in content.warnings] == [(9, "enrolment.over_places")]
    page = browser(found.owner).get(f"/imports/{found.pk}/").content.decode()
    assert "多于备案的托位12个" in page
    told = browser(found.owner).get(f"/api/v1/imports/{found.pk}").json()
    assert [one["row"] for one in told["warnings"]] == [9]
    assert written(found, only_good=True).written == 2


def test_what_was_stated_meanwhile_is_refused_by_its_row_and_the_others_are_written() -> None:
    institution = there()
    found = brought(head_user(institution), "counts", row(), row("小二班", 9))
    state(institution, 13)
    done = written(found)
    assert (done.written, done.wrong) == (1, 1)
    (defect,) = actions.content_of(done).read.defects
    assert defect.row == 2
    assert "已登记为13人" in defect.message
    assert sorted(EnrolmentCount.objects.values_list("enrolled", flat=True)) == [9, 13]


def test_a_file_is_sent_and_read_on_the_page_and_seen_by_no_other_nursery() -> None:
    institution = there()
    user = head_user(institution)
    mine = browser(user)
    assert mine.get("/imports/templates/counts.xlsx").status_code == 200
    sent = mine.post("/imports/new/counts/", {"file": file_of(user, "counts", row())})
    assert sent.status_code == 302
    assert browser(head_user(there())).get(sent["Location"]).status_code == 404
