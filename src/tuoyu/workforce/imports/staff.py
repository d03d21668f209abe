"""Staff from a file: each row is one hire, checked and written as one handed in by form.

Whether somebody is barred, or works full time elsewhere, is asked only when the row is written: a check of a
file that answered it would be a look-up of people. What is refused then comes back among the wrong rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Column, Defect, Kind, Sheet
from tuoyu.imports.kinds import Checked, Difference, Rows, Tell
from tuoyu.institutions import policy
from tuoyu.institutions.imports.own import heads_one, own_institution
from tuoyu.institutions.models import Institution
from tuoyu.workforce.actions import hire
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import KEEP_STAFF
from tuoyu.workforce.rules.hiring import LABELS, MOST_YEARS, REQUIRED, Hiring, read_hiring
from tuoyu.workforce.vocabulary import CheckResult, Contract, Education, Post

YES, NO = "是", "否"
# As many as a day allows an institution is for the rules to say; a file of more than this is no register.
MOST_ROWS = 500
KINDS: Mapping[str, Kind] = {
    "identity": Kind.IDENTITY, "phone": Kind.PHONE, "experience_years": Kind.NUMBER,
    **dict.fromkeys(("starts_on", "contract_until", "check_asked_on", "check_answered_on"), Kind.DATE),
    **dict.fromkeys(("post", "contract", "full_time", "education", "check_result"), Kind.CHOICE),
}  # fmt: skip
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "post": tuple(str(label) for label in Post.labels),
    "contract": tuple(str(label) for label in Contract.labels),
    "full_time": (YES, NO),
    "education": tuple(str(label) for label in Education.labels),
    "check_result": tuple(str(label) for label in CheckResult.labels),
}
HELP = {
    "identity": "18位，按文本填写。",
    "check_answered_on": "法律施行后录用的，录用前须有答复。",
    "starts_on": "到岗的第一天。",
}
COMPARED = {"post": "岗位", "contract": "用工形式", "starts_on": "入职日期"}


class StaffSheet:
    """The importer, as `imports.kinds` asks for it."""

    key = "staff"
    label = "从业人员"
    lead = "本机构在岗的人员，每人一行，写入时逐人按录用登记并核查。已在名册上的不会重复登记。"
    preview: tuple[str, ...] = ("name", "post", "contract", "starts_on")
    shown_to = "本机构，以及当地卫生健康部门；身份证号加密保存，名册上只显示一部分。"

    def seen_at(self, by: Actor) -> str:
        institution = own_institution(by, KEEP_STAFF)
        return reverse("workforce:staff", args=[institution.pk]) if institution else reverse("imports:list")

    def may(self, by: Actor) -> bool:
        return heads_one(by, KEEP_STAFF)

    def sheet(self, by: Actor) -> Sheet:
        columns = tuple(_column(key) for key in LABELS)
        lead = ("录用时必须做的查询也在这里登记。不得录用的人员写入时会被拒绝并写明依据。",)
        return Sheet("从业人员", columns, lead=lead, rows=MOST_ROWS)

    def check(self, read: Read, by: Actor) -> Checked:
        institution = own_institution(by, KEEP_STAFF)
        if institution is None:
            raise Refused("您没有可以登记人员的机构。", status=403)
        found = {number: _read(row, institution) for number, row in read.good()}
        wrong = [
            _defect(number, problem)
            for number, (_, problems) in found.items()
            for problem in problems
            if problem.severity == "block"
        ]
        wrong += _twice(found)
        read = read.with_defects(wrong)
        there = _employed(institution, [said for said, _ in found.values() if said is not None])
        fresh: set[int] = set()
        differences: list[Difference] = []
        for number, _ in read.good():
            said = found[number][0]
            known = there.get((said.identity, said.post)) if said is not None else None
            if known is None:
                fresh.add(number)
            elif said is not None:
                differences += _compared(number, said, known)
        return Checked(read, frozenset(fresh), tuple(differences))

    def write(self, rows: Rows, by: Actor, tell: Tell) -> Sequence[Defect]:
        institution = own_institution(by, KEEP_STAFF)
        if institution is None:
            raise Refused("您已不在可以登记人员的岗位上，没有写入。", status=403)
        refused: list[Defect] = []
        found = {number: _read(row, institution) for number, row in rows}
        there = _employed(institution, [said for said, _ in found.values() if said is not None])
        for done, (number, (said, problems)) in enumerate(found.items(), 1):
            try:
                if said is None:
                    raise Refused([problem for problem in problems if problem.severity == "block"])
                # A job that begins anew after it was cut off goes on where it was.
                if (said.identity, said.post) not in there:
                    hire(by=by, institution=institution, said=said)
            except Refused as no:
                refused += [_defect(number, problem) for problem in no.problems]
            tell(done)
        return refused


def _column(key: str) -> Column:
    return Column(
        key,
        LABELS[key],
        KINDS.get(key, Kind.TEXT),
        required=key in REQUIRED,
        options=OPTIONS.get(key, ()),
        help=HELP.get(key, ""),
        longest={"name": 40, "check_reference": 80}.get(key, 120),
        most=MOST_YEARS,
    )


def _read(row: Mapping[str, Any], institution: Institution) -> tuple[Hiring | None, tuple[Problem, ...]]:
    def books(day: date) -> Any:
        return policy.book_at(institution.division_code, day)

    typed = {key: "" if value is None else str(value) for key, value in row.items()}
    return read_hiring(typed, books, clock.today())


def _defect(number: int, problem: Problem) -> Defect:
    message = problem.message + (f"（{problem.source}）" if problem.source else "")
    return Defect(number, LABELS.get(problem.field, ""), problem.rule_key or "refused", message, problem.fix)


def _twice(found: Mapping[int, tuple[Hiring | None, Any]]) -> Iterator[Defect]:
    """The same person twice in the same post."""
    first: dict[tuple[str, str], int] = {}
    for number, (said, _) in found.items():
        if said is None:
            continue
        where = first.setdefault((said.identity, said.post), number)
        if where != number:
            yield Defect(
                number,
                LABELS["identity"],
                "twice",
                f"与第{where}行是同一人、同一岗位。",
                "请删去多余的一行。",
            )


def _employed(institution: Institution, people: Sequence[Hiring]) -> dict[tuple[str, str], Employment]:
    """Who of them works in the same post at this institution already."""
    keys = {key: said.identity for said in people for key in keyed_hashes(said.identity)}
    rows = Employment.objects.filter(
        institution=institution, ended_at=None, person__identity_key__in=list(keys)
    )
    return {(keys[row.person.identity_key or ""], row.post): row for row in rows.select_related("person")}


def _compared(number: int, said: Hiring, known: Employment) -> Iterator[Difference]:
    for key, label in COMPARED.items():
        there, here = getattr(known, key), getattr(said, key)
        if there != here:
            words = {str(value): str(text) for value, text in Contract.choices}
            yield Difference(
                number, said.name, label, words.get(there, str(there)), words.get(here, str(here))
            )
