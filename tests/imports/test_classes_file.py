"""Classes from a file: into the application that asks for them, by the rules of its form; none by itself."""

from typing import Any

import pytest
from django.test import Client

from accounts.people import actor, browser
from imports.sheets import brought
from imports.test_counts_file import written
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.imports import actions, kinds
from tuoyu.imports.kinds import open_to
from tuoyu.institutions import pages
from tuoyu.institutions.actions import save_page, start_after_filing
from tuoyu.institutions.models import Application, ClassGroup
from tuoyu.institutions.queries import rows_typed
from workforce.staff import GULOU, head_user, nursery

pytestmark = pytest.mark.django_db

OWN = ("小一班", "toddler_small", 15)


def row(name: str, places: Any = 15, **changed: Any) -> dict[str, Any]:
    return {
        "name": name, "class_type": "托小班", "places": places, "carers": 3, "sleep_area": 35,
        "activity_area": 45, **changed,
    }  # fmt: skip


def defects(found: Any) -> list[tuple[int, str, str]]:
    return [(d.row, d.column, d.code) for d in actions.content_of(found).read.defects]


def names(application: Application) -> list[str]:
    return [str(one["name"]) for one in rows_typed(application, pages.CLASSES)]


def test_new_classes_begin_a_change_and_none_is_made_until_that_is_decided() -> None:
    institution = nursery(GULOU, OWN)
    user = head_user(institution)
    found = brought(user, "classes", row("小一班", 14), row("大一班", 20, class_type="托大班"))
    assert (found.fresh, found.wrong) == (1, 0)
    told = [(d.row, d.label, d.known, d.said) for d in actions.content_of(found).differences]
    assert (2, "托位数", "15", "14") in told
    assert not Application.objects.exists()
    assert written(found).written == 1
    application = Application.objects.get()
    assert (application.procedure, application.state, application.items) == ("change", "draft", ("classes",))
    assert names(application) == ["小一班", "大一班"]
    assert rows_typed(application, pages.CLASSES)[0]["places"] == "15"
    assert ClassGroup.objects.count() == 1
    page = browser(user).get(kinds.kind("classes").seen_at(actor(user)))
    assert "大一班" in page.content.decode()
    again = brought(user, "classes", row("大一班", 20, class_type="托大班"))
    assert (again.fresh, again.wrong) == (0, 0)


def test_a_change_under_way_keeps_what_was_typed_and_takes_the_classes() -> None:
    institution = nursery(GULOU, OWN)
    user = head_user(institution)
    by = actor(user)
    begun = start_after_filing(by=by, owner_id=user.pk, institution=institution, procedure="change")
    typed = {"items": ["fees"], "changed_because": "物价上涨"}
    save_page(by=by, application=begun, page="items", typed=typed, version=begun.version)
    assert written(brought(user, "classes", row("小二班"))).written == 1
    begun.refresh_from_db()
    assert (begun.items, begun.data["items"]["changed_because"]) == (("classes", "fees"), "物价上涨")
    assert names(begun) == ["小一班", "小二班"]


def test_each_wrong_row_is_told_by_the_rule_of_the_form() -> None:
    found = brought(
        head_user(nursery(GULOU, OWN)), "classes",
        row("小二班", 16), row("小三班", 0), row("小四班", class_type="大班"), row("小五班", "十五"),
        row("小六班"), row("小六班"), row("小七班", carers=1), row("", 15),
    )  # fmt: skip
    told = defects(found)
    assert (2, "托位数", "class.toddler_small.max_children") in told
    assert (3, "托位数", "class.places") in told
    assert (4, "班型", "not_offered") in told
    assert (5, "托位数", "not_number") in told
    assert (7, "班级名称", "twice") in told
    assert (8, "托位数", "ratio.toddler_small") in told
    assert (9, "班级名称", "required") in told
    assert found.fresh == 1
    assert all(defect.fix for defect in actions.content_of(found).read.defects)
    texts = [d.message for d in actions.content_of(found).read.defects if d.row == 2]
    assert any("第19条" in text for text in texts)


def test_what_stands_against_a_change_stands_against_the_file() -> None:
    institution = nursery(GULOU, OWN)
    user = head_user(institution)
    institution.filing, institution.filing_ended_on = "cancelled", clock.today()
    institution.save()
    with pytest.raises(Exception, match="已经注销"):
        brought(user, "classes", row("小二班"))
    family = head_user(nursery(GULOU, OWN, kind="family_point"))
    assert "classes" not in [one.key for one in open_to(actor(family))]
    assert open_to(Actor.public()) == []
    assert Client().get("/imports/new/classes/").status_code == 302
