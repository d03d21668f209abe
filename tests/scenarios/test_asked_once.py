"""No field is asked twice: what is known is shown with its source; what slips through is counted."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.people import browser, person, seated
from exchange.callers import robot
from institutions import desk
from journeys import AT, Journey, desk_of, text_of
from scenarios.test_a2_filing_alone import Alone, refused_at_filing
from scenarios.test_a5_life import ENDING, PROOFS, REPORT, After, filed
from scenarios.test_c1_kindergarten_classes import kindergarten
from scenarios.test_c2_employers import employers
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Submission
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions import actions, asking, facts, matters, pages, stated
from tuoyu.institutions.forms import RegistrationForm
from tuoyu.institutions.models import AskedAgain, Institution, Partner
from workforce import staff as nurseries

pytestmark = pytest.mark.django_db


def read(client: Client, pk: int, page: str, query: str = "") -> str:
    answer = client.get(reverse("institutions:page", args=[pk, page]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_field_says_what_it_asks_for_or_is_a_promise() -> None:
    every = (*pages.FILLED, *pages.BESIDES.values())
    silent = {field.key for page in every for field in page.fields if not field.fact}
    # A promise is made anew; what is opened to others is said as it is to be from the filing on.
    assert silent == {"agreed", "signer", "opens", "opened_places"}
    after = {field.key for asked in matters.PAGES_OF.values() for page in asked for field in page.fields
             if not field.fact}  # fmt: skip
    # What only who reports can say: days, reasons, what became of whom, what happened in the year.
    assert after == {
        "last_day", "ended_because", "children_settled", "children_to", "staff_settled",
        "staff_to", "pause_from", "pause_to", "paused_because", "paused_children_to", "restart_on",
        "restart_state", "agrees", "differs", "accidents", "punished", "worked", "children_year",
        "accidents_year", "work", "next_year",
    }  # fmt: skip
    assert set(RegistrationForm.asks) == set(RegistrationForm.base_fields)
    assert all(facts.is_key(fact) for fact in RegistrationForm.asks.values())


def test_what_is_known_is_shown_with_its_source_and_opened_by_a_button() -> None:
    before = refused_at_filing(AT["N"])
    again = Alone.of(before).begin_for(before.institution)
    basics = read(again.client, again.pk, "basics")
    assert "已经掌握，不用再填" in basics
    assert 'name="address"' not in basics
    assert f"法人登记（办件编号{before.case.number}）" in basics
    assert "138****8000" in basics
    assert "13800138000" not in basics
    for page in ("premises", "classes", "staff", "papers"):
        shown = read(again.client, again.pk, page)
        asked = [line for line in shown.splitlines() if 'class="form-control' in line or "<select" in line]
        assert asked == [], page
    # The button saves the page and opens the one field; the others stay as they are.
    version = again.application.version
    answer = again.client.post(
        reverse("institutions:page", args=[again.pk, "basics"]),
        {"known": ["address", "care_types", "contact_name"], "version": version, "do": "change:address"},
    )
    assert answer["Location"].endswith("?change=address#f-address")
    typed = again.application.typed["basics"]
    assert (typed["address"], typed["care_types"]) == ("中山北路1号", ["full_day", "half_day"])
    assert typed["contact_name"] == "王某某"
    opened = read(again.client, again.pk, "basics", "?change=address")
    assert 'name="address"' in opened
    assert 'name="street"' not in opened
    assert asking.total() == 0
    # What was typed anew is the form's own, and stays open.
    again.type("basics", {"address": "中山北路2号"})
    assert 'name="address"' in read(again.client, again.pk, "basics")
    assert again.application.typed["basics"]["street"]
    assert asking.total() == 0


def test_what_a_rule_objects_to_is_open_to_be_mended() -> None:
    before = refused_at_filing(AT["N"])
    again = Alone.of(before).begin_for(before.institution)
    again.type("premises", {"video_days": "1"})
    page = read(again.client, again.pk, "premises")
    assert 'name="video_days"' in page
    assert asking.total() == 0


def test_a_duplicate_planted_is_counted_once_each_time_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    before = refused_at_filing(AT["N"])
    again = Alone.of(before).begin_for(before.institution)
    shown = asking.Asking.shown

    def forgetful(self: asking.Asking, key: str, fact: str, *rest: Any) -> Any:
        return None if key == "address" else shown(self, key, fact, *rest)

    monkeypatch.setattr(asking.Asking, "shown", forgetful)
    read(again.client, again.pk, "basics")
    assert list(AskedAgain.objects.values_list("page", "field", "fact", "count")) == [
        ("只办备案：基本情况", "address", "address", 1)
    ]
    read(again.client, again.pk, "basics")
    assert asking.total() == 2
    lead, system = (seated(role, "", "320100") for role in (Role.JURISDICTION_LEAD, Role.SYSTEM_ADMIN))
    for user in (lead, system):
        page = browser(user).get(reverse("institutions:asked_again")).content.decode()
        assert "累计 2 次，目标 0" in page
        assert "只办备案：基本情况" in page
        assert "详细地址" in page
    told = browser(system).get("/api/v1/asked-again").json()
    assert [row["count"] for row in told["rows"]] == [2]
    assert desk_of("health", desk.GULOU).get(reverse("institutions:asked_again")).status_code == 403


def test_the_officers_form_that_asks_what_is_registered_is_counted() -> None:
    institution = registered_elsewhere()
    form = asking.note_form("办件：登记", RegistrationForm(), institution)
    assert isinstance(form, RegistrationForm)
    assert asking.total() == 3
    # The new value of a change is no duplicate, and of what is not registered yet nothing is known.
    asking.note_form("变更", RegistrationForm(), institution, new=list(RegistrationForm.asks))
    asking.note_form("办件：登记", RegistrationForm(), None)
    assert asking.total() == 3


def registered_elsewhere() -> Institution:
    told = {
        "source_system": "民政系统", "source_id": "A1", "name": "鼓楼区小星星托育园", "uscc": desk.USCC,
        "registration_number": "民证字第0001号", "registered_on": clock.today().isoformat(),
        "division_code": desk.GULOU, "address": "红旗大道1号", "nature": "nonprofit",
        "legal_form": "social_service_org", "business_scope": "托育服务", "representative": "钱某某",
    }  # fmt: skip
    answer = robot("civil_affairs", desk.GULOU).post("/registrations", told)
    assert answer.status_code == 201, answer.content
    return Institution.objects.get(source_id="A1")


def test_who_only_knows_the_credit_code_is_shown_what_is_registered_and_no_person() -> None:
    institution = registered_elsewhere()
    stranger = Alone(AT["N"], applicant=person("stranger")).begin_for(institution)
    basics = read(stranger.client, stranger.pk, "basics")
    assert "红旗大道1号" in basics
    assert 'name="address"' not in basics
    assert "钱某某" not in basics
    papers = read(stranger.client, stranger.pk, "papers")
    assert "登记信息平台已经掌握" in papers
    assert 'name="legal_person_certificate_number"' not in papers
    assert 'name="file-legal_person_certificate"' in papers


def test_the_licence_is_not_asked_of_who_heads_what_is_registered_here() -> None:
    before = refused_at_filing(AT["N"])
    again = Alone.of(before).begin_for(before.institution)
    again.application.papers.filter(slot="legal_person_certificate").delete()
    assert {p["field"] for p in again.problems() if p["severity"] == "block"} == {"agreed", "signer"}
    assert "证照也不用上传" in read(again.client, again.pk, "papers")


@pytest.mark.parametrize("letter", list(AT))
def test_over_the_whole_way_nothing_is_asked_that_is_known(letter: str) -> None:
    """Establishment with a mending after the visit, then a filing alone: every page is looked at."""
    at = AT[letter]
    journey = Journey(at).hand_in().until("verification")
    assert journey.decide("verification", "defects", "premises.floor: 请核对楼层。").status_code == 302
    look(journey)
    journey.submit()
    assert journey.decide("verification", "refuse", reason="没有户外活动场地。").status_code == 302
    again = Alone.of(journey).begin_for(journey.institution)
    look(again)
    again.commit()
    look(again)
    again.hand_in()
    for step in again.case.steps.order_by("stage", "pk"):
        answer = again.officer(step.key).get(reverse("cases:case", args=[again.case.number]))
        assert answer.status_code == 200
        again.approve(step.key)
    assert list(AskedAgain.objects.values_list("page", "field", "fact")) == []


@pytest.mark.parametrize("kind", ["employer", "kindergarten_class"])
def test_of_employers_and_kindergartens_nothing_is_asked_again_either(kind: str) -> None:
    journey = employers(AT["N"]) if kind == "employer" else kindergarten(AT["J"])
    journey.hand_in().until("verification")
    assert journey.decide("verification", "refuse", reason="没有户外活动场地。").status_code == 302
    again = Alone.of(journey).begin_for(journey.institution)
    look(again)
    provider = read(again.client, again.pk, "provider")
    assert "已经掌握，不用再填" in provider
    assert 'name="row-0-uscc"' not in provider
    assert 'name="registered_on"' not in provider
    again.commit().hand_in().until("verification")
    # Who stands behind it is as it was.
    before = list(Partner.objects.values_list("name", "uscc"))
    assert before == list(again.institution.partners.order_by("pk").values_list("name", "uscc"))
    assert bool(before) == (kind == "employer")
    assert list(AskedAgain.objects.values_list("page", "field", "fact")) == []


def test_after_a_filing_only_what_is_to_change_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    before = filed(AT["H"])
    mine = After.of(before, "change").typed("items", items=["phone", "classes"], changed_because="换号")
    for page in ("items", "basics", "classes"):
        read(mine.client, mine.pk, page)
    shown = read(mine.client, mine.pk, "basics")
    assert 'name="public_phone"' in shown
    assert 'name="address"' not in shown
    assert asking.total() == 0
    # A page that asks for everything beside what was chosen is found.
    monkeypatch.setattr(stated, "asked_on", lambda application, page: pages.BASICS.fields)
    read(mine.client, mine.pk, "basics")
    counted = set(AskedAgain.objects.values_list("page", "field"))
    assert ("备案之后：基本情况", "address") in counted
    assert ("备案之后：基本情况", "public_phone") not in counted


def look(journey: Journey) -> None:
    beside = [pages.BESIDES[journey.kind]] if journey.kind in pages.BESIDES else []
    for page in (*pages.FILLED, *beside):
        read(journey.client, journey.pk, page.key)


# ---------------------------------------------------------------- what another room holds


def staffed(journey: Journey, number: int) -> None:
    by = nurseries.head(journey.institution)
    for one in range(number):
        nurseries.hired(by, journey.institution, 900 + one)


def test_the_staff_is_counted_from_the_register_and_not_asked_of_who_keeps_one() -> None:
    before = filed(AT["J"])
    without = After.of(before, "cancellation")
    assert 'name="staff"' in read(without.client, without.pk, "ending")
    staffed(before, 3)
    page = read(without.client, without.pk, "ending")
    assert 'name="staff"' not in page
    assert f"从业人员名册 {clock.today()}" in page
    assert 'name="staff_settled"' in page
    assert asking.total() == 0
    told = without.client.get(f"/api/v1/applications/{without.pk}").json()
    assert told["held"] == {"ending.staff": f"从业人员名册 {clock.today()}"}
    assert told["data"]["ending"]["staff"] == "3"
    # What is posted anyway does not count against the register; the officer reads where the figure is from.
    mine = without.typed("ending", **(ENDING | {"staff": "99", "staff_settled": "2"})).papers(*PROOFS)
    assert "还有1名工作人员没有安置" in mine.submit().content.decode()
    mine.typed("ending", **(ENDING | {"staff_settled": "3"})).sent()
    staffed_later = text_of(mine.officer("cancellation"), reverse("cases:case", args=[mine.case.number]))
    assert f"3名（从业人员名册 {clock.today()}）" in staffed_later
    mine.approve("cancellation")
    assert "3名，已安置3名" in str(actions.settled_in_words(mine.application))


def test_the_children_are_counted_from_what_was_stated_of_every_class() -> None:
    before = filed(AT["J"])
    mine = After.of(before, "cancellation")
    first, *others = before.institution.classes.values_list("pk", flat=True)
    said: dict[str, Any] = {
        "by": actor_for(before.applicant),
        "institution": before.institution,
        "day": clock.today(),
    }
    actions.state_counts(**said, enrolled={first: 8})
    assert ('name="children"' in read(mine.client, mine.pk, "ending")) is bool(others)
    if others:
        actions.state_counts(**said, enrolled=dict.fromkeys(others, 2))
    page = read(mine.client, mine.pk, "ending")
    assert 'name="children"' not in page
    assert f"在托登记 {clock.today()}" in page
    mine.typed("ending", **(ENDING | {"children": "99", "children_settled": "1"})).papers(*PROOFS)
    assert f"还有{7 + 2 * len(others)}名婴幼儿没有安置" in mine.submit().content.decode()


def test_the_report_of_a_past_year_has_the_staff_of_its_last_day() -> None:
    before = filed(AT["J"])
    staffed(before, 2)
    with clock.set_to(datetime(2027, 1, 20, 10, tzinfo=clock.BEIJING)):
        mine = After(AT["J"], applicant=before.applicant, client=browser(before.applicant))
        mine.begun(mine.ask(before.institution, "annual_report"))
        page = read(mine.client, mine.pk, "report")
        assert "从业人员名册 2026-12-31" in page
        assert 'name="staff_year"' not in page
        mine.typed("report", **{k: v for k, v in REPORT.items() if k != "staff_year"}).sent()
        assert Submission.objects.get(case=mine.case).data["report"]["staff_year"].startswith("2名（")


def test_a_field_that_another_room_holds_is_counted_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    before = filed(AT["J"])
    staffed(before, 1)
    mine = After.of(before, "cancellation")
    monkeypatch.setattr(stated, "asked_on", lambda application, page: page.fields)
    read(mine.client, mine.pk, "ending")
    assert list(AskedAgain.objects.values_list("page", "field", "fact")) == [
        ("备案之后：终止服务", "staff", "staff.count")
    ]
    assert asking.label_of("staff.count") == "工作人员"


def test_the_telephone_of_the_account_is_shown_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    applicant = person("telephoned", phone="13700137000")
    journey = Journey(AT["N"], applicant=applicant).begin()
    basics = read(journey.client, journey.pk, "basics")
    assert 'name="contact_phone"' not in basics
    assert "137****7000" in basics
    assert "本人账号" in basics
    # A page saved without it leaves it; another one may be given.
    journey.type("basics", {"name": "小星星托育园"})
    assert journey.application.typed["basics"]["contact_phone"] == "13700137000"
    assert 'name="contact_phone"' in read(journey.client, journey.pk, "basics", "?change=contact_phone")
    assert asking.total() == 0
    monkeypatch.setattr(asking.Asking, "shown", lambda *given: None)
    read(journey.client, journey.pk, "basics")
    assert list(AskedAgain.objects.values_list("field", flat=True)) == ["contact_phone"]
