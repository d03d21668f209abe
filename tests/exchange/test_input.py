"""Hostile input: never a 500, always a clear sentence, nothing changed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.callers import GULOU, Caller, robot, said, seated, stranger
from tuoyu.core.actor import Role
from tuoyu.core.problems import Refused
from tuoyu.exchange.api.input import BODY_LIMIT, read_json
from tuoyu.institutions.models import Application, Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]

GOOD = {
    "source_system": "民政业务系统",
    "source_id": "A-1",
    "name": "鼓楼区小星星托育园",
    "uscc": "52320106MJ0000018A",
    "registration_number": "民证字第0001号",
    "registered_on": "2026-01-05",
    "division_code": GULOU,
    "nature": "nonprofit",
    "legal_form": "social_service_org",
}


def test_what_is_no_json_or_would_do_harm_is_refused_with_a_sentence() -> None:
    caller = robot()
    bodies: list[tuple[str | bytes, str]] = [
        (b"\xff\xfe{}", "UTF-8"),
        (b"{", "不是有效的JSON"),
        (b"[" * 5000, "不是有效的JSON"),
        ("[" * 30 + "]" * 30, "嵌套"),
        ('{"name": NaN}', "NaN"),
        ('{"name": -Infinity}', "Infinity"),
        ('{"name": 1e999}', "过大的数"),
        ('{"name": ' + "9" * 5000 + "}", "过大的整数"),
        ('{"name": "\\u0000"}', "NUL"),
        ('{"\\u0000": 1}', "NUL"),
        ('{"name": "\\ud800"}', "半个代理对"),
    ]
    for body, says in bodies:
        response = caller.post("/registrations", body)
        assert response.status_code == 400, body[:40]
        assert says in said(response), body[:40]
    assert not Institution.objects.exists()


def test_a_body_of_the_wrong_shape_is_told_field_by_field() -> None:
    caller = robot()
    response = caller.post("/registrations", {**GOOD, "registered_on": "昨天", "extra": 1, "name": 5})
    assert response.status_code == 422
    problems = {p["field"]: p["message"] for p in response.json()["problems"]}
    assert problems == {
        "name": "“name”：应为文字。",
        "registered_on": "“registered_on”：日期应写成2026-11-22的样子。",
        "extra": "“extra”：没有这个字段，请核对字段名。",
    }
    for body in ([], "text", 3, None, True):
        assert caller.post("/registrations", json.dumps(body)).status_code == 422


def test_a_body_too_large_is_refused_before_it_is_read() -> None:
    response = robot().post("/registrations", {**GOOD, "business_scope": "长" * BODY_LIMIT})
    assert response.status_code == 413
    assert "1MB" in said(response)


def test_nul_and_nonsense_in_an_address_are_refused() -> None:
    caller = stranger()
    assert caller.get("/institutions", q="\x00").status_code == 400
    assert caller.get("/certificates/%00").status_code in (400, 404)
    assert caller.get("/institutions", page="9" * 30).status_code == 422
    assert caller.get("/institutions", page=-1).status_code == 422
    assert caller.get("/institutions", kind="school").status_code == 422
    assert caller.get("/institutions/99999999999999999999").status_code == 422
    assert caller.get("/rules", place="999999").status_code == 404
    assert caller.get("/rules", on="0001-01-01").status_code == 422
    assert caller.get("/workdays", first="2026-01-01", last="2199-01-01").status_code == 422
    assert caller.get("/nothing-here").status_code == 404
    assert said(caller.get("/nothing-here"))


def test_a_wrong_method_is_told_like_everything_else() -> None:
    response = stranger().send("DELETE", "/institutions")
    assert response.status_code == 405
    assert response["Allow"] == "GET"
    assert said(response)


def test_a_page_past_the_end_is_the_last_one() -> None:
    assert stranger().get("/institutions", page=7).json()["page"] == 1


def test_hostile_fields_of_an_application_are_kept_as_text_or_refused() -> None:
    user = seated(Role.GUARDIAN, division="", name="jiazhang")
    caller = Caller(user)
    choices = {"kind": "institution", "nature": "nonprofit", "legal_form": "social_service_org"}
    begun = caller.post("/applications", {"division_code": GULOU, **choices})
    assert begun.status_code == 201, said(begun)
    pk = begun.json()["id"]
    hostile: dict[str, Any] = {
        "name": {"a": [1]},
        "care_types": {"x": 1},
        "address": "=cmd()",
        "floor": 1e300,
    }
    saved = caller.send("PATCH", f"/applications/{pk}/pages/basics", {"version": 1, "fields": hostile})
    assert saved.status_code == 200, said(saved)
    rows = {"rows": [1, None, "x", {"places": {"a": 1}}]}
    saved = caller.send("PATCH", f"/applications/{pk}/pages/classes", {"version": 2, "fields": rows})
    assert saved.status_code == 200, said(saved)
    for fields in ({"rows": {"a": 1}}, {"rows": 5}, {"rows": "text"}):
        again = caller.send("PATCH", f"/applications/{pk}/pages/classes", {"version": 3, "fields": fields})
        assert again.status_code in (200, 409, 422)
    assert caller.get(f"/applications/{pk}/problems").status_code == 200
    assert caller.get(f"/applications/{pk}/capacity").status_code == 200
    overtaken = caller.send("PATCH", f"/applications/{pk}/pages/basics", {"version": 1, "fields": {}})
    assert overtaken.status_code == 409
    assert (
        caller.send("PATCH", f"/applications/{pk}/pages/none", {"version": 9, "fields": {}}).status_code
        == 404
    )
    assert Application.objects.get().state == "draft"


JSON = st.recursive(
    st.none() | st.text() | st.floats() | st.integers(), lambda inner: st.lists(inner, max_size=3)
)


def read_or_refused(body: bytes) -> Any:
    """What the reader lets through; None when it refused, as the caller's mistake."""
    try:
        return read_json(body)
    except Refused as refusal:
        return None if refusal.status == 400 else refusal


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(body: bytes) -> None:
    assert not isinstance(read_or_refused(body), Exception)


@given(JSON)
def test_what_the_reader_lets_through_can_be_written_again(told: Any) -> None:
    read = read_or_refused(json.dumps(told).encode())
    assert not isinstance(read, Exception)
    json.dumps(read, allow_nan=False, ensure_ascii=False).encode()
