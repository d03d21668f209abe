"""Who sees a complaint: those who act on it. The nursery learns nothing, not even that there is one."""

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.people import browser, seated
from complaints.told import GULOU, TEXT, answered, given, lead, officer, sits, sorted_out, step, told
from exchange.callers import Caller
from institutions import desk
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.cases.permissions import DECIDE, INBOX
from tuoyu.cases.permissions import VIEW as VIEW_CASE
from tuoyu.complaints import actions, queries
from tuoyu.complaints.checks import harm_is_inspected, harm_is_reported, somebody_sees_it
from tuoyu.complaints.models import Attachment, Complaint
from tuoyu.complaints.permissions import REVEAL, VIEW
from tuoyu.core import clock, uploads
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Institution
from tuoyu.supervision import actions as supervision
from tuoyu.supervision.models import Assignment, Inspection
from tuoyu.supervision.vocabulary import Origin
from workforce import staff

pytestmark = pytest.mark.django_db


def sees(actor: Actor, complaint: Complaint) -> dict[str, bool]:
    """What of it appears to somebody anywhere."""
    return {
        "complaint": can(actor, VIEW, complaint),
        "case": can(actor, VIEW_CASE, complaint.case),
        "step": visible_to(actor, INBOX, Step.objects.filter(case=complaint.case)).exists(),
    }


def abuse() -> tuple[Complaint, Actor, list[Actor]]:
    """A report of abuse, the head of health, and three of its officers."""
    head, people = lead(), [officer(f"officer-{n}") for n in range(3)]
    complaint, _ = told(
        staff.nursery(GULOU), kind="abuse", reporter_name="王小明", reporter_phone="13800138000"
    )
    return complaint, head, people


NOTHING = {"complaint": False, "case": False, "step": False}
ALL = {"complaint": True, "case": True, "step": True}


def test_a_report_of_abuse_is_seen_by_the_head_and_those_sent_and_by_no_other_officer() -> None:
    complaint, head, people = abuse()
    place_lead = Actor.public()
    for someone in (*people, officer(department="public_security"), place_lead):
        assert sees(someone, complaint) == NOTHING
    assert sees(head, complaint) == ALL
    sent = people[:2]
    complaint = sorted_out(complaint, head, inspectors=[str(one.user_id) for one in sent])
    assert complaint.inspection is not None
    assert sees(people[0], complaint) == ALL  # the handling is given to the first of them
    assert sees(people[1], complaint) == {"complaint": True, "case": False, "step": False}
    assert sees(people[2], complaint) == NOTHING
    assert not can(people[2], DECIDE, step(complaint, "handling"))
    with pytest.raises(PermissionDenied):
        cases.take(by=people[2], step=step(complaint, "handling"))
    answered(complaint, people[0])


def test_the_lead_of_the_place_sees_complaints_but_no_report_of_abuse() -> None:
    plain, _ = told()
    complaint, _, _ = abuse()
    jurisdiction_lead = actor_for(seated(Role.JURISDICTION_LEAD, "health", "320100"))
    assert sees(jurisdiction_lead, plain) == ALL
    assert sees(jurisdiction_lead, complaint) == NOTHING


def test_what_turns_out_to_be_abuse_is_hidden_told_and_inspected_from_then_on() -> None:
    plain, _ = told(staff.nursery(GULOU), kind="staff")
    head, first, second, third = lead(), officer("o-1"), officer("o-2"), officer("o-3")
    sorts = officer("o-4")
    assert sees(third, plain) == ALL
    sent = [str(first.user_id), str(second.user_id)]
    complaint = sorted_out(plain, sorts, kind="abuse", inspectors=sent)
    assert sees(third, complaint) == NOTHING
    assert sees(head, complaint) == ALL
    assert complaint.kind_stated == "staff"
    assert not [*harm_is_reported(), *harm_is_inspected(), *somebody_sees_it()]


def test_abuse_cannot_be_sorted_without_inspectors_nor_given_to_others() -> None:
    complaint, head, people = abuse()
    with pytest.raises(Refused, match="须立即核查"):
        sorted_out(complaint, head)
    two = [str(one.user_id) for one in people[:2]]
    with pytest.raises(Refused, match="由卫生健康部门办理"):
        sorted_out(complaint, head, inspectors=two, department="market_regulation")
    with pytest.raises(Refused, match="至少派2名"):
        sorted_out(complaint, head, inspectors=two[:1])
    assert step(complaint, "triage").state == "active"
    assert not Inspection.objects.exists()


def test_where_health_has_no_head_an_officer_has_it_in_hand() -> None:
    only = officer("only")
    complaint, _ = told(staff.nursery(GULOU), kind="abuse")
    assert sees(only, complaint) == ALL
    assert not list(somebody_sees_it())


def test_every_read_of_a_report_of_abuse_is_written_down() -> None:
    complaint, head, _ = abuse()
    client = browser(User.objects.get(pk=head.user_id))
    for address in ("complaints:complaint", "cases:case"):
        assert TEXT in client.get(reverse(address, args=[complaint.case.number])).content.decode()
    reads = AuditEvent.objects.filter(verb="personal.read", topic=complaint.case.topic)
    assert reads.filter(actor_id=head.user_id).count() == 2


def test_who_told_it_is_masked_until_somebody_says_why() -> None:
    complaint, head, people = abuse()
    address = reverse("complaints:complaint", args=[complaint.case.number])
    client = browser(User.objects.get(pk=head.user_id))
    page = client.get(address).content.decode()
    assert "王**" in page
    assert "王小明" not in page
    assert "13800138000" not in page
    with pytest.raises(Refused, match="写明理由"):
        actions.reveal_reporter(by=head, complaint=complaint, reason=" ")
    complaint = sorted_out(complaint, head, inspectors=[str(one.user_id) for one in people[:2]])
    # One who inspects and has no step in hand does not learn it.
    assert not can(people[1], REVEAL, complaint)
    shown = browser(User.objects.get(pk=people[0].user_id)).post(
        reverse("complaints:reporter", args=[complaint.case.number]), {"reason": "当面核实"}
    )
    assert "13800138000" in shown.content.decode()
    event = AuditEvent.objects.get(verb="complaint.reporter_read")
    assert (event.actor_id, event.note) == (people[0].user_id, "当面核实")


def test_an_officer_of_another_county_and_a_nursery_find_nothing() -> None:
    nursery = staff.nursery(GULOU)
    complaint, _ = told(nursery)
    number = complaint.case.number
    neighbour, head = sits(Role.OFFICER, "health", "320102"), staff.head_user(nursery)
    for address in ("complaints:complaint", "cases:case"):
        path = reverse(address, args=[number])
        assert browser(neighbour).get(path).status_code == 404
        assert browser(head).get(path).status_code == 403


# ---------------------------------------------------------------- the twin

MOVES = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|"csrf_token": ?"[^"]+"|nonce="[^"]+"|token" value="[^"]+"'
)


def everything(nursery: Institution, people: list[User]) -> dict[str, str]:
    """Every page, list, file and answer that the nursery's people are given."""
    found = {}
    pages = [
        "/", "/nurseries/", f"/nurseries/{nursery.pk}/", "/publications/", "/institutions/", "/notices/",
        f"/institutions/{nursery.pk}/", f"/institutions/{nursery.pk}/history/", "/my/cases/", "/complaints/",
        "/my/applications/", "/complaints/report/", "/inbox/", "/cases/", "/messages/", "/audit/",
        reverse("workforce:staff", args=[nursery.pk]), reverse("workforce:overview"),
        "/institutions/?format=xlsx", "/my/cases/?format=pdf",
    ]  # fmt: skip
    answers = [
        "/my/cases", "/notices", "/cases", "/inbox", "/inbox/counts", "/office/institutions", "/me",
        f"/office/institutions/{nursery.pk}", f"/office/institutions/{nursery.pk}/yearly", "/complaints",
        "/office/complaints", "/messages", "/audit-events", f"/institutions/{nursery.pk}",
    ]  # fmt: skip
    for number, user in enumerate(people):
        client, caller = browser(user), Caller(user)
        for page in pages:
            found[f"{number} {page}"] = told_by(client.get(page))
        for path in answers:
            found[f"{number} api {path}"] = told_by(caller.get(path))
    return found


def told_by(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = body.decode("utf-8", "replace") if b"\x00" not in body else str(len(body))
    return f"{response.status_code} {response.headers.get('Location', '')} {MOVES.sub('', said)}"


def in_a_world(
    nursery: Institution, people: list[User], *, reported: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """What the nursery's people are given until they are inspected, and once they are: reported, or drawn.

    The twin is the nursery itself in another world, which is undone: they differ in nothing else.
    """
    head, team = lead(), [officer("o-1"), officer("o-2")]
    sent = [int(one.user_id or 0) for one in team]
    with transaction.atomic():
        if reported:
            plain, _ = told(nursery, kind="fees")
            answered(sorted_out(plain, head))
            complaint, _ = told(nursery, kind="abuse", reporter_name="王小明")
            complaint = sorted_out(complaint, head, inspectors=list(map(str, sent)))
            cases.reassign(by=head, step=step(complaint, "handling"), to_user_id=sent[1], reason="另有安排")
            inspection = complaint.inspection
        else:
            inspection = supervision.schedule(
                by=Actor.system("抽取"), institution=nursery, origin=Origin.DRAW, department="health",
                division_code=GULOU, year=clock.today().year, parts={"health": sent},
            )  # fmt: skip
        assert inspection is not None
        quiet = everything(nursery, people)
        assert not Notice.objects.filter(user__in=people).exists()
        supervision.begin(by=team[0], inspection=inspection)
        given = everything(nursery, people[:1]) | inspected(nursery, inspection, people)
        own = re.compile(
            rf'{inspection.number}|/{inspection.pk}/|"id": ?\d+|notice[-=:]\d+|value="\d+"|{clock.today()}'
        )
        transaction.set_rollback(True)
    return quiet, {key: own.sub("OWN", said) for key, said in given.items()}


def inspected(nursery: Institution, inspection: Inspection, people: list[User]) -> dict[str, str]:
    """What they are given of the inspection: its notice, and the lists it stands in."""
    pages = [
        ("notice", reverse("supervision:notice", args=[inspection.pk])),
        ("list", reverse("supervision:institution_inspections", args=[nursery.pk])),
        ("after", reverse("supervision:follow_up", args=[nursery.pk])),
    ]
    found = {
        f"{number} {name}": told_by(browser(user).get(page))
        for number, user in enumerate(people) for name, page in pages
    }  # fmt: skip
    answer = Caller(people[0]).get(f"/office/institutions/{nursery.pk}/inspections")
    return found | {"api": told_by(answer)}


def test_a_nursery_that_was_reported_is_given_what_its_twin_is_given() -> None:
    """Until the notice of the inspection, and then a notice that names neither complaint nor its time."""
    nursery = staff.nursery(GULOU, ("小一班", "toddler_small", 15))
    people = [
        staff.head_user(nursery),
        seated(Role.NURSERY_STAFF, username="teacher", institution_id=nursery.pk),
    ]
    lead(), officer("o-1"), officer("o-2")
    with clock.set_to(clock.now()):
        plain, notice = in_a_world(nursery, people, reported=False)
        after, notice_after = in_a_world(nursery, people, reported=True)
    assert {key for key in plain if plain[key] != after[key]} == set()
    assert {key for key in notice if notice[key] != notice_after[key]} == set()
    assert sum(said.startswith("200") for said in plain.values()) > 30
    seen = {key for key in notice if "OWN" in notice[key] and notice[key].startswith("200")}
    assert seen >= {"0 notice", "1 notice", "0 list", "1 list", "api", "0 /notices/"}


def test_the_inspection_names_neither_the_complaint_nor_its_time() -> None:
    complaint, head, people = abuse()
    complaint = sorted_out(complaint, head, inspectors=[str(one.user_id) for one in people[:2]])
    inspection = complaint.inspection
    assert inspection is not None
    assert (inspection.origin, inspection.reason) == ("report", "")
    assert Assignment.objects.filter(inspection=inspection).count() == 2
    assert complaint.case.number not in str(Inspection.objects.values().get())


# ---------------------------------------------------------------- handling


def test_a_second_click_sorts_and_inspects_once() -> None:
    complaint, head, people = abuse()
    result = {"inspectors": [str(one.user_id) for one in people[:2]]}
    sorted_out(complaint, head, **result)
    with pytest.raises(Overtaken):
        sorted_out(complaint, head, **result)
    assert Inspection.objects.count() == 1


def test_a_complaint_goes_to_who_is_competent_and_on_to_another_with_its_clock_running() -> None:
    complaint, _ = told(staff.nursery(GULOU), kind="fees")
    by = officer()
    assert queries.handler_for("fees", GULOU) == "market_regulation"
    complaint = sorted_out(complaint, by, department="market_regulation")
    handling = step(complaint, "handling")
    assert (handling.department, handling.division_code) == ("market_regulation", GULOU)
    market = officer(department="market_regulation")
    with pytest.raises(Refused, match="写明理由"):
        actions.hand_over(by=market, complaint=complaint, department="health", reason="")
    with pytest.raises(PermissionDenied):
        actions.hand_over(by=by, complaint=complaint, department="fire_rescue", reason="消防")
    actions.hand_over(by=market, complaint=complaint, department="health", reason="属于服务质量")
    moved = step(complaint, "handling")
    assert (moved.department, moved.due_on) == ("health", handling.due_on)
    answered(complaint, by)


def test_what_is_not_taken_up_says_why_and_the_answer_is_read_by_number_and_code() -> None:
    refused, receipt = told()
    cases.decide(by=officer(), step=step(refused, "triage"), decision="refuse", reason="不属于托育机构")
    page = Client().post(reverse("complaints:tracker"), {"number": receipt.number, "code": receipt.code})
    assert "不属于托育机构" in page.content.decode()
    done, receipt = told()
    answered(sorted_out(done, officer()), officer(), answer="已责令退费。", found="内部情况")
    page = Client().post(reverse("complaints:tracker"), {"number": receipt.number, "code": receipt.code})
    assert "已责令退费" in page.content.decode()
    assert "内部情况" not in page.content.decode()
    with pytest.raises(Refused, match="没有这样的办理结果"):
        cases.decide(by=officer(), step=step(told()[0], "triage"), decision="defects")


def test_small_figures_are_not_told() -> None:
    by = officer()
    for n in range(6):
        actions.record(by=by, given=given(arrived_by="telephone", kind="fees" if n else "fire"))
    found = {one["kind"]: one["count"] for one in queries.figures(by)["kinds"]}
    assert found == {"fees": "5", "fire": "少于5"}
    assert queries.figures(by)["satisfied"] == "—"


def test_an_officer_records_only_what_lies_in_own_places() -> None:
    with pytest.raises(Refused, match="本辖区") as refusal:
        actions.record(by=officer(), given=given(arrived_by="letter", division_code="320102"))
    assert refusal.value.status == 403
    assert not Case.objects.exists()


def test_an_officer_finds_the_nursery_by_its_name_and_records_what_came_by_telephone() -> None:
    nursery = staff.nursery(GULOU)
    client, address = browser(sits(Role.OFFICER)), reverse("complaints:record_new")
    assert f"?institution={nursery.pk}" in client.get(address, {"q": nursery.name}).content.decode()
    page = client.get(address, {"institution": nursery.pk}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    typed = {"token": token[1], "institution": nursery.pk, "kind": "food", "text": TEXT}
    typed |= {"arrived_by": "telephone", "received_on": str(clock.today()), "reporter_phone": "13800138000"}
    assert "请告知提出人" in client.post(address, typed).content.decode()
    complaint = Complaint.objects.get()
    assert (complaint.institution, complaint.arrived_by) == (nursery, "telephone")


# ---------------------------------------------------------------- guards


def test_who_inspects_sees_it_from_the_seat_that_was_sent_and_no_case() -> None:
    complaint, head, people = abuse()
    sent = [str(one.user_id) for one in people[:2]]
    complaint = sorted_out(complaint, head, inspectors=sent)
    second = User.objects.get(pk=people[1].user_id)
    number = complaint.case.number
    page = browser(second).get(reverse("complaints:complaint", args=[number])).content.decode()
    assert reverse("cases:case", args=[number]) not in page
    first = User.objects.get(pk=people[0].user_id)
    for user in (first, second):
        user.memberships.update(role=Role.JURISDICTION_LEAD)
        assert not can(actor_for(user), VIEW, complaint), "who leads a place inspects nothing"
        user.memberships.update(role=Role.OFFICER, department="fire_rescue")
        assert not can(actor_for(user), VIEW, complaint)
        assert not can(actor_for(user), REVEAL, complaint)


def test_whoever_told_it_reads_the_kind_they_chose_whatever_it_turns_out_to_be() -> None:
    plain, receipt = told(staff.nursery(GULOU), kind="staff")
    lead()
    sent = [str(officer(f"k-{n}").user_id) for n in range(2)]
    sorted_out(plain, officer("k-2"), kind="abuse", inspectors=sent)
    page = Client().post(reverse("complaints:tracker"), {"number": receipt.number, "code": receipt.code})
    assert "人员资质和行为" in page.content.decode()
    assert "虐待" not in page.content.decode()


def test_a_reason_of_a_case_is_for_whoever_told_it_only_where_it_was_not_taken_up() -> None:
    complaint, _ = told()
    Case.objects.filter(pk=complaint.case_id).update(reason="内部说明")
    complaint.case.refresh_from_db()
    assert queries.progress(complaint)["reason"] == ""


def test_of_harm_the_heads_are_told_and_no_officer() -> None:
    complaint, head, people = abuse()
    users = set(Notice.objects.filter(case=complaint.case).values_list("user", flat=True))
    assert users == {head.user_id}
    assert people[0].user_id not in users


def test_the_checks_speak_when_nobody_sees_a_report_nobody_was_told_or_nobody_was_sent() -> None:
    complaint, head, people = abuse()
    complaint = sorted_out(complaint, head, inspectors=[str(one.user_id) for one in people[:2]])
    assert not [*harm_is_reported(), *harm_is_inspected(), *somebody_sees_it()]
    Complaint.objects.update(inspection=None)
    OutboxMessage.objects.all().delete()
    complaint.case.steps.update(assignee=None)
    User.objects.get(pk=head.user_id).memberships.update(valid=("2020-01-01", "2020-01-02"))
    assert [len(list(check())) for check in (harm_is_reported, harm_is_inspected, somebody_sees_it)] == [
        1,
        1,
        1,
    ]


def test_a_file_is_read_with_its_own_complaint_and_that_is_written_down() -> None:
    mine, other = told()[0], told()[0]
    stored = uploads.store(file=desk.image(), by=Actor.system("测试"), purpose="complaint")
    one = Attachment.objects.create(complaint=mine, file=stored)
    client = browser(sits(Role.OFFICER))
    assert client.get(reverse("complaints:attachment", args=[other.case.number, one.pk])).status_code == 404
    assert client.get(reverse("complaints:attachment", args=[mine.case.number, one.pk])).status_code == 200
    assert AuditEvent.objects.filter(verb="personal.read", topic=mine.case.topic).count() == 1
    assert client.get(f"/complaints/{mine.case.number}%00/").status_code == 200


def test_an_officer_chooses_among_the_nurseries_of_own_places_and_harm_is_not_offered_to_others() -> None:
    far = staff.nursery("320102", name="外区托育园")
    client = browser(sits(Role.OFFICER))
    page = client.get(reverse("complaints:record_new"), {"institution": far.pk}).content.decode()
    assert "外区托育园" not in page
    complaint, head, people = abuse()
    complaint = sorted_out(complaint, head, inspectors=[str(one.user_id) for one in people[:2]])
    page = browser(User.objects.get(pk=people[0].user_id)).get(
        reverse("complaints:complaint", args=[complaint.case.number])
    )
    assert reverse("complaints:department", args=[complaint.case.number]) not in page.content.decode()


def test_a_nurserys_people_have_no_such_tab_not_even_an_empty_one() -> None:
    nursery = staff.nursery(GULOU)
    assert queries.of_institution(staff.head(nursery), nursery.pk) is None
