"""What the rules ask of the staff, in three values: against rules made up here, so that only the logic is."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from tuoyu.institutions.rules.book import Book
from tuoyu.institutions.rules.facts import ClassFacts, Facts
from tuoyu.workforce.rules.certified import certified
from tuoyu.workforce.rules.live import live_capacity
from tuoyu.workforce.rules.register import Answer, InClass, Paper, Register, Room, Span, Worker
from tuoyu.workforce.rules.staffing import due_soon, findings, open_points

DAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Rule:
    key: str
    value: Any = True
    force: str = "mandatory"
    confidence: str = "high"
    clause: str = "第1条"
    source: str = "《某标准》第1条"
    conflict_group: str = ""
    note: str = ""
    effective_from: date = date(2019, 1, 1)


BOOK = Book.of(
    [
        Rule("class.toddler_small.max_children", 15),
        Rule("ratio.toddler_small", 5),
        Rule("staff.health_certificate"),
        Rule("carer.training"),
        Rule("hiring.record_check"),
        Rule("staff.record_rechecks_per_year", 1),
        Rule("head.education", "大专"),
        Rule("health_staff.min", 1),
        Rule("guard.min", 1),
        Rule("staff.certified.papers", ("育婴员证",), "local", "low"),
        Rule("staff.certified.posts", ("保育人员",), "local", "low"),
    ]
)
ROOM = Room(1, "小一班", "toddler_small", 10, filed_carers=2)


def paper(kind: str, first: date = date(2026, 1, 1), after: date | None = None) -> Paper:
    return Paper(kind, Span(first, after))


GOOD = (paper("health_certificate", after=date(2027, 1, 1)), paper("carer_training"))


def carer(key: int, papers: tuple[Paper, ...] = GOOD, room: int | None = 1, **more: Any) -> Worker:
    began = date(2026, 1, 1)
    classes = (InClass(room, Span(began)),) if room else ()
    answers = (Answer(began, "clear"),)
    said: dict[str, Any] = {"classes": classes, "answers": answers, "papers": papers, "span": Span(began)}
    return Worker(key, key, f"员工{key}", "carer", True, **said | more)


def register(*workers: Worker, **more: Any) -> Register:
    return Register("institution", (ROOM,), workers, **more)


def holds(found: Register, key: str, day: date = DAY) -> list[bool | None]:
    return [f.holds for f in findings(found, BOOK, day) if f.rule_key == key]


FACTS = Facts(
    "institution", "nonprofit", "x", "320106", {}, (ClassFacts("toddler_small", "小一班", 10),), {}, ""
)


def allowed(found: Register, day: date = DAY) -> tuple[int | None, int | None]:
    live = live_capacity(found, FACTS, BOOK, day)
    return live.sure.allowed, live.at_most.allowed


def test_a_class_has_enough_carers_has_not_or_cannot_be_known() -> None:
    assert holds(register(carer(1), carer(2)), "ratio.toddler_small") == [True]
    assert holds(register(carer(1)), "ratio.toddler_small") == [False]
    assert holds(register(carer(1), carer(2, papers=())), "ratio.toddler_small") == [None]
    assert holds(register(carer(1, room=None)), "ratio.toddler_small") == [None]
    lapsed = carer(2, papers=(paper("health_certificate", after=DAY), paper("carer_training")))
    assert holds(register(carer(1), lapsed), "ratio.toddler_small") == [False]
    assert holds(register(carer(1), lapsed), "ratio.toddler_small", DAY - timedelta(days=1)) == [True]


def test_nothing_registered_is_nothing_known_and_never_fine() -> None:
    empty = register(standalone=True, serves_meals=True)
    assert {f.holds for f in findings(empty, BOOK, DAY)} == {None}
    live = live_capacity(empty, FACTS, BOOK, DAY)
    assert live.filed
    assert live.sure.allowed == 10


def test_capacity_says_what_is_sure_and_what_is_at_most() -> None:
    assert allowed(register(carer(1), carer(2), carer(3), carer(4))) == (15, 15)
    assert allowed(register(carer(1), carer(2, papers=()))) == (5, 10)
    assert allowed(register(carer(1, room=None))) == (0, 15)
    hit = carer(2, answers=(Answer(date(2026, 5, 1), "hit"),))
    assert allowed(register(carer(1), hit)) == (5, 5)


def test_capacity_falls_on_the_day_and_says_whose_what() -> None:
    last = date(2026, 6, 30)
    going = carer(
        2, papers=(paper("health_certificate", after=last + timedelta(days=1)), paper("carer_training"))
    )
    found = register(carer(1), going)
    assert allowed(found, last) == (10, 10)
    assert allowed(found, last + timedelta(days=1)) == (5, 5)
    reasons = live_capacity(found, FACTS, BOOK, last + timedelta(days=1)).reasons
    assert [(r.name, r.room, r.rule_key, r.since) for r in reasons] == [
        ("员工2", 1, "staff.health_certificate", date(2026, 7, 1))
    ]
    gone = replace(
        carer(3), span=Span(date(2026, 1, 1), DAY), classes=(InClass(1, Span(date(2026, 1, 1), DAY)),)
    )
    assert [r.says for r in live_capacity(register(gone), FACTS, BOOK, DAY).reasons] == [
        "已离职（2026-06-01起）"
    ]


def test_an_open_point_says_since_when_and_goes_when_mended() -> None:
    away = carer(
        1,
        span=Span(date(2026, 1, 1), date(2026, 4, 1)),
        classes=(InClass(1, Span(date(2026, 1, 1), date(2026, 4, 1))),),
    )
    found = register(away, carer(2))
    points = {f.rule_key: f for f in open_points(found, lambda day: BOOK, DAY)}
    assert points["ratio.toddler_small"].since == date(2026, 4, 1)
    assert "ratio.toddler_small" in points
    mended = register(away, carer(2), carer(3))
    assert "ratio.toddler_small" not in {f.rule_key for f in open_points(mended, lambda day: BOOK, DAY)}


def test_a_rule_that_begins_makes_its_point_open_from_its_day_and_not_before() -> None:
    begins = date(2026, 5, 5)
    later = Book.of([Rule("guard.min", 1, effective_from=begins)])
    books = lambda day: later if day >= begins else Book()  # noqa: E731
    points = open_points(register(carer(1), standalone=True), books, DAY)
    assert [(p.rule_key, p.holds, p.since) for p in points] == [("guard.min", False, begins)]


def test_experience_is_a_background_and_none_is_not_known_for_no_subject_is_registered() -> None:
    book = Book.of([*BOOK.rules, Rule("carer.background")])
    for years, known in ((4, True), (0, None), (None, None)):
        found = findings(register(carer(1, years=years)), book, DAY)
        (point,) = (one for one in found if one.rule_key == "carer.background")
        assert point.holds is known
        assert point.worker == 1


def test_who_stands_alone_needs_a_guard_and_who_did_not_say_is_not_known() -> None:
    for standalone, expected in ((True, [False]), (None, [None]), (False, [])):
        assert holds(register(carer(1), standalone=standalone), "guard.min") == expected


def test_the_yearly_question_is_due_a_year_after_the_last_answer() -> None:
    asked = register(carer(1, answers=(Answer(date(2025, 6, 1), "clear"),)))
    assert holds(asked, "staff.record_rechecks_per_year", date(2026, 6, 1)) == [True]
    assert holds(asked, "staff.record_rechecks_per_year", date(2026, 6, 2)) == [False]
    assert holds(register(carer(1, answers=())), "staff.record_rechecks_per_year") == [None]


def test_what_will_not_hold_soon_is_told_with_its_day() -> None:
    month = timedelta(days=30)
    ends = paper("health_certificate", after=date(2026, 6, 20))
    found = register(carer(1, papers=(ends, GOOD[1])), carer(2, answers=(Answer(date(2025, 6, 9), "clear"),)))
    told = {(f.rule_key, f.worker, f.since) for f in due_soon(found, lambda day: BOOK, DAY, month)}
    assert told == {
        ("staff.health_certificate", 1, date(2026, 6, 20)),
        ("staff.record_rechecks_per_year", 2, date(2026, 6, 10)),
        ("ratio.toddler_small", None, date(2026, 6, 20)),
    }
    renewed = register(carer(1, papers=(ends, *GOOD)), carer(2))
    assert due_soon(renewed, lambda day: BOOK, DAY, month) == ()


def test_the_share_counts_people_once_and_cuts_off() -> None:
    held = (*GOOD, paper("infant_carer"))
    people = [carer(n, papers=held) for n in range(1, 20)] + [carer(20)]
    share = certified([*people, replace(people[0], key=99)], BOOK, DAY)
    assert (share.total, share.held, share.percent, share.meets(100)) == (20, 19, 95.0, False)
    assert [w.name for w in share.missing] == ["员工20"]
    assert certified([], BOOK, DAY).meets(100) is None
    many = [carer(n, papers=held) for n in range(1, 3000)] + [carer(3000)]
    assert certified(many, BOOK, DAY).percent == 99.9


papers = st.lists(
    st.sampled_from(
        [paper("health_certificate"), paper("health_certificate", after=DAY), paper("carer_training")]
    ),
    max_size=2,
).map(tuple)
workers = st.lists(
    st.builds(carer, st.integers(1, 9), papers=papers, room=st.sampled_from([1, None])), max_size=5
)


@given(workers, workers)
def test_more_staff_never_allows_fewer_children_and_what_is_sure_is_never_more_than_at_most(
    some: list[Worker], more: list[Worker]
) -> None:
    """One more person may make known what was not; it never takes anything away."""
    before, after = allowed(register(*some)), allowed(register(*some, *more))
    for sure, at_most in (before, after):
        assert sure is not None
        assert at_most is not None
        assert sure <= at_most
    if some:
        assert before[0] <= after[0]


@given(workers)
def test_kept_on_papers_means_every_way_of_mending_leaves_it_kept(some: list[Worker]) -> None:
    """Showing a paper that was missing turns not known into known, and kept stays kept."""
    shown = [replace(w, papers=(*w.papers, *GOOD)) for w in some]
    before = {f.about: f.holds for f in findings(register(*some), BOOK, DAY)}
    after = {f.about: f.holds for f in findings(register(*shown), BOOK, DAY)}
    assert all(after[about] is True for about, value in before.items() if value is True)
