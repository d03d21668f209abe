"""Who may do what with a complaint in which state, written by hand; and the days of handling made longer."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.people import browser, seated
from complaints.told import GULOU, TEXT, answered, given, lead, officer, sits, sorted_out, step, told
from tuoyu.accounts.actors import actor_for
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Step
from tuoyu.complaints import actions, queries, rules
from tuoyu.complaints.handlers import ComplaintHandler
from tuoyu.complaints.models import Complaint, Extension
from tuoyu.complaints.permissions import EXTEND, REVEAL, VIEW
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import can, visible_to
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

    def answer_review() -> object:
        review = getattr(one, "review", None)
        if review is None:
            raise Refused("没有人申请复查")
        return cases.decide(
            by=by, step=review.case.steps.get(), decision="approve", result={"answer": "维持"}
        )

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
        "answer_review": answer_review,
        "withdraw": lambda: cases.withdraw(by=by, case=one.case, reason="不说了"),
    }  # fmt: skip
    return acts[act]()


@pytest.mark.parametrize("state", TABLE)
def test_who_may_do_what_with_a_complaint_in_which_state_is_as_the_table_says(state: str) -> None:
    nursery = staff.nursery(GULOU)
    people = _people(nursery)
    rows = Complaint.objects.select_related("case", "institution", "inspection")
    one, found = rows.get(pk=_in_state(state, nursery, people).pk), dict[str, set[str]]()
    for role in ROLES:
        for act in ACTS:
            try:
                with transaction.atomic():
                    _do(act, people[role], deepcopy(one), people, role)
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
    wrong = head.post(act, {"days": "300", "reason": " "})
    assert wrong.status_code == 422
    for said in ("最多延长30天", "延期须写明理由", 'value="300"'):
        assert said in wrong.content.decode()
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


# ---------------------------------------------------------------- guards


def test_longer_by_a_day_at_least_until_the_last_day_and_for_reasons_that_can_be_kept() -> None:
    one = handled()
    with clock.set_to(clock.now().replace(2026, 5, 6, 2)):  # the last day
        for days, reason, says in (
            (0, "须委托鉴定", "最多延长30天"),
            (31, "", "最多延长30天.*提出人会看到"),
            (1, "长" * 501, "最多500字"),
        ):
            with pytest.raises(Refused, match=says):
                actions.extend(by=lead(), complaint=one, days=days, reason=reason)
        with CaptureQueriesContext(connection) as asked:
            actions.extend(by=lead(), complaint=one, days=30, reason="须委托鉴定")
    assert locks(asked, "complaints_complaint"), "a second one waits until this one is written"
    event = AuditEvent.objects.get(verb="complaint.extended")
    assert (event.after, event.note) == ({"days": 30}, "须委托鉴定")


def locks(asked: CaptureQueriesContext, table: str) -> bool:
    return any("FOR UPDATE" in one["sql"] and f'FROM "{table}"' in one["sql"] for one in asked)


def test_a_review_is_asked_under_a_lock_and_goes_to_the_department_that_answered() -> None:
    nursery = staff.nursery(GULOU)
    one = sorted_out(petition(nursery), department="market_regulation")
    one = answered(one, officer(department="market_regulation"))
    with CaptureQueriesContext(connection) as asked:
        review = actions.ask_review(by=Actor.public(), complaint=one, reason="不服")
    assert locks(asked, "complaints_complaint")
    step_asked = review.case.steps.get()
    assert (step_asked.department, step_asked.division_code) == ("market_regulation", "320100")


def test_the_review_of_a_report_of_harm_is_seen_by_as_few() -> None:
    head, sent = lead(), [str(officer(f"r-{n}").user_id) for n in range(2)]
    one = petition(staff.nursery(GULOU), kind="abuse")
    one = answered(sorted_out(one, head, inspectors=sent), officer("r-0"))
    assert actions.ask_review(by=Actor.public(), complaint=one, reason="不服").case.restricted


def test_a_stranger_is_told_nothing_of_how_far_it_is_and_only_those_who_handle_get_it() -> None:
    one, stranger = petition(staff.nursery(GULOU)), officer(place="320102")
    with pytest.raises(PermissionDenied):
        actions.hand_over(by=stranger, complaint=one, department="fire_rescue", reason="属于消防")
    one = sorted_out(one)
    with pytest.raises(Refused, match="请选择承办部门"):
        actions.hand_over(by=lead(), complaint=one, department="sports", reason="属于体育")


def test_who_told_it_is_not_read_where_there_is_nobody_to_read() -> None:
    anonymous, _ = told()
    named = petition(staff.nursery(GULOU))
    actions.erase_contact(by=Actor.system("测试"), complaint=named)
    assert (named.reporter_name, named.reporter_phone) == ("", "")
    address, head = "complaints:complaint", browser(sits(Role.DEPARTMENT_LEAD))
    for one in (anonymous, named):
        with pytest.raises(Refused, match="没有留下联系方式"):
            actions.reveal_reporter(by=lead(), complaint=one, reason="当面核实")
        page = head.get(reverse(address, args=[one.case.number])).content.decode()
        assert "查看提出人的姓名和电话" not in page


def test_a_department_whose_turn_has_not_come_neither_learns_who_told_it_nor_extends() -> None:
    one = petition(staff.nursery(GULOU))
    one.case.steps.filter(kind="triage").update(department="market_regulation")
    assert step(one, "handling").state == "waiting"
    assert not any(can(lead(), may, one) for may in (REVEAL, EXTEND))
    one.case.steps.filter(kind="handling").update(assignee=officer().user_id)
    assert not can(officer(), REVEAL, one)


def test_sorting_names_a_nursery_of_the_place_and_one_only() -> None:
    two = [staff.nursery(GULOU, name="同名托育园") for _ in range(2)]
    far = staff.nursery("320102", name="外区托育园")
    named, _ = told(two[0])
    for written, says in (("同名托育园", ""), ("外区托育园", "本地没有这家机构"), ("", "请写明是哪家机构")):
        if says:
            with pytest.raises(Refused, match=says):
                sorted_out(named, institution=written)
    described, _ = told()
    with pytest.raises(Refused, match="几家同名机构"):
        sorted_out(described, institution="同名托育园")
    Institution.objects.filter(pk=two[1].pk).update(uscc="91320106MA1TEST001")
    assert sorted_out(described, institution="91320106ma1test001").institution == two[1]
    assert far.complaints.count() == 0


def test_the_office_above_neither_learns_who_told_it_nor_extends() -> None:
    one = sorted_out(petition(staff.nursery(GULOU)))
    assert not any(can(lead(place="320100"), may, one) for may in (REVEAL, EXTEND))
    assert all(can(lead(), may, one) for may in (REVEAL, EXTEND))


def test_the_page_offers_only_what_may_be_done_now() -> None:
    one = sorted_out(petition(staff.nursery(GULOU)))
    receipt = actions.record(by=officer(), given=given(arrived_by="hotline"))
    hotline = sorted_out(Complaint.objects.get(case__number=receipt.number))
    fresh = petition(staff.nursery(GULOU))

    def offers(complaint: Complaint, user: Any) -> tuple[bool, bool]:
        number = complaint.case.number
        page = browser(user).get(reverse("complaints:complaint", args=[number])).content.decode()
        acts = (reverse(f"complaints:{name}", args=[number]) for name in ("extension", "reporter"))
        return tuple(act in page for act in acts)  # type: ignore[return-value]

    head, onlooker = sits(Role.DEPARTMENT_LEAD), sits(Role.OFFICER, name="onlooker")
    assert (offers(one, head), offers(one, onlooker)) == ((True, True), (False, False))
    assert (offers(hotline, head), offers(fresh, head)) == ((False, False), (False, True))
    Step.objects.filter(case=one.case, kind="handling").update(due_on=clock.today())
    assert offers(one, head)[0]
    assert queries.complaints(lead(), stage="overdue").count() == 0, "the last day is not over"
    Step.objects.filter(case=one.case, kind="handling").update(due_on=date(2026, 1, 5))
    assert not offers(one, head)[0]


def test_other_offices_are_sent_the_number_and_the_name_alone() -> None:
    one, _ = told(staff.nursery(GULOU))
    payload = ComplaintHandler().payload(one.case, step(one, "triage"))
    assert payload == {"case": one.case.number, "name": one.about}


def test_an_answer_can_be_kept_whole() -> None:
    one = sorted_out(told()[0])
    for field in ("answer", "found"):
        with pytest.raises(Refused, match="最多5000字"):
            answered(one, **{field: "长" * 5001})


def test_the_list_is_narrowed_by_stage_kind_and_words_and_the_newest_comes_first() -> None:
    by = lead()
    new, _ = told(kind="fees")
    open_, _ = told(staff.nursery(GULOU, name="暖阳托育园"), kind="fire")
    sorted_out(open_, by)
    done = answered(sorted_out(told()[0], by), by)
    away, _ = told()
    cases.decide(by=by, step=step(away, "triage"), decision="refuse", reason="不属于托育机构")

    def found(**asked: str) -> list[int]:
        return [row["id"] for row in queries.complaints(by, **asked)]

    assert found() == [away.pk, done.pk, open_.pk, new.pk]
    for stage, one in (("triage", new), ("handling", open_), ("answered", done), ("not_taken", away)):
        assert found(stage=stage) == [one.pk]
    assert found(kind="fees") == [new.pk]
    assert found(text="暖阳") == found(text=open_.case.number.lower()) == [open_.pk]
    assert found(text="某小区") == [away.pk, done.pk, new.pk]


def test_figures_are_of_what_one_sees_and_late_is_after_the_last_day() -> None:
    by = officer()
    for _ in range(5):
        answered(sorted_out(told()[0], by), by)
    assert queries.figures(by)["in_time"] == "100%"
    assert queries.figures(officer(place="320102"))["all"] == 0
    last = Step.objects.filter(kind="handling").order_by("pk").first()
    assert last is not None
    assert last.decided_at is not None
    day = last.decided_at.astimezone(clock.BEIJING).date()
    Step.objects.filter(pk=last.pk).update(due_on=day)
    assert queries.figures(by)["in_time"] == "100%"
    Step.objects.filter(pk=last.pk).update(due_on=date(2020, 1, 1))
    assert queries.figures(by)["in_time"] == "80%"
    assert (rules.suppressed(5, 5), rules.suppressed(0, 5), rules.share(4, 4, 5)) == ("5", "0", "—")
