"""The order to mend: who may do what in which state, its days, its answer, what follows when it failed."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.people import browser
from institutions import desk
from supervision.inspected import at, head, head_user, inspected, nursery, office, office_user, ordered
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Publication
from tuoyu.supervision import actions, boards
from tuoyu.supervision.actions.rectifications import day_to_mend, is_to_be_mended
from tuoyu.supervision.jobs import pass_over_silence
from tuoyu.supervision.models import Rectification, Sanction
from tuoyu.supervision.permissions import (
    ANSWER_RECTIFICATION,
    HANDLE_RECTIFICATION,
    VIEW_RECTIFICATION,
)
from tuoyu.supervision.vocabulary import Ground, InspectionState, Origin, Result

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)


def answered(one: Rectification, by: Actor) -> Rectification:
    told = {finding.pk: "已更换，见照片" for finding in one.inspection.findings.all()}
    return actions.answer(by=by, rectification=one, told=told)


def recheck_step(one: Rectification) -> Any:
    return one.case.steps.get(key="recheck")


def decided(one: Rectification, decision: str, **more: Any) -> Case:
    return cases.decide(by=office(), step=recheck_step(one), decision=decision, **more)


# ---------------------------------------------------------------- beginning


def test_a_failing_inspection_orders_to_mend_each_finding_by_the_day_of_the_rule() -> None:
    institution = nursery()
    user = head_user(institution)
    one = ordered(institution, on=MONDAY)
    assert (one.case.state, one.case.respondent_id) == ("returned", institution.pk)
    assert one.case.answer_due_on == one.first_due_on == date(2026, 11, 23)
    fields = {f"finding_{finding.pk}" for finding in one.inspection.findings.all()}
    assert set(one.case.remarks.values_list("field", flat=True)) == fields
    assert all(remark.source for remark in one.case.remarks.all())
    assert Notice.objects.get(user=user).title == "须限期整改"


def test_a_nursery_in_a_street_is_the_business_of_its_county() -> None:
    one = ordered(nursery("320106001"))
    assert one.division_code == "320106"
    _do("recheck", office(), one)
    page = browser(office_user()).get(f"/rectifications/{one.pk}/recheck/").content.decode()
    assert office().label in page


def test_what_passed_orders_nothing_and_a_second_confirmation_orders_nothing_twice() -> None:
    inspected(nursery(), result=Result.PASS)
    assert not Rectification.objects.exists()
    one = ordered()
    with pytest.raises(Overtaken):
        actions.open_rectification(by=office(), inspection=one.inspection)
    assert Case.objects.count() == 1


def test_the_day_skips_the_spring_festival_and_is_provisional_in_a_year_not_published() -> None:
    with at(date(2026, 2, 10)):
        mend = day_to_mend("320106")
    # 14 February (a Saturday) is worked, 15 to 23 is the festival, 28 (a Saturday) is worked.
    assert (mend.on, mend.provisional) == (date(2026, 3, 9), False)
    with at(date(2028, 12, 20)):
        assert day_to_mend("320106").provisional


# ---------------------------------------------------------------- state × transition × role


ROLES = ("head", "neighbour_head", "officer", "lead", "neighbour_office", "other_department", "registrar")
STATES = ("returned", "overdue", "open", "done", "refused")
# For each act, in which state by whom it goes through; whoever has no right at all is refused in every state.
TABLE: dict[str, dict[str, set[str]]] = {
    "answer": {"returned": {"head"}, "overdue": {"head"}},
    "extend": {"returned": {"officer", "lead"}, "overdue": {"officer", "lead"}},
    "silence": {"overdue": {"officer", "lead"}},
    "ground": {state: {"officer", "lead"} for state in ("returned", "overdue", "open")},
    "recheck": {state: {"officer", "lead"} for state in ("returned", "overdue", "open")},
    "approve": {"open": {"officer", "lead"}},
    "defects": {"open": {"officer", "lead"}},
    "refuse": {"open": {"officer", "lead"}},
    "publish": {state: {"officer", "lead"} for state in STATES},
}


def _in_state(state: str) -> Rectification:
    institution = nursery()
    one = ordered(institution, on=clock.today() if state != "overdue" else clock.today() - timedelta(days=60))
    if state in ("open", "done", "refused"):
        answered(one, head(institution))
    if state == "done":
        decided(one, "approve")
    if state == "refused":
        decided(one, "refuse", reason="没有整改")
    return Rectification.objects.select_related("case", "institution", "inspection").get(pk=one.pk)


def _somebody(role: str, one: Rectification) -> Actor:
    made = {
        "head": lambda: head(one.institution),
        "neighbour_head": lambda: head(nursery()),
        "officer": office,
        "lead": lambda: office(role=Role.DEPARTMENT_LEAD),
        "neighbour_office": lambda: office("320102"),
        "other_department": lambda: office(department="fire_rescue"),
        "registrar": lambda: office(department="civil_affairs"),
    }
    return made[role]()


def _do(act: str, by: Actor, one: Rectification) -> object:
    def decide(decision: str, **more: Any) -> Case:
        return cases.decide(by=by, step=recheck_step(one), decision=decision, **more)

    def recheck() -> object:
        sent = [office().user_id or 0, office(role=Role.DEPARTMENT_LEAD).user_id or 0]
        return actions.order_recheck(by=by, rectification=one, inspectors=sent, scheduled_on=clock.today())

    acts: dict[str, Any] = {
        "answer": lambda: answered(one, by),
        "extend": lambda: actions.extend_rectification(
            by=by, rectification=one, until=clock.today() + timedelta(days=90), reason="备件未到"
        ),
        "silence": lambda: actions.pass_over_silence(by=by, rectification=one, reason="期满"),
        "ground": lambda: actions.state_ground(
            by=by, rectification=one, ground=Ground.CHAOTIC, reason="多处混乱"
        ),
        "recheck": recheck,
        "approve": lambda: decide("approve"),
        "defects": lambda: decide("defects", remarks=[RemarkGiven("还差")]),
        "refuse": lambda: decide("refuse", reason="没有整改"),
        "publish": lambda: actions.publish_failing(by=by, rectification=one),
    }
    return acts[act]()


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what_in_which_state_is_as_the_table_says(state: str) -> None:
    one, found = _in_state(state), dict[str, set[str]]()
    for role in ROLES:
        somebody = _somebody(role, one)
        for act in TABLE:
            try:
                with transaction.atomic():
                    _do(act, somebody, deepcopy(one))
                    transaction.set_rollback(True)
                found.setdefault(act, set()).add(role)
            except (Refused, PermissionDenied):
                continue
    assert found == {act: rows[state] for act, rows in TABLE.items() if rows.get(state)}


def test_seen_by_the_office_that_took_part_and_by_its_own_head_only() -> None:
    one = ordered()
    seen = {
        role: visible_to(_somebody(role, one), VIEW_RECTIFICATION, Rectification.objects.all()).exists()
        or visible_to(_somebody(role, one), ANSWER_RECTIFICATION, Rectification.objects.all()).exists()
        for role in ROLES
    }
    assert {role for role, sees in seen.items() if sees} == {"head", "officer", "lead"}
    assert not can(head(one.institution), HANDLE_RECTIFICATION, one)


# ---------------------------------------------------------------- the head's page


def test_a_head_answers_on_a_phone_each_finding_with_a_file_and_nothing_typed_is_lost() -> None:
    institution = nursery()
    client = browser(head_user(institution))
    one = ordered(institution)
    address = f"/my/rectifications/{one.pk}/"
    first, second = one.inspection.findings.all()
    typed = {f"finding_{first.pk}": "已更换全部灭火器", f"file_{first.pk}": desk.image(), "answer": "1"}
    answer = client.post(address, typed)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明这一处是怎样整改的" in said
    assert "已更换全部灭火器" in said
    assert one.proofs.count() == 1
    answer = client.post(
        address, {f"finding_{first.pk}": "已更换", f"finding_{second.pk}": "补了记录", "answer": "1"}
    )
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.case.state == "open"
    told = boards.rectification_told(one)["findings"]
    assert [len(row["answers"][0]["proofs"]) for row in told] == [1, 0]
    assert client.post(address, {f"finding_{first.pk}": "a", "answer": "1"}).status_code in (409, 422)
    assert client.get(f"/rectifications/proofs/{one.proofs.get().pk}/").status_code == 200
    neighbour = browser(head_user(nursery()))
    assert neighbour.get(f"/rectifications/proofs/{one.proofs.get().pk}/").status_code == 404
    assert neighbour.get(address).status_code == 404


# ---------------------------------------------------------------- looked at again


def test_what_is_still_wrong_goes_back_with_another_day_by_rule_or_as_the_officer_says() -> None:
    with at(MONDAY):
        institution = nursery()
        one, own = ordered(institution), head(institution)
        answered(one, own)
        decided(one, "defects", remarks=[RemarkGiven("仍有一具过期")])
        one.case.refresh_from_db()
        assert one.case.answer_due_on == date(2026, 11, 23)
        answered(one, own)
        with pytest.raises(Refused):
            decided(one, "defects", remarks=[RemarkGiven("还差")], answer_due_on=date(2026, 11, 1))
        decided(one, "defects", remarks=[RemarkGiven("还差")], answer_due_on=date(2026, 11, 6))
        one.case.refresh_from_db()
        assert one.case.answer_due_on == date(2026, 11, 6)


def test_a_recheck_is_an_inspection_whose_result_the_decision_must_follow() -> None:
    institution = nursery()
    one = ordered(institution)
    answered(one, head(institution))
    with pytest.raises(Refused, match="应至少派2名"):
        actions.order_recheck(
            by=office(), rectification=one, inspectors=[office().user_id or 0], scheduled_on=clock.today()
        )
    _do("recheck", office(), one)
    looked = one.rechecks.get().inspection
    assert (looked.origin, looked.state) == (Origin.RECHECK, InspectionState.PLANNED)
    with pytest.raises(Refused, match="还没有结果"):
        decided(one, "approve")
    now = clock.now()
    type(looked).objects.filter(pk=looked.pk).update(
        state="confirmed", result="rectify", begun_at=now, confirmed_at=now, confirmed_label="甲"
    )
    looked.refresh_from_db()
    assert not is_to_be_mended(looked)
    with pytest.raises(Refused, match="不是合格"):
        decided(one, "approve")
    decided(one, "refuse", reason="复查仍不合格")
    assert Sanction.objects.get().kind == "penalty"


def test_mended_it_ends_and_nobody_is_punished() -> None:
    institution = nursery()
    one = ordered(institution)
    answered(one, head(institution))
    assert decided(one, "approve").state == "done"
    assert not Sanction.objects.exists()
    with pytest.raises(Overtaken):
        decided(one, "approve")


def test_the_night_goes_on_with_what_was_not_answered_once() -> None:
    one = ordered(on=clock.today() - timedelta(days=60))
    fresh = ordered()
    assert pass_over_silence(0) == 1
    assert pass_over_silence(0) == 0
    assert Case.objects.get(pk=one.case_id).state == "open"
    assert Case.objects.get(pk=fresh.case_id).state == "returned"


# ---------------------------------------------------------------- what is public


def test_what_is_published_names_items_and_its_case_never_an_inspectors_notes() -> None:
    one = ordered()
    assert not Publication.objects.filter(kind="inspection").exists()
    made = actions.publish_failing(by=office(), rectification=one)
    assert "灭火器在有效期内" in made.reasons
    assert "王某某" not in made.reasons
    one.inspection.refresh_from_db()
    assert one.inspection.published_at is not None
    with pytest.raises(Overtaken):
        actions.publish_failing(by=office(), rectification=one)
    page = browser(None).get("/publications/", {"kind": "inspection"}).content.decode()
    assert one.case.number in page
    assert one.institution.name in page
    assert made.clause in page


def test_every_published_thing_names_the_case_that_decided_it() -> None:
    one = ordered()
    made = actions.publish_failing(by=office(), rectification=one)
    for changes in ({"case": None}, {"reasons": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=made.pk).update(**changes)
