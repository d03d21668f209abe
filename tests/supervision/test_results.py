"""The one result: what it waits for, what defects allow, when it is public, and how it is changed."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.people import actor, browser, seated
from journeys import sits, text_of
from supervision import visiting
from supervision.visiting import answer, answered, begun, confirmed, inspector, scheduled, sent, signed
from tuoyu.accounts.models import User
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.core.workdays import set_workday
from tuoyu.supervision import actions, hooks, visits
from tuoyu.supervision.jobs import publish_due
from tuoyu.supervision.models import Correction, Finding, Inspection
from tuoyu.supervision.vocabulary import Origin, Result, Severity, Verdict
from workforce import staff

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("测试")


def lead() -> Actor:
    return actor(sits("health", staff.GULOU, Role.DEPARTMENT_LEAD))


def test_a_result_waits_for_every_part_every_signature_and_two_inspectors() -> None:
    one = inspector()
    fire = inspector("fire_rescue")
    made = begun(scheduled((one, "health"), (fire, "fire_rescue")), one)
    answered(made, one)
    with pytest.raises(Refused) as refusal:
        actions.confirm(by=one, inspection=made, result=Result.PASS)
    said = [problem.message for problem in refusal.value.problems]
    assert any("消防" in message and "还没有完成" in message for message in said)
    assert sum("还没有签字" in message for message in said) == len(made.assignments.all()) + 1
    answered(made, fire)
    signed(made, fire)
    assert actions.confirm(by=one, inspection=made, result=Result.PASS).result == Result.PASS


def test_one_inspector_alone_confirms_nothing() -> None:
    one = inspector()
    made = begun(scheduled((one, "health")), one)
    made.assignments.exclude(user=one.user_id).delete()
    answered(made, one)
    signed(made, one)
    with pytest.raises(Refused) as refusal:
        actions.confirm(by=one, inspection=made, result=Result.PASS)
    (problem,) = refusal.value.problems
    assert problem.rule_key == "inspectors.min"
    assert problem.source.endswith("第42条")


def test_a_blocking_defect_cannot_pass_and_a_warning_may() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    answered(made, one, "fire.manager")
    signed(made, one)
    with pytest.raises(Refused, match="结果只能是：限期整改、立案处理"):
        actions.confirm(by=one, inspection=made, result=Result.PASS)
    done = actions.confirm(by=one, inspection=made, result=Result.RECTIFY)
    (finding,) = done.findings.all()
    assert (finding.item, finding.severity, finding.department) == ("fire.manager", Severity.BLOCK, "health")
    assert "看到的情况" in finding.text
    assert finding.source
    assert confirmed("fire.exits", result=Result.PASS).findings.get().severity == Severity.WARN
    with pytest.raises(Refused, match="结果只能是：合格"):
        confirmed(result=Result.RECTIFY)


def test_what_was_signed_is_what_is_confirmed() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    answered(made, one)
    signed(made, one)
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        seen = visits.visit_of(made).answers["fire.exits"].key
        sent(made, one, answer("fire.exits", Verdict.DEFECT, saw=seen))
        with pytest.raises(Refused, match="请重新签字"):
            actions.confirm(by=one, inspection=made, result=Result.RECTIFY)


def test_a_refusal_to_sign_ends_it_too() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    answered(made, one)
    signed(made, one, refused=True, reason="不认可", witness="社区干部", strokes=[])
    assert actions.confirm(by=one, inspection=made, result=Result.PASS).confirmed_label == one.label


def test_it_is_confirmed_once_by_the_department_that_leads() -> None:
    one, fire = inspector(), inspector("fire_rescue")
    made = begun(scheduled((one, "health"), (fire, "fire_rescue")), one)
    answered(made, one)
    answered(made, fire)
    signed(made, one)
    with pytest.raises(PermissionDenied):
        actions.confirm(by=fire, inspection=made, result=Result.PASS)
    actions.confirm(by=one, inspection=made, result=Result.PASS)
    with pytest.raises(Overtaken):
        actions.confirm(by=one, inspection=made, result=Result.PASS)


def test_whoever_waits_for_confirmed_inspections_is_told_in_the_same_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(hooks, "_confirmed", {"test": lambda by, one: told.append(one.number)})
    made = confirmed("fire.manager")
    assert told == [made.number]

    def fails(by: Actor, inspection: Inspection) -> None:
        raise Refused("不行")

    monkeypatch.setattr(hooks, "_confirmed", {"test": fails})
    with pytest.raises(Refused, match="不行"):
        confirmed("fire.manager")
    assert Finding.objects.count() == 1


def test_it_is_public_within_the_days_of_the_rule_across_the_spring_festival() -> None:
    with clock.set_to(datetime(2026, 2, 10, 10, tzinfo=clock.BEIJING)):
        made = confirmed()
    # 15 to 23 February are off, the Saturdays 14 and 28 are worked.
    assert str(made.publish_due_on) == "2026-03-16"
    with clock.set_to(datetime(2026, 3, 15, 10, tzinfo=clock.BEIJING)):
        assert publish_due(0) == 0
        assert not visits.results().exists()
    with clock.set_to(datetime(2026, 3, 16, 10, tzinfo=clock.BEIJING)):
        assert publish_due(0) == 1
        assert publish_due(0) == 0
    assert visits.results(place="320100").get() == made
    assert not visits.results(place="370402").exists()


def test_a_change_of_the_calendar_moves_the_day_of_publication() -> None:
    with clock.set_to(datetime(2026, 4, 7, 10, tzinfo=clock.BEIJING)):
        made = confirmed()
        before = made.publish_due_on
        keeper = actor(seated(Role.SYSTEM_ADMIN))
        set_workday(by=keeper, on=date(2026, 4, 8), is_workday=False, note="通知")
        made.refresh_from_db()
        assert before is not None
        assert made.publish_due_on > before


def test_a_published_result_is_told_in_the_words_of_the_checklist_and_names_nobody() -> None:
    made = confirmed("fire.manager", origin=Origin.REPORT, reason="家长举报")
    actions.publish(by=lead(), inspection=made)
    with pytest.raises(Overtaken):
        actions.publish(by=lead(), inspection=made)
    told = str(visits.published(visits.results().get()))
    assert "明确了消防安全管理人" in told
    for secret in ("看到的情况", "举报", "inspector", "核查"):
        assert secret not in told


def test_a_changed_result_is_withdrawn_with_reasons_and_keeps_its_trace() -> None:
    nursery = staff.nursery()
    head = staff.head(nursery)
    made = confirmed("fire.manager", nursery=nursery)
    by = lead()
    actions.publish(by=by, inspection=made)
    today = clock.today()
    for wrong in ({"reason": " "}, {"result": Result.RECTIFY}, {"decided_on": today + timedelta(days=1)}):
        given = {"result": Result.PASS, "reason": "复议认为管理人已明确", "decided_on": today} | wrong
        with pytest.raises(Refused):
            actions.correct(by=by, inspection=made, **given)
    changed = actions.correct(
        by=by, inspection=made, result=Result.PASS, reason="复议认为管理人已明确", decided_on=today
    )
    made.refresh_from_db()
    assert (made.result, visits.result_of(made)) == (Result.RECTIFY, Result.PASS)
    assert changed.due_on > today
    public = visits.published(visits.results().get())
    assert public["result"] == Result.RECTIFY
    (told,) = public["corrections"]
    assert (told["result"], told["reason"], told["late"]) == (Result.PASS, "复议认为管理人已明确", False)
    assert Notice.objects.filter(user=head.user_id, title="检查结果已变更").exists()
    with pytest.raises(PermissionDenied):
        actions.correct(by=inspector(), inspection=made, result=Result.REFER, reason="x", decided_on=today)


def test_a_withdrawal_after_its_days_is_shown_as_late() -> None:
    made = confirmed("fire.manager")
    decided = clock.today()
    with clock.set_to(clock.now() + timedelta(days=30)):
        one = actions.correct(
            by=lead(), inspection=made, result=Result.PASS, reason="复议", decided_on=decided
        )
    assert visits.corrected(one)["late"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(reason="")


def test_nothing_unconfirmed_is_published() -> None:
    one, other = inspector(), inspector()
    made = begun(scheduled((one, "health"), (other, "health")), one)
    with pytest.raises(Overtaken):
        actions.publish(by=lead(), inspection=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=made.pk).update(published_at=clock.now())
    with pytest.raises(Refused):
        actions.correct(by=lead(), inspection=made, result=Result.PASS, reason="x", decided_on=clock.today())


def test_the_desk_shows_each_state_of_an_inspection_with_what_it_waits_for() -> None:
    one, other = inspector(), inspector()
    made = scheduled((one, "health"), (other, "health"), reason="家长举报")
    desk = browser(User.objects.get(pk=one.user_id))
    address = f"/inspections/{made.pk}/"
    assert "只有参加检查的部门看得到" in text_of(desk, address)
    begun(made, one)
    visiting.photographed(made, one)
    assert "还不能确认" in text_of(desk, address)
    answered(made, one, "fire.manager")
    sent(made, other, answer("fire.manager", said_at=clock.now() - timedelta(minutes=1)))
    signed(made, one)
    page = text_of(desk, address)
    assert "答复不同" in page
    assert "polyline" in page
    assert desk.post(f"{address}confirmation/", {"result": ""}).status_code == 422
    assert desk.post(f"{address}confirmation/", {"result": "refer"}).status_code == 302
    head = browser(sits("health", staff.GULOU, Role.DEPARTMENT_LEAD))
    assert head.post(f"{address}correction/", {"result": "pass"}).status_code == 422
    given = {"result": "rectify", "reason": "集体讨论", "decided_on": str(clock.today())}
    assert head.post(f"{address}correction/", given).status_code == 302
    assert "原结果已于" in text_of(head, address)
    assert made.number in text_of(head, "/inspections/", text=made.number, mine="0")
