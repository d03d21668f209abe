"""People and seats through the pages: listing, inviting, leaving, standing in; who may do which."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.people import PASSWORD, SINCE_2020, actor, browser, person, seated
from tuoyu.accounts import actions, leavers
from tuoyu.accounts.models import Invitation, Membership, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused

pytestmark = pytest.mark.django_db

NEW_SEAT = {"role": "officer", "department": "health", "division_code": "320106 江苏省南京市鼓楼区"}


def administrator(place: str = "320100", **more: str) -> User:
    return seated("system_admin", division_code=place, **more)


# ---- seeing


def test_the_administrator_sees_the_seats_of_own_places_only() -> None:
    seated("officer", "health", "320106", username="gulou")
    seated("officer", "health", "420106", username="wuchang")
    text = browser(administrator()).get(reverse("accounts:people")).content.decode()
    assert "gulou" in text
    assert "wuchang" not in text


def test_a_department_lead_sees_own_department_only() -> None:
    seated("officer", "health", "320106", username="gulou-health")
    seated("officer", "education", "320106", username="gulou-education")
    lead = seated("department_lead", "health", "320106", username="lead")
    text = browser(lead).get(reverse("accounts:people")).content.decode()
    assert "gulou-health" in text
    assert "gulou-education" not in text


ROOMS = ("people", "invite", "invitations", "lock_outs", "api_clients", "audit", "audit_export")


@pytest.mark.parametrize("page", ROOMS)
def test_strangers_are_led_to_the_door(page: str) -> None:
    answer = browser().get(reverse(f"accounts:{page}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        ("system_admin", {"people", "invite", "invitations"}),
        ("security_admin", {"people", "lock_outs", "api_clients"}),
        ("audit_admin", {"audit", "audit_export"}),
        ("officer", set()),
        ("applicant", set()),
    ],
)
def test_the_three_administrators_have_rooms_of_their_own(role: str, open_pages: set[str]) -> None:
    if role == "applicant":
        client = browser(person())
    elif role == "officer":
        client = browser(seated("officer", "health", "320106"))
    else:
        client = browser(seated(role, division_code="320100"))
    found = {page for page in ROOMS if client.get(reverse(f"accounts:{page}")).status_code == 200}
    assert found == open_pages


def test_a_neighbour_s_person_is_not_found() -> None:
    other = seated("officer", "health", "420106", username="wuchang")
    client = browser(administrator())
    assert client.get(reverse("accounts:person", args=[other.pk])).status_code == 404
    seat = other.memberships.get()
    assert client.post(reverse("accounts:end_seat", args=[seat.pk]), {"reason": "x"}).status_code == 404
    assert client.post(reverse("accounts:give_seat", args=[other.pk]), NEW_SEAT).status_code == 404
    seat.refresh_from_db()
    assert seat.ended_at is None


def test_the_list_asks_the_database_as_often_for_fifty_as_for_one() -> None:
    client = browser(administrator())

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("accounts:people"), {"size": 100}).status_code == 200
        return len(queries)

    seated("officer", "health", "320106", username="first")
    asked()
    one = asked()
    for number in range(50):
        seated("officer", "health", "320106", username=f"officer{number}")
    assert asked() == one
    assert one <= 6


def test_filters_narrow_the_list_and_bad_ones_are_no_page() -> None:
    seated("officer", "health", "320106", username="gulou")
    client = browser(administrator())
    page = reverse("accounts:people")
    assert "gulou" in client.get(page, {"role": "officer", "department": "health"}).content.decode()
    assert "gulou" not in client.get(page, {"role": "clerk"}).content.decode()
    for state in ("later", "past", "all"):
        assert client.get(page, {"held": state}).status_code == 200
    assert client.get(page, {"held": "nonsense"}).status_code == 404
    assert client.get(page, {"name": "a\0b"}).status_code == 404
    assert client.get(page, {"page": "-1"}).status_code == 404


# ---- inviting


def invite(client, **changes: str):
    given = {"name": "赵某", "username": "zhao", "phone": "", **NEW_SEAT, **changes}
    return client.post(reverse("accounts:invite"), given)


def link_in(answer) -> str:
    return answer.content.decode().split('value="http://testserver')[1].split('"')[0]


def test_whoever_is_invited_sets_a_password_and_sits_in_the_seat() -> None:
    link = link_in(invite(browser(administrator())))
    guest = browser()
    assert "鼓楼区卫生健康部门" in guest.get(link).content.decode()
    answer = guest.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == reverse("account_login")
    user = User.objects.get(username="zhao")
    seat = user.memberships.get()
    assert (seat.role, seat.department, seat.division_code) == ("officer", "health", "320106")
    assert guest.post(reverse("account_login"), {"login": "zhao", "password": PASSWORD}).status_code == 302


def test_an_invitation_is_taken_up_once() -> None:
    link = link_in(invite(browser(administrator())))
    browser().post(link, {"password": PASSWORD, "again": PASSWORD})
    assert browser().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert User.objects.filter(username="zhao").count() == 1


def test_an_invitation_ends_after_a_week() -> None:
    link = link_in(invite(browser(administrator())))
    with clock.set_to(clock.now() + timedelta(days=7, seconds=1)):
        assert browser().get(link).status_code == 410
        assert browser().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert not User.objects.filter(username="zhao").exists()


def test_a_withdrawn_invitation_opens_nothing() -> None:
    client = browser(administrator())
    link = link_in(invite(client))
    made = Invitation.objects.get()
    assert client.post(reverse("accounts:withdraw_invitation", args=[made.pk])).status_code == 302
    assert browser().get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "x" * 3000, "%00", "../../etc"])
def test_a_made_up_link_is_not_found(token: str) -> None:
    assert browser().get(f"/invitations/{token}/").status_code == 404


def test_the_token_is_not_kept() -> None:
    link = link_in(invite(browser(administrator())))
    token = link.rstrip("/").split("/")[-1]
    assert token not in str(Invitation.objects.values_list().get())


def test_nobody_is_invited_beyond_the_administrator_s_places() -> None:
    answer = invite(browser(administrator()), division_code="420106")
    assert answer.status_code == 403
    assert "不在您的管理范围内" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"department": ""}, "需要选择所在部门"),
        ({"division_code": "999999"}, "没有这个行政区划"),
        ({"username": "大写"}, "账号由"),
        ({"role": "clerk"}, "窗口人员只设在"),
        ({"phone": "123"}, "手机号应为"),
        ({"role": "nonsense"}, "nonsense"),
        ({"ends_on": "2020-01-01"}, "结束日期早于开始日期"),
        ({"ends_on": "tomorrow"}, "日期应写成"),
    ],
)
def test_a_defective_invitation_is_refused_in_words(changes: dict[str, str], said: str) -> None:
    answer = invite(browser(administrator()), **changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_weak_password_does_not_use_the_invitation_up() -> None:
    link = link_in(invite(browser(administrator())))
    assert browser().post(link, {"password": "weak", "again": "weak"}).status_code == 422
    assert browser().get(link).status_code == 200


# ---- seats


def test_a_second_seat_is_given_and_the_event_says_which() -> None:
    officer = seated("officer", "health", "320106")
    client = browser(administrator())
    answer = client.post(
        reverse("accounts:give_seat", args=[officer.pk]), {**NEW_SEAT, "department": "education"}
    )
    assert answer.status_code == 302
    event = AuditEvent.objects.get(verb="seat.given")
    assert event.after["department"] == "education"
    assert event.role == "system_admin"


def test_an_officer_is_not_made_an_administrator_besides() -> None:
    officer = seated("officer", "health", "320106")
    answer = browser(administrator()).post(
        reverse("accounts:give_seat", args=[officer.pk]), {"role": "audit_admin", "division_code": "320106"}
    )
    assert answer.status_code == 409
    assert "三员分立" in answer.content.decode()
    assert officer.memberships.count() == 1


def test_who_leaves_hands_over_what_was_in_hand() -> None:
    told: list[int] = []
    leavers.on_leave(hook := lambda seat: told.append(seat.user_id) or 3)
    try:
        officer = seated("officer", "health", "320106")
        client = browser(administrator())
        seat = officer.memberships.get()
        answer = client.post(reverse("accounts:end_seat", args=[seat.pk]), {"reason": "调离"}, follow=True)
    finally:
        leavers._hooks.remove(hook)
    assert told == [officer.pk]
    assert "3 项已退回部门待办" in answer.content.decode()
    assert not actor(officer).holds(Role.OFFICER)
    assert AuditEvent.objects.get(verb="seat.ended").note == "调离"


def test_leaving_needs_a_reason_and_happens_once() -> None:
    officer = seated("officer", "health", "320106")
    client = browser(administrator())
    page = reverse("accounts:end_seat", args=[officer.memberships.get().pk])
    assert client.post(page, {"reason": "  "}).status_code == 422
    assert client.post(page, {"reason": "调离"}).status_code == 302
    assert client.post(page, {"reason": "调离"}).status_code == 409


def test_an_administrator_does_not_end_the_own_seat() -> None:
    user = administrator()
    page = reverse("accounts:end_seat", args=[user.memberships.get().pk])
    assert browser(user).post(page, {"reason": "x"}).status_code == 403


def test_a_seat_ended_on_its_first_day_was_never_held() -> None:
    user = person("new")
    seat = Membership.objects.create(
        user=user,
        role="officer",
        department="health",
        division_code="320106",
        valid=DateRange(clock.today(), None),
    )
    actions.end_seat(by=actor(administrator()), seat=seat, reason="误设")
    assert not actor(user).holds(Role.OFFICER)


def test_a_substitute_sits_in_for_the_days_given_and_no_longer() -> None:
    officer = seated("officer", "health", "320106", username="officer")
    other = seated("officer", "health", "320104", username="other")
    client = browser(administrator())
    today = clock.today()
    answer = client.post(
        reverse("accounts:substitute", args=[officer.memberships.get().pk]),
        {"user": other.pk, "starts_on": today, "ends_on": today + timedelta(days=2)},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert {s.division_code for s in actor(other).seats_as(Role.OFFICER)} == {"320104", "320106"}
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert len(actor(other).seats_as(Role.OFFICER)) == 2
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert len(actor(other).seats_as(Role.OFFICER)) == 1


def test_a_department_lead_arranges_substitutes_but_gives_no_seats() -> None:
    officer = seated("officer", "health", "320106", username="officer")
    other = seated("officer", "health", "320106", username="other")
    lead = seated("department_lead", "health", "320106", username="lead")
    client = browser(lead)
    given = {"user": other.pk, "starts_on": clock.today(), "ends_on": clock.today()}
    page = reverse("accounts:substitute", args=[officer.memberships.get().pk])
    # The same seat at the same place at the same time is the seat the other already holds.
    assert client.post(page, given).status_code == 409
    assert client.post(reverse("accounts:give_seat", args=[officer.pk]), NEW_SEAT).status_code == 403
    assert client.get(reverse("accounts:person", args=[officer.pk])).status_code == 200


def test_a_person_with_two_seats_chooses_as_which_to_act() -> None:
    user = seated("officer", "health", "320106", username="two")
    second = Membership.objects.create(
        user=user, role="officer", department="education", division_code="320106", valid=SINCE_2020
    )
    client = browser(user)
    client.post(reverse("accounts:choose_seat"), {"seat": second.pk})
    text = client.get(reverse("accounts:profile")).content.decode()
    assert f'value="{second.pk}" id="f-seat-3" checked' in text or "checked" in text
    assert client.post(reverse("accounts:choose_seat"), {"seat": "999999"}).status_code == 404
    client.post(reverse("accounts:choose_seat"), {"seat": ""})
    assert "seat" not in client.session


def test_the_chosen_seat_is_the_only_one_that_acts() -> None:
    from django.test import RequestFactory

    from tuoyu.accounts.actors import find_actor

    user = seated("officer", "health", "320106", username="two")
    second = Membership.objects.create(
        user=user, role="officer", department="education", division_code="320106", valid=SINCE_2020
    )
    request = RequestFactory().get("/")
    request.user, request.session = user, {"seat": second.pk}
    assert [s.department for s in find_actor(request).seats_as(Role.OFFICER)] == ["education"]
    request.session["seat"] = 999_999
    assert len(find_actor(request).seats_as(Role.OFFICER)) == 2


def test_an_actor_covers_what_lies_below_its_division() -> None:
    found = actor(seated("officer", "health", "320100"))
    assert found.seats[0].covers_place("320106001")
    assert not found.seats[0].covers_place("320200")
    assert found.holds(Role.APPLICANT)


def test_a_seat_may_not_be_given_by_who_gives_none() -> None:
    clerk = actor(seated("clerk", "admin_approval", "320106"))
    with pytest.raises(Exception, match="权限"):
        actions.give_seat(by=clerk, user=person(), seat=SeatGiven(Role.OFFICER, "health", "320106"))


def test_dates_that_contradict_are_refused() -> None:
    officer = seated("officer", "health", "320106", username="officer")
    other = seated("officer", "health", "320104", username="other")
    with pytest.raises(Refused, match="过去"):
        actions.substitute(
            by=actor(administrator()),
            seat=officer.memberships.get(),
            user=other,
            starts_on=date(2020, 1, 1),
            ends_on=date(2030, 1, 1),
        )
