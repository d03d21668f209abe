"""Before a phone is changed, or a first password set, whoever sits there shows once more who it is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.conftest import Phone
from accounts.people import PASSWORD, browser, person
from accounts.test_sign_in import totp_code, turn_on
from tuoyu.accounts.models import PhoneCode, User
from tuoyu.core import clock

pytestmark = pytest.mark.django_db

OLD, NEW = "13900000000", "13812345678"
CHANGE = "/account/phone/"


def without_password(**more: object) -> User:
    user = person("phone-only", phone=OLD, phone_proved_at=clock.now(), **more)
    user.set_unusable_password()
    user.save()
    return user


def confirm(client: Client, **given: str) -> Client:
    """By whatever page one is led to."""
    client.post(client.get(CHANGE)["Location"], given)
    return client


def change(client: Client, phone: Phone, number: str = NEW) -> int:
    client.post(CHANGE, {"phone": number})
    return client.post(reverse("accounts:phone_code"), {"code": phone.code(number)}).status_code


def phone_of(user: User) -> str | None:
    return User.objects.get(pk=user.pk).phone


def test_a_phone_is_changed_after_the_password_and_its_code(phone: Phone) -> None:
    user = person("wang", phone=OLD)
    assert change(confirm(browser(user), password=PASSWORD), phone) == 302
    assert phone_of(user) == NEW


@pytest.mark.parametrize("page", ["accounts:phone", "accounts:phone_code"])
def test_without_a_confirmation_no_code_is_sent_and_no_phone_changed(phone: Phone, page: str) -> None:
    user = person("wang", phone=OLD)
    client = browser(user)
    for answer in (client.get(reverse(page)), client.post(reverse(page), {"phone": NEW, "code": "123456"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not PhoneCode.objects.exists()
    assert phone_of(user) == OLD


def test_a_wrong_password_confirms_nothing_and_five_of_them_lock(phone: Phone) -> None:
    client = browser(person("wang", phone=OLD))
    for _ in range(5):
        confirm(client, password="wrong")
    assert client.post(CHANGE, {"phone": NEW}).status_code == 302
    assert not phone.texts(NEW)
    late = Client().post(reverse("account_login"), {"login": "wang", "password": PASSWORD})
    assert late.status_code == 429


def test_a_confirmation_is_good_for_five_minutes(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    client = confirm(browser(person("wang", phone=OLD)), password=PASSWORD)
    assert client.get(CHANGE).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get(CHANGE).status_code == 302


def test_where_there_is_no_password_a_code_to_the_old_phone_confirms(phone: Phone) -> None:
    user = without_password()
    client = browser(user)
    page = client.get(CHANGE)["Location"]
    assert page.startswith(reverse("accounts:confirm_phone"))
    assert "139****0000" in client.get(page).content.decode()
    assert client.post(page, {"send": "1"}).status_code == 302
    assert "验证码已发往" in client.get(page).content.decode()
    wrong = "000000" if phone.code(OLD) != "000000" else "111111"
    assert client.post(page, {"code": wrong}).status_code == 422
    assert client.get(CHANGE).status_code == 302
    assert client.post(page, {"code": phone.code(OLD)})["Location"] == CHANGE
    assert change(client, phone) == 302
    assert phone_of(user) == NEW


def test_the_phone_confirms_nobody_who_has_something_stronger(phone: Phone) -> None:
    page = reverse("accounts:confirm_phone")
    assert browser(person("wang", phone=NEW)).post(page, {"send": "1"}).status_code == 409
    user = without_password()
    turn_on(user)
    assert browser(user).post(page, {"send": "1"}).status_code == 409
    assert not PhoneCode.objects.exists()


def test_a_code_to_somebody_elses_phone_confirms_nothing(phone: Phone) -> None:
    thief = browser(without_password())
    thief.post(reverse("accounts:confirm_phone"), {"send": "1"})
    made = PhoneCode.objects.get()
    victim = person("victim", phone=NEW)
    victim.set_unusable_password()
    victim.save()
    client = browser(victim)
    session = client.session
    session["phone_confirmation"] = made.key
    session.save()
    assert client.post(reverse("accounts:confirm_phone"), {"code": phone.code(OLD)}).status_code == 422
    assert client.get(CHANGE).status_code == 302


def test_the_second_step_confirms_where_there_is_no_password(phone: Phone) -> None:
    user = without_password()
    secret = turn_on(user)
    client = browser(user)
    assert client.get(CHANGE)["Location"].startswith(reverse("mfa_reauthenticate"))
    assert change(confirm(client, code=totp_code(secret)), phone) == 302
    assert phone_of(user) == NEW


def test_guessing_the_second_step_at_a_confirmation_locks(phone: Phone) -> None:
    user = without_password()
    turn_on(user)
    client = browser(user)
    answers = [client.post(reverse("mfa_reauthenticate"), {"code": "000000"}).status_code for _ in range(5)]
    assert answers[-1] == 429


@pytest.mark.parametrize("page", ["accounts:password", "mfa_activate_totp"])
def test_no_first_password_and_no_second_step_is_set_by_whoever_finds_a_session(page: str) -> None:
    client = browser(user := without_password())
    new = {"new": "Another-Horse-8", "again": "Another-Horse-8"}
    for answer in (client.get(reverse(page)), client.post(reverse(page), new)):
        assert answer["Location"].startswith(reverse("accounts:confirm_phone"))
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_guessing_the_old_password_locks(phone: Phone) -> None:
    client = browser(person("wang"))
    given = {"old": "wrong", "new": "Another-Horse-8", "again": "Another-Horse-8"}
    answers = [client.post(reverse("accounts:password"), given).status_code for _ in range(5)]
    assert answers == [422] * 4 + [429]


def test_a_phone_of_somebody_else_is_not_taken_over(phone: Phone) -> None:
    person("other", phone=NEW)
    user = person("wang", phone=OLD)
    assert change(confirm(browser(user), password=PASSWORD), phone) == 409
    assert phone_of(user) == OLD


def test_a_code_to_confirm_is_old_after_five_minutes(phone: Phone) -> None:
    client = browser(without_password())
    page = client.get(CHANGE)["Location"]
    client.post(page, {"send": "1"})
    with clock.set_to(clock.now() + timedelta(minutes=5, seconds=1)):
        assert client.post(page, {"code": phone.code(OLD)}).status_code == 422
