"""Credit: what is written, for how long it shows, how it ends, who may do what."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.people import browser, person
from credit import deciding
from supervision.inspected import office, ordered
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import checks, clock, outbox
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.credit import actions, export, following, jobs, queries
from tuoyu.credit.actions import Stated
from tuoyu.credit.models import CreditEvent, ListEntry
from tuoyu.credit.vocabulary import CreditClass, EventKind, Ground, ListKind, RequestKind, Standing
from tuoyu.exchange import delivery
from tuoyu.institutions.models import Institution
from tuoyu.supervision import actions as supervision
from tuoyu.supervision.models import Sanction
from tuoyu.workforce.actions import end_employment
from tuoyu.workforce.models import Person
from workforce import staff

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 30, 12, tzinfo=clock.BEIJING)
SYSTEM = Actor.system("测试")


@pytest.fixture(autouse=True)
def noon() -> Any:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def nursery() -> Institution:
    return staff.nursery()


def at(day: date) -> Any:
    return clock.set_to(datetime.combine(day, NOON.timetz()))


def public_page(institution: Institution) -> str:
    return Client().get(reverse("portal:institution", args=[institution.pk])).content.decode()


def sent(topic: str) -> list[dict[str, Any]]:
    return [message.payload for message in OutboxMessage.objects.filter(topic=topic).order_by("pk")]


# ---------------------------------------------------------------- written once


def test_the_same_sanction_told_twice_makes_one_event_and_one_message(nursery: Institution) -> None:
    someone = Person.objects.create(name="王某某", identity=staff.identity(1))
    sanction = deciding.decided(nursery)
    for _ in range(2):
        following.record_sanction(SYSTEM, nursery, someone, sanction)
    assert CreditEvent.objects.filter(case=sanction.case).count() == 2
    assert len(sent("credit.published")) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.write_event(
            by=SYSTEM, institution=nursery, case=sanction.case, department="health",
            stated=Stated(EventKind.PUNISH, CreditClass.GENERAL, "又一次", clock.today()),
        )  # fmt: skip


def test_before_the_order_nothing_is_written(nursery: Institution) -> None:
    with at(date(2026, 3, 31)):
        following.record_sanction(SYSTEM, nursery, None, deciding.decided(nursery))
    assert not CreditEvent.objects.exists()


def test_a_minor_breach_is_kept_and_neither_shown_nor_sent_unless_there_is_a_reason(
    nursery: Institution,
) -> None:
    minor = Stated(EventKind.PUNISH, CreditClass.MINOR, "台账不全", clock.today())
    officer = deciding.office(staff.GULOU)
    kept = actions.record_event(by=officer, institution=nursery, stated=minor)
    assert queries.standing_of(kept) == Standing.KEPT
    assert "台账不全" not in public_page(nursery)
    actions.withdraw_event(by=officer, event=kept, ground=Ground.WRONG_FACTS, reason="记错")
    assert [sent("credit.published"), sent("credit.ended")] == [[], []], "what was not sent is not taken back"
    shown = actions.record_event(
        by=officer,
        institution=nursery,
        stated=replace(minor, summary="多次台账不全", publish_reason="反复发生"),
    )
    assert (shown.until, shown.repairable_on) == (date(2027, 3, 1), clock.today())
    assert "多次台账不全" in public_page(nursery)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"summary": "  "}, "summary"),
        ({"decided_on": date(2026, 12, 1)}, "decided_on"),
        ({"credit_class": CreditClass.NONE}, "credit_class"),
        ({"kind": EventKind.REWARD}, "credit_class"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    nursery: Institution, changed: dict[str, Any], field: str
) -> None:
    given = {"kind": EventKind.PUNISH, "credit_class": CreditClass.GENERAL, "summary": "甲",
             "decided_on": clock.today()} | changed  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.record_event(by=deciding.office(staff.GULOU), institution=nursery, stated=Stated(**given))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not CreditEvent.objects.exists()


def decide_next(sanction: Sanction, key: str, **result: str) -> None:
    cases.decide(
        by=office(staff.GULOU), step=sanction.case.steps.get(key=key), decision="approve", result=result
    )


def test_a_penalty_enters_both_files_with_its_delivery_and_leaves_them_when_overturned() -> None:
    with at(date(2026, 11, 2)):
        one = ordered(on=date(2026, 11, 2))
        responsible = staff.carer(staff.head(one.institution), one.institution, 1).person
    due = one.case.answer_due_on
    assert due is not None
    with at(due + timedelta(days=1)):
        supervision.pass_over_silence(by=office(staff.GULOU), rectification=one, reason="")
        recheck = one.case.steps.get(key="recheck")
        cases.decide(by=office(staff.GULOU), step=recheck, decision="refuse", reason="没有整改")
        sanction = Sanction.objects.get(inspection=one.inspection)
        decide_next(sanction, "notice", measure="罚款")
        sanction.refresh_from_db()
    assert sanction.hearing_until is not None
    with at(sanction.hearing_until + timedelta(days=1)):
        decide_next(sanction, "decision", measure="罚款五千元", responsible=str(responsible.pk))
        assert not CreditEvent.objects.exists()
        decide_next(sanction, "delivery", delivered_on=str(clock.today()))
        events = CreditEvent.objects.filter(case=sanction.case)
        assert {event.person for event in events} == {None, responsible}
        assert "罚款五千元" in public_page(one.institution)
        lead = office(staff.GULOU, role=Role.DEPARTMENT_LEAD)
        supervision.overturn(by=lead, sanction=sanction, reason="证据不足")
        assert {queries.standing_of(event) for event in queries.events()} == {Standing.WITHDRAWN}
        assert len(sent("credit.ended")) == 2


# ---------------------------------------------------------------- over with the day


def test_at_midnight_it_is_over_by_itself_everywhere_and_taken_back_once(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery)
    assert event.until == date(2027, 12, 1)
    entry = actions.put_on_list(
        by=deciding.office(staff.GULOU), institution=nursery, kind=ListKind.PUNISHMENT, reason="失信",
        event=event,
    )  # fmt: skip
    with clock.set_to(datetime(2027, 11, 30, 23, 59, 59, tzinfo=clock.BEIJING)):
        assert "罚款5000元" in public_page(nursery)
        assert list(queries.lists()) == [entry]
        assert jobs.end_what_is_over(0) == 0
    with clock.set_to(datetime(2027, 12, 1, 0, 0, 0, tzinfo=clock.BEIJING)):
        assert "罚款5000元" not in public_page(nursery)
        assert list(queries.lists()) == []
        assert [jobs.end_what_is_over(0), jobs.end_what_is_over(0)] == [1, 0]
    assert [row["reason"] for row in sent("credit.ended")] == ["over"]
    own = [one for one in checks.every() if one.name.startswith("credit.")]
    assert [one.findings for one in checks.run(own)] == [[]]


def test_what_is_over_before_it_could_be_sent_is_never_sent(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery)
    message = OutboxMessage.objects.get(key=export.key_of(event.pk, "published"))
    with at(date(2027, 12, 1)):
        assert outbox.claim(message)
        assert not delivery.attempt(message)
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == ("dropped", None)


def test_an_event_older_than_its_period_is_not_sent_at_all(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery, on=date(2025, 11, 29))
    assert queries.standing_of(event) == Standing.OVER
    assert sent("credit.published") == []


def test_every_message_is_as_documented(nursery: Institution) -> None:
    documented = json.loads((Path(__file__).parents[2] / "docs/credit-message.schema.json").read_text())
    someone = Person.objects.create(name="王小明", identity=staff.identity(1))
    sanction = deciding.decided(nursery)
    following.record_sanction(SYSTEM, nursery, someone, sanction)
    actions.record_event(
        by=deciding.office(staff.GULOU), institution=nursery,
        stated=Stated(EventKind.REWARD, CreditClass.NONE, "先进单位", clock.today()),
    )  # fmt: skip
    following.withdraw_overturned(SYSTEM, sanction, "复核撤销")
    payloads = sent("credit.published") + sent("credit.ended")
    assert len(payloads) == 5
    for payload in payloads:
        jsonschema_rs.validate(documented, payload)


# ---------------------------------------------------------------- corrected


def test_a_wrong_class_is_corrected_by_another_event_and_the_trace_is_kept(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery)
    lead = deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD)
    correct = {"by": lead, "event": event, "ground": Ground.WRONG_CLASS, "reason": "情节轻微"}
    with pytest.raises(Refused):
        actions.correct_event(**correct)
    other = actions.correct_event(**correct, credit_class=CreditClass.MINOR)
    assert other is not None
    assert (other.replaces, queries.standing_of(other)) == (event, Standing.KEPT)
    told = queries.shown(queries.events().get(pk=event.pk))
    assert (told["standing"], told["withdrawn_reason"]) == ("withdrawn", "情节轻微")
    assert [row["reason"] for row in sent("credit.ended")] == ["withdrawn"]
    with pytest.raises(Overtaken):
        actions.correct_event(**correct, credit_class=CreditClass.SERIOUS)


def test_only_a_lead_of_health_corrects(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery)
    for who in (deciding.office(staff.GULOU), deciding.office(staff.XUANWU, Role.DEPARTMENT_LEAD)):
        with pytest.raises(PermissionDenied):
            actions.correct_event(by=who, event=event, ground=Ground.WRONG_FACTS, reason="有误")


def test_an_overturned_sanction_leaves_every_file(nursery: Institution) -> None:
    someone = Person.objects.create(name="王某某", identity=staff.identity(1))
    sanction = deciding.decided(nursery)
    following.record_sanction(SYSTEM, nursery, someone, sanction)
    following.withdraw_overturned(SYSTEM, sanction, "复核撤销")
    assert {queries.standing_of(one) for one in queries.events()} == {Standing.WITHDRAWN}
    assert len(sent("credit.ended")) == 2


# ---------------------------------------------------------------- repaired


def test_repair_waits_for_the_least_period_and_ends_everything_together(nursery: Institution) -> None:
    event, head = deciding.sanctioned(nursery), staff.head(nursery)
    actions.put_on_list(
        by=deciding.office(staff.GULOU), institution=nursery, kind=ListKind.PUNISHMENT, reason="失信",
        event=event,
    )  # fmt: skip
    with at(date(2027, 2, 28)), pytest.raises(Refused, match="2027-03-01"):
        deciding.repair(head, event)
    with at(date(2027, 3, 1)):
        case = deciding.repair(head, event)
        assert "今后守信经营" in public_page(nursery)
        with pytest.raises(Refused):
            deciding.answered(case, "defects")
        lead = User.objects.get(pk=deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD).user_id)
        page = browser(lead).get(reverse("cases:case", args=[case.number])).content.decode()
        assert "准予修复" in page
        assert "需补正" not in page
        with pytest.raises(Overtaken):
            deciding.repair(head, event)
        deciding.answered(case)
        assert queries.standing_of(event) == Standing.REPAIRED
        assert "罚款5000元" not in public_page(nursery)
        assert list(queries.lists()) == []
    assert [row["reason"] for row in sent("credit.ended")] == ["repaired"]


@pytest.mark.parametrize("missing", ["statement", "pledge"])
def test_repair_needs_what_was_mended_and_a_public_pledge(nursery: Institution, missing: str) -> None:
    event, head = deciding.sanctioned(nursery), staff.head(nursery)
    with at(date(2027, 3, 1)), pytest.raises(Refused) as refused:
        deciding.repair(head, event, **{missing: " "})
    assert [problem.field for problem in refused.value.problems] == [missing]
    assert not Case.objects.filter(procedure="credit_repair").exists()


def test_nothing_is_repaired_while_a_rectification_is_open(nursery: Institution) -> None:
    event, head = deciding.sanctioned(nursery), staff.head(nursery)
    open_one = deciding.decided(nursery).case
    Case.objects.filter(pk=open_one.pk).update(procedure="rectification", state="returned", closed_at=None)
    with at(date(2027, 3, 1)):
        with pytest.raises(Refused, match=open_one.number):
            deciding.repair(head, event)
        Case.objects.filter(pk=open_one.pk).update(state="done", closed_at=clock.now())
        assert deciding.repair(head, event)


def test_what_stops_repair_after_it_was_asked_stops_it_when_it_is_granted(nursery: Institution) -> None:
    event, head = deciding.sanctioned(nursery), staff.head(nursery)
    with at(date(2027, 3, 1)):
        case = deciding.repair(head, event)
        open_one = deciding.decided(nursery).case
        Case.objects.filter(pk=open_one.pk).update(
            procedure="rectification", state="returned", closed_at=None
        )
        with pytest.raises(Refused, match=open_one.number):
            deciding.answered(case)
        assert queries.standing_of(event) == Standing.SHOWN
        Case.objects.filter(pk=open_one.pk).update(state="done", closed_at=clock.now())
    with at(date(2027, 12, 1)), pytest.raises(Refused, match="不需要修复"):
        deciding.answered(case)


def test_a_refusal_says_why_and_may_be_asked_again(nursery: Institution) -> None:
    event, head = deciding.sanctioned(nursery), staff.head(nursery)
    with at(date(2027, 3, 1)):
        case = deciding.repair(head, event)
        deciding.answered(case, "refuse", "罚款尚未缴清")
        assert queries.standing_of(event) == Standing.SHOWN
        page = browser(User.objects.get(pk=head.user_id)).get(
            reverse("credit:request", args=[event.requests.get().pk])
        )
        assert "罚款尚未缴清" in page.content.decode()
        deciding.answered(deciding.repair(head, event))
        assert queries.standing_of(event) == Standing.REPAIRED


def test_an_objection_is_answered_by_another_than_who_recorded_it(nursery: Institution) -> None:
    lead = deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD)
    stated = Stated(EventKind.PUNISH, CreditClass.GENERAL, "记错了对象", clock.today())
    event = actions.record_event(by=lead, institution=nursery, stated=stated)
    case = actions.ask(
        by=staff.head(nursery), event=event, kind=RequestKind.OBJECTION, statement="不是我们"
    ).case
    for decision in ("approve", "refuse"):
        with pytest.raises(Refused, match="其他人员"):
            deciding.answered(case, decision, "理由", by=lead)
    deciding.answered(case, reason="查明是另一家")
    told = queries.shown(queries.events().get(pk=event.pk))
    assert (told["standing"], told["withdrawn_reason"]) == ("withdrawn", "查明是另一家")


# ---------------------------------------------------------------- people


def test_a_persons_file_is_healths_alone_masked_and_every_reading_is_written_down(
    nursery: Institution,
) -> None:
    someone = Person.objects.create(name="王小明", identity=staff.identity(1))
    deciding.sanctioned(nursery, someone)
    event = CreditEvent.objects.get(person=someone)
    address = reverse("credit:person", args=[someone.pk])
    officer = browser(User.objects.get(pk=deciding.office(staff.GULOU).user_id))
    assert "王小明" in officer.get(address).content.decode()
    assert AuditEvent.objects.filter(verb="personal.read", topic=f"person:{someone.pk}").count() == 1
    neighbour = browser(User.objects.get(pk=deciding.office(staff.XUANWU).user_id))
    head = browser(User.objects.get(pk=staff.head(nursery).user_id))
    assert [neighbour.get(address).status_code, head.get(address).status_code] == [404, 403]
    assert head.get(reverse("credit:event", args=[event.pk])).status_code == 404
    assert "王" not in public_page(nursery).split("信用信息")[1].split("</section>")[0]
    (about_person,) = [row for row in sent("credit.published") if row["subject"]["type"] == "person"]
    assert about_person["subject"]["name"] != "王小明"
    assert staff.identity(1) not in str(about_person)


def test_a_person_finds_the_own_file_by_the_account_and_asks_for_repair(
    nursery: Institution, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    head = staff.head(nursery)
    account = User.objects.get(pk=head.user_id)
    account.phone = "13800138000"
    account.save()
    employment = staff.hired(head, nursery, 9)
    deciding.sanctioned(nursery, employment.person)
    event = CreditEvent.objects.get(person=employment.person)
    assert queries.own(head) is None, "the telephone is not proved"
    User.objects.update(phone_proved_at=clock.now())
    with at(date(2027, 3, 1)):
        page = browser(User.objects.get(pk=head.user_id)).get(reverse("credit:mine"))
        assert event.summary in page.content.decode()
        asked = deciding.repair(head, event)
        own, address = browser(account), reverse("credit:request", args=[event.requests.get().pk])
        assert event.summary in own.get(address).content.decode()
        with django_assert_max_num_queries(6):
            own.get(address)
        deciding.answered(asked)
        assert queries.standing_of(event) == Standing.REPAIRED
    with pytest.raises(Refused, match="主体"):
        deciding.repair(staff.head(staff.nursery()), event)


# ---------------------------------------------------------------- lists


def test_a_punishment_rests_on_an_event_that_shows_and_a_reason_is_given_for_every_change(
    nursery: Institution,
) -> None:
    officer = deciding.office(staff.GULOU)
    put = {"by": officer, "institution": nursery, "kind": ListKind.PUNISHMENT, "reason": "失信"}
    with pytest.raises(Refused, match="失信信息"):
        actions.put_on_list(**put)
    with pytest.raises(Refused, match="失信信息"):
        actions.put_on_list(**put, event=deciding.sanctioned(staff.nursery()))
    entry = actions.put_on_list(**put, event=deciding.sanctioned(nursery))
    with pytest.raises(Overtaken):
        actions.put_on_list(**put, event=entry.event)
    assert nursery.name in Client().get(reverse("credit:lists")).content.decode()
    told = reverse("portal:institution", args=[nursery.pk])
    assert str(ListKind.PUNISHMENT.label) in Client().get(told).content.decode()
    with pytest.raises(Refused):
        actions.take_off_list(by=officer, entry=entry, reason=" ")
    actions.take_off_list(by=officer, entry=entry, reason="已改正")
    with pytest.raises(Overtaken):
        actions.take_off_list(by=officer, entry=entry, reason="已改正")
    assert ListEntry.objects.get().removed_reason == "已改正"
    assert nursery.name not in Client().get(reverse("credit:lists")).content.decode()
    assert str(ListKind.PUNISHMENT.label) not in Client().get(told).content.decode()


def test_every_form_is_drawn_and_what_is_wrong_stands_at_its_field(nursery: Institution) -> None:
    event = deciding.sanctioned(nursery)
    officer = browser(User.objects.get(pk=deciding.office(staff.GULOU).user_id))
    head = browser(User.objects.get(pk=staff.head(nursery).user_id))
    forms = [
        (officer, "credit:record", nursery.pk),
        (officer, "credit:put_on_list", nursery.pk),
        (head, "credit:repair", event.pk),
        (head, "credit:objection", event.pk),
    ]
    for who, name, pk in forms:
        address = reverse(name, args=[pk])
        assert who.get(address).status_code == 200, name
        wrong = who.post(address, {})
        assert (wrong.status_code, "请" in wrong.content.decode()) == (422, True), name
    assert CreditEvent.objects.count() == 1
    lead = browser(User.objects.get(pk=deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD).user_id))
    assert lead.post(reverse("credit:correct", args=[event.pk]), {}).status_code == 422
    page = officer.get(reverse("credit:institution", args=[nursery.pk])).content.decode()
    assert event.summary in page


def test_somebody_who_left_opens_the_own_file_by_number_and_proved_telephone_and_no_other_way() -> None:
    nursery = staff.nursery()
    head = staff.head(nursery)
    employment = staff.hired(head, nursery, 9)
    deciding.sanctioned(nursery, employment.person)
    event = CreditEvent.objects.get(person=employment.person)
    end_employment(by=head, employment=employment, last_day=clock.today(), reason="离职")
    leaver, other = person("leaver"), person("other")
    for user, phone in ((leaver, str(employment.phone)), (other, "13800138111")):
        user.phone = phone
        user.save()
    with at(date(2027, 3, 1)):
        client, address = browser(leaver), reverse("credit:mine")
        said = {"identity": staff.identity(9)}
        assert client.post(address, said).status_code == 409, "the telephone is not proved"
        User.objects.update(phone_proved_at=clock.now())
        assert client.post(address, {"identity": staff.identity(10)}).status_code == 422, "another's number"
        assert browser(other).post(address, said).status_code == 422, "another's telephone"
        assert event.summary not in client.get(address).content.decode()
        assert client.post(address, said).status_code == 302
        assert client.post("/api/v1/my/credit-file", said, "application/json").status_code == 200
        assert event.summary in client.get(address).content.decode()
        who = actor_for(leaver)
        deciding.answered(deciding.repair(who, event))
        assert queries.standing_of(event) == Standing.REPAIRED
        actions.ask(by=who, event=event, kind=RequestKind.OBJECTION, statement="不是我作的决定")
        User.objects.filter(pk=leaver.pk).update(phone=None, phone_key=None)
        other.refresh_from_db()
        other.phone = str(employment.phone)
        other.save()
        assert browser(other).post(address, said).status_code == 409, "the file is somebody's already"
        for _ in range(actions.TRIES - 1):
            assert browser(other).post(address, {"identity": staff.identity(10)}).status_code == 422
        assert browser(other).post(address, {"identity": staff.identity(10)}).status_code == 429


def test_a_head_who_writes_the_own_telephone_into_an_entry_reads_nothing_recorded_elsewhere() -> None:
    former, present = staff.nursery(), staff.nursery()
    by, schemer = staff.head(former), staff.head(present)
    employment = staff.hired(by, former, 9)
    deciding.sanctioned(former, employment.person)
    event = CreditEvent.objects.get(person=employment.person)
    end_employment(by=by, employment=employment, last_day=clock.today(), reason="离职")
    with at(date(2027, 3, 1)):
        account = User.objects.get(pk=schemer.user_id)
        account.phone, account.phone_proved_at = "13800138222", clock.now()
        account.save()
        hired = staff.hired(schemer, present, 9, phone="13800138222")
        assert hired.person == employment.person
        client, address = browser(account), reverse("credit:mine")
        for _ in ("as who works there", "by the identity number"):
            assert event.summary not in client.get(address).content.decode()
            assert client.get("/api/v1/my/credit-events").json() == []
            assert client.get(reverse("credit:objection", args=[event.pk])).status_code == 404
            assert client.post(address, {"identity": staff.identity(9)}).status_code == 302
        leaver = person("leaver")
        leaver.phone, leaver.phone_proved_at = str(employment.phone), clock.now()
        leaver.save()
        assert browser(leaver).post(address, {"identity": staff.identity(9)}).status_code == 302
        assert event.summary in browser(leaver).get(address).content.decode(), "nobody shut the person out"
