"""B6: whoever knows something tells it without an account and learns what came of it; a report of abuse is
inspected at once, and the institution never learns who told it, nor that anybody did.

National law gives the clocks and whom to tell of harm to a child; Jiangxi, Hubei and Shizhong ask for
channels of complaint and for supervision by society in clauses of their own.
"""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.people import browser, seated
from journeys import AT, At, desk_of, sits, text_of
from tuoyu.accounts.models import User
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.complaints.models import Complaint
from tuoyu.core.actor import Role
from tuoyu.core.models import OutboxMessage
from tuoyu.institutions.models import Institution
from tuoyu.supervision.models import Assignment, Inspection
from workforce import staff

pytestmark = pytest.mark.django_db

CLAUSES = {"N": [], "S": ["三.(二)", "三.(三)"], "J": ["二.(二).3"], "Y": [], "H": ["二.(三).14"]}
TOLD, REPORTER, PHONE = "午睡室里老师打了孩子的手背。", "王小明", "13800138000"

everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B6", AT[letter].jurisdiction, clauses=clauses)
        )
        for letter, clauses in CLAUSES.items()
    ],
)


def tell(nursery: Institution, kind: str, **more: str) -> tuple[str, str]:
    """On the public page, without an account: what is on the receipt."""
    public, address = Client(), reverse("complaints:report")
    found = public.get(address, {"q": nursery.name}).content.decode()
    assert f"?institution={nursery.pk}" in found
    page = public.get(address, {"institution": nursery.pk}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    typed = {"token": token[1], "institution": nursery.pk, "kind": kind, "text": TOLD} | more
    receipt = public.post(address, typed).content.decode()
    number, code = re.findall(r'id="receipt-(?:number|code)">([^<]+)<', receipt)
    return number, code


def look(number: str, code: str) -> str:
    return Client().post(reverse("complaints:tracker"), {"number": number, "code": code}).content.decode()


def decided(client: Client, number: str, step_kind: str, /, **result: Any) -> None:
    """Decide the step of this kind on the page of the case."""
    step = Step.objects.get(case__number=number, kind=step_kind)
    management = {"remarks-TOTAL_FORMS": "0", "remarks-INITIAL_FORMS": "0"}
    answer = client.post(
        reverse("cases:decision", args=[number, step.key]), {"decision": "approve", **management, **result}
    )
    assert answer.status_code == 302, answer.content.decode()


@everywhere
def test_a_report_of_abuse_becomes_an_inspection_and_the_nursery_learns_nothing_of_it(at: At) -> None:
    nursery = staff.nursery(at.county)
    head = staff.head_user(nursery)
    lead = desk_of("health", at.county, Role.DEPARTMENT_LEAD)
    officers = [sits("health", at.county), _officer("second", at)]
    onlooker = browser(_officer("onlooker", at))
    given_before = everything_given(head, nursery)
    number, code = tell(nursery, "abuse", reporter_name=REPORTER, reporter_phone=PHONE)
    # Those whom the law names are told at once, and not by whom.
    sent = OutboxMessage.objects.filter(topic="complaint.harm", division_code__startswith=at.county[:2])
    assert {one.department for one in sent} == {"public_security", "civil_affairs", "education"}
    assert not any(word in str(one.payload) for one in sent for word in (REPORTER, PHONE, TOLD))
    # Only the head of health sees it, without learning who told it.
    assert number in text_of(lead, reverse("complaints:list"))
    assert number not in text_of(onlooker, reverse("complaints:list"))
    assert number not in text_of(onlooker, reverse("cases:inbox"))
    assert onlooker.get(reverse("complaints:complaint", args=[number])).status_code == 404
    page = text_of(lead, reverse("cases:case", args=[number]))
    assert TOLD in page
    assert REPORTER not in page
    assert PHONE not in page
    decided(
        lead, number, "triage", kind="abuse", institution=nursery.name, department="health",
        inspectors=[str(one.pk) for one in officers],
    )  # fmt: skip
    inspection = Inspection.objects.get(institution=nursery)
    assert (inspection.origin, inspection.reason) == ("report", "")
    assert set(Assignment.objects.values_list("user", flat=True)) == {one.pk for one in officers}
    assert TOLD in text_of(browser(officers[1]), reverse("complaints:complaint", args=[number]))
    assert onlooker.get(reverse("complaints:complaint", args=[number])).status_code == 404
    assert everything_given(head, nursery) == given_before
    assert not Notice.objects.filter(user=head).exists()
    assert "处理中" in look(number, code)


def _officer(name: str, at: At) -> User:
    return seated(Role.OFFICER, "health", at.county, username=f"{name}-{at.county}")


def everything_given(head: User, nursery: Institution) -> list[str]:
    """The pages and answers a head looks at; the tests of the room ask for many more."""
    client = browser(head)
    addresses = [
        reverse("institutions:record", args=[nursery.pk]), reverse("institutions:history", args=[nursery.pk]),
        reverse("cases:mine"), reverse("cases:notices"), f"/api/v1/office/institutions/{nursery.pk}",
    ]  # fmt: skip
    pages = [client.get(address).content.decode() for address in addresses]
    return [re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]


@everywhere
def test_a_complaint_is_sorted_handled_answered_and_judged(at: At) -> None:
    nursery = staff.nursery(at.county)
    number, code = tell(nursery, "hygiene")
    step = Case.objects.get(number=number).steps.get(state="active")
    assert (step.department, step.division_code, step.kind) == ("health", at.county, "triage")
    assert step.due_on is not None
    assert "待分办" in look(number, code)
    officer = desk_of("health", at.county)
    decided(officer, number, "triage", kind="hygiene", institution=nursery.name, department="health")
    said = {"conclusion": "partly", "found": "内部记录", "answer": "已责令当日整改消毒记录。"}
    decided(officer, number, "handling", **said)
    page = look(number, code)
    assert "已责令当日整改消毒记录" in page
    assert "部分属实" in page
    assert "内部记录" not in page
    key = {"number": number, "code": code}
    rated = Client().post(reverse("complaints:rating"), key | {"satisfaction": "satisfied"})
    assert rated.status_code == 200
    again = Client().post(reverse("complaints:rating"), key | {"satisfaction": "dissatisfied"})
    assert again.status_code == 409
    assert Complaint.objects.get(case__number=number).satisfaction == "satisfied"
