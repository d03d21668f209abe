"""Bars to employment: recorded on a decision, never changed, corrected by another, never a look-up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.workforce import actions, barring
from tuoyu.workforce.models import Bar, BarAlert, BarCorrection, HiringCheck
from workforce.barred import XUANWU, employed, given, head_of, health, hit, identity, nursery

pytestmark = pytest.mark.django_db

WANG = identity(1)


def refused(call, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def ask(institution, number: str = WANG, by=None) -> list:
    return actions.check_before_hiring(
        by=by or head_of(institution), institution=institution, identity=number
    )


def test_only_health_records_a_bar_and_only_on_a_whole_decision() -> None:
    with pytest.raises(PermissionDenied):
        actions.record_bar(by=head_of(nursery()), given=given(WANG))
    wrong = refused(
        actions.record_bar,
        by=health(),
        given=given(
            "32010619900307001Y", document=" ", ground="violence", decided_on=clock.today() + timedelta(1)
        ),
    )
    assert {p.field for p in wrong.problems} == {"identity", "document", "ground", "decided_on"}
    assert not Bar.objects.exists()


def test_a_bar_is_encrypted_found_by_its_number_and_recorded_once_a_decision() -> None:
    bar = actions.record_bar(by=health(), given=given(WANG))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name || identity || identity_key FROM workforce_bar")
        kept = cursor.fetchone()[0]
    assert WANG not in kept
    assert "王" not in kept
    assert [h.bar for h in barring.hindrances(f" {WANG.lower()} ")] == [bar]
    assert refused(actions.record_bar, by=health(), given=given(WANG)).status == 409
    event = AuditEvent.objects.get(verb="bar.recorded")
    assert WANG not in str(event.after)
    assert "王" not in str(event.after)


@pytest.mark.parametrize("change", ["UPDATE workforce_bar SET ground = ground", "DELETE FROM workforce_bar"])
def test_the_database_refuses_to_change_or_forget_a_bar(change: str) -> None:
    actions.record_bar(by=health(), given=given(WANG))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_mistake_is_corrected_by_another_person_and_stays_to_be_read() -> None:
    bar = actions.record_bar(by=health(), given=given(WANG))
    same = refused(actions.correct_bar, by=health(), bar=bar, ground="wrong_person", reason="同名")
    assert same.status == 403
    with pytest.raises(DatabaseError), transaction.atomic():
        BarCorrection.objects.create(
            bar=bar, ground="wrong_person", reason="同名", division_code="320106", department="health",
            corrected_by=bar.recorded_by, corrected_label="另一个标签",
        )  # fmt: skip
    other = health(name="另一位负责人")
    assert (
        refused(actions.correct_bar, by=other, bar=bar, ground="repair", reason="").problems[1].field
        == "reason"
    )
    with pytest.raises(PermissionDenied):
        actions.correct_bar(by=health(XUANWU), bar=bar, ground="wrong_person", reason="同名")
    actions.correct_bar(by=other, bar=bar, ground="wrong_person", reason="同名不同人，身份证号末位抄错")
    assert barring.hindrances(WANG) == []
    assert Bar.objects.filter(pk=bar.pk).exists()
    assert refused(actions.correct_bar, by=other, bar=bar, ground="wrong_person", reason="再来").status == 409


def test_who_employs_a_barred_person_is_told_the_same_moment_each_in_the_own_place() -> None:
    here, there = nursery(), nursery(XUANWU, "大月亮托育园")
    gone = employed(nursery(name="旧园"), WANG)
    gone.period = type(gone.period)(gone.starts_on, date(gone.starts_on.year, 1, 2))
    gone.save()
    for institution in (here, there):
        employed(institution, WANG)
        head_of(institution)
    health(role=Role.OFFICER), health(XUANWU, Role.OFFICER)
    actions.record_bar(by=health("320100"), given=given(WANG))
    told = dict(Notice.objects.values_list("user__username", "text"))
    assert set(told) == {
        f"head-{here.pk}", f"head-{there.pk}", "health-officer-320106", "health-officer-320102",
    }  # fmt: skip
    assert "大月亮" not in told[f"head-{here.pk}"]
    assert "大月亮" in told["health-officer-320102"]
    assert all("虐待" not in text and WANG not in text and "王某某" not in text for text in told.values())
    alerts = barring.standing_alerts()
    assert {alert.employment.institution_id for alert in alerts} == {here.pk, there.pk}
    working = alerts.get(employment__institution=here).employment
    working.period = type(working.period)(working.starts_on, clock.today())
    working.save()
    assert {alert.employment.institution_id for alert in barring.standing_alerts()} == {there.pk}
    actions.correct_bar(
        by=health("320100", name="更正人"), bar=Bar.objects.get(), ground="annulled", reason="判决"
    )
    assert not barring.standing_alerts().exists()
    assert BarAlert.objects.count() == 2


def test_the_question_is_written_down_and_the_answer_never_says_what_happened() -> None:
    institution = nursery()
    assert ask(institution) == []
    actions.record_bar(by=health(XUANWU), given=given(WANG))
    (problem,) = ask(institution)
    assert "人口与计划生育法" in problem.source
    assert "鼓楼区" in problem.fix
    for said in (problem.message, problem.fix, problem.source):
        assert not any(word in said for word in ("虐待", "玄武", "处罚", "王"))
    assert list(HiringCheck.objects.values_list("outcome", flat=True)) == ["clear", "barred"]
    events = AuditEvent.objects.filter(verb="hiring.checked")
    assert [event.after for event in events] == [{"outcome": "clear"}, {"outcome": "barred"}]


def test_a_record_anybody_was_told_of_stops_everywhere_until_an_office_corrects_it() -> None:
    institution, elsewhere = nursery(), nursery("360702", "章贡托育园")
    found = hit(elsewhere, WANG)
    (problem,) = ask(institution)
    assert "第62条" in problem.source
    assert actions.alert_employers(by=head_of(elsewhere), record_check=found) == 1
    with pytest.raises(PermissionDenied):
        actions.correct_record_check(by=health(), record_check=found, ground="wrong_person", reason="同名")
    actions.correct_record_check(
        by=health("360702"), record_check=found, ground="wrong_person", reason="公安复核为同名"
    )
    assert ask(institution) == []
    assert not barring.standing_alerts().exists()


def test_nobody_can_go_on_asking(settings) -> None:
    institution, other = nursery(), nursery(XUANWU, "大月亮托育园")
    by = head_of(institution)
    with clock.set_to(clock.now() - timedelta(days=20)):
        assert ask(institution) == []
    per_institution, per_person = (rule.value for rule in barring.limits_for(institution))
    for _ in range(per_institution):
        HiringCheck.objects.create(
            institution=institution, outcome="clear", checked_by=by.user_id, checked_label=by.label
        )
    actions.record_bar(by=health(), given=given(WANG))
    (problem,) = ask(institution)
    assert str(per_institution) in problem.message
    assert "不得" not in problem.message
    assert HiringCheck.objects.latest("pk").outcome == "limited"
    # Somebody else at another nursery still may.
    assert ask(other)[0].rule_key == barring.LIFETIME
    for _ in range(per_person):
        HiringCheck.objects.create(institution=other, outcome="clear", checked_by=7, checked_label="甲")
    with clock.set_to(clock.now() + timedelta(days=1, minutes=1)):
        assert ask(institution)[0].rule_key == barring.LIFETIME


def test_whoever_registers_everybody_for_the_first_time_may_hand_in_more_and_only_then() -> None:
    institution = nursery()
    later = barring.limits_for(institution)[0].value
    assert ask(institution) == []
    with clock.set_to(clock.now() + timedelta(days=6, hours=23)):
        at_first = barring.limits_for(institution)[0]
    assert (at_first.key, at_first.force, at_first.value) == (barring.AT_FIRST, "local", later)
    with clock.set_to(clock.now() + timedelta(days=7, minutes=1)):
        after, person = barring.limits_for(institution)
    # Whoever acts keeps one limit; what comes after the first days is less.
    assert after.key == barring.PER_INSTITUTION
    assert after.value < at_first.value <= person.value
