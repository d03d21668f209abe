"""What is known of an institution, with time: the value of a day, who supplied it, and the row of today."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from institutions import desk
from tuoyu.core import checks, clock
from tuoyu.core.actor import Actor
from tuoyu.institutions import actions, asking, facts, provenance
from tuoyu.institutions.models import ClassGroup, Fact, Institution, Premises
from tuoyu.institutions.rules.periods import place
from tuoyu.institutions.vocabulary import GroundKind

pytestmark = pytest.mark.django_db

BY = Actor.system("测试")
CHANGE = actions.Ground(GroundKind.CHANGE)


def bare(**about: Any) -> Institution:
    """An institution as it was loaded before facts were kept: columns, and nothing else."""
    return Institution.objects.create(
        **{
            "name": "鼓楼区小星星托育园", "kind": "institution", "nature": "nonprofit",
            "legal_form": "social_service_org", "division_code": desk.GULOU, "address": "中山北路1号",
            "registration": "registered", "registrar": "civil_affairs", "uscc": desk.USCC,
            "registered_on": clock.today() - timedelta(days=400), "phone": "025-1",
        } | about
    )  # fmt: skip


def value_on(institution: Institution, key: str, day: date) -> Any:
    known = provenance.known_on(provenance.row_of(institution), day).get(key)
    return known.value if known else None


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


# ---------------------------------------------------------------- the value of a day


def test_a_value_holds_from_its_day_to_the_next_one_stated_and_the_row_says_that_of_today() -> None:
    institution = bare()
    for phone, day in (("025-2", ago(20)), ("025-4", ago(0)), ("025-3", ago(10))):
        actions.state_facts(institution, {"phone": phone}, ground=CHANGE, by=BY, on=day)
    said = {days: value_on(institution, "phone", ago(days)) for days in (30, 21, 20, 11, 10, 1, 0)}
    assert said == {30: "025-1", 21: "025-1", 20: "025-2", 11: "025-2", 10: "025-3", 1: "025-3", 0: "025-4"}
    institution.refresh_from_db()
    assert institution.phone == "025-4"
    # A statement about the past alone changes nothing of today.
    assert actions.state_facts(institution, {"phone": "025-0"}, ground=CHANGE, by=BY, on=ago(15)) == []
    assert actions.state_facts(institution, {"phone": "025-5"}, ground=CHANGE, by=BY) == ["phone"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.dictionaries(st.integers(0, 12), st.sampled_from("甲乙丙"), min_size=1, max_size=7).flatmap(
        lambda said: st.permutations(sorted(said.items()))
    )
)
def test_in_any_order_of_statements_the_value_of_a_day_is_the_one_of_the_latest_day_up_to_it(
    order: list[tuple[int, str]],
) -> None:
    with transaction.atomic():
        institution = bare(phone="")
        for days, phone in order:
            actions.state_facts(institution, {"phone": phone}, ground=CHANGE, by=BY, on=ago(days))
        for days in range(14):
            earlier = [said for said in order if said[0] >= days]
            expected = min(earlier)[1] if earlier else None
            assert value_on(institution, "phone", ago(days)) == expected
        institution.refresh_from_db()
        assert institution.phone == value_on(institution, "phone", clock.today())
        transaction.set_rollback(True)


def test_a_place_between_periods_ends_where_the_next_begins() -> None:
    first, second = date(2026, 1, 1), date(2026, 6, 1)
    periods = [(first, second), (second, None)]
    found = place(periods, date(2026, 3, 1))
    assert (found.inside, found.replaces, found.until) == (0, False, second)
    assert place(periods, second) == place(periods, second)
    assert place(periods, second).replaces
    assert place(periods, date(2025, 1, 1)).until == first
    assert place([(None, first)], date(1999, 1, 1)).inside == 0


def test_the_database_refuses_two_values_of_one_day_and_a_value_without_a_source() -> None:
    institution = bare()
    actions.state_facts(institution, {"phone": "025-2"}, ground=CHANGE, by=BY)
    row = {"institution": institution, "key": "phone", "ground": "change", "supplier": "某人"}
    for wrong in (
        row | {"period": DateRange(ago(5), None)},
        row | {"key": "fees", "period": DateRange(ago(5), None), "supplier": ""},
        row | {"key": "fees", "period": DateRange(empty=True)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fact.objects.create(**wrong)


def test_what_is_said_twice_on_a_day_keeps_its_first_source_and_what_is_said_otherwise_leaves_a_trace() -> (
    None
):
    institution = bare()
    first = actions.Ground(GroundKind.FILING, supplier=actions.Supplier("甲"))
    actions.state_facts(institution, {"phone": "025-2"}, ground=first, by=BY)
    actions.state_facts(institution, {"phone": "025-2"}, ground=CHANGE, by=BY)
    assert provenance.known_on(provenance.row_of(institution))["phone"].supplied.who == "甲"
    actions.state_facts(institution, {"phone": "025-3"}, ground=CHANGE, by=BY)
    rows = Fact.objects.filter(key="phone").order_by("pk")
    # What stood there before anything was written down; replaced on its own day; holding now.
    assert [(r.said, r.period.isempty, r.ground) for r in rows] == [
        ("025-1", False, "unrecorded"), ("025-2", True, "filing"), ("025-3", False, "change"),
    ]  # fmt: skip


def test_neither_a_day_to_come_nor_a_fact_nobody_knows_can_be_stated() -> None:
    institution = bare()
    for values, day in (
        ({"phone": "1"}, ago(-1)),
        ({"colour": "red"}, ago(0)),
        ({"receipt_number": "1"}, ago(0)),
    ):
        with pytest.raises(ValueError, match=r"no such facts|has not come"):
            actions.state_facts(institution, values, ground=CHANGE, by=BY, on=day)
    assert not Fact.objects.exists()


def test_a_new_name_is_found_at_once_and_rooms_are_kept_with_their_facts() -> None:
    institution = bare()
    said = {
        "name": "鼓楼区大月亮托育园",
        "premises.floor": 2,
        "premises.lease_to": date(2030, 1, 2),
        "staff.guards": 2.0,
    }
    assert actions.state_facts(institution, said, ground=CHANGE, by=BY) == sorted(said)
    institution.refresh_from_db()
    assert "yueliang" in institution.pinyin
    premises = Premises.objects.get(institution=institution)
    assert (premises.floor, premises.lease_to) == (2, date(2030, 1, 2))
    assert value_on(institution, "staff.guards", clock.today()) == 2


def test_who_represents_it_is_kept_encrypted() -> None:
    institution = bare()
    actions.state_facts(institution, {"representative": "赵某某"}, ground=CHANGE, by=BY)
    row = Fact.objects.get(key="representative")
    assert (row.value, row.said) == (None, "赵某某")
    stored = Fact.objects.filter(pk=row.pk).extra(select={"raw": "personal"}).values_list("raw", flat=True)[0]
    assert "赵某某" not in str(stored)


# ---------------------------------------------------------------- who supplied it


def test_every_value_of_a_filed_institution_says_who_supplied_it_and_in_which_case(packs: None) -> None:
    head = desk.applicant("申办人甲")
    with clock.set_to(datetime.combine(ago(40), datetime.min.time(), clock.BEIJING) + timedelta(hours=9)):
        case = desk.registered(desk.submitted(head))
    desk.approve(case, "filing")
    institution = Institution.objects.get(applications__case=case)
    known = provenance.known_on(provenance.row_of(institution))
    assert {known[k].supplied.office for k in ("uscc", "registered_on", "registrar")} == {"鼓楼区民政局"}
    assert known["uscc"].supplied.in_words.endswith(f"法人登记（办件编号{case.number}）")
    for key in ("name", "address", "premises.floor", "staff.guards", "care_types"):
        assert (known[key].supplied.who, known[key].supplied.case) == ("申办人甲", case.number)
        assert known[key].supplied.on == ago(40)
    # The filing says the same again; the registration stays the source, and what it settled is not repeated.
    assert known["address"].confirmed is not None
    assert known["address"].confirmed.ground == "filing"
    assert known["name"].confirmed is None
    assert known["filing"].value == "receipt_issued"
    assert [value_on(institution, "filing", ago(days)) for days in (41, 40, 1, 0)] == [
        None, "none", "none", "receipt_issued",
    ]  # fmt: skip
    assert {k for k in known if k.startswith("class.")} == {
        f"class.{pk}" for pk in institution.classes.values_list("pk", flat=True)
    }
    assert found_by_checks() == []


# Nobody states what is not recorded, nor what another register holds.
STATED = [kind for kind in GroundKind if kind not in (GroundKind.UNRECORDED, GroundKind.HELD)]


@pytest.mark.parametrize("kind", STATED)
def test_each_ground_is_told_with_its_word(kind: GroundKind) -> None:
    institution = bare()
    by = desk.officer("health")
    actions.state_facts(institution, {"phone": "025-9"}, ground=actions.Ground(kind), by=by)
    supplied = provenance.known_on(provenance.row_of(institution))["phone"].supplied
    assert supplied.in_words == f"鼓楼区卫健委{by.label}，{kind.label}"
    assert (supplied.who, supplied.on) == (by.label, clock.today())


def test_where_no_fact_was_written_only_what_is_certain_is_said() -> None:
    institution = bare(inclusive=True, source_id="7", source_system="民政系统")
    known = provenance.known_on(provenance.row_of(institution))
    assert known["uscc"].supplied.in_words == "鼓楼区民政局，登记机关报送"
    assert known["address"].supplied.in_words == "来源没有记录"
    # On a day of the past it is not known that it was so already.
    then = provenance.known_on(provenance.row_of(institution), ago(100))
    assert "uscc" in then
    assert not {"address", "inclusive"} & set(then)
    assert provenance.known_on(provenance.row_of(institution), ago(401)) == {}


# ---------------------------------------------------------------- classes


def rows_of(*said: tuple[str, str, int]) -> list[dict[str, Any]]:
    return [
        {"name": name, "class_type": kind, "places": places, "carers": 2, "room_area": None}
        for name, kind, places in said
    ]


def test_a_class_is_closed_and_stays_and_one_of_the_same_name_goes_on() -> None:
    institution = bare()
    with clock.set_to(clock.now() - timedelta(days=30)):
        actions.state_classes(
            institution, rows_of(("一班", "infant", 8), ("二班", "mixed", 15)), ground=CHANGE, by=BY
        )
    one, two = ClassGroup.objects.order_by("pk")
    # The first is left out, the second keeps its name, a third is new: nobody else's class is taken for it.
    actions.state_classes(
        institution, rows_of(("二班", "mixed", 18), ("三班", "toddler_large", 20)), ground=CHANGE, by=BY
    )
    assert list(institution.classes.open_now().order_by("pk").values_list("name", "places")) == [
        ("二班", 18), ("三班", 20),
    ]  # fmt: skip
    one.refresh_from_db()
    assert (one.opened_on, one.closed_on) == (ago(30), ago(0))
    assert list(institution.classes.open_on(ago(1)).values_list("pk", flat=True)) == [one.pk, two.pk]
    assert value_on(institution, f"class.{two.pk}", ago(1))["places"] == 15
    # Renamed, it is the one of its type.
    actions.state_classes(
        institution, rows_of(("二班", "mixed", 18), ("大班", "toddler_large", 20)), ground=CHANGE, by=BY
    )
    assert ClassGroup.objects.count() == 3
    assert found_by_checks() == []


# ---------------------------------------------------------------- tuoyu check


def found_by_checks() -> list[str]:
    named = [one for one in checks.every() if one.name.startswith("institutions.")]
    return [finding for result in checks.run(named) for finding in result.findings]


def test_a_row_changed_past_its_facts_is_found() -> None:
    institution = bare()
    actions.state_facts(institution, {"phone": "025-2", "premises.floor": 1}, ground=CHANGE, by=BY)
    actions.state_classes(institution, rows_of(("一班", "infant", 8)), ground=CHANGE, by=BY)
    assert found_by_checks() == []
    Institution.objects.update(phone="025-9")
    Premises.objects.update(floor=3)
    ClassGroup.objects.update(places=9)
    found = found_by_checks()
    assert len(found) == 3
    assert {key for key in ("phone", "premises.floor", "class.") if any(key in said for said in found)} == {
        "phone", "premises.floor", "class.",
    }  # fmt: skip


def test_classes_are_known_in_the_order_of_the_form_whatever_their_numbers() -> None:
    institution = bare()
    for pk, name in ((100_000, "小二班"), (99_999, "小一班")):
        group = ClassGroup.objects.create(
            pk=pk, institution=institution, name=name, class_type="toddler_small", places=15
        )
        Fact.objects.create(
            institution=institution, key=facts.class_key(pk), value=facts.class_of(group), ground="filing",
            period=DateRange(ago(1), None), supplier="甲",
        )  # fmt: skip
    known = asking.known_of(institution)[facts.CLASSES].value
    assert [one["name"] for one in known] == ["小一班", "小二班"]
