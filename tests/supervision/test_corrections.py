"""A changed result: everything that rests on the former one follows it; and what a referral begins."""

from datetime import date, timedelta

import pytest

from accounts.people import browser
from supervision.inspected import (
    FOUND,
    SHIZHONG,
    at,
    head_user,
    inspected,
    nursery,
    office,
    office_user,
    ordered,
)
from supervision.sanctioned import approve, decided, failed, step
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.problems import Refused
from tuoyu.core.workdays import add_working_days
from tuoyu.institutions.models import Publication
from tuoyu.supervision import actions
from tuoyu.supervision.actions import correct
from tuoyu.supervision.models import Correction, Finding, Inspection, Recall, Rectification, Sanction
from tuoyu.supervision.vocabulary import Ground, InspectionState, Origin, Result

pytestmark = pytest.mark.django_db


def changed(inspection: Inspection, result: Result) -> Correction:
    lead = office(inspection.division_code[:6], role=Role.DEPARTMENT_LEAD)
    return correct(by=lead, inspection=inspection, result=result, reason="误判", decided_on=clock.today())


def two_years(place: str = SHIZHONG) -> Sanction:
    """A revocation that two failing years began."""
    kept = nursery(place)
    inspected(kept, on=date(2022, 6, 1))
    inspected(kept, on=date(2023, 6, 1))
    return Sanction.objects.get(institution=kept)


# ---------------------------------------------------------------- the order to mend


def test_passed_after_all_the_order_ends_and_its_publication_is_withdrawn_with_the_reason() -> None:
    order = ordered(nursery(SHIZHONG))
    published = Publication.objects.get(case=order.case)
    changed(order.inspection, Result.PASS)
    order.case.refresh_from_db()
    published.refresh_from_db()
    assert order.case.state in Case.ENDED
    assert published.withdrawn_on == clock.today()
    assert "误判" in published.withdrawn_reason


def test_failed_after_all_the_order_is_given() -> None:
    passed = inspected(nursery(), result=Result.PASS)
    assert not Rectification.objects.filter(inspection=passed).exists()
    changed(passed, Result.RECTIFY)
    assert Rectification.objects.get(inspection=passed).case.state == Case.State.RETURNED


def test_an_order_that_ends_takes_the_recheck_that_nobody_began_with_it() -> None:
    order = ordered()
    team = [office().user_id or 0, office(role=Role.DEPARTMENT_LEAD).user_id or 0]
    looked = actions.order_recheck(
        by=office(), rectification=order, inspectors=team, scheduled_on=clock.today()
    ).inspection
    changed(order.inspection, Result.PASS)
    looked.refresh_from_db()
    assert looked.state == InspectionState.CANCELLED
    with pytest.raises(Refused, match="变更为合格"):
        actions.open_penalty(by=office(), rectification=order)


def test_a_year_whose_failure_was_a_mistake_counts_as_passed() -> None:
    """市中区 二.(四).3: two failing years in a row; the first was none."""
    kept = nursery(SHIZHONG)
    this = clock.today().year
    first = inspected(kept, on=date(this - 1, 6, 1))
    changed(first, Result.PASS)
    inspected(kept)
    assert not Sanction.objects.filter(institution=kept).exists()


def test_a_year_found_failing_after_all_completes_the_row() -> None:
    kept = nursery(SHIZHONG)
    inspected(kept, on=date(clock.today().year - 1, 6, 1))
    second = inspected(kept, result=Result.PASS)
    assert not Sanction.objects.filter(institution=kept).exists()
    changed(second, Result.RECTIFY)
    assert Sanction.objects.get(institution=kept).kind == "revocation"


# ---------------------------------------------------------------- a sanction


def test_what_was_being_prepared_ends_and_the_institution_is_told_why() -> None:
    order = ordered(on=date(2026, 11, 2))
    told = head_user(order.institution)
    made = failed(order)
    assert made is not None
    changed(order.inspection, Result.PASS)
    made.refresh_from_db()
    assert (made.state, made.case.state) == ("dropped", "withdrawn")
    assert not made.sanctioned.filter(in_force=True).exists()
    assert Notice.objects.filter(user=told, case=made.case, text__contains="误判").exists()
    assert not Recall.objects.exists()


def test_a_decision_in_force_is_looked_at_again_by_whoever_made_it_within_the_days_of_the_law() -> None:
    made = decided()
    published = actions.publish_sanction(by=office(), sanction=made)
    told = head_user(made.institution)
    today = date(2026, 12, 10)
    with at(today):
        changed(made.inspection, Result.PASS)
        made.refresh_from_db()
        assert made.state == "decided"
        asked = made.recalls.get().case.steps.get()
        assert (asked.department, asked.state, asked.due_on) == ("health", "active", date(2026, 12, 15))
        assert Notice.objects.filter(user=told, title="处理决定正在复查").exists()
        desk = browser(office_user())
        assert made.institution.name in desk.get("/sanctions/", {"state": "recalled"}).content.decode()
        assert "误判" in desk.get(f"/sanctions/{made.pk}/").content.decode()
        (row,) = desk.get("/api/v1/sanctions", {"state": "recalled"}).json()["rows"]
        assert (row["id"], row["recall_due_on"]) == (made.pk, "2026-12-15")
        (recalled,) = desk.get(f"/api/v1/sanctions/{made.pk}").json()["recalls"]
        assert (recalled["due_on"], recalled["reason"]) == ("2026-12-15", "误判")
        assert "正在复查" in browser(told).get(f"/my/sanctions/{made.pk}/").content.decode()
        with pytest.raises(Refused, match="应由其他人员"):
            cases.decide(by=office(), step=asked, decision="approve")
        cases.decide(by=office(role=Role.DEPARTMENT_LEAD), step=asked, decision="approve")
    made.refresh_from_db()
    published.refresh_from_db()
    assert (made.state, made.withdraw_by) == ("overturned", add_working_days(today, 3).on)
    assert published.withdrawn_on == today
    assert made.recalls.get().case.state == "done"


def test_a_decision_that_something_else_supports_is_upheld_with_the_reason() -> None:
    made = decided()
    actions.publish_sanction(by=office(), sanction=made)
    changed(made.inspection, Result.PASS)
    asked = made.recalls.get().case.steps.get()
    with pytest.raises(Refused):
        cases.decide(by=office(role=Role.DEPARTMENT_LEAD), step=asked, decision="refuse")
    cases.decide(by=office(role=Role.DEPARTMENT_LEAD), step=asked, decision="refuse", reason="另有证据")
    made.refresh_from_db()
    assert made.state == "decided"
    assert not Publication.objects.filter(case=made.case, withdrawn_on__isnull=False).exists()


def test_changed_back_nothing_is_to_be_looked_at_any_more() -> None:
    made = decided()
    changed(made.inspection, Result.PASS)
    changed(made.inspection, Result.RECTIFY)
    assert made.recalls.get().case.state == "withdrawn"
    changed(made.inspection, Result.PASS)
    assert sorted(made.recalls.values_list("case__state", flat=True)) == ["open", "withdrawn"]


def test_overturned_otherwise_what_looked_at_it_again_ends_and_the_days_run_from_the_judgment() -> None:
    made = decided()
    changed(made.inspection, Result.PASS)
    lead, judged = office(role=Role.DEPARTMENT_LEAD), made.decided_on
    assert judged is not None
    for wrong in (judged - timedelta(days=1), clock.today() + timedelta(days=400)):
        with pytest.raises(Refused):
            actions.overturn(by=lead, sanction=made, reason="判决撤销", decided_on=wrong)
    with at(judged + timedelta(days=30)):
        actions.overturn(by=lead, sanction=made, reason="判决撤销", decided_on=judged)
    made.refresh_from_db()
    assert (made.overturned_on, made.withdraw_by) == (judged, add_working_days(judged, 3).on)
    assert made.recalls.get().case.state == "withdrawn"


def test_a_revocation_falls_with_any_of_its_years_and_one_that_was_made_goes_to_the_registrar() -> None:
    prepared, made = two_years(), two_years()
    assert made.hearing_until is not None
    with at(made.hearing_until + timedelta(days=1)):
        approve(made, "revocation", by=office(SHIZHONG, "admin_approval"))
    for one in (prepared, made):
        changed(Inspection.objects.get(institution=one.institution, year=2022), Result.PASS)
        one.refresh_from_db()
    assert (prepared.state, prepared.case.state) == ("dropped", "withdrawn")
    assert made.state == "decided"
    assert made.recalls.get().case.steps.get().department == "admin_approval"


def test_a_recheck_that_passed_after_all_takes_the_penalty_with_it_and_one_that_failed_orders_anew() -> None:
    order = ordered(on=date(2026, 11, 2))
    with at(date(2026, 11, 3)):
        team = [office().user_id or 0, office(role=Role.DEPARTMENT_LEAD).user_id or 0]
        looked = actions.order_recheck(
            by=office(), rectification=order, inspectors=team, scheduled_on=clock.today()
        ).inspection
    now = clock.now()
    Inspection.objects.filter(pk=looked.pk).update(
        state="confirmed", result="rectify", begun_at=now, confirmed_at=now, confirmed_label="甲"
    )
    made = failed(order)
    assert made is not None
    changed(looked, Result.PASS)
    made.refresh_from_db()
    assert made.state == "dropped"
    desk = browser(office_user())
    (row,) = desk.get("/api/v1/rectifications", {"state": "corrected"}).json()["rows"]
    assert row["state"] == desk.get(f"/api/v1/rectifications/{order.pk}").json()["state"] == "corrected"
    assert desk.get("/api/v1/rectifications", {"state": "failed"}).json()["rows"] == []
    own = browser(head_user(order.institution)).get(f"/my/rectifications/{order.pk}/").content.decode()
    assert "复查改判合格" in own
    changed(looked, Result.RECTIFY)
    (again,) = Sanction.objects.filter(inspection=order.inspection, state="open")
    assert again.sanctioned.count() == made.sanctioned.count() > 0, "changed back it is pursued anew"
    assert desk.get("/api/v1/rectifications", {"state": "failed"}).json()["count"] == 1
    changed(looked, Result.PASS)
    Case.objects.filter(pk=order.case_id).update(state="done", reason="")
    changed(looked, Result.RECTIFY)
    assert Rectification.objects.get(inspection=looked).case.state == Case.State.RETURNED


# ---------------------------------------------------------------- a referral


def test_a_referral_begins_a_case_with_each_department_for_its_own_findings_with_the_days_of_the_law() -> (
    None
):
    kept = nursery()
    with at(date(2026, 11, 2)):
        found = inspected(kept, result=Result.REFER, found=(FOUND[0],))
        Finding.objects.create(inspection=found, department="fire_rescue", item="x", text="通道堵塞")
        with pytest.raises(Refused):
            actions.open_penalty(by=office(), rectification=found.rectification)
    own = Sanction.objects.get(institution=kept)
    assert (own.referred, own.department, own.sanctioned.count()) == (True, "health", 1)
    first = step(own, "notice")
    assert (first.state, first.due_on, first.counts_all_days) == ("active", own.decide_by, True)
    changed(found, Result.RECTIFY)
    own.refresh_from_db()
    assert own.state == "dropped"
    changed(found, Result.REFER)
    again = Sanction.objects.filter(institution=kept, state="open")
    assert {(one.department, one.sanctioned.count()) for one in again} == {("health", 1), ("fire_rescue", 1)}
    assert Step.objects.filter(case__in=again.values("case"), state="active").count() == 2
    assert Rectification.objects.get(inspection=found).case.state == Case.State.RETURNED


def test_the_decision_has_the_days_from_the_beginning_of_the_case() -> None:
    made = Sanction.objects.get(inspection=inspected(nursery(), result=Result.REFER, on=date(2026, 11, 2)))
    with at(date(2026, 12, 1)):
        approve(made, "notice", measure="罚款")
    assert step(made, "decision").due_on == made.decide_by == date(2027, 2, 1)


def test_what_was_referred_is_neither_punished_twice_nor_keeps_a_ban_away() -> None:
    ordinary = inspected(nursery(), result=Result.REFER, on=date(2026, 11, 2))
    dangerous = inspected(nursery(SHIZHONG), result=Result.REFER, on=date(2026, 11, 2), origin=Origin.SPECIAL)
    with at(date(2026, 11, 3)):
        actions.state_ground(
            by=office(SHIZHONG),
            rectification=dangerous.rectification,
            ground=Ground.SERIOUS_HAZARD,
            reason="燃气",
        )
    for one in (ordinary, dangerous):
        failed(Rectification.objects.select_related("case").get(inspection=one))
    assert Sanction.objects.get(inspection=ordinary).kind == "penalty"
    rows = Sanction.objects.filter(inspection=dangerous).values_list("kind", "state")
    assert set(rows) == {("penalty", "dropped"), ("ban", "notified")}
