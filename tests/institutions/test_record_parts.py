"""The page of an institution: where its values are from, and the tabs that other rooms plug in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from exchange.callers import seated
from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions import parts
from tuoyu.institutions.models import ClassGroup, Institution

pytestmark = pytest.mark.django_db


def rows(actor: Actor, institution_id: int) -> Any:
    if not actor.holds(Role.OFFICER):
        return None
    return ClassGroup.objects.filter(institution=institution_id)


@pytest.fixture
def plugged_in() -> Iterator[None]:
    part = parts.Part("test", "测试页", 5, lambda pk: f"/elsewhere/{pk}/", rows)
    parts.register(part)
    with pytest.raises(ValueError, match="already"):
        parts.register(part)
    yield
    del parts._parts["test"]


def test_a_part_is_a_counted_tab_for_those_who_have_it_and_a_value_says_where_it_is_from(
    plugged_in: None, django_assert_max_num_queries: Any
) -> None:
    head = desk.applicant("园长甲")
    case = desk.registered(desk.submitted(head))
    institution = Institution.objects.get(applications__case=case)
    officer = seated(Role.OFFICER, "health", desk.GULOU)
    browser = Client()
    browser.force_login(officer, backend="tuoyu.accounts.backends.PeopleBackend")
    address = f"/institutions/{institution.pk}/"
    browser.get(address)
    with django_assert_max_num_queries(12):
        page = browser.get(address).content.decode()
    assert f'<a href="/elsewhere/{institution.pk}/">测试页<span class="count">2</span></a>' in page
    assert f"申办人园长甲，法人登记（办件编号{case.number}）" in page
    assert "鼓楼区民政局" in page
    # The head of the nursery has no such tab.
    browser.force_login(User.objects.get(pk=head.user_id), backend="tuoyu.accounts.backends.PeopleBackend")
    page = browser.get(address).content.decode()
    assert "测试页" not in page
    assert "申办人园长甲" in page
