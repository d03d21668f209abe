"""What a filed institution owes each year (review, report): by when, and whether that day has passed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tuoyu.core import clock
from tuoyu.institutions import policy, situation
from tuoyu.institutions.models import Application, Institution, YearlyResult
from tuoyu.institutions.situation import Situation
from tuoyu.institutions.vocabulary import FILED, YEARLY
from tuoyu.jurisdictions import queries as jurisdictions

# The columns of an institution that `dues_of` reads.
READS = ("id", "division_code", "filing", "receipt_issued_on")


@dataclass(frozen=True)
class Due:
    """A review or report of a year that is not handed in: its last day, and whether that has passed."""

    procedure: str
    name: str
    year: int
    by: date
    overdue: bool
    source: str

    @property
    def title(self) -> str:
        """Its name with the year."""
        return f"{self.name}（{self.year}年度）"

    @property
    def in_words(self) -> str:
        """How pressing it is, in a few words."""
        return f"{self.title}{'已超期' if self.overdue else '即将到期'}，应在{self.by}以前办理"


@dataclass(frozen=True)
class _Asked:
    """That a place asks for something of a year now, of whoever was filed by a year, once in so many."""

    due: Due
    filed_by: int
    every: int

    def is_covered_by(self, years: Iterable[int]) -> bool:
        """Whether what was done for these years covers this one."""
        return any(0 <= self.due.year - year < self.every for year in years)


def dues_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, list[Due]]:
    """What each institution (its columns of READS) is to hand in now and has not, of each kind the oldest.

    Nothing of whoever has none. It is asked from so many days before its last day on as the rules say.
    """
    known: dict[str, list[_Asked]] = {}
    asked: dict[int, list[_Asked]] = {}
    for row in rows:
        if row["filing"] not in FILED or row["receipt_issued_on"] is None:
            continue
        place = row["division_code"]
        if place not in known:
            known[place] = _asked_at(place)
        if mine := _asked_of(row["receipt_issued_on"], known[place]):
            asked[row["id"]] = mine
    if not asked:
        return {}
    done, under_way = _done(asked), _under_way(asked)
    found = {
        pk: _left(
            every, {key: done[pk, key] for key in YEARLY}, {key for key in YEARLY if (pk, key) in under_way}
        )
        for pk, every in asked.items()
    }
    return {pk: left for pk, left in found.items() if left}


def dues_of_one(institution: Institution, now: Situation | None = None) -> list[Due]:
    """What one institution is to hand in now; `now` is how it stands, where that was asked already."""
    if institution.filing not in FILED or institution.receipt_issued_on is None:
        return []
    now = now or situation.situation_of(institution.pk)
    asked = _asked_of(institution.receipt_issued_on, _asked_at(institution.division_code))
    return _left(asked, {key: now.years_of(key) for key in YEARLY}, now.under_way_besides(None))


def _asked_of(filed_on: date, asked: Iterable[_Asked]) -> list[_Asked]:
    return [one for one in asked if filed_on.year <= one.filed_by]


def _left(
    asked: Iterable[_Asked], done: Mapping[str, Iterable[int]], under_way: Collection[str]
) -> list[Due]:
    """What is neither done nor under way of what is asked, of each kind the oldest."""
    left: dict[str, Due] = {}
    for one in asked:
        procedure = one.due.procedure
        if procedure not in under_way and not one.is_covered_by(done[procedure]):
            left.setdefault(procedure, one.due)
    return list(left.values())


def only_overdue(rows: QuerySet[Institution]) -> QuerySet[Institution]:
    """Of these institutions those that owe something whose last day has passed."""
    filed = rows.filter(filing__in=FILED, receipt_issued_on__isnull=False).order_by()
    places: dict[_Asked, list[str]] = defaultdict(list)
    for place in filed.values_list("division_code", flat=True).distinct():
        for one in _asked_at(place):
            if one.due.overdue:
                places[one].append(place)
    wanted = [_lacking(one) & Q(division_code__in=codes) for one, codes in places.items()]
    return rows.filter(reduce(or_, wanted), filing__in=FILED) if wanted else rows.none()


def _lacking(one: _Asked) -> Q:
    years = range(one.due.year - one.every + 1, one.due.year + 1)
    done = YearlyResult.objects.filter(
        institution=OuterRef("pk"), procedure=one.due.procedure, year__in=years
    ).exclude(result=YearlyResult.Result.FAILED)
    under_way = Application.objects.filter(
        institution=OuterRef("pk"), procedure=one.due.procedure, state__in=situation.UNDER_WAY
    )
    return Q(~Exists(done), ~Exists(under_way), receipt_issued_on__year__lte=one.filed_by)


def _asked_at(division_code: str) -> list[_Asked]:
    """What a place asks for now, the older year first."""
    today = clock.today()
    book = policy.book_at(division_code, today)
    rules = jurisdictions.book(division_code)
    found = []
    for key, procedure in policy.offered_at(division_code, YEARLY).items():
        after, ahead = book.number(f"{key}.overdue_after_days"), book.number(f"{key}.remind_days")
        dated = book.get(f"{key}.overdue_after_days")
        if dated is None or after is None or ahead is None:
            continue
        month = int(book.number(f"{key}.from_month") or 1)
        for year in (today.year - 1, today.year):
            last = date(year, 12, 31) + timedelta(days=after)
            if today < max(date(year, month, 1), last - timedelta(days=ahead)):
                continue
            # The day may be the installation's own where the document names none, and is said to be.
            source = f"《{rules.procedure_title(procedure)}》{procedure.clause}；到期日：{dated.source}"
            due = Due(key, procedure.name, year, last, today > last, source)
            first = int(book.number(f"{key}.first_after_years") or 0)
            found.append(_Asked(due, year - first, int(book.number(f"{key}.every_years") or 1)))
    return found


def _done(ids: Iterable[int]) -> dict[tuple[int, str], list[int]]:
    rows = YearlyResult.objects.filter(institution__in=list(ids)).exclude(result=YearlyResult.Result.FAILED)
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, procedure, year in rows.values_list("institution", "procedure", "year"):
        found[pk, procedure].append(year)
    return found


def _under_way(ids: Iterable[int]) -> set[tuple[int, str]]:
    rows = Application.objects.filter(
        institution__in=list(ids), procedure__in=YEARLY, state__in=situation.UNDER_WAY
    )
    return set(rows.values_list("institution", "procedure"))
