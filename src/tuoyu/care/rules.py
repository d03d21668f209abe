"""What follows from a nursery's day as it is stated; no database."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tuoyu.care.vocabulary import Disease, Symptom
from tuoyu.core.problems import Problem
from tuoyu.institutions.rules.book import Book, label_of

# More is a slip of the finger, and the database refuses it too.
MOST = 999
MORNING_CHECK, ENTRY_CHECK = "daily_check.required", "admission.health_check"


@dataclass(frozen=True)
class CasesGiven:
    """So many children of a class fell ill on the day, and what they show."""

    symptom: str
    number: int
    disease: str = ""


@dataclass(frozen=True)
class ClassGiven:
    """A class on a day; `room` is none where a place has no classes.

    Of the children there, `checked` had the morning check, `unexamined` no health check before entry; none
    where it is not said.
    """

    room: int | None
    children: int
    carers: int
    cases: tuple[CasesGiven, ...] = ()
    checked: int | None = None
    unexamined: int | None = None


@dataclass(frozen=True)
class ReturnGiven:
    """What a nursery states of a day."""

    closed: bool = False
    classes: tuple[ClassGiven, ...] = ()


@dataclass(frozen=True)
class RoomKnown:
    """A class as it is known for the day: what it is called, its type, its places, how many are enrolled."""

    key: int | None
    name: str
    class_type: str
    places: int
    enrolled: int | None = None

    @property
    def expected(self) -> int:
        """The most children it should have."""
        return self.places if self.enrolled is None else self.enrolled


def field_of(name: str, room: int | None) -> str:
    """The name of a class's field on the form and in a problem."""
    return f"{name}-{room or 0}"


def wrong(given: ReturnGiven, rooms: Sequence[RoomKnown]) -> list[Problem]:
    """What stops a return: a class too few or too many, figures that cannot be, children on a closed day."""
    if given.closed:
        says = "当日未开园就没有到园人数和新发病例，请不要同时填写。"
        return [Problem(says, field="closed")] if given.classes else []
    found, stated = [], Counter(one.room for one in given.classes)
    for room in rooms:
        if stated[room.key] != 1:
            what = "还没有填写" if not stated[room.key] else "填写了不止一次"
            found.append(Problem(f"“{room.name}”{what}。", field=field_of("children", room.key)))
    if set(stated) - {room.key for room in rooms}:
        found.append(Problem("有一个班不是当天本机构的班级，请刷新后重新填写。"))
    for one in given.classes:
        found += _wrong_figures(one)
    if not found and not any(one.children for one in given.classes):
        found.append(
            Problem("没有孩子到园。", field="closed", fix="当日没有开园的，请勾选“当日未开园”后提交。")
        )
    return found


def _wrong_figures(one: ClassGiven) -> Iterator[Problem]:
    for name, number in (("children", one.children), ("carers", one.carers)):
        if not 0 <= number <= MOST:
            yield Problem(f"人数应在0到{MOST}之间。", field=field_of(name, one.room))
    for name, of_them in (("checked", one.checked), ("unexamined", one.unexamined)):
        if of_them is not None and not 0 <= of_them <= one.children:
            says = f"不能多于到园的{one.children}人。" if of_them > 0 else "人数不能小于0。"
            yield Problem(says, field=field_of(name, one.room))
    seen: set[tuple[str, str]] = set()
    for case in one.cases:
        at = field_of(case.symptom, one.room)
        if case.symptom not in Symptom.values or case.disease not in ("", *Disease.values):
            yield Problem("没有这样的症状或病种，请重新选择。", field=at)
        elif not 1 <= case.number <= MOST:
            yield Problem(f"新发病例数应在1到{MOST}之间；没有的请留空。", field=at)
        elif (case.symptom, case.disease) in seen:
            yield Problem("同一症状和病种填写了两次，请合并为一个数。", field=at)
        seen.add((case.symptom, case.disease))


def doubts(given: ReturnGiven, rooms: Sequence[RoomKnown], book: Book, family: bool) -> list[Problem]:
    """What does not stop a return and is told beside it: more children than enrolled, too few carers,
    children whom nobody checked this morning or examined before they came."""
    known = {room.key: room for room in rooms}
    found = []
    for one in given.classes:
        room = known[one.room]
        if one.children > room.expected:
            what = "托位" if room.enrolled is None else "在册"
            says = f"“{room.name}”到园{one.children}人，多于{what}{room.expected}人，请核对。"
            found.append(Problem(says, field=field_of("children", one.room), severity="warn"))
        found += _unseen(one, room, book)
        key = "family_point.ratio" if family else f"ratio.{room.class_type}"
        for rule in book.all(key):
            if is_short(one.children, one.carers, rule.value):
                label = label_of(rule)
                there = f"“{room.name}”到园{one.children}人、在岗保育人员{one.carers}名"
                says = f"{there}，1名至多照护{rule.value}人。"
                found.append(
                    Problem(
                        f"（{label}）{says}" if label else says,
                        field=field_of("carers", one.room),
                        rule_key=rule.key,
                        source=rule.source,
                        severity="warn",
                    )
                )
    return found


def _unseen(one: ClassGiven, room: RoomKnown, book: Book) -> Iterator[Problem]:
    for name, key, number, says in (
        ("checked", MORNING_CHECK, unchecked(one.children, one.checked), "没有晨检"),
        ("unexamined", ENTRY_CHECK, one.unexamined or 0, "没有入托体检"),
    ):
        for rule in book.all(key) if number else ():
            yield Problem(
                f"“{room.name}”有{number}名到园孩子{says}。",
                field=field_of(name, one.room),
                rule_key=rule.key,
                source=rule.source,
                severity="warn",
            )


def unchecked(children: int, checked: int | None) -> int:
    """How many of the children there had no morning check; all of them where nothing is said."""
    return children - (checked or 0)


def is_short(children: int, carers: int, per_carer: float) -> bool:
    """Whether so many carers are too few for so many children."""
    return carers * per_carer < children


def cluster_day(cases: Mapping[date, int], day: date, same_day: int, three_days: int) -> date | None:
    """The last day with a new case when like cases of one class reach the number at which they must be
    reported, on one of the three days up to `day` or over the three together; None when they do not."""
    window = {on: n for on, n in cases.items() if n > 0 and day - timedelta(days=3) < on <= day}
    if not window or (max(window.values()) < same_day and sum(window.values()) < three_days):
        return None
    return max(window)


def totals(classes: Iterable[ClassGiven]) -> tuple[int, int, int]:
    """Children, carers and new cases of a day in all."""
    rows = list(classes)
    return (
        sum(one.children for one in rows),
        sum(one.carers for one in rows),
        sum(case.number for one in rows for case in one.cases),
    )


# An identity number, a mobile number: nobody is to be found from the words of a report.
NAMES_SOMEBODY = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
