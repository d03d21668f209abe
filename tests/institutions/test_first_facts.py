"""What is said first of an institution taken in among many is one row: it is told as facts are, it is written
down before something else is said, and the database lets nobody lose it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from psycopg.types.range import DateRange

from exchange.callers import seated
from institutions import desk
from institutions.test_facts import BY, CHANGE, ago, found_by_checks
from institutions.test_history import fetched
from tuoyu.core import clock, rotation
from tuoyu.core.actor import Role
from tuoyu.institutions import actions, asking, facts, history, provenance
from tuoyu.institutions.actions.facts import state_new
from tuoyu.institutions.models import Fact, FirstFacts, Institution
from tuoyu.institutions.vocabulary import GroundKind

pytestmark = pytest.mark.django_db

SINCE = {"registration": "registered_on", "filing": "receipt_issued_on"}
IMPORT = actions.Ground(GroundKind.IMPORT)
TAKEN_IN = 30


def nursery(number: int) -> Institution:
    """A nursery filed before the platform came, not written yet."""
    return Institution(
        name="鼓楼区小星星托育园", kind="institution", nature="nonprofit", legal_form="social_service_org",
        division_code=desk.GULOU, address="中山北路1号", registration="registered", registrar="civil_affairs",
        registered_on=ago(900), receipt_number=f"托备旧{number}", receipt_issued_on=ago(800),
        public_since=ago(800), filing="normal", places=60, inclusive=False, care_types=["full_day"],
        representative="王某某", phone="025-1", longitude=118.75, latitude=32.07, source_system="import",
        source_id=str(number),
    )  # fmt: skip


def taken_in(number: int = 1) -> Institution:
    """One as an import writes it, so many days ago."""
    made = nursery(number)
    with clock.set_to(clock.now() - timedelta(days=TAKEN_IN)):
        state_new([made], ground=IMPORT, by=desk.officer("health"), since=SINCE)
    return Institution.objects.get(pk=made.pk)


def written_out(number: int = 2) -> Institution:
    """The same, with a row a fact."""
    made = nursery(number)
    with clock.set_to(clock.now() - timedelta(days=TAKEN_IN)):
        made.created_at = clock.now()
        made.save()
        by = desk.officer("health")
        for key in facts.COLUMNS:
            if facts.is_given(facts.plain(getattr(made, key))):
                day = getattr(made, SINCE[key]) if key in SINCE else None
                actions.state_facts(made, {key: getattr(made, key)}, ground=IMPORT, by=by, on=day)
    return Institution.objects.get(pk=made.pk)


def phone_changed(one: Institution) -> None:
    with clock.set_to(clock.now() - timedelta(days=10)):
        actions.state_facts(one, {"phone": "025-2"}, ground=CHANGE, by=BY)


def said_again(one: Institution) -> None:
    actions.state_facts(one, {"phone": "025-1", "representative": "王某某"}, ground=CHANGE, by=BY)


def filing_ended(one: Institution) -> None:
    actions.move_state(one, "filing", from_="normal", to="rectification", ground=CHANGE, by=BY)


def said_otherwise_on_the_day(one: Institution) -> None:
    with clock.set_to(clock.now() - timedelta(days=TAKEN_IN)):
        actions.state_facts(one, {"phone": "025-2"}, ground=CHANGE, by=BY)


def said_of_before(one: Institution) -> None:
    actions.state_facts(one, {"phone": "025-0", "fees": "每月3000元"}, ground=CHANGE, by=BY, on=ago(100))


def nothing(one: Institution) -> None:
    pass


@pytest.mark.parametrize(
    "later",
    [nothing, phone_changed, said_again, filing_ended, said_otherwise_on_the_day, said_of_before],
)
def test_every_day_source_and_question_is_told_as_if_each_fact_were_a_row(
    later: Callable[[Institution], None],
) -> None:
    one, other = taken_in(), written_out()
    assert not Fact.objects.filter(institution=one).exists()
    assert Fact.objects.filter(institution=other).count() == 17
    for institution in (one, other):
        later(institution)
        institution.refresh_from_db()
    for days in (901, 900, 850, 800, 799, 101, 100, 31, 30, 29, 11, 10, 9, 1, 0):
        told = [provenance.known_on(provenance.row_of(each), ago(days)) for each in (one, other)]
        assert told[0] == told[1], days
    assert asking.known_of(one) == asking.known_of(other)
    assert (
        history.day_of(BY, fetched(one, clock.today()), clock.today()).turning_days
        == history.day_of(BY, fetched(other, clock.today()), clock.today()).turning_days
    )
    assert [getattr(one, key) for key in facts.COLUMNS] == [getattr(other, key) for key in facts.COLUMNS]
    assert found_by_checks() == []


def test_the_pages_tell_who_took_it_in_and_what_was_there_before_a_change() -> None:
    one = taken_in()
    phone_changed(one)
    client = Client()
    client.force_login(
        seated(Role.OFFICER, "health", desk.GULOU), backend="tuoyu.accounts.backends.PeopleBackend"
    )
    at = f"/institutions/{one.pk}/history/"
    pages = {days: client.get(at, {"on": ago(days).isoformat()}).content.decode() for days in (40, 20, 0)}
    assert ["025-1" in pages[days] for days in (40, 20, 0)] == [False, True, False]
    assert ["025-2" in pages[days] for days in (40, 20, 0)] == [False, False, True]
    assert "王某某" in pages[20]
    assert "，导入" in pages[20]
    assert "，导入" in client.get(f"/institutions/{one.pk}/").content.decode()


def test_the_name_of_a_person_is_encrypted_and_may_be_encrypted_anew() -> None:
    one = taken_in()
    with connection.cursor() as cursor:
        cursor.execute("SELECT personal, said::text FROM institutions_firstfacts")
        personal, said = cursor.fetchone()
    assert "王某某" not in personal + said
    column = next(c for c in rotation.columns() if c.table == "institutions_firstfacts")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE institutions_firstfacts SET personal = %s", [column.rewritten(personal)])
    assert provenance.known_on(provenance.row_of(one))["representative"].value == "王某某"


def refused(what: Callable[[], Any]) -> str:
    with pytest.raises(DatabaseError) as found, transaction.atomic():
        what()
    return str(found.value)


def test_the_database_lets_nobody_lose_change_or_contradict_what_was_first_said() -> None:
    one = taken_in()
    row: dict[str, Any] = {"institution": one, "ground": "change", "supplier": "某人"}
    until = DateRange(ago(5), None)
    assert "would be lost" in refused(
        lambda: Fact.objects.create(key="phone", value="1", period=until, **row)
    )
    assert "would be lost" in refused(
        lambda: Fact.objects.create(
            key="representative", personal="甲", period=until, stated_at=one.first_facts.stated_at, **row
        )
    )
    # Of what was not said at first nothing can be lost.
    Fact.objects.create(key="fees", value="免费", period=until, **row)
    assert "append-only" in refused(lambda: FirstFacts.objects.update(said={}))
    assert "append-only" in refused(lambda: FirstFacts.objects.all().delete())
    other = written_out()
    first = {"said": {"phone": "1"}, "day": date(2026, 1, 1), "ground": "import"}
    assert "has facts" in refused(
        lambda: FirstFacts.objects.create(institution=other, supplier="某人", **first)
    )
    bare = Institution.objects.create(kind="institution", name="无", division_code=desk.GULOU)
    assert "first_facts_say_who" in refused(
        lambda: FirstFacts.objects.create(institution=bare, supplier="", **first)
    )


def test_a_row_changed_past_what_was_first_said_is_found() -> None:
    one = taken_in()
    phone_changed(one)
    Institution.objects.update(phone="025-2", places=61, representative="赵某某")
    assert sorted(said.split(": ")[1].split(" ")[0] for said in found_by_checks()) == [
        "places", "representative",
    ]  # fmt: skip


# ---------------------------------------------------------------- loaded in bulk


def loaded() -> Institution:
    """One that was loaded without any fact."""
    made = nursery(3)
    made.source_system = made.source_id = ""
    made.created_at = clock.now() - timedelta(days=850)
    made.save()
    return Institution.objects.get(pk=made.pk)


@pytest.mark.parametrize("values", [{"phone": "025-2", "name": "新名"}, {"phone": "025-1"}])
def test_the_past_of_what_was_loaded_without_facts_is_as_before_whatever_is_said_later(
    values: dict[str, Any],
) -> None:
    one = loaded()
    days = (901, 900, 850, 800, 799, 400, 1)
    before = [provenance.known_on(provenance.row_of(one), ago(day)) for day in days]
    assert [day for day, known in zip(days, before, strict=True) if "phone" in known] == [800, 799, 400, 1]
    actions.state_facts(one, values, ground=CHANGE, by=BY)
    filing_ended(one)
    one.refresh_from_db()
    for day, was in zip(days, before, strict=True):
        known = provenance.known_on(provenance.row_of(one), ago(day))
        assert {key: (k.value) for key, k in known.items() if key != "filing"} == {
            key: k.value for key, k in was.items()
        }
        assert known.get("name", was.get("name")) is None or (known["name"].supplied == was["name"].supplied)
        # The state is written down from the receipt on, and not for the days before it.
        assert ("filing" in known) == (day <= 800)
    assert Fact.objects.filter(key="phone").order_by("period").first().period.lower == ago(800)
