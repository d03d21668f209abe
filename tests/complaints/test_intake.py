"""A complaint comes in: once, whole, from anybody, and nothing is kept of who sent it."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.people import browser
from complaints.told import GULOU, TEXT, answered, given, lead, officer, sits, sorted_out, step, told
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Case, Notice
from tuoyu.complaints import actions, floods, jobs, keys, queries, rules
from tuoyu.complaints.models import Attachment, Attempt, Complaint
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.core.problems import Overtaken, Refused
from workforce import staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "token": "token-of-a-typed-form", "kind": "food", "text": TEXT, "described": "某小区3号楼",
        "division_code": GULOU, "website": "",
    } | changed  # fmt: skip


def receipt_on(page: str) -> tuple[str, str]:
    """Number and code as the page shows them."""
    found = re.findall(r'id="receipt-(?:number|code)">([^<]+)<', page)
    assert len(found) == 2, page
    return found[0], found[1]


def photo() -> SimpleUploadedFile:
    body = BytesIO()
    Image.new("RGB", (8, 8)).save(body, "JPEG")
    return SimpleUploadedFile("a.jpg", body.getvalue())


def test_anybody_tells_something_and_finds_it_again_by_number_and_code() -> None:
    public = Client()
    page = public.get(reverse("complaints:report")).content.decode()
    assert "可以匿名" in page
    sent = public.post(reverse("complaints:report"), typed(files=[photo()]))
    assert sent.status_code == 200, sent.content.decode()
    number, code = receipt_on(sent.content.decode())
    assert Attachment.objects.get().complaint.case.number == number
    assert not public.session.items(), "nothing of it stays in a session"
    key = {"number": number.lower(), "code": code.lower()}
    tracked = Client().post(reverse("complaints:tracker"), key)
    assert "待分办" in tracked.content.decode()
    wrong = Client().post(reverse("complaints:tracker"), key | {"code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "某小区3号楼" not in wrong.content.decode()


def test_the_same_form_sent_twice_is_one_complaint_with_one_receipt() -> None:
    first, second = (Client().post(reverse("complaints:report"), typed()) for _ in range(2))
    assert Complaint.objects.count() == Case.objects.count() == 1
    assert receipt_on(first.content.decode()) == receipt_on(second.content.decode())
    assert "没有重复登记" in second.content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"text": "字" * 10_000}, "内容最多5000字，现在是10000字"),
        ({"text": "  "}, "请写明发生了什么"),
        ({"described": ""}, "请写明是哪家机构"),
        ({"division_code": "999999"}, "请选择机构所在的县"),
        ({"kind": "nonsense"}, "没有这一类"),
        ({"institution": "99999999"}, "没有找到这家机构"),
        ({"token": "short"}, "页面已过期"),
        ({"website": "https://spam.example/"}, "请不要填写"),
        ({"files": [photo() for _ in range(4)]}, "最多上传3个附件"),
        ({"files": [SimpleUploadedFile("a.pdf", b"<script>")]}, "只能上传"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(changed: dict[str, Any], says: str) -> None:
    answer = Client().post(reverse("complaints:report"), typed(**changed))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Complaint.objects.exists()
    assert not Case.objects.exists()


def test_everything_that_is_missing_is_said_at_once_in_the_order_of_the_page() -> None:
    """On top too, where a phone shows it."""
    empty = typed(kind="", text=" ", described="", division_code="", files=[photo() for _ in range(4)])
    page = Client().post(reverse("complaints:report"), empty).content.decode()
    top = page[page.index('id="problems"') : page.index("哪家机构</h2>")]
    said = (
        "请写明是哪家机构",
        "请选择机构所在的县",
        "请选择要反映的问题",
        "请写明发生了什么",
        "最多上传3个附件",
    )
    assert [top.count(one) for one in said] == [1] * len(said)
    assert sorted(said, key=top.index) == list(said)
    assert page.count("请写明发生了什么") == 2, "and beside the field"


def test_an_officer_is_told_at_once_what_is_missing_too() -> None:
    page = browser(sits(Role.OFFICER)).post(reverse("complaints:record_new"), {"token": "x" * 20})
    top = page.content.decode().split('id="problems"')[1].split("怎样收到</h2>")[0]
    said = ("请选择来源渠道", "请填写收到日期", "请写明是哪家机构", "请选择要反映的问题", "请写明发生了什么")
    assert [top.count(one) for one in said] == [1] * len(said)
    assert sorted(said, key=top.index) == list(said)


def test_a_script_is_shown_as_the_text_it_is() -> None:
    complaint, _ = told(text="<script>alert(1)</script>", kind="other")
    page = browser(sits(Role.OFFICER)).get(reverse("complaints:complaint", args=[complaint.case.number]))
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_too_many_from_one_address_are_refused_and_another_address_is_not() -> None:
    for _ in range(rules.REPORTS_AN_ADDRESS[0].count):
        told()
    with pytest.raises(Refused) as refusal:
        told()
    assert refusal.value.status == 429
    actions.report(by=Actor.public("203.0.113.8"), given=given())
    with clock.set_to(clock.now() + timedelta(days=3)):
        jobs.forget_attempts(0)
    assert not Attempt.objects.exists()


def test_a_code_cannot_be_found_by_trying() -> None:
    complaint, receipt = told()
    for n in range(rules.WRONG_CODES_A_NUMBER[0].count):
        by = Actor.public(f"203.0.113.{n}")
        assert actions.look_up(by=by, number=receipt.number, code="22222222") is None
    with pytest.raises(Refused) as refusal:
        actions.look_up(by=Actor.public("198.51.100.1"), number=receipt.number, code=receipt.code)
    assert refusal.value.status == 429
    with clock.set_to(clock.now() + timedelta(hours=1)):
        found = actions.look_up(by=Actor.public(), number=receipt.number, code=receipt.code)
    assert found == complaint


def test_nothing_is_kept_of_who_sent_it_though_they_were_signed_in() -> None:
    nursery = staff.nursery(GULOU)
    client = browser(staff.head_user(nursery))
    before = AuditEvent.objects.count()
    sent = client.post(
        reverse("complaints:report"), typed(institution=nursery.pk, kind="abuse"), REMOTE_ADDR="203.0.113.9"
    )
    assert sent.status_code == 200
    events = AuditEvent.objects.order_by("pk")[before:]
    assert {(e.actor_id, e.actor_label, e.address) for e in events} == {(None, "公众", "")}
    complaint = Complaint.objects.get()
    assert (complaint.recorded_by, complaint.case.filed_by) == (None, None)
    assert "203.0.113.9" not in str(list(Attempt.objects.values()))


def test_name_and_telephone_lie_encrypted_are_masked_and_go_in_the_end() -> None:
    from django.db import connection

    complaint, _ = told(reporter_name="王小明", reporter_phone="138 0013 8000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text || reporter_name || reporter_phone FROM complaints_complaint")
        stored = cursor.fetchone()[0]
    assert not any(word in stored for word in ("王", "138", TEXT))
    assert complaint.masked_reporter == "王**，138****8000"
    answered(sorted_out(complaint))
    with clock.set_to(clock.now() + timedelta(days=170)):
        assert jobs.erase_contacts(0) == 0
    with clock.set_to(clock.now() + timedelta(days=190)):
        assert jobs.erase_contacts(0) == 1
        assert jobs.erase_contacts(0) == 0
    complaint.refresh_from_db()
    assert (complaint.reporter_name, complaint.reporter_phone, complaint.text) == ("", "", TEXT)
    assert complaint.masked_reporter == "已按期删除"


def test_the_channel_decides_the_clocks_in_working_days_or_in_all_days() -> None:
    with clock.set_to(clock.now().replace(2026, 3, 2, 2)):
        by = officer()
        petition = actions.record(by=by, given=given(arrived_by="petition", received_on=date(2026, 3, 2)))
        hotline = actions.record(by=by, given=given(arrived_by="hotline", received_on=date(2026, 3, 2)))
        form, _ = told()
        urgent, _ = told(kind="abuse")
    due = {
        name: Case.objects.get(number=number).steps.get(state="active").due_on
        for name, number in (
            ("petition", petition.number),
            ("hotline", hotline.number),
            ("form", form.case.number),
            ("urgent", urgent.case.number),
        )
    }
    assert due == {
        "petition": date(2026, 3, 17),  # 15 days, 信访工作条例 22
        "hotline": date(2026, 3, 5),
        "form": date(2026, 3, 5),
        "urgent": date(2026, 3, 3),
    }


def test_a_period_of_all_days_that_ends_on_a_holiday_ends_with_the_next_working_day() -> None:
    from tuoyu.cases.clocks import ends

    # 15 days after 2026-01-31 is the eve of the Spring Festival's first day; work begins again on the 24th.
    assert ends(date(2026, 1, 31), 16, counts_all_days=True).on == date(2026, 2, 24)


def test_harm_to_a_child_is_told_at_once_without_who_told_it() -> None:
    head_of_health = lead()
    complaint, _ = told(staff.nursery(GULOU), kind="abuse", reporter_name="王小明")
    sent = OutboxMessage.objects.filter(topic="complaint.harm")
    assert set(sent.values_list("department", flat=True)) == {"public_security", "civil_affairs", "education"}
    for message in sent:
        assert not any(word in str(message.payload) for word in ("王", TEXT))
        assert message.payload["case"] == complaint.case.number
    assert Notice.objects.get(user=head_of_health.user_id).case == complaint.case
    assert step(complaint, "triage").name == "紧急分办"


def test_content_or_not_is_said_once_and_only_of_an_answer() -> None:
    complaint, _ = told()
    by = Actor.public()
    with pytest.raises(Refused, match="还没有答复"):
        actions.rate(by=by, complaint=complaint, satisfaction="satisfied")
    complaint = answered(sorted_out(complaint))
    actions.rate(by=by, complaint=complaint, satisfaction="dissatisfied", note="没有道歉")
    with pytest.raises(Overtaken):
        actions.rate(by=by, complaint=complaint, satisfaction="satisfied")


def test_a_review_is_asked_once_in_time_and_only_where_the_channel_knows_one() -> None:
    form, _ = told()
    form = answered(sorted_out(form))
    with pytest.raises(Refused, match="没有复查程序"):
        actions.ask_review(by=Actor.public(), complaint=form, reason="不服")
    receipt = actions.record(by=officer(), given=given(arrived_by="petition"))
    petition = Complaint.objects.get(case__number=receipt.number)
    petition = answered(sorted_out(petition))
    with clock.set_to(clock.now() + timedelta(days=31)), pytest.raises(Refused, match="期限"):
        actions.ask_review(by=Actor.public(), complaint=petition, reason="不服")
    review = actions.ask_review(by=Actor.public(), complaint=petition, reason="不服")
    asked = review.case.steps.get()
    assert (asked.kind, asked.department, asked.division_code) == ("appeal", "health", "320100")
    with pytest.raises(Refused):
        actions.ask_review(by=Actor.public(), complaint=petition, reason="不服")


# ---------------------------------------------------------------- guards of the form and the office


def test_a_draft_unfiled_nursery_or_a_channel_not_ones_own_cannot_be_named() -> None:
    unfiled, by = staff.nursery(GULOU, filing="pending"), officer()
    for wrong, says in (
        (given(unfiled), "没有找到这家机构"),
        (given(institution_id=10**20), "没有找到这家机构"),
        (given(arrived_by="petition"), "来源渠道"),
        (given(division_code="320100"), "机构所在的县"),
        (given(token="x" * 65), "页面已过期"),
        (given(token="x" * 15), "页面已过期"),
        (given(reporter_name="王" * 61), "称呼最多60字"),
    ):
        with pytest.raises(Refused, match=says):
            actions.report(by=Actor.public(), given=wrong)
    tomorrow = clock.today() + timedelta(days=1)
    for wrong, says in (
        (given(arrived_by="form"), "来源渠道"),
        (given(arrived_by="letter", received_on=tomorrow), "不能晚于今天"),
    ):
        with pytest.raises(Refused, match=says):
            actions.record(by=by, given=wrong)
    with pytest.raises(PermissionDenied):
        actions.record(by=staff.head(staff.nursery(GULOU)), given=given(arrived_by="letter"))
    actions.record(by=by, given=given(unfiled, arrived_by="letter", received_on=clock.today()))
    assert Complaint.objects.get().institution == unfiled


def test_the_place_of_what_an_officer_records_is_that_of_the_nursery_whatever_is_typed() -> None:
    elsewhere = staff.nursery("320102")
    with pytest.raises(Refused, match="本辖区"):
        actions.record(by=officer(), given=given(elsewhere, arrived_by="letter", division_code=GULOU))
    user = sits(Role.OFFICER, place="320102")
    user.memberships.create(
        role=Role.JURISDICTION_LEAD, department="health", division_code=GULOU, valid=("2020-01-01", None)
    )
    with pytest.raises(Refused, match="本辖区"):
        actions.record(by=actor_for(user), given=given(arrived_by="letter"))


def test_an_officer_who_clicks_twice_records_once() -> None:
    by, form = officer(), given(arrived_by="letter")
    first, second = (actions.record(by=by, given=form) for _ in range(2))
    assert (first.number, first.code, second.again) == (second.number, second.code, True)
    assert Complaint.objects.count() == 1


def test_a_code_opens_its_own_complaint_only_and_is_not_told_once_keys_have_changed() -> None:
    (one, first), (other, second) = told(), told()
    by = Actor.public()
    assert actions.look_up(by=by, number=first.number, code=second.code) is None
    assert (
        actions.look_up(by=by, number=f" \x00{first.number} ", code=f" {first.code[:4]}-{first.code[4:]}")
        == one
    )
    form = given()
    actions.report(by=by, given=form)
    Complaint.objects.exclude(pk__in=[one.pk, other.pk]).update(code_hash="of another key")
    assert actions.report(by=by, given=form).code == ""


def test_a_telephone_alone_is_not_anonymous_and_is_masked() -> None:
    complaint, _ = told(reporter_phone="13800138000")
    assert (complaint.anonymous, complaint.masked_reporter) == (False, "138****8000")
    assert told()[0].masked_reporter == "匿名"


@pytest.mark.parametrize("kind", [Attempt.What.REPORT, Attempt.What.WRONG_CODE])
def test_of_a_day_no_more_is_taken_from_one_address_and_only_what_counts_is_counted(
    kind: Attempt.What,
) -> None:
    address, limits = "203.0.113.50", (rules.REPORTS_AN_ADDRESS, rules.WRONG_CODES_AN_ADDRESS)
    check, other, many = {
        Attempt.What.REPORT: (floods.check_reports, Attempt.What.WRONG_CODE, limits[0][1].count),
        Attempt.What.WRONG_CODE: (
            lambda at: floods.check_codes(at, "N"),
            Attempt.What.REPORT,
            limits[1][1].count,
        ),
    }[kind]

    def tried(what: Attempt.What, number: int, ago: timedelta) -> None:
        key = keys.address_key(address)
        rows = [Attempt(what=what, address_key=key, at=clock.now() - ago) for _ in range(number)]
        Attempt.objects.bulk_create(rows)

    tried(other, many, timedelta())
    tried(kind, many, timedelta(hours=25))
    tried(kind, many - 1, timedelta(hours=1))
    check(address)
    tried(kind, 1, timedelta(hours=1))
    with pytest.raises(Refused):
        check(address)
    check("203.0.113.51")
    check("")


def test_wrong_codes_of_many_numbers_count_against_the_address_and_of_a_day_against_the_number() -> None:
    _, receipt = told()
    by = Actor.public("203.0.113.60")
    for n in range(rules.WRONG_CODES_AN_ADDRESS[0].count):
        assert actions.look_up(by=by, number=f"N{n}", code="22222222") is None
    with pytest.raises(Refused, match="错误次数过多"):
        actions.look_up(by=by, number=receipt.number, code=receipt.code)
    key = keys.number_key(receipt.number)
    rows = [
        Attempt(what=Attempt.What.WRONG_CODE, number_key=key, at=clock.now() - timedelta(hours=2))
        for _ in range(rules.WRONG_CODES_A_NUMBER[1].count)
    ]
    Attempt.objects.bulk_create(rows)
    with pytest.raises(Refused, match="错误次数过多"):
        actions.look_up(by=Actor.public(), number=receipt.number, code=receipt.code)


def test_what_is_counted_against_floods_is_kept_as_long_as_it_counts() -> None:
    told()
    with clock.set_to(clock.now() + timedelta(hours=47)):
        assert jobs.forget_attempts(0) == 0


def test_whoever_follows_their_complaint_signed_in_leaves_no_name() -> None:
    by = staff.head(staff.nursery(GULOU))
    receipt = actions.record(by=officer(), given=given(arrived_by="petition"))
    petition = answered(sorted_out(Complaint.objects.get(case__number=receipt.number)))
    form = given()
    actions.report(by=Actor.public(), given=form)
    before = AuditEvent.objects.count()
    actions.report(by=by, given=form)
    actions.look_up(by=by, number=receipt.number, code=receipt.code)
    actions.rate(by=by, complaint=petition, satisfaction="fairly")
    review = actions.ask_review(by=by, complaint=petition, reason="不服")
    events = AuditEvent.objects.order_by("pk")[before:]
    assert {event.actor_id for event in events} == {None}
    assert review.case.filed_by is None


def test_a_judgement_and_a_review_are_said_in_words_that_can_be_kept() -> None:
    receipt = actions.record(by=officer(), given=given(arrived_by="petition"))
    one = answered(sorted_out(Complaint.objects.get(case__number=receipt.number)))
    by = Actor.public()
    for said, says in (
        ({"satisfaction": "so-so"}, "是否满意"),
        ({"satisfaction": "fairly", "note": "长" * 301}, "300"),
    ):
        with pytest.raises(Refused, match=says):
            actions.rate(by=by, complaint=one, **said)
    for reason in (" ", "长" * (rules.LONGEST_TEXT + 1)):
        with pytest.raises(Refused, match="不服的理由"):
            actions.ask_review(by=by, complaint=one, reason=reason)
    fresh = Complaint.objects.get(pk=told()[0].pk)
    fresh.answered_at = clock.now()  # as somebody read it who is wrong
    with pytest.raises(Overtaken):
        actions.rate(by=by, complaint=fresh, satisfaction="fairly")


def test_the_last_day_of_a_review_counts() -> None:
    assert rules.may_be_reviewed(date(2026, 3, 1), 30, date(2026, 3, 31))
    assert not rules.may_be_reviewed(date(2026, 3, 1), 30, date(2026, 4, 1))
    assert not rules.may_be_reviewed(date(2026, 3, 1), None, date(2026, 3, 1))


def test_contacts_are_kept_while_a_review_is_open_and_of_what_is_not_over() -> None:
    receipt = actions.record(by=officer(), given=given(arrived_by="petition", reporter_name="王小明"))
    one = answered(sorted_out(Complaint.objects.get(case__number=receipt.number)))
    told(reporter_name="李小红"), answered(sorted_out(told()[0]))
    actions.ask_review(by=Actor.public(), complaint=one, reason="不服")
    with clock.set_to(clock.now() + timedelta(days=400)):
        assert queries.contacts_to_erase() == []


def test_only_places_served_and_public_nurseries_are_offered() -> None:
    offered = {code for _, counties in queries.counties() for code, _ in counties}
    assert GULOU in offered
    assert "110101" not in offered
    for number in range(queries.MOST_FOUND + 1):
        staff.nursery(GULOU, name=f"晨光托育园{number}")
    staff.nursery(GULOU, name="晨光未备案园", filing="pending", public_since=None)
    rows = queries.found("晨光\x00")
    assert len(rows) == queries.MOST_FOUND
    assert queries.found(" ") == []
    assert (queries.chosen(0), queries.chosen(2**63), queries.chosen(None)) == (None, None, None)
    address = reverse("complaints:report")
    for odd in ("9" * 5000, "9" * 30, "٣", "x"):
        assert Client().get(address, {"institution": odd}).status_code == 200
        assert Client().post(address, typed(institution=odd)).status_code == 422
    assert Client().post(reverse("complaints:tracker"), {"number": "", "code": ""}).status_code == 422
    assert not Attempt.objects.exists(), "an empty form is no attempt"
