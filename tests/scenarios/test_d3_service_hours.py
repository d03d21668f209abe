"""D3, of the medical staff: in Yiyuan a doctor's time at a filed nursery counts as basic-level service, and a
certificate of the hours issues. The other parts of D3 (catalogues, post grades, titles) are not there yet."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.people import browser
from journeys import AT, desk_of, text_of
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent
from tuoyu.core.uploads import sha256_of
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.workforce.models import Employment, ServicePeriod
from workforce import staff

pytestmark = pytest.mark.django_db

YIYUAN = AT["Y"]
# A part of D3: it does not make the whole clause work.
medical = pytest.mark.scenario("D3.medical", YIYUAN.jurisdiction, clauses=["三.(五)"])


class Serving:
    """A doctor seconded to a nursery, and its head's browser."""

    def __init__(self, county: str, **nursery: Any) -> None:
        self.nursery: Institution = staff.nursery(county, **nursery)
        by = staff.head(self.nursery)
        since = str(clock.today() - timedelta(days=90))
        self.doctor: Employment = staff.hired(
            by, self.nursery, 1, name="宋某某", contract="seconded", full_time="no", post="health",
            starts_on=since, education="本科",
            check_asked_on=str(clock.today() - timedelta(days=120)),
            check_answered_on=str(clock.today() - timedelta(days=100)),
        )  # fmt: skip
        staff.certified(by, self.doctor, "physician", issued_on=date(2015, 6, 1))
        self.head: Client = browser(User.objects.get(pk=by.user_id))

    def enters(self, **changed: Any) -> Any:
        today = clock.today()
        given = {
            "employment_id": self.doctor.pk, "profession": "physician", "home_unit": "县人民医院儿科",
            "first_day": str(today - timedelta(days=60)), "last_day": str(today - timedelta(days=31)),
            "hours": 120,
        }  # fmt: skip
        return self.head.post("/api/v1/service-periods", given | changed, "application/json")


@medical
@pytest.mark.usefixtures("real_papers")
def test_a_doctor_serves_at_a_filed_nursery_health_confirms_and_the_certificate_issues() -> None:
    serving, today = Serving(YIYUAN.county), clock.today()
    assert serving.enters().status_code == 201
    again = serving.enters(first_day=str(today - timedelta(days=40)))
    assert (again.status_code, "重叠" in again.content.decode()) == (409, True)
    later = {"first_day": str(today - timedelta(days=30)), "last_day": str(today), "hours": 60.5}
    assert serving.enters(**later).status_code == 201
    certify = f"/api/v1/employments/{serving.doctor.pk}/service-certificate"
    assert serving.head.post(certify, {}, "application/json").status_code == 409

    office = desk_of("health", YIYUAN.county)
    assert "宋某某" in text_of(office, "/service/", state="entered")
    for period in ServicePeriod.objects.all():
        assert office.post(f"/service/{period.pk}/decision/", {"decision": "confirm"}).status_code == 302
    first = ServicePeriod.objects.earliest("pk")
    decision = f"/api/v1/service-periods/{first.pk}/decision"
    late = office.post(decision, {"confirmed": True}, "application/json")
    assert late.status_code == 409

    page = f"/institutions/{serving.nursery.pk}/service/"
    assert "可以开具证明" in text_of(serving.head, page)
    made = serving.head.post(f"/service/people/{serving.doctor.pk}/certificate/", follow=True)
    certificate = Certificate.objects.get(kind="service_hours")
    assert certificate.number in made.content.decode()
    assert "120小时" in str(certificate.content["facts"])
    assert "180.5小时" in str(certificate.content["facts"])
    assert "三.(五)" in certificate.content["lines"][0]
    assert "宋某某" not in str(certificate.content)
    assert sha256_of(certificate.file.path) == certificate.digest
    assert serving.head.post(certify, {}, "application/json").status_code == 409

    pdf = serving.head.get(f"/service/certificates/{certificate.pk}/")
    assert pdf["Content-Type"] == "application/pdf"
    assert AuditEvent.objects.filter(verb="personal.read", object_id=str(certificate.pk)).count() == 1
    verified = text_of(Client(), f"/verify/{certificate.code}/")
    assert "宋**" in verified
    assert "宋某某" not in verified
    assert "现行有效" in verified
    assert "有变化" not in verified
    told = Client().get(f"/api/v1/certificates/{certificate.code}").json()
    assert (told["institution"], told["changed"]) == (serving.nursery.name, [])
    # It is the doctor's own, not one of the nursery's papers.
    assert certificate.number not in text_of(office, f"/institutions/{serving.nursery.pk}/")
    assert office.get(f"/institutions/papers/{certificate.pk}/").status_code == 404


@medical
def test_at_a_nursery_that_is_not_filed_no_time_is_entered() -> None:
    unfiled = {"filing": "none", "receipt_number": None, "receipt_issued_on": None, "public_since": None}
    answer = Serving(YIYUAN.county, **unfiled).enters()
    assert answer.status_code == 409
    (problem,) = answer.json()["problems"]
    assert "没有备案" in problem["message"]
    assert problem["source"].endswith("三.(五)")
    assert not ServicePeriod.objects.exists()


@pytest.mark.parametrize("letter", ["N", "S", "J", "H"])
def test_where_no_document_says_so_no_time_counts(letter: str) -> None:
    serving = Serving(AT[letter].county)
    answer = serving.enters()
    assert answer.status_code == 409
    assert "没有规定" in answer.content.decode()
    page = text_of(serving.head, f"/institutions/{serving.nursery.pk}/service/")
    assert "没有规定" in page
    assert "登记服务时间" not in page


@medical
def test_what_cannot_be_is_told_field_by_field_and_no_neighbour_sees_or_decides_it() -> None:
    serving, today = Serving(YIYUAN.county), clock.today()
    wrong = serving.enters(
        profession="nurse", home_unit=" ", last_day=str(today + timedelta(days=1)), hours=9999
    )
    assert wrong.status_code == 422
    assert {p["field"] for p in wrong.json()["problems"]} == {"profession", "home_unit", "last_day", "hours"}
    before = serving.enters(first_day=str(today - timedelta(days=200)))
    assert {p["field"] for p in before.json()["problems"]} == {"first_day"}
    assert serving.enters().status_code == 201
    period = ServicePeriod.objects.get()
    neighbour = desk_of("health", "370322")
    decision = f"/api/v1/service-periods/{period.pk}/decision"
    assert neighbour.post(decision, {"confirmed": True}, "application/json").status_code == 404
    assert neighbour.get(f"/institutions/{serving.nursery.pk}/service/").status_code == 404
    office = desk_of("health", YIYUAN.county)
    assert office.post(decision, {"confirmed": False}, "application/json").status_code == 422
    returned = {"confirmed": False, "reason": "与医院排班不符"}
    assert office.post(decision, returned, "application/json").status_code == 200
    assert "与医院排班不符" in text_of(serving.head, f"/institutions/{serving.nursery.pk}/service/")
    # What was returned is in nobody's way.
    assert serving.enters(hours=100).status_code == 201
