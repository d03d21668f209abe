"""Signing in by password and by phone, registering, being locked out, leaving."""

from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from accounts.conftest import Phone
from accounts.people import PASSWORD, browser, person, seated
from tuoyu.accounts.models import PhoneCode, User
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent

pytestmark = pytest.mark.django_db

NUMBER = "13812345678"


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("account_login"), {"login": login, "password": password, **more})


def ask(client: Client, number: str = NUMBER, page: str = "accounts:by_phone"):
    return client.post(reverse(page), {"phone": number})


def enter(client: Client, code: str):
    return client.post(reverse("accounts:code"), {"code": code})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ---- by password


def test_a_password_opens_the_door_and_leaves_an_event() -> None:
    user = person("wang")
    client = Client()
    assert sign_in(client, "wang").status_code == 302
    assert signed_in(client)
    assert AuditEvent.objects.filter(verb="account.signed_in", actor_id=user.pk).exists()


def test_the_phone_serves_as_a_name_too() -> None:
    person("wang", phone=NUMBER)
    client = Client()
    sign_in(client, "138 1234 5678")
    assert signed_in(client)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike() -> None:
    person("wang")
    wrong, unknown = sign_in(Client(), "wang", "x"), sign_in(Client(), "nobody", "x")
    assert wrong.status_code == unknown.status_code == 200
    assert "账号或密码不对" in wrong.content.decode()
    assert "账号或密码不对" in unknown.content.decode()


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_five_failures_lock_the_name_whoever_knocks_and_whether_it_exists(name: str) -> None:
    person("wang")
    for tried in range(5):
        answer = Client(REMOTE_ADDR=f"10.0.0.{tried}").post(
            reverse("account_login"), {"login": name, "password": "wrong"}
        )
    assert answer.status_code == 429
    late = sign_in(Client(REMOTE_ADDR="10.0.0.99"), name)
    assert late.status_code == 429
    assert "暂时锁定" in late.content.decode()


def test_thirty_failures_lock_the_address_for_every_name() -> None:
    person("wang")
    client = Client(REMOTE_ADDR="10.9.9.9")
    for tried in range(30):
        sign_in(client, f"name{tried}", "wrong")
    assert not signed_in(client)
    assert "失败次数过多" in sign_in(client, "wang").content.decode()
    assert not signed_in(client)
    other = Client(REMOTE_ADDR="10.9.9.10")
    sign_in(other, "wang")
    assert signed_in(other)


def test_what_was_typed_is_not_kept_with_the_failure() -> None:
    from axes.models import AccessAttempt

    sign_in(Client(), NUMBER, "Secret-Password-1")
    kept = AccessAttempt.objects.get()
    assert "Secret" not in kept.post_data
    assert NUMBER not in kept.post_data + kept.username


@pytest.mark.parametrize("next_address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_led_to_another_site(next_address: str) -> None:
    person("wang")
    answer = sign_in(Client(), "wang", next=next_address)
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_after_signing_in_one_is_led_where_one_wanted_to_go() -> None:
    person("wang")
    assert sign_in(Client(), "wang", next="/account/")["Location"] == "/account/"


def test_a_closed_account_is_told_so_only_with_the_right_password() -> None:
    person("wang", is_active=False)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "wang", "password": PASSWORD}, follow=True)
    assert "已停用" in answer.content.decode()
    assert not signed_in(client)


def test_who_is_in_needs_no_door() -> None:
    client = browser(person())
    for page in ("account_login", "accounts:by_phone", "accounts:register"):
        assert client.get(reverse(page)).status_code == 302


def test_one_leaves_by_post_only() -> None:
    client = browser(person())
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert signed_in(client)
    client.post(reverse("accounts:sign_out"))
    assert not signed_in(client)


def test_a_giant_field_and_a_null_byte_are_refused_calmly() -> None:
    for login in ("x" * 100_000, "a\0b"):
        assert sign_in(Client(), login, "x" * 100_000).status_code == 200


def test_wrong_methods_are_refused() -> None:
    client = browser(seated("system_admin"))
    for page, method in (
        ("accounts:by_phone", "delete"),
        ("accounts:people", "post"),
        ("accounts:unlock", "get"),
        ("accounts:choose_seat", "get"),
    ):
        found = getattr(Client() if page == "accounts:by_phone" else client, method)(reverse(page))
        assert found.status_code == (405 if page != "accounts:unlock" else 403)


# ---- by phone


def test_a_code_sent_to_the_phone_opens_the_door(phone: Phone) -> None:
    user = person("wang", phone=NUMBER)
    client = Client()
    assert ask(client)["Location"] == reverse("accounts:code")
    enter(client, phone.code(NUMBER))
    assert client.session["_auth_user_id"] == str(user.pk)


def test_asking_for_a_code_does_not_say_whether_there_is_an_account(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    known, unknown = ask(Client(), NUMBER), ask(Client(), "13900000000")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert phone.texts("13900000000")


def test_who_has_no_account_makes_one_after_the_code(phone: Phone) -> None:
    client = Client()
    ask(client, page="accounts:register")
    assert enter(client, phone.code(NUMBER))["Location"] == reverse("accounts:registration")
    answer = client.post(reverse("accounts:registration"), {"name": "李某", "password": ""})
    assert answer.status_code == 302
    user = User.objects.get(name="李某")
    assert user.phone == NUMBER
    assert user.phone_proved_at is not None
    assert not user.has_usable_password()
    assert signed_in(client)


def test_a_weak_password_at_registration_changes_nothing(phone: Phone) -> None:
    client = Client()
    ask(client, page="accounts:register")
    enter(client, phone.code(NUMBER))
    answer = client.post(reverse("accounts:registration"), {"name": "李某", "password": "short"})
    assert answer.status_code == 422
    assert "密码至少" in answer.content.decode()
    assert not User.objects.exists()


def test_registering_with_a_known_phone_signs_in_to_that_account(phone: Phone) -> None:
    user = person("wang", phone=NUMBER)
    client = Client()
    ask(client, page="accounts:register")
    enter(client, phone.code(NUMBER))
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nobody_registers_without_a_proved_phone() -> None:
    client = Client()
    assert client.get(reverse("accounts:registration")).status_code == 302
    assert client.post(reverse("accounts:registration"), {"name": "李某"}).status_code == 302
    assert not User.objects.exists()


def test_a_code_works_once(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    client = Client()
    ask(client)
    code = phone.code(NUMBER)
    enter(client, code)
    client.post(reverse("accounts:sign_out"))
    enter(client, code)
    assert not signed_in(client)


def test_a_code_is_good_for_five_tries(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    client = Client()
    ask(client)
    right = phone.code(NUMBER)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert enter(client, wrong).status_code == 422
    enter(client, right)
    assert not signed_in(client)


def test_a_code_is_old_after_five_minutes(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    client = Client()
    ask(client)
    with clock.set_to(clock.now() + timedelta(minutes=5, seconds=1)):
        enter(client, phone.code(NUMBER))
    assert not signed_in(client)


def test_a_code_is_of_no_use_in_another_browser(phone: Phone) -> None:
    person("wang", phone=NUMBER)
    ask(Client())
    thief = Client()
    enter(thief, phone.code(NUMBER))
    assert not signed_in(thief)


def test_a_second_code_within_the_minute_is_refused(phone: Phone) -> None:
    ask(Client())
    answer = ask(Client())
    assert answer.status_code == 429
    assert "过于频繁" in answer.content.decode()
    assert len(phone.texts(NUMBER)) == 1


def test_one_address_cannot_send_to_the_whole_town(phone: Phone) -> None:
    answers = [ask(Client(), f"1390000{number:04d}").status_code for number in range(11)]
    assert answers[-2:] == [302, 429]


def test_the_code_itself_is_kept_nowhere(phone: Phone) -> None:
    ask(Client())
    kept = PhoneCode.objects.values_list().get()
    assert not any(phone.code(NUMBER) == str(value) for value in kept)


@pytest.mark.parametrize("number", ["", "12345", "23812345678", "1381234567x", "1" * 5000])
def test_what_is_no_phone_is_refused(number: str, phone: Phone) -> None:
    assert ask(Client(), number).status_code == 422
    assert not PhoneCode.objects.exists()


def test_a_walk_in_proves_the_phone_by_the_first_sign_in(phone: Phone) -> None:
    user = person("walk-in", phone=NUMBER)
    client = Client()
    ask(client)
    enter(client, phone.code(NUMBER))
    user.refresh_from_db()
    assert user.phone_proved_at is not None


# ---- the second step


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def turn_on(user: User) -> str:
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def test_with_two_steps_the_password_alone_does_not_open_the_door() -> None:
    user = person("wang")
    secret = turn_on(user)
    client = Client()
    assert sign_in(client, "wang")["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert signed_in(client)


def test_with_two_steps_the_phone_code_alone_does_not_open_the_door(phone: Phone) -> None:
    turn_on(person("wang", phone=NUMBER))
    client = Client()
    ask(client)
    assert enter(client, phone.code(NUMBER))["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)


def test_guessing_the_second_step_locks_the_person() -> None:
    turn_on(person("wang"))
    client = Client()
    sign_in(client, "wang")
    for _ in range(5):
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert answer.status_code == 429
    assert sign_in(Client(), "wang").status_code == 429


def test_the_secret_of_the_second_step_is_kept_encrypted() -> None:
    from allauth.mfa.models import Authenticator

    secret = turn_on(person("wang"))
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept
    assert kept.startswith("v1:")


def test_two_steps_are_turned_on_and_off_by_the_pages() -> None:
    user = person("wang")
    client = Client()
    sign_in(client, "wang")
    again = client.get(reverse("mfa_activate_totp"))["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    assert client.get(again).status_code == 200
    client.post(again, {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)}, follow=True)
    assert "恢复码" in answer.content.decode()
    assert AuditEvent.objects.filter(verb="account.two_step_added", actor_id=user.pk).exists()
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert AuditEvent.objects.filter(verb="account.two_step_removed", actor_id=user.pk).exists()


# ---- idle


def test_an_officer_who_is_gone_for_half_an_hour_is_signed_out() -> None:
    client = browser(seated("officer", "health", "320106"))
    client.get(reverse("accounts:profile"))
    with clock.set_to(clock.now() + timedelta(minutes=31)):
        assert client.get(reverse("accounts:profile")).status_code == 302
    assert not signed_in(client)


def test_a_family_stays_signed_in() -> None:
    client = browser(person())
    client.get(reverse("accounts:profile"))
    with clock.set_to(clock.now() + timedelta(hours=5)):
        assert client.get(reverse("accounts:profile")).status_code == 200


def test_old_codes_are_forgotten(phone: Phone) -> None:
    from tuoyu.accounts.jobs import forget_codes

    ask(Client())
    assert forget_codes(0) == 0
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert forget_codes(0) == 1
