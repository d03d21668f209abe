"""The daily return: stated once, corrected with a reason, refused when it cannot be."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.people import browser, seated
from care import stated
from tuoyu.accounts.actors import actor_for
from tuoyu.care import actions, queries, rules
from tuoyu.care.models import ClassDay, DailyReturn, NewCases
from tuoyu.care.rules import CasesGiven, ClassGiven, ReturnGiven, RoomKnown
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions import policy
from workforce.staff import GULOU, XUANWU, days, head, head_user, nursery

pytestmark = pytest.mark.django_db

CLASSES = (("小一班", "toddler_small", 10), ("大一班", "toddler_large", 14))


def test_a_day_is_stated_on_a_phone_and_read_by_health_of_the_place_alone() -> None:
    place = nursery(GULOU, *CLASSES)
    small, large = place.classes.order_by("pk")
    client = browser(head_user(place))
    address = f"/institutions/{place.pk}/days/{clock.today()}/"
    typed = {f"children-{small.pk}": "8", f"carers-{small.pk}": "2", f"children-{large.pk}": "12",
             f"carers-{large.pk}": "2", f"fever-{small.pk}": "2", f"rash-{large.pk}": "1",
             f"rash-disease-{large.pk}": "hfmd", f"checked-{small.pk}": "8", f"checked-{large.pk}": "11",
             f"unexamined-{small.pk}": "0", f"unexamined-{large.pk}": "1"}  # fmt: skip
    assert '<option value="">未诊断</option>' in client.get(address).content.decode(), "never by default"
    for empty in ("children", "checked", "unexamined"):
        assert client.post(address, {**typed, f"{empty}-{small.pk}": ""}).status_code == 422
    assert client.post(address, {**typed, f"checked-{small.pk}": "9"}).status_code == 422, "more than came"
    assert not DailyReturn.objects.exists()
    said = client.post(address, typed, follow=True).content.decode()
    assert "“大一班”有1名到园孩子没有晨检" in said
    assert "“大一班”有1名到园孩子没有入托体检" in said
    made = DailyReturn.objects.get()
    figures_of = [(c.children, c.carers, c.checked, c.unexamined) for c in made.classes.all()]
    assert figures_of == [(8, 2, 8, 0), (12, 2, 11, 1)]
    assert set(NewCases.objects.values_list("symptom", "disease", "number")) == {
        ("fever", "", 2),
        ("rash", "hfmd", 1),
    }
    office = browser(seated(Role.OFFICER, "health", GULOU))
    assert "皮疹（手足口病）1例" in office.get(address).content.decode()
    row = office.get("/api/v1/daily-returns").json()["rows"][0]
    assert (row["children"], row["carers"], row["ill"]) == (20, 4, 3)
    assert browser(seated(Role.OFFICER, "health", XUANWU)).get(address).status_code == 404
    assert browser(seated(Role.OFFICER, "education", GULOU)).get(address).status_code == 403


def test_a_correction_keeps_what_was_stated_and_says_who_when_and_why() -> None:
    place = nursery(GULOU, *CLASSES)
    by = head(place)
    stated.day(by, place, children=5)
    with pytest.raises(Refused) as refused:
        stated.day(by, place, children=6)
    assert refused.value.status == 409
    stated.day(by, place, children=5, cases={})
    assert DailyReturn.objects.count() == 1, "the same again is the same"
    stated.day(by, place, children=6, reason="漏数了一名孩子")
    old, new = DailyReturn.objects.order_by("pk")
    assert (old.current, new.current, new.replaces_id) == (False, True, old.pk)
    assert [c.children for c in old.classes.all()] == [5, 5]
    told = browser(seated(Role.OFFICER, "health", GULOU)).get(
        f"/api/v1/office/institutions/{place.pk}/days/{clock.today()}"
    )
    assert [(one["current"], one["reason"]) for one in told.json()] == [(True, "漏数了一名孩子"), (False, "")]
    assert AuditEvent.objects.filter(verb="day.corrected", note="漏数了一名孩子").count() == 1


def test_two_who_state_the_same_day_at_once_leave_one_return(monkeypatch: pytest.MonkeyPatch) -> None:
    place = nursery(GULOU, *CLASSES)
    by = head(place)
    stated.day(by, place)
    monkeypatch.setattr(queries, "current_of", lambda institution, day: None)
    with pytest.raises(Overtaken):
        stated.day(by, place)
    monkeypatch.undo()
    assert DailyReturn.objects.count() == 1


def figures(room: int, *cases: tuple[str, int], children: int = 5) -> ClassGiven:
    return ClassGiven(room, children, 1, tuple(CasesGiven(symptom, number) for symptom, number in cases))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda a, b: ReturnGiven(False, (figures(a),)), "还没有填写"),
        (lambda a, b: ReturnGiven(False, (figures(a), figures(a))), "不止一次"),
        (lambda a, b: ReturnGiven(False, (figures(a), figures(b, children=-1))), "0到999"),
        (lambda a, b: ReturnGiven(False, (figures(a, children=0), figures(b, children=0))), "没有孩子到园"),
        (lambda a, b: ReturnGiven(False, (ClassGiven(a, 5, 1, checked=6), figures(b))), "多于到园"),
        (lambda a, b: ReturnGiven(False, (ClassGiven(a, 5, 1, unexamined=6), figures(b))), "多于到园"),
        (lambda a, b: ReturnGiven(False, (ClassGiven(a, 5, 1, checked=-1), figures(b))), "小于0"),
        (lambda a, b: ReturnGiven(True, (figures(a), figures(b))), "未开园"),
        (lambda a, b: ReturnGiven(False, (figures(a), figures(b), figures(0))), "不是当天本机构的班级"),
        (lambda a, b: ReturnGiven(False, (figures(a, ("plague", 1)), figures(b))), "没有这样的症状"),
        (lambda a, b: ReturnGiven(False, (figures(a, ("rash", 0)), figures(b))), "1到999"),
        (lambda a, b: ReturnGiven(False, (figures(a, ("rash", 1), ("rash", 2)), figures(b))), "填写了两次"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(given: Any, says: str) -> None:
    place = nursery(GULOU, *CLASSES)
    small, large = place.classes.order_by("pk").values_list("pk", flat=True)
    with pytest.raises(Refused, match=says):
        actions.state_day(by=head(place), institution=place, day=clock.today(), given=given(small, large))
    assert not ClassDay.objects.exists()


def test_a_day_to_come_and_one_too_long_ago_are_refused_by_the_local_rule() -> None:
    place = nursery(GULOU, *CLASSES)
    by = head(place)
    for on in (days(1), days(-8)):
        with pytest.raises(Refused):
            stated.day(by, place, on)
    stated.closed(by, place, days(-7))
    assert DailyReturn.objects.get().closed


def test_only_the_nursery_states_its_days() -> None:
    place, other = nursery(GULOU, *CLASSES), nursery(GULOU, *CLASSES)
    strangers = [head(other), actor_for(seated(Role.OFFICER, "health", GULOU))]
    for by in strangers:
        with pytest.raises(Exception, match="报送当日情况"):
            stated.day(by, place)


def test_the_figures_of_the_last_day_are_offered_and_not_assumed() -> None:
    place = nursery(GULOU, *CLASSES)
    user = head_user(place)
    stated.day(actor_for(user), place, days(-1), children=7, cases={"rash": 2})
    client, address = browser(user), f"/institutions/{place.pk}/days/{clock.today()}/"
    plain, offered = client.get(address).content.decode(), client.get(f"{address}?from=last").content.decode()
    assert 'value="7"' not in plain
    assert f"填入{days(-1)}的人数" in plain
    assert offered.count('value="7"') == 2
    assert 'value="2"' not in offered


def test_more_children_than_places_and_too_few_carers_are_told_and_do_not_stop() -> None:
    rooms = [RoomKnown(1, "小一班", "toddler_small", 10)]
    told = rules.doubts(
        ReturnGiven(False, (ClassGiven(1, 11, 2, checked=11),)), rooms, policy.book_at(GULOU), family=False
    )
    assert [(d.field, d.severity) for d in told] == [("children-1", "warn"), ("carers-1", "warn")]
    assert "第20条" in told[1].source


def test_the_database_refuses_a_second_current_return_and_figures_that_cannot_be() -> None:
    place = nursery(GULOU, *CLASSES)
    stated.day(head(place), place)
    for make in (
        lambda: DailyReturn.objects.create(institution=place, day=clock.today(), stated_label="x"),
        lambda: ClassDay.objects.create(
            daily_return=DailyReturn.objects.get(), class_group=None, children=1000, carers=1
        ),
        lambda: ClassDay.objects.create(
            daily_return=DailyReturn.objects.get(), class_group=None, children=2, carers=1, checked=3
        ),
        lambda: NewCases.objects.create(class_day=ClassDay.objects.all()[0], symptom="rash", number=0),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_a_family_point_without_classes_states_one_row() -> None:
    place = nursery(GULOU, kind="family_point", places=5)
    stated.day(head(place), place, children=4, carers=1)
    assert ClassDay.objects.get().class_group is None


def test_a_nurserys_entry_leads_to_its_own_days_and_names_the_open_ones() -> None:
    place = nursery(GULOU, *CLASSES, public_since=clock.today() - timedelta(days=30))
    client = browser(head_user(place))
    assert client.get("/days/")["Location"] == f"/institutions/{place.pk}/days/"
    assert "还没有报送" in client.get(f"/institutions/{place.pk}/days/").content.decode()


def test_of_two_who_correct_the_same_statement_at_once_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    place = nursery(GULOU, *CLASSES)
    by = head(place)
    first = stated.day(by, place, children=5)
    stated.day(by, place, children=6, reason="漏数了一名")
    monkeypatch.setattr(queries, "current_of", lambda institution, day: first)
    with pytest.raises(Overtaken):
        stated.day(by, place, children=7, reason="又漏了一名")
    monkeypatch.undo()
    assert DailyReturn.objects.count() == 2
