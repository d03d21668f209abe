"""B3: an institution assesses itself, an outside agency scores, health approves, the result is public.

Nanjing wants stars each year by an agency or association; Yiyuan wants quality and safety; Shizhong and Hubei
name the assessment. Jiangxi's document is silent: there it is not offered.
"""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.people import browser
from journeys import AT, At, desk_of, text_of
from ratings import rated
from tuoyu.accounts.models import User
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.problems import Refused
from tuoyu.ratings.models import Assessment
from workforce import staff

pytestmark = pytest.mark.django_db

CLAUSES = {"N": ["三.(二).4"], "S": ["二.(四).3"], "Y": ["二.(六).13"], "H": ["二.(三).14", "三.(三)"]}
everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B3", AT[letter].jurisdiction, clauses=said)
        )
        for letter, said in CLAUSES.items()
    ],
)


def fill(client: Client, address: str, **points: str) -> None:
    """The three items of the tree, over its two chapters."""
    first = {
        "points-1.1": points["a"],
        "points-1.2": points["b"],
        "met-1.2": points.get("met", "yes"),
        "next": "1",
    }
    assert client.post(f"{address}?chapter=1", first).status_code == 302
    assert client.post(f"{address}?chapter=2", {"points-2.1": points["c"], "save": "1"}).status_code == 302


def decide(desk: Client, number: str, key: str) -> int:
    form = {"decision": "approve", "remarks-TOTAL_FORMS": "0", "remarks-INITIAL_FORMS": "0"}
    return int(desk.post(f"/cases/{number}/steps/{key}/decision/", form).status_code)


@everywhere
def test_an_agency_submits_scores_health_approves_stars_publish_and_a_second_of_the_year_needs_a_reason(
    at: At,
) -> None:
    year = clock.today().year
    rated.adopted(at.jurisdiction)
    nursery = staff.nursery(at.county)
    agency = rated.agency(at.jurisdiction)
    desk, family = desk_of("health", at.county), Client()
    begin = {"year": year, "agency": agency.pk}
    address = f"/institutions/{nursery.pk}/ratings/begin/"
    assert desk.post(address, begin).status_code == 302
    one = Assessment.objects.get()

    head = browser(staff.head_user(nursery))
    fill(head, f"/ratings/{one.pk}/self/", a="40", b="20", c="40")
    assert head.post(f"/ratings/{one.pk}/self/hand-in/").status_code == 302
    expert = browser(rated.assessor_user(agency))
    assert nursery.name in text_of(expert, "/ratings/given/")
    assert "机构自评" in text_of(expert, f"/ratings/{one.pk}/scores/")
    fill(expert, f"/ratings/{one.pk}/scores/", a="38.5", b="20", c="33")
    assert expert.post(f"/ratings/{one.pk}/scores/hand-in/").status_code == 302
    assert "38.5" not in text_of(head, f"/ratings/{one.pk}/")

    number = Case.objects.get(procedure="assessment").number
    compared = text_of(desk, f"/cases/{number}/")
    assert "-1.5" in compared
    assert "-7.0" in compared
    assert decide(desk, number, "assessment") == 409
    assert desk.post(f"/ratings/{one.pk}/office/", {"act": "tell"}).status_code == 302
    assert decide(desk, number, "assessment") == 409
    assert "38.5" in text_of(head, f"/ratings/{one.pk}/")
    assert head.post(f"/ratings/{one.pk}/response/", {"act": "accept"}).status_code == 302
    assert family.get(f"/ratings/results/{one.pk}/").status_code == 404
    assert decide(desk, number, "assessment") == 302
    assert decide(desk, number, "approval") == 302

    one.refresh_from_db()
    assert (one.state, one.total, one.grade, one.stars) == ("published", Decimal("91.5"), "五星", 5)
    told = text_of(family, f"/ratings/results/{one.pk}/")
    for words in ("五星", "91.5", f"{year}年", number, "测卫〔2026〕1号", agency.name):
        assert words in told
    assert "五星" in text_of(family, f"/nurseries/{nursery.pk}/")
    assert nursery.name in text_of(family, "/nurseries/", grade="五星")
    assert nursery.name not in text_of(family, "/nurseries/", grade="三星")
    assert nursery.name in text_of(family, "/ratings/results/")

    refused = desk.post(address, begin)
    assert refused.status_code == 409
    assert "须写明理由" in refused.content.decode()
    assert desk.post(address, begin | {"again_reason": "机构搬迁到新址"}).status_code == 302


@pytest.mark.scenario("B3", "320100", clauses=["三.(二).4"])
def test_in_nanjing_who_was_not_assessed_this_year_is_a_number_and_a_list() -> None:
    rated.adopted()
    done, waits = staff.nursery("320106"), staff.nursery("320106")
    rated.begun(done)
    page = text_of(desk_of("health", "320106"), "/ratings/")
    assert "还有1家机构没有评估" in page
    assert page.count(waits.name) == 1


@pytest.mark.scenario("B3", "370323", clauses=["二.(六).13"])
def test_in_yiyuan_a_tree_without_safety_is_not_adopted() -> None:
    chapters = [dict(chapter, aspect="quality") for chapter in rated.CONTENT["chapters"]]
    with pytest.raises(Refused, match="安全"):
        rated.adopted("370323", chapters=chapters)
    assert rated.adopted("370323").state == "adopted"
    assert rated.adopted("320100", chapters=chapters).state == "adopted"


def test_in_jiangxi_no_document_orders_it_and_it_is_not_offered() -> None:
    nursery = staff.nursery(AT["J"].county)
    rated.adopted(AT["J"].jurisdiction)
    desk = desk_of("health", AT["J"].county)
    assert "评估</a>" not in text_of(desk, f"/institutions/{nursery.pk}/")
    agency = rated.agency(AT["J"].jurisdiction)
    tried = desk.post(
        f"/institutions/{nursery.pk}/ratings/begin/", {"year": clock.today().year, "agency": agency.pk}
    )
    assert tried.status_code == 422
    assert not Assessment.objects.exists()
    assert User.objects.filter(username__startswith="assessor").count() == 0
