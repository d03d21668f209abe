"""The office's own decisions: settings by their lead, the calendar by whoever keeps it."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from tuoyu.accounts.models import Membership, User
from tuoyu.core.actor import Role
from tuoyu.core.models import WorkdayOverride
from tuoyu.jurisdictions.models import DivisionSetting

KEY = "registrar.social_service_org"
DECISION = {
    "division": "320106",
    "key": KEY,
    "value": "admin_approval",
    "effective_from": "2027-01-01",
    "basis": "会议纪要",
}
pytestmark = pytest.mark.usefixtures("packs")


def signed_in(client: Client, role: Role, division: str = "320100", department: str = "") -> Client:
    user = User.objects.create(username=f"{role}-{division}", name="某某", origin="command")
    Membership.objects.create(
        user=user,
        role=role,
        division_code=division,
        department=department,
        valid=DateRange(date(2020, 1, 1), None),
    )
    client.force_login(user)
    return client


def test_a_lead_decides_and_reads_it_afterwards(client: Client) -> None:
    lead = signed_in(client, Role.JURISDICTION_LEAD)
    assert "社会服务机构的登记机关" in lead.get("/office/settings/").content.decode()
    response = lead.post("/office/settings/decide/", DECISION, follow=True)
    assert response.redirect_chain
    assert "行政审批部门" in response.content.decode()
    assert DivisionSetting.objects.get().valid.lower == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("more", "status"),
    [({"value": "finance"}, 422), ({"basis": ""}, 422), ({"division": "360702"}, 422), ({"key": "x"}, 422)],
)
def test_a_bad_decision_changes_nothing(client: Client, more: dict[str, str], status: int) -> None:
    lead = signed_in(client, Role.JURISDICTION_LEAD)
    assert lead.post("/office/settings/decide/", DECISION | more).status_code == status
    assert not DivisionSetting.objects.exists()


def test_an_officer_neither_decides_nor_keeps_the_calendar(client: Client) -> None:
    officer = signed_in(client, Role.OFFICER, department="health")
    assert officer.post("/office/settings/decide/", DECISION).status_code == 403
    assert officer.get("/office/calendar/").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/office/settings/").status_code == 302
    assert client.post("/office/calendar/set/", {}).status_code == 302


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.JURISDICTION_LEAD])
@pytest.mark.parametrize("division", ["320000", "320106"])
def test_nobody_with_a_seat_at_a_place_moves_the_clocks_of_the_country(
    client: Client, role: Role, division: str
) -> None:
    local = signed_in(client, role, division)
    given = {"on": "2027-02-08", "is_workday": "no", "note": "本地放假"}
    assert local.get("/office/calendar/").status_code == 403
    assert local.post("/office/calendar/set/", given).status_code == 403
    told = local.put(
        "/api/v1/workdays/2027-02-08", {"is_workday": False, "note": "本地放假"}, "application/json"
    )
    assert told.status_code == 403
    assert not WorkdayOverride.objects.exists()


def test_a_day_is_changed_and_changed_back(client: Client) -> None:
    keeper = signed_in(client, Role.SYSTEM_ADMIN, "")
    given = {"on": "2027-02-08", "is_workday": "no", "note": "国办发明电〔2026〕1号"}
    assert "2027-02-08" in keeper.post("/office/calendar/set/", given, follow=True).content.decode()
    assert WorkdayOverride.objects.get().is_workday is False
    assert keeper.post("/office/calendar/2027-02-08/clear/", {"reason": ""}).status_code == 422
    assert keeper.post("/office/calendar/2027-02-08/clear/", {"reason": "录错"}).status_code == 302
    assert not WorkdayOverride.objects.exists()
    assert keeper.post("/office/calendar/soon/clear/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("more", [{"note": ""}, {"on": "2027-02-30"}, {"is_workday": "maybe"}])
def test_a_bad_day_changes_nothing(client: Client, more: dict[str, str]) -> None:
    keeper = signed_in(client, Role.SYSTEM_ADMIN, "")
    given = {"on": "2027-02-08", "is_workday": "no", "note": "通知"} | more
    assert keeper.post("/office/calendar/set/", given).status_code == 422
    assert not WorkdayOverride.objects.exists()
