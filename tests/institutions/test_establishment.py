"""From an application to a filed institution the public may see, and the ways it may go otherwise."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from institutions import desk
from tuoyu.accounts.models import Membership
from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, queries
from tuoyu.institutions.actions import Registered
from tuoyu.institutions.models import Application, Certificate, Institution, Publication

pytestmark = pytest.mark.django_db


def test_a_carefully_filled_application_has_nothing_that_blocks(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    assert [p for p in queries.problems_of(application) if p.severity == "block"] == []


def test_registration_makes_the_institution_and_its_applicant_the_head(packs: None) -> None:
    by = desk.applicant()
    case = desk.registered(desk.submitted(by))
    institution = Application.objects.get(case=case).institution
    assert institution is not None
    assert (institution.registration, institution.filing) == ("registered", "none")
    assert institution.uscc == desk.USCC
    assert institution.places == 29
    assert not institution.is_shown
    seat = Membership.objects.get(user_id=by.user_id)
    assert (seat.role, seat.institution_id) == (Role.NURSERY_HEAD, institution.pk)


def test_filing_gives_receipt_and_conditions_notice_as_pdf_and_a_public_entry(packs: None) -> None:
    case = desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")
    institution = Institution.objects.get()
    assert institution.filing == "receipt_issued"
    assert institution.public_since == clock.today()
    kinds = dict(Certificate.objects.filter(case=case).values_list("kind", "digest"))
    assert set(kinds) == {"receipt", "conditions_notice"}
    receipt = Certificate.objects.get(kind="receipt")
    assert receipt.file is not None
    assert receipt.file.path.read_bytes().startswith(b"%PDF")
    assert receipt.digest == receipt.file.sha256
    assert Publication.objects.get().kind == "filing"
    assert queries.public_institutions().get() == institution


def test_a_visit_that_finds_nothing_makes_the_filing_normal(packs: None) -> None:
    case = desk.registered(desk.submitted(desk.applicant()))
    case = desk.approve(desk.approve(case, "filing"), "verification")
    assert case.state == Case.State.DONE
    assert Institution.objects.get().filing == "normal"
    assert Application.objects.get().state == "closed"


def _at_verification() -> Case:
    return desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")


def test_defects_found_on_the_visit_mean_rectification_and_then_normal(packs: None) -> None:
    case = _at_verification()
    step = case.steps.get(key="verification")
    by = desk.officer("health")
    remark = RemarkGiven("活动区没有防护栏。", "premises", "floor")
    cases.decide(by=by, step=step, decision="defects", remarks=[remark])
    assert Institution.objects.get().filing == "rectification"
    application = Application.objects.select_related("case").get()
    assert application.state == "mending"
    owner = Actor(
        "申办人甲", application.owner_id, (Seat(Role.APPLICANT),), frozenset({application.owner_id})
    )
    actions.submit(by=owner, application=application)
    desk.approve(Case.objects.get(), "verification")
    assert Institution.objects.get().filing == "normal"


def test_non_conformity_is_published_with_its_reasons_and_the_receipt_is_no_longer_good(packs: None) -> None:
    case = _at_verification()
    step = case.steps.get(key="verification")
    cases.decide(by=desk.officer("health"), step=step, decision="refuse", reason="消防通道被占用。")
    institution = Institution.objects.get()
    assert institution.filing == "published_nonconforming"
    assert not institution.is_shown
    published = Publication.objects.get(kind="nonconformity")
    assert published.reasons == "消防通道被占用。"
    assert published.clause
    assert Certificate.objects.get(kind="receipt").cancelled_on == clock.today()
    assert Certificate.objects.get(kind="refusal_notice").cancelled_on is None


def test_filing_before_registration_is_refused_with_the_clause(packs: None) -> None:
    case = desk.submitted(desk.applicant())
    step = case.steps.get(key="filing")
    with pytest.raises(Refused) as refusal:
        actions.issue_receipt(by=desk.officer("health"), case=case, step=step)
    assert "登记" in str(refusal.value)
    assert refusal.value.problems[0].source
    assert not Certificate.objects.exists()


def test_a_nanjing_nonprofit_cannot_be_registered_without_health_consent_but_in_jiangxi_it_can(
    packs: None,
) -> None:
    nanjing = desk.submitted(desk.applicant("南京申办人"))
    step = nanjing.steps.get(key="registration")
    by = desk.officer(step.department, step.division_code)
    with pytest.raises(Refused) as refusal:
        cases.decide(by=by, step=step, decision="approve", result=desk.RESULT)
    assert "三.(二).2" in "".join(p.source for p in refusal.value.problems)
    jiangxi = desk.submitted(desk.applicant("江西申办人"), "360702")
    case = desk.approve(jiangxi, "registration", **desk.RESULT, registered_on=clock.today().isoformat())
    assert case.steps.get(key="registration").state == "approved"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("uscc", "52320106MJ0000018B", "校验位"),
        ("registered_on", "2099-01-01", "晚于今天"),
        ("registration_number", "", "登记证号"),
    ],
)
def test_a_registration_with_a_wrong_statement_changes_nothing(
    packs: None, field: str, value: str, words: str
) -> None:
    case = desk.submitted(desk.applicant())
    result: dict[str, Any] = desk.RESULT | {"registered_on": clock.today().isoformat(), field: value}
    for step in case.steps.filter(kind__in=["check", "consent"]).order_by("stage"):
        desk.approve(case, step.key)
    with pytest.raises(Refused, match=words):
        desk.approve(case, "registration", **result)
    assert not Institution.objects.exists()
    assert case.steps.get(key="registration").state == "active"


def test_handed_in_twice_it_is_one_case(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    first = actions.submit(by=by, application=application)
    second = actions.submit(by=by, application=application)
    assert first == second
    assert Case.objects.count() == 1


def test_an_application_with_problems_is_refused_with_all_of_them_at_once(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by), basics={"contact_phone": "123", "business_scope": "培训"})
    with pytest.raises(Refused) as refusal:
        actions.submit(by=by, application=application)
    assert {p.field for p in refusal.value.problems} >= {"contact_phone", "business_scope"}
    assert not Case.objects.exists()


def registrar(department: str = "civil_affairs", place: str = "360702") -> Actor:
    seat = Seat(Role.REGISTRAR_SYSTEM, department, (place,), place)
    return Actor("登记系统", None, (seat,), kind="client")


def told_by_registrar(**changed: Any) -> Registered:
    told = {
        "source_system": "民政登记系统",
        "source_id": "A1",
        "name": "章贡区小星星托育园",
        "uscc": desk.USCC,
        "registration_number": "民证字第0001号",
        "registered_on": clock.today(),
        "division_code": "360702",
        "address": "红旗大道1号",
    }
    return Registered(**(told | changed))


def test_a_registrar_that_reports_twice_leaves_one_record_and_gets_the_same_answer(packs: None) -> None:
    first, new = actions.report_registration(by=registrar(), told=told_by_registrar())
    second, again = actions.report_registration(by=registrar(), told=told_by_registrar())
    assert (first, new, again) == (second, True, False)
    assert Institution.objects.count() == 1


def test_a_registrar_that_reports_something_else_under_the_same_id_is_refused(packs: None) -> None:
    actions.report_registration(by=registrar(), told=told_by_registrar())
    with pytest.raises(Refused) as refusal:
        actions.report_registration(
            by=registrar(), told=told_by_registrar(registration_number="民证字第0002号")
        )
    assert refusal.value.status == 409


def test_a_registrar_reports_only_for_its_own_places(packs: None) -> None:
    with pytest.raises(Refused) as refusal:
        actions.report_registration(by=registrar(place="360703"), told=told_by_registrar())
    assert refusal.value.status == 403
    assert not Institution.objects.exists()


def test_a_report_decides_the_waiting_step_of_the_case(packs: None) -> None:
    case = desk.submitted(desk.applicant(), "360702")
    step = case.steps.get(key="registration")
    by = registrar(step.department, step.division_code)
    said = {"case_number": case.number, "name": case.subject_name}
    institution, new = actions.report_registration(by=by, told=told_by_registrar(**said))
    assert new
    assert Application.objects.get(case=case).institution == institution
    assert case.steps.get(key="registration").state == "approved"
    again, new = actions.report_registration(by=by, told=told_by_registrar(**said))
    assert (again, new) == (institution, False)


def test_what_is_registered_but_not_filed_is_on_the_health_officers_list_and_not_public(packs: None) -> None:
    actions.report_registration(by=registrar(), told=told_by_registrar())
    narrowed = queries.Narrowed()
    assert [r["name"] for r in queries.unfiled(desk.officer("health", "360702"), narrowed)] == [
        "章贡区小星星托育园"
    ]
    assert not queries.unfiled(desk.officer("health", "360703"), narrowed).exists()
    assert not queries.unfiled(desk.officer("education", "360702"), narrowed).exists()
    assert not queries.public_institutions().exists()


def test_a_paper_verified_says_what_it_said_and_what_is_different_now(packs: None) -> None:
    desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")
    receipt = Certificate.objects.get(kind="receipt")
    page = reverse("institutions:verify", args=[receipt.code])
    name = receipt.content["name"]
    told = Client().get(f"/api/v1/certificates/{receipt.code}").json()
    assert (told["institution"], told["changed"]) == (name, [])
    assert "文书颁发以后有变化" not in Client().get(page).content.decode()
    Institution.objects.update(name="改了名字的托育园", address="搬到的路2号", representative="李某某")
    shown = Client().get(page).content.decode()
    assert f"文书上是“{name}”，现在是“改了名字的托育园”" in shown
    assert "搬到的路2号" in shown
    assert f"<dd>{name}</dd>" in shown
    # Who represents it now is not on the paper, and nobody else's business.
    assert "李某某" not in shown
    told = Client().get(f"/api/v1/certificates/{receipt.code}").json()
    assert told["institution"] == name
    assert [label for label, _, _ in told["changed"]] == ["机构名称", "机构地址"]
