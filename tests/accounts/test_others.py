"""Agents, walk-ins, tokens, lock-outs, the audit list, the first administrator, demonstration accounts."""

from datetime import timedelta
from importlib import import_module
from io import BytesIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from python_calamine import load_workbook
from typer.testing import CliRunner

from accounts.people import PASSWORD, SINCE_2020, actor, browser, person, seated
from tuoyu.accounts import actions, commands, demo, tokens
from tuoyu.accounts.actions.agents import MOST_OPEN
from tuoyu.accounts.models import AgentAuthorisation, ApiClient, Demonstration, Membership, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.institutions.models import Institution

pytestmark = pytest.mark.django_db

NUMBER = "13812345678"


# ---- agents


def offer(client, agent: str = "agent", **changes: object):
    given = {
        "agent": agent,
        "matter": "setting_up",
        "ends_on": clock.today() + timedelta(days=30),
        **changes,
    }
    return client.post(reverse("accounts:agents"), given)


def test_an_agent_acts_from_acceptance_to_revocation() -> None:
    principal, agent = person("principal"), person("agent")
    assert offer(browser(principal)).status_code == 302
    assert principal.pk not in actor(agent).owner_ids
    made = AgentAuthorisation.objects.get()
    answer = reverse("accounts:agent_answer", args=[made.pk])
    assert browser(agent).post(answer, {"answer": "accept"}).status_code == 302
    assert actor(agent).owner_ids == {agent.pk, principal.pk}
    browser(principal).post(reverse("accounts:agent_revoke", args=[made.pk]))
    assert actor(agent).owner_ids == {agent.pk}


def test_an_authorisation_ends_by_itself_after_its_last_day() -> None:
    principal, agent = person("principal"), person("agent")
    offer(browser(principal), ends_on=clock.today() + timedelta(days=1))
    made = AgentAuthorisation.objects.get()
    browser(agent).post(reverse("accounts:agent_answer", args=[made.pk]), {"answer": "accept"})
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert principal.pk in actor(agent).owner_ids
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert principal.pk not in actor(agent).owner_ids


def test_what_has_expired_is_in_the_way_of_no_new_offer() -> None:
    principal = browser(person("principal"))
    for number in range(MOST_OPEN):
        offer(principal, f"agent{number}", ends_on=clock.today())
    assert offer(principal).status_code == 409
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert offer(principal).status_code == 302


def test_a_stranger_neither_accepts_nor_revokes_nor_reads_the_letter() -> None:
    offer(browser(person("principal")))
    made = AgentAuthorisation.objects.get()
    stranger = browser(person("stranger"))
    assert (
        stranger.post(reverse("accounts:agent_answer", args=[made.pk]), {"answer": "accept"}).status_code
        == 404
    )
    assert stranger.post(reverse("accounts:agent_revoke", args=[made.pk])).status_code == 404
    assert stranger.get(reverse("accounts:agent_letter", args=[made.pk])).status_code == 404


def test_naming_an_agent_does_not_say_whether_there_is_such_an_account() -> None:
    person("agent")
    principal = browser(person("principal"))
    known, unknown = offer(principal, "agent"), offer(principal, "nobody")
    assert known.status_code == unknown.status_code == 302


def test_an_unproved_phone_takes_no_offer() -> None:
    offer(browser(person("principal")), NUMBER)
    thief = browser(person("thief", phone=NUMBER))
    made = AgentAuthorisation.objects.get()
    assert (
        thief.post(reverse("accounts:agent_answer", args=[made.pk]), {"answer": "accept"}).status_code == 404
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agent": "principal"}, "不能授权给自己"),
        ({"agent": "！"}, "请填写代办人"),
        ({"ends_on": "2020-01-01"}, "结束日期已过"),
        ({"matter": ""}, "field-error"),
        ({"matter": "everything"}, "field-error"),
        ({"division_code": "320106001"}, "省、市或县"),
        ({"division_code": "没有的地方"}, "没有这个行政区划"),
    ],
)
def test_a_defective_offer_is_refused_in_words(changes: dict[str, str], said: str) -> None:
    answer = offer(browser(person("principal")), **changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AgentAuthorisation.objects.exists()


def test_a_disguised_letter_changes_nothing() -> None:
    letter = SimpleUploadedFile("letter.pdf", b"MZ not a pdf at all")
    answer = offer(browser(person("principal")), letter=letter)
    assert answer.status_code == 422
    assert not AgentAuthorisation.objects.exists()


# ---- walk-ins


def test_the_window_finds_or_makes_the_applicant_once() -> None:
    clerk = actor(seated("clerk", "admin_approval", "320106"))
    made = actions.walk_in_applicant(by=clerk, name="孙某", phone="138 1234 5678")
    again = actions.walk_in_applicant(by=clerk, name="另写的名字", phone=NUMBER)
    assert made.pk == again.pk
    assert again.name == "孙某"
    assert AuditEvent.objects.filter(verb="account.walk_in").count() == 2


@pytest.mark.parametrize(("role", "department"), [("officer", "health"), ("clerk", "health")])
def test_only_a_window_receives_walk_ins(role: str, department: str) -> None:
    with pytest.raises((Refused, PermissionDenied)):
        actions.walk_in_applicant(by=actor(seated(role, department, "320106")), name="孙某", phone=NUMBER)
    assert not User.objects.filter(name="孙某").exists()


def test_a_walk_in_without_a_phone_is_refused() -> None:
    clerk = actor(seated("clerk", "gov_services", "320106"))
    with pytest.raises(Refused, match="11 位"):
        actions.walk_in_applicant(by=clerk, name="孙某", phone="123")


# ---- tokens


def test_a_token_acts_for_its_registrar_until_it_is_revoked() -> None:
    security = seated("security_admin", division_code="320100")
    client = browser(security)
    page = reverse("accounts:api_clients")
    answer = client.post(page, {"name": "登记系统", "department": "civil_affairs", "division_code": "320106"})
    token = answer.content.decode().split('name="token"')[1].split('value="')[1].split('"')[0]
    found = tokens.actor_for(token)
    assert found is not None
    assert found.kind == "token"
    seat = found.seats_as(Role.REGISTRAR_SYSTEM)[0]
    assert (seat.department, seat.prefixes) == ("civil_affairs", ("320106",))
    made = ApiClient.objects.get()
    assert made.last_used_on == clock.today()
    assert token not in str(ApiClient.objects.values_list().get())
    assert token not in client.get(page).content.decode()
    revoke = reverse("accounts:revoke_api_client", args=[made.pk])
    assert client.post(revoke).status_code == 302
    assert tokens.actor_for(token) is None
    assert client.post(revoke).status_code == 409


@pytest.mark.parametrize("token", ["", "ty_", "x" * 100_000, "a\0b", "令牌"])
def test_a_made_up_token_is_nobody(token: str) -> None:
    assert tokens.actor_for(token) is None


def test_a_token_is_not_made_for_a_neighbour() -> None:
    client = browser(seated("security_admin", division_code="320100"))
    given = {"name": "登记系统", "department": "civil_affairs", "division_code": "420106"}
    assert client.post(reverse("accounts:api_clients"), given).status_code == 403
    assert not ApiClient.objects.exists()


# ---- lock-outs and two steps


def test_the_security_administrator_lets_a_locked_out_person_in_again() -> None:
    seated("officer", "health", "320106", username="officer")
    for _ in range(5):
        browser().post(reverse("account_login"), {"login": "officer", "password": "wrong"})
    client = browser(seated("security_admin", division_code="320100"))
    assert "已锁定" in client.get(reverse("accounts:lock_outs")).content.decode()
    taken = client.get(reverse("accounts:lock_outs") + "?format=xlsx")
    assert "已锁定" in str(load_workbook(BytesIO(taken.content)).get_sheet_by_index(0).to_python())
    unlock = reverse("accounts:unlock")
    assert client.post(unlock, {"username": "officer", "reason": ""}).status_code == 422
    assert client.post(unlock, {"username": "officer", "reason": "本人来电"}).status_code == 302
    visitor = browser()
    visitor.post(reverse("account_login"), {"login": "officer", "password": PASSWORD})
    assert "_auth_user_id" in visitor.session
    assert AuditEvent.objects.filter(verb="account.unlocked", note="本人来电").exists()


def test_a_neighbour_s_lock_out_is_not_shown_nor_lifted() -> None:
    seated("officer", "health", "420106", username="wuchang")
    for _ in range(5):
        browser().post(reverse("account_login"), {"login": "wuchang", "password": "wrong"})
    client = browser(seated("security_admin", division_code="320100"))
    assert "wuchang" not in client.get(reverse("accounts:lock_outs")).content.decode()
    assert client.post(reverse("accounts:unlock"), {"username": "wuchang", "reason": "x"}).status_code == 404


def test_a_nursery_s_head_is_let_in_by_the_security_administrator_of_its_place_alone() -> None:
    head = at_nursery("320106")
    for _ in range(5):
        browser().post(reverse("account_login"), {"login": head.username, "password": "wrong"})
    asked = {"username": head.username, "reason": "本人来电"}
    for place in ("420100", "320102"):
        assert (
            browser(seated("security_admin", division_code=place))
            .post(reverse("accounts:unlock"), asked)
            .status_code
            == 404
        )
    near = browser(seated("security_admin", division_code="320100"))
    assert head.username in near.get(reverse("accounts:lock_outs")).content.decode()
    assert near.post(reverse("accounts:unlock"), asked).status_code == 302


def test_a_seat_at_a_nursery_is_given_by_who_administers_its_place() -> None:
    institution = nursery("320106")
    user = person("staff")
    given = SeatGiven(Role.NURSERY_STAFF, "", "420106", institution.pk)
    far, near = (actor(seated("system_admin", division_code=place)) for place in ("420100", "320100"))
    with pytest.raises(Refused, match="不在您的管理范围"):
        actions.give_seat(by=far, user=user, seat=given)
    seat = actions.give_seat(by=near, user=user, seat=given)
    assert seat.division_code == "320106"
    assert actor(user).seats[0].prefixes == ()
    with pytest.raises(Refused, match="没有这家机构"):
        actions.give_seat(by=near, user=user, seat=SeatGiven(Role.NURSERY_STAFF, "", "", institution.pk + 1))


def test_seats_given_before_they_had_a_place_are_brought_to_theirs() -> None:
    migration = import_module("tuoyu.accounts.migrations.0004_nursery_seats_have_a_place")
    head, officer = person("head"), seated("system_admin")
    at = {"role": "nursery_head", "institution_id": nursery("320106013").pk, "valid": SINCE_2020}
    seat = Membership.objects.create(user=head, **at)
    with connection.cursor() as cursor:
        for table in ("membership", "invitation"):
            cursor.execute(migration.SEATS.format(table=table))
    seat.refresh_from_db()
    assert seat.division_code == "320106013"
    assert officer.memberships.get().division_code == ""


def nursery(place: str) -> Institution:
    return Institution.objects.create(
        name="小星星", kind="institution", nature="nonprofit", legal_form="social_service_org",
        division_code=place, registration="registered", registrar="civil_affairs",
        registered_on=clock.today(), source_system="民政系统", source_id="1",
    )  # fmt: skip


def at_nursery(place: str) -> User:
    head = person("nursery-head")
    seat = SeatGiven(Role.NURSERY_HEAD, institution_id=nursery(place).pk)
    actions.give_seat(by=Actor.system("测试"), user=head, seat=seat)
    return head


def test_two_steps_are_reset_by_the_security_administrator_alone() -> None:
    officer = seated("officer", "health", "320106", username="officer")
    TOTP.activate(officer, generate_totp_secret())
    page = reverse("accounts:reset_two_step", args=[officer.pk])
    assert (
        browser(seated("system_admin", division_code="320100")).post(page, {"reason": "x"}).status_code == 403
    )
    client = browser(seated("security_admin", division_code="320100"))
    assert client.post(page, {"reason": "手机丢失"}).status_code == 302
    assert not Authenticator.objects.filter(user=officer).exists()


# ---- audit


def test_the_audit_administrator_filters_events_and_takes_them_out() -> None:
    clerk = actor(seated("clerk", "admin_approval", "320106", username="clerk"))
    actions.walk_in_applicant(by=clerk, name="孙某", phone=NUMBER)
    client = browser(seated("audit_admin", division_code="320100"))
    page = reverse("accounts:audit")
    assert "account.walk_in" in client.get(page, {"verb": "account."}).content.decode()
    assert "account.walk_in" not in client.get(page, {"verb": "seat."}).content.decode()
    for bad in ({"since": "tomorrow"}, {"who": "a\0"}):
        assert client.get(page, bad).status_code == 404
    answer = client.get(reverse("accounts:audit_export"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "account.walk_in" in text
    assert NUMBER not in text
    assert AuditEvent.objects.filter(verb="audit.exported").exists()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_export_is_a_formula(cell: str) -> None:
    from tuoyu.accounts.views.audit import as_text

    assert as_text(cell) == f"'{cell}"


# ---- one's own


def test_one_changes_details_and_password() -> None:
    user = person("wang")
    client = browser(user)
    details = {"name": "新名", "email": "", "notices_by_sms": "on"}
    assert client.post(reverse("accounts:profile"), details).status_code == 302
    page = reverse("accounts:password")
    new = "Another-Horse-8"
    wrong = client.post(page, {"old": "wrong", "new": new, "again": new})
    assert (wrong.status_code, "当前密码不对" in wrong.content.decode()) == (422, True)
    assert client.post(page, {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert client.get(page).status_code == 200
    user.refresh_from_db()
    assert (user.name, user.check_password(new)) == ("新名", True)


# ---- the first administrator


def create(*, username: str = "root", password: str = PASSWORD):
    arguments = ["create", "--username", username, "--name", "首任", "--password-stdin"]
    return CliRunner().invoke(commands.app, arguments, input=f"{password}\n")


def test_the_first_administrator_is_made_once_and_the_password_not_shown() -> None:
    done = create()
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert actor(User.objects.get(username="root")).seats[0].covers_place("320106")
    second = create(username="root2")
    assert second.exit_code == 1
    assert "已有系统管理员" in second.output
    assert not User.objects.filter(username="root2").exists()


def test_the_first_administrator_needs_a_strong_password() -> None:
    done = create(password="weak")
    assert done.exit_code == 1
    assert not User.objects.exists()


def test_where_there_is_a_demonstration_no_first_administrator_is_made() -> None:
    Demonstration.objects.create()
    assert create().exit_code == 1


# ---- demonstration accounts


def test_without_demonstration_data_there_are_no_demonstration_accounts() -> None:
    with pytest.raises(Refused, match="演示数据"):
        demo.make_accounts()
    assert not User.objects.exists()


def test_there_is_one_account_per_role_and_jurisdiction_and_making_them_twice_changes_nothing() -> None:
    Demonstration.objects.create()
    made = demo.make_accounts()
    assert made == len(demo.wanted()) == User.objects.count()
    assert demo.make_accounts() == 0
    for place in demo.PLACES:
        own = User.objects.filter(username__startswith=f"{place.slug}-")
        roles = set(Membership.objects.filter(user__in=own).values_list("role", flat=True))
        assert roles == {
            "guardian", "clerk", "officer", "department_lead", "jurisdiction_lead",
            "system_admin", "security_admin", "audit_admin", "assessor",
        }  # fmt: skip
    assert set(demo.applicants()) == {place.jurisdiction for place in demo.PLACES}
    visitor = browser()
    visitor.post(reverse("account_login"), {"login": "nanjing-health", "password": demo.PASSWORD})
    assert "_auth_user_id" in visitor.session


def test_nobody_but_the_program_makes_demonstration_accounts() -> None:
    Demonstration.objects.create()
    with pytest.raises(Refused):
        demo.create_accounts(by=actor(seated("system_admin")))
    with pytest.raises(Refused):
        demo.create_accounts(by=Actor.public())
