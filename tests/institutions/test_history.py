"""An institution on any day of the past, as a person and a program read it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.callers import seated
from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions import actions, history
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import GroundKind

pytestmark = pytest.mark.django_db

BACKEND = "tuoyu.accounts.backends.PeopleBackend"
CHANGE = actions.Ground(GroundKind.CHANGE)


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def at(days: int) -> Any:
    """Nine in the morning, so many days ago."""
    return clock.set_to(datetime.combine(ago(days), time(9), clock.BEIJING))


def lived() -> tuple[Institution, Actor]:
    """Registered 60 days ago, filed 50, with a new telephone since 20 days and one class less since 10."""
    head = desk.applicant("园长甲")
    with at(60):
        case = desk.registered(desk.submitted(head))
    with at(50):
        desk.approve(case, "filing")
    institution = Institution.objects.get(applications__case=case)
    with at(20):
        actions.state_facts(institution, {"phone": "025-2"}, ground=CHANGE, by=head)
    small = {"name": "小一班", "class_type": "toddler_small", "places": 12, "carers": 3, "room_area": None}
    with at(10):
        actions.state_classes(institution, [small], ground=CHANGE, by=head)
    return institution, head


def fetched(institution: Institution, day: date) -> Institution:
    """The institution with the columns of a day."""
    return Institution.objects.annotate(**history.columns(institution.pk, day)).get(pk=institution.pk)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def on(client: Client, institution: Institution, days: int) -> str:
    answer = client.get(f"/institutions/{institution.pk}/history/", {"on": ago(days).isoformat()})
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_day_is_told_as_it_was_with_its_classes_papers_promise_and_story(packs: None) -> None:
    institution, _ = lived()
    officer = browser(seated(Role.OFFICER, "health", desk.GULOU))
    before = on(officer, institution, 61)
    assert "未登记" in before
    assert "这一天还没有登记信息" in before
    assert "025-" not in before
    registered = on(officer, institution, 55)
    assert "已登记，未备案" in registered
    assert "025-83330000" in registered
    assert "备案，发给备案回执" not in registered
    filed = on(officer, institution, 30)
    assert "已备案，现场核实中" in filed
    assert "托育机构备案回执" in filed
    assert "29个（2个班）" in filed
    assert "承诺" in filed
    assert "备案，发给备案回执" in filed
    changed = on(officer, institution, 15)
    assert "025-2" in changed
    assert "025-83330000" not in changed
    assert "大一班" in changed
    today = on(officer, institution, 0)
    assert "12个（1个班）" in today
    assert "大一班" not in today
    # The days on which something became different are offered.
    assert {ago(days) for days in (60, 50, 20, 10)} <= set(
        history.day_of(Actor.system("test"), fetched(institution, clock.today()), clock.today()).turning_days
    )


def test_the_program_is_told_the_same_with_the_source_of_each_value(packs: None) -> None:
    institution, _ = lived()
    officer = browser(seated(Role.OFFICER, "health", desk.GULOU))
    address = f"/api/v1/office/institutions/{institution.pk}/history"
    told = officer.get(address, {"on": ago(15).isoformat()}).json()
    by_key = {one["key"]: one for one in told["facts"]}
    assert by_key["phone"]["words"] == "025-2"
    assert by_key["phone"]["supplied"] == {
        "ground": "change", "who": "园长甲", "office": "", "on": ago(20).isoformat(), "case": "",
    }  # fmt: skip
    assert by_key["uscc"]["supplied"]["office"] == "鼓楼区民政局"
    assert (told["places"], told["filing"]) == (29, "已备案，现场核实中")
    assert [event["text"] for event in told["story"]][-1] == "法人登记完成"
    assert officer.get(address, {"on": ago(-1).isoformat()}).status_code == 422


def test_its_head_the_health_officer_and_its_registrar_read_it_and_nobody_else(packs: None) -> None:
    institution, head = lived()
    address = f"/institutions/{institution.pk}/history/"
    of = {
        "head": User.objects.get(pk=head.user_id),
        "health": seated(Role.OFFICER, "health", desk.GULOU),
        "registrar": seated(Role.OFFICER, "civil_affairs", desk.GULOU),
        "neighbour": seated(Role.OFFICER, "health", desk.XUANWU),
        "other office": seated(Role.OFFICER, "education", desk.GULOU),
        "other head": User.objects.get(pk=desk.applicant("路人").user_id),
    }
    codes = {name: browser(user).get(address).status_code for name, user in of.items()}
    assert codes == {
        "head": 200, "health": 200, "registrar": 200, "neighbour": 404, "other office": 404,
        "other head": 403,
    }  # fmt: skip
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("typed", ["2026-13-01", "gestern", "9999-12-31", "0001-01-01"])
def test_a_day_nobody_can_ask_for_is_answered_with_one_that_can_be(typed: str, packs: None) -> None:
    institution, _ = lived()
    officer = browser(seated(Role.OFFICER, "health", desk.GULOU))
    assert officer.get(f"/institutions/{institution.pk}/history/", {"on": typed}).status_code == 200


def test_a_day_costs_the_same_whatever_happened(packs: None) -> None:
    institution, head = lived()
    officer = browser(seated(Role.OFFICER, "health", desk.GULOU))
    on(officer, institution, 0)
    with CaptureQueriesContext(connection) as few:
        on(officer, institution, 0)
    small = {"class_type": "toddler_small", "places": 12, "carers": 3, "room_area": None}
    for days in range(9, 0, -1):
        with at(days):
            actions.state_facts(institution, {"phone": f"025-{days}"}, ground=CHANGE, by=head)
            rows = [{**small, "name": f"小{n}班"} for n in range(10 - days)]
            actions.state_classes(institution, rows, ground=CHANGE, by=head)
    with CaptureQueriesContext(connection) as many:
        on(officer, institution, 0)
    assert len(many) == len(few) < 22


def test_what_another_room_tells_of_the_day_is_there_for_those_it_tells(
    packs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_tellers", {})
    institution, head = lived()

    def teller(actor: Actor, institution: Institution, day: date) -> history.Told | None:
        if not actor.holds(Role.NURSERY_HEAD):
            return None
        return history.Told(("姓名", "岗位"), [("王某", f"{day:%d}")])

    history.register("people", "当天在岗", teller)
    with pytest.raises(ValueError, match="already"):
        history.register("people", "当天在岗", teller)
    own = browser(User.objects.get(pk=head.user_id))
    assert "当天在岗（1）" in on(own, institution, 3)
    assert "当天在岗" not in on(browser(seated(Role.OFFICER, "health", desk.GULOU)), institution, 3)
    address = f"/api/v1/office/institutions/{institution.pk}/history"
    assert own.get(address).json()["others"][0]["rows"] == [["王某", f"{clock.today():%d}"]]
