"""Signing in, registering and taking up an invitation through the API: the same doors, locks and words."""

from typing import Any

import pytest

from accounts.conftest import Phone
from accounts.people import PASSWORD, person
from accounts.test_sign_in import totp_code, turn_on
from exchange.callers import Caller, said, seated, stranger
from tuoyu.accounts import actions
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import PhoneCode, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs", "quick_passwords")]

NUMBER = "13812345678"


def by_password(caller: Caller, login: str, password: str = PASSWORD) -> Any:
    return caller.post("/session/by-password", {"login": login, "password": password})


def asked(caller: Caller, number: str = NUMBER, purpose: str = "sign_in") -> str:
    answer = caller.post("/phone-codes", {"phone": number, "purpose": purpose})
    assert answer.status_code == 201, said(answer)
    assert answer.json()["sent_to"] == "138****5678"
    return str(answer.json()["key"])


def entered(caller: Caller, key: str, code: str) -> Any:
    return caller.post("/session/by-code", {"key": key, "code": code})


def signed_in(caller: Caller) -> bool:
    return bool(caller.get("/session").json()["signed_in"])


# ---------------------------------------------------------------- by password


def test_a_password_opens_a_session_that_the_rest_of_the_api_knows() -> None:
    user = person("wang", name="王某")
    caller = stranger()
    assert caller.get("/my/cases").status_code == 401
    told = by_password(caller, "wang").json()
    assert (told["signed_in"], told["name"], told["user_id"]) == (True, "王某", user.pk)
    assert caller.get("/my/cases").status_code == 200
    assert AuditEvent.objects.filter(verb="account.signed_in", actor_id=user.pk).exists()
    assert by_password(caller, "wang").status_code == 409
    assert caller.post("/session/end").status_code == 200
    assert caller.get("/my/cases").status_code == 401


@pytest.mark.parametrize("login", ["wang", "nobody", NUMBER])
def test_whoever_fails_is_told_the_same_and_locked_after_five(login: str) -> None:
    person("wang")
    answers = [by_password(Caller(REMOTE_ADDR=f"10.0.0.{n}"), login, "wrong") for n in range(6)]
    assert [a.status_code for a in answers] == [422] * 4 + [429] * 2
    assert {said(a) for a in answers[:4]} == {"账号或密码不对。"}
    assert "暂时锁定" in said(answers[-1])
    # The page and the API count together.
    page = stranger().client.post("/sign-in/", {"login": login, "password": PASSWORD})
    assert page.status_code == 429


def test_a_closed_account_does_not_open() -> None:
    person("wang", is_active=False)
    caller = stranger()
    assert by_password(caller, "wang").status_code == 403
    assert not signed_in(caller)


def test_no_other_site_signs_anybody_in() -> None:
    person("wang")
    caller = Caller(enforce_csrf_checks=True)
    refused = by_password(caller, "wang")
    assert refused.status_code == 403
    assert "X-CSRFToken" in said(refused)
    token = caller.get("/session").json()["csrf_token"]
    given = {"login": "wang", "password": PASSWORD}
    assert caller.post("/session/by-password", given, **{"X-CSRFToken": token}).status_code == 200


# ---------------------------------------------------------------- the second step


def test_with_two_steps_the_password_alone_opens_nothing() -> None:
    secret = turn_on(person("wang"))
    caller = stranger()
    told = by_password(caller, "wang").json()
    assert (told["signed_in"], told["step"]) == (False, "second_step")
    assert caller.get("/my/cases").status_code == 401
    answer = caller.post("/session/second-step", {"code": totp_code(secret)})
    assert answer.json()["signed_in"] is True
    assert caller.get("/my/cases").status_code == 200


def test_guessing_the_second_step_locks() -> None:
    turn_on(person("wang"))
    caller = stranger()
    by_password(caller, "wang")
    answers = [caller.post("/session/second-step", {"code": "000000"}).status_code for _ in range(5)]
    assert answers == [422] * 4 + [429]
    assert by_password(stranger(), "wang").status_code == 429


def test_a_second_step_without_a_first_is_none() -> None:
    assert stranger().post("/session/second-step", {"code": "000000"}).status_code == 409


# ---------------------------------------------------------------- by phone


def test_a_code_to_the_phone_opens_the_session(phone: Phone) -> None:
    user = person("wang", phone=NUMBER)
    caller = stranger()
    told = entered(caller, asked(caller), phone.code(NUMBER)).json()
    assert (told["signed_in"], told["user_id"]) == (True, user.pk)
    assert User.objects.get().phone_proved_at is not None


def test_asking_for_a_code_does_not_say_whether_there_is_an_account(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    known = stranger().post("/phone-codes", {"phone": NUMBER}).json()
    unknown = stranger().post("/phone-codes", {"phone": "13900000000"}).json()
    assert known.keys() == unknown.keys()
    assert phone.texts("13900000000")


def test_page_and_api_share_the_limit_of_codes(phone: Phone) -> None:
    asked(stranger())
    assert stranger().client.post("/sign-in/phone/", {"phone": NUMBER}).status_code == 429
    assert stranger().post("/phone-codes", {"phone": NUMBER}).status_code == 429
    assert len(phone.texts(NUMBER)) == 1


def test_a_code_is_good_for_five_tries_and_works_once(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    key = asked(stranger())
    right = phone.code(NUMBER)
    wrong = "000000" if right != "000000" else "111111"
    assert entered(stranger(), "made-up", right).status_code == 422
    assert {entered(stranger(), key, wrong).status_code for _ in range(5)} == {422}
    assert entered(stranger(), key, right).status_code == 422
    assert PhoneCode.objects.get().used_at is None


def test_who_has_no_account_registers_after_the_code(phone: Phone) -> None:
    caller = stranger()
    key = asked(caller, purpose="register")
    newcomer = {"key": key, "name": "李某"}
    assert caller.post("/accounts", newcomer).status_code == 422  # the phone is not proved yet
    told = entered(caller, key, phone.code(NUMBER)).json()
    assert (told["signed_in"], told["step"]) == (False, "registration")
    weak = caller.post("/accounts", newcomer | {"password": "short"})
    assert (weak.status_code, weak.json()["problems"][0]["field"]) == (422, "password")
    assert not User.objects.exists()
    made = caller.post("/accounts", newcomer | {"as_family": True})
    assert (made.status_code, made.json()["signed_in"]) == (201, True)
    user = User.objects.get()
    assert (user.name, user.phone, actor_for(user).holds(Role.GUARDIAN)) == ("李某", NUMBER, True)
    assert stranger().post("/accounts", newcomer).status_code == 409


# ---------------------------------------------------------------- invitations


def invited() -> str:
    admin = actor_for(seated(Role.SYSTEM_ADMIN))
    seat = SeatGiven(Role.OFFICER, "health", "320106")
    _, token = actions.invite(by=admin, username="zhao", name="赵某", phone="", seat=seat)
    return f"/invitation-links/{token}"


def test_an_invitation_is_read_and_taken_up_once() -> None:
    link = invited()
    told = stranger().get(link).json()
    assert (told["name"], told["username"]) == ("赵某", "zhao")
    assert "鼓楼区" in told["seat"]
    weak = stranger().post(f"{link}/acceptance", {"password": "short"})
    assert weak.status_code == 422
    assert stranger().post(f"{link}/acceptance", {"password": PASSWORD}).status_code == 201
    assert stranger().post(f"{link}/acceptance", {"password": PASSWORD}).status_code == 410
    assert stranger().get(link).status_code == 410
    caller = stranger()
    seats = by_password(caller, "zhao").json()["seats"]
    assert [(s["role"], s["department"], s["division_code"]) for s in seats] == [
        ("officer", "health", "320106")
    ]


def test_a_made_up_link_is_not_found_and_who_is_in_takes_up_none() -> None:
    assert stranger().get("/invitation-links/x").status_code == 404
    assert stranger().post("/invitation-links/x/acceptance", {"password": PASSWORD}).status_code == 404
    caller = Caller(person("wang"))
    assert caller.post(f"{invited()}/acceptance", {"password": PASSWORD}).status_code == 409


# ---------------------------------------------------------------- which seat


def test_one_acts_as_one_seat_or_as_all(phone: Phone) -> None:
    caller = Caller(seated(Role.OFFICER, "health"))
    held = caller.get("/session").json()["seats"][0]["id"]
    assert caller.send("PUT", "/session/seat", {"seat": held}).json()["seat"] == held
    assert caller.send("PUT", "/session/seat", {"seat": held + 1}).status_code == 404
    assert caller.send("PUT", "/session/seat", {"seat": None}).json()["seat"] is None
