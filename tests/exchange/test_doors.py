"""Every operation of the API has a door; strangers, neighbours and robots stay outside."""

import re

import pytest

from exchange.callers import GULOU, XUANWU, Caller, message, officer, robot, said, seated, stranger
from tuoyu.core.actor import Role
from tuoyu.core.permissions import REGISTRY
from tuoyu.exchange.api import api, schema
from tuoyu.exchange.api.operations import DECLARED, Declared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]

# What needs no sign-in: each a reason to be read.
PUBLIC = {
    "GET /institutions",
    "GET /institutions/{pk}",
    "GET /institutions/{pk}/suspensions",
    "GET /publications",
    "GET /certificates/{code}",
    "GET /routes",
    "GET /application-pages",
    "GET /jurisdictions",
    "GET /jurisdictions/{code}/clauses",
    "GET /jurisdictions/{code}/targets",
    "GET /rules",
    "GET /divisions",
    "GET /divisions/{code}",
    "GET /workdays",
    "GET /workdays/deadline",
    "GET /checklists",
    # What supervision ended in, once it is published.
    "GET /inspection-results",
    "GET /draw-rounds",
    "GET /draw-rounds/{pk}",
    "GET /draw-rounds/{pk}/file",
    "GET /assessment-results",
    "GET /assessment-results/{pk}",
    "GET /credit-lists",
    # Told by anybody, looked up by number and code: each write wants the CSRF token.
    "POST /complaints",
    "POST /complaints/tracker",
    "POST /complaints/tracker/rating",
    "POST /complaints/tracker/review",
    # Before there is anybody who could be asked: each write wants the CSRF token.
    "GET /session",
    "POST /session/by-password",
    "POST /session/by-code",
    "POST /session/second-step",
    "POST /phone-codes",
    "POST /accounts",
    "GET /invitation-links/{token}",
    "POST /invitation-links/{token}/acceptance",
}
# What a registrar's own system may do; everything else refuses it.
FOR_ROBOTS = {
    "POST /registrations",
    "GET /registrations/{source_system}/{source_id}",
    "GET /messages",
    "POST /messages/{pk}/acknowledgement",
    "POST /cases/{number}/steps/{key}/decision",
    "POST /cases/{number}/steps/{key}/taking",
}


def title(one: Declared) -> str:
    return f"{one.method} {one.path}"


CLOSED = [one for one in DECLARED if one.door.check is not None]


def address(one: Declared) -> str:
    """An address of the operation that names nothing there is."""
    values = {"day": "2026-11-22", "page": "basics", "key": "filing", "number": "TY0"}
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "999999"), one.path)


def test_every_operation_is_declared_with_its_door() -> None:
    served = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in schema()["paths"].items()
        for method in methods
    }
    assert served == {title(one) for one in DECLARED}
    for one in DECLARED:
        kind, _, what = one.door.says.partition(": ")
        assert kind in ("public", "signed in", "permission"), title(one)
        assert what, title(one)
        if kind == "permission":
            assert set(what.split(", ")) <= set(REGISTRY), title(one)


def test_what_is_open_to_everybody_is_on_a_short_list() -> None:
    assert {title(one) for one in DECLARED if one.door.check is None} == PUBLIC


def test_no_write_that_is_open_to_everybody_is_made_by_another_site() -> None:
    caller = Caller(enforce_csrf_checks=True)
    for one in DECLARED:
        if one.door.check is None and one.method != "GET":
            response = caller.send(one.method, address(one))
            assert response.status_code in (403, 422), title(one)  # what is sent is read first
            assert one.door.by_browser, title(one)


def test_every_operation_behind_a_door_asks_for_credentials_and_says_so() -> None:
    for one in CLOSED:
        described = schema()["paths"][f"/api/v1{one.path}"][one.method.lower()]
        assert described["security"] == [{"Token": []}, {"Session": []}], title(one)
        assert {"400", "401", "403", "404", "422"} <= {str(s) for s in described["responses"]}, title(one)
    assert api.auth is not None


def test_a_stranger_is_asked_to_sign_in_whatever_the_operation() -> None:
    caller = stranger()
    for one in CLOSED:
        response = caller.send(one.method, address(one))
        assert response.status_code == 401, title(one)
        assert "请先登录" in said(response), title(one)
        assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_nobody_gave_is_refused_whatever_the_operation() -> None:
    caller = Caller(token="ty_made-up")
    assert {caller.send(one.method, address(one)).status_code for one in CLOSED} == {401}


def test_a_robot_may_do_what_is_on_its_list_and_nothing_else() -> None:
    caller = robot()
    for one in CLOSED:
        response = caller.send(one.method, address(one))
        if title(one) in FOR_ROBOTS:
            assert response.status_code in (200, 404, 422), (title(one), said(response))
        elif response.status_code != 422:  # what is sent is read before the door is asked
            assert response.status_code == 403, title(one)
            assert said(response), title(one)


def test_what_a_robot_sends_well_formed_is_refused_too() -> None:
    caller = robot()
    for path, given in (
        ("/applications", {"division_code": GULOU, "kind": "institution", "nature": "nonprofit",
                           "legal_form": "social_service_org"}),
        ("/api-clients", {"name": "另一系统", "department": "health", "division_code": GULOU}),
        ("/people/1/unlocking", {"reason": "试试"}),
        ("/cases/TY1/withdrawal", {"reason": "试试"}),
    ):  # fmt: skip
        assert caller.post(path, given).status_code == 403, path


def test_a_message_of_the_neighbouring_county_does_not_exist() -> None:
    theirs = message(division=XUANWU)
    caller = officer("health", GULOU)
    assert caller.get("/messages").json()["rows"] == []
    assert caller.post(f"/messages/{theirs.pk}/acknowledgement").status_code == 404


def test_a_message_to_another_department_of_the_same_county_does_not_exist() -> None:
    theirs = message("public_security")
    assert officer("health").post(f"/messages/{theirs.pk}/acknowledgement").status_code == 404


def test_a_city_sees_the_counties_message_but_may_not_take_note_of_it() -> None:
    there = message(division=GULOU)
    city = officer("health", "320100")
    rows = city.get("/messages").json()["rows"]
    assert [(row["id"], row["may_acknowledge"]) for row in rows] == [(there.pk, False)]
    refused = city.post(f"/messages/{there.pk}/acknowledgement")
    assert refused.status_code == 403
    assert "签收" in said(refused)


def test_a_session_without_the_pages_csrf_token_changes_nothing() -> None:
    there = message()
    caller = Caller(seated(Role.OFFICER, "health"), enforce_csrf_checks=True)
    refused = caller.post(f"/messages/{there.pk}/acknowledgement")
    assert refused.status_code == 403
    assert "X-CSRFToken" in said(refused)
    there.refresh_from_db()
    assert there.state == "queued"


def test_a_revoked_token_is_refused_at_the_next_request() -> None:
    from tuoyu.accounts.models import ApiClient
    from tuoyu.core import clock

    caller = robot()
    assert caller.get("/messages").status_code == 200
    admin = seated(Role.SECURITY_ADMIN)
    ApiClient.objects.update(revoked_at=clock.now(), revoked_by=admin)
    assert caller.get("/messages").status_code == 401
