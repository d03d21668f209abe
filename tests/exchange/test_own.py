"""One's own account through the API: the same confirmations, limits and refusals as the pages."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.conftest import Phone
from accounts.people import PASSWORD, person
from accounts.test_sign_in import totp_code
from exchange.callers import Caller, said, stranger
from institutions import desk
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import AgentAuthorisation, PhoneCode, User
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs", "quick_passwords")]

OLD, NEW = "13900000000", "13812345678"
BETTER = "Another-Horse-8"


def without_password() -> User:
    user = person("phone-only", phone=OLD, phone_proved_at=clock.now())
    user.set_unusable_password()
    user.save()
    return user


def confirmed(caller: Caller) -> Caller:
    answer = caller.post("/me/confirmation", {"password": PASSWORD})
    assert answer.status_code == 200, said(answer)
    return caller


# ---------------------------------------------------------------- details and password


def test_one_reads_and_changes_the_own_details() -> None:
    caller = Caller(person("wang", phone=OLD))
    told = caller.get("/me").json()
    assert (told["username"], told["phone"], told["confirms_by"]) == ("wang", "139****0000", ["password"])
    given = {"name": "新名", "email": "a@b.example", "notices_by_sms": False}
    changed = caller.send("PUT", "/me", given).json()
    assert {name: changed[name] for name in given} == given
    wrong = caller.send("PUT", "/me", given | {"email": "no address"})
    assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, "email")


def test_a_password_is_changed_with_the_old_one_and_guesses_lock() -> None:
    user = person("wang")
    caller = Caller(user)
    assert caller.post("/me/password", {"old": "wrong", "new": BETTER}).status_code == 422
    assert caller.post("/me/password", {"old": PASSWORD, "new": "weak"}).status_code == 422
    assert caller.post("/me/password", {"old": PASSWORD, "new": BETTER}).status_code == 200
    assert caller.get("/me").status_code == 200  # this session stays
    user.refresh_from_db()
    assert user.check_password(BETTER)
    answers = [caller.post("/me/password", {"old": "x", "new": BETTER}).status_code for _ in range(5)]
    assert 429 in answers


def test_a_first_password_needs_a_confirmation_by_the_own_phone(phone: Phone) -> None:
    caller = Caller(without_password())
    refused = caller.post("/me/password", {"new": BETTER})
    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (403, "confirmation")
    key = caller.post("/me/confirmation/code").json()["key"]
    wrong = "000000" if phone.code(OLD) != "000000" else "111111"
    assert caller.post("/me/confirmation", {"key": key, "code": wrong}).status_code == 422
    assert caller.post("/me/confirmation", {"key": key, "code": phone.code(OLD)}).status_code == 200
    assert caller.post("/me/password", {"new": BETTER}).status_code == 200


# ---------------------------------------------------------------- the phone


def test_a_phone_is_changed_after_a_confirmation_and_its_code(phone: Phone) -> None:
    user = person("wang", phone=OLD)
    caller = Caller(user)
    assert caller.post("/me/phone/code", {"phone": NEW}).status_code == 403
    assert not PhoneCode.objects.exists()
    key = confirmed(caller).post("/me/phone/code", {"phone": NEW}).json()["key"]
    assert caller.post("/me/phone", {"key": key, "code": phone.code(NEW)}).status_code == 200
    user.refresh_from_db()
    assert user.phone == NEW


def test_a_code_one_asked_for_oneself_changes_no_phone_in_a_found_session(phone: Phone) -> None:
    thief = confirmed(Caller(person("thief")))
    key = thief.post("/me/phone/code", {"phone": NEW}).json()["key"]
    victim = Caller(person("victim", phone=OLD))
    assert victim.post("/me/phone", {"key": key, "code": phone.code(NEW)}).status_code == 403
    assert User.objects.get(username="victim").phone == OLD


def test_a_code_to_sign_in_confirms_nothing_and_changes_no_phone(phone: Phone) -> None:
    key = stranger().post("/phone-codes", {"phone": NEW}).json()["key"]
    code = phone.code(NEW)
    caller = confirmed(Caller(person("wang", phone=OLD)))
    assert caller.post("/me/phone", {"key": key, "code": code}).status_code == 422
    assert caller.post("/me/confirmation", {"key": key, "code": code}).status_code == 409
    assert stranger().post("/session/by-code", {"key": key, "code": code}).status_code == 200


# ---------------------------------------------------------------- the second step


def test_two_steps_are_turned_on_read_renewed_and_turned_off() -> None:
    user = person("wang")
    caller = Caller(user)
    for method, path in (("POST", "/me/two-step/start"), ("POST", "/me/two-step/end"),
                         ("GET", "/me/recovery-codes"), ("POST", "/me/recovery-codes")):  # fmt: skip
        assert caller.send(method, path).status_code == 403, path
    assert caller.post("/me/two-step", {"code": "123456"}).status_code == 403
    secret = confirmed(caller).post("/me/two-step/start").json()["secret"]
    assert caller.post("/me/two-step", {"code": "000000"}).status_code == 422
    codes = caller.post("/me/two-step", {"code": totp_code(secret)}).json()["codes"]
    assert len(codes) == 10
    assert caller.get("/me/recovery-codes").json()["codes"] == codes
    assert caller.post("/me/recovery-codes").json()["codes"] != codes
    assert caller.get("/me").json()["confirms_by"] == ["password", "two_step"]
    assert caller.post("/me/two-step/start").status_code == 409
    assert caller.post("/me/two-step/end").status_code == 200
    assert caller.post("/me/two-step/end").status_code == 409
    verbs = set(AuditEvent.objects.filter(actor_id=user.pk).values_list("verb", flat=True))
    assert {"account.two_step_added", "account.two_step_removed"} <= verbs


def test_wrong_confirmations_lock() -> None:
    caller = Caller(person("wang"))
    answers = [caller.post("/me/confirmation", {"password": "x"}).status_code for _ in range(5)]
    assert answers == [422] * 4 + [429]


# ---------------------------------------------------------------- agents


def offer(caller: Caller, **more: Any) -> Any:
    given = {
        "agent": "agent", "matter": "setting_up", "ends_on": str(clock.today() + timedelta(days=30)),
    } | more  # fmt: skip
    return caller.client.post("/api/v1/me/agents", given)


def test_an_agent_is_offered_accepts_and_is_revoked() -> None:
    principal, agent = person("principal", name="委托人"), person("agent")
    by, to = Caller(principal), Caller(agent)
    made = offer(by, division_code="320100", scope="见授权书", letter=desk.image())
    assert made.status_code == 201, said(made)
    pk = made.json()["id"]
    assert made.json()["has_letter"]
    received = to.get("/me/agents").json()
    assert [(r["id"], r["side"], r["other"], r["division_code"]) for r in received] == [
        (pk, "received", "委托人", "320100")
    ]
    assert to.post(f"/agents/{pk}/answer", {"accept": True}).json()["state"] == "active"
    assert actor_for(agent).owner_ids == {agent.pk, principal.pk}
    assert to.get(f"/agents/{pk}/letter").status_code == 200
    assert by.post(f"/agents/{pk}/revocation").json()["state"] == "revoked"
    assert by.post(f"/agents/{pk}/revocation").status_code == 409
    assert actor_for(agent).owner_ids == {agent.pk}


def test_a_strangers_authorisation_does_not_exist() -> None:
    pk = offer(Caller(person("principal"))).json()["id"]
    caller = Caller(person("other"))
    assert caller.post(f"/agents/{pk}/answer", {"accept": True}).status_code == 404
    assert caller.post(f"/agents/{pk}/revocation").status_code == 404
    assert caller.get(f"/agents/{pk}/letter").status_code == 404
    assert caller.get("/me/agents").json() == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"matter": "everything"}, "matter"),
        ({"agent": "principal"}, "agent"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"division_code": "320106001"}, "division_code"),
    ],
)
def test_a_defective_offer_is_refused_at_its_field(more: dict[str, str], field: str) -> None:
    answer = offer(Caller(person("principal")), **more)
    assert answer.status_code == 422
    assert field in {p["field"] for p in answer.json()["problems"]}
    assert not AgentAuthorisation.objects.exists()


def test_a_disguised_letter_changes_nothing() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    letter = SimpleUploadedFile("letter.pdf", b"MZ not a pdf at all")
    assert offer(Caller(person("principal")), letter=letter).status_code == 422
    assert not AgentAuthorisation.objects.exists()
