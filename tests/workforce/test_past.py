"""Who worked at an institution on a day, in its history."""

from datetime import timedelta

import pytest

from accounts.people import browser
from institutions.test_history import fetched
from journeys import desk_of, text_of
from tuoyu.core import clock
from tuoyu.institutions import history
from tuoyu.institutions.models import ClassGroup
from tuoyu.workforce import actions
from workforce import staff

pytestmark = pytest.mark.django_db


def test_the_history_names_who_worked_there_and_in_which_class_to_those_who_see_the_staff() -> None:
    institution = staff.nursery(staff.GULOU, ("小一班", "toddler_small", 15), registered_on=staff.days(-30))
    user = staff.head_user(institution)
    by = staff.actor_for(user)
    with clock.set_to(clock.now() - timedelta(days=20)):
        made = staff.hired(by, institution, 7)
        group = ClassGroup.objects.get()
        actions.assign_to_class(by=by, employment=made, class_group=group, from_day=clock.today())
    address = f"/institutions/{institution.pk}/history/"
    own = browser(user)
    day = staff.days(-5)
    told = history.day_of(by, fetched(institution, day), day).told
    row = next(one.rows for key, _, one in told if key == "staff")
    assert row == [("员工7", "保育人员", staff.days(-20).isoformat(), "", "小一班")]
    assert "员工7" in text_of(own, address, on=staff.days(-5).isoformat())
    assert "员工7" not in text_of(own, address, on=staff.days(-25).isoformat())
    assert "员工7" in text_of(desk_of("health", staff.GULOU), address)
    # The registrar reads what was registered, not who works there.
    registrar = text_of(desk_of("civil_affairs", staff.GULOU), address)
    assert "当天在岗" not in registrar
    assert "员工7" not in registrar
