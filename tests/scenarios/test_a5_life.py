"""A5: what comes after a filing: change, annual review, report, suspension, cancellation."""

from datetime import datetime, timedelta
from typing import Any, Self

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.people import browser, person
from institutions import desk
from journeys import AT, ENTERPRISE, At, Journey, desk_of, said, text_of
from tuoyu.accounts.models import Membership
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import OutboxMessage
from tuoyu.institutions import life, policy, standing, yearly
from tuoyu.institutions.jobs import remind_of_the_year
from tuoyu.institutions.models import Application, Certificate, Institution, Suspension, YearlyResult

pytestmark = pytest.mark.django_db

MATTERS = "/apply/matters/"
# What each document says of the life of an institution; elsewhere the national norms hold.
CLAUSE = {"H": "三.(三)", "S": "二.(四).3", "Y": "二.(六).13"}
NORM = "托育机构管理规范（试行）"


def marked(letter: str) -> list[pytest.MarkDecorator]:
    if letter not in CLAUSE:
        return []
    return [pytest.mark.scenario("A5", AT[letter].jurisdiction, clauses=[CLAUSE[letter]])]


def everywhere(letters: str = "SNJYH") -> pytest.MarkDecorator:
    return pytest.mark.parametrize("at", [pytest.param(AT[at], id=at, marks=marked(at)) for at in letters])


def filed(at: At, legal_form: str = "social_service_org") -> Journey:
    """A nursery that is registered, filed and verified."""
    journey = Journey(at, legal_form).hand_in()
    journey.until("filing").approve("filing", "verification")
    return journey


class After(Journey):
    """One matter of a filed nursery, through the pages."""

    @classmethod
    def of(cls, before: Journey, procedure: str) -> Self:
        """Its head begins it."""
        made = cls(before.county, applicant=before.applicant, client=before.client)
        return made.begun(made.ask(before.institution, procedure))

    def ask(self, institution: Institution, procedure: str) -> HttpResponse:
        return self.client.post(MATTERS, {"institution": str(institution.pk), "procedure": procedure})

    def ask_by_code(self, institution: Institution, procedure: str) -> HttpResponse:
        return self.client.post(MATTERS, {"uscc": institution.uscc, "procedure": procedure})

    def typed(self, page: str, **fields: Any) -> Self:
        answer = self.type(page, fields)
        assert answer.status_code == 302, said(answer)
        return self

    def papers(self, *slots: str) -> Self:
        given: dict[str, Any] = dict(self.application.data.get("papers") or {})
        for slot in slots:
            given |= {f"{slot}_issuer": "本机构", f"file-{slot}": desk.image()}
        return self.typed("papers", **given)

    def sent(self) -> Self:
        answer = self.submit()
        assert answer.status_code == 302, said(answer)
        return self


ENDING = {
    "last_day": "2026-12-31",
    "ended_because": "房屋租期届满，不再续租",
    "children": "12",
    "children_settled": "12",
    "children_to": "转入邻近托育园9名，由家庭照护3名",
    "staff": "6",
    "staff_settled": "6",
    "staff_to": "解除合同并结清工资和社会保险",
}
PROOFS = ("children_settlement", "staff_settlement")


def ending(before: Journey, **changed: str) -> After:
    """An application for cancellation, filled in with everything a careful head hands in."""
    return After.of(before, "cancellation").typed("ending", **(ENDING | changed)).papers(*PROOFS)


def told(department: str, topic: str) -> list[dict[str, Any]]:
    rows = OutboxMessage.objects.filter(topic=topic, department=department)
    return [row.payload for row in rows]


# ---------------------------------------------------------------- cancellation


@everywhere()
def test_a_nursery_that_ends_leaves_the_directory_and_registrar_and_health_are_told(at: At) -> None:
    before = filed(at)
    institution = before.institution
    assert Client().get(before.public_address).status_code == 200
    mine = ending(before).sent()
    case = mine.case
    assert list(case.steps.values_list("key", "department", "division_code")) == [
        ("cancellation", "health", at.county)
    ]
    step = mine.step("cancellation")
    assert (CLAUSE.get(at.letter, NORM)) in step.source
    assert step.clock_days == 10
    # Until it is decided, families find it.
    assert Client().get(before.public_address).status_code == 200
    shown = text_of(mine.officer("cancellation"), reverse("cases:case", args=[case.number]))
    assert "转入邻近托育园9名" in shown
    mine.approve("cancellation")
    institution.refresh_from_db()
    assert (institution.filing, institution.filing_ended_on) == ("cancelled", clock.today())
    assert mine.case.state == Case.State.DONE
    assert mine.application.state == "closed"
    # It leaves directory and map at once; the printed receipt says that it is no longer good.
    assert Client().get(before.public_address).status_code == 404
    assert institution.name not in text_of(Client(), reverse("portal:directory"), q=institution.name[:4])
    assert institution.name not in text_of(Client(), reverse("portal:points"))
    receipt = Certificate.objects.get(institution=institution, kind="receipt")
    assert "注销" in receipt.cancelled_reason
    assert "失效" in text_of(Client(), reverse("institutions:verify", args=[receipt.code]))
    # Registrar and health are told, with what became of children and staff.
    for department in ("health", institution.registrar):
        (message,) = told(department, "cancellation.approved")
        assert message["children"] == "12名，已安置12名"
        assert message["institution_id"] == institution.pk
        assert message["ended_on"] == str(clock.today())
        inbox = text_of(desk_of(department, at.county), reverse("exchange:messages"))
        assert "备案注销" in inbox
    # Its history stays, for offices and for its own people, who can do nothing more.
    for client in (mine.client, desk_of("health", at.county), desk_of(institution.registrar, at.county)):
        page = text_of(client, reverse("institutions:record", args=[institution.pk]))
        assert "备案注销" in page
        assert "现在可以办" not in page
    again = After(at.county, applicant=before.applicant, client=before.client)
    for procedure in ("change", "cancellation", "annual_report"):
        answer = again.ask(institution, procedure)
        assert answer.status_code == 409
        assert "已经注销" in said(answer)


@everywhere("JH")
def test_nothing_ends_before_children_and_staff_are_placed(at: At) -> None:
    before = filed(at)
    mine = After.of(before, "cancellation")
    # A mere click does nothing.
    answer = mine.submit()
    assert answer.status_code == 422
    page = said(answer)
    for missing in ("婴幼儿安置证明", "工作人员安置证明", "决定终止时在托的婴幼儿"):
        assert missing in page
    assert "第7条" in page
    mine.typed("ending", **(ENDING | {"children_settled": "11"})).papers(*PROOFS)
    answer = mine.submit()
    assert answer.status_code == 422
    assert "还有1名婴幼儿没有安置" in said(answer)
    assert "第7条" in said(answer)
    assert not Case.objects.filter(procedure="cancellation").exists()
    assert Client().get(before.public_address).status_code == 200
    mine.typed("ending", **ENDING).sent()
    # The officer finds one proof wanting: it comes back once, is mended and decided.
    mine.decide("cancellation", "defects", "papers.children_settlement: 缺两名家长签字。")
    assert mine.application.state == "mending"
    assert "缺两名家长签字" in mine.tracker()
    mine.papers("children_settlement").sent().approve("cancellation")
    assert mine.institution.filing == "cancelled"


def test_what_else_is_under_way_ends_with_the_filing() -> None:
    """The visit has not been made: its case ends, and nobody is left with a step that cannot be decided."""
    before = Journey(AT["J"]).hand_in().until("verification")
    assert before.institution.filing == "receipt_issued"
    report = After.of(before, "suspension").typed("pause", **pause_days(5, 20)).sent()
    mine = ending(before).sent()
    # While it is under way nothing new is begun, and it can be withdrawn.
    assert "备案注销正在办理" in said(mine.ask(before.institution, "change"))
    mine.approve("cancellation")
    for other in (before, report):
        assert other.case.state == Case.State.WITHDRAWN
        assert other.application.state == "closed"
        assert set(other.states.values()) <= {"approved", "cancelled"}
        assert "注销" in other.case.reason
    assert "办件已终止" in before.notices()
    assert before.institution.filing == "cancelled"
    assert not Suspension.objects.exists()


def test_withdrawn_nothing_has_ended_and_it_may_be_begun_again() -> None:
    before = filed(AT["J"])
    mine = ending(before).sent()
    assert mine.ask(before.institution, "cancellation").status_code == 409
    address = reverse("cases:withdrawal", args=[mine.case.number])
    assert mine.client.post(address, {"reason": "继续办下去"}).status_code == 302
    assert before.institution.filing == "normal"
    again = ending(before)
    assert again.pk != mine.pk
    # The same form sent twice is one case.
    again.sent()
    assert again.submit().status_code == 302
    assert Case.objects.filter(procedure="cancellation", state="open").count() == 1


def test_who_is_not_its_head_ends_nothing() -> None:
    before = filed(AT["J"])
    institution = before.institution
    stranger = After(AT["J"], applicant=person("stranger"))
    for given in ({"institution": str(institution.pk)}, {"uscc": institution.uscc}):
        answer = stranger.client.post(MATTERS, given | {"procedure": "cancellation"})
        assert answer.status_code in (409, 422)
    assert "由机构负责人办理" in said(answer)
    mine = ending(before).sent()
    # Another nursery's head finds nothing of it; the neighbour's office neither.
    for client in (stranger.client, desk_of("health", "360703"), desk_of("education", AT["J"].county)):
        for name, key in (("institutions:review", mine.pk), ("cases:tracker", mine.case.number)):
            assert client.get(reverse(name, args=[key])).status_code == 404
        answer = client.post(reverse("cases:decision", args=[mine.case.number, "cancellation"]))
        assert answer.status_code in (403, 404)
    # A window acts for the head who has come, and for nobody else.
    clerk = desk_of("gov_services", AT["J"].county, Role.CLERK)
    given = {"uscc": institution.uscc, "procedure": "change", "name": "来访人", "phone": "13900139000"}
    assert clerk.post("/apply/desk/matters/", given).status_code == 409
    assert not Application.objects.filter(procedure="change").exists()


# ---------------------------------------------------------------- change


def chosen(before: Journey, *items: str) -> After:
    mine = After.of(before, "change")
    return mine.typed("items", items=list(items), changed_because="情况有变")


def fields_of(client: Client, address: str) -> set[str]:
    """What a page asks."""
    page = text_of(client, address)
    form = page[page.index('id="application-form"') :]
    names = {part.split('"', 1)[0] for part in form.split(' name="')[1:]}
    return names - {"csrfmiddlewaretoken", "version", "window", "do"}


@everywhere("HSY")
def test_a_change_asks_only_for_what_changes_and_the_public_page_follows(at: At) -> None:
    before = filed(at)
    institution = before.institution
    mine = chosen(before, "phone", "classes")
    # Of everything else nothing is asked; what is known is shown.
    page = reverse("institutions:page", args=[mine.pk, "basics"])
    assert fields_of(mine.client, page) == {"public_phone"}
    assert institution.uscc in text_of(mine.client, reverse("institutions:page", args=[mine.pk, "items"]))
    assert mine.client.get(reverse("institutions:page", args=[mine.pk, "premises"])).status_code == 302
    # What is as it was is no change.
    answer = mine.submit()
    assert answer.status_code == 422
    assert "与现在的一样" in said(answer)
    mine.typed("basics", public_phone="025-84440000")
    rows = mine.client.get(f"/api/v1/applications/{mine.pk}").json()["data"]["before"]["classes"]["rows"]
    assert [row["places"] for row in rows] == ["15", "14"]
    rows[0]["places"] = "30"
    mine.typed("classes", **posted(rows))
    # What the change makes wrong is said: a class for 30 is too large.
    assert any(p["page"] == "classes" for p in mine.problems())
    rows[0]["places"] = "12"
    mine.typed("classes", **posted(rows))
    assert mine.problems() == []
    mine.sent()
    assert list(mine.case.steps.values_list("key", "department")) == [("change", "health")]
    assert (CLAUSE.get(at.letter, NORM)) in mine.step("change").source
    # The officer reads before and after.
    shown = text_of(mine.officer("change"), reverse("cases:case", args=[mine.case.number]))
    assert shown.index("025-83330000") < shown.index("025-84440000")
    assert "12个托位" in shown
    assert "025-84440000" not in text_of(Client(), before.public_address)
    groups = list(institution.classes.values_list("pk", flat=True))
    mine.approve("change")
    institution.refresh_from_db()
    assert (institution.phone, institution.places) == ("025-84440000", 26)
    assert institution.name == before.application.name
    assert list(institution.classes.values_list("pk", flat=True)) == groups
    assert "025-84440000" in text_of(Client(), before.public_address)
    assert institution.filing == "normal"


def posted(rows: list[dict[str, str]]) -> dict[str, str]:
    return {f"row-{i}-{key}": value for i, row in enumerate(rows) for key, value in row.items()}


@everywhere("NSY")
def test_what_the_registrar_keeps_changes_with_the_registrar_first(at: At) -> None:
    before = filed(at, ENTERPRISE)
    institution = before.institution
    mine = chosen(before, "name", "fees")
    page = reverse("institutions:page", args=[mine.pk, "basics"])
    assert fields_of(mine.client, page) == {"name", "fees"}
    mine.typed("basics", name="鼓楼区大星星托育中心", fees="每月2800元")
    mine.sent()
    assert list(mine.case.steps.values_list("key", "department")) == [
        ("amendment", institution.registrar),
        ("change", "health"),
    ]
    assert mine.decide("change").status_code in (403, 409)
    mine.approve("amendment")
    institution.refresh_from_db()
    assert (institution.name, institution.fees) == ("鼓楼区大星星托育中心", "")
    (message,) = told("health", "amendment.approved")
    assert message["changed"] == "机构名称、收费标准"
    # From here on there is no way back, only on to the filing.
    address = reverse("cases:withdrawal", args=[mine.case.number])
    assert mine.client.post(address, {"reason": "不改了"}).status_code == 409
    mine.approve("change")
    institution.refresh_from_db()
    assert institution.fees == "每月2800元"
    public = text_of(Client(), before.public_address)
    assert "大星星" in public
    assert "大星星" in text_of(Client(), reverse("portal:directory"), q="大星星")
    # The receipt is issued anew, once: the filing keeps its number, and the old one says that it is replaced.
    old, new = Certificate.objects.filter(institution=institution, kind="receipt").order_by("pk")
    assert (old.number, new.number) == (institution.receipt_number, f"{institution.receipt_number}-2")
    assert (old.replaced_by, old.cancelled_on, new.cancelled_on) == (new, clock.today(), None)
    verified = text_of(Client(), reverse("institutions:verify", args=[old.code]))
    assert before.application.name in verified
    assert "大星星" in verified
    assert "换发，不再有效" in verified
    assert new.number in verified
    now = text_of(Client(), reverse("institutions:verify", args=[new.code]))
    assert "现行有效" in now
    assert "大星星" in now
    told_ = Client().get(f"/api/v1/certificates/{old.code}").json()
    assert (told_["good"], told_["replaced_by"]) == (False, new.number)
    record = text_of(before.client, reverse("institutions:record", args=[institution.pk]))
    assert "已换发" in record
    assert "换发备案回执" in record


def test_a_change_of_what_no_receipt_says_leaves_it_good(monkeypatch: pytest.MonkeyPatch) -> None:
    before = filed(AT["J"])
    number = before.institution.receipt_number
    mine = chosen(before, "phone").typed("basics", public_phone="0797-8440000").sent().approve("change")
    receipt = Certificate.objects.get(institution=before.institution, kind="receipt")
    assert (receipt.number, receipt.cancelled_on) == (number, None)
    # Where the number does not stay, the new receipt has one of its own, and the record follows it.
    monkeypatch.setattr(policy, "is_so_at", lambda *given: False)
    mine = chosen(before, "care").typed("basics", care_types=["hourly"]).sent().approve("change")
    new = Certificate.objects.get(institution=before.institution, kind="receipt", cancelled_on=None)
    assert new.number == before.institution.receipt_number != number
    assert new.number.endswith(f"{mine.case.pk:06d}")


def test_another_place_of_the_same_office_needs_new_papers_and_another_office_is_no_change() -> None:
    before = filed(AT["H"])
    mine = chosen(before, "address")
    slots = {p["key"] for p in mine.client.get(f"/api/v1/applications/{mine.pk}/papers").json()}
    assert slots == {"premises_proof", "lease", "hygiene_report", "fire_proof"}
    basics = {"street": before.institution.division_code, "address": "沿江大道9号"}
    mine.typed("basics", **basics)
    answer = mine.submit()
    assert answer.status_code == 422
    assert "还差材料" in said(answer)
    assert "contact_identity" not in said(answer)
    given: dict[str, Any] = {}
    for key in slots:
        given |= {f"{key}_issuer": "某单位", f"{key}_number": "A-2", f"{key}_expires_on": "2031-01-01"}
        given |= {f"file-{key}": desk.image()}
    mine.typed("papers", **given).sent().approve("amendment", "change")
    assert mine.institution.address == "沿江大道9号"


# ---------------------------------------------------------------- every year

YEARLY = {"agrees": "yes", "children_now": "20", "accidents": "0", "punished": "no"}
REPORT = {
    "children_year": "30",
    "staff_year": "6",
    "accidents_year": "0",
    "work": "平稳运行，开展家长课堂四次。",
}
NEXT_YEAR = datetime(2027, 3, 1, 2, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        pytest.param("H", "年审", marks=marked("H")),
        pytest.param("S", "执业校验", marks=marked("S")),
        pytest.param("Y", None, marks=marked("Y")),
        ("N", None),
    ],
)
def test_a_yearly_review_is_where_a_document_orders_one(letter: str, name: str | None) -> None:
    at = AT[letter]
    before = filed(at)
    page = text_of(before.client, MATTERS, institution=str(before.institution.pk))
    assert ("年审" in page, "执业校验" in page) == (name == "年审", name == "执业校验")
    # The report at the year's end is the nation's, everywhere; so is a change.
    assert "年度工作报告" in page
    assert "备案信息变更" in page
    if name is None:
        answer = before.client.post(
            MATTERS, {"institution": str(before.institution.pk), "procedure": "annual_review"}
        )
        assert answer.status_code == 409
        assert not Application.objects.filter(procedure="annual_review").exists()
        return
    mine = After.of(before, "annual_review")
    year = clock.today().year
    form = reverse("institutions:page", args=[mine.pk, "yearly"])
    assert fields_of(mine.client, form) == {*YEARLY, "differs", "worked"}
    assert before.institution.uscc in text_of(mine.client, form)
    mine.typed("yearly", **(YEARLY | {"agrees": "no"}))
    assert "哪里不一致" in said(mine.submit())
    mine.typed("yearly", **YEARLY).sent()
    assert mine.case.procedure_name == name
    assert CLAUSE[letter] in mine.step("review").source
    mine.decide("review", "refuse", reason="安全制度没有落实。")
    kept = YearlyResult.objects.get()
    assert (kept.year, kept.name, kept.result, kept.reasons) == (year, name, "failed", "安全制度没有落实。")
    # One of a year: what failed is done again and passed.
    again = After.of(before, "annual_review").typed("yearly", **YEARLY).sent().approve("review")
    kept = YearlyResult.objects.get()
    assert (kept.result, kept.case) == ("passed", again.case)
    assert again.ask(before.institution, "annual_review").status_code == 409
    record = text_of(before.client, reverse("institutions:record", args=[before.institution.pk]))
    assert f"{name} " in record
    assert "合格" in record
    with clock.set_to(NEXT_YEAR):
        assert life.year_for(before.institution, "annual_review") == year + 1


@everywhere("N")
def test_the_report_of_a_year_is_taken_note_of_once(at: At) -> None:
    before = filed(at)
    institution = before.institution
    if clock.today().month < 12:
        assert life.year_for(institution, "annual_report") is None
        assert before.client.post(
            MATTERS, {"institution": str(institution.pk), "procedure": "annual_report"}
        ).status_code == 409  # fmt: skip
    with clock.set_to(datetime(clock.today().year, 12, 20, 10, tzinfo=clock.BEIJING)):
        year = clock.today().year
        client = browser(before.applicant)
        mine = After(at, applicant=before.applicant, client=client)
        mine.begun(mine.ask(institution, "annual_report")).typed("report", **REPORT).sent()
        assert "第38条" in mine.step("report").source
        mine.approve("report")
        kept = YearlyResult.objects.get()
        assert (kept.year, kept.result) == (year, "acknowledged")
        assert mine.ask(institution, "annual_report").status_code == 409


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("letter", "procedure", "early", "soon", "late"),
    [
        pytest.param("H", "annual_review", (2027, 10, 20), (2027, 11, 15), (2028, 1, 1), marks=marked("H")),
        pytest.param("S", "annual_review", (2027, 10, 20), (2027, 11, 15), (2028, 1, 1), marks=marked("S")),
        ("N", "annual_report", (2026, 11, 29), (2026, 12, 5), (2027, 2, 1)),
    ],
)
def test_what_is_due_of_a_year_is_called_to_mind_before_and_after_its_last_day(
    letter: str, procedure: str, early: tuple[int, ...], soon: tuple[int, ...], late: tuple[int, ...]
) -> None:
    at = AT[letter]
    with clock.set_to(at_noon(2026, 11, 28)):
        before = filed(at)
    institution = before.institution

    def of(clients: Client, address: str, **query: str) -> str:
        return text_of(clients, reverse(address), **query)

    def reminders() -> int:
        return Notice.objects.filter(user=before.applicant, title__contains="期").count()

    for day, words, told_ in ((early, "", 0), (soon, "即将到期", 1), (late, "已超期", 2)):
        with clock.set_to(at_noon(*day)):
            for _ in range(2):
                remind_of_the_year(0)
            dues = [one for one in yearly.dues_of_one(institution) if one.procedure == procedure]
            assert [one.in_words.count(words) for one in dues] == ([1] if words else [])
            health, head = desk_of("health", at.county), browser(before.applicant)
            shown = [of(health, "institutions:list"), of(head, "institutions:list"),
                     of(head, "institutions:matters", institution=str(institution.pk))]  # fmt: skip
            if words:
                assert all(words in page for page in shown)
                assert any(due.name in before.notices() for due in dues)
                assert all("到期日：本地参数" in due.source for due in dues)
                told_dues = health.get("/api/v1/office/institutions").json()["rows"][0]["dues"]
                assert procedure in {one["procedure"] for one in told_dues}
            if letter == "N":
                assert reminders() == told_
            overdue = of(health, "institutions:list", overdue="1")
            assert (institution.name in overdue) is any(
                one.overdue for one in yearly.dues_of_one(institution)
            )
    # Handed in it is owed no more; the public asks in vain who owes what.
    with clock.set_to(at_noon(*late)):
        assert institution.name in text_of(Client(), reverse("portal:directory"), overdue="1")
        mine = After(at, applicant=before.applicant, client=browser(before.applicant))
        mine.begun(mine.ask(institution, procedure))
        page, typed = ("yearly", YEARLY) if procedure == "annual_review" else ("report", REPORT)
        mine.typed(page, **typed).sent()
        left = yearly.dues_of_one(institution)
        assert [one for one in left if one.procedure == procedure and one.overdue] == []
        mine.approve("review" if procedure == "annual_review" else "report")
        left = yearly.dues_of_one(institution)
        assert [one for one in left if one.procedure == procedure and one.overdue] == []


# ---------------------------------------------------------------- suspension


def pause_days(first: int, last: int) -> dict[str, str]:
    """A suspension from so many days ahead to so many."""
    today = clock.today()
    return {
        "pause_from": str(today + timedelta(days=first)),
        "pause_to": str(today + timedelta(days=last)),
        "paused_because": "房屋维修",
        "paused_children": "20",
        "paused_children_to": "转到邻近托育园临时照护",
    }


@everywhere("J")
def test_families_read_of_a_suspension_while_it_lasts(at: At) -> None:
    before = filed(at)
    today = clock.today()
    assert before.client.post(
        MATTERS, {"institution": str(before.institution.pk), "procedure": "resumption"}
    ).status_code == 409  # fmt: skip
    mine = After.of(before, "suspension").typed("pause", **pause_days(3, 400))
    # No document sets how long: the limit is the installation's own, warns and says so.
    (problem,) = mine.problems()
    assert (problem["severity"], problem["page"]) == ("warn", "pause")
    assert "本地" in problem["message"] + problem["source"]
    mine.typed("pause", **pause_days(3, 20)).sent().approve("suspension")
    assert "将要暂停服务" in text_of(Client(), before.public_address)
    for days, lasts in ((2, False), (3, True), (20, True), (21, False)):
        with clock.set_to(clock.now() + timedelta(days=days)):
            assert (life.suspension_on(before.institution.pk) is not None) is lasts
            page = text_of(Client(), before.public_address)
            assert ("正在暂停服务" in page) is lasts
            assert ("房屋维修" in page) is (days <= 20)
            (told_,) = Client().get(f"/api/v1/institutions/{before.institution.pk}/suspensions").json() or [0]
            assert bool(told_) is (days <= 20)
    # It may not overlap with another, and ends early when service is resumed.
    other = After.of(before, "suspension").typed("pause", **pause_days(10, 30))
    assert "不能重叠" in said(other.submit())
    with clock.set_to(clock.now() + timedelta(days=5)):
        client = browser(before.applicant)
        back = After(at, applicant=before.applicant, client=client)
        back.begun(back.ask(before.institution, "resumption"))
        restart = {"restart_state": "维修完毕并检测合格"}
        back.typed("restart", restart_on=str(today + timedelta(days=40)), **restart)
        assert "恢复日期应在" in said(back.submit())
        back.typed("restart", restart_on=str(today + timedelta(days=7)), **restart).sent()
        back.approve("resumption")
    with clock.set_to(clock.now() + timedelta(days=7)):
        assert "暂停服务" not in text_of(Client(), before.public_address)
    held = Suspension.objects.get()
    assert held.resumed_on == held.days.upper == today + timedelta(days=7)


def test_a_suspension_is_called_off_before_its_first_day_and_who_was_told_hears_of_it() -> None:
    at = AT["J"]
    before = filed(at)
    institution = before.institution
    After.of(before, "suspension").typed("pause", **pause_days(3, 20)).sent().approve("suspension")
    held = Suspension.objects.get()
    address = reverse("institutions:calling_off", args=[institution.pk, held.pk])
    head = browser(before.applicant)
    assert address in text_of(head, reverse("institutions:record", args=[institution.pk]))
    assert head.post(address, {"reason": " "}).status_code == 422
    for stranger, status in ((person("stranger"), 403), (None, 302)):
        assert browser(stranger).post(address, {"reason": "不停了"}).status_code == status
    assert desk_of("health", "360703").post(address, {"reason": "不停了"}).status_code == 404
    assert "将要暂停服务" in text_of(Client(), before.public_address)
    assert head.post(address, {"reason": "维修改期，照常收托"}).status_code == 302
    held.refresh_from_db()
    assert (held.called_off_on, held.called_off_reason) == (clock.today(), "维修改期，照常收托")
    assert "暂停服务" not in text_of(Client(), before.public_address)
    assert Client().get(f"/api/v1/institutions/{institution.pk}/suspensions").json() == []
    # A second click changes nothing; the record keeps it; applicant, head and health are told.
    assert head.post(address, {"reason": "再点一次"}).status_code == 409
    assert "维修改期，照常收托" in before.notices()
    assert [one["reason"] for one in told("health", "suspension.called_off")] == ["维修改期，照常收托"]
    record = text_of(desk_of("health", at.county), reverse("institutions:record", args=[institution.pk]))
    assert "没有暂停：维修改期，照常收托" in record
    assert "取消还没有开始的暂停服务" in record
    # On the days it was to be there is none, and another may be asked for.
    with clock.set_to(clock.now() + timedelta(days=5)):
        assert life.suspension_on(institution.pk) is None
    again = After.of(before, "suspension").typed("pause", **pause_days(3, 20)).sent().approve("suspension")
    other = Suspension.objects.get(case=again.case)
    with clock.set_to(clock.now() + timedelta(days=3)):
        late = reverse("institutions:calling_off", args=[institution.pk, other.pk])
        answer = browser(before.applicant).post(late, {"reason": "晚了"})
        assert answer.status_code == 409
        assert "恢复服务" in said(answer)


# ---------------------------------------------------------------- at a window


def test_a_window_acts_for_a_nursery_that_has_no_head_yet() -> None:
    """Filed before the platform came: whoever comes with the licence is served, from form to record."""
    at = AT["J"]
    before = filed(at)
    institution = before.institution
    Membership.objects.filter(institution_id=institution.pk).update(valid=DateRange(*[clock.today()] * 2))
    assert standing.heads_of(institution.pk) == []
    # Online nobody without its seat begins anything.
    assert "到窗口办理" in said(After(at, applicant=person("stranger")).ask_by_code(institution, "change"))
    clerk = desk_of("gov_services", at.county, Role.CLERK)
    page = text_of(clerk, "/apply/desk/matters/", uscc=institution.uscc or "")
    assert "备案信息变更" in page
    given = {"uscc": institution.uscc, "procedure": "change", "name": "来访人", "phone": "13900139000"}
    mine = After(at, client=clerk, applicant=before.applicant).begun(
        clerk.post("/apply/desk/matters/", given)
    )
    assert (mine.application.channel, mine.application.owner.name) == ("window", "来访人")
    mine.typed("items", items=["phone"], changed_because="换号")
    assert fields_of(clerk, reverse("institutions:page", args=[mine.pk, "basics"])) == {"public_phone"}
    mine.typed("basics", public_phone="0797-8440000").sent()
    assert mine.case.channel == "window"
    # A clerk of another county sees nothing of it.
    other = desk_of("gov_services", "360703", Role.CLERK)
    assert other.get(reverse("institutions:review", args=[mine.pk])).status_code == 404
    mine.approve("change")
    assert mine.institution.phone == "0797-8440000"
    # It makes nobody its head: whoever came was let act once, on the papers that were shown.
    assert standing.heads_of(institution.pk) == []
