"""What holds when several ask at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.people import actor, person
from tuoyu.accounts import actions
from tuoyu.accounts.actions.agents import MOST_OPEN
from tuoyu.accounts.models import AgentAuthorisation
from tuoyu.core import clock
from tuoyu.core.problems import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


def test_offers_made_at_once_are_no_more_than_those_made_one_after_the_other() -> None:
    by, ends_on = actor(person("principal")), clock.today() + timedelta(days=30)

    def offer(number: int) -> bool:
        try:
            actions.authorise_agent(by=by, agent=f"agent{number}", matter="all", ends_on=ends_on)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(offer, range(2 * MOST_OPEN)))
    assert sum(made) == AgentAuthorisation.objects.count() == MOST_OPEN
