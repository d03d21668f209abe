"""How many children are enrolled: stated by the head for a day, corrected with a reason, never lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.people import browser, seated
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, counts
from tuoyu.institutions.models import EnrolmentCount, Institution
from workforce.staff import GULOU, XUANWU, head, head_user, nursery

pytestmark = pytest.mark.django_db

CLASSES = ("小一班", "toddler_small", 15), ("小二班", "toddler_small", 12)


def there() -> Institution:
    made = nursery(GULOU, *CLASSES)
    made.classes.update(opened_on=clock.today() - timedelta(days=30))
    return made


def state(institution: Institution, *enrolled: int, day: date | None = None, **more: Any) -> Any:
    said = dict(zip(institution.classes.order_by("pk").values_list("pk", flat=True), enrolled, strict=False))
    return actions.state_counts(
        by=more.pop("by", Actor.system("测试")),
        institution=institution,
        day=day or clock.today(),
        enrolled=said,
        **more,
    )


def refused(institution: Institution, *enrolled: int, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        state(institution, *enrolled, **more)
    return caught.value


def test_a_count_is_stated_once_and_corrected_only_with_a_reason_and_the_old_one_kept() -> None:
    institution = there()
    assert len(state(institution, 12, 10)) == 2
    assert state(institution, 12, 10) == []
    clash = refused(institution, 13, 10)
    assert clash.status == 409
    assert [problem.field for problem in clash.problems] == [f"class-{institution.classes.earliest('pk').pk}"]
    (made,) = state(institution, 13, 10, reason="多数了一人")
    rows = EnrolmentCount.objects.filter(class_group=made.class_group).order_by("pk")
    said = [(row.enrolled, row.reason, row.replaced_at is None) for row in rows]
    assert said == [(12, "", False), (13, "多数了一人", True)]
    event = AuditEvent.objects.filter(verb="institution.counts_stated").latest("pk")
    assert (event.before, event.after["小一班"], event.note) == ({"小一班": 12}, 13, "多数了一人")


def test_no_day_to_come_no_class_of_another_and_nothing_below_zero() -> None:
    institution, other = there(), there()
    assert "还没有到" in str(refused(institution, 1, day=clock.today() + timedelta(days=1)))
    assert "没有这个班" in str(refused(institution, 1, day=clock.today() - timedelta(days=31)))
    assert "看不懂" in str(refused(institution, -1))
    with pytest.raises(Refused, match="没有这个班"):
        actions.state_counts(
            by=Actor.system("测试"), institution=institution, day=clock.today(),
            enrolled={other.classes.earliest("pk").pk: 3},
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        state(institution, 1, by=head(other))
    with pytest.raises(PermissionDenied):
        state(institution, 1, by=actor_for(seated(Role.OFFICER, "health", GULOU)))
    Institution.objects.filter(pk=institution.pk).update(filing="cancelled", filing_ended_on=clock.today())
    assert refused(institution, 1).status == 409
    assert not EnrolmentCount.objects.exists()


def test_the_database_keeps_what_was_said_and_takes_no_impossible_day() -> None:
    institution = there()
    (made,) = state(institution, 12)
    group = made.class_group
    rows = EnrolmentCount.objects.filter(pk=made.pk)
    wrong = (
        lambda: rows.update(enrolled=3),
        rows.delete,
        lambda: EnrolmentCount.objects.create(class_group=group, day=made.day, enrolled=1, stated_label="甲"),
        lambda: EnrolmentCount.objects.create(
            class_group=group, day=made.day + timedelta(days=1), enrolled=1, stated_label="甲"
        ),
        lambda: EnrolmentCount.objects.create(
            class_group=group, day=made.day - timedelta(days=31), enrolled=1, stated_label="甲"
        ),
        lambda: EnrolmentCount.objects.create(
            class_group=group, day=made.day - timedelta(days=1), enrolled=-1, stated_label="甲"
        ),
        lambda: EnrolmentCount.objects.create(
            class_group=group, day=made.day - timedelta(days=1), enrolled=1, stated_label=""
        ),
    )
    for broken in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()
    assert EnrolmentCount.objects.get().enrolled == 12


def test_more_than_the_places_or_the_size_of_a_class_is_pointed_out_with_its_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    institution = there()
    state(institution, 16, 10)
    told = counts.last_of(Actor.system("测试"), institution)
    assert [p.rule_key for p in told[0]["problems"]] == [
        "enrolment.over_places",
        "class.toddler_small.max_children",
    ]
    assert {p.severity for p in told[0]["problems"]} == {"warn"}
    assert "第19条" in told[0]["problems"][1].source
    assert told[1]["problems"] == []
    # Where the rules of a place say so, such a count is not taken.
    monkeypatch.setattr("tuoyu.institutions.rules.counts.REFUSED", "point_out")
    assert "多于备案的托位12个" in str(refused(institution, 16, 13))


def test_head_and_health_read_the_counts_and_nobody_else_on_page_record_and_interface() -> None:
    institution = there()
    user = head_user(institution)
    yesterday = clock.today() - timedelta(days=1)
    state(institution, 11, 9, day=yesterday)
    state(institution, 12)
    address = f"/institutions/{institution.pk}/counts/"
    api = f"/api/v1/office/institutions/{institution.pk}/counts"
    health = seated(Role.OFFICER, "health", GULOU)
    for person in (user, health):
        page = browser(person).get(address).content.decode()
        assert "另有1个班那天没有登记" in page
        rows = browser(person).get(api).json()["rows"]
        assert [(row["class_name"], row["enrolled"]) for row in rows] == [
            ("小一班", 12), ("小一班", 11), ("小二班", 9)
        ]  # fmt: skip
        last = browser(person).get(f"{api}/last").json()
        assert [(row["enrolled"], row["counted_on"]) for row in last] == [
            (12, str(clock.today())),
            (9, str(yesterday)),
        ]
        assert "在托人数" in browser(person).get(f"/institutions/{institution.pk}/").content.decode()
        classes = browser(person).get(f"/api/v1/office/institutions/{institution.pk}").json()["classes"]
        assert [row["enrolled"] for row in classes] == [12, 9]
    past = browser(health).get(f"/institutions/{institution.pk}/history/?on={yesterday}").content.decode()
    assert "当时的在托人数" in past
    registrar = browser(seated(Role.OFFICER, "civil_affairs", GULOU))
    assert registrar.get(address).status_code == 403
    record = registrar.get(f"/institutions/{institution.pk}/")
    assert record.status_code == 200
    assert "在托" not in record.content.decode()
    told = registrar.get(f"/api/v1/office/institutions/{institution.pk}").json()["classes"]
    assert [row["enrolled"] for row in told] == [None, None]
    neighbour = browser(seated(Role.OFFICER, "health", XUANWU))
    assert neighbour.get(address).status_code == neighbour.get(api).status_code == 404
    assert browser(head_user(there())).get(address).status_code == 404


def test_the_head_states_and_corrects_on_the_page_and_by_the_interface() -> None:
    institution = there()
    client = browser(head_user(institution))
    address, today = f"/institutions/{institution.pk}/counts/new/", str(clock.today())
    first, second = institution.classes.order_by("pk").values_list("pk", flat=True)
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"day": today, f"class-{first}": "十二"})
    assert (wrong.status_code, "看不懂" in wrong.content.decode()) == (422, True)
    assert client.post(address, {"day": today}).status_code == 422
    assert client.post(address, {"day": "昨天", f"class-{first}": "1"}).status_code == 422
    done = client.post(address, {"day": today, f"class-{first}": "12", f"class-{second}": ""})
    assert done.status_code == 302
    again = client.post(address, {"day": today, f"class-{first}": "13"})
    assert (again.status_code, "已登记为12人" in again.content.decode()) == (409, True)
    corrected = {"day": today, f"class-{first}": "13", "reason": "多数了"}
    assert client.post(address, corrected).status_code == 302
    api = f"/api/v1/office/institutions/{institution.pk}/counts"
    given: dict[str, Any] = {"day": today, "counts": [{"class_id": second, "enrolled": 9}]}
    told = client.post(api, given, content_type="application/json")
    assert [row["enrolled"] for row in told.json()] == [13, 9]
    given["counts"][0]["enrolled"] = 8
    assert client.post(api, given, content_type="application/json").status_code == 409
