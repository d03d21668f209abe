"""A round from the frozen list to what the public reads: who may do what, when, and what is kept."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from exchange.callers import Caller
from supervision import rounds
from tuoyu.accounts.models import User
from tuoyu.cases.models import Notice
from tuoyu.core import checks, clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.supervision import actions, queries
from tuoyu.supervision.actions.stand_ins import stand_in
from tuoyu.supervision.jobs import publish_rounds
from tuoyu.supervision.models import Conflict, Draw, Inspection, Plan
from tuoyu.supervision.permissions import VIEW_DRAW, VIEW_PLAN, WITNESS_DRAW
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.rules.plans import weights
from tuoyu.supervision.vocabulary import DrawState, InspectionState, Origin
from workforce import staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def nurseries(number: int, division: str = rounds.GULOU) -> list[int]:
    since = date(2024, 3, 1)
    return [staff.nursery(division, registered_on=since).pk for _ in range(number)]


# ---------------------------------------------------------------- plans


def test_a_plan_is_copied_from_the_pack_with_its_clause() -> None:
    made = actions.make_plan(by=rounds.by("health"), year=clock.today().year, division_code=rounds.GULOU,
                             kind="random")  # fmt: skip
    assert (made.per_year, made.departments, "四.(四)" in made.source) == (1, ["health"], True)
    with pytest.raises(Refused, match="已经编制"):
        actions.make_plan(by=rounds.by("health"), year=made.year, division_code=rounds.GULOU, kind="random")


@pytest.mark.parametrize(
    ("department", "division", "kind", "year"),
    [
        ("education", rounds.GULOU, "random", 0), ("health", "320102", "random", 0),
        ("health", rounds.GULOU, "joint", 0), ("health", rounds.GULOU, "random", 5),
    ],
)  # fmt: skip
def test_only_what_the_pack_orders_of_the_own_office_is_planned(
    department: str, division: str, kind: str, year: int
) -> None:
    with pytest.raises(Refused):
        actions.make_plan(by=rounds.by(department), year=clock.today().year + year, division_code=division,
                          kind=kind)  # fmt: skip
    assert not Plan.objects.exists()


def test_a_lead_adopts_and_only_then_is_drawn() -> None:
    made = actions.make_plan(by=rounds.by("health"), year=clock.today().year, division_code=rounds.GULOU,
                             kind="random")  # fmt: skip
    nurseries(1)
    with pytest.raises(Refused, match="还没有采用"):
        rounds.frozen(made, 1)
    with pytest.raises(PermissionDenied):
        actions.adopt_plan(by=rounds.by("health"), plan=made)
    actions.adopt_plan(by=rounds.lead(), plan=made)
    with pytest.raises(Overtaken):
        actions.adopt_plan(by=rounds.lead(), plan=made)


def test_what_a_plan_lacks_on_any_day_is_a_number_and_a_list() -> None:
    year = 2025
    with clock.set_to(rounds.at_noon(date(year, 3, 1))):
        plan = rounds.plan(year=year)
        first, second, _ = nurseries(3)
        gone = staff.nursery(rounds.GULOU, registered_on=date(2024, 1, 1), registration="cancelled",
                             deregistered_on=date(year, 6, 1), filing="none", receipt_number=None,
                             receipt_issued_on=None)  # fmt: skip
        staff.nursery("320102", registered_on=date(2024, 1, 1))
        staff.nursery(rounds.GULOU, registered_on=date(2026, 2, 1))
        made = rounds.drawn(plan, 4)
    inspections = {one.institution_id: one for one in Inspection.objects.filter(lot__draw=made)}
    rounds.confirmed(inspections[first], at=rounds.at_noon(date(year, 5, 10)))
    rounds.confirmed(inspections[second], at=rounds.at_noon(date(year + 1, 1, 10)))

    def missing(day: date) -> tuple[int, int]:
        found = queries.progress(plan, day)
        assert found["lacking"] == len(queries.lacking_rows(plan, day))
        return found["lacking"], found["overdue"]

    assert missing(date(year, 5, 9)) == (4, 0)
    assert missing(date(year, 5, 10)) == (3, 0)
    assert gone.pk not in {row["id"] for row in queries.lacking_rows(plan, date(year, 6, 1))}
    assert missing(date(year, 12, 31)) == (2, 0)
    assert missing(date(year + 1, 1, 1)) == (2, 2)
    assert missing(date(year + 1, 1, 10)) == (1, 1)


def test_a_plan_is_amended_with_its_reason_never_below_the_pack_and_what_it_was_is_kept() -> None:
    made = rounds.plan()
    rounds.desk("fire_rescue")
    lead = rounds.lead()
    both = ["fire_rescue", "health"]
    wrong: list[dict[str, Any]] = [
        {"per_year": 0}, {"per_year": 13}, {"departments": ["fire_rescue"]}, {"reason": " "},
        {"departments": ["health", "nobody"]}, {"per_year": 1, "departments": ["health"]},
    ]  # fmt: skip
    for changed in wrong:
        given = {"per_year": 2, "departments": both, "reason": "两家合查"} | changed
        with pytest.raises(Refused):
            actions.amend_plan(by=lead, plan=made, **given)
    with pytest.raises(PermissionDenied):
        actions.amend_plan(by=rounds.by("health"), plan=made, per_year=2, departments=both, reason="合查")
    caller = Caller(rounds.desk("health", role=Role.DEPARTMENT_LEAD))
    given = {"per_year": 2, "departments": both, "reason": "两家合查"}
    assert caller.post(f"/inspection-plans/{made.pk}/amendments", given).status_code == 201
    assert caller.get(f"/inspection-plans/{made.pk}").json()["amendments"][0]["former_per_year"] == 1
    made.refresh_from_db()
    assert (made.per_year, made.departments) == (2, ["health", "fire_rescue"])
    (kept,) = queries.amendments_of(made)
    assert (kept["version"], kept["former_per_year"], kept["former_departments"]) == (2, 1, ["health"])
    rounds.staffed(made)
    nurseries(2)
    rounds.frozen(made, 1)
    with pytest.raises(Refused, match="封存的名单"):
        actions.amend_plan(by=lead, plan=made, per_year=3, departments=both, reason="再加")
    with clock.set_to(rounds.at_noon(date(made.year + 1, 1, 2))), pytest.raises(Refused, match="年度已过"):
        actions.amend_plan(by=lead, plan=made, per_year=3, departments=both, reason="再加")


# ---------------------------------------------------------------- freezing


def test_what_is_frozen_stays_as_it_was_hashed() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.frozen(plan)
    assert rules.digest(draw.pool) == draw.pool_sha256
    assert AuditEvent.objects.get(verb="draw.frozen").after["pool_sha256"] == draw.pool_sha256
    for change in ({"pool": "{}"}, {"seed_source": "别的"}, {"count": 1}, {"pool_sha256": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        draw.delete()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"count": 0}, "至少"), ({"seed_source": " \u202e"}, "种子"), ({"count": 9}, "只有3家"),
        ({"seed_moment": clock.now() - timedelta(days=9)}, "晚于现在"),
        ({"closes_on": date(2020, 1, 1)}, "截止日"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_from_is_not_frozen(changed: dict[str, object], says: str) -> None:
    plan = rounds.plan()
    nurseries(3)
    with pytest.raises(Refused, match=says):
        actions.freeze_draw(by=rounds.by("health"), plan=plan, given=rounds.given(**changed))  # type: ignore[arg-type]
    assert not Draw.objects.exists()


def test_too_few_inspectors_without_a_conflict_are_refused_by_name_before_freezing() -> None:
    plan = rounds.plan()
    nursery = staff.nursery(rounds.GULOU, registered_on=date(2024, 1, 1), name="小星星托育园")
    people = [pk for pk, _ in queries.colleagues(rounds.lead())]
    for pk in people[:-1]:
        actions.declare_conflict(by=rounds.lead(), user_id=pk, institution=nursery, reason="配偶在该机构任职")
    with pytest.raises(Refused, match=r"小星星托育园：.*回避后只剩1名"):
        rounds.frozen(plan, 1)


def test_one_list_is_frozen_at_a_time() -> None:
    plan = rounds.plan()
    nurseries(3)
    rounds.frozen(plan, 1)
    with pytest.raises(Overtaken):
        rounds.frozen(plan, 1)


@given(
    st.dictionaries(st.sampled_from("abc"), st.sets(st.integers(1, 9))),
    st.sets(st.integers(1, 9)),
    st.integers(1, 5),
)
def test_every_risk_adds_what_its_rule_says(
    risks: dict[str, set[int]], institutions: set[int], base: int
) -> None:
    adds = {"a": 1, "b": 2, "c": 4}
    found = weights(institutions, base, risks, adds.__getitem__)
    assert found == {
        one: base + sum(adds[key] for key, having in risks.items() if one in having) for one in institutions
    }


def test_who_failed_last_year_weighs_more_by_the_rule() -> None:
    failed, passed = nurseries(2)
    with clock.set_to(rounds.at_noon(date(2025, 4, 1))):
        last = rounds.plan(year=2025)
        for inspection in Inspection.objects.filter(lot__draw=rounds.drawn(last, 2)):
            rounds.confirmed(inspection, "rectify" if inspection.institution_id == failed else "pass")
    this = rounds.plan(year=2026)
    drawn_from = rules.read_pool(rounds.frozen(this, 1).pool)
    assert {one.id: one.weight for one in drawn_from.institutions} == {failed: 3, passed: 1}


# ---------------------------------------------------------------- the seed


def test_nobody_enters_a_seed_before_its_moment() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.frozen(plan)
    with pytest.raises(Refused, match="才公布"):
        actions.witness_draw(by=rounds.witness(), draw=draw, value=rounds.VALUE)
    with pytest.raises(Refused, match="才公布"):
        actions.draw_lots(by=rounds.by("health"), draw=draw, value=rounds.VALUE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(
            state="drawn", drawn_at=clock.now(), drawn_label="甲", value="1", file={}
        )


def test_two_of_different_offices_say_the_same_value_or_nothing_is_drawn() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.frozen(plan)
    with rounds.after(draw):
        with pytest.raises(Refused, match="见证"):
            actions.draw_lots(by=rounds.by("health"), draw=draw, value=rounds.VALUE)
        for own in (rounds.by("health"), rounds.lead(), rounds.by("health", "320102")):
            with pytest.raises(PermissionDenied):
                actions.witness_draw(by=own, draw=draw, value=rounds.VALUE)
        actions.witness_draw(by=rounds.witness(), draw=draw, value="03 11 17 20 25 32 + 08")
        with pytest.raises(Refused, match="不一致"):
            actions.draw_lots(by=rounds.by("health"), draw=draw, value=rounds.VALUE)
        assert not Inspection.objects.exists()
        actions.witness_draw(by=rounds.witness(), draw=draw, value="０３、11、17、20、25、32，07")
        with pytest.raises(Refused, match="数字"):
            actions.draw_lots(by=rounds.by("health"), draw=draw, value="不知道")
        actions.draw_lots(by=rounds.by("health"), draw=draw, value=rounds.VALUE)
        with pytest.raises(Overtaken):
            actions.draw_lots(by=rounds.by("health"), draw=draw, value=rounds.VALUE)
        with pytest.raises(Overtaken):
            actions.witness_draw(by=rounds.witness(), draw=draw, value=rounds.VALUE)


def test_a_draw_makes_inspections_with_parts_and_inspectors_that_follow_from_its_file() -> None:
    plan = rounds.plan()
    nurseries(4)
    draw = rounds.drawn(plan, 3)
    assert rules.wrong_in(draw.file) == []
    made = list(Inspection.objects.filter(lot__draw=draw).order_by("lot__place"))
    assert [one.institution_id for one in made] == [one["institution"] for one in draw.file["drawn"]]
    for inspection, told in zip(made, draw.file["drawn"], strict=True):
        assert (inspection.origin, inspection.year, inspection.state) == (Origin.DRAW, plan.year, "planned")
        assert list(inspection.parts.values_list("department", flat=True)) == ["health"]
        sent = list(inspection.assignments.order_by("pk").values_list("user", flat=True))
        assert sent == told["inspectors"]["health"]
        assert len(sent) == 2
    assert AuditEvent.objects.filter(verb="inspection.scheduled").count() == 3
    rest = queries.unattended(plan)
    assert rest.count() == 1, "what is under way is in no other pool"


# ---------------------------------------------------------------- a redraw


def test_a_redraw_keeps_the_old_one_with_its_reason_and_cancels_its_inspections() -> None:
    plan = rounds.plan()
    nurseries(4)
    old = rounds.drawn(plan, 2)
    with pytest.raises(PermissionDenied):
        actions.replace_draw(by=rounds.by("health"), draw=old, reason="名单有误")
    with pytest.raises(Refused, match="理由"):
        actions.replace_draw(by=rounds.lead(), draw=old, reason=" ")
    actions.replace_draw(by=rounds.lead(), draw=old, reason="名单漏了一家")
    assert set(Inspection.objects.values_list("state", flat=True)) == {InspectionState.CANCELLED}
    new = rounds.drawn(plan, 2, value="01 02 03")
    old.refresh_from_db()
    assert (old.state, old.file is not None, new.replaces_id) == (DrawState.REPLACED, True, old.pk)
    assert [(one["pool_sha256"], one["reason"]) for one in new.file["replaced"]] == [
        (old.pool_sha256, "名单漏了一家")
    ]


def test_a_round_that_has_begun_is_not_drawn_anew() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.drawn(plan, 2)
    Inspection.objects.filter(pk=Inspection.objects.earliest("pk").pk).update(
        state="underway", begun_at=clock.now()
    )
    with pytest.raises(Refused, match="已有检查开始"):
        actions.replace_draw(by=rounds.lead(), draw=draw, reason="想换一批")
    draw.refresh_from_db()
    assert draw.state == DrawState.DRAWN


# ---------------------------------------------------------------- publication


def test_list_and_seed_are_public_when_the_round_closes_and_not_before() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.drawn(plan, 2, closes_on=clock.today() + timedelta(days=5))
    assert publish_rounds(0) == 0
    with pytest.raises(Refused, match="还没有结束"):
        actions.publish_draw(by=rounds.system(), draw=draw)
    with pytest.raises(Refused, match="由系统公开"):
        actions.publish_draw(by=rounds.lead(), draw=draw)
    with clock.set_to(rounds.at_noon(draw.closes_on)):
        assert publish_rounds(0) == 0
    with clock.set_to(rounds.at_noon(draw.closes_on + timedelta(days=1))):
        assert publish_rounds(0) == 1
        assert publish_rounds(0) == 0
    assert [row["id"] for row in queries.rounds()] == [draw.pk]


def test_a_round_closes_once_every_inspection_is_confirmed_and_takes_what_it_replaced_along() -> None:
    plan = rounds.plan()
    nurseries(3)
    old = rounds.drawn(plan, 1)
    actions.replace_draw(by=rounds.lead(), draw=old, reason="名单漏了一家")
    new = rounds.drawn(plan, 2)
    first, second = Inspection.objects.filter(lot__draw=new)
    rounds.confirmed(first)
    assert publish_rounds(0) == 0
    rounds.confirmed(second)
    assert publish_rounds(0) == 2
    assert {row["id"] for row in queries.rounds()} == {old.pk, new.pk}
    with pytest.raises(Refused, match="不能作废"):
        actions.replace_draw(by=rounds.lead(), draw=Draw.objects.get(pk=new.pk), reason="想换一批")


def test_no_personal_name_and_no_reason_of_a_conflict_is_in_the_file() -> None:
    plan = rounds.plan()
    pk = nurseries(3)[0]
    person = rounds.desk("health")
    nursery = Inspection._meta.get_field("institution").related_model.objects.get(pk=pk)
    actions.declare_conflict(
        by=rounds.by("health"), user_id=person.pk, institution=nursery, reason="亲属任职"
    )
    told = json.dumps(rounds.drawn(plan, 3).file, ensure_ascii=False)
    assert person.name not in told
    assert "亲属" not in told
    assert f"[{person.pk},{pk}]" in told


# ---------------------------------------------------------------- conflicts of interest


def test_one_declares_for_oneself_and_a_lead_for_the_own_office() -> None:
    nursery, own, other = staff.nursery(), rounds.desk("health"), rounds.desk("education")
    declared = actions.declare_conflict(
        by=rounds.by("health"), user_id=own.pk, institution=nursery, reason="亲属"
    )
    with pytest.raises(Overtaken):
        actions.declare_conflict(by=rounds.by("health"), user_id=own.pk, institution=nursery, reason="亲属")
    for user in (other, rounds.desk("health", role=Role.DEPARTMENT_LEAD)):
        with pytest.raises(Refused, match="只能为自己"):
            actions.declare_conflict(
                by=rounds.by("health"), user_id=user.pk, institution=nursery, reason="亲属"
            )
    with pytest.raises(PermissionDenied):
        actions.lift_conflict(by=rounds.by("health"), conflict=declared, reason="已离职")
    actions.lift_conflict(by=rounds.lead(), conflict=declared, reason="已离职")
    actions.declare_conflict(by=rounds.lead(), user_id=own.pk, institution=nursery, reason="又任职")


def stood_in(kept_out: int = 0) -> tuple[Draw, Inspection, int, int]:
    """A round of which somebody who was drawn declared a conflict; who that was, and who goes instead."""
    draw = rounds.drawn(plan_with(4), 2)
    inspection = Inspection.objects.filter(lot__draw=draw).order_by("lot__place")[0]
    people = dict(queries.colleagues(rounds.lead()))
    for _ in range(kept_out):
        free = set(people) - set(inspection.assignments.values_list("user", flat=True))
        actions.declare_conflict(
            by=rounds.lead(), user_id=min(free), institution=inspection.institution, reason="任职"
        )
    before = set(inspection.assignments.values_list("user", flat=True))
    out = min(before)
    actions.declare_conflict(
        by=rounds.lead(), user_id=out, institution=inspection.institution, reason="配偶任职"
    )
    now = set(inspection.assignments.values_list("user", flat=True))
    return Draw.objects.get(pk=draw.pk), inspection, out, next(iter(now - before), 0)


def plan_with(number: int) -> Plan:
    plan = rounds.plan()
    nurseries(number)
    rounds.staffed(plan, 5)
    return plan


def found_by_check() -> list[str]:
    named = [one for one in checks.every() if one.name.startswith("supervision.draws")]
    return [finding for result in checks.run(named) for finding in result.findings]


def test_a_conflict_declared_after_the_draw_sends_the_next_by_the_same_seed_as_anybody_can_see() -> None:
    draw, inspection, out, into = stood_in()
    assert into
    assert draw.file is not None
    (told,) = draw.file["stand_ins"]
    assert (told["out"], told["in"], told["away"]) == (out, into, [out])
    assert "配偶" not in json.dumps(draw.file, ensure_ascii=False)
    pool = rules.read_pool(draw.pool)
    salt = f"{draw.file['seed']}:inspector:health:0"
    order = sorted((one.id for one in pool.inspectors), key=lambda one: rules.digest(f"{salt}:{one}"))
    team = set(inspection.assignments.values_list("user", flat=True)) | {out}
    after = order[order.index(out) + 1 :] + order[: order.index(out)]
    assert into == next(one for one in after if one not in team - {into})
    assert rules.wrong_in(draw.file) == []
    assert found_by_check() == []
    assert set(Notice.objects.filter(title="检查人员调整").values_list("user", flat=True)) == {out, into}
    for forged in ({"in": min(set(order) - team)}, {"out": into}, {"away": []}, {"institution": 0}):
        wrong = rules.wrong_in(draw.file | {"stand_ins": [told | forged]})
        assert wrong == ["第1次替换的检查人员不是按种子应当接替的人。"], forged
    Draw.objects.filter(pk=draw.pk).update(file=draw.file | {"stand_ins": []})
    assert any("inspectors are not those" in one for one in found_by_check())


def test_who_stands_in_at_a_visit_that_outlasts_its_round_is_in_the_published_file_too() -> None:
    draw, inspection, _, into = stood_in()
    with clock.set_to(rounds.at_noon(draw.closes_on + timedelta(days=1))):
        assert publish_rounds(0) == 1
        actions.declare_conflict(
            by=rounds.lead(), user_id=into, institution=inspection.institution, reason="任职"
        )
        draw.refresh_from_db()
        assert draw.file is not None
        assert [one["out"] for one in draw.file["stand_ins"]][1:] == [into]
        assert rules.wrong_in(draw.file) == []
        assert found_by_check() == []


def test_whoever_cannot_go_either_is_passed_over_and_where_nobody_is_left_the_lead_is_told() -> None:
    draw, inspection, *_ = stood_in(kept_out=1)
    assert draw.file is not None
    (told,) = draw.file["stand_ins"]
    assert len(told["away"]) == 2
    assert rules.wrong_in(draw.file) == []
    for _ in range(5):
        pk = min(inspection.assignments.values_list("user", flat=True))
        if not Notice.objects.filter(text__contains="重抽").exists():
            actions.declare_conflict(
                by=rounds.lead(), user_id=pk, institution=inspection.institution, reason="任职"
            )
    assert Notice.objects.filter(user=rounds.lead().user_id, text__contains="重抽").count() == 1
    assert inspection.assignments.count() == 2


def test_a_visit_that_began_keeps_its_inspectors() -> None:
    draw = rounds.drawn(plan_with(3), 1)
    inspection = Inspection.objects.get(lot__draw=draw)
    Inspection.objects.filter(pk=inspection.pk).update(state="underway", begun_at=clock.now())
    team = set(inspection.assignments.values_list("user", flat=True))
    actions.declare_conflict(
        by=rounds.lead(), user_id=min(team), institution=inspection.institution, reason="任职"
    )
    assert set(inspection.assignments.values_list("user", flat=True)) == team


def test_a_visit_that_begins_while_a_conflict_is_being_declared_keeps_its_inspectors() -> None:
    _, inspection, out, _ = stood_in()
    team = set(inspection.assignments.values_list("user", flat=True))
    lot, conflict = inspection.lot, Conflict.objects.get(user=out)
    Conflict.objects.filter(pk=conflict.pk).update(user=min(team))
    conflict.refresh_from_db()
    Inspection.objects.filter(pk=inspection.pk).update(state="underway", begun_at=clock.now())
    with pytest.raises(Overtaken):
        stand_in(by=rounds.lead(), lot=lot, conflict=conflict)
    assert set(inspection.assignments.values_list("user", flat=True)) == team


def test_whoever_has_left_the_department_does_not_stand_in() -> None:
    draw = rounds.drawn(plan_with(4), 2)
    inspection = Inspection.objects.filter(lot__draw=draw).order_by("lot__place")[0]
    assert draw.file is not None
    pool, out = rules.read_pool(draw.pool), min(inspection.assignments.values_list("user", flat=True))
    team = set(inspection.assignments.values_list("user", flat=True))

    def instead(away: list[int]) -> int | None:
        return rules.next_instead(
            pool, draw.file["seed"], inspection.institution_id, "health", out=out, team=team, away=away
        )

    first = instead([out])
    assert first is not None
    User.objects.filter(pk=first).update(is_active=False)
    actions.declare_conflict(by=rounds.lead(), user_id=out, institution=inspection.institution, reason="任职")
    now = set(inspection.assignments.values_list("user", flat=True)) - team
    assert now == {instead([out, first])}


def test_inspectors_are_told_of_their_visits_and_no_nursery_is() -> None:
    head = staff.head_user(staff.nursery(rounds.GULOU, registered_on=date(2024, 3, 1)))
    draw = rounds.drawn(plan_with(3), 4)
    sent = set(Inspection.objects.filter(lot__draw=draw).values_list("assignments__user", flat=True))
    told = Notice.objects.filter(title="检查任务")
    assert set(told.values_list("user", flat=True)) == sent
    assert told.count() == len(sent)
    assert not Notice.objects.filter(user=head).exists()


# ---------------------------------------------------------------- scheduling by other rooms


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"health": 1}, "至少派2名"), ({"education": 2}, "不是.*在岗人员"), ({}, "由哪个部门"),
        ({"health": 2, "civil_affairs": 2}, "不是.*在岗人员"),
    ],
)  # fmt: skip
def test_an_inspection_has_as_many_inspectors_of_each_department_as_the_law_wants(
    parts: dict[str, int], says: str
) -> None:
    people = [rounds.desk("health", name=f"h{n}").pk for n in range(3)]
    with pytest.raises(Refused, match=says):
        actions.schedule(by=rounds.by("health"), institution=staff.nursery(), origin=Origin.REPORT,
                         department="health", division_code=rounds.GULOU, year=2026,
                         parts={key: people[:number] for key, number in parts.items()})  # fmt: skip
    assert not Inspection.objects.exists()


def test_an_office_schedules_in_its_own_places_only() -> None:
    people = [rounds.desk("health", name=f"h{n}").pk for n in range(2)]
    nursery = staff.nursery()
    given_ = {"institution": nursery, "origin": Origin.REPORT, "department": "health", "year": 2026,
              "division_code": rounds.GULOU, "parts": {"health": people}}  # fmt: skip
    with pytest.raises(Refused, match="本辖区"):
        actions.schedule(by=rounds.by("health", "320102"), **given_)
    made = actions.schedule(by=rounds.by("health"), reason="举报", **given_)
    assert (made.number[:8], made.reason) == ("JC320106", "举报")


# ---------------------------------------------------------------- who sees it


def test_a_neighbour_a_nursery_and_the_public_see_neither_plan_nor_draw_and_a_witness_no_pool() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.frozen(plan)
    head = staff.head(staff.nursery())
    for actor in (head, rounds.by("health", "320102"), rounds.by("education")):
        assert not visible_to(actor, VIEW_PLAN, Plan.objects.all()).exists()
        assert not visible_to(actor, VIEW_DRAW, Draw.objects.all()).exists()
    assert not visible_to(head, WITNESS_DRAW, Draw.objects.all()).exists()
    told = queries.to_witness(rounds.by("education"))
    assert [one["id"] for one in told] == [draw.pk]
    assert "pool" not in told[0]
    assert queries.to_witness(rounds.by("education", "320102")) == []


def test_a_list_changed_behind_everybodys_back_is_found() -> None:
    plan = rounds.plan()
    nurseries(3)
    draw = rounds.drawn(plan, 2)

    assert found_by_check() == []
    file = draw.file | {"drawn": draw.file["drawn"][::-1]}
    Draw.objects.filter(pk=draw.pk).update(file=file)
    found = found_by_check()
    assert any("第1家不是" in sentence for sentence in found)
    assert any("inspections are not" in sentence for sentence in found)
