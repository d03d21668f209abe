"""Who may do what to credit information in which state: every act of everybody, against a table by hand."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from credit import deciding
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.problems import Refused
from tuoyu.credit import actions, queries
from tuoyu.credit.actions import Stated
from tuoyu.credit.models import CreditEvent
from tuoyu.credit.vocabulary import CreditClass, EventKind, Ground, ListKind, RequestKind
from tuoyu.workforce.models import Person
from workforce import staff

pytestmark = pytest.mark.django_db

Who = Mapping[str, Actor]
Act = Callable[[CreditEvent, Actor], object]
DESK, LEAD, SUBJECT = {"officer", "lead"}, {"lead"}, {"head"}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.BEIJING)


def corrected(ground: Ground, credit_class: CreditClass | None = None) -> Act:
    return lambda one, by: actions.correct_event(
        by=by, event=one, ground=ground, reason="记错", credit_class=credit_class
    )


def answered(decision: str) -> Act:
    """Decide what was asked; nothing to decide where nothing is open."""

    def act(one: CreditEvent, by: Actor) -> object:
        step = Step.objects.filter(case__credit_request__event=one, state="active").first()
        if step is None:
            raise Refused("没有在办的申请。")
        return cases.decide(by=by, step=step, decision=decision, reason="理由")

    return act


def taken_back(one: CreditEvent, by: Actor) -> object:
    request = one.requests.select_related("case").first()
    if request is None:
        raise Refused("没有申请。")
    return cases.withdraw(by=by, case=request.case, reason="不再申请")


ACTS: dict[str, Act] = {
    "ask repair": lambda one, by: deciding.repair(by, one),
    "object": lambda one, by: actions.ask(
        by=by, event=one, kind=RequestKind.OBJECTION, statement="不是我们"
    ),
    "say it is wrong": corrected(Ground.WRONG_FACTS),
    "class it anew": corrected(Ground.WRONG_CLASS, CreditClass.SERIOUS),
    "class it the same": corrected(Ground.WRONG_CLASS, CreditClass.GENERAL),
    "put on list": lambda one, by: actions.put_on_list(
        by=by, institution=one.institution, kind=ListKind.PUNISHMENT, reason="失信", event=one
    ),
    "grant": answered("approve"),
    "refuse": answered("refuse"),
    "send back": answered("defects"),
    "take back": taken_back,
}  # fmt: skip
CORRECT = {"say it is wrong": LEAD, "class it anew": LEAD}
ASKED = {"grant": DESK, "refuse": DESK, "take back": SUBJECT}
EARLY, LATER, AFTER = date(2027, 2, 28), date(2027, 3, 1), date(2027, 12, 1)


def asked(kind: RequestKind) -> Callable[[CreditEvent, Who], object]:
    return lambda one, who: actions.ask(by=who["head"], event=one, kind=kind, statement="情况", pledge="守信")


def repaired(one: CreditEvent, who: Who) -> object:
    asked(RequestKind.REPAIR)(one, who)
    return answered("approve")(one, who["lead"])


def refused(one: CreditEvent, who: Who) -> object:
    asked(RequestKind.REPAIR)(one, who)
    return answered("refuse")(one, who["lead"])


def nothing(one: CreditEvent, who: Who) -> None:
    """As it was recorded."""


# A state: on which day, how it was come to, who may do what then.
TABLE: dict[str, tuple[date, Callable[[CreditEvent, Who], object], dict[str, set[str]]]] = {
    "shown, least period runs": (EARLY, nothing, CORRECT | {"object": SUBJECT, "put on list": DESK}),
    "shown": (LATER, nothing, CORRECT | {"ask repair": SUBJECT, "object": SUBJECT, "put on list": DESK}),
    "repair asked": (
        LATER, asked(RequestKind.REPAIR), CORRECT | ASKED | {"object": SUBJECT, "put on list": DESK},
    ),
    "objected": (
        LATER,
        asked(RequestKind.OBJECTION),
        CORRECT | ASKED | {"ask repair": SUBJECT, "put on list": DESK},
    ),
    "repair refused": (
        LATER, refused, CORRECT | {"ask repair": SUBJECT, "object": SUBJECT, "put on list": DESK},
    ),
    "repaired": (LATER, repaired, CORRECT | {"object": SUBJECT}),
    "over": (AFTER, nothing, CORRECT | {"object": SUBJECT}),
    "withdrawn": (LATER, lambda one, who: corrected(Ground.WRONG_FACTS)(one, who["lead"]), {}),
}  # fmt: skip


@pytest.mark.parametrize("state", TABLE)
def test_credit_information_takes_only_what_the_table_says_from_whom_it_says(state: str) -> None:
    day, come_to, table = TABLE[state]
    with clock.set_to(noon(date(2026, 11, 30))):
        nursery = staff.nursery()
        event = deciding.sanctioned(nursery)
        who = {
            "head": staff.head(nursery),
            "other_head": staff.head(staff.nursery()),
            "officer": deciding.office(staff.GULOU),
            "lead": deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD),
            "other_department": deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD, "education"),
            "neighbour": deciding.office(staff.XUANWU, Role.DEPARTMENT_LEAD),
        }
    with clock.set_to(noon(day)):
        come_to(event, who)
        for name, act in ACTS.items():
            may = {role for role, by in who.items() if takes(event, act, by)}
            assert may == table.get(name, set()), name


def takes(event: CreditEvent, act: Act, by: Actor) -> bool:
    """Whether the act is done; it is undone at once."""
    done = False
    with transaction.atomic():
        try:
            act(CreditEvent.objects.select_related("institution").get(pk=event.pk), by)
            done = True
        except (PermissionDenied, Refused):
            pass
        transaction.set_rollback(True)
    return done


def test_what_is_no_breach_is_neither_repaired_nor_classed_nor_a_ground_for_a_list() -> None:
    nursery = staff.nursery()
    lead = deciding.office(staff.GULOU, Role.DEPARTMENT_LEAD)
    stated = Stated(EventKind.REWARD, CreditClass.NONE, "年度优秀", clock.today())
    event = actions.record_event(by=lead, institution=nursery, stated=stated)
    for act in (ACTS["ask repair"], ACTS["class it anew"], ACTS["put on list"]):
        assert not any(takes(event, act, by) for by in (lead, staff.head(nursery)))


def test_events_are_listed_and_counted_within_reach_and_those_of_people_for_health_alone() -> None:
    nursery = staff.nursery()
    someone = Person.objects.create(name="王小明", identity=staff.identity(1))
    own = deciding.sanctioned(nursery, someone)
    person = CreditEvent.objects.get(person=someone)
    who = {
        "officer": (deciding.office(staff.GULOU), {own, person}, {person}, set()),
        "place_lead": (deciding.office(staff.GULOU, Role.JURISDICTION_LEAD, ""), {own}, set(), set()),
        "head": (staff.head(nursery), {own}, set(), {own}),
        "other_head": (staff.head(staff.nursery()), set(), set(), set()),
        "neighbour": (deciding.office(staff.XUANWU), set(), set(), set()),
        "other_department": (deciding.office(staff.GULOU, department="education"), set(), set(), set()),
    }
    for name, (by, board, people, askable) in who.items():
        assert set(queries.board(by)) == board, name
        counted = queries.counted_at(by, nursery.pk)
        assert set(counted if counted is not None else ()) == board, name
        assert set(queries.people_of(by)) == people, name
        assert set(queries.askable(by)) == askable, name
    assert [row["id"] for row in queries.public_file(nursery.pk)] == [own.pk], "of people never anything"
    assert not takes(person, ACTS["put on list"], who["officer"][0]), "what a person did lists no institution"
    CreditEvent.objects.filter(pk__in=[own.pk, person.pk]).update(department="education")
    assert set(queries.board(who["other_department"][0])) == {own}, "what it decided, about institutions"


def test_only_who_may_records_and_keeps_lists_and_what_is_off_a_list_counts_no_more() -> None:
    nursery = staff.nursery()
    stated = Stated(EventKind.REWARD, CreditClass.NONE, "年度优秀", clock.today())
    officer, head = deciding.office(staff.GULOU), staff.head(nursery)
    put = {"institution": nursery, "kind": ListKind.REWARD, "reason": "优秀"}
    entry = actions.put_on_list(by=officer, **put)
    for by in (head, deciding.office(staff.XUANWU), deciding.office(staff.GULOU, department="education")):
        for act in (
            lambda by: actions.record_event(by=by, institution=nursery, stated=stated),
            lambda by: actions.put_on_list(by=by, **put),
            lambda by: actions.take_off_list(by=by, entry=entry, reason="不再"),
        ):
            with pytest.raises(PermissionDenied):
                act(by)
    assert list(queries.lists()) == [entry]
    type(nursery).objects.filter(pk=nursery.pk).update(filing="cancelled", filing_ended_on=clock.today())
    assert list(queries.lists()) == [], "the public knows it no longer"
    type(nursery).objects.filter(pk=nursery.pk).update(filing="normal", filing_ended_on=None)
    actions.take_off_list(by=officer, entry=entry, reason="不再")
    assert list(queries.lists()) == []
    shizhong = staff.nursery("370402")
    with pytest.raises(Refused, match="没有规定"):
        actions.put_on_list(
            by=deciding.office("370402"), institution=shizhong, kind=ListKind.REWARD, reason="优秀"
        )
