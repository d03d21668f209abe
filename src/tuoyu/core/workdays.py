"""Working days, as the State Council publishes them and the office corrects them.

A year that is not yet published is *provisional*: its days are estimated by weekday, every answer that
rests on one says so, and it is computed again once the year is known. The day on which a period begins
is not counted (民法典 art. 201).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from chinese_calendar import constants
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models.functions import JSONObject

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.kernel_permissions import EDIT_WORKDAYS
from tuoyu.core.models import WorkdayOverride
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused

DAY = timedelta(days=1)
SATURDAY = 5
# Holidays that stand on the same day every year: whoever transcribes a year's notice enters these too.
FIXED_HOLIDAYS = ((1, 1), (5, 1), (10, 1))


@dataclass(frozen=True)
class Deadline:
    """The last day of a period; provisional while it rests on a year not yet published."""

    on: date
    provisional: bool


@lru_cache(maxsize=64)
def _published(year: int) -> bool:
    """Whether the library knows `year`. A neighbour's notice may reach a few days into it: not enough."""
    return all(date(year, month, day) in constants.holidays for month, day in FIXED_HOLIDAYS)


class Calendar:
    """The published calendar with the office's corrections, loaded once and asked often."""

    def __init__(self, overrides: Mapping[date, bool]) -> None:
        self._overrides = dict(overrides)
        self._days: dict[date, tuple[bool, bool]] = {}

    @classmethod
    def load(cls) -> "Calendar":
        """The calendar as the database has it now (one query)."""
        return cls(dict(WorkdayOverride.objects.values_list("date", "is_workday")))

    def is_known(self, year: int) -> bool:
        """Whether `year` is published, or an officer has entered its notice by hand."""
        return _published(year) or all(
            self._overrides.get(date(year, month, day)) is False for month, day in FIXED_HOLIDAYS
        )

    def is_workday(self, day: date) -> tuple[bool, bool]:
        """Whether `day` is worked, and whether that is only an estimate."""
        answer = self._days.get(day)
        if answer is None:
            answer = self._days[day] = self._look_up(day)
        return answer

    def _look_up(self, day: date) -> tuple[bool, bool]:
        if day in self._overrides:
            return self._overrides[day], False
        by_week = day.weekday() < SATURDAY
        return (day in constants.workdays or (by_week and day not in constants.holidays)), not self.is_known(
            day.year
        )

    def add(self, start: date, days: int) -> Deadline:
        """The day on which a period of `days` working days that began on `start` ends."""
        if days < 0:
            raise ValueError("a period has no negative length")
        day, left, provisional = start, days, False
        while left:
            day += DAY
            worked, estimated = self.is_workday(day)
            left -= worked
            provisional = provisional or estimated
        return Deadline(day, provisional)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + DAY * n)[0] for n in range(1, (end - start).days + 1))


_held: ContextVar[list[Calendar] | None] = ContextVar("calendar", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Within the block (a request, a job) the calendar is loaded at most once."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def calendar() -> Calendar:
    """The calendar in force, loaded once within `held()`."""
    kept = _held.get()
    if kept is None:
        return Calendar.load()
    if not kept:
        kept.append(Calendar.load())
    return kept[0]


def override_rows() -> ArraySubquery:
    """The office's corrections, to be asked along with something that each request asks anyway."""
    return ArraySubquery(WorkdayOverride.objects.values_list(JSONObject(date="date", worked="is_workday")))


def remember(rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep within `held()` the calendar with what `override_rows` brought along, instead of loading it."""
    kept = _held.get()
    if kept is not None:
        kept[:] = [Calendar({date.fromisoformat(row["date"]): row["worked"] for row in rows})]


def is_workday(day: date) -> tuple[bool, bool]:
    """Whether `day` is worked, and whether that is only an estimate."""
    return calendar().is_workday(day)


def add_working_days(start: date, days: int) -> Deadline:
    """The day on which a period of `days` working days that began on `start` ends."""
    return calendar().add(start, days)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
    return calendar().between(start, end)


# ---------------------------------------------------------------- when the calendar changes

# (by, first day, last day) -> how many clocks were set anew; called inside the action's transaction.
Recompute = Callable[[Actor, date, date], int]
_recomputes: dict[str, Recompute] = {}


def recompute_with(name: str, function: Recompute) -> None:
    """Register what must be computed again when the days of a span change (running clocks)."""
    _recomputes[name] = function


def recompute(by: Actor, first: date, last: date) -> int:
    """Compute again whatever rests on the days from `first` to `last`; how many clocks moved."""
    return sum(function(by, first, last) for function in _recomputes.values())


def recompute_known(by: Actor) -> int:
    """Compute again from today to the end of the last known year: for the nightly job, since a new
    release of the calendar may have made a provisional year known."""
    year = clock.today().year
    known = calendar()
    while known.is_known(year + 1):
        year += 1
    with transaction.atomic():
        return recompute(by, clock.today(), date(year, 12, 31))


@action
def set_workday(*, by: Actor, on: date, is_workday: bool, note: str) -> WorkdayOverride:
    """Make `on` a working day or a day off, whatever the published calendar says; `note` says why."""
    require(by, EDIT_WORKDAYS)
    if not note.strip():
        raise Refused(Problem("请写明依据，例如放假通知的文号。", field="note"))
    old = WorkdayOverride.objects.select_for_update().filter(date=on).first()
    row, _ = WorkdayOverride.objects.update_or_create(
        date=on,
        defaults={
            "is_workday": is_workday,
            "note": note.strip(),
            "set_at": clock.now(),
            "set_by": by.user_id,
            "set_by_label": by.label,
        },
    )
    before = {"is_workday": old.is_workday, "note": old.note} if old else {}
    after = {"date": on.isoformat(), "is_workday": is_workday, "note": row.note}
    _changed(by, "workday.set", row, before, after)
    return row


@action
def clear_workday(*, by: Actor, on: date, reason: str) -> None:
    """Take a correction back: `on` is again what the published calendar says."""
    require(by, EDIT_WORKDAYS)
    if not reason.strip():
        raise Refused(Problem("请写明撤销的原因。", field="reason"))
    row = WorkdayOverride.objects.select_for_update().filter(date=on).first()
    if row is None:
        raise Refused("这一天没有调整记录。", status=404)
    before = {"date": on.isoformat(), "is_workday": row.is_workday, "note": row.note}
    WorkdayOverride.objects.filter(pk=row.pk).delete()
    _changed(by, "workday.cleared", row, before, {"reason": reason.strip()})


def _changed(
    by: Actor, verb: str, row: WorkdayOverride, before: dict[str, object], after: dict[str, object]
) -> None:
    kept = _held.get()
    if kept is not None:
        kept.clear()
    moved = recompute(by, row.date, row.date)
    after = {**after, "clocks": moved}
    audit.record(by, verb, row, topic=f"workday:{row.date}", before=before, after=after)
