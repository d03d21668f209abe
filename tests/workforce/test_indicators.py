"""What the register tells of a document's targets, on the page everybody reads."""

import pytest
from django.test import Client

from accounts.people import browser, seated
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.jurisdictions.packs.schema import Target
from tuoyu.policy import indicators
from tuoyu.policy.indicators import Indicator, Measured
from workforce.staff import GULOU, carer, head_user, hired, nursery

pytestmark = pytest.mark.django_db

PAGE = "/policy/320100/targets/"
LINK = "/staff/?want=uncertified"


def row(client: Client, text: str = "育婴员证") -> str:
    """The row of a target on the page of Nanjing's targets."""
    rows = client.get(PAGE).content.decode().split("<tr>")
    (found,) = (one for one in rows if text in one)
    return found


def test_the_certified_share_stands_beside_its_target_and_leads_who_may_see_to_the_missing() -> None:
    assert "平台还没有相关记录" in row(Client())
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    by = actor_for(head_user(place))
    carer(by, place, 1, place.classes.get())
    hired(by, place, 2)
    carer(by, place, 3)
    everybody = row(Client())
    assert "66.6%" in everybody
    assert "未达到" in everybody
    assert "2，共3" in everybody
    assert str(clock.today()) in everybody
    assert LINK not in everybody
    officer = browser(seated(Role.OFFICER, "health", GULOU, username="gulou"))
    assert LINK in row(officer)
    assert "员工2" in officer.get(LINK).content.decode()
    assert LINK not in row(browser(seated(Role.OFFICER, "health", "360102", username="elsewhere")))
    assert LINK not in row(browser(seated(Role.OFFICER, "civil_affairs", GULOU, username="civil")))
    assert "尚不能计算" in row(Client(), "超过三成婴幼儿")
    told = {one["indicator"]: one for one in Client().get("/api/v1/jurisdictions/320100/targets").json()}
    assert told["staff.certified_share"]["measured"] == {
        "numerator": 2, "denominator": 3, "percent": 66.6, "on": str(clock.today()), "reached": False,
    }  # fmt: skip
    assert told["enrolment.rate"]["measured"] is None


def target(**said: object) -> Target:
    return Target.model_validate({"clause": "一", "indicator": "test.share", "text": "目标", **said})


@pytest.mark.parametrize(
    ("comparator", "counted", "reached"),
    [
        (">=", (9999, 10000), False),
        (">=", (1, 1), True),
        (">", (1, 1), False),
        ("<=", (0, 5), True),
        (">=", (0, 0), None),
    ],
)
def test_a_target_is_reached_without_rounding(
    monkeypatch: pytest.MonkeyPatch, comparator: str, counted: tuple[int, int], reached: bool | None
) -> None:
    measured = Indicator(lambda place, on: Measured(*counted, on), "计入的")
    monkeypatch.setitem(indicators._indicators, "test.share", measured)
    aim = target(comparator=comparator, value=100, unit="%")
    found = indicators.standing_of(
        aim, "320100", actor_for(seated(Role.OFFICER, "health", GULOU)), clock.today()
    )
    assert found is not None
    assert found.reached is reached
    with pytest.raises(ValueError, match="already"):
        indicators.register("test.share", measured)
