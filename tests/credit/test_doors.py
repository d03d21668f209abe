"""What is over, repaired or withdrawn is neither shown nor sent: every door, the moment before and after."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from python_calamine import load_workbook

from accounts.people import browser
from credit import deciding
from tuoyu.accounts.models import User
from tuoyu.core import clock, outbox
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.credit import actions, export, jobs, queries
from tuoyu.credit.models import CreditEvent
from tuoyu.credit.vocabulary import Ground, ListKind
from tuoyu.exchange import delivery
from tuoyu.institutions.models import Institution
from workforce import staff

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2027, 12, 1, tzinfo=clock.BEIJING)
SUMMARY = "罚款5000元"


@pytest.fixture
def listed() -> CreditEvent:
    """A breach of 2026-11-30, on the punishment list, of which nothing has been sent yet."""
    with clock.set_to(datetime(2026, 11, 30, 12, tzinfo=clock.BEIJING)):
        event = deciding.sanctioned(staff.nursery())
        actions.put_on_list(
            by=deciding.office(staff.GULOU), institution=event.institution, kind=ListKind.PUNISHMENT,
            reason="不守信", event=event,
        )  # fmt: skip
        return event


def open_doors(event: CreditEvent) -> dict[str, bool]:
    """At which doors the event, or the entry that rests on it, is shown as counting."""
    anybody, place = Client(), event.institution
    officer = browser(User.objects.get(pk=deciding.office(staff.GULOU).user_id))
    taken = officer.get("/credit/?standing=shown&format=xlsx").content
    names = anybody.get("/credit/lists/?format=xlsx").content
    return {
        "public page": SUMMARY in anybody.get(f"/nurseries/{place.pk}/").content.decode(),
        "lists": place.name in anybody.get("/credit/lists/").content.decode(),
        "lists of a place": place.name in anybody.get("/credit/lists/?place=320100").content.decode(),
        "lists taken out": place.name in cells(names),
        "lists by API": bool(anybody.get("/api/v1/credit-lists").json()["rows"]),
        "board": SUMMARY in officer.get("/credit/?standing=shown").content.decode(),
        "board taken out": SUMMARY in cells(taken),
        "board by API": bool(officer.get("/api/v1/credit-events?standing=shown").json()["rows"]),
        "file by API": counts_in_file(officer, place),
        "tab": bool(tab_of(place)),
    }


def cells(file: bytes) -> str:
    return str(load_workbook(io.BytesIO(file)).get_sheet_by_index(0).to_python())


def counts_in_file(officer: Client, place: Institution) -> bool:
    """The file keeps what was; it says of everything whether it counts."""
    told = officer.get(f"/api/v1/office/institutions/{place.pk}/credit").json()
    counting = [row["standing"] == "shown" for row in told["events"]]
    assert len(counting) == 1
    assert counting == [row["counts"] for row in told["entries"]]
    return counting[0]


def tab_of(place: Institution) -> int:
    rows = queries.counted_at(deciding.office(staff.GULOU), place.pk)
    return rows.count() if rows is not None else 0


def test_at_every_door_it_shows_until_the_last_second_of_its_last_day_and_no_longer(
    listed: CreditEvent,
) -> None:
    message = OutboxMessage.objects.get(key=export.key_of(listed.pk, "published"))
    with clock.set_to(MIDNIGHT - timedelta(seconds=1)):
        assert set(open_doors(listed).values()) == {True}, open_doors(listed)
        assert export.still_holds(message)
    with clock.set_to(MIDNIGHT):
        assert set(open_doors(listed).values()) == {False}, open_doors(listed)
        assert outbox.claim(message)
        assert not delivery.attempt(message)
        jobs.end_what_is_over(0)
    message.refresh_from_db()
    assert message.state == "dropped"


def repaired(event: CreditEvent) -> None:
    deciding.answered(deciding.repair(staff.head(event.institution), event))


def withdrawn(event: CreditEvent) -> None:
    actions.withdraw_event(by=Actor.system("测试"), event=event, ground=Ground.WRONG_FACTS, reason="记错")


@pytest.mark.parametrize("ends", [repaired, withdrawn])
def test_what_is_repaired_or_withdrawn_shows_at_no_door_from_that_moment(
    listed: CreditEvent, ends: Callable[[CreditEvent], None]
) -> None:
    with clock.set_to(datetime.combine(date(2027, 6, 1), MIDNIGHT.timetz())):
        assert set(open_doors(listed).values()) == {True}
        ends(listed)
        assert set(open_doors(listed).values()) == {False}, open_doors(listed)
        message = OutboxMessage.objects.get(key=export.key_of(listed.pk, "published"))
        assert not export.still_holds(message)
