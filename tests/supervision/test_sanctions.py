"""What follows when nothing was mended: told, heard, decided, delivered, public, overturned; nobody twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.people import browser
from supervision.inspected import (
    GULOU,
    SHIZHONG,
    at,
    head,
    head_user,
    inspected,
    nursery,
    office,
    office_user,
    ordered,
)
from supervision.sanctioned import MONDAY, approve, decided, failed, penalty, step
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Notice
from tuoyu.core.actor import Role
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Institution, Publication
from tuoyu.supervision import actions, hooks
from tuoyu.supervision.jobs import publish_sanctions
from tuoyu.supervision.models import Rectification, Sanction, SanctionedFinding
from tuoyu.supervision.permissions import VIEW_SANCTION
from tuoyu.supervision.vocabulary import Ground, Origin, Result
from workforce import staff

pytestmark = pytest.mark.django_db

# ---------------------------------------------------------------- a penalty


def test_a_failed_rectification_leads_to_a_penalty_with_its_clocks_and_no_figure_is_computed() -> None:
    made = penalty()
    assert (made.kind, made.state) == ("penalty", "open")
    assert made.decide_by == made.opened_on + timedelta(days=90)
    assert made.amount is None
    client = browser(office_user())
    page = client.get(f"/cases/{made.case.number}/").content.decode()
    assert "5000元" in page
    assert "第41条" in page
    assert "系统不作计算" in page


def test_it_is_decided_only_after_the_institution_was_told_and_its_time_to_be_heard_is_over() -> None:
    made = penalty()
    with at(date(2026, 11, 24)):
        approve(made, "notice", measure="罚款五千元")
        made.refresh_from_db()
        assert made.hearing_until == date(2026, 12, 1)
        with pytest.raises(Refused, match="申请听证"):
            approve(made, "decision", measure="罚款五千元", amount="5000")
    with at(date(2026, 12, 1)), pytest.raises(Refused, match="申请听证"):
        approve(made, "decision", measure="罚款五千元", amount="5000")
    with at(date(2026, 12, 2)):
        with pytest.raises(Refused):
            approve(made, "decision", measure=" ", amount="5000")
        with pytest.raises(Refused):
            approve(made, "decision", measure="罚款", amount="五千")
        approve(made, "decision", measure="罚款五千元", amount="5000")
    made.refresh_from_db()
    assert (made.state, made.publish_by) == ("decided", date(2026, 12, 11))
    assert step(made, "delivery").due_on == date(2026, 12, 11)


def test_whoever_asks_to_be_heard_is_heard_before_the_decision() -> None:
    made = penalty()
    own = head(made.institution)
    with at(date(2026, 11, 24)):
        approve(made, "notice", measure="罚款")
        with pytest.raises(PermissionDenied):
            actions.ask_hearing(by=head(nursery()), sanction=made)
        actions.ask_hearing(by=own, sanction=made)
        with pytest.raises(Overtaken):
            actions.ask_hearing(by=own, sanction=made)
    with at(date(2026, 12, 10)):
        with pytest.raises(Refused, match="听证后"):
            approve(made, "decision", measure="罚款")
        with pytest.raises(Refused):
            actions.record_hearing(by=office(), sanction=made, held_on=date(2026, 12, 20), record="听了")
        actions.record_hearing(by=office(), sanction=made, held_on=date(2026, 12, 9), record="维持原意见")
        approve(made, "decision", measure="罚款")
    made.refresh_from_db()
    assert made.state == "decided"


def test_the_time_to_be_heard_ends() -> None:
    made = penalty()
    with at(date(2026, 11, 24)):
        approve(made, "notice", measure="罚款")
    with at(date(2026, 12, 2)), pytest.raises(Refused, match="已过"):
        actions.ask_hearing(by=head(made.institution), sanction=made)


def test_delivered_it_is_final_and_told_to_who_waits_with_the_responsible_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Any] = []
    monkeypatch.setitem(hooks._sanctioned, "test", lambda by, *rest: told.append(rest))
    made = penalty()
    employed = staff.carer(head(made.institution), made.institution, 1)
    with at(date(2026, 11, 24)):
        approve(made, "notice", measure="罚款")
    with at(date(2026, 12, 2)):
        with pytest.raises(Refused):
            approve(made, "decision", measure="罚款", responsible="999999")
        approve(made, "decision", measure="罚款", responsible=str(employed.person_id))
        assert not told
        with pytest.raises(Refused, match="送达日期"):
            approve(made, "delivery", delivered_on="2026-12-03")
        assert approve(made, "delivery", delivered_on="2026-12-02").state == "done"
    made.refresh_from_db()
    assert told == [(made.institution, employed.person, made)]


def test_it_is_published_once_and_only_when_decided() -> None:
    made = penalty()
    with pytest.raises(Refused, match="没有有效的决定"):
        actions.publish_sanction(by=office(), sanction=made)
    made = decided()
    published = actions.publish_sanction(by=office(), sanction=made)
    assert (published.case, published.kind) == (made.case, "penalty")
    with pytest.raises(Overtaken):
        actions.publish_sanction(by=office(), sanction=made)


DECIDED, NEAR, LAST = date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 11)


def delivered() -> Sanction:
    made = decided()
    with at(DECIDED):
        approve(made, "delivery", delivered_on=str(DECIDED))
    return made


def published_by_night(on: date) -> int:
    with at(on):
        return publish_sanctions(0)


def test_a_delivered_penalty_nobody_published_is_published_by_itself_on_its_last_day() -> None:
    made = delivered()
    assert [published_by_night(day) for day in (NEAR, date(2026, 12, 10))] == [0, 0]
    assert not Publication.objects.filter(case=made.case).exists()
    assert [published_by_night(LAST), published_by_night(LAST)] == [1, 0]
    shown = Publication.objects.get(case=made.case)
    assert (shown.published_on, shown.kind, shown.published_label) == (LAST, "penalty", "系统：处理决定公示")


def test_whoever_may_publish_is_reminded_when_the_day_is_near_and_has_it_on_the_board() -> None:
    made = delivered()
    desk, elsewhere = office_user(), office_user(department="fire")
    for day in (date(2026, 12, 8), NEAR, date(2026, 12, 10)):
        published_by_night(day)
    (told,) = Notice.objects.filter(case=made.case, title="处理决定须按期公示", user__in=[desk, elsewhere])
    assert (told.user, "2026-12-11" in told.text, "自动公示" in told.text) == (desk, True, True)
    with at(NEAR):
        board = browser(desk).get("/sanctions/", {"state": "unpublished"}).content.decode()
        assert "2026-12-11前" in "".join(board.split())
        (row,) = browser(desk).get("/api/v1/sanctions", {"state": "unpublished"}).json()["rows"]
        assert (row["publish_by"], row["published"]) == ("2026-12-11", False)
        actions.publish_sanction(by=office(), sanction=made)
        assert not browser(desk).get("/api/v1/sanctions", {"state": "unpublished"}).json()["rows"]
        nothing = browser(desk).get("/sanctions/", {"state": "unpublished"}).content.decode()
        assert "没有符合条件的处罚、收回、取缔" in nothing
    published_by_night(LAST)
    assert not Notice.objects.filter(title="处理决定到期未公示").exists()


def test_what_was_not_delivered_or_is_looked_at_again_is_not_published_but_told() -> None:
    made, recalled = decided(), delivered()
    with at(date(2026, 12, 10)):
        lead = office(role=Role.DEPARTMENT_LEAD)
        actions.correct(by=lead, inspection=recalled.inspection, result=Result.PASS, reason="误判",
                        decided_on=date(2026, 12, 10))  # fmt: skip
    assert [published_by_night(day) for day in (NEAR, LAST, LAST, date(2026, 12, 14))] == [0, 0, 0, 0]
    for one, why in ((made, "还没有送达"), (recalled, "正在复查")):
        (told,) = Notice.objects.filter(case=one.case, title="处理决定到期未公示", user=office_user())
        assert why in told.text
    with at(date(2026, 12, 14)):
        approve(made, "delivery", delivered_on="2026-12-14")
    assert published_by_night(date(2026, 12, 14)) == 1


def test_the_measure_is_public_and_may_not_name_the_person_responsible() -> None:
    made = penalty()
    employed = staff.carer(head(made.institution), made.institution, 1)
    with at(date(2026, 11, 24)):
        approve(made, "notice", measure="罚款")
    with at(DECIDED), pytest.raises(Refused, match="不写个人姓名"):
        approve(made, "decision", measure=f"对{employed.name}罚款", responsible=str(employed.person_id))


def test_overturned_what_was_published_is_withdrawn_with_the_reason_and_its_trace_stays() -> None:
    made = decided()
    actions.publish_sanction(by=office(), sanction=made)
    lead = office(role=Role.DEPARTMENT_LEAD)
    with pytest.raises(PermissionDenied):
        actions.overturn(by=office(), sanction=made, reason="证据不足")
    with pytest.raises(Refused):
        actions.overturn(by=lead, sanction=made, reason=" ")
    actions.overturn(by=lead, sanction=made, reason="证据不足")
    with pytest.raises(Overtaken):
        actions.overturn(by=lead, sanction=made, reason="证据不足")
    published = Publication.objects.get(case=made.case)
    assert published.withdrawn_reason == "证据不足"
    page = browser(None).get("/publications/", {"kind": "penalty"}).content.decode()
    assert "已撤回" in page
    assert "证据不足" in page
    assert "罚款五千元" not in page
    assert Case.objects.get(pk=made.case_id).state == "withdrawn"


def test_a_review_is_decided_by_somebody_else_and_overturns_or_upholds() -> None:
    made = decided()
    review = actions.ask_review(by=head(made.institution), sanction=made, reason="事实不清")
    with pytest.raises(Overtaken):
        actions.ask_review(by=head(made.institution), sanction=made, reason="事实不清")
    look = review.case.steps.get(key="appeal")
    with pytest.raises(Refused, match="其他人员"):
        cases.decide(by=office(), step=look, decision="approve", reason="撤销")
    cases.decide(by=office(role=Role.DEPARTMENT_LEAD), step=look, decision="approve", reason="事实不清，撤销")
    made.refresh_from_db()
    assert (made.state, made.overturned_reason) == ("overturned", "事实不清，撤销")


# ---------------------------------------------------------------- nobody twice, nobody forgotten


def test_nobody_is_punished_twice_for_the_same_finding() -> None:
    made = penalty()
    one = Rectification.objects.get(inspection=made.inspection)
    with pytest.raises(Refused, match="不能处理两次"):
        actions.open_penalty(by=office(), rectification=one)
    assert Case.objects.filter(procedure="penalty").count() == 1
    finding = made.sanctioned.all()[0].finding
    other = failed(ordered())
    assert other is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        SanctionedFinding.objects.create(sanction=other, finding=finding)


def test_what_was_dropped_may_be_taken_up_again() -> None:
    made = penalty()
    cases.decide(by=office(), step=step(made, "notice"), decision="refuse", reason="情节轻微")
    made.refresh_from_db()
    assert made.state == "dropped"
    one = Rectification.objects.get(inspection=made.inspection)
    again = actions.open_penalty(by=office(), rectification=one)
    assert again.state == "open"


def test_what_is_opened_by_hand_is_not_opened_again_when_the_rectification_fails() -> None:
    one = ordered(on=MONDAY)
    with at(MONDAY):
        actions.open_penalty(by=office(), rectification=one)
    failed(one)
    assert Sanction.objects.count() == 1


# ---------------------------------------------------------------- state × role


def test_who_reads_a_sanction_is_who_decides_inspected_or_answers() -> None:
    made = penalty()
    people = {
        "officer": office(), "lead": office(role=Role.DEPARTMENT_LEAD), "neighbour": office("320102"),
        "fire": office(department="fire_rescue"), "head": head(made.institution),
    }  # fmt: skip
    seen = {
        name for name, one in people.items()
        if visible_to(one, VIEW_SANCTION, Sanction.objects.all()).exists()
    }  # fmt: skip
    assert seen == {"officer", "lead"}
    assert browser(head_user(made.institution)).get(f"/my/sanctions/{made.pk}/").status_code == 200
    assert browser(head_user(nursery())).get(f"/my/sanctions/{made.pk}/").status_code == 404


def test_a_head_reads_until_when_to_ask_to_be_heard_and_that_the_time_is_over() -> None:
    made = penalty()
    with at(made.opened_on):
        approve(made, "notice", measure="罚款")
    made.refresh_from_db()
    said = {}
    for after in (0, 1):
        with at(made.hearing_until + timedelta(days=after)):
            reader = browser(head_user(made.institution))
            said[after] = reader.get(f"/my/sanctions/{made.pk}/").content.decode()
    assert ["申请听证的期限已过" in said[after] for after in (0, 1)] == [False, True]
    assert ["/hearing" in said[after] for after in (0, 1)] == [True, False]


@pytest.mark.parametrize("key", ["notice", "decision", "delivery"])
def test_no_step_of_a_sanction_is_sent_back_to_the_institution(key: str) -> None:
    made = decided() if key == "delivery" else penalty()
    if key == "decision":
        approve(made, "notice", measure="罚款")
    with pytest.raises(Refused):
        cases.decide(
            by=office(), step=step(made, key), decision="defects",
            remarks=[cases.RemarkGiven("补材料")],
        )  # fmt: skip
    made.case.refresh_from_db()
    assert made.case.state == "open"


def test_a_decision_that_stands_is_not_refused_at_its_delivery() -> None:
    made = decided()
    with pytest.raises(Refused):
        cases.decide(by=office(), step=step(made, "delivery"), decision="refuse", reason="算了")


# ---------------------------------------------------------------- the place's own chain


def test_dangerous_and_not_mended_is_banned_in_shizhong_and_punished_elsewhere() -> None:
    for place, kind in ((SHIZHONG, "ban"), (GULOU, "penalty")):
        one = ordered(nursery(place), on=MONDAY)
        with at(MONDAY):
            actions.state_ground(
                by=office(place), rectification=one, ground=Ground.SERIOUS_HAZARD, reason="电线裸露"
            )
        made = failed(one)
        assert made is not None
        assert made.kind == kind


def test_whoever_is_not_registered_is_banned_by_order_and_failure() -> None:
    unregistered = Institution.objects.create(
        name="无证的", kind="institution", nature="forprofit", legal_form="enterprise", division_code=SHIZHONG
    )
    one = ordered(unregistered, on=MONDAY)
    assert one.ground == Ground.UNREGISTERED
    made = failed(one)
    assert made is not None
    assert (made.kind, made.state) == ("ban", "notified")
    with at(made.opened_on), pytest.raises(Refused, match="申请听证"):
        approve(made, "ban")
    assert made.hearing_until is not None
    with at(made.hearing_until + timedelta(days=1)):
        assert approve(made, "ban").state == "done"
    assert Publication.objects.get(case=made.case).kind == "ban"


def test_in_shizhong_a_failing_result_is_public_with_the_order_elsewhere_when_an_officer_says() -> None:
    one = ordered(nursery(SHIZHONG))
    assert "二.(四).3" in Publication.objects.get(case=one.case).clause
    assert not Publication.objects.filter(case=ordered().case).exists()


def joint(institution: Institution, year: int, result: Result, **more: Any) -> None:
    inspected(institution, on=date(year, 6, 1), result=result, **more)


def revocations() -> list[Sanction]:
    return list(Sanction.objects.filter(kind="revocation"))


def test_two_failing_years_in_a_row_go_to_whoever_registered_not_to_health() -> None:
    institution = nursery(SHIZHONG)
    user = head_user(institution)
    joint(institution, 2022, Result.RECTIFY)
    assert not revocations()
    joint(institution, 2023, Result.RECTIFY)
    (made,) = revocations()
    assert (made.department, made.years) == ("admin_approval", [2022, 2023])
    task = step(made, "revocation")
    assert (task.state, task.department) == ("active", "admin_approval")
    assert Notice.objects.filter(user=user, title="收回登记事先告知").exists()
    assert made.hearing_until is not None
    with at(made.hearing_until + timedelta(days=1)):
        with pytest.raises(PermissionDenied):
            cases.decide(by=office(SHIZHONG), step=task, decision="approve")
        approve(made, "revocation", by=office(SHIZHONG, "admin_approval"))
        with pytest.raises(Overtaken):
            approve(made, "revocation", by=office(SHIZHONG, "admin_approval"))
    institution.refresh_from_db()
    assert (institution.registration, institution.filing) == ("cancelled", "cancelled")
    assert not institution.is_shown
    assert Publication.objects.get(case=made.case).kind == "revocation"
    assert browser(None).get(f"/nurseries/{institution.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("results", "triggers"),
    [
        ([(2022, "rectify"), (2023, "pass"), (2024, "rectify")], False),
        ([(2022, "rectify"), (2024, "rectify")], False),
        ([(2022, "rectify"), (2023, "refer")], True),
        ([(2023, "rectify"), (2022, "rectify")], True),
    ],
)
def test_only_two_years_in_a_row_trigger(results: list[tuple[int, str]], triggers: bool) -> None:
    institution = nursery(SHIZHONG)
    for year, result in results:
        joint(institution, year, Result(result))
    assert bool(revocations()) == triggers


def test_rechecks_and_special_inspections_do_not_alter_a_year_nor_does_a_second_joint_one() -> None:
    institution = nursery(SHIZHONG)
    joint(institution, 2022, Result.RECTIFY)
    for origin in (Origin.RECHECK, Origin.SPECIAL, Origin.JOINT):
        inspected(institution, on=date(2022, 9, 1), result=Result.PASS, origin=origin)
    inspected(institution, on=date(2023, 3, 1), result=Result.RECTIFY, origin=Origin.SPECIAL)
    assert not revocations()
    joint(institution, 2023, Result.RECTIFY)
    assert len(revocations()) == 1
    inspected(institution, on=date(2023, 9, 1), result=Result.RECTIFY)
    assert len(revocations()) == 1


def test_elsewhere_two_failing_years_bring_no_revocation() -> None:
    institution = nursery()
    joint(institution, 2022, Result.RECTIFY)
    joint(institution, 2023, Result.RECTIFY)
    assert not revocations()
