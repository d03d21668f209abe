"""The engine, on Nanjing's procedure: eight checks side by side, then consent, registration, filing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from cases.conftest import GULOU, NONPROFIT, Remembers, applicant, officer, opened, states, step
from tuoyu.accounts.models import Membership
from tuoyu.cases import actions
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.core.problems import Overtaken, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def decide_as(department: str, case: Case, key: str, decision: str = "approve", **more: Any) -> Case:
    by = officer_once(department)
    return actions.decide(by=by, step=step(case, key), decision=decision, **more)


def officer_once(department: str) -> Actor:
    from tuoyu.accounts.models import User

    found = User.objects.filter(username=f"officer-{department}-{GULOU}").first()
    if found is None:
        return officer(department)
    from tuoyu.core.actor import Seat

    seat = Seat(Role.OFFICER, department, (GULOU,), GULOU)
    return Actor(found.name, found.pk, (seat,), frozenset({found.pk}))


def checks(case: Case) -> list[Step]:
    return list(case.steps.filter(kind="check"))


def approve_checks(case: Case) -> None:
    for check in checks(case):
        decide_as(check.department, case, check.key)


def test_a_case_begins_with_every_step_that_waits_for_nothing(handler: Remembers) -> None:
    case = opened(applicant())
    now = states(case)
    active = {key for key, state in now.items() if state == "active"}
    assert len(active) == 8
    assert active == {check.key for check in checks(case)}
    assert now["registration"] == "waiting"
    assert Notice.objects.get(case=case).title == "申报已收到"


def test_a_case_returns_once_with_every_departments_remarks_together(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    first, second, *rest = checks(case)
    decide_as(
        first.department, case, first.key, "defects", remarks=[RemarkGiven("楼层过高", "premises", "floor")]
    )
    case.refresh_from_db()
    assert case.state == "open", "the other departments still look"
    decide_as(
        second.department, case, second.key, "defects", remarks=[RemarkGiven("人员不足", "staff", "carers")]
    )
    for check in rest:
        decide_as(check.department, case, check.key)
    case.refresh_from_db()
    assert case.state == "returned"
    assert handler.told.count("returned") == 1
    assert AuditEvent.objects.filter(topic=case.topic, verb="case.returned").count() == 1
    notices = Notice.objects.filter(user=by.user_id, title="需要补正")
    assert ["2 处需要补正" in notice.text for notice in notices] == [True]


def test_after_mending_only_those_concerned_look_again(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    first, *rest = checks(case)
    decide_as(
        first.department, case, first.key, "defects", remarks=[RemarkGiven("楼层过高", "premises", "floor")]
    )
    for check in rest:
        decide_as(check.department, case, check.key)
    case.refresh_from_db()
    data = {"premises": {"floor": 1}, "staff": {"carers": 3}, "papers": {"fire": "补传"}}
    actions.resubmit(by=by, case=case, data=data, facts=NONPROFIT)
    case.refresh_from_db()
    assert (case.state, case.round) == ("open", 2)
    again = {s.key for s in case.steps.filter(state="active")}
    assert again == {first.key} | {c.key for c in rest if "papers" in c.reviews}


def test_the_clock_stands_still_while_the_applicant_mends(handler: Remembers) -> None:
    by = applicant()
    with clock.set_to(datetime(2026, 11, 2, 1, tzinfo=UTC)):
        case = opened(by, {**NONPROFIT, "division_code": "360702"})
        registrar = step(case, "registration")
        actions.decide(by=officer(registrar.department, "360702"), step=registrar, decision="approve")
        filing = step(case, "filing")
        assert filing.due_on is not None
        assert filing.due_on.isoformat() == "2026-11-09"
    health = officer("health", "360702")
    with clock.set_to(datetime(2026, 11, 4, 1, tzinfo=UTC)):
        actions.decide(by=health, step=filing, decision="defects", remarks=[RemarkGiven("缺证明")])
    with clock.set_to(datetime(2026, 11, 20, 1, tzinfo=UTC)):
        case.refresh_from_db()
        actions.resubmit(by=by, case=case, data={}, facts={**NONPROFIT, "division_code": "360702"})
        filing.refresh_from_db()
        assert filing.due_on is not None
        assert filing.due_on.isoformat() == "2026-11-25", "three working days were left"


def test_a_nonprofit_is_not_registered_before_health_consents(handler: Remembers) -> None:
    case = opened(applicant())
    approve_checks(case)
    registrar = step(case, "registration")
    with pytest.raises(Refused) as refused:
        actions.decide(by=officer_once(registrar.department), step=registrar, decision="approve")
    assert refused.value.status == 409
    assert "三.(二).2" in refused.value.problems[0].source
    assert step(case, "registration").state == "waiting"


def test_registration_is_pushed_to_health_and_police_in_nanjing(handler: Remembers) -> None:
    case = opened(applicant())
    approve_checks(case)
    decide_as("health", case, "health_consent")
    registrar = step(case, "registration")
    decide_as(registrar.department, case, "registration")
    told = OutboxMessage.objects.filter(topic="registration.approved").values_list("department", flat=True)
    assert sorted(told) == ["health", "public_security"]


def test_a_refusal_needs_its_reason_and_ends_every_step(handler: Remembers) -> None:
    case = opened(applicant())
    approve_checks(case)
    consent = step(case, "health_consent")
    with pytest.raises(Refused, match="写明理由"):
        decide_as("health", case, "health_consent", "refuse")
    decide_as("health", case, "health_consent", "refuse", reason="场地不符合要求")
    case.refresh_from_db()
    assert (case.state, case.reason) == ("refused", "场地不符合要求")
    assert set(states(case).values()) == {"approved", "refused", "cancelled"}
    assert handler.told[-1] == f"refused {consent.key}"


def test_a_check_alone_cannot_refuse(handler: Remembers) -> None:
    case = opened(applicant())
    with pytest.raises(Refused, match="一次汇总退回"):
        decide_as(checks(case)[0].department, case, checks(case)[0].key, "refuse", reason="不行")


def test_of_two_officers_who_decide_one_wins_and_the_other_is_told(handler: Remembers) -> None:
    case = opened(applicant())
    check = checks(case)[0]
    decide_as(check.department, case, check.key)
    with pytest.raises(Overtaken, match="先处理"):
        decide_as(check.department, case, check.key, "defects", remarks=[RemarkGiven("缺")])
    assert step(case, check.key).state == "approved"


def test_a_step_a_colleague_took_is_not_decided_over_his_head(handler: Remembers) -> None:
    case = opened(applicant())
    check = checks(case)[0]
    actions.take(by=officer_once(check.department), step=check)
    lead = officer(check.department, role=Role.DEPARTMENT_LEAD)
    with pytest.raises(Overtaken, match="已由同事接办"):
        actions.decide(by=lead, step=check, decision="approve")
    with pytest.raises(Overtaken, match="已有同事接办"):
        actions.take(by=lead, step=check)
    assert lead.user_id is not None
    Membership.objects.create(
        user_id=lead.user_id,
        role=Role.DEPARTMENT_LEAD,
        department=check.department,
        division_code=GULOU,
        valid=(date(2020, 1, 1), None),
    )
    stranger = applicant("外人").user_id
    with pytest.raises(Refused, match="在岗的同事"):
        actions.reassign(by=lead, step=step(case, check.key), to_user_id=stranger, reason="休假")
    actions.reassign(by=lead, step=step(case, check.key), to_user_id=lead.user_id, reason="休假")
    actions.decide(by=lead, step=step(case, check.key), decision="approve")
    assert step(case, check.key).state == "approved"


def test_the_route_does_not_change_under_way(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    for check in checks(case):
        decide_as(check.department, case, check.key, "defects", remarks=[RemarkGiven("缺")])
    case.refresh_from_db()
    with pytest.raises(Refused, match="办理中不能更改"):
        actions.resubmit(by=by, case=case, data={}, facts={**NONPROFIT, "legal_form": "enterprise"})
    case.refresh_from_db()
    assert (case.state, case.round) == ("returned", 1)


# 浦口区's own street, one that 江北新区 decides over, and another of its own.
OWN, ZONE, ANOTHER = "320111004", "320111001", "320111005"


def returned_at(place: str, by: Actor) -> Case:
    case = opened(by, {**NONPROFIT, "division_code": place})
    for check in checks(case):
        told = officer(check.department, check.division_code)
        actions.decide(by=told, step=check, decision="defects", remarks=[RemarkGiven("缺")])
    case.refresh_from_db()
    return case


def test_a_street_where_others_decide_is_refused_and_another_of_the_same_is_taken(handler: Remembers) -> None:
    by = applicant()
    case = returned_at(OWN, by)
    facts = {**NONPROFIT, "division_code": OWN}
    with pytest.raises(Refused, match="江北新区") as refused:
        actions.resubmit(by=by, case=case, data={}, facts=facts, division_code=ZONE)
    assert (refused.value.status, refused.value.problems[0].field) == (409, "street")
    case.refresh_from_db()
    assert (case.state, case.division_code) == ("returned", OWN)
    actions.resubmit(by=by, case=case, data={}, facts=facts, division_code=ANOTHER)
    case.refresh_from_db()
    assert (case.state, case.division_code) == ("open", ANOTHER)
    assert set(case.steps.values_list("division_code", flat=True)) == {"320111"}


def test_nobody_leaves_a_zone_by_mending_either(handler: Remembers) -> None:
    by = applicant()
    case = returned_at(ZONE, by)
    facts = {**NONPROFIT, "division_code": ZONE}
    with pytest.raises(Refused, match="浦口区"):
        actions.resubmit(by=by, case=case, data={}, facts=facts, division_code=OWN)


def test_a_registered_case_is_not_withdrawn(handler: Remembers) -> None:
    by = applicant()
    facts = {**NONPROFIT, "division_code": "360702"}
    case = opened(by, facts)
    registrar = step(case, "registration")
    actions.decide(by=officer(registrar.department, "360702"), step=registrar, decision="approve")
    with pytest.raises(Refused, match="法人登记已经完成"):
        actions.withdraw(by=by, case=case, reason="不办了")


def test_a_withdrawn_case_is_decided_no_more(handler: Remembers) -> None:
    by = applicant()
    case = opened(by)
    actions.withdraw(by=by, case=case, reason="不办了")
    assert set(states(case).values()) == {"cancelled"}
    check = checks(case)[0]
    with pytest.raises(Overtaken):
        decide_as(check.department, case, check.key)


def test_a_case_keeps_the_pack_version_it_began_under(handler: Remembers) -> None:
    case = opened(applicant())
    pack = case.pack_id
    approve_checks(case)
    case.refresh_from_db()
    assert case.pack_id == pack


# state of the step × what is tried × who tries → what happens
TABLE = [
    ("active", "approve", "own", "approved"),
    ("active", "defects", "own", "defective"),
    ("active", "approve", "neighbour", "denied"),
    ("active", "approve", "other department", "denied"),
    ("active", "approve", "city", "denied"),
    ("active", "approve", "jurisdiction lead", "denied"),
    ("active", "approve", "applicant", "denied"),
    ("active", "approve", "system administrator", "denied"),
    ("active", "approve", "department lead", "approved"),
    ("waiting", "approve", "own", "refused"),
    ("waiting", "defects", "own", "refused"),
    ("approved", "approve", "own", "overtaken"),
    ("approved", "defects", "own", "overtaken"),
    ("defective", "approve", "own", "overtaken"),
    ("cancelled", "approve", "own", "overtaken"),
]


def who(name: str, check: Step) -> Actor:
    return {
        "own": lambda: officer(check.department),
        "neighbour": lambda: officer(check.department, "320105"),
        "other department": lambda: officer("tax"),
        "city": lambda: officer(check.department, "320100"),
        "jurisdiction lead": lambda: officer("health", "320100", Role.JURISDICTION_LEAD),
        "applicant": lambda: applicant("别人"),
        "system administrator": lambda: officer("", GULOU, Role.SYSTEM_ADMIN),
        "department lead": lambda: officer(check.department, role=Role.DEPARTMENT_LEAD),
    }[name]()


@pytest.mark.parametrize(("state", "decision", "by", "expected"), TABLE)
def test_who_may_decide_what_and_when(
    handler: Remembers, state: str, decision: str, by: str, expected: str
) -> None:
    case = opened(applicant())
    check = checks(case)[0]
    decided = (
        {"decided_at": clock.now(), "decided_label": "某人"} if state in ("approved", "defective") else {}
    )
    after = ["registration"] if state == "waiting" else []
    Step.objects.filter(pk=check.pk).update(state=state, after=after, **decided)
    remarks = [RemarkGiven("缺")] if decision == "defects" else []

    def attempt() -> str:
        try:
            actions.decide(by=who(by, check), step=check, decision=decision, remarks=remarks)
        except PermissionDenied:
            return "denied"
        except Overtaken:
            return "overtaken"
        except Refused:
            return "refused"
        return step(case, check.key).state

    assert attempt() == expected
    if expected in ("denied", "overtaken", "refused"):
        assert step(case, check.key).state == state, "nothing has changed"


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE cases_case SET state = 'done'",
        "UPDATE cases_case SET state = 'refused', closed_at = now()",
        "UPDATE cases_step SET state = 'approved'",
        "UPDATE cases_step SET state = 'refused', decided_at = now(), decided_label = '某人'",
        "UPDATE cases_step SET state = 'active', started_at = NULL",
    ],
)
def test_the_database_refuses_a_decision_without_date_person_or_reason(
    handler: Remembers, broken: str
) -> None:
    opened(applicant())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(broken)
