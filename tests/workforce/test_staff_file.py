"""Staff from a file: one hire a row, checked like the form; nobody twice, nobody barred, and no look-up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.people import actor
from imports.sheets import brought
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent
from tuoyu.imports import actions, jobs
from tuoyu.imports.models import Import
from tuoyu.workforce.actions import record_bar
from tuoyu.workforce.models import Employment, HiringCheck
from workforce import barred
from workforce.staff import head_user, hired, identity, nursery

pytestmark = pytest.mark.django_db


def row(number: int, **changed: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "name": f"员工{number}",
        "identity": identity(number),
        "phone": "13800138000",
        "post": "保育人员",
        "contract": "劳动合同",
        "full_time": "是",
        "starts_on": str(today),
        "education": "大专",
        "experience_years": 4,
        "check_asked_on": str(today - timedelta(days=9)),
        "check_answered_on": str(today - timedelta(days=2)),
        "check_authority": "鼓楼公安分局",
        "check_result": "没有记录",
        **changed,
    }


def written(found: Import, **choices: bool) -> Import:
    actions.decide(by=actor(found.owner), imported=found, **choices)
    jobs.write_import(found.pk)
    found.refresh_from_db()
    return found


def codes(found: Import) -> list[tuple[int, str]]:
    return [(defect.row, defect.column) for defect in actions.content_of(found).read.defects]


def test_each_row_is_one_hire_with_its_check_and_its_event_and_twice_is_once() -> None:
    there = nursery()
    user = head_user(there)
    done = written(brought(user, "staff", row(1), row(2)))
    assert (done.state, done.written, done.wrong) == ("written", 2, 0)
    assert there.employments.count() == 2
    assert HiringCheck.objects.filter(institution=there).count() == 2
    assert AuditEvent.objects.filter(verb="employment.begun").count() == 2
    again = brought(user, "staff", row(1), row(2), row(3))
    assert (again.rows, again.fresh, again.wrong) == (3, 1, 0)
    assert written(again).written == 1
    assert there.employments.count() == 3
    assert identity(1) not in str(AuditEvent.objects.filter(object_type="imports.Import").values("after"))


def test_what_the_form_would_refuse_is_a_defect_of_its_row_and_column() -> None:
    there = nursery()
    later = str(clock.today() + timedelta(days=3))
    found = brought(
        head_user(there),
        "staff",
        row(1, starts_on=later),
        row(2, check_result="有记录"),
        row(3, check_answered_on=None),
        row(4),
        row(4),
        row(5, post="园长"),
    )
    assert codes(found) == [
        (2, "入职日期"),
        (3, "查询结果"),
        (4, "入职查询答复日期"),
        (6, "身份证号"),
        (7, "岗位"),
    ]
    assert all(defect.fix for defect in actions.content_of(found).read.defects)
    assert found.fresh == 1
    assert HiringCheck.objects.count() == 0


def test_who_is_barred_is_refused_when_written_and_not_told_before() -> None:
    there = nursery()
    record_bar(by=barred.health(), given=barred.given(identity(2)))
    found = brought(head_user(there), "staff", row(1), row(2))
    assert (found.fresh, found.wrong) == (2, 0)
    done = written(found)
    assert (done.state, done.written, done.wrong) == ("written", 1, 1)
    defect = actions.content_of(done).read.defects[0]
    assert (defect.row, defect.column) == (3, "身份证号")
    assert "不能录用" in defect.message
    assert Employment.objects.filter(institution=there).count() == 1


def test_who_works_full_time_elsewhere_is_refused_without_saying_where() -> None:
    other, there = nursery(), nursery()
    hired(actor(head_user(other)), other, 1)
    found = brought(head_user(there), "staff", row(1))
    assert (found.fresh, found.wrong) == (1, 0)
    done = written(found)
    assert (done.written, done.wrong) == (0, 1)
    assert other.name not in str(actions.content_of(done).read.defects)


def test_the_same_person_in_the_file_otherwise_than_in_the_register_is_a_difference() -> None:
    there = nursery()
    user = head_user(there)
    hired(actor(user), there, 1)
    found = brought(user, "staff", row(1, contract="劳务合同"))
    told = [(one.label, one.known, one.said) for one in actions.content_of(found).differences]
    assert told == [("用工形式", "劳动合同", "劳务合同")]
    assert found.fresh == 0


def test_no_nursery_reads_the_file_of_another_and_no_office_hires() -> None:
    found = brought(head_user(nursery()), "staff", row(1))
    for user in (head_user(nursery()), barred.user("路人")):
        client = Client()
        client.force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
        assert client.get(f"/imports/{found.pk}/").status_code in (403, 404)
    client = Client()
    client.force_login(head_user(nursery()), backend="tuoyu.accounts.backends.PeopleBackend")
    assert client.get("/imports/new/staff/").status_code == 200
    assert client.get("/imports/new/institutions/").status_code == 404
