"""The staff register through the API: the same doors, problems and actions as on the pages."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.people import browser, seated
from institutions import desk
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.workforce.models import RecordCheck
from workforce.staff import GULOU, head_user, identity, nursery, typed

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


def test_a_nurserys_own_system_keeps_its_register() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    group = place.classes.get()
    client = browser(head_user(place))

    def ask(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        text = "" if body is None else json.dumps(body)
        answer = client.generic(method, f"/api/v1{path}", text, JSON)
        assert answer.status_code == status, (path, answer.content.decode())
        return answer.json()

    staff = f"/office/institutions/{place.pk}/staff"
    problems = ask("POST", staff, {"name": "甲", "identity": "1", "post": "x"}, 422)["problems"]
    assert {"hiring.identity.wrong", "hiring.post.unreadable", "hiring.contract.missing"} <= {
        problem["rule_key"] for problem in problems
    }
    one = ask("POST", staff, typed(1), 201)
    assert one["identity"] == f"{identity(1)[:3]}***********{identity(1)[-4:]}"
    here = f"/staff/{one['id']}"
    assert ask("GET", staff)["rows"] == [one]
    assert ask("GET", f"{staff}?held=past")["rows"] == []

    said = {"kind": "health_certificate", "issuer": "疾控中心", "issued_on": str(clock.today())}
    scan: SimpleUploadedFile = desk.image()
    shown = client.post(f"/api/v1{here}/certificates", said | {"file": scan})
    assert shown.status_code == 201, shown.content.decode()
    paper = shown.json()
    assert paper["has_file"]
    assert client.get(f"/api/v1/staff/certificates/{paper['id']}/file").status_code == 200
    wrong = client.post(f"/api/v1{here}/certificates", said | {"kind": "驾驶证"})
    assert wrong.json()["problems"][0]["rule_key"] == "certificate.kind.unreadable"

    placed = ask("PUT", f"{here}/class", {"class_group_id": group.pk, "from_day": str(clock.today())})
    assert placed["classes"] == [{"class_name": "小一班", "from_day": str(clock.today()), "to_day": None}]
    ask("PUT", f"{here}/class", {"class_group_id": 999999, "from_day": str(clock.today())}, 404)
    assert ask("PATCH", here, {"education": "本科"})["education"] == "本科"
    assert ask("POST", f"{here}/identity")["identity"] == identity(1)

    standing = ask("GET", f"/office/institutions/{place.pk}/staffing")
    assert (standing["capacity_sure"], standing["capacity_at_most"]) == (0, 5)
    open_points = {(p["rule_key"], p["holds"]) for p in standing["points"]}
    assert ("carer.training", None) in open_points
    assert ("ratio.toddler_small", False) in open_points
    assert all(p["since"] == str(clock.today()) for p in standing["points"])

    asked = ask("POST", f"{here}/checks", {"asked_on": str(clock.today())}, 201)
    answer = {"answered_on": str(clock.today()), "authority": "公安分局", "result": "clear"}
    assert ask("POST", f"/staff/checks/{asked['id']}/answer", answer)["result"] == "clear"
    ask("POST", f"/staff/checks/{asked['id']}/answer", answer, 409)
    assert RecordCheck.objects.count() == 2
    withdrawn = ask("POST", f"/staff/certificates/{paper['id']}/withdrawal", {"reason": "登记错了"})
    assert withdrawn["withdrawn"]
    end = {"last_day": str(clock.today()), "reason": "离职"}
    assert ask("POST", f"{here}/end", end)["end_reason"] == "离职"
    ask("POST", f"{here}/end", end, 409)

    officer = browser(seated(Role.OFFICER, "health", GULOU))
    found = officer.post("/api/v1/staff/search", {"identity": identity(1)}, JSON).json()
    assert [row["id"] for row in found] == [one["id"]]
    figures = officer.get("/api/v1/staff").json()["rows"]
    assert [(row["id"], row["counted"]) for row in figures] == [(place.pk, 1)]
    colleague = browser(seated(Role.NURSERY_STAFF, username="colleague", institution_id=place.pk))
    seen = colleague.get(f"/api/v1{here}").json()
    assert (seen["identity"], seen["phone"], seen["certificates"], seen["checks"]) == ("", "", [], [])
