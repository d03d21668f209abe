"""Matters an office opens by itself: what must be mended by a day, and what follows when it is not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.conftest import GULOU, NONPROFIT, Remembers, applicant, officer, person, states, step
from tuoyu.accounts.models import Membership
from tuoyu.cases import actions, queries, stories
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Notice
from tuoyu.cases.permissions import MEND, VIEW
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]

FIRST = datetime(2026, 11, 2, 1, tzinfo=UTC)
BY_THE_TENTH = date(2026, 11, 10)


@pytest.fixture
def nursery() -> Institution:
    return Institution.objects.create(
        name="鼓楼区小星星托育园", kind="institution", nature="nonprofit", legal_form="social_service_org",
        division_code=GULOU,
    )  # fmt: skip


@pytest.fixture
def head(nursery: Institution) -> Actor:
    user = person("园长甲")
    seat_row = {"role": Role.NURSERY_HEAD, "institution_id": nursery.pk, "valid": ("2020-01-01", None)}
    Membership.objects.create(user=user, division_code=GULOU, **seat_row)
    seat = Seat(Role.NURSERY_HEAD, institution_id=nursery.pk)
    return Actor(user.name, user.pk, (seat, Seat(Role.APPLICANT)), frozenset({user.pk}))


def demanded(nursery: Institution, **changes: Any) -> Case:
    asked: dict[str, Any] = {
        "by": officer("health", role=Role.DEPARTMENT_LEAD),
        "procedure": "establishment",
        "division_code": GULOU,
        "facts": NONPROFIT,
        "subject_name": nursery.name,
        "respondent_id": nursery.pk,
        "remarks": [RemarkGiven("灭火器过期", "fire")],
        "answer_due_on": BY_THE_TENTH,
    }
    with clock.set_to(FIRST):
        return actions.demand(**(asked | changes))


def test_a_demand_waits_for_the_institution_and_tells_its_head(
    handler: Remembers, nursery: Institution, head: Actor
) -> None:
    case = demanded(nursery)
    assert (case.state, case.answer_due_on) == ("returned", BY_THE_TENTH)
    assert set(states(case).values()) == {"waiting"}
    told = Notice.objects.get(user=head.user_id)
    assert told.title == "须限期整改"
    assert "2026-11-10" in told.text
    assert [row["number"] for row in queries.own_cases(head)] == [case.number]
    assert visible_to(head, MEND, Case.objects.all()).count() == 1
    assert visible_to(head, VIEW, Case.objects.all()).count() == 0


def test_the_head_of_another_nursery_never_sees_it(
    handler: Remembers, nursery: Institution, head: Actor
) -> None:
    demanded(nursery)
    seat = Seat(Role.NURSERY_HEAD, institution_id=nursery.pk + 1)
    neighbour = Actor("园长乙", person("园长乙").pk, (seat,))
    assert not visible_to(neighbour, MEND, Case.objects.all()).exists()
    nobody = Actor("园长丙", person("园长丙").pk, (Seat(Role.NURSERY_HEAD),))
    assert not visible_to(nobody, MEND, Case.objects.all()).exists()


def test_once_answered_the_first_steps_begin(handler: Remembers, nursery: Institution, head: Actor) -> None:
    case = demanded(nursery)
    with clock.set_to(datetime(2026, 11, 9, 1, tzinfo=UTC)):
        actions.resubmit(by=head, case=case, data={"fire": {"note": "已换"}}, facts=NONPROFIT)
    case.refresh_from_db()
    assert (case.state, case.round, case.answer_due_on) == ("open", 2, None)
    assert "active" in states(case).values()


def test_whoever_must_answer_cannot_withdraw_it(
    handler: Remembers, nursery: Institution, head: Actor
) -> None:
    case = demanded(nursery)
    with pytest.raises(Refused, match="不能撤回"):
        actions.withdraw(by=head, case=case, reason="不想办了")


def test_time_is_extended_with_a_reason_and_only_forward(handler: Remembers, nursery: Institution) -> None:
    case, health = demanded(nursery), officer("health")
    for until, reason in ((date(2026, 11, 20), " "), (BY_THE_TENTH, "备件未到")):
        with pytest.raises(Refused):
            actions.extend(by=health, case=case, until=until, reason=reason)
    actions.extend(by=health, case=case, until=date(2026, 11, 20), reason="备件未到")
    case.refresh_from_db()
    assert case.answer_due_on == date(2026, 11, 20)


def test_the_office_goes_on_only_once_the_time_is_over_and_nobody_answered(
    handler: Remembers, nursery: Institution, head: Actor
) -> None:
    case, by = demanded(nursery), Actor.system("期限")
    with clock.set_to(datetime(2026, 11, 10, 1, tzinfo=UTC)), pytest.raises(Refused, match="期限未到"):
        actions.go_on(by=by, case=case, reason="逾期")
    with clock.set_to(datetime(2026, 11, 11, 1, tzinfo=UTC)):
        actions.go_on(by=by, case=case, reason="逾期")
        with pytest.raises(Refused):
            actions.go_on(by=by, case=case, reason="逾期")
        with pytest.raises(Overtaken):
            actions.resubmit(by=head, case=case, data={}, facts=NONPROFIT)
    case.refresh_from_db()
    assert (case.state, case.answer_due_on) == ("open", None)
    assert "active" in states(case).values()


def test_what_is_still_wrong_goes_back_with_a_new_day(
    handler: Remembers, nursery: Institution, head: Actor
) -> None:
    case = demanded(nursery)
    actions.resubmit(by=head, case=case, data={}, facts=NONPROFIT)
    first, *rest = case.steps.filter(state="active")
    later = date(2026, 12, 1)
    actions.decide(
        by=officer(first.department), step=first, decision="defects",
        remarks=[RemarkGiven("仍有一具过期")], answer_due_on=later,
    )  # fmt: skip
    for other in rest:
        actions.decide(by=officer(other.department), step=step(case, other.key), decision="approve")
    case.refresh_from_db()
    assert (case.state, case.answer_due_on) == ("returned", later)


def test_a_demand_without_anything_to_mend_is_refused(handler: Remembers, nursery: Institution) -> None:
    with pytest.raises(Refused):
        demanded(nursery, remarks=[])
    assert not Case.objects.exists()


def test_a_matter_of_the_public_begins_at_once_and_belongs_to_nobody(handler: Remembers) -> None:
    case = actions.open_matter(
        by=Actor.public(), procedure="establishment", division_code=GULOU, facts=NONPROFIT,
        subject_name="一件举报", channel="public",
    )  # fmt: skip
    assert (case.applicant, case.filed_by, case.state) == (None, None, "open")
    assert "active" in states(case).values()
    assert not Notice.objects.filter(case=case).exists()
    assert not visible_to(applicant(), MEND, Case.objects.all()).exists()


@pytest.mark.parametrize(("channel", "words"), [("office", "立案"), ("public", "收到来件")])
def test_the_story_of_a_matter_does_not_begin_with_an_application(
    handler: Remembers, channel: str, words: str
) -> None:
    case = actions.open_matter(
        by=Actor.public(), procedure="establishment", division_code=GULOU, facts=NONPROFIT,
        subject_name="一件举报", channel=channel,
    )  # fmt: skip
    events = AuditEvent.objects.filter(topic=case.topic).order_by("pk").values()
    assert stories.story(events)[-1]["text"] == words


def test_the_database_knows_no_application_without_an_applicant(handler: Remembers) -> None:
    case = actions.open_matter(
        by=Actor.public(), procedure="establishment", division_code=GULOU, facts=NONPROFIT,
        subject_name="一件举报", channel="public",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(channel="online")
