"""What phones bring back: each thing once, the later answer counts, both are kept, nothing is lost."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from supervision import visiting
from supervision.visiting import answer, begun, inspector, mark, mine, scheduled, sent
from tuoyu.accounts.models import User
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Fact, Premises
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import actions, visits
from tuoyu.supervision.models import Answer, Assignment, Evidence, Finding, Part, Signature
from tuoyu.supervision.vocabulary import InspectionState, Origin, Side, Verdict
from workforce import staff

pytestmark = pytest.mark.django_db


def test_the_checklist_of_the_day_it_begins_is_frozen_with_the_rule_under_each_item() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    made.refresh_from_db()
    assert made.checklist_version == "nanjing-2024-04"
    assert {item["section"] for item in made.items} >= {"消防安全", "卫生保健", "食品安全", "人员配备"}
    ratio = next(item for item in made.items if item["key"] == "staffing.ratio_infant")
    assert ratio["rule"] == "ratio.infant"
    assert "3" in ratio["asks"]
    assert ratio["source"]


def test_a_visit_begun_on_an_earlier_day_has_the_list_of_that_day() -> None:
    one, other = inspector(county="370402"), inspector(county="370402")
    made = scheduled((one, "health"), (other, "health"), nursery=staff.nursery("370402"))
    then = datetime(2023, 5, 4, 10, tzinfo=clock.BEIJING)
    actions.begin(by=one, inspection=made, begun_at=then)
    assert made.checklist_version == "2022-08"
    assert not any("WS/T" in item["source"] for item in made.items)


def test_items_whose_condition_is_known_not_to_hold_are_left_out_and_unknown_ones_stay() -> None:
    one, other = inspector(), inspector()
    nursery = staff.nursery()
    Premises.objects.create(institution=nursery, tenure="owned")
    made = scheduled((one, "health"), (other, "health"), nursery=nursery)
    keys = {item["key"] for item in visits.items_on(made, clock.today())}
    assert "premises.lease" not in keys
    assert "health_care.food_permit" in keys
    Fact.objects.create(
        institution=nursery, key="basics.serves_meals", value=False, period=(date(2020, 1, 1), None),
        ground="filing", supplier="园长",
    )  # fmt: skip
    assert "health_care.food_permit" not in {i["key"] for i in visits.items_on(made, clock.today())}


def test_a_joint_inspection_divides_the_items_by_remit_and_the_lead_answers_the_rest() -> None:
    health, fire, market = inspector(), inspector("fire_rescue"), inspector("market_regulation")
    made = scheduled((health, "health"), (fire, "fire_rescue"), (market, "market_regulation"))
    assert all(key.startswith("fire.") for key in mine(made, fire))
    assert mine(made, market) == ["health_care.food_permit", "health_care.food_sample"]
    assert not {*mine(made, fire), *mine(made, market)} & {*mine(made, health)}
    assert "staffing.guard" in mine(made, health)
    begun(made, health)
    received = sent(made, fire, answer("staffing.guard"), answer("no.such.item"), answer("fire.manager"))
    assert [*received.refused.values()] == ["这一项由其他部门检查。", "这一项不在本次检查表里。"]
    assert len(received.has) == 1


def test_what_is_sent_twice_is_kept_once_and_answered_both_times() -> None:
    one, other = inspector(), inspector()
    made = scheduled((one, "health"), (other, "health"))
    told = actions.VisitTold(
        sent_at=clock.now(),
        begun=mark(),
        answers=[answer("fire.manager"), answer("fire.exits", Verdict.DEFECT, note="被货架挡住")],
    )
    first = actions.receive(by=one, inspection=made, told=told)
    again = actions.receive(by=one, inspection=made, told=told)
    assert first.has == again.has
    assert len(first.has) == 3
    assert Answer.objects.count() == 2
    assert not Notice.objects.exclude(title="检查任务").exists()  # nobody heads it here


def test_two_phones_begin_the_same_inspection_and_it_ends_as_one() -> None:
    one, other = inspector(), inspector()
    made = scheduled((one, "health"), (other, "health"))
    now = clock.now()
    first = answer("fire.exits", Verdict.OK, said_at=now - visiting.later(9))
    second = answer("fire.exits", Verdict.DEFECT, note="锁住", said_at=now - visiting.later(5))
    alone = answer("fire.manager", said_at=now - visiting.later(8))
    assert not sent(made, other, second, begun=mark()).refused
    assert not sent(made, one, first, alone, begun=mark()).refused
    made.refresh_from_db()
    visit = visits.visit_of(made)
    assert made.state == InspectionState.UNDERWAY
    assert visit.answers["fire.exits"].key == second.key
    assert {a.key for a in visit.given["fire.exits"]} == {first.key, second.key}
    assert visit.conflicts == {"fire.exits"}
    seen = answer("fire.exits", Verdict.DEFECT, note="已核对", saw=second.key)
    sent(made, one, seen)
    assert not visits.visit_of(made).conflicts


def test_a_second_thought_on_the_phone_that_had_not_seen_the_other_stays_a_conflict() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    sent(made, other, answer("fire.exits", Verdict.DEFECT))
    first = answer("fire.exits", said_at=clock.now())
    second = answer("fire.exits", note="再看过", saw=first.key, said_at=clock.now() + visiting.later(1))
    sent(made, one, first, second, sent_at=clock.now() + visiting.later(1))
    assert visits.visit_of(made).conflicts == {"fire.exits"}


def test_the_same_answer_from_two_phones_is_no_conflict() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    sent(made, one, answer("fire.exits"))
    sent(made, other, answer("fire.exits"))
    assert not visits.visit_of(made).conflicts


def test_a_phone_whose_clock_is_wrong_is_wrong_by_the_same_at_both_moments() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    wrong = clock.now() + timedelta(days=300)
    given = answer("fire.exits", said_at=wrong - visiting.later(1))
    with clock.set_to(clock.now() + visiting.later(10)):
        sent(made, one, given, sent_at=wrong)
        kept = Answer.objects.get(key=given.key)
        assert kept.said_at == clock.now() - visiting.later(1)


def test_nothing_is_taken_in_before_it_begins_or_after_it_is_confirmed_but_what_is_here_is_known() -> None:
    one, other = inspector(), inspector()
    made = scheduled((one, "health"), (other, "health"))
    assert [*sent(made, one, answer("fire.exits")).refused.values()] == ["检查还没有开始。"]
    begun(made, one)
    given = answer("fire.exits")
    sent(made, one, given)
    visiting.answered(made, one)
    visiting.signed(made, one)
    actions.confirm(by=one, inspection=made, result="pass")
    late = answer("fire.exits", Verdict.DEFECT)
    received = sent(made, one, given, late)
    assert received.has == [given.key]
    assert list(received.refused) == [late.key]


def test_a_key_that_another_inspection_uses_is_refused() -> None:
    one, other = inspector(), inspector()
    first = begun(scheduled((one, "health"), (other, "health")), one)
    second = begun(scheduled((one, "health"), (other, "health")), one)
    given = answer("fire.exits")
    sent(first, one, given)
    assert list(sent(second, one, given).refused) == [given.key]


def test_a_part_is_finished_when_every_item_of_it_is_answered() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    items = mine(made, one)
    refused = sent(made, one, *map(answer, items[:-1]), finished=mark()).refused
    assert [*refused.values()] == ["还有 1 项没有答复。"]
    assert not sent(made, one, answer(items[-1]), finished=mark()).refused
    part = made.parts.get()
    assert (part.done_label, part.done_at is not None) == (one.label, True)


def test_only_the_inspectors_carry_it_out() -> None:
    one, other = inspector(), inspector()
    made = scheduled((one, "health"), (other, "health"))
    with pytest.raises(PermissionDenied):
        begun(made, inspector())
    begun(made, one)
    with pytest.raises(Overtaken):
        begun(made, other)


def test_a_photograph_loses_what_the_camera_wrote_and_is_kept_once() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    exif = Image.Exif()
    exif[0x010E] = "somewhere"
    key, now = uuid4(), clock.now()
    given = {"by": one, "inspection": made, "key": key, "item": "fire.exits", "taken_at": now, "sent_at": now}
    kept = actions.add_evidence(**given, file=visiting.photo(exif=exif.tobytes()))
    assert actions.add_evidence(**given, file=visiting.photo()).pk == kept.pk
    assert Evidence.objects.count() == 1
    with Image.open(kept.file.path) as picture:
        assert not dict(picture.getexif())
    with pytest.raises(Refused, match="只能上传"):
        actions.add_evidence(**given | {"key": uuid4()}, file=visiting.photo("a.gif", "GIF"))
    with pytest.raises(Refused, match="不在本部门"):
        actions.add_evidence(**given | {"key": uuid4(), "item": "x"}, file=visiting.photo())


def test_a_refusal_to_sign_needs_a_reason_and_a_witness() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    given = {"side": Side.INSTITUTION, "signed_at": clock.now(), "name": "园长", "refused": True}
    wrong = actions.SignatureGiven(key=uuid4(), **given, reason="不认可")
    right = actions.SignatureGiven(key=uuid4(), **given, reason="不认可", witness="社区干部")
    blank = actions.SignatureGiven(key=uuid4(), **given | {"refused": False})
    received = sent(made, one, signatures=[wrong, right, blank])
    assert [*received.refused.values()] == ["拒绝签字须写明理由和见证人。", "还没有签字。"]
    assert Signature.objects.get().refused
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.update(witness="")


def test_many_inspections_of_a_nursery_are_read_in_as_many_statements_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    nursery, one = staff.nursery(), inspector()
    head = staff.head(nursery)
    for number in (1, 4):
        for _ in range(number):
            begun(scheduled((one, "health"), nursery=nursery, origin=Origin.SPECIAL), one)
        with jurisdictions.remembering(), django_assert_num_queries(2):
            told = visits.at_institution(head, nursery.pk)
    assert len(told) == 5
    assert all(len(each["inspectors"]) == 2 for each in told)


def test_the_notice_is_the_same_whatever_brought_the_inspectors() -> None:
    said = set()
    for origin, reason in ((Origin.DRAW, ""), (Origin.REPORT, "家长举报打骂孩子")):
        nursery = staff.nursery(name="同名托育园")
        head = staff.head(nursery)
        one, other = inspector(), inspector()
        made = scheduled((one, "health"), (other, "health"), nursery=nursery, origin=origin, reason=reason)
        assert not Notice.objects.filter(user=head.user_id).exists()
        assert visits.at_institution(head, nursery.pk) == []
        begun(made, one)
        notice = Notice.objects.get(user=head.user_id)
        (told,) = visits.at_institution(head, nursery.pk)
        kept = {key: told[key] for key in ("offices", "begun_on", "state_label", "findings", "result_label")}
        said.add((notice.title, notice.text.replace(made.number, "编号"), str(kept)))
        assert set(told) == set(visits.told(made))
    assert len(said) == 1
    assert "举报" not in str(said)


def test_what_came_along_with_a_visit_is_what_is_there(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    nursery = staff.nursery()
    made = visiting.confirmed("fire.exits", nursery=nursery)
    with django_assert_num_queries(1):
        visit = visits.visit_of(made)
        found = visit.inspection
        told = [*found.parts.all(), *found.findings.all(), *found.signatures.all(), *visit.assignments]
        told += [one for given in visit.given.values() for one in given]
        names = {one.user.name for one in visit.assignments}
    for one in told:
        kept = type(one).objects.get(pk=one.pk)
        assert [getattr(one, column.attname) for column in one._meta.concrete_fields] == [
            getattr(kept, column.attname) for column in one._meta.concrete_fields
        ]
    assert {type(one) for one in told} == {Answer, Assignment, Finding, Part, Signature}
    assert names == set(User.objects.filter(inspections__inspection=made).values_list("name", flat=True))
    assert found.findings.filter(item="fire.exits").count() == found.findings.count() == 1
    assert found.findings.get().inspection == found
