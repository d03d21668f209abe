"""A nursery that was reported never reads it, nor does anybody else of the public."""

import pytest
from django.urls import reverse

from accounts.people import browser
from supervision.inspected import SHIZHONG, head_user, nursery, office_user, ordered
from tuoyu.cases.models import Notice
from tuoyu.institutions.models import Publication
from tuoyu.supervision.models import Rectification
from tuoyu.supervision.vocabulary import Origin

pytestmark = pytest.mark.django_db
WORD = str(Origin.REPORT.label)


@pytest.fixture
def order() -> Rectification:
    reported = nursery(SHIZHONG)
    head_user(reported)
    return ordered(reported, origin=Origin.REPORT)


def test_nothing_its_head_opens_says_that_it_was_reported(order: Rectification) -> None:
    head = browser(head_user(order.institution))
    at = order.institution_id
    pages = (
        reverse("supervision:follow_up", args=[at]),
        reverse("supervision:own_rectification", args=[order.pk]),
        reverse("supervision:institution_inspections", args=[at]),
        reverse("supervision:notice", args=[order.inspection_id]),
        reverse("cases:tracker", args=[order.case.number]),
        reverse("cases:mine"),
        reverse("cases:notices"),
    )
    for page in pages:
        answer = head.get(page)
        assert answer.status_code == 200, page
        # The menu offers everybody a way to report somebody.
        said = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert WORD not in said, page
    assert not Notice.objects.filter(text__contains=WORD).exists()


def test_what_is_published_does_not_say_it_either(order: Rectification) -> None:
    assert "举报" not in Publication.objects.get(case=order.case).reasons


def test_the_office_that_ordered_it_reads_what_brought_the_inspectors(order: Rectification) -> None:
    page = reverse("supervision:follow_up", args=[order.institution_id])
    answer = browser(office_user(SHIZHONG)).get(page)
    assert WORD in answer.content.decode()
