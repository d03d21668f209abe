"""Who may do what with a complaint in which state, written by hand; and the days of handling made longer."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.people import browser, seated
from complaints.told import GULOU, TEXT, answered, given, lead, officer, sits, sorted_out, step, told
from tuoyu.accounts.actors import actor_for
from tuoyu.cases import actions as cases
from tuoyu.complaints import actions, queries
from tuoyu.complaints.models import Complaint, Extension
from tuoyu.complaints.permissions import VIEW
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Institution
from workforce import staff

pytestmark = pytest.mark.django_db

ROLES = (
    "public", "reporter", "head", "teacher", "officer", "colleague", "onlooker", "lead", "market",
    "market_lead", "neighbour", "city", "place_lead", "system", "security", "audit",
)  # fmt: skip
HEALTH = {"officer", "colleague", "onlooker", "lead"}
ABOVE = {"city", "place_lead"}
PLAIN = HEALTH | ABOVE

# In each state, for each act, who it goes through for; everybody else is refused. `officer` and `colleague`
# are those who are sent where harm to a child is reported; `market` handles what was handed over.
TABLE: dict[str, dict[str, set[str]]] = {
    "triage": {"see": PLAIN, "sort": HEALTH, "refuse": HEALTH, "reveal": {"lead"}},
    "handling": {
        "see": PLAIN, "hand_over": HEALTH, "extend": {"lead"}, "answer": HEALTH, "reveal": {"lead"},
    },
    "handed_over": {
        "see": PLAIN | {"market", "market_lead"}, "hand_over": {"market", "market_lead"},
        "extend": {"market_lead"}, "answer": {"market", "market_lead"}, "reveal": {"lead", "market_lead"},
    },
    "answered": {"see": PLAIN, "reveal": {"lead"}, "rate": {"reporter"}, "ask_review": {"reporter"}},
    "rated": {"see": PLAIN, "reveal": {"lead"}, "ask_review": {"reporter"}},
    "reviewed": {"see": PLAIN, "reveal": {"lead"}, "rate": {"reporter"}, "answer_review": {"city"}},
    "not_taken": {"see": PLAIN, "reveal": {"lead"}},
    "harm": {"see": {"lead"}, "sort": {"lead"}, "refuse": {"lead"}, "reveal": {"lead"}},
    "harm_handling": {
        "see": {"lead", "officer", "colleague"}, "extend": {"lead"}, "answer": {"officer"},
        "reveal": {"lead", "officer"},
    },
}  # fmt: skip
ACTS = (
    "see", "sort", "refuse", "hand_over", "extend", "answer", "reveal", "rate", "ask_review",
    "answer_review", "withdraw",
)  # fmt: skip


@pytest.fixture(autouse=True)
def remembered_no_longer() -> Iterator[None]:
    yield
    _codes.cache_clear()


@cache
def _codes() -> dict[int, str]:
    """The codes on the receipts."""
    return {}


def petition(nursery: Institution, **changed: Any) -> Complaint:
    """It came as a petition: the channel that knows an extension and a review."""
    said = given(nursery, arrived_by="petition", reporter_name="王小明", **changed)
    receipt = actions.record(by=officer("desk"), given=said)
    found = Complaint.objects.select_related("case", "institution").get(case__number=receipt.number)
    _codes()[found.pk] = receipt.code
    return found


def _in_state(state: str, nursery: Institution, people: dict[str, Actor]) -> Complaint:
    by = people["lead"]
    if state.startswith("harm"):
        one = petition(nursery, kind="abuse")
        sent = [str(people[name].user_id) for name in ("officer", "colleague")]
        return sorted_out(one, by, inspectors=sent) if state == "harm_handling" else one
    one = petition(nursery)
    if state == "not_taken":
        cases.decide(by=by, step=step(one, "triage"), decision="refuse", reason="不属于托育机构")
    elif state != "triage":
        one = sorted_out(one, by)
    if state == "handed_over":
        actions.hand_over(by=by, complaint=one, department="market_regulation", reason="属于收费")
    if state in ("answered", "rated", "reviewed"):
        one = answered(one, by)
    if state == "rated":
        actions.rate(by=Actor.public(), complaint=one, satisfaction="fairly")
    if state == "reviewed":
        actions.ask_review(by=Actor.public(), complaint=one, reason="不服")
    return one


def _people(nursery: Institution) -> dict[str, Actor]:
    admins = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN}
    return {
        "public": Actor.public(),
        "reporter": Actor.public(),
        "head": staff.head(nursery),
        "teacher": actor_for(
            seated(Role.NURSERY_STAFF, username="t-teacher", institution_id=nursery.pk)
        ),
        **{name: officer(f"t-{name}") for name in ("officer", "colleague", "onlooker")},
        "lead": lead(),
        "market": officer(department="market_regulation"),
        "market_lead": lead(department="market_regulation"),
        "neighbour": officer(place="320102"),
        "city": officer(place="320100"),
        "place_lead": actor_for(sits(Role.JURISDICTION_LEAD, "health", "320100")),
        **{name: actor_for(sits(role, "", GULOU)) for name, role in admins.items()},
    }  # fmt: skip


def _do(act: str, by: Actor, one: Complaint, people: dict[str, Actor], role: str) -> object:
    number, kinds = one.case.number, {one.kind: one.kind}
    sent = [str(people[name].user_id) for name in ("officer", "colleague")] if "abuse" in kinds else []

    def looked_up() -> Complaint:
        code = _codes()[one.pk] if role == "reporter" else "22222222"
        found = actions.look_up(by=by, number=number, code=code)
        if found is None:
            raise Refused("编号或查询码不对")
        return found

    def seen() -> bool:
        if not visible_to(by, VIEW, Complaint.objects.filter(pk=one.pk)).exists():
            raise PermissionDenied
        return True

    review = getattr(one, "review", None)
    acts: dict[str, Any] = {
        "see": seen,
        "sort": lambda: sorted_out(one, by, inspectors=sent),
        "refuse": lambda: cases.decide(
            by=by, step=step(one, "triage"), decision="refuse", reason="不属于托育机构"
        ),
        "hand_over": lambda: actions.hand_over(
            by=by, complaint=one, department="fire_rescue", reason="属于消防"
        ),
        "extend": lambda: actions.extend(by=by, complaint=one, days=30, reason="须委托鉴定"),
        "answer": lambda: answered(one, by),
        "reveal": lambda: actions.reveal_reporter(by=by, complaint=one, reason="当面核实"),
        "rate": lambda: actions.rate(by=by, complaint=looked_up(), satisfaction="satisfied"),
        "ask_review": lambda: actions.ask_review(by=by, complaint=looked_up(), reason="不服"),
        "answer_review": lambda: cases.decide(
            by=by, step=review.case.steps.get(), decision="approve", result={"answer": "维持"}
        ) if review else _refused(),
        "withdraw": lambda: cases.withdraw(by=by, case=one.case, reason="不说了"),
    }  # fmt: skip
    return acts[act]()


def _refused() -> None:
    raise Refused("没有人申请复查")


@pytest.mark.parametrize("state", TABLE)
def test_who_may_do_what_with_a_complaint_in_which_state_is_as_the_table_says(state: str) -> None:
    nursery = staff.nursery(GULOU)
    people = _people(nursery)
    one, found = _in_state(state, nursery, people), dict[str, set[str]]()
    for role in ROLES:
        for act in ACTS:
            rows = Complaint.objects.select_related("case", "institution", "inspection")
            try:
                with transaction.atomic():
                    _do(act, people[role], rows.get(pk=one.pk), people, role)
                    transaction.set_rollback(True)
                found.setdefault(act, set()).add(role)
            except (Refused, PermissionDenied):
                continue
    assert found == TABLE[state]


# ---------------------------------------------------------------- longer


def handled(**changed: Any) -> Complaint:
    with clock.set_to(clock.now().replace(2026, 3, 2, 2)):
        return sorted_out(petition(staff.nursery(GULOU)), **changed)


def test_a_petition_is_made_longer_once_by_its_rule_and_whoever_told_it_reads_why() -> None:
    one = handled()
    before = step(one, "handling").due_on
    assert before == date(2026, 5, 6)  # 60 days end in the May holidays, the 6th is a working day
    with clock.set_to(clock.now().replace(2026, 4, 20, 2)):
        with pytest.raises(Refused, match="最多延长30天"):
            actions.extend(by=lead(), complaint=one, days=31, reason="须委托鉴定")
        with pytest.raises(Refused, match="须写明理由"):
            actions.extend(by=lead(), complaint=one, days=30, reason=" ")
        made = actions.extend(by=lead(), complaint=one, days=30, reason="须委托鉴定")
        longer = step(one, "handling")
        assert (longer.due_on, longer.clock_days) == (date(2026, 6, 1), 90)  # 31 May is a Sunday
        assert (made.due_before, made.due_on, made.days) == (before, longer.due_on, 30)
        assert "信访工作条例" in made.source
        with pytest.raises(Refused, match="已经延长过一次"):
            actions.extend(by=lead(), complaint=one, days=1, reason="再等")
        assert step(one, "handling").due_on == longer.due_on
        page = Client().post(
            reverse("complaints:tracker"), {"number": one.case.number, "code": _codes()[one.pk]}
        )
    said = page.content.decode()
    assert "须委托鉴定" in said
    assert "延长到2026年6月1日" in said
    with pytest.raises(DatabaseError), transaction.atomic():
        Extension.objects.update(days=60)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            complaint=one, days=1, due_before=before, due_on=longer.due_on, reason="再", source="x",
            made_label="y",
        )  # fmt: skip


def test_what_is_over_or_of_another_channel_is_not_made_longer() -> None:
    one = handled()
    with (
        clock.set_to(clock.now().replace(2026, 5, 7, 2)),
        pytest.raises(Refused, match="期限已过"),
    ):
        actions.extend(by=lead(), complaint=one, days=30, reason="来不及")
    for channel in ("market", "hotline"):
        receipt = actions.record(by=officer(), given=given(arrived_by=channel))
        other = sorted_out(Complaint.objects.get(case__number=receipt.number))
        with pytest.raises(Refused, match="没有延期"):
            actions.extend(by=lead(), complaint=other, days=5, reason="来不及")
    assert not Extension.objects.exists()
    fresh = petition(staff.nursery(GULOU))
    with pytest.raises(PermissionDenied):
        actions.extend(by=lead(), complaint=fresh, days=5, reason="还没有分办")


def test_the_head_extends_on_the_page_and_an_officer_is_not_offered_it() -> None:
    one = sorted_out(petition(staff.nursery(GULOU)))
    address = reverse("complaints:complaint", args=[one.case.number])
    act = reverse("complaints:extension", args=[one.case.number])
    head, desk = browser(sits(Role.DEPARTMENT_LEAD)), browser(sits(Role.OFFICER))
    assert act not in desk.get(address).content.decode()
    assert desk.post(act, {"days": "3", "reason": "甲"}).status_code == 403
    assert act in head.get(address).content.decode()
    wrong = head.post(act, {"days": "300", "reason": "须委托鉴定"})
    assert wrong.status_code == 422
    assert "最多延长30天" in wrong.content.decode()
    assert "须委托鉴定" in wrong.content.decode()
    assert head.post(act, {"days": "20", "reason": "须委托鉴定"}).status_code == 302
    page = head.get(address).content.decode()
    assert "须委托鉴定" in page
    assert act not in page
    assert head.post(act, {"days": "2", "reason": "再"}).status_code == 409


# ---------------------------------------------------------------- on an institution's page


def test_an_institutions_page_lists_what_one_acts_on_and_no_nursery_has_that_tab() -> None:
    nursery, other = staff.nursery(GULOU), staff.nursery(GULOU)
    plain, _ = told(nursery)
    plain = answered(sorted_out(plain, lead()))
    actions.rate(by=Actor.public(), complaint=plain, satisfaction="dissatisfied")
    hidden, _ = told(nursery, kind="abuse")
    foreign, _ = told(other)
    address = reverse("complaints:of_institution", args=[nursery.pk])
    numbers = [one.case.number for one in (plain, hidden, foreign)]

    def listed(user: Any) -> list[bool]:
        page = browser(user).get(address).content.decode()
        assert TEXT not in page
        return [number in page for number in numbers]

    assert listed(sits(Role.OFFICER)) == [True, False, False]
    assert listed(sits(Role.DEPARTMENT_LEAD)) == [True, True, False]
    assert listed(sits(Role.OFFICER, "fire_rescue")) == [False, False, False]
    assert "不满意" in browser(sits(Role.OFFICER)).get(address).content.decode()
    record = reverse("institutions:record", args=[nursery.pk])
    assert address in browser(sits(Role.OFFICER)).get(record).content.decode()
    head = browser(staff.head_user(nursery))
    assert address not in head.get(record).content.decode()
    assert head.get(address).status_code == 403
    assert browser(sits(Role.OFFICER, "health", "320102")).get(address).status_code == 404


def test_the_list_is_narrowed_by_how_content_people_are() -> None:
    by = lead()
    for said in ("satisfied", "dissatisfied"):
        one = answered(sorted_out(told()[0], by), by)
        actions.rate(by=Actor.public(), complaint=one, satisfaction=said)
    told()
    assert queries.complaints(by).count() == 3
    rows = [queries.shown(row) for row in queries.complaints(by, satisfaction="dissatisfied")]
    assert [row["satisfaction_label"] for row in rows] == ["不满意"]


def test_a_clock_that_ran_out_yesterday_is_overdue_and_one_made_longer_is_not() -> None:
    one = handled()
    with clock.set_to(clock.now().replace(2026, 5, 7, 2)):
        assert queries.complaints(lead(), stage="overdue").count() == 1
    with clock.set_to(clock.now().replace(2026, 4, 20, 2)):
        actions.extend(by=lead(), complaint=one, days=30, reason="须委托鉴定")
    with clock.set_to(clock.now().replace(2026, 5, 7, 2)):
        assert queries.complaints(lead(), stage="overdue").count() == 0
        with pytest.raises(Overtaken):
            actions.extend(by=lead(), complaint=answered(one), days=3, reason="再")
