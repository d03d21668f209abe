"""What a family finds: filed institutions by name, pinyin, initials and place, on a list and a map."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.institutions.models import Institution
from tuoyu.institutions.queries import search

pytestmark = pytest.mark.django_db


_numbers = iter(range(1, 10**6))


def filed(name: str, **about: Any) -> Institution:
    number = next(_numbers)
    given: dict[str, Any] = {
        "kind": "institution", "nature": "nonprofit", "legal_form": "social_service_org",
        "division_code": "320106", "address": "中山北路1号", "registration": "registered",
        "registrar": "civil_affairs", "registered_on": clock.today(), "filing": "normal",
        "receipt_number": f"R{number}", "receipt_issued_on": clock.today(), "public_since": clock.today(),
        "care_types": ["full_day"], "longitude": 118.7, "latitude": 32.0,
    }  # fmt: skip
    return Institution.objects.create(name=name, **(given | about))


def unfiled(name: str) -> Institution:
    return filed(name, filing="none", receipt_number=None, receipt_issued_on=None, public_since=None)


def names(**asked: Any) -> list[str]:
    return [row["name"] for row in search(**asked)]


@pytest.mark.parametrize("text", ["阳光", "阳光宝贝", "yangguang", "ygbb", "光宝", "YGBB", "　阳光"])
def test_a_nursery_is_found_by_characters_pinyin_and_initials(text: str) -> None:
    filed("阳光宝贝托育园")
    filed("小星星托育中心")
    assert names(text=text) == ["阳光宝贝托育园"]


def test_whose_name_begins_with_what_was_typed_comes_first() -> None:
    filed("鼓楼区阳光托育园")
    filed("阳光托育园")
    assert names(text="阳光") == ["阳光托育园", "鼓楼区阳光托育园"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "“”", "   ", "zzzz", "🙂"])
def test_a_text_that_means_nothing_finds_nothing_and_breaks_nothing(text: str) -> None:
    filed("阳光宝贝托育园")
    answer = Client().get(reverse("portal:directory"), {"q": text, "page": "1"})
    assert answer.status_code == 200


def test_place_kind_care_type_and_inclusive_narrow_the_list() -> None:
    filed("甲", division_code="320106001", inclusive=True)
    filed("乙", division_code="360702", kind="family_point", care_types=["hourly"])
    assert names(place="320100") == ["甲"]
    assert names(kind="family_point") == ["乙"]
    assert names(care_type="hourly") == ["乙"]
    assert names(inclusive=True) == ["甲"]


def test_what_is_not_filed_is_neither_listed_nor_shown_nor_on_the_map() -> None:
    hidden = unfiled("阳光宝贝托育园")
    assert names() == []
    assert Client().get(reverse("portal:institution", args=[hidden.pk])).status_code == 404
    assert Client().get(reverse("portal:points")).json()["features"] == []


def test_the_public_page_says_what_the_public_may_know() -> None:
    shown = filed("阳光宝贝托育园", phone="025-83330000", representative="王某某", places=29)
    text = Client().get(reverse("portal:institution", args=[shown.pk])).content.decode()
    assert shown.receipt_number is not None
    assert all(word in text for word in ("阳光宝贝托育园", "025-83330000", shown.receipt_number, "29个"))
    assert "王某某" not in text


def test_an_empty_directory_says_why() -> None:
    assert "还没有备案的机构" in Client().get(reverse("portal:directory")).content.decode()
    filed("甲")
    assert "没有找到符合条件的机构" in Client().get(reverse("portal:directory"), {"q": "乙"}).content.decode()


def test_many_points_are_drawn_as_groups_that_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuoyu.portal.queries.MOST_POINTS", 5)
    for number in range(8):
        filed(f"第{number}园", longitude=118.0 + number)
    features = Client().get(reverse("portal:points"), {"bbox": "110,20,130,40"}).json()["features"]
    assert sum(feature["properties"]["count"] for feature in features) == 8


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "nan,1,2,3", "10,10,5,5", "1e999,0,2,3"])
def test_a_frame_that_is_none_is_refused_in_words(bbox: str) -> None:
    answer = Client().get(reverse("portal:points"), {"bbox": bbox})
    assert answer.status_code == 400
    assert "bbox" in answer.json()["error"]


@pytest.mark.parametrize("query", ["page=0", "page=abc", "page=1e9"])
def test_a_page_number_that_is_none_is_not_found(query: str) -> None:
    assert Client().get(f"{reverse('portal:directory')}?{query}").status_code == 404


def test_the_list_takes_the_same_few_queries_for_one_row_and_for_many(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(30):
        filed(f"阳光{number}园")
    Client().get(reverse("portal:directory"), {"q": "阳光"})
    with django_assert_max_num_queries(6):
        Client().get(reverse("portal:directory"), {"q": "阳光"})
    with django_assert_max_num_queries(6):
        Client().get(reverse("portal:directory"), {"q": "阳光29"})


def test_the_first_page_has_its_three_doors() -> None:
    text = Client().get(reverse("portal:home")).content.decode()
    assert all(word in text for word in ("找托育", "办托育", "看承诺"))
