"""Through the API alone: an applicant fills in and hands in, officers decide, families find the nursery."""

from typing import Any

import pytest

from exchange.callers import GULOU, XUANWU, Caller, message, officer, said, seated, stranger
from institutions import desk
from tuoyu.cases.models import Case
from tuoyu.core.actor import Role
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]

CHOICES = {
    "division_code": GULOU,
    "kind": "institution",
    "nature": "nonprofit",
    "legal_form": "social_service_org",
}


def family(name: str = "申办人") -> Caller:
    return Caller(seated(Role.GUARDIAN, division="", name=name))


def save(caller: Caller, pk: int, page: str, fields: dict[str, Any]) -> Any:
    version = caller.get(f"/applications/{pk}").json()["version"]
    return caller.send("PATCH", f"/applications/{pk}/pages/{page}", {"version": version, "fields": fields})


def handed_in(caller: Caller) -> str:
    """Fill in an application and hand it in; the number of its case."""
    pk = caller.post("/applications", CHOICES).json()["id"]
    typed = desk.good_pages(GULOU)
    for slot in caller.get(f"/applications/{pk}/papers").json():
        kept = caller.client.post(
            f"/api/v1/applications/{pk}/papers", {"slot": slot["key"], "file": desk.image()}
        )
        assert kept.status_code == 201, said(kept)
        details = {"issuer": "某单位", "number": "A-1", "issued_on": "2026-01-05", "expires_on": "2030-01-05"}
        typed["papers"] |= {f"{slot['key']}_{name}": value for name, value in details.items()}
    for page, fields in typed.items():
        assert save(caller, pk, page, fields).status_code == 200
    blocking = [
        p for p in caller.get(f"/applications/{pk}/problems").json()["problems"] if p["severity"] == "block"
    ]
    assert blocking == []
    answers = [caller.post(f"/applications/{pk}/submission") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200], said(answers[0])
    assert answers[0].json()["case_number"] == answers[1].json()["case_number"], "twice is one case"
    return str(answers[0].json()["case_number"])


def approve(number: str, kind: str) -> None:
    """Each department decides its step of that kind."""
    for step in Case.objects.get(number=number).steps.filter(kind=kind):
        caller = officer(step.department, step.division_code)
        result = desk.RESULT | {"registered_on": "2026-01-05"} if kind == "registration" else {}
        path = f"/cases/{number}/steps/{step.key}/decision"
        answer = caller.post(path, {"decision": "approve", "result": result})
        assert answer.status_code == 200, said(answer)


def test_the_way_is_told_before_anybody_begins() -> None:
    steps = stranger().get("/routes", **CHOICES).json()["steps"]
    assert [s["kind"] for s in steps].count("check") == 8
    assert {s["department"] for s in steps if s["kind"] == "registration"} == {"civil_affairs"}
    wrong = stranger().get("/routes", **(CHOICES | {"legal_form": "enterprise"}))
    assert wrong.status_code == 422
    assert wrong.json()["problems"][0]["field"] == "legal_form"


def test_from_the_first_page_to_the_public_directory() -> None:
    caller = family()
    number = handed_in(caller)
    waiting = officer("health").get("/inbox").json()["rows"]
    assert [row["number"] for row in waiting] == [number]
    for kind in ("check", "consent", "registration", "filing"):
        approve(number, kind)
    found = stranger().get("/institutions", q="xiaoxingxing").json()["rows"]
    assert [row["name"] for row in found] == ["鼓楼区小星星托育园"]
    pk = found[0]["id"]
    shown = stranger().get(f"/institutions/{pk}").json()
    assert shown["places"] == 29
    assert "contact_identity" not in str(shown)
    code = Institution.objects.get(pk=pk).certificates.first().code
    assert stranger().get(f"/certificates/{code}").json()["good"] is True
    assert [p["kind"] for p in stranger().get("/publications").json()["rows"]] == ["filing"]


def test_the_applicant_does_not_see_one_departments_remarks_before_they_go_back_together() -> None:
    caller = family()
    number = handed_in(caller)
    step = Case.objects.get(number=number).steps.get(kind="check", department="education")
    decided = officer("education").post(
        f"/cases/{number}/steps/{step.key}/decision",
        {"decision": "defects", "remarks": [{"text": "楼层过高", "page": "premises", "field": "floor"}]},
    )
    assert decided.status_code == 200, said(decided)
    assert "楼层过高" in str(decided.json()["remarks"])
    seen = caller.get(f"/cases/{number}").json()
    assert seen["seen_as"] == "applicant"
    assert "楼层过高" not in str(seen)
    assert {s["state"] for s in seen["steps"] if s["key"] == step.key} == {"active"}
    again = officer("education").post(f"/cases/{number}/steps/{step.key}/decision", {"decision": "approve"})
    assert again.status_code == 409


def test_somebody_elses_application_and_case_do_not_exist() -> None:
    number = handed_in(family())
    other = family("另一人")
    pk = Case.objects.get(number=number).application.pk
    for method, path in (
        ("GET", f"/applications/{pk}"),
        ("GET", f"/applications/{pk}/problems"),
        ("POST", f"/applications/{pk}/submission"),
        ("DELETE", f"/applications/{pk}"),
        ("GET", f"/cases/{number}"),
    ):
        assert other.send(method, path).status_code == 404, path
    assert other.post(f"/cases/{number}/withdrawal", {"reason": "试试"}).status_code == 404
    neighbour = officer("education", XUANWU)
    assert neighbour.get(f"/cases/{number}").status_code == 404
    step = Case.objects.get(number=number).steps.get(kind="check", department="education")
    decision = {"decision": "approve"}
    assert neighbour.post(f"/cases/{number}/steps/{step.key}/decision", decision).status_code == 404


def test_a_disguised_upload_is_refused_with_a_sentence() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    caller = family()
    pk = caller.post("/applications", CHOICES).json()["id"]
    slot = caller.get(f"/applications/{pk}/papers").json()[0]["key"]
    fake = SimpleUploadedFile("scan.pdf", b"<script>alert(1)</script>", "application/pdf")
    refused = caller.client.post(f"/api/v1/applications/{pk}/papers", {"slot": slot, "file": fake})
    assert refused.status_code == 422
    assert "PDF" in said(refused)
    huge = SimpleUploadedFile("scan.pdf", b"%PDF-" + b"x" * (11 * 1024 * 1024), "application/pdf")
    refused = caller.client.post(f"/api/v1/applications/{pk}/papers", {"slot": slot, "file": huge})
    assert refused.status_code == 413


def test_an_administrator_invites_and_gives_a_token_and_takes_it_back() -> None:
    admin = Caller(seated(Role.SYSTEM_ADMIN, division="320100"))
    invitation = {"username": "xinren", "name": "新人", "role": "officer", "department": "health",
                  "division_code": GULOU}  # fmt: skip
    made = admin.post("/invitations", invitation)
    assert made.status_code == 201, said(made)
    assert "/invitations/" in made.json()["link"]
    assert admin.post("/invitations", invitation).status_code == 409
    assert admin.post(f"/invitations/{made.json()['id']}/withdrawal").status_code == 200
    guard = Caller(seated(Role.SECURITY_ADMIN, division="320100"))
    given = {"name": "民政业务系统", "department": "civil_affairs", "division_code": GULOU}
    token = guard.post("/api-clients", given).json()
    machine = Caller(token=token["token"])
    assert machine.get("/messages").status_code == 200
    assert guard.post(f"/api-clients/{token['id']}/revocation").status_code == 200
    assert machine.get("/messages").status_code == 401
    assert admin.get("/api-clients").status_code == 403


LISTS = (
    ("/institutions", lambda: stranger(), 3),
    ("/messages", lambda: officer("health"), 6),
    ("/deliveries", lambda: Caller(seated(Role.DEPARTMENT_LEAD, "health")), 6),
    ("/inbox", lambda: officer("health"), 6),
    ("/cases", lambda: officer("health"), 6),
    ("/seats", lambda: Caller(seated(Role.SYSTEM_ADMIN, division="320100")), 6),
)


def test_a_list_asks_the_database_as_often_for_fifty_rows_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    message(key="first")
    _institution(0)
    callers = {path: make() for path, make, _ in LISTS}
    asked = {}
    for path, _, most in LISTS:
        callers[path].get(path)
        with django_assert_max_num_queries(most) as queries:
            callers[path].get(path, size=50)
        asked[path] = len(queries)
    for number in range(1, 50):
        message(key=str(number))
        _institution(number)
    for path, _, _ in LISTS:
        with django_assert_max_num_queries(asked[path]):
            answer = callers[path].get(path, size=50)
        assert answer.status_code == 200, path
    for path in ("/institutions", "/messages", "/deliveries"):
        assert len(callers[path].get(path, size=50).json()["rows"]) == 50, path


def _institution(number: int) -> None:
    Institution.objects.create(
        name=f"鼓楼区第{number}托育园",
        kind="institution",
        nature="forprofit",
        legal_form="enterprise",
        division_code=GULOU,
        address="中山北路1号",
        registration="registered",
        registrar="market_regulation",
        registered_on="2026-01-05",
        filing="normal",
        receipt_number=f"托备{number}",
        receipt_issued_on="2026-01-08",
        public_since="2026-01-08",
    )
