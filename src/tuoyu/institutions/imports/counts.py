"""How many children are enrolled, from a file: a class and a day a row, stated like those typed on the page.

What is stated already is never corrected by a file: where it says another number, that is listed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Column, Defect, Kind, Sheet
from tuoyu.imports.kinds import Checked, Difference, Rows, Tell
from tuoyu.institutions import counts
from tuoyu.institutions.actions.counts import MOST, field_of, state_counts
from tuoyu.institutions.imports.own import heads_one, own_institution, the_own
from tuoyu.institutions.models import ClassGroup, EnrolmentCount, Institution
from tuoyu.institutions.permissions import STATE_COUNTS

CLASS, DAY, ENROLLED = "班级", "日期", "在托人数"
# Ten classes, each school day of a year.
MOST_ROWS = 3_000
Key = tuple[int, date]


class CountsSheet:
    """The importer, as `imports.kinds` asks for it."""

    key = "counts"
    label = "在托人数"
    lead = "本机构各班在某一天的在托人数，每班每天一行，只填人数，不填孩子的姓名。已登记过的只比对、不改动。"
    preview: tuple[str, ...] = ("class", "day", "enrolled")
    shown_to = "本机构，以及当地卫生健康部门。"

    def seen_at(self, by: Actor) -> str:
        institution = own_institution(by, STATE_COUNTS)
        return counts.address_of(institution.pk) if institution else ""

    def may(self, by: Actor) -> bool:
        return heads_one(by, STATE_COUNTS)

    def sheet(self, by: Actor) -> Sheet:
        institution = own_institution(by, STATE_COUNTS)
        names = tuple(named(institution)) if institution else ()
        columns = (
            Column("class", CLASS, Kind.CHOICE, required=True, options=names, help="从下拉列表中选。"),
            Column("day", DAY, Kind.DATE, required=True, example=str(clock.today()), help="今天或以前。"),
            Column("enrolled", ENROLLED, Kind.NUMBER, required=True, most=MOST, example="12",
                   help="占着托位的孩子都算，当天没来的也算；没有的填0。"),
        )  # fmt: skip
        return Sheet("在托人数", columns, lead=("每个班每天一行，只填人数。",), rows=MOST_ROWS)

    def check(self, read: Read, by: Actor) -> Checked:
        institution = the_own(by, STATE_COUNTS)
        groups = named(institution)
        said = {n: (groups[row["class"]], date.fromisoformat(row["day"]), row) for n, row in read.good()}
        wrong = [*_twice(said), *_not_there(said)]
        told = {n: counts.over(institution.division_code, _as_row(group, row), day)
                for n, (group, day, row) in said.items()}  # fmt: skip
        wrong += [_defect(n, one) for n, found in told.items() for one in found if one.severity == "block"]
        read = read.with_defects(wrong)
        there = _stated(group for group, _, _ in said.values())
        fresh: set[int] = set()
        differences: list[Difference] = []
        for number, row in read.good():
            group, day, _ = said[number]
            known = there.get((group.pk, day))
            if known is None:
                fresh.add(number)
            elif known.enrolled != row["enrolled"]:
                name = f"{row['class']} {day}"
                differences.append(
                    Difference(number, name, ENROLLED, str(known.enrolled), str(row["enrolled"]))
                )
        warned = [_defect(n, one) for n in sorted(fresh) for one in told[n]]
        return Checked(read, frozenset(fresh), tuple(differences), tuple(warned))

    def write(self, rows: Rows, by: Actor, tell: Tell) -> Sequence[Defect]:
        institution = the_own(by, STATE_COUNTS)
        groups = named(institution)
        refused: list[Defect] = []
        done = 0
        for day, found in _by_day(rows).items():
            gone = {number for number, row in found.items() if row["class"] not in groups}
            refused += [_defect(number, GONE) for number in sorted(gone)]
            said = {
                number: (groups[row["class"]].pk, row["enrolled"])
                for number, row in found.items()
                if number not in gone
            }
            refused += _state_day(by, institution, day, said)
            done += len(found)
            tell(done)
        return refused


GONE = Problem("本机构已没有这个班。", field="class", fix="请删去这一行。")


def named(institution: Institution) -> dict[str, ClassGroup]:
    """The classes there are now by the name that tells them apart."""
    groups = list(institution.classes.open_now().order_by("pk"))
    names = [group.name for group in groups]
    return {
        group.name if names.count(group.name) == 1 else f"{group.name}（第{place}班）": group
        for place, group in enumerate(groups, 1)
    }


Said = Mapping[int, tuple[ClassGroup, date, Mapping[str, Any]]]


def _as_row(group: ClassGroup, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["class"],
        "class_type": group.class_type,
        "places": group.places,
        "enrolled": row["enrolled"],
    }


def _twice(said: Said) -> Iterator[Defect]:
    """The same class on the same day twice."""
    first: dict[Key, int] = {}
    for number, (group, day, _) in said.items():
        where = first.setdefault((group.pk, day), number)
        if where != number:
            message = f"与第{where}行是同一个班、同一天。"
            yield Defect(number, CLASS, "twice", message, "请删去多余的一行。")


def _not_there(said: Said) -> Iterator[Defect]:
    """A day that has not come, or on which the class had not begun."""
    today = clock.today()
    for number, (group, day, row) in said.items():
        if day > today:
            yield Defect(number, DAY, "day_to_come", f"{day}还没有到。", "请填今天或以前的日期。")
        elif group.opened_on is not None and day < group.opened_on:
            message = f"“{row['class']}”{group.opened_on}才在平台上登记，{day}还没有这个班。"
            yield Defect(
                number, DAY, "class_not_open", message, "请核对日期；这一天不用登记的，请删去这一行。"
            )


def _stated(groups: Iterable[ClassGroup]) -> dict[Key, EnrolmentCount]:
    """What is stated for these classes already."""
    rows = EnrolmentCount.objects.filter(class_group__in={group.pk for group in groups}, replaced_at=None)
    return {(row.class_group_id, row.day): row for row in rows}


def _by_day(rows: Rows) -> dict[date, dict[int, Mapping[str, Any]]]:
    days: dict[date, dict[int, Mapping[str, Any]]] = {}
    for number, row in rows:
        days.setdefault(date.fromisoformat(row["day"]), {})[number] = row
    return days


def _state_day(
    by: Actor, institution: Institution, day: date, said: dict[int, tuple[int, int]]
) -> Iterator[Defect]:
    """State the counts of one day; those that are refused are left out, and told."""
    while said:
        try:
            state_counts(by=by, institution=institution, day=day, enrolled=dict(said.values()), imported=True)
            return
        except Refused as no:
            at = {field_of(pk): number for number, (pk, _) in said.items()}
            wrong = {at[one.field]: one for one in no.problems if one.field in at}
            wrong = wrong or dict.fromkeys(said, no.problems[0])
            yield from (_defect(number, one) for number, one in wrong.items())
            said = {number: one for number, one in said.items() if number not in wrong}


def _defect(number: int, problem: Problem) -> Defect:
    message = problem.message + (f"（{problem.source}）" if problem.source else "")
    column = {"class": CLASS, "day": DAY}.get(problem.field, ENROLLED)
    return Defect(number, column, problem.rule_key or "refused", message, problem.fix)
